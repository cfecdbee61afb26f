"""Decoded JSON without half characters: `"\\ud83d"` is legal JSON, but no text that can be kept (P7)."""

from __future__ import annotations

from typing import Any, cast


def sound(value: Any) -> Any:
    """The same JSON; in its texts a surrogate without its other half is replaced by U+FFFD."""
    if isinstance(value, str):
        if not any("\ud800" <= character <= "\udfff" for character in value):
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [sound(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {sound(name): sound(each) for name, each in cast("dict[Any, Any]", value).items()}
    return value
