"""What we know before a mail is read: our own mailboxes, and the person whose thread it came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shared.policy.addresses import is_free_mail


@dataclass(frozen=True)
class Known:
    """`contact` is the address of the person the thread is with, else of the writer if we know them.

    `is_free_mail` tells of a domain whether anybody can have an address there.
    """

    ours: frozenset[str]
    today: date
    contact: str | None = None
    contact_name: str = ""
    is_free_mail: Callable[[str], bool] = is_free_mail
