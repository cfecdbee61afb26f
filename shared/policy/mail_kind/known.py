"""What we know before a mail is read: our own mailboxes, and the person whose thread it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Known:
    """`contact` is the address of the person the thread is with, else of the writer if we know them."""

    ours: frozenset[str]
    today: date
    contact: str | None = None
    contact_name: str = ""
