"""Meeting times that are really free, or a visible gap."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from shared.errors import Permanent, Retryable
from shared.jobs.facts import Slot
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.ports.calendar import Busy
from shared.stages.gather_context import LOOK_AHEAD, gather_context
from tests.builders import NOW, SENDER, THREAD, expect, job, submission
from tests.fakes import FakeCalendar
from tests.policy.test_answered import heard


def gathered(calendar: FakeCalendar, **changes: object) -> Advance:
    known: Job = job(stage="gather_context", slots=None, **changes)
    outcome = expect(Advance, gather_context(known, calendar=calendar, now=NOW))
    assert outcome.stage == "plan_next_step"
    return outcome


def slots_of(outcome: Outcome) -> tuple[Slot, ...]:
    return cast("tuple[Slot, ...]", outcome.known["slots"])


def test_three_times_are_proposed_in_the_senders_time_zone() -> None:
    slots = slots_of(gathered(FakeCalendar()))
    assert len(slots) == 3
    assert {slot.time_zone for slot in slots} == {"America/New_York"}
    assert all(slot.end - slot.start == timedelta(minutes=30) for slot in slots)


def test_no_time_is_proposed_in_which_the_sender_is_busy() -> None:
    free = slots_of(gathered(FakeCalendar()))
    taken = tuple(Busy(slot.start, slot.end) for slot in free)
    others = slots_of(gathered(FakeCalendar(busy_times=taken)))
    assert len(others) == 3
    assert not [(a, b) for a in others for b in taken if a.start < b.end and b.start < a.end]


def test_a_calendar_that_is_full_leaves_no_time_and_is_no_error() -> None:
    full = FakeCalendar(busy_times=(Busy(NOW - timedelta(days=1), NOW + LOOK_AHEAD),))
    outcome = gathered(full)
    assert slots_of(outcome) == ()
    assert "notes" not in outcome.known


@pytest.mark.parametrize(("calendar_id", "looked_at"), [("", SENDER.mailbox), ("team@cal", "team@cal")])
def test_the_calendar_of_the_settings_is_read_else_the_senders_own(calendar_id: str, looked_at: str) -> None:
    calendar = FakeCalendar()
    gathered(calendar, sender=SENDER.but(calendar_id=calendar_id))
    assert calendar.asked == [(looked_at, NOW, NOW + LOOK_AHEAD)]


def test_a_calendar_that_may_not_be_read_leaves_a_gap_that_the_reviewer_sees() -> None:
    outcome = gathered(FakeCalendar(fails=Permanent("calendar: answered 403")), notes=("before",))
    assert slots_of(outcome) == ()
    assert outcome.known["notes"] == ("before", "No meeting times: calendar: answered 403")


def test_a_calendar_that_is_down_is_asked_again() -> None:
    with pytest.raises(Retryable):
        gathered(FakeCalendar(fails=Retryable("calendar: answered 503")))


@pytest.mark.parametrize(
    ("said", "hastens"),
    [
        ("We need this ASAP.", True),
        ("We need an answer by tomorrow.", True),
        ("No hurry at all.", False),
        ("We look for something for next year.", False),
    ],
)
def test_the_earliest_times_come_first_where_the_person_asks_for_haste(said: str, hastens: bool) -> None:
    slots = slots_of(gathered(FakeCalendar(), submissions=(submission(fields={"message": said}),)))
    calm = slots_of(gathered(FakeCalendar()))
    assert (slots != calm) is hastens
    if hastens:
        assert slots[-1].start < calm[-1].start


def test_a_job_without_a_submission_is_in_no_haste() -> None:
    assert slots_of(gathered(FakeCalendar(), submissions=())) == slots_of(gathered(FakeCalendar()))


# What they wrote in a mail


def answering(text: str, calendar: FakeCalendar | None = None) -> tuple[Slot, ...]:
    thread = THREAD.but(last_text=text)
    return slots_of(gathered(calendar or FakeCalendar(), submissions=(), mails=(heard(),), thread=thread))


def test_the_very_time_that_they_named_is_offered_alone_when_it_is_free() -> None:
    (slot,) = answering("Thursday at 11 works for me.")
    assert f"{slot.start:%A %H:%M}" == "Thursday 11:00"
    assert slot.reason == "the time that they named is free"


def test_a_time_that_is_taken_gives_way_to_others_on_that_day() -> None:
    (named,) = answering("Thursday at 11 works for me.")
    slots = answering(
        "Thursday at 11 works for me.", FakeCalendar(busy_times=(Busy(named.start, named.end),))
    )
    assert len(slots) == 3
    assert {slot.start.date() for slot in slots} == {named.start.date()}
    assert named not in slots


@pytest.mark.parametrize(
    "text", ["Could we talk on Saturday?", "Saturday at 11:00 works for me", "Tuesday at 23:00 works"]
)
def test_a_time_at_which_nobody_works_gives_way_to_others(text: str) -> None:
    slots = answering(text)
    assert len(slots) == 3
    assert all(9 <= slot.start.hour < 17 and slot.start.weekday() < 5 for slot in slots)


def test_a_day_that_has_nothing_to_do_with_a_call_chooses_no_times() -> None:
    assert answering("We launch on Thursday. Does it work with NetSuite?") == answering("Does it work?")


def test_haste_in_a_mail_brings_the_earliest_times() -> None:
    assert answering("We need an answer by tomorrow.")[-1].start < answering("We need an answer.")[-1].start


def test_an_older_mail_does_not_choose_the_times_of_a_newer_form() -> None:
    old = heard(received_at=NOW - timedelta(days=1))
    thread = THREAD.but(last_text="Thursday at 11 works for me.")
    assert slots_of(gathered(FakeCalendar(), mails=(old,), thread=thread)) == slots_of(
        gathered(FakeCalendar())
    )
