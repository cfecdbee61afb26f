"""The thread reader: code tells ids, times and senders; questions are those that somebody wrote."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.agents.thread_reader.agent import read_thread
from shared.errors import Permanent
from shared.jobs.facts import Message
from shared.ports.mailbox import MailThread
from tests.agents.fake_model import FakeModel
from tests.agents.leads import NOW

ERIK = "erik@halden.example"
MAYA = "maya@whisperer.example"


def message(number: int, sender: str, text: str, **changes: Any) -> Message:
    fields: dict[str, Any] = {
        "id": f"m{number}",
        "thread_id": "t1",
        "sender": sender,
        "subject": "Re: Routing of web leads",
        "sent_at": NOW - timedelta(days=20 - number),
        "text": text,
        "message_id_header": f"<{number}@mail.example>",
        "references": tuple(f"<{one}@mail.example>" for one in range(1, number)),
    }
    return Message(**{**fields, **changes})


THREAD = MailThread(
    "t1",
    (
        message(1, MAYA, "How many reps work on the leads?", subject="Routing of web leads"),
        message(
            2, f"Erik Holm <{ERIK}>", "Twelve reps. Does it work with Outlook? And where is our data stored?"
        ),
        message(3, MAYA, "Draft of an answer. Shall we talk?", is_draft=True),
    ),
)


def facts(thread: MailThread = THREAD) -> Any:
    read = read_thread(thread, person=ERIK, model=None)
    assert read is not None
    return read.facts


def test_ids_references_and_times_come_from_the_last_message_that_is_no_draft() -> None:
    found = facts()
    assert found.head_message_id == "m2"
    assert found.in_reply_to == "<2@mail.example>"
    assert found.references == ("<1@mail.example>",)
    assert found.last_sender == ERIK
    assert found.last_message_at == NOW - timedelta(days=18)
    assert found.subject == "Routing of web leads"
    assert found.messages == 2


def test_a_thread_of_drafts_alone_is_no_thread() -> None:
    assert read_thread(MailThread("t1", (THREAD.messages[2],)), person=ERIK, model=None) is None


def test_open_questions_are_those_of_the_side_that_wrote_last() -> None:
    assert facts().open_questions == ("Does it work with Outlook?", "And where is our data stored?")


def test_a_question_that_was_answered_is_not_open() -> None:
    answered = MailThread("t1", (*THREAD.messages[:2], message(4, MAYA, "It does, and in Frankfurt.")))
    assert facts(answered).open_questions == ()


def test_questions_of_several_mails_in_a_row_are_all_open() -> None:
    more = MailThread(
        "t1", (*THREAD.messages[:2], message(4, ERIK, "One more: is there a sandbox? Is v2.1 out?"))
    )
    assert facts(more).open_questions[-2:] == ("One more: is there a sandbox?", "Is v2.1 out?")


def test_references_are_rebuilt_where_the_last_message_has_none() -> None:
    bare = MailThread("t1", (THREAD.messages[0], THREAD.messages[1].but(references=())))
    assert facts(bare).references == ("<1@mail.example>",)


def test_the_summary_is_short_and_names_nobodys_address() -> None:
    summary = facts().summary
    assert "the person wrote last, on 2026-11-02" in summary
    assert "2 questions are open" in summary
    assert "@" not in summary
    assert summary.count(". ") <= 1


def test_topics_are_what_the_thread_comes_back_to() -> None:
    topics = facts().topics
    assert 3 <= len(topics) <= 5
    assert "leads" in topics
    assert "routing" in topics


def test_addresses_and_links_are_no_topics() -> None:
    thread = MailThread("t1", (message(1, ERIK, "see https://evil.example/path and boss@evil.example " * 3),))
    assert not {"evil", "boss", "https", "example", "path"} & set(facts(thread).topics)


def said(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "summary": "Erik asks about Outlook.",
        "topics": ["Outlook", "data location", "reps"],
    }
    fields |= {"sentiment": "neutral", "commitments": []}
    return {**fields, "open_questions": ["Does it work with Outlook?"], **changes}


def test_a_model_fills_summary_topics_and_questions_and_nothing_else() -> None:
    read = read_thread(THREAD, person=ERIK, model=FakeModel(said()))
    assert read is not None
    assert read.read_by == "model:fake-1"
    assert read.facts.summary == "Erik asks about Outlook."
    assert read.facts.open_questions == ("Does it work with Outlook?",)
    kept = {"summary", "topics", "open_questions", "sentiment", "commitments"}
    assert read.facts.model_dump(exclude=kept) == facts().model_dump(exclude=kept)


def test_a_question_that_nobody_wrote_is_dropped() -> None:
    read = read_thread(THREAD, person=ERIK, model=FakeModel(said(open_questions=["Can you wire the money?"])))
    assert read is not None
    assert read.facts.open_questions == ()


def test_addresses_links_and_amounts_do_not_enter_the_summary() -> None:
    model = FakeModel(said(summary="Erik wants $5,000 sent to a@evil.example, see https://evil.example"))
    read = read_thread(THREAD, person=ERIK, model=model)
    assert read is not None
    assert not any(word in read.facts.summary for word in ("5,000", "@", "evil"))


@pytest.mark.parametrize(
    "model", [FakeModel(fails=Permanent("refused")), FakeModel({"summary": "x"}), FakeModel(said(head="m9"))]
)
def test_a_model_that_cannot_be_used_gives_way_to_the_rule(model: FakeModel) -> None:
    read = read_thread(THREAD, person=ERIK, model=model)
    assert read is not None
    assert read.facts == facts()
    assert read.read_by == "rule"
    assert read.fell_back


def test_the_model_sees_no_address_and_no_draft() -> None:
    model = FakeModel(said())
    read_thread(THREAD, person=ERIK, model=model)
    data = json.loads(model.asked[0][2])
    assert [one["from"] for one in data["messages_oldest_first"]] == ["us or a colleague", "the person"]
    assert "@" not in model.asked[0][2]


# How the person sounds


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("This looks great, I am keen to see more.", "positive"),
        ("Das klingt super, wir sind interessiert.", "positive"),
        ("Does it work with Outlook?", "neutral"),
        ("Have a great day, best regards", "neutral"),
        ("I would like to know the price", "neutral"),
        ("No problem at all", "neutral"),
        ("This is not good.", "negative"),
        ("I am really disappointed, nobody answered me", "negative"),
        ("Leider ist das zu teuer.", "negative"),
        ("C'est inacceptable.", "negative"),
        ("", "neutral"),
    ],
)
def test_how_a_mail_sounds_is_told_by_its_words(text: str, sentiment: str) -> None:
    assert facts(MailThread("t1", (message(1, ERIK, text),))).sentiment == sentiment


def test_the_sentiment_is_the_persons_and_not_ours() -> None:
    thread = MailThread(
        "t1", (message(1, ERIK, "This is terrible."), message(2, MAYA, "We love and enjoy it!"))
    )
    assert facts(thread).sentiment == "negative"


# Promises


@pytest.mark.parametrize(
    "promise",
    [
        "I will send you the price list tomorrow.",
        "We'll get back to you by Friday.",
        "Let me check with our engineers.",
        "You will have the offer by Monday.",
        "Ich schicke Ihnen das Angebot morgen.",
        "Wir melden uns bis Freitag bei Ihnen.",
        "Nous vous enverrons le devis demain.",
        "Le enviaré la oferta mañana.",
    ],
)
@pytest.mark.parametrize("writer", [ERIK, MAYA])
def test_a_promise_of_either_side_is_kept_in_mind_word_for_word(promise: str, writer: str) -> None:
    thread = MailThread("t1", (message(1, writer, f"Hello,\nthanks. {promise}\nBest"),))
    assert facts(thread).commitments == (promise,)


@pytest.mark.parametrize(
    "text",
    [
        "Will you send me the price list?",
        "If you like, I will send you the price list.",
        "We will be 20 people next year.",
        "I sent you the price list.",
        "You will love it.",
    ],
)
def test_questions_conditions_and_plans_are_no_promises(text: str) -> None:
    assert facts(MailThread("t1", (message(1, MAYA, text),))).commitments == ()


OWED = "I will send you the security overview tomorrow."


@pytest.mark.parametrize(
    ("later", "is_open"),
    [
        ([(ERIK, "Any news?")], True),
        ([(MAYA, "Did you like the demo?")], True),
        ([(MAYA, "The security overview lies in your portal.")], False),
        ([(MAYA, "As promised, attached.")], False),
        ([(ERIK, "Here is the security overview of ours")], True),
    ],
)
def test_our_promise_is_open_until_a_mail_of_ours_speaks_of_it(
    later: list[tuple[str, str]], is_open: bool
) -> None:
    mails = [message(1, MAYA, OWED), *(message(place, *mail) for place, mail in enumerate(later, start=2))]
    assert bool(facts(MailThread("t1", tuple(mails))).commitments) is is_open


def test_their_promise_is_open_until_they_write_again() -> None:
    promised = message(1, ERIK, "I will talk to our lawyers this week.")
    assert facts(MailThread("t1", (promised, message(2, MAYA, "Fine.")))).commitments
    assert facts(MailThread("t1", (promised, message(2, ERIK, "One more thing.")))).commitments == ()


def test_a_question_that_was_put_off_is_still_open() -> None:
    put_off = message(4, MAYA, "Good point. I will find out and come back to you.")
    after = message(5, ERIK, "Thanks.")
    asked = ("Does it work with Outlook?", "And where is our data stored?")
    assert facts(MailThread("t1", (*THREAD.messages[:2], put_off))).open_questions == asked
    assert facts(MailThread("t1", (*THREAD.messages[:2], put_off, after))).open_questions == asked


def test_a_promise_that_nobody_wrote_is_dropped_and_one_that_stands_there_is_taken() -> None:
    thread = MailThread("t1", (*THREAD.messages, message(4, MAYA, OWED)))
    says = said(commitments=["I will pay you.", OWED], sentiment="positive")
    read = read_thread(thread, person=ERIK, model=FakeModel(says))
    assert read is not None
    assert read.facts.commitments == (OWED,)
    assert read.facts.sentiment == "positive"


@pytest.mark.parametrize("piece", ["a.", "a ", "I will send ", "x?", "www", "do you x. "])
def test_a_huge_mail_is_read_as_soon_as_a_small_one_of_its_kind(piece: str) -> None:
    # Quadratic reading of this would take minutes, whatever else the machine does.
    huge = MailThread("t1", (message(1, ERIK, piece * (300_000 // len(piece))),))
    assert facts(huge).messages == 1
