"""What goes wrong in a fake: calls that fail, calls whose answer is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.errors import Failure, Unclear


@dataclass
class Trouble:
    """What goes wrong: `fails` before anything happens, `loses` after it happened. `asked` is every call."""

    fails: dict[str, Failure] = field(default_factory=dict[str, Failure])
    loses: set[str] = field(default_factory=set[str])
    asked: list[str] = field(default_factory=list[str])

    def before(self, call: str) -> None:
        self.asked.append(call)
        if call in self.fails:
            raise self.fails[call]

    def after(self, call: str) -> None:
        """Lose the answer of this call, once."""
        if call in self.loses:
            self.loses.remove(call)
            raise Unclear(f"{call} gave no answer")
