"""A JSON body, read strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
from typing import Any, cast

DEEPEST = 32
_TOO_DEEP = f"the body is nested more than {DEEPEST} deep; send it flatter"
_MOST_DIGITS = 18


class Unreadable(ValueError):
    """The body is no JSON that has one meaning; the text says why."""


def read_json(body: bytes) -> Any:
    """What the body says: numbers that are numbers, each key once, not deep. Errors: Unreadable naming the rule."""
    try:
        value: Any = json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite,
            parse_int=_short,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8 at byte {error.start}; send JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    _check_depth(value)
    return value


def read_object(body: bytes) -> dict[str, Any]:
    """The object in the body, of whole characters. Errors: Unreadable naming the rule."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise Unreadable("the body is not a JSON object; send one between braces")
    found = cast("dict[str, Any]", value)
    _check_texts(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(f"the field {name[:80]!r} is there twice; send it once")
        found[name] = value
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


def _inside(value: Any) -> list[Any]:
    """What an object or a list holds, keys too."""
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        return [*held.keys(), *held.values()]
    return cast("list[Any]", value) if isinstance(value, list) else []


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [each for one in level for each in _inside(one) if isinstance(each, dict | list)]
    if level:
        raise Unreadable(_TOO_DEEP)


def _check_texts(value: Any) -> None:
    """Text can be written as UTF-8: half a character cannot."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            try:
                one.encode()
            except UnicodeEncodeError:
                raise Unreadable("a text holds a lone surrogate; send whole characters") from None
        else:
            waiting += _inside(one)
