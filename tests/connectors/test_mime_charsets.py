from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.mime_charsets import one_line, readable, text_of_bytes

GERMAN = "Schöne Grüße aus Köln"
JAPANESE = "お世話になっております"
CHINESE = "您好，请不要再给我发邮件"
RUSSIAN = "Добрый день, спасибо за письмо"
UNSAID = "It is UTF-8 and names another charset."
WRONG = "Its text is not in the charset that it names."
UNKNOWN = "It names a charset that is unknown."


@pytest.mark.parametrize(
    ("text", "written_in", "named"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8", ""),
        (GERMAN, "latin-1", "ISO-8859-1"),
        (GERMAN, "latin-1", '"iso-8859-1"'),
        (GERMAN, "cp1252", "windows-1252"),
        ("„schön“ – 5 €", "cp1252", "iso-8859-1"),
        (GERMAN, "utf-7", "utf-7"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-8-sig", "us-ascii"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        (JAPANESE, "iso2022_jp", ""),
        (JAPANESE, "shift_jis", "x-sjis"),
        ("①髙橋", "cp932", "shift_jis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (CHINESE, "gb18030", "gb2312"),
        ("联通", "gbk", "gb2312"),
        ("謝謝您的來信", "big5", "big5"),
        ("안녕하세요", "cp949", "ks_c_5601-1987"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        ("Zażółć gęślą jaźń", "cp1250", "windows-1250"),
        ("Καλημέρα", "cp1253", "windows-1253"),
        ("İyi günler ğş", "cp1254", "iso-8859-9"),
        ("שלום", "cp1255", "iso-8859-8-i"),
        ("مرحبا", "cp1256", "windows-1256"),
        ("สวัสดี", "cp874", "tis-620"),
    ],
)
def test_a_charset_that_is_named_rightly_is_read(text: str, written_in: str, named: str) -> None:
    assert text_of_bytes(text.encode(written_in), named) == (text, "")


@pytest.mark.parametrize(
    ("text", "written_in", "named", "defect"),
    [
        (GERMAN, "utf-8", "iso-8859-1", UNSAID),
        (CHINESE, "utf-8", "gb2312", UNSAID),
        (RUSSIAN, "utf-8", "koi8-r", UNSAID),
        (GERMAN, "latin-1", "utf-8", WRONG),
        (GERMAN, "latin-1", "us-ascii", WRONG),
        (GERMAN, "utf-8", "nonsense", UNKNOWN),
        (GERMAN, "latin-1", "unicode_escape", UNKNOWN),
        (GERMAN, "utf-8", "punycode", UNKNOWN),
        ("plain", "ascii", "../../x", UNKNOWN),
        ("plain", "ascii", "rot13", UNKNOWN),
    ],
)
def test_a_charset_that_is_named_wrongly_is_read_and_said(
    text: str, written_in: str, named: str, defect: str
) -> None:
    assert text_of_bytes(text.encode(written_in), named) == (text, defect)


def test_what_a_mailbox_has_turned_into_utf8_is_read_whatever_it_names() -> None:
    assert text_of_bytes("联通".encode(), "gb2312", utf8_first=True) == ("联通", "")


def test_a_character_that_is_cut_in_two_spoils_nothing() -> None:
    assert text_of_bytes("Grüße €".encode()[:-1], "utf-8") == ("Grüße ", "")
    assert text_of_bytes(JAPANESE.encode("shift_jis")[:-1], "shift_jis") == (JAPANESE[:-1], "")


def test_what_no_document_can_keep_is_taken_out() -> None:
    assert readable("a\x00b\ud83dc\x1b[0m\r\nd\re\u2028f\ufeff") == "abc[0m\nd\ne\nf"
    assert text_of_bytes(b"+2D0- half +AAA- nul", "utf-7")[0] == " half  nul"
    assert one_line(" a\r\n\x00b\u202egnp.exe ") == "a b gnp.exe"


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "hz", "gb2312", "iso-2022-jp", "utf-16", "x"]),
)
def test_any_bytes_are_some_text_that_can_be_kept(content: bytes, named: str) -> None:
    text, _ = text_of_bytes(content, named)
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\x00" not in text


@given(st.binary(max_size=50), st.text(max_size=80))
def test_any_charset_may_be_named(content: bytes, named: str) -> None:
    assert isinstance(text_of_bytes(content, named)[0], str)


def test_only_charsets_of_mail_are_looked_up() -> None:
    assert codecs.lookup("rot13")
    assert text_of_bytes(b"nowhere", "rot13")[0] == "nowhere"
