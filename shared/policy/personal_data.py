"""Personal and confidential data in a text, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.pattern import Pattern
from shared.policy.claims import ClaimKind, claims
from shared.policy.sentences import plain


class DataKind(StrEnum):
    """What was found."""

    ADDRESS = "mail address"
    PHONE = "phone number"
    AMOUNT = "amount of money"
    CARD = "card number"
    IBAN = "bank account"
    TAX_NUMBER = "social security number"
    STREET = "postal address"
    CLIENT = "name of another client"


@dataclass(frozen=True)
class PersonalData:
    """A piece of personal data as it stands in the text; two spellings of the same have the same key."""

    kind: DataKind
    text: str
    key: str


_DOT = r"(?:\.|\s?(?:\(dot\)|\[dot\]|\sdot\s)\s?)"
_AT = r"(?:@|＠|\(at\)|\[at\]|\sat\s(?=[\w-]{1,63}\s?(?:\(dot\)|\[dot\]|\sdot\s)))"
_ADDRESS = Pattern(
    rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}\s?{_AT}\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,8}}", re.IGNORECASE
)
_DIGITS_AND_SIGNS = Pattern(
    r"(?<![\w.,$€£])(?:\+|00)?\(?\d[\d \t\u00a0().\u2010-\u2015/-]{5,24}\d(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w%])",
    re.IGNORECASE,
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = Pattern(rf"\b\d{{4}}-{_DAY}-{_DAY}\b|\b{_DAY}[./]{_DAY}[./](?:19|20)?\d{{2}}\b")
_YEARS = Pattern(r"(?:19|20)\d\d\s?[-\u2010-\u2015/]\s?(?:19|20)\d\d")
_GROUPS = Pattern(r"\d{1,3}(?:[ .\u00a0]\d{3})+")
_CARD = Pattern(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_IBAN = Pattern(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{2,4}){3,8}\b|\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b")
_CUT_IBAN = Pattern(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]\d{4}){3,7}(?:[ \u00a0]\d{1,3})?\b")
"""Written in groups of four it is an account, also where digits are missing and the check fails."""
_TAX = Pattern(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_STREETS = (
    r"(?:[Ss]treet|[Aa]venue|[Bb]oulevard|[Hh]ighway|[Pp]arkway|[Cc]rescent|Lane|Drive|Court|Terrace|Square|Place|"
    r"Road|St\.|Ave\b|Rd\b|Blvd\b|Ln\b|Dr\.|(?:[A-ZÀ-Þ][\w'’-]{0,40})?(?:[Ss]tra(?:ß|ss)e|gasse|gatan|laan|straat|weg|"
    r"katu|tie|utca|ulice|náměstí))"
)
_STREET = Pattern(
    rf"\b\d{{1,5}}[a-zA-Z]?,?\s(?:[\w.'’-]{{1,30}}\s){{0,4}}?{_STREETS}"
    rf"|\b[A-ZÀ-Þ][\w'’-]{{0,30}}\s{_STREETS}\s\d{{1,4}}[a-zA-Z]?\b|\b{_STREETS}\s\d{{1,4}}[a-zA-Z]?\b"
    r"|\b(?:[Rr]ue|Via|Calle|Avenida|[Uu]l\.|Rua|Piazza|Plaza)\s(?:[\w'’-]{1,30}\s){1,3}\d{1,4}\b"
    r"|\bP\.?\s?O\.?\s?[Bb]ox\s\d+|\b(?:Apt|apt|Suite|Ste)\.?\s\d+\b|\b[Uu]nit\s#\d+"
)
_PHONE_DIGITS = range(7, 16)
_LONG_DIGITS = 9
"""This many digits in a row are a phone number even without a sign between them."""


def personal_data(text: str, *, protected_names: Iterable[str] = ()) -> tuple[PersonalData, ...]:
    """Everything in a text that may belong to somebody; a card number is not reported as a phone too."""
    found = [*_numbers_of_state_and_bank(text)]
    taken = [piece.text for piece in found]
    for match in _ADDRESS.finditer(text):
        key = re.sub(
            r"\s?[(\[]?\b(?:at|dot)\b[)\]]?\s?|\s",
            lambda m: _SIGN.get(m.group().strip(" ()[]").lower(), ""),
            match.group(),
        )
        found.append(PersonalData(DataKind.ADDRESS, match.group(), key.lower()))
    for match in _DIGITS_AND_SIGNS.finditer(text):
        phone = match.group().strip()
        if _is_phone(phone) and not any(phone in other or other in phone for other in taken):
            found.append(PersonalData(DataKind.PHONE, phone, phone_digits(phone)))
    for claim in claims(text):
        if claim.kind is ClaimKind.AMOUNT:
            found.append(PersonalData(DataKind.AMOUNT, claim.text, claim.key))
    for match in _STREET.finditer(text):
        found.append(PersonalData(DataKind.STREET, match.group(), plain(match.group())))
    found += _clients(text, protected_names)
    return tuple(dict.fromkeys(found))


def phone_digits(text: str) -> str:
    """A phone number for comparing: its last nine digits, so that country codes do not matter."""
    return re.sub(r"\D", "", re.split(r"x|ext", text, flags=re.IGNORECASE)[0])[-9:]


_SIGN = {"at": "@", "dot": "."}


def _numbers_of_state_and_bank(text: str) -> Iterator[PersonalData]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _luhn(digits):
            yield PersonalData(DataKind.CARD, match.group(), digits)
    for match in _IBAN.finditer(text):
        bare = re.sub(r"\s", "", match.group()).upper()
        if _is_iban(bare) or _CUT_IBAN.fullmatch(match.group()):
            yield PersonalData(DataKind.IBAN, match.group(), bare)
    for match in _TAX.finditer(text):
        yield PersonalData(DataKind.TAX_NUMBER, match.group(), match.group())


def _clients(text: str, protected_names: Iterable[str]) -> Iterator[PersonalData]:
    folded = plain(text)
    squeezed = re.sub(r"[\W_]+", "", folded)
    for name in protected_names:
        wanted = plain(name)
        pieces = r"[\W_]*".join(re.escape(piece) for piece in re.split(r"[\W_]+", wanted) if piece)
        if not pieces:
            continue
        # A long name is also found when spaces or dots are put into it.
        solid = re.sub(r"[\W_]+", "", wanted)
        hidden = len(solid) >= _LONG_DIGITS and solid in squeezed
        if hidden or re.search(rf"(?<!\w){pieces}(?!\w)", folded):
            yield PersonalData(DataKind.CLIENT, name, wanted)


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", _DATE.sub("", text))
    if len(digits) not in _PHONE_DIGITS or _YEARS.fullmatch(text):
        return False
    # "1 000 000" is a number, "374 780 163" is more likely somebody's phone.
    if _GROUPS.fullmatch(text) and len(digits) < _LONG_DIGITS and not text.startswith("0"):
        return False
    has_signs = bool(re.search(r"[+()\s.\u2010-\u2015/-]", text))
    return has_signs or len(digits) >= _LONG_DIGITS


def _luhn(digits: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    if not 15 <= len(text) <= 34:
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
