"""What is answered: the newest of all that a person did, and whose words are the last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.jobs.mail import HeardMail
from shared.policy import quality
from shared.policy.answered import answers_mail, last_words, we_wrote_last, wrote_last
from shared.policy.evidence import sources_of
from tests.builders import contact
from tests.policy.examples import IDENTITY, NOW, SENDER, SUBMISSION, THREAD, draft, job, rules

BODY = """Hi Maya,

Thanks for your mail. {said}

Which day would suit you for a short call?

Best,
Ann"""


def heard(**changes: Any) -> HeardMail:
    fields = {
        "message_id": "m9",
        "thread_id": "t1",
        "mailbox": SENDER.mailbox,
        "sender": IDENTITY.address,
        "received_at": NOW,
    }
    return HeardMail.model_validate({**fields, **changes})


def judged(said: str, text: str, **changes: Any) -> set[str]:
    """The rules that an answer breaks that says something, to a mail with that text."""
    thread = THREAD.but(last_text=text, open_questions=())
    known = job(submissions=(), mails=(heard(),), thread=thread, slots=(), **changes)
    answer = draft(
        body=BODY.format(said=said), call_to_action="Which day would suit you for a short call?", evidence=()
    )
    return {violation.rule for violation in quality.judge(answer, known, rules(), NOW).violations}


@pytest.mark.parametrize(
    ("received_after", "mail_is_newest"),
    [(timedelta(minutes=1), True), (timedelta(0), True), (timedelta(minutes=-1), False)],
)
def test_the_newest_of_mail_and_form_is_answered(received_after: timedelta, mail_is_newest: bool) -> None:
    known = job(mails=(heard(received_at=SUBMISSION.submitted_at + received_after),))
    assert answers_mail(known) is mail_is_newest


def test_a_form_alone_and_a_mail_alone_are_what_they_are() -> None:
    assert not answers_mail(job())
    assert answers_mail(job(submissions=(), mails=(heard(),)))
    assert not answers_mail(job(submissions=()))


def test_a_mail_without_a_time_counts_as_old_as_the_job_that_it_started() -> None:
    untimed = heard(received_at=None)
    assert answers_mail(job(mails=(untimed,), created_at=NOW + timedelta(hours=1)))
    assert not answers_mail(job(mails=(untimed,), created_at=NOW - timedelta(hours=1)))


def test_the_last_words_are_theirs_from_any_address_they_wrote_from_and_nobody_elses() -> None:
    assert last_words(job(thread=THREAD)) == THREAD.last_text
    alias = THREAD.but(last_sender="maya.okafor@gmail.com")
    assert last_words(job(thread=alias)) == ""
    assert last_words(job(thread=alias, mails=(heard(sender="maya.okafor@gmail.com"),))) == THREAD.last_text
    ours = THREAD.but(last_sender=SENDER.mailbox)
    assert last_words(job(thread=ours, mails=(heard(),))) == ""
    assert not wrote_last(job(thread=None))


def test_a_writer_who_could_not_be_told_is_nobody() -> None:
    assert not wrote_last(job(thread=THREAD.but(last_sender=""), mails=(heard(sender=""),)))


def test_a_mail_of_ours_after_theirs_is_seen_in_their_thread_alone() -> None:
    ours = THREAD.but(last_sender=SENDER.mailbox.upper())
    assert we_wrote_last(job(thread=ours, mails=(heard(),)))
    assert not we_wrote_last(job(thread=ours, mails=(heard(thread_id="t2"),)))
    assert not we_wrote_last(job(thread=THREAD, mails=(heard(),)))
    assert not we_wrote_last(job(thread=ours))


def test_the_name_that_their_mail_shows_is_a_source_and_only_that_of_their_own_address() -> None:
    named = job(mails=(heard(name="Maya Okafor"),), thread=THREAD)
    assert sources_of(named)["thread.from_name"] == "Maya Okafor"
    other = job(mails=(heard(name="Eve", sender="eve@evil.example"),), thread=THREAD)
    assert "thread.from_name" not in sources_of(other)


def test_a_phone_number_of_their_own_mail_may_be_told_back_and_no_other() -> None:
    said = "I will ring +44 20 7946 0123 then."
    assert "personal-data" not in judged(said, "Please ring me at +44 20 7946 0123.")
    assert "personal-data" in judged(said, "Please ring me.")


def test_a_word_that_they_wrote_in_capitals_is_not_shouted() -> None:
    said = "You asked about HANA tables."
    assert "tone" not in judged(said, "Does it read from HANA tables?")
    assert "tone" in judged(said, "Does it read from our tables?")


def test_their_mail_and_not_their_older_form_tells_the_language() -> None:
    german = (
        "Guten Tag, wir haben noch eine Frage und möchten wissen, ob das auch mit Outlook geht, vielen Dank."
    )
    assert "language" in judged("I have read it.", german)
    older = SUBMISSION.but(submitted_at=NOW - timedelta(days=1), fields={"message": german})
    known = job(
        submissions=(older,), mails=(heard(),), thread=THREAD.but(last_text="Does it work with NetSuite too?")
    )
    assert "language" not in {one.rule for one in quality.judge(draft(), known, rules(), NOW).violations}


def test_being_mailed_this_week_is_only_pointed_out_to_who_wrote_to_us() -> None:
    by = rules(contact=contact(last_mailed_at=NOW - timedelta(days=1)))
    known = job(kind="reply", mails=(heard(),), thread=THREAD)
    (found,) = [
        one for one in quality.judge(draft(), known, by, NOW).violations if one.rule == "mailed-recently"
    ]
    assert found.severity == "WARN"
