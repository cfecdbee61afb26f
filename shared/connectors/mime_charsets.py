"""Bytes of a mail as text, whatever charset it names, and without what no document can keep (P7). No I/O."""

from __future__ import annotations

import codecs
from encodings import normalize_encoding
from encodings.aliases import aliases

from shared.pattern import Pattern

# Only these: Python's other codecs are no charsets of mail, and some of them are slow on purpose-made bytes.
_CHARSETS = frozenset(
    {"ascii", "utf_8", "utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"}
    | {"latin_1", "mac_roman", "mac_cyrillic", "mac_greek", "mac_latin2", "koi8_r", "koi8_u", "hz", "johab"}
    | {f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)}
    | {
        f"cp{page}"
        for page in (437, 850, 852, 855, 857, 858, 862, 866, 874, 932, 949, 950, *range(1250, 1259))
    }
    | {"gb2312", "gbk", "gb18030", "big5", "big5hkscs", "euc_jp", "euc_kr", "shift_jis", "tis_620"}
    | {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr"}
)
_ALSO_CALLED = {
    "iso_8859_8_i": "cp1255",
    "iso_8859_6_i": "cp1256",
    "unicode_1_1_utf_7": "utf_7",
    "utf8mb4": "utf_8",
    "sjis": "shift_jis",
    "windows_31j": "cp932",
    "windows_874": "cp874",
    "windows_949": "cp949",
    "ansi_x3_110_1983": "latin_1",
}
# Mail names the old standard and is written in what vendors made of it.
_WIDER = {
    "latin_1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
}
# In these, bytes below 128 alone mean other characters.
_SEVEN_BIT = frozenset(
    {"utf_7", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr"}
)
_WIDE = frozenset({"utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"})
# Western letters are never by chance what UTF-8 looks like; two letters of other scripts may be.
_WESTERN = frozenset(
    {"", "ascii", "utf_8", "latin_1", "cp1252", "iso8859_15", "iso8859_2", "cp1250", "mac_roman"}
)
_CHANCE = 4
_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf_32_be"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
_JAPANESE = Pattern(rb"\x1b\$[@B]")
_UNFIT = Pattern("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_LINE_END = Pattern("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DISGUISE = Pattern("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]+")


def text_of_bytes(content: bytes, charset: str, utf8_first: bool = False) -> tuple[str, str]:
    """The text, and what was wrong with its charset (one sentence, or empty).

    A charset that is unknown, or that the bytes contradict, is replaced by the likeliest. `utf8_first` is
    for content that a mailbox has turned into UTF-8 without correcting the charset named.
    """
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return readable(content[len(mark) :].decode(marked, "replace")), ""
    named = _known(charset)
    defect = "" if named or not charset.strip() else "It names a charset that is unknown."
    if named in _SEVEN_BIT or named in _WIDE:
        text = _strictly(content, named)
        if text is not None:
            return readable(text), defect
    if not charset.strip() and _JAPANESE.search(content):
        named = "iso2022_jp"
    utf8 = _strictly(content, "utf_8")
    if utf8 is not None and named not in _SEVEN_BIT:
        certain = utf8_first or named in _WESTERN or content.isascii()
        if certain or len(content) - len(utf8) >= _CHANCE:
            other = named not in ("", "utf_8", "ascii") and not content.isascii() and not utf8_first
            return readable(utf8), "It is UTF-8 and names another charset." if other else defect
    for attempt in dict.fromkeys((_WIDER.get(named, named), named)):
        text = _strictly(content, attempt) if attempt else None
        if text is not None:
            return readable(text), defect
    if utf8 is not None:
        return readable(utf8), "Its text is not in the charset that it names."
    return readable(_likeliest(content, named)), defect or "Its text is not in the charset that it names."


def readable(text: str) -> str:
    """The text with plain line ends, without control characters and half characters."""
    return _UNFIT.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """The text in one line, without characters that are not seen or that turn the others round."""
    return " ".join(_DISGUISE.sub(" ", text).split())


def _known(charset: str) -> str:
    """Python's name for a charset, empty when it is none."""
    cleaned = charset.strip(" \t'\"<>;,").removeprefix("charset=")[:60].lower()
    if not cleaned.isascii():
        return ""
    for name in (cleaned, cleaned.removeprefix("x-")):
        plain = normalize_encoding(name)
        found = _ALSO_CALLED.get(plain) or aliases.get(plain, plain)
        if found in _CHARSETS:
            return found
    return ""


def _strictly(content: bytes, charset: str) -> str | None:
    """The text if every byte fits; a last character that was cut off does not count."""
    try:
        return codecs.getincrementaldecoder(charset)("strict").decode(content, False)
    except (UnicodeError, LookupError, ValueError):
        return None


def _likeliest(content: bytes, named: str) -> str:
    attempts = [name for name in (_WIDER.get(named, named), "utf_8") if name]
    decoded = [content.decode(name, "replace") for name in attempts]
    best = min(decoded, key=lambda text: text.count("\ufffd"))
    replaced = best.count("\ufffd")
    if replaced * 20 <= len(best) or replaced * 2 <= len(best) - len(best.encode("ascii", "ignore")):
        return best
    return content.decode("cp1252", "replace")
