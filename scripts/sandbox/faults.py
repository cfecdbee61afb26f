"""What goes wrong on purpose: rules that break chosen requests in chosen ways."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from scripts.sandbox.exchange import Answer

APPLIED_BY_DEFAULT = {
    "429": False,
    "429_retry_after": False,
    "403_rate": False,
    "500": False,
    "503": False,
    "timeout": False,
    "drop_before": False,
    "lost_answer": True,
    "late": False,
    "half": True,
    "garbage": True,
    "slow": True,
}
"""Each kind of fault, and whether the request takes effect nevertheless when the rule does not say."""


class ConnectionBroken(Exception):
    """No whole answer reaches the caller.

    `kind` is `timeout` (nothing comes until `delay_s` is over), `dropped` (closed without an answer) or
    `half` (half of `answer` comes, then it is closed).
    """

    def __init__(self, kind: str, *, answer: Answer | None = None, delay_s: float = 0.0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.answer = answer
        self.delay_s = delay_s


@dataclass
class Rule:
    """Break the `nth` matching request (and the `times` - 1 after it), or `every` so many, or all."""

    id: int
    kind: str
    vendor: str = "*"
    method: str = "*"
    path_regex: str = ""
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    retry_after_s: float | None = None
    delay_s: float = 0.0
    applied: bool | None = None
    seen: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in APPLIED_BY_DEFAULT:
            raise ValueError(f"no fault {self.kind!r}; one of {', '.join(APPLIED_BY_DEFAULT)}")
        if self.nth is not None and self.every is not None:
            raise ValueError("a fault has either nth or every, not both")
        if any(number is not None and number < 1 for number in (self.nth, self.every, self.times)):
            raise ValueError("nth, every and times count from 1")
        re.compile(self.path_regex)
        if self.nth is not None and self.times is None:
            self.times = 1
        if self.applied is None:
            self.applied = APPLIED_BY_DEFAULT[self.kind]

    def matches(self, vendor: str, method: str, url: str) -> bool:
        return (
            self.vendor in ("*", vendor)
            and self.method in ("*", method)
            and re.search(self.path_regex, url) is not None
        )

    def fires(self) -> bool:
        """Count one matching request, and say whether this is one to break."""
        self.seen += 1
        if self.times is not None and self.fired >= self.times:
            return False
        if self.nth is not None and self.seen < self.nth:
            return False
        if self.every is not None and self.seen % self.every:
            return False
        self.fired += 1
        return True


class Faults:
    """The rules in force; the first one that fires decides."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._last_id = 0

    def add(self, **rule: Any) -> Rule:
        """Add a rule made of the parts of `Rule`. Raises ValueError or TypeError for one without sense."""
        self._last_id += 1
        self._rules.append(Rule(id=self._last_id, **rule))
        return self._rules[-1]

    def clear(self) -> None:
        self._rules.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def match(self, vendor: str, method: str, url: str) -> Rule | None:
        """The rule that breaks this request; every matching rule counts it."""
        fired = [rule for rule in self._rules if rule.matches(vendor, method, url) and rule.fires()]
        return fired[0] if fired else None
