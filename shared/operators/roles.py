"""Who an operator is, and what their role lets them do: every operation asks here by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.operators.refusal import Forbidden, Refusal


class Role(StrEnum):
    """What an operator may do; each may also do what those before it may."""

    VIEWER = "viewer"
    """Looks at everything, and changes nothing."""
    APPROVER = "approver"
    """Decides on drafts, stops mail to a person, and starts again what failed."""
    ADMIN = "admin"
    """Changes rules, settings, flags and who may come in."""

    def covers(self, needed: Role) -> bool:
        """Whether this role is enough where another one is needed."""
        return _ORDER[self] >= _ORDER[needed]


_ORDER = {role: number for number, role in enumerate(Role)}


@dataclass(frozen=True)
class Operator:
    """Somebody who acts: `name` stands in the audit, so it is a key's name or a person's id, never an address."""

    name: str
    role: Role


def refuses(by: Operator, needed: Role) -> Refusal | None:
    """Why this operator may not do what needs this role; None when they may."""
    if by.role.covers(needed):
        return None
    return Forbidden(f"this needs the role {needed}, and {by.name} is {by.role}", "ask an admin for the role")
