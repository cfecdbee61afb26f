"""What a person wants who answered our mail: a call, an answer, more time, or nothing at all.

Only the plainest words decide that no answer is written; in doubt somebody wants one.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from shared.agents.own_words import complains
from shared.agents.wish_words import (
    ASKS_WITHOUT_MARK,
    CLOSING,
    FIND,
    GREETING,
    NAME_ALONE,
    NEGATED_OFFER,
    PRICE,
)
from shared.policy.claims import ClaimKind, claims
from shared.policy.sentences import words

_READ_CHARS = 4000


class MailWish(StrEnum):
    """What somebody wants who writes this mail."""

    CALL = "call"
    CONFIRM = "confirm"
    PRICE = "price"
    ANSWER = "answer"
    LATER = "later"
    DECLINE = "decline"
    WILL_RETURN = "will_return"
    OTHER_PERSON = "other_person"
    PASSED_ON = "passed_on"
    CLOSING = "closing"
    OTHER = "other"


_CLOSING_MAX_WORDS = 30
_RETURN_MAX_WORDS = 60


WANTS_A_TIME = frozenset({MailWish.CALL, MailWish.CONFIRM})


def wish_of(text: str) -> MailWish:
    """What the mail asks of us. A question or a complaint keeps it from being read as needing no answer."""
    shown = _shown(text)
    asks = "?" in shown or ASKS_WITHOUT_MARK.search(shown) is not None
    open_ended = asks or complains(shown)
    if not open_ended and _says("declines", shown):
        return MailWish.DECLINE
    if not open_ended and _is_closing(shown):
        return MailWish.CLOSING
    if _says("other_person", shown):
        return MailWish.OTHER_PERSON
    if _says("later", shown):
        return MailWish.LATER
    if _says("refuses_times", shown) and _names_a_day(shown):
        return MailWish.CALL
    if _says("assents", shown) or _names_a_time(shown):
        return MailWish.CONFIRM
    if _says("call", shown):
        return MailWish.CALL
    if not open_ended and _says("passed_on", shown):
        return MailWish.PASSED_ON
    if not open_ended and _says("will_return", shown) and len(words(shown)) <= _RETURN_MAX_WORDS:
        return MailWish.WILL_RETURN
    if PRICE.search(shown):
        return MailWish.PRICE
    return MailWish.ANSWER if asks else MailWish.OTHER


def named_month(text: str) -> str:
    """The month in which they want to hear from us, as they wrote it; "" when they name none or several."""
    found = {
        claim.key: claim.text
        for claim in claims(_shown(text))
        if claim.kind is ClaimKind.DATE and claim.key.startswith("month:")
    }
    if len(found) != 1:
        return ""
    return next(iter(found.values())).split()[-1].split("-")[-1].rstrip(".")


def _says(what: str, text: str) -> bool:
    return FIND[what].search(text) is not None


def _names_a_time(text: str) -> bool:
    """A short mail with a day and a time of day, as somebody writes who takes one of those we offered."""
    kinds = {claim.kind for claim in claims(text)}
    short = len(words(text)) <= _CLOSING_MAX_WORDS and not NEGATED_OFFER.search(text)
    return short and {ClaimKind.DATE, ClaimKind.TIME} <= kinds


def _names_a_day(text: str) -> bool:
    """Whether days or times are spoken of at all."""
    when = re.search(r"\b(?:times?|dates?|slots?|days?)\b", text, re.IGNORECASE)
    return when is not None or any(claim.kind in (ClaimKind.DATE, ClaimKind.TIME) for claim in claims(text))


def _is_closing(text: str) -> bool:
    """Whether there is nothing in it but thanks, a farewell and a name."""
    if not words(text) or len(words(text)) > _CLOSING_MAX_WORDS:
        return False
    pieces = [piece.strip(" ,-–*:)(;") for piece in re.split(r"[.!…\n,]+", text)]
    said = [piece for piece in pieces if re.search(r"\w", piece)]
    closes = [piece for piece in said if CLOSING.fullmatch(piece)]
    rest = [piece for piece in said if piece not in closes]
    return bool(closes) and all(GREETING.fullmatch(piece) or NAME_ALONE.fullmatch(piece) for piece in rest)


def _shown(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[:_READ_CHARS]).replace("\r\n", "\n")
    return "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "So", "Mn", "Me"))
