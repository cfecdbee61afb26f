from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.jobs.mail import MailKind, Report
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.mails import AUTOMATIC, KNOWN, mail, notice, status

LONGEST_S = 3.0
REPEATED = (
    "a", " ", "\n", "> ", '"', "(", ". ", "a@", "12.", "30 nov ", "monday to ", "please stop ", "i dont want ",
    "remove my ", "from: x\n", "----- ", "mailbox ", "the sender address ", "まで", "not found ", "unsubscrib ",
)  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": ("auto-generated",)},
        {"precedence": ("bulk",)},
        {"x-autoreply": ("yes",)},
        {"return-path": ("<>",)},
    ],
)
def test_a_header_marks_a_machine(headers: dict[str, tuple[str, ...]]) -> None:
    assert kind_of(mail("Thanks!", headers=headers), KNOWN).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": ("no",)},
        {"auto-submitted": ("auto-forwarded",)},
        {"precedence": ("list",), "list-id": ("<x>",)},
        {"precedence": ("bulk",), "list-id": ("<x>",), "in-reply-to": ("<y>",)},
    ],
)
def test_a_header_that_lists_and_forwards_leave_marks_no_machine(headers: dict[str, tuple[str, ...]]) -> None:
    assert kind_of(mail("Tuesday is fine.", headers=headers), KNOWN).kind is MailKind.PERSON


def test_a_read_receipt_is_a_machines() -> None:
    receipt = mail("Your message was read.", reports=(Report(type="disposition-notification"),))
    assert kind_of(receipt, KNOWN).kind is MailKind.AUTO_REPLY


def test_who_answers_an_invitation_is_a_person() -> None:
    answer = mail("", subject="Accepted: Forecasts", headers=AUTOMATIC, attachments=("invite.ics",))
    assert kind_of(answer, KNOWN).kind is MailKind.PERSON


@pytest.mark.parametrize(
    "subject", ["Vacation rentals", "Absence tracking", "Urlaubsplanung", "Auto parts", "On leave policies"]
)
def test_who_chose_a_subject_that_sounds_like_a_notice_is_heard(subject: str) -> None:
    assert kind_of(mail("Please stop emailing me.", subject=subject), KNOWN).kind is MailKind.OPT_OUT
    assert kind_of(mail("Tuesday is fine. What is it?", subject=subject), KNOWN).kind is MailKind.PERSON


@pytest.mark.parametrize(
    "subject", ["AUTO: Ana Ruiz", "Auto Re: Forecasts", "자동 회신: Forecasts", "자동회신"]
)
def test_a_subject_that_only_machines_write_marks_one(subject: str) -> None:
    assert kind_of(mail("What do you want to know?", subject=subject), KNOWN).kind is MailKind.AUTO_REPLY


def test_nobody_answers_at_a_no_reply_address() -> None:
    answer = mail("It was fine.", sender="no-reply@harborlogistics.example", name="Harbor")
    assert kind_of(answer, KNOWN).kind is MailKind.AUTO_REPLY


@given(st.text(max_size=400), st.text(max_size=60), st.booleans())
@settings(max_examples=150)
def test_a_hard_bounce_is_never_anything_else(words: str, subject: str, away: bool) -> None:
    said = f"{words}\nunsubscribe\nI am out of office.\nThis is spam." if away else words
    bounce = notice(said, status("550 5.1.1 user unknown", "5.1.1"), subject=subject)
    assert kind_of(bounce, KNOWN).kind is MailKind.HARD_BOUNCE


@given(st.text(max_size=600), st.text(max_size=60), st.text(max_size=40), st.booleans())
@settings(max_examples=200)
def test_any_mail_has_a_kind(words: str, subject: str, name: str, marked: bool) -> None:
    any_mail = mail(words, subject=subject, name=name, headers=AUTOMATIC if marked else None)
    reading = kind_of(any_mail, KNOWN)
    assert reading == kind_of(any_mail, KNOWN)
    assert "@" not in reading.reason


@pytest.mark.parametrize("piece", REPEATED)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    kind_of(mail("warm"), KNOWN)
    begun = time.process_time()
    for headers in (None, AUTOMATIC, {"x-failed-recipients": ("x@y.example",)}):
        kind_of(mail(text, subject=text[:2_000], name=text[:500], headers=headers), KNOWN)
    assert time.process_time() - begun < LONGEST_S
