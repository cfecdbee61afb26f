"""The language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

Output = TypeVar("Output", bound=BaseModel)


@dataclass(frozen=True)
class Answer(Generic[Output]):
    """What a model said, in the shape that was asked for, and what it cost."""

    value: Output
    model: str
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    """A language model without tools: it proposes, code decides."""

    def complete(self, *, agent: str, instructions: str, data: str, output: type[Output]) -> Answer[Output]:
        """One structured answer. Errors: Retryable (down, slow, over quota), Permanent (refused)."""
        ...
