from __future__ import annotations

import pytest

from shared.policy.call_to_action import asks, is_the_ask


@pytest.mark.parametrize(
    "text",
    [
        "Would Tuesday at 10:00 suit you?",
        "Which of these times suits you for a call?",
        "Reply with the time that suits you.",
        "Please reply with the time that suits you.",
        "Book a time in my calendar.",
        "Let me know which day works for you.",
        "Could you send me the list of your systems?",
        "Could you tell me how many people would use it?",
        "If that suits you, just pick a time and reply.",
        "What is the first thing you would like to solve?",
        "I would be glad to hear which system you report from today.",
        "Feel free to call me on Tuesday.",
        "When would you like to begin?",
    ],
)
def test_a_sentence_that_asks_for_something_that_can_be_done(text: str) -> None:
    (ask,) = asks(f"Hi Maya,\n\nThank you for writing.\n\n{text}\n\nBest,\nAnn")
    assert ask.text == text
    assert ask.is_concrete


@pytest.mark.parametrize(
    "text",
    [
        "Thoughts?",
        "Any thoughts?",
        "Interested?",
        "What do you think?",
        "Does that make sense?",
        "Sounds good?",
        "Let me know.",
        "Let me know what you think.",
        "Please let me know if you have any questions.",
        "Feel free to reach out any time.",
        "I look forward to your reply.",
        "Are you interested?",
    ],
)
def test_a_sentence_that_asks_for_nothing_in_particular(text: str) -> None:
    (ask,) = asks(f"Thank you for writing.\n\n{text}")
    assert not ask.is_concrete


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for writing. We connect to Salesforce.",
        'You asked "How soon could we start?" and I noted it.',
        "You asked whether we could start soon.",
        "I look forward to our call.",
        "Best,\nAnn",
        "This lets me know what you need, so let me start there.",
        "",
    ],
)
def test_a_text_that_asks_for_nothing(text: str) -> None:
    assert asks(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Would Tuesday suit you? Could you also send me your list?",
        "How are you? Would Tuesday suit you?",
        "Would Tuesday suit you? Book a time in my calendar.",
        "Reply with a time. Click the link below.",
        "Let me know which day works. Feel free to call me on Tuesday.",
    ],
)
def test_two_asks_are_two(text: str) -> None:
    assert len(asks(text)) == 2


def test_an_alternative_belongs_to_the_ask_before_it() -> None:
    assert len(asks("Would Tuesday at 10:00 suit you? If not, tell me a time that does.")) == 1
    assert len(asks("If not, tell me a time that does.")) == 1


def test_a_wish_counts_only_where_nothing_is_asked_outright() -> None:
    wish = "I would like to hear how you do this today."
    assert [ask.text for ask in asks(f"{wish} Would Tuesday suit you?")] == ["Would Tuesday suit you?"]
    assert [ask.text for ask in asks(wish)] == [wish]


def test_the_named_call_to_action_must_be_the_sentence_that_asks() -> None:
    (ask,) = asks("Would Tuesday at 10:00 suit you?")
    assert is_the_ask(ask, "Would Tuesday  at 10:00\nsuit you?")
    assert is_the_ask(ask, "would tuesday at 10:00 suit you")
    assert not is_the_ask(ask, "Call me.")
    assert not is_the_ask(ask, "")
