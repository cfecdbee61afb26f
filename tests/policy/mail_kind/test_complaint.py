from __future__ import annotations

import pytest

from shared.jobs.mail import Mail, MailKind, Report
from shared.policy.mail_kind.complaint import complains_of_us
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.mails import ANA, AUTOMATIC, KNOWN, mail
from tests.policy.mail_kind.said import COMPLAINS, CONTENT, STAYS


def _feedback(type_: str, **fields: str) -> Mail:
    report = Report(type="feedback-report", fields={"feedback-type": type_, **fields})
    return mail("This is an abuse report.", sender="fbl@provider.example", name="FBL", reports=(report,))


@pytest.mark.parametrize("words", COMPLAINS)
def test_who_complains_is_understood(words: str) -> None:
    assert complains_of_us(words)
    assert kind_of(mail(words), KNOWN).kind is MailKind.COMPLAINT


@pytest.mark.parametrize("words", [*CONTENT, *STAYS])
def test_who_only_uses_such_words_does_not_complain(words: str) -> None:
    assert not complains_of_us(words)


@pytest.mark.parametrize("type_", ["abuse", "fraud", "virus", "other", "Abuse"])
def test_a_feedback_report_is_a_complaint_of_whom_it_names(type_: str) -> None:
    reading = kind_of(_feedback(type_, **{"original-rcpt-to": "<sam@elsewhere.example>"}), KNOWN)
    assert reading.kind is MailKind.COMPLAINT
    assert reading.failed == ("sam@elsewhere.example", ANA)


def test_a_feedback_report_without_a_name_is_about_whom_our_mail_went_to() -> None:
    report = _feedback("abuse").model_copy(update={"returned_headers": {"to": "Sam <sam@elsewhere.example>"}})
    assert kind_of(report, KNOWN).failed[0] == "sam@elsewhere.example"


@pytest.mark.parametrize("type_", ["not-spam", "auth-failure", "dmarc"])
def test_not_every_feedback_report_speaks_against_us(type_: str) -> None:
    assert kind_of(_feedback(type_), KNOWN).kind is MailKind.AUTO_REPLY


def test_a_feedback_report_may_be_an_opt_out() -> None:
    assert kind_of(_feedback("opt-out"), KNOWN).kind is MailKind.OPT_OUT


def test_an_erasure_request_that_ends_with_a_warning_is_an_opt_out() -> None:
    words = (
        "I request that you erase all personal data you hold about me.\n\n"
        "If you do not comply within a month, I will lodge a complaint with the data protection authority."
    )
    assert kind_of(mail(words), KNOWN).kind is MailKind.OPT_OUT


def test_a_request_with_a_threat_of_the_law_is_a_complaint() -> None:
    words = "Take me off your list or I will take legal action."
    assert kind_of(mail(words), KNOWN).kind is MailKind.COMPLAINT


def test_a_desk_for_abuse_is_heard_though_a_machine_sends_for_it() -> None:
    words = "Our users report unsolicited bulk mail from your network. Please act."
    desk = mail(words, sender="abuse@isp.example", name="Abuse", subject="[Abuse 4]", headers=AUTOMATIC)
    assert kind_of(desk, KNOWN).kind is MailKind.COMPLAINT
