"""When the next mail may go out, at every boundary, and never another answer than the claim's (P9)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.audit import BY_RULE
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Answering, Contact, Mailed
from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy.next_touch import NextTouch, next_touch
from shared.policy.sending import held_by_pause, next_allowed
from tests.builders import NOW, contact, suppression

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
MAIL, FORM, NOTHING = Answering.MAIL, Answering.FORM, Answering.NOTHING


def mails(*said: tuple[float, Answering]) -> tuple[Mailed, ...]:
    """Mails that went out so many days ago."""
    return tuple(
        Mailed(at=NOW - days * DAY, draft_id=f"d-{n}", answering=what) for n, (days, what) in enumerate(said)
    )


def paused(**changes: object) -> CompanyRecord:
    fields: dict[str, object] = {
        "id": "9001", "tenant": "default", "pause_reason": "they asked", "actor": "key:ann", "updated_at": NOW,
    }  # fmt: skip
    return CompanyRecord.model_validate({**fields, **changes})


def touches(
    person: Contact | None = None,
    entry: Suppression | None = None,
    company: CompanyRecord | None = None,
) -> dict[Answering, NextTouch]:
    found = next_touch(person, entry, company, NOW)
    assert len(found) == len(Answering)
    return {one.answering: one for one in found}


def moments(
    person: Contact | None = None,
    entry: Suppression | None = None,
    company: CompanyRecord | None = None,
) -> tuple[datetime | None, ...]:
    found = touches(person, entry, company)
    return found[MAIL].at, found[FORM].at, found[NOTHING].at


def test_where_nothing_speaks_against_it_anything_may_go_out_now() -> None:
    found = touches(contact())
    assert {one.at for one in found.values()} == {NOW}
    assert not [one for one in found.values() if one.reasons]


@pytest.mark.parametrize(
    ("sent", "form", "unsolicited"),
    [
        (mails((1, NOTHING)), NOW, NOW + 6 * DAY),
        (mails((1, FORM)), NOW, NOW + 6 * DAY),
        (mails((1, MAIL)), NOW, NOW + 6 * DAY),
        (mails((5, FORM), (1, NOTHING)), NOW + 2 * DAY, NOW + 6 * DAY),
        (mails((6, FORM), (5, FORM), (1, FORM)), NOW + 2 * DAY, NOW + 6 * DAY),
        (mails((5, MAIL), (1, MAIL)), NOW, NOW + 6 * DAY),
        (mails((7, NOTHING)), NOW, NOW),
    ],
)
def test_how_often_a_person_is_mailed_says_when(
    sent: tuple[Mailed, ...], form: datetime, unsolicited: datetime
) -> None:
    assert moments(contact(recent_mails=sent)) == (NOW, form, unsolicited)


def test_the_latest_of_all_that_waits_decides_and_every_reason_is_told() -> None:
    person = contact(recent_mails=mails((1, NOTHING)), away_until=NOW + 3 * DAY)
    company = paused(paused_until=NOW + 9 * DAY)
    assert moments(person) == (NOW + 3 * DAY, NOW + 3 * DAY, NOW + 6 * DAY)
    assert moments(person, company=company) == (NOW + 9 * DAY,) * 3
    reasons = touches(person, company=company)[NOTHING].reasons
    assert [any(word in one for one in reasons) for word in ("they asked", "7 days", "away")] == [True] * 3


def test_who_is_back_is_not_away() -> None:
    assert moments(contact(away_until=NOW)) == (NOW,) * 3
    assert moments(contact(away_until=NOW + MOMENT)) == (NOW + MOMENT,) * 3


def test_a_pause_by_rule_lets_answers_to_mails_pass_and_one_by_a_person_nothing() -> None:
    assert moments(contact(), company=paused(actor=BY_RULE)) == (NOW, None, None)
    assert moments(contact(), company=paused()) == (None,) * 3
    assert moments(contact(), company=paused(paused_until=NOW)) == (NOW,) * 3


@pytest.mark.parametrize("reason", SuppressionReason)
def test_the_suppressed_are_mailed_after_its_end_if_it_has_one(reason: SuppressionReason) -> None:
    end = NOW + 30 * DAY
    ends = reason in (SuppressionReason.MANUAL, SuppressionReason.BOUNCED)
    assert moments(None, suppression(reason=reason, expire_at=end)) == (end if ends else None,) * 3
    assert moments(None, suppression(reason=reason, expire_at=None)) == (None,) * 3
    over = suppression(reason=reason, expire_at=NOW)
    assert moments(None, over) == (NOW if ends else None,) * 3


@given(
    days=st.lists(st.tuples(st.floats(0, 9), st.sampled_from(Answering)), max_size=6),
    away=st.none() | st.floats(-2, 9),
    pause=st.none() | st.floats(-2, 9),
    by_rule=st.booleans(),
)
def test_at_that_moment_nothing_holds_it_back_and_just_before_something_does(
    days: list[tuple[float, Answering]], away: float | None, pause: float | None, by_rule: bool
) -> None:
    sent = mails(*days)
    away_until = None if away is None else NOW + away * DAY
    company = None
    if pause is not None:
        company = paused(paused_until=NOW + pause * DAY, actor=BY_RULE if by_rule else "key:ann")

    def held(what: Answering, now: datetime) -> bool:
        absent = away_until is not None and away_until > now
        return bool(absent or next_allowed(sent, what, now) or held_by_pause(company, what, now))

    found = touches(contact(recent_mails=sent, away_until=away_until), company=company)
    for what, one in found.items():
        assert one.at is not None
        assert not held(what, one.at)
        assert one.at == NOW or held(what, one.at - MOMENT)
        assert bool(one.reasons) is held(what, NOW)
