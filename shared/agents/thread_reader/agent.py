"""Read a thread: code tells ids, times and senders; a model may tell what it is about."""

from __future__ import annotations

from pathlib import Path

from shared.agents.ask import ask
from shared.agents.thread_reader.by_rule import address_of, read_by_rule
from shared.agents.thread_reader.output import ThreadOutput
from shared.agents.thread_reader.thread_read import ThreadRead
from shared.jobs.facts import Message, Sentiment, ThreadFacts
from shared.pattern import Pattern
from shared.ports.mailbox import MailThread
from shared.ports.model import Model

PROMPT = Path(__file__).with_name("prompt.md")
_MESSAGES_SHOWN = 20
_TEXT_MAX_CHARS = 4000
_TOPIC_MAX_CHARS = 40
_NOT_IN_A_SUMMARY = Pattern(r"\S*(?:://|www\.|@)\S*|[$€£]\s?\d[\d.,]*")


def read_thread(thread: MailThread, *, person: str, model: Model | None) -> ThreadRead | None:
    """The facts of a thread with the person at this address; None when it holds nothing but drafts."""
    facts = read_by_rule(thread, person=person)
    if facts is None:
        return None
    messages = [message for message in thread.messages if not message.is_draft]
    shown = messages[-_MESSAGES_SHOWN:]
    data = {"subject": facts.subject, "messages_oldest_first": [_data(message, person) for message in shown]}
    asked = ask(model, agent="thread_reader", prompt=PROMPT, data=data, output=ThreadOutput)
    if asked.value is None:
        return ThreadRead(facts, "rule", asked.fell_back, asked.input_tokens, asked.output_tokens)
    read = _with(facts, asked.value, messages)
    return ThreadRead(read, f"model:{asked.model}", "", asked.input_tokens, asked.output_tokens)


def _data(message: Message, person: str) -> dict[str, object]:
    return {
        "from": "the person" if address_of(message.sender) == person.strip().lower() else "us or a colleague",
        "sent_at": message.sent_at.isoformat(),
        "text": message.text[:_TEXT_MAX_CHARS],
    }


def _with(facts: ThreadFacts, output: ThreadOutput, messages: list[Message]) -> ThreadFacts:
    """The rule's facts with the model's reading; a question or promise that nobody wrote is none."""
    written = [_spaced(message.text) for message in messages]
    topics = tuple(
        dict.fromkeys(_spaced(topic)[:_TOPIC_MAX_CHARS] for topic in output.topics if _spaced(topic))
    )
    summary = _spaced(_NOT_IN_A_SUMMARY.sub("", output.summary))
    return facts.but(
        summary=summary or facts.summary,
        topics=topics or facts.topics,
        sentiment=Sentiment(output.sentiment),
        commitments=_verbatim(output.commitments, written),
        open_questions=_verbatim(output.open_questions, written),
    )


def _verbatim(said: list[str], written: list[str]) -> tuple[str, ...]:
    """Those that stand in one of the messages word for word."""
    found = (sentence for sentence in map(_spaced, said) if sentence)
    return tuple(dict.fromkeys(one for one in found if any(one in text for text in written)))


def _spaced(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
