"""One line of the doctor: what was looked at, how it is, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scripts.command_line.problem import Problem, expected
from shared.errors import Retryable

_LATER = "try again in a minute; if it stays, check the network and these credentials"


class Health(StrEnum):
    """SKIP is what cannot or need not be looked at, with the reason."""

    OK = "OK"
    FAIL = "FAIL"
    SKIP = "SKIP"


@dataclass(frozen=True)
class Check:
    """The result of one look. `detail` says what was found, `mend` what to do about it."""

    name: str
    health: Health
    detail: str = ""
    mend: str = ""


class Wrong(Exception):
    """What a look finds amiss, with the mend."""

    def __init__(self, detail: str, mend: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mend = mend


def look(name: str, at: Callable[[], str], mend: str) -> Check:
    """Do one look, which returns what it found or raises: everything that is not a bug is a FAIL.

    `mend` is what to do about failures that do not say so themselves.
    """
    try:
        with expected():
            return Check(name, Health.OK, at())
    except Wrong as wrong:
        return Check(name, Health.FAIL, wrong.detail, wrong.mend)
    except Problem as problem:
        later = isinstance(problem.__cause__, Retryable)
        return Check(name, Health.FAIL, problem.message, _LATER if later else mend)


def skip(name: str, why: str) -> Check:
    """A look that is not done."""
    return Check(name, Health.SKIP, why)
