from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.personal_data import DataKind, personal_data, phone_digits


def kinds(text: str, *names: str) -> list[DataKind]:
    return [piece.kind for piece in personal_data(text, protected_names=names)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to bob@evil.com", DataKind.ADDRESS),
        ("write to bob (at) evil (dot) com", DataKind.ADDRESS),
        ("write to bob at evil dot com", DataKind.ADDRESS),
        ("call +1 555 010 7788", DataKind.PHONE),
        ("call (555) 010-7788", DataKind.PHONE),
        ("call 555.010.7788 ext 12", DataKind.PHONE),
        ("call 0049 30 1234567", DataKind.PHONE),
        ("call 5550107788", DataKind.PHONE),
        ("it was $400", DataKind.AMOUNT),
        ("it was forty dollars", DataKind.AMOUNT),
        ("card 4111 1111 1111 1111", DataKind.CARD),
        ("account DE89 3704 0044 0532 0130 00", DataKind.IBAN),
        ("account DE89 3704 0044 0532 0130", DataKind.IBAN),
        ("account DE88 3704 0044 0532 0130 00", DataKind.IBAN),
        ("number 078-05-1120", DataKind.TAX_NUMBER),
        ("at 12 Harbor Street", DataKind.STREET),
        ("at 1600 Pennsylvania Ave", DataKind.STREET),
        ("in der Hauptstraße 5", DataKind.STREET),
        ("P.O. Box 12", DataKind.STREET),
        ("as with Contoso", DataKind.CLIENT),
        ("as with CONTOSO's team", DataKind.CLIENT),
        ("as with Fabrikam\nHealth", DataKind.CLIENT),
        ("as with Fabrikam-Health", DataKind.CLIENT),
        ("as with F a b r i k a m Health", DataKind.CLIENT),
    ],
)
def test_each_kind_is_found(text: str, kind: DataKind) -> None:
    assert kinds(text, "Contoso", "Fabrikam Health") == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Would Tuesday, March 17, 10:00-10:30 or 14:00–14:30 suit you?",
        "on 2026-03-17 or 17.03.2026, from 2019-2024",
        "10,000 users, 1 000 000 rows, 45 people, ticket 123456",
        "a Contosoware product",
        "We drive results on the way to a square deal.",
    ],
)
def test_ordinary_text_holds_none(text: str) -> None:
    assert kinds(text, "Contoso", "Fabrikam Health") == []


def test_a_card_number_is_not_reported_as_a_phone_as_well() -> None:
    assert kinds("4111-1111-1111-1111") == [DataKind.CARD]


def test_a_phone_number_is_the_same_with_and_without_its_country() -> None:
    assert (
        phone_digits("+1 (555) 010-7788") == phone_digits("555 010 7788") == phone_digits("5550107788 ext. 3")
    )
    assert phone_digits("555 010 7788") != phone_digits("555 010 7789")


@given(st.from_regex(r"\+?[1-9]\d{2}[ .-]\d{3}[ .-]\d{4}", fullmatch=True))
def test_no_phone_number_in_groups_is_overlooked(phone: str) -> None:
    assert kinds(f"Call {phone} today") == [DataKind.PHONE]


@given(st.from_regex(r"[a-z][a-z0-9.]{0,8}[a-z0-9]@[a-z]{2,9}\.(com|io|co\.uk)", fullmatch=True))
def test_no_mail_address_is_overlooked(address: str) -> None:
    assert DataKind.ADDRESS in kinds(f"Mail {address}, please")


@given(st.text(max_size=200))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    kinds(text, "Contoso", "", " ", "...")
