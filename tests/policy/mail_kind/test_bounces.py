from __future__ import annotations

import pytest

from shared.jobs.mail import MailKind
from shared.policy.mail_kind.bounces import Fate, fate_of
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.mails import ANA, KNOWN, mail, notice, status

DEAD = [
    ("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist."),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ("5.0.0", "550 No such user here"),
    ("5.0.0", "550 5.1.1 user unknown"),
    ("5.4.4", "Host or domain name not found. Name service error for name=x.example type=A: Host not found"),
    ("5.1.2", "DNS Error: DNS type 'mx' lookup of x.example responded with code NXDOMAIN"),
    ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [AM6.eop-EUR02.prod.outlook.com]"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled."),
    ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable"),
    ("5.0.0", "554 delivery error: This user doesn't have a yahoo.com account"),
    ("5.1.1", "550 5.1.1 unknown or illegal alias"),
    ("5.7.1", "550 5.1.1 User unknown; rejected by policy"),
    ("5.1.0", "550 5.1.0 Address rejected: no longer valid"),
]
ALIVE = [
    ("5.2.2", "552 5.2.2 The recipient's inbox is out of storage space and inactive."),
    ("4.2.2", "452 4.2.2 mailbox full"),
    ("5.7.1", "550 5.7.1 Message rejected as spam by Content Filtering."),
    ("5.7.1", "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
    ("5.7.26", "550 5.7.26 This mail has been blocked because the sender is unauthenticated (SPF, DKIM)."),
    ("5.7.606", "550 5.7.606 Access denied, banned sending IP [198.51.100.9]"),
    ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found"),
    ("5.0.0", "550 Sender address rejected: Domain of sender does not exist"),
    ("4.7.1", "451 4.7.1 Greylisting in action, please come back later"),
    ("5.0.0", "451 4.7.1 Please try again later"),
    ("4.4.1", "connect to mx.x.example[203.0.113.9]:25: Connection timed out"),
    ("4.4.3", "Host or domain name not found. Name service error: Host not found, try again"),
    ("5.4.6", "554 5.4.6 Too many hops, mail loop"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    ("5.7.1", "550 5.7.1 Relaying denied"),
    ("5.0.0", "554 something nobody has ever seen"),
]


@pytest.mark.parametrize(("code", "answer"), DEAD)
def test_an_answer_that_the_address_is_dead_makes_a_hard_bounce(code: str, answer: str) -> None:
    reading = kind_of(notice("It did not arrive.", status(answer, code)), KNOWN)
    assert (reading.kind, reading.failed) == (MailKind.HARD_BOUNCE, (ANA,))


@pytest.mark.parametrize(("code", "answer"), ALIVE)
def test_any_other_answer_makes_a_soft_bounce(code: str, answer: str) -> None:
    reading = kind_of(notice("It did not arrive.", status(answer, code)), KNOWN)
    assert (reading.kind, reading.failed) == (MailKind.SOFT_BOUNCE, (ANA,))


@pytest.mark.parametrize(
    ("action", "fate"),
    [
        ("delayed", Fate.DELAYED),
        ("delivered", Fate.ARRIVED),
        ("relayed", Fate.ARRIVED),
        ("expanded", Fate.ARRIVED),
    ],
)
def test_what_has_not_failed_is_not_failed_whatever_the_answer(action: str, fate: Fate) -> None:
    assert fate_of(action, "5.1.1", "550 5.1.1 user unknown") is fate


def test_a_report_that_our_mail_arrived_is_no_bounce() -> None:
    arrived = notice("Your message was delivered.", status("250 ok", "2.1.5", "delivered"))
    assert kind_of(arrived, KNOWN).kind is MailKind.AUTO_REPLY


def test_only_the_dead_of_several_addresses_are_named() -> None:
    report = notice(
        "Two of them.",
        status("550 5.1.1 user unknown", "5.1.1", recipient="dead@x.example"),
        status("452 4.2.2 mailbox full", "4.2.2", recipient="full@x.example"),
    )
    reading = kind_of(report, KNOWN)
    assert (reading.kind, reading.failed) == (MailKind.HARD_BOUNCE, ("dead@x.example",))


@pytest.mark.parametrize(
    "text",
    [
        "Hi. This is the qmail-send program at x.example.\n<ana.ruiz@harborlogistics.example>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        "From: isabel.perez@brightpath.example\nTo: other@elsewhere.example\n",
        "The following address failed:\n\n  ana.ruiz@harborlogistics.example\n    Unrouteable address\n",
        "El mensaje no se ha podido entregar, no existen en este servidor:\n ana.ruiz@harborlogistics.example\n",
        "Ihre Nachricht konnte nicht zugestellt werden.\nana.ruiz@harborlogistics.example\n"
        "Empfänger unbekannt\n",
    ],
)
def test_a_notice_in_prose_is_understood(text: str) -> None:
    reading = kind_of(notice(text), KNOWN)
    assert (reading.kind, reading.failed) == (MailKind.HARD_BOUNCE, (ANA,))


def test_a_notice_that_names_nobody_is_about_whom_the_thread_is_with() -> None:
    assert kind_of(notice("Undeliverable. 550 5.1.1 User unknown"), KNOWN).failed == (ANA,)


def test_what_stands_in_the_copy_of_our_mail_decides_nothing() -> None:
    text = (
        "Delivery failed: <ana.ruiz@harborlogistics.example> mailbox full (#5.2.2)\n\n"
        "--- Below this line is a copy of the message.\n\nuser unknown does not exist\n"
    )
    assert kind_of(notice(text), KNOWN).kind is MailKind.SOFT_BOUNCE


def test_a_person_who_pastes_a_bounce_is_a_person() -> None:
    words = (
        "I tried to copy in Dana but got:\n 550 5.1.1 <dana@x.example>: User unknown\nShe starts on Monday."
    )
    assert kind_of(mail(words, subject="Undeliverable: Forecasts"), KNOWN).kind is MailKind.PERSON


def test_a_postmaster_who_writes_by_hand_is_a_person() -> None:
    words = "I look after the mail here. Which addresses do you send from, so that I can allow them?"
    assert kind_of(mail(words, sender="postmaster@x.example", name="Jo Hall"), KNOWN).kind is MailKind.PERSON
