"""A JSON body, read strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
from typing import Any, cast

DEEPEST = 32


class Unreadable(ValueError):
    """The body is no JSON object that has one meaning; the text says why."""


def read_object(body: bytes) -> dict[str, Any]:
    """The object in the body. Errors: Unreadable naming the rule."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8 at byte {error.start}; send JSON in UTF-8") from None
    try:
        value: Any = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite, parse_int=_short
        )
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    if not isinstance(value, dict):
        raise Unreadable("the body is not a JSON object; send one between braces")
    found = cast("dict[str, Any]", value)
    _check(found)
    return found


_TOO_DEEP = f"the body is nested more than {DEEPEST} deep; send it flatter"
_MOST_DIGITS = 18


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"the field {twice[:80]!r} is there twice; send it once")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is no JSON number; leave it out")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(f"the number {text[:20]} is too large")
    return number


def _short(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise Unreadable(f"a number has more than {_MOST_DIGITS} digits; send it shorter")
    return int(text)


def _check(value: dict[str, Any]) -> None:
    """Depth, and text that can be written as UTF-8: half a character cannot."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str):
            try:
                one.encode()
            except UnicodeEncodeError:
                raise Unreadable("a text holds a lone surrogate; send whole characters") from None
        elif isinstance(one, dict | list):
            if depth > DEEPEST:
                raise Unreadable(_TOO_DEEP)
            held = cast("dict[str, Any] | list[Any]", one)
            inner: list[Any] = [*held.keys(), *held.values()] if isinstance(held, dict) else held
            waiting += [(each, depth + 1) for each in inner]
