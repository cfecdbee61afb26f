from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.claims import Claim, ClaimKind, claims
from shared.policy.names import names_in
from shared.policy.numerals import value_of


def found(text: str, kind: ClaimKind) -> list[str]:
    return [claim.key for claim in claims(text, names=names_in) if claim.kind is kind]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("It costs $49 a month", ["usd 49"]),
        ("It costs 49 USD", ["usd 49"]),
        ("It costs US$ 49.50", ["usd 49.5"]),
        ("It costs 49 dollars or fifty euros", ["usd 49", "eur 50"]),
        ("between €1.000,50 and €1,000.50", ["eur 1000.5", "eur 1000.5"]),
        ("a budget of $20k, or 1.5 million dollars", ["usd 20000", "usd 1500000"]),
        ("£1 000 in all", ["gbp 1000"]),
        ("for a hundred bucks", ["usd 100"]),
        ("no money here: 20 people", []),
    ],
)
def test_amounts_have_one_value_however_they_are_written(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.AMOUNT) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("saves 30%", ["30"]),
        ("saves 30 percent or thirty per cent", ["30", "30"]),
        ("12.5 % off", ["12.5"]),
        ("30 people", []),
    ],
)
def test_percentages_are_found(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.PERCENT) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("on Tuesday or Wed", ["weekday:1", "weekday:2"]),
        ("on tuesday", ["weekday:1"]),
        ("March 17, 17 March, 17th of March 2026, Mar 17th", ["date:3-17"] * 4),
        ("2026-03-17", ["date:3-17"]),
        ("17.03.2026 and 3/17/26", ["date:17/3", "date:3/17"]),
        ("in May, since March, in Q3 2026", ["month:5", "month:3", "quarter:3"]),
        ("You may march on, the sun sat still, and we wed", []),
        ("tomorrow", ["relative:tomorrow"]),
    ],
)
def test_dates_are_found_and_ordinary_words_are_not(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.DATE) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("at 10:00 or 14:30", ["10:00", "14:30"]),
        ("at 10am, 2 pm, 2:30 p.m. and 12 AM", ["10:00", "14:00", "14:30", "00:00"]),
        ("2-3 pm", ["14:00", "15:00"]),
        ("10:00–10:30", ["10:00", "10:30"]),
        ("at noon", ["12:00"]),
    ],
)
def test_times_are_found(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.TIME) == keys


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("45 people", [("45", "person")]),
        ("live in 10 days", [("10", "day")]),
        ("live in ten business days", [("10", "day")]),
        ("three times faster, 3x more", [("3", "times"), ("3", "times")]),
        ("10,000 users and thirty-five clients", [("10000", "seat"), ("35", "customer")]),
        ("a hundred teams", [("100", "")]),
        ("these three times, two questions, one thing, either of the two options", []),
        ("1. first\n2) second", []),
        ("Office 365", [("365", "")]),
    ],
)
def test_numbers_are_found_with_what_they_count(text: str, numbers: list[tuple[str, str]]) -> None:
    claimed = [c for c in claims(text, names=names_in) if c.kind is ClaimKind.NUMBER]
    assert [(claim.key, claim.unit) for claim in claimed] == numbers


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("We offer a free trial", ["free"]),
        ("The first month is free", ["free"]),
        ("it is free to try, free of charge, at no cost", ["free", "free", "free"]),
        ("we guarantee a full refund", ["guarantee", "refund"]),
        ("a 10% discount and our best price", ["discount", "discount"]),
        ("Feel free to ask. Are you free on Tuesday? I am free at 10. Tuesday is free.", []),
        ("unlimited seats, trusted by hundreds of teams", ["best", "trusted", "trusted"]),
        ("we are #1 and SOC 2 certified", ["best", "certified"]),
        ("half price, we waive the fee, cancel any time, no commitment", ["discount", "discount", "terms", "terms"]),
        ("twice as fast, cuts it by a third", ["factor", "factor"]),
        ("kostenlos, mit Garantie und Rabatt", ["free", "guarantee", "discount"]),
        ("the best way to meet, I am free all day, all the best for you", []),
    ],
)  # fmt: skip
def test_promises_are_found_and_free_time_is_none(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.PROMISE) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Hi Maya,", ["maya"]),
        ("We use it with Contoso and NetSuite.", ["contoso", "netsuite"]),
        ("Fabrikam Health uses it.", ["fabrikam", "health"]),
        ("NetSuite is supported.", ["netsuite"]),
        ("Thanks for the note. Spreadsheets are slow. I am glad.", []),
        ("Best regards,\nAnn", ["ann"]),
        ("Kind regards,\nAnn Lee", ["ann", "lee"]),
        ("Maya's team and Brightloop’s plan", ["brightloop"]),
        ("Your CRM and an API", []),
        ("On Tuesday, Dr. Okafor called", ["okafor"]),
    ],
)
def test_names_are_found_unless_a_sentence_merely_begins(text: str, keys: list[str]) -> None:
    assert found(text, ClaimKind.NAME) == keys


@given(st.integers(0, 999_999))
def test_a_number_has_the_same_value_with_and_without_thousands_signs(number: int) -> None:
    assert value_of(str(number)) == value_of(f"{number:,}") == value_of(f"{number:,}".replace(",", " "))


@given(st.text(max_size=200))
def test_claims_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    last: dict[bool, Claim] = {}
    for claim in claims(text, names=names_in):
        assert text[claim.start : claim.end].startswith(claim.text[:1])
        is_promise = claim.kind is ClaimKind.PROMISE
        before = last.get(is_promise)
        assert before is None or before.end <= claim.start
        last[is_promise] = claim


@given(
    st.integers(1, 10_000),
    st.sampled_from(["$", "€", "£"]),
    st.sampled_from(["It costs", "Only", "For", "pay"]),
)
def test_no_price_in_digits_is_overlooked(price: int, sign: str, before: str) -> None:
    assert len(found(f"{before} {sign}{price} today.", ClaimKind.AMOUNT)) == 1
    assert len(found(f"{before} {price}{sign} today.", ClaimKind.AMOUNT)) == 1
