"""What Gmail does not document about sending a draft, to be told: twice at once, late to be seen, what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Repeats = Literal["single", "double"]


@dataclass(frozen=True)
class Sending:
    """How drafts are sent.

    `repeats`: of two sends of one draft the second finds no draft (`single`), or takes the draft for there
    still for `repeats_within_s` seconds after the first and sends it again (`double`). `shown_after_s` is how
    long a mail that went out is in no thread, list or search; its own id finds it at once.
    """

    repeats: Repeats = "single"
    repeats_within_s: float = 10.0
    shown_after_s: float = 0.0
    keeps_custom_headers: bool = True
    keeps_message_id: bool = False

    def __post_init__(self) -> None:
        if self.repeats not in ("single", "double"):
            raise ValueError(f"no repeats {self.repeats!r}; single or double")
        if self.repeats_within_s < 0 or self.shown_after_s < 0:
            raise ValueError("seconds are counted from 0")
