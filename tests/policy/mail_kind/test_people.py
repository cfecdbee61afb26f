from __future__ import annotations

from dataclasses import replace

import pytest

from shared.jobs.mail import MailKind
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.mails import ANA, KNOWN, mail

SAME = [
    ("ana.ruiz+lists@harborlogistics.example", "Ana Ruiz"),
    ("anaruiz@harborlogistics.example", ""),
    ("aruiz@harborlogistics.example", ""),
    ("aruiz@harborlogistics.example", "aruiz@harborlogistics.example"),
    ("a.ruiz@mail.harborlogistics.example", "Ruiz, Ana"),
    ("ana.ruiz.bcn@gmail.com", "ANA RUIZ"),
    ("ana@elsewhere.example", "Dr. Ana Ruiz (External)"),
    ("ana.maria.ruiz@harborlogistics.example", "Ana María Ruiz"),
    ("anita99@gmail.com", "Ana"),
]
OTHERS = [
    ("mei.tan@harborlogistics.example", "Mei Tan"),
    ("ana.lopez@harborlogistics.example", "Ana Lopez"),
    ("pedro.ruiz@harborlogistics.example", "Pedro Ruiz"),
    ("info@harborlogistics.example", "Harbor Logistics"),
    ("mei.tan@depot.harborlogistics.example", "Mei Tan"),
    ("mei.tan@harbor-logistics.es", "Mei Tan"),
]


@pytest.mark.parametrize(("address", "name"), SAME)
def test_the_same_person_is_known_from_another_address(address: str, name: str) -> None:
    assert kind_of(mail("Tuesday is fine.", sender=address, name=name), KNOWN).kind is MailKind.ALIAS


@pytest.mark.parametrize(("address", "name"), OTHERS)
def test_another_person_of_the_company_is_a_colleague(address: str, name: str) -> None:
    assert kind_of(mail("Tuesday is fine.", sender=address, name=name), KNOWN).kind is MailKind.COLLEAGUE


@pytest.mark.parametrize(
    ("address", "name"), [(ANA, "Ana Ruiz"), (ANA.upper(), ""), ("bo@other.example", "Bo Lee")]
)
def test_whom_we_know_and_strangers_are_persons(address: str, name: str) -> None:
    assert kind_of(mail("Tuesday is fine.", sender=address, name=name), KNOWN).kind is MailKind.PERSON


def test_a_first_name_is_short_in_many_ways() -> None:
    tom = replace(KNOWN, contact="thomas.byrne@lumen.example", contact_name="Thomas Byrne")
    assert kind_of(mail("Yes.", sender="tb@home.example", name="Tom Byrne"), tom).kind is MailKind.ALIAS


def test_free_mail_names_no_company() -> None:
    sam = replace(KNOWN, contact="sam.fox@gmail.com", contact_name="Sam Fox")
    assert kind_of(mail("Hello.", sender="bo.lee@gmail.com", name="Bo Lee"), sam).kind is MailKind.PERSON


def test_what_free_mail_is_can_be_told() -> None:
    local = replace(KNOWN, is_free_mail=lambda domain: domain == "harborlogistics.example")
    answer = mail("Hello.", sender="mei@harborlogistics.example", name="Mei Tan")
    assert kind_of(answer, local).kind is MailKind.PERSON


def test_who_signs_with_the_name_is_the_person_where_no_other_name_is_shown() -> None:
    words = "Tuesday is fine.\n\nAna Ruiz"
    assert kind_of(mail(words, sender="x771@elsewhere.example", name=""), KNOWN).kind is MailKind.ALIAS


@pytest.mark.parametrize("contact", [None, "", "not an address"])
def test_nobody_is_compared_with_nobody(contact: str | None) -> None:
    unknown = replace(KNOWN, contact=contact, contact_name="")
    assert kind_of(mail("Hello."), unknown).kind is MailKind.PERSON


@pytest.mark.parametrize("address", ["", "no address", "a@b@c", "@", "x@"])
def test_a_sender_without_an_address_is_a_person(address: str) -> None:
    assert kind_of(mail("Hello.", sender=address), KNOWN).kind is MailKind.PERSON
