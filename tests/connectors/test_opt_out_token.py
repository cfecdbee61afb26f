"""The token of a way out: the same each time, telling nothing, and made by nobody but us."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.opt_out_token import KEY_MIN_CHARS, Person, check_key, opened, sealed

KEY, OTHER, THIRD = "k" * 64, "o" * 64, "t" * 64
MAYA = Person("default", "0123456789abcdef0123456789abcdef01234567")
TOKEN = sealed(KEY, MAYA)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True)


def bits(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def spelled(whole: bytes) -> str:
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")


def test_the_same_person_always_has_the_same_token() -> None:
    assert sealed(KEY, Person(MAYA.tenant, MAYA.contact_id)) == TOKEN


def test_a_token_does_not_change_between_releases() -> None:
    """Links lie in people's mailboxes for years."""
    kept = (
        "Ae-xHigecHsTWMBPhEmsQfvE3-FBlSLMQuXgW77kZ-QKVW1onz4Uc4"
        "7vlZ_nQMmU4hfwwBYuzT5-ljtzvIEeyYti91x0nYU7Nm98FMIWuuML"
    )
    assert kept == TOKEN
    assert opened([KEY], kept) == MAYA


@given(IDS, IDS)
def test_whatever_is_sealed_is_opened_as_just_that(tenant: str, contact_id: str) -> None:
    person = Person(tenant, contact_id)
    assert opened([KEY], sealed(KEY, person)) == person


def test_a_token_fits_into_a_url_as_it_is() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{108}", TOKEN)
    longest = sealed(KEY, Person("t" * 128, "c" * 128))
    assert len(longest) < 512
    assert opened([KEY], longest) == Person("t" * 128, "c" * 128)


def test_a_token_tells_neither_tenant_nor_contact() -> None:
    for part in (b"default", MAYA.contact_id.encode(), MAYA.contact_id[:8].encode()):
        assert part not in bits(TOKEN)
        assert part.decode() not in TOKEN
    one, other = bits(sealed(KEY, Person("acme", MAYA.contact_id)))[1:], bits(TOKEN)[1:]
    same = sum(a == b for a, b in zip(one, other, strict=True))
    assert same < 10, "two tenants' tokens of one person have nothing in common, not even their length"


def test_the_token_of_one_tenant_is_none_of_another() -> None:
    acme = sealed(KEY, Person("acme", MAYA.contact_id))
    assert acme != TOKEN
    assert opened([KEY], acme) == Person("acme", MAYA.contact_id)
    assert sealed(KEY, Person("a", "bc")) != sealed(KEY, Person("ab", "c"))


def test_another_key_opens_nothing() -> None:
    assert opened([OTHER], TOKEN) is None
    assert opened([], TOKEN) is None
    assert sealed(OTHER, MAYA) != TOKEN


def test_after_a_rotation_old_links_go_on_working() -> None:
    newest, before = sealed(OTHER, MAYA), TOKEN
    assert opened([OTHER, KEY], newest) == opened([OTHER, KEY], before) == MAYA
    assert opened([THIRD, OTHER], before) is None, "only the newest two versions are read"


@pytest.mark.parametrize("place", range(81))
def test_a_token_with_one_bit_changed_is_none(place: int) -> None:
    whole = bytearray(bits(TOKEN))
    assert len(whole) == 81
    for bit in range(8):
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        assert opened([KEY], spelled(bytes(changed))) is None


@pytest.mark.parametrize("length", range(len(TOKEN)))
def test_a_token_that_was_cut_off_is_none(length: int) -> None:
    assert opened([KEY], TOKEN[:length]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        TOKEN + "A",
        TOKEN + "AAAA",
        TOKEN + "=",
        TOKEN + "\n",
        f" {TOKEN}",
        TOKEN * 2,
        TOKEN * 100,
        "A" * 108,
        "é" * 108,
        "١" * 108,
        TOKEN[:-1] + "+",
        TOKEN.replace(TOKEN[10], "/"),
        spelled(bits(TOKEN)[1:]),
        spelled(b"\x02" + bits(TOKEN)[1:]),
        spelled(b"\x01" * 81),
    ],
)
def test_other_texts_are_no_tokens(text: str) -> None:
    assert opened([KEY, OTHER], text) is None


def test_another_spelling_of_the_same_bytes_is_no_token() -> None:
    longer = sealed(KEY, Person("t" * 60, "c" * 40))
    assert len(bits(longer)) % 3, "its last letter has bits to spare"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = longer[:-1] + letters[letters.index(longer[-1]) + 1]
    assert bits(other) == bits(longer)
    assert opened([KEY], other) is None
    assert opened([KEY], longer) is not None


@given(st.text(max_size=500))
def test_no_text_makes_it_fail(text: str) -> None:
    assert opened([KEY], text) is None


def test_a_key_that_could_be_guessed_is_refused_with_the_mend() -> None:
    short = "k" * (KEY_MIN_CHARS - 1)
    for call in (
        lambda: sealed(short, MAYA),
        lambda: opened([short, short], TOKEN),
        lambda: check_key(short),
    ):
        with pytest.raises(ValueError, match="at least 32 are needed: add a longer version") as refused:
            call()
        assert short not in str(refused.value)


def test_a_short_version_keeps_no_link_of_the_other_from_working() -> None:
    assert opened(["short", KEY], TOKEN) == opened([KEY, "short"], TOKEN) == MAYA
    assert opened([KEY, "short"], sealed(OTHER, MAYA)) is None


@pytest.mark.parametrize("bad", ["", "a/b", "a\0b", "x" * 129, "ann@example.com"])
def test_what_is_no_id_is_not_sealed(bad: str) -> None:
    with pytest.raises(ValueError, match="contact_id"):
        sealed(KEY, Person("default", bad))
    with pytest.raises(ValueError, match="tenant"):
        sealed(KEY, Person(bad, MAYA.contact_id))
