from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.jobs.mail import MailKind
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.answered_alone import AWAY, NOT_AWAY
from tests.policy.mail_kind.mails import AUTOMATIC, KNOWN, mail


@pytest.mark.parametrize(("words", "day"), AWAY)
def test_a_notice_of_absence_gives_the_day_of_return(words: str, day: date | None) -> None:
    reading = kind_of(mail(words, headers=AUTOMATIC), KNOWN)
    assert (reading.kind, reading.returns_on) == (MailKind.OUT_OF_OFFICE, day)


@pytest.mark.parametrize("words", NOT_AWAY)
def test_other_answers_of_machines_are_no_absence(words: str) -> None:
    assert kind_of(mail(words, headers=AUTOMATIC), KNOWN).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "words",
    [
        "Thank you for your email. I am currently out of the office with limited access to email and will be "
        "back on Monday. For urgent matters please call 555.",
        "Vielen Dank für Ihre E-Mail. Ich bin bis zum 4. Dezember nicht im Büro. In dringenden Fällen wenden "
        "Sie sich an Frau Klein.",
        "Merci pour votre message. Je suis en congés jusqu'au 27 novembre. En cas d'urgence, contactez Paul.",
        "Bedankt voor uw bericht. Ik ben afwezig tot 1 december. Bij spoed kunt u bellen met Jan.",
    ],
)
def test_a_notice_is_known_by_its_words_where_no_header_marks_it(words: str) -> None:
    assert kind_of(mail(words), KNOWN).kind is MailKind.OUT_OF_OFFICE


@pytest.mark.parametrize(
    "subject", ["Out of office: Forecasts", "Abwesenheitsnotiz", "Fuera de la oficina Re: x"]
)
def test_a_notice_is_known_by_its_subject(subject: str) -> None:
    reading = kind_of(mail("Back on 1 December.", subject=subject), KNOWN)
    assert (reading.kind, reading.returns_on) == (MailKind.OUT_OF_OFFICE, date(2026, 12, 1))


@pytest.mark.parametrize(
    "words",
    [
        "I'm out of the office on Friday, but Monday at 10 works. Shall we?",
        "Sorry for the silence, I was on holiday. Could you resend the deck?",
        "I'm travelling until Thursday. Can we do Friday instead?",
        "Thanks for your mail. I am in the office on Tuesday, call me then.",
    ],
)
def test_a_person_who_speaks_of_an_absence_is_a_person(words: str) -> None:
    assert kind_of(mail(words), KNOWN).kind is MailKind.PERSON


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("Our office is closed from 24 December to 4 January.", date(2027, 1, 4)),
        ("Estou de férias de 22 de dezembro a 5 de janeiro.", date(2027, 1, 5)),
        ("12月28日から1月4日まで休暇をいただいております。", date(2027, 1, 5)),
        ("I am away from 28 December.", None),
        ("I am on leave until 31/12.", None),
    ],
)
def test_a_december_just_past_is_not_the_next_one(words: str, back: date | None) -> None:
    reading = kind_of(mail(words, headers=AUTOMATIC), replace(KNOWN, today=date(2027, 1, 2)))
    assert (reading.kind, reading.returns_on) == (MailKind.OUT_OF_OFFICE, back)


def test_a_day_that_is_over_is_no_day_of_return() -> None:
    stale = mail("I am out of the office and back on 2 November 2026.", headers=AUTOMATIC)
    assert kind_of(stale, KNOWN).returns_on is None


@pytest.mark.parametrize("words", ["Back on 31 February.", "Back on 99.99.2026.", "Back on 2026-13-01."])
def test_a_day_that_cannot_be_is_no_day_of_return(words: str) -> None:
    assert kind_of(mail(f"I am on leave. {words}", headers=AUTOMATIC), KNOWN).returns_on is None


def test_who_left_is_not_away() -> None:
    left = mail("From 1 December Ana Ruiz is no longer with Harbor Logistics.", headers=AUTOMATIC)
    assert kind_of(left, KNOWN).kind is MailKind.AUTO_REPLY
