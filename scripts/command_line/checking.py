"""One line of the doctor: what was looked at, how it is, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scripts.command_line.problem import Problem, expected
from shared.errors import Retryable

MAY_NOT_READ = "grant secretAccessor"
"""What shared/connectors/secrets.py says of a secret that the caller may not read."""

_RIGHTS = "give these credentials the right to look, or ask somebody who has it"
_LATER = "try again in a minute; if it stays, check the network and these credentials"


class Health(StrEnum):
    """SKIP is what need not be looked at, UNKNOWN what could not be: neither is fine, each says why."""

    OK = "OK"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
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


class CannotTell(Exception):
    """Why a look finds out nothing, with what would let it."""

    def __init__(self, detail: str, mend: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mend = mend


def look(name: str, at: Callable[[], str], mend: str) -> Check:
    """Do one look, which returns what it found or raises: what is not a bug is a FAIL, or UNKNOWN where
    these credentials may not look.

    `mend` is what to do about failures that do not say so themselves.
    """
    from google.api_core.exceptions import Forbidden, Unauthenticated

    try:
        with expected():
            return Check(name, Health.OK, at())
    except Wrong as wrong:
        return Check(name, Health.FAIL, wrong.detail, wrong.mend)
    except CannotTell as unseen:
        return Check(name, Health.UNKNOWN, unseen.detail, unseen.mend)
    except Problem as problem:
        if isinstance(problem.__cause__, (Forbidden, Unauthenticated)) or MAY_NOT_READ in problem.message:
            # The functions have rights of their own: what these credentials may not do says nothing of them.
            return Check(name, Health.UNKNOWN, problem.message, _RIGHTS)
        later = isinstance(problem.__cause__, Retryable)
        return Check(name, Health.FAIL, problem.message, _LATER if later else mend)


def skip(name: str, why: str) -> Check:
    """A look that need not be done."""
    return Check(name, Health.SKIP, why)


def unknown(name: str, why: str, mend: str) -> Check:
    """What no look could tell."""
    return Check(name, Health.UNKNOWN, why, mend)
