"""Whether a person may be written to at all: one answer for planner, gate and claim (P3, P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs.facts import Company, Identity
from shared.jobs.job import Kind
from shared.jobs.rules import Rules
from shared.policy.guardrails import Breach, breaches
from shared.policy.suppression import is_suppressed


@dataclass(frozen=True)
class Contactability:
    """Why a person may not be written to; nothing in any field means they may."""

    suppressed: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Controls or guardrails that cannot be understood: nobody is contacted until they are corrected."""

    @property
    def refused(self) -> tuple[str, ...]:
        """What stands however long one waits: suppression, opt-out, guardrails."""
        return (*self.suppressed, *(breach.reason for breach in self.breaches))

    @property
    def reasons(self) -> tuple[str, ...]:
        return (*self.refused, *self.unreadable)


def contactability(identity: Identity | None, rules: Rules, kind: Kind, now: datetime) -> Contactability:
    """Everything that speaks against writing to the person, by kind of obstacle."""
    suppressed: list[str] = []
    if rules.suppression is not None and is_suppressed(rules.suppression, now):
        suppressed.append(f"suppressed: {rules.suppression.reason}")
    if identity is not None and identity.opted_out:
        suppressed.append("opted out: the CRM says that the person unsubscribed")
    company: Company | None = identity.company if identity is not None else None
    return Contactability(
        suppressed=tuple(suppressed),
        breaches=breaches(
            company, rules.guardrails, unknown_passes=kind.value in rules.tenant.unknown_passes
        ),
        unreadable=tuple(f"cannot be read: {line}" for line in rules.controls.garbage),
    )


def refusals(identity: Identity | None, rules: Rules, kind: Kind, now: datetime) -> tuple[str, ...]:
    """Why the person may not be written to, one line each; empty when they may."""
    return contactability(identity, rules, kind, now).reasons
