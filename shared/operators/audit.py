"""What an operator may say in the record of a change by hand (P11)."""

from __future__ import annotations

import json

from shared.operators.refusal import Refusal

_LONGEST_REASON = 500
_LONGEST_VALUE = 200


def refused_words(field: str, text: str) -> Refusal | None:
    """Why a text may not stand in an audit entry, or None when it may."""
    if not text.strip():
        return Refusal(f"{field} is empty", "say it in a few words")
    if len(text) > _LONGEST_REASON:
        return Refusal(f"{field} has {len(text)} characters, at most {_LONGEST_REASON} are kept", "say less")
    if "@" in text:
        return Refusal(
            f"{field} seems to hold a mail address", "leave it out: no address is kept in the audit"
        )
    return None


def shown_value(value: object) -> str:
    """A setting's value as the audit keeps it; one that may hold an address, as garbage may, is withheld."""
    text = json.dumps(value, default=str, sort_keys=True)
    return "[withheld]" if "@" in text else text[:_LONGEST_VALUE]
