"""A model that says what it is told to say, and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from shared.errors import Failure
from shared.ports.model import Answer

Output = TypeVar("Output", bound=BaseModel)


@dataclass
class FakeModel:
    """Answers with `says`, or fails with `fails`."""

    says: dict[str, Any] = field(default_factory=dict[str, Any])
    fails: Failure | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def complete(self, *, agent: str, instructions: str, data: str, output: type[Output]) -> Answer[Output]:
        self.asked.append((agent, instructions, data))
        if self.fails is not None:
            raise self.fails
        value = output.model_validate(self.says)
        return Answer(value=value, model="fake-1", input_tokens=120, output_tokens=45)
