"""The token in a mail's way out: it names the person to us, and to nobody else (P9, P10, P11).

AES-SIV seals and signs in one, and without chance: the same person always has the same token, so that a mail that
is composed again has the same bytes. A token needs no document, and so works when the person's data is erased.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.pattern import Pattern

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_MIN_CHARS = 32
"""A shorter secret could be guessed, and everybody's token be made with it."""

_VERSION = b"\x01"
_PURPOSE = b"whisper opt-out token 1"
"""The secret used for anything else would give another key."""
_BLOCK_BYTES = 32
"""What is sealed is filled up to whole blocks, so that a token's length does not tell whose it is."""
_TOKEN = Pattern(r"[A-Za-z0-9_-]{64,512}")
_ID = Pattern(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True)
class Person:
    """Whom a token is about: their tenant, and the keyed hash of their address."""

    tenant: str
    contact_id: str


def sealed(key: str, person: Person) -> str:
    """The person's token under this key: base64url without padding, the same each time.

    Errors: ValueError for a key that is too short, and for ids that are none.
    """
    for name, value in (("tenant", person.tenant), ("contact_id", person.contact_id)):
        if not _ID.fullmatch(value):
            raise ValueError(f"{name}: it is no id of 1 to 128 letters, digits, - and _")
    plain = f"{person.contact_id}\0{person.tenant}\0".encode()
    filled = plain + b"\0" * (-len(plain) % _BLOCK_BYTES)
    whole = _VERSION + _cipher(key).encrypt(filled, [_VERSION])
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")


def opened(keys: Sequence[str], token: str) -> Person | None:
    """Whom the token is about; None for every text that none of these keys made a token of.

    A key that is too short has sealed nothing. Errors: ValueError when all of them are.
    """
    from cryptography.exceptions import InvalidTag

    usable = [key for key in keys if len(key) >= KEY_MIN_CHARS]
    if keys and not usable:
        check_key(keys[0])
    whole = _decoded(token)
    if whole is None or whole[:1] != _VERSION:
        return None
    for key in usable:
        try:
            filled = _cipher(key).decrypt(whole[1:], [_VERSION])
        except (InvalidTag, ValueError):
            continue
        contact_id, tenant, *_ = filled.decode().split("\0")
        return Person(tenant, contact_id)
    return None


def check_key(key: str) -> None:
    """Errors: ValueError for a key that is too short, with the mend."""
    if len(key) < KEY_MIN_CHARS:
        raise ValueError(
            f"the key has {len(key)} characters, at least {KEY_MIN_CHARS} are needed: add a longer version"
        )


def _cipher(key: str) -> AESSIV:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    check_key(key)
    return AESSIV(hmac.digest(key.encode(), _PURPOSE, "sha512"))


def _decoded(token: str) -> bytes | None:
    """The bytes of a token; None for other texts, and for another spelling of the same bytes."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    return whole if base64.urlsafe_b64encode(whole).decode().rstrip("=") == token else None
