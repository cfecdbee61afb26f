"""The corpus itself: complete, well formed, its halves apart, its test half frozen."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections import Counter
from email.message import EmailMessage
from functools import cache
from typing import cast

import pytest

from shared.jobs.mail import MailKind
from tests.mail import corpus, known

LEAST_OF_A_KIND = 12
LEAST_OF_A_KIND_IN_BOTH = 24
LEAST_IN_ALL = 260
LEAST_RUNS = 6
MOST_ALIKE = 0.35
"""The share of three-word runs that a mail's own words may have in common with one of the other half."""


@cache
def _half(half: corpus.Half) -> tuple[corpus.Fixture, ...]:
    return tuple(corpus.fixtures(half))


def _parsed(fixture: corpus.Fixture) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(fixture.raw, policy=email.policy.default))


def _words(fixture: corpus.Fixture) -> list[str]:
    """The words of its text without quotes, attributions and our own mail, however encoded and folded."""
    body = _parsed(fixture).get_body(("plain", "html"))
    text = "" if body is None else cast(str, body.get_content())
    text = re.sub(r"<(style|head).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    contact = fixture.contact
    furniture = (contact.mailbox, contact.address, contact.subject, " 09:12", " 9:12", " 09.12", " 9.12")
    kept = [line for line in text.splitlines() if not line.startswith(">")]
    text = " ".join(" ".join(line for line in kept if not any(mark in line for mark in furniture)).split())
    return re.findall(r"\w+", text.replace(" ".join(contact.mail.split()), " ").lower())


def _runs(words: list[str]) -> set[tuple[str, str, str]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _of_a_server(fixture: corpus.Fixture) -> bool:
    """Whether its words are a mail server's, which says the same to everybody."""
    return fixture.kind in (MailKind.HARD_BOUNCE, MailKind.SOFT_BOUNCE)


def _diagnosis(fixture: corpus.Fixture) -> list[str]:
    parts = cast(list[EmailMessage], list(_parsed(fixture).walk()))
    said = [part["Diagnostic-Code"] for part in parts if part["Diagnostic-Code"]]
    return [" ".join(str(code).replace(fixture.contact.address, "").split()) for code in said]


def test_every_kind_is_there_in_both_halves() -> None:
    learn, test = (Counter(fixture.kind for fixture in _half(half)) for half in corpus.HALVES)
    for kind in MailKind:
        assert learn[kind] >= LEAST_OF_A_KIND, kind
        assert test[kind] >= LEAST_OF_A_KIND, kind
        assert learn[kind] + test[kind] >= LEAST_OF_A_KIND_IN_BOTH, kind
    assert learn.total() + test.total() >= LEAST_IN_ALL


@pytest.mark.parametrize("half", corpus.HALVES)
def test_the_list_and_the_folder_name_the_same_files(half: corpus.Half) -> None:
    listed = [fixture.path.name for fixture in _half(half)]
    assert sorted(listed) == sorted(path.name for path in (corpus.FOLDER / half).iterdir())
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("half", corpus.HALVES)
def test_every_fixture_is_a_sound_mail_with_the_line_ends_of_the_wire(half: corpus.Half) -> None:
    for fixture in _half(half):
        assert b"\n" not in fixture.raw.replace(b"\r\n", b""), fixture.path.name
        assert b"\r" not in fixture.raw.replace(b"\r\n", b""), fixture.path.name
        for part in _parsed(fixture).walk():
            assert not part.defects, (fixture.path.name, part.defects)
        for name in ("From", "Subject", "Date", "To", "Message-ID"):
            assert _parsed(fixture)[name] is not None, (fixture.path.name, name)


@pytest.mark.parametrize("half", corpus.HALVES)
def test_only_out_of_office_says_a_day_and_only_bounces_say_who_failed(half: corpus.Half) -> None:
    for fixture in _half(half):
        if fixture.returns_on is not None:
            assert fixture.kind is MailKind.OUT_OF_OFFICE, fixture.path.name
            assert fixture.returns_on > known.TODAY, fixture.path.name
        if fixture.failed is not None:
            assert fixture.kind in (MailKind.HARD_BOUNCE, MailKind.SOFT_BOUNCE), fixture.path.name
            for address in fixture.failed:
                assert address.encode() in fixture.raw, fixture.path.name
        if fixture.kind is MailKind.HARD_BOUNCE:
            assert fixture.failed, fixture.path.name


@pytest.mark.parametrize("half", corpus.HALVES)
def test_a_colleague_has_the_contact_s_domain_and_an_alias_has_not_their_address(half: corpus.Half) -> None:
    for fixture in _half(half):
        address = _parsed(fixture)["From"].addresses[0].addr_spec.lower()
        if fixture.kind is MailKind.COLLEAGUE:
            domain = fixture.contact.domain
            assert domain, fixture.path.name
            assert re.search(rf"[@.]{re.escape(domain)}$", address), fixture.path.name
        if fixture.kind in (MailKind.COLLEAGUE, MailKind.ALIAS):
            assert address != fixture.contact.address, fixture.path.name


@pytest.mark.parametrize("half", corpus.HALVES)
def test_only_reserved_names_and_providers_stand_in_addresses(half: corpus.Half) -> None:
    providers = (
        "google.com", "googlemail.com", "gmail.com", "outlook.com", "office.com", "yahoo.com", "me.com",
        "hotmail.com", "amazonses.com", "pphosted.com", "barracudanetworks.com",
    )  # fmt: skip
    for fixture in _half(half):
        for domain in re.findall(rb"[\w.+-]@([\w-]+(?:\.[\w-]+)+)", fixture.raw.replace(b"=\r\n", b"")):
            name = domain.decode().lower()
            assert name.endswith(".example") or name.endswith(providers), (fixture.path.name, name)


def test_no_text_is_in_both_halves() -> None:
    learnt = [(fixture.path.name, _words(fixture)) for fixture in _half("learn") if not _of_a_server(fixture)]
    for judged in _half("test"):
        words = _words(judged)
        runs = _runs(words)
        if not words or _of_a_server(judged):
            continue
        for name, others in learnt:
            assert words != others, (name, judged.path.name)
            if len(runs) >= LEAST_RUNS:
                alike = len(runs & _runs(others)) / len(runs)
                assert alike <= MOST_ALIKE, (name, judged.path.name, alike)


def test_no_bounce_of_one_half_has_the_answer_of_a_server_in_the_other() -> None:
    diagnoses = {
        half: {found for fixture in _half(half) for found in _diagnosis(fixture)} for half in corpus.HALVES
    }
    assert len(diagnoses["learn"]) >= LEAST_OF_A_KIND
    assert not diagnoses["learn"] & diagnoses["test"]


def test_the_test_half_is_frozen() -> None:
    lines = [line.split("  ", 1) for line in corpus.MANIFEST.read_text("utf-8").splitlines()]
    frozen = {name: digest for digest, name in lines}
    files = sorted((corpus.FOLDER / "test").iterdir())
    present = {
        f"{path.parent.name}/{path.name}" if path.parent != corpus.FOLDER else path.name: hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in [*files, corpus.FOLDER / "test.json"]
    }
    assert present == frozen
