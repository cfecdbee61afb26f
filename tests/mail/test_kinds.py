"""The kinds of the corpus as the rules read them; `python -m tests.mail.confusion` prints the same tables."""

from __future__ import annotations

from functools import cache

import pytest

from shared.jobs.mail import MailKind
from tests.mail import corpus
from tests.mail.confusion import GRAVE, Score, score

LEAST_RIGHT = 0.95
LEAST_RIGHT_OF_A_KIND = 0.9
"""Of a kind with fourteen mails, one may be misread."""

MOST_WRONGLY = 0
"""How many other mails of a half may be read as an opt-out or a hard bounce."""


@cache
def _score(half: corpus.Half) -> Score:
    return score(half)


@pytest.mark.parametrize("half", corpus.HALVES)
def test_nearly_every_mail_is_read_as_what_it_is(half: corpus.Half) -> None:
    found = _score(half)
    print(found.as_text())
    assert found.right >= LEAST_RIGHT, found.as_text()


@pytest.mark.parametrize("kind", list(MailKind))
@pytest.mark.parametrize("half", corpus.HALVES)
def test_nearly_every_mail_of_a_kind_is_read_as_it(half: corpus.Half, kind: MailKind) -> None:
    assert _score(half).right_of(kind) >= LEAST_RIGHT_OF_A_KIND, _score(half).as_text()


@pytest.mark.parametrize("kind", GRAVE)
@pytest.mark.parametrize("half", corpus.HALVES)
def test_nobody_is_mailed_who_asked_us_not_to_or_is_gone(half: corpus.Half, kind: MailKind) -> None:
    assert _score(half).missed(kind) == 0, _score(half).as_text()


@pytest.mark.parametrize("kind", GRAVE)
@pytest.mark.parametrize("half", corpus.HALVES)
def test_hardly_anybody_is_given_up_who_did_not_ask_for_it(half: corpus.Half, kind: MailKind) -> None:
    assert _score(half).wrongly(kind) <= MOST_WRONGLY, _score(half).as_text()


@pytest.mark.parametrize("half", corpus.HALVES)
def test_days_of_return_and_failed_addresses_are_right(half: corpus.Half) -> None:
    found = _score(half)
    assert found.days_right >= LEAST_RIGHT * found.days, found.as_text()
    assert found.failed_right == found.failed, found.as_text()


def test_the_half_to_learn_from_is_read_without_a_mistake() -> None:
    assert _score("learn").misread == []
