"""The facts of a thread with what it cost to read them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.jobs.facts import ThreadFacts


@dataclass(frozen=True)
class ThreadRead:
    """`read_by` is "rule" or "model:" and its name; `fell_back` says why the rule read although a model "
    "was there."""

    facts: ThreadFacts
    read_by: str = "rule"
    fell_back: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
