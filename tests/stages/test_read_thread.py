"""The thread they wrote in, else the newest with them: continued for 90 days, read by rule without a model."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Retryable
from shared.jobs.facts import ThreadFacts
from shared.jobs.job import Kind, Usage
from shared.jobs.outcome import Advance, Outcome
from shared.ports.mailbox import MailThread
from shared.stages.read_thread import CONTINUED_FOR, read_thread
from tests.builders import NOW, SENDER, expect, heard_mail, job, mail_thread, message
from tests.fakes import FakeMailbox, FakeModel, Trouble

READING = {
    "summary": "They ask about NetSuite.",
    "topics": ["netsuite"],
    "open_questions": [],
    "sentiment": "neutral",
    "commitments": [],
}


def read(thread: MailThread | None, model: FakeModel | None = None) -> Advance:
    outcome = read_thread(job(stage="read_thread"), mailbox=FakeMailbox(thread), model=model, now=NOW)
    advance = expect(Advance, outcome)
    assert advance.stage == "gather_context"
    return advance


def facts_of(outcome: Outcome) -> ThreadFacts:
    found = outcome.known["thread"]
    assert isinstance(found, ThreadFacts)
    return found


def test_no_thread_is_a_fact_too() -> None:
    assert read(None).known == {"thread": None}


def test_the_thread_says_where_an_answer_is_attached_and_what_is_open() -> None:
    ours = message(id="m0", sender=SENDER.mailbox, sent_at=NOW - timedelta(days=5), text="How can we help?")
    facts = facts_of(read(mail_thread(ours, message())))
    assert (facts.thread_id, facts.head_message_id, facts.in_reply_to) == ("t1", "m1", "<m1@mail.example>")
    assert facts.subject == "Reporting for Brightloop"
    assert facts.open_questions == ("Does it work with NetSuite too?",)


@pytest.mark.parametrize(("age", "continued"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_a_thread_is_continued_until_its_last_message_is_ninety_days_old(
    age: timedelta, continued: bool
) -> None:
    outcome = read(mail_thread(message(sent_at=NOW - CONTINUED_FOR - age)))
    assert (outcome.known["thread"] is not None) is continued


def test_a_thread_of_nothing_but_drafts_is_no_thread() -> None:
    assert read(mail_thread(message(is_draft=True))).known == {"thread": None}


def test_a_draft_at_the_end_of_a_thread_is_not_its_head() -> None:
    draft = message(id="m2", is_draft=True, sent_at=NOW)
    assert facts_of(read(mail_thread(message(), draft))).head_message_id == "m1"


def test_the_models_reading_is_taken_and_its_cost_counted() -> None:
    outcome = read(mail_thread(), FakeModel(says=READING))
    assert facts_of(outcome).summary == "They ask about NetSuite."
    assert outcome.known["usage"] == Usage(input_tokens=120, output_tokens=45)
    assert outcome.known["notes"] == ()


def test_the_cost_of_reading_a_thread_that_is_too_old_is_counted_too() -> None:
    outcome = read(mail_thread(message(sent_at=NOW - CONTINUED_FOR)), FakeModel(says=READING))
    assert outcome.known["thread"] is None
    assert outcome.known["usage"] == Usage(input_tokens=120, output_tokens=45)


def test_a_model_that_fails_is_replaced_by_the_rule_and_the_reviewer_is_told() -> None:
    outcome = read(mail_thread(), FakeModel(fails=Retryable("openai: answered 503")))
    assert facts_of(outcome).head_message_id == "m1"
    (note,) = job().but(**outcome.known).notes
    assert note == "the model did not answer (retryable): openai: answered 503"


def test_a_mailbox_that_cannot_be_read_is_never_taken_for_one_without_a_thread() -> None:
    mailbox = FakeMailbox(trouble=Trouble(fails={"newest_thread_with": Retryable("gmail: answered 429")}))
    with pytest.raises(Retryable):
        read_thread(job(stage="read_thread"), mailbox=mailbox, model=None, now=NOW)


def answered(mailbox: FakeMailbox, **changes: object) -> Advance:
    heard = heard_mail(thread_id="t7")
    of = job(stage="read_thread", **{"kind": Kind.REPLY, "mails": (heard,), "submissions": (), **changes})
    return expect(Advance, read_thread(of, mailbox=mailbox, model=None, now=NOW))


def test_an_answer_goes_where_they_wrote_and_not_to_the_newest_thread() -> None:
    theirs = MailThread("t7", (message(id="m7", thread_id="t7", text="And SAP?"),))
    mailbox = FakeMailbox(mail_thread(), threads={"t7": theirs})
    facts = facts_of(answered(mailbox))
    assert (facts.thread_id, facts.head_message_id) == ("t7", "m7")
    assert mailbox.trouble.asked == ["thread"]


def test_a_thread_that_was_deleted_since_they_wrote_is_as_good_as_none() -> None:
    assert answered(FakeMailbox(mail_thread())).known == {"thread": None}


def test_of_several_mails_the_newest_says_which_thread_it_is() -> None:
    threads = {"t7": MailThread("t7", (message(id="m7", thread_id="t7"),)), "t1": mail_thread()}
    older = (heard_mail(thread_id="t7"), heard_mail(thread_id="t1"))
    assert facts_of(answered(FakeMailbox(threads=threads), mails=older)).thread_id == "t7"


def test_a_form_is_answered_in_the_newest_thread_also_when_a_mail_was_handed_over() -> None:
    mailbox = FakeMailbox(mail_thread(), threads={"t7": MailThread("t7", (message(thread_id="t7"),))})
    assert facts_of(answered(mailbox, kind=Kind.FOLLOWUP)).thread_id == "t1"
