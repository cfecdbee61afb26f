"""Which addresses may go into a query or a path: one plain address and nothing else (P10)."""

from __future__ import annotations

import unicodedata

from shared.connectors.mime_headers import addresses
from shared.errors import Permanent
from shared.pattern import Pattern

_PLAIN = Pattern(r"""[^\s"'(),:;<>@\[\\\]{|}]+(?:'[^\s"'(),:;<>@\[\\\]{|}]+)*@[^\s"'(),:;<>@\[\\\]{|}]+""")
_LONGEST = 254


def plain_address(address: str) -> str:
    """The address itself. Errors: Permanent for anything that is not exactly one plain address."""
    odd = any(unicodedata.category(character)[0] in "CZ" for character in address)
    if odd or len(address) > _LONGEST or not _PLAIN.fullmatch(address) or address.startswith("-"):
        raise Permanent("the address is not one plain mail address, so it is not looked up")
    return address


def addresses_in(*headers: str) -> tuple[str, ...]:
    """The bare addresses of To, Cc or From headers, lower case, each once, in order."""
    return tuple(each.address for each in addresses(*headers))
