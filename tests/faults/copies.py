"""A copy of the world for each thing that might have happened: what a test prepared once, it need not prepare again."""

from __future__ import annotations

import gc
import io
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from typing import Any, TypeVar

from shared.pattern import Pattern
from shared.policy.mail_kind.folded import Phrases

Result = TypeVar("Result")


def in_a_copy(work: Callable[[], Result]) -> Result:
    """Do the work in a copy of this process, and leave this one as it was. What it prints is printed here.

    Errors: AssertionError with the copy's traceback.
    """
    _prepared()
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        _report(work, writing)
        os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            told: tuple[bool, Any, str] = pickle.load(pipe)
    finally:
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)
    worked, result, said = told
    print(said, end="")
    assert worked, result
    return result


def prepare() -> None:
    """Compile now what every copy would compile again for itself."""
    for each in gc.get_objects():
        if isinstance(each, Pattern):
            _ = each.compiled
        elif isinstance(each, Phrases):
            each.search("")


_prepared = cache(prepare)


def _report(work: Callable[[], Any], writing: int) -> None:
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            told = pickle.dumps((True, work(), said.getvalue()))
    except BaseException:
        told = pickle.dumps((False, traceback.format_exc(), said.getvalue()))
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(told)
