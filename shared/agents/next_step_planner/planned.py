"""A plan with what it cost to make it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.jobs.facts import Plan


@dataclass(frozen=True)
class Planned:
    """`fell_back` says why the rule decided although a model was there."""

    plan: Plan
    fell_back: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
