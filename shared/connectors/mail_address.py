"""Which addresses may go into a query or a path: one plain address and nothing else (P10)."""

from __future__ import annotations

import re
import unicodedata
from email.utils import getaddresses

from shared.errors import Permanent

_PLAIN = re.compile(r"""[^\s"'(),:;<>@\[\\\]{|}]+(?:'[^\s"'(),:;<>@\[\\\]{|}]+)*@[^\s"'(),:;<>@\[\\\]{|}]+""")
_LONGEST = 254


def plain_address(address: str) -> str:
    """The address itself. Errors: Permanent for anything that is not exactly one plain address."""
    odd = any(unicodedata.category(character)[0] in "CZ" for character in address)
    if odd or len(address) > _LONGEST or not _PLAIN.fullmatch(address) or address.startswith("-"):
        raise Permanent("the address is not one plain mail address, so it is not looked up")
    return address


def addresses_in(*headers: str) -> tuple[str, ...]:
    """The bare addresses of To, Cc or From headers, lower case, each once, in order."""
    # One header at a time: one that cannot be understood must not spoil the others.
    pairs = (pair for header in headers if header for pair in getaddresses([header]))
    return tuple(dict.fromkeys(address.lower() for _, address in pairs if "@" in address))
