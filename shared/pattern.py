"""Regular expressions that are compiled at their first use: a cold start compiles none of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, AnyStr, Generic


class Pattern(Generic[AnyStr]):
    """A regular expression with the methods of `re.Pattern`, compiled when one of them is first called."""

    def __init__(self, source: AnyStr, flags: int = 0) -> None:
        self.source = source
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[AnyStr]:
        """The expression as `re` compiles it. Errors: re.error."""
        return re.compile(self.source, self._flags)

    def search(self, text: AnyStr, start: int = 0, end: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """The first place where it matches."""
        return self.compiled.search(text, start, end)

    def match(self, text: AnyStr, start: int = 0, end: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """Its match at the start."""
        return self.compiled.match(text, start, end)

    def fullmatch(self, text: AnyStr, start: int = 0, end: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """Its match with the whole text."""
        return self.compiled.fullmatch(text, start, end)

    def finditer(self, text: AnyStr, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[AnyStr]]:
        """Every match, one after the other."""
        return self.compiled.finditer(text, start, end)

    def findall(self, text: AnyStr) -> list[Any]:
        """Every match's text, or its groups where it has any."""
        return self.compiled.findall(text)

    def split(self, text: AnyStr, maxsplit: int = 0) -> list[AnyStr | Any]:
        """What stands between its matches."""
        return self.compiled.split(text, maxsplit)

    def sub(self, instead: AnyStr | Callable[[re.Match[AnyStr]], AnyStr], text: AnyStr) -> AnyStr:
        """The text with its matches replaced."""
        return self.compiled.sub(instead, text)
