"""Read a thread without a model: where it stands, who wrote last, what is still open."""

from __future__ import annotations

import re
from collections import Counter
from email.utils import parseaddr

from shared.agents.thread_reader.commitments import open_promises, puts_off
from shared.agents.thread_reader.sentiment import sentiment_of
from shared.jobs.facts import Message, Sentiment, ThreadFacts
from shared.ports.mailbox import MailThread

LAST_TEXT_MAX_CHARS = 4000
_QUESTIONS_KEPT = 5
_QUESTION_MAX_CHARS = 240
_TOPICS = 5
_COMMON_WORDS = """
about after again all also always and another any are back because been before being best both but can
could did does done each else even every first for from get good great had has have hello here hope how
into its just know let like look make many may mail maybe more most much need new next not now off once
one only other our out over please really regards same see send sent should since some still such sure
take thank thanks than that the their them then there these they thing things this those through time
today tomorrow too two under until use used very want was way week well were what when where whether
which while who why will with within without work would yes yet you your yours kind dear sincerely
cheers monday tuesday wednesday thursday friday saturday sunday
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_IN_A_LINK = ("://", "www.", "@")


def read_by_rule(thread: MailThread, *, person: str) -> ThreadFacts | None:
    """The facts of a thread with the person at this address; None when it holds nothing but drafts."""
    messages = [message for message in thread.messages if not message.is_draft]
    if not messages:
        return None
    last = messages[-1]
    questions = open_questions(messages)
    return ThreadFacts(
        thread_id=thread.id,
        subject=messages[0].subject or last.subject,
        head_message_id=last.id,
        in_reply_to=last.message_id_header,
        references=last.references or _ids_before(messages),
        summary=_summary(messages, person, questions),
        last_sender=address_of(last.sender),
        last_message_at=last.sent_at,
        last_text=last.text[:LAST_TEXT_MAX_CHARS],
        topics=topics_of(messages),
        sentiment=_sentiment(messages, person),
        commitments=open_promises(
            [(address_of(message.sender), message.text) for message in messages],
            person=person.strip().lower(),
        ),
        open_questions=questions,
        messages=len(messages),
    )


def address_of(sender: str) -> str:
    """The address of a From line, in lower case."""
    return (parseaddr(sender)[1] or sender).strip().lower()


def open_questions(messages: list[Message]) -> tuple[str, ...]:
    """Questions that nobody else has written after, except to put the answer off."""
    asked: list[tuple[str, str]] = []
    for message in messages:
        writer = address_of(message.sender)
        if not puts_off(message.text):
            asked = [(who, question) for who, question in asked if who == writer]
        asked += [(writer, question) for question in _questions(message.text)]
    return tuple(dict.fromkeys(question for _, question in asked))[-_QUESTIONS_KEPT:]


def topics_of(messages: list[Message]) -> tuple[str, ...]:
    """Three to five words that the thread comes back to; fewer when it is shorter than that."""
    counted: Counter[str] = Counter()
    for message in messages:
        counted.update(_content_words(message.text))
    subject = re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", messages[0].subject, flags=re.IGNORECASE)
    for word in _content_words(subject):
        counted[word] += 3
    return tuple(word for word, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_TOPICS])


def _sentiment(messages: list[Message], person: str) -> Sentiment:
    theirs = [message.text for message in messages if address_of(message.sender) == person.strip().lower()]
    return sentiment_of(theirs[-1]) if theirs else Sentiment.NEUTRAL


def _questions(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for end in re.finditer(r"[!?\n]|\.(?!\w)", text):
        if end.group() == "?":
            found.append(text[start : end.end()])
        start = end.end()
    questions = (" ".join(question.split()) for question in found if len(question) <= 2 * _QUESTION_MAX_CHARS)
    return [question for question in questions if 2 < len(question) <= _QUESTION_MAX_CHARS]


def _content_words(text: str) -> list[str]:
    told = (word for word in text.lower().split() if not any(sign in word for sign in _IN_A_LINK))
    plain = " ".join(told)
    return [word for word in re.findall(r"[^\W\d_]{4,}", plain) if word not in _COMMON]


def _ids_before(messages: list[Message]) -> tuple[str, ...]:
    return tuple(message.message_id_header for message in messages[:-1] if message.message_id_header)


def _summary(messages: list[Message], person: str, questions: tuple[str, ...]) -> str:
    last, count = messages[-1], len(messages)
    who = "the person" if address_of(last.sender) == person.strip().lower() else "we"
    number = "1 message" if count == 1 else f"{count} messages"
    since = f"{messages[0].sent_at:%Y-%m-%d}"
    wrote = f"{who} wrote last, on {last.sent_at:%Y-%m-%d}"
    first = f"{number} since {since} about {_topic(messages)}; {wrote}."
    if not questions:
        return f"{first} No question is open."
    open_count = "One question is" if len(questions) == 1 else f"{len(questions)} questions are"
    return f"{first} {open_count} open."


def _topic(messages: list[Message]) -> str:
    topics = topics_of(messages)
    return " and ".join(topics[:2]) if topics else "nothing in particular"
