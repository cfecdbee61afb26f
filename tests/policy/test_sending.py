"""Every rule of the claim, at its boundary, and their order (P3, P4, P5, P8, P9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.jobs import audit
from shared.jobs.claim import Obstacle, Refused
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Answering, Contact, Mailed, mailed
from shared.jobs.draft import Approval, Claim, Draft, DraftState
from shared.jobs.job import Job, Kind
from shared.jobs.quota import Period, Quota
from shared.jobs.rules import Guardrail, GuardrailType, Mode, SuppressionReason
from shared.policy.sending import RULES, Case, answering, judge, mail_of
from tests.builders import (
    NOW,
    SENDER,
    contact,
    controls,
    draft,
    heard_mail,
    job,
    rules,
    submission,
    suppression,
    tenant,
)

MOMENT = timedelta(microseconds=1)
WEEK = timedelta(days=7)
DAY = Period("2026-03-16", "tenants/default/quotas/m-2026-03-16", datetime(2026, 3, 17, tzinfo=UTC))
ISO_WEEK = Period("2026-W12", "tenants/default/quotas/m-2026-W12", datetime(2026, 3, 23, tzinfo=UTC))
QUOTAS = (Quota(DAY, 50), Quota(ISO_WEEK, 200))
REVISED = NOW - timedelta(hours=2)


def approval(of: Draft, **changes: Any) -> Approval:
    fields = {
        "revision": of.revision,
        "hash": of.hash,
        "actor": "key:ann",
        "at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(days=30),
        "send_at": NOW,
    }
    return Approval.model_validate({**fields, **changes})


def approved(*, given: dict[str, Any] | None = None, **changes: Any) -> Draft:
    one = draft(created_at=REVISED, revised_at=REVISED, **changes)
    return one.but(state=DraftState.APPROVED, approval=approval(one, **(given or {})))


def person(**changes: Any) -> Contact:
    return contact(open_draft="d1", **changes)


def case(**changes: Any) -> Case:
    """Maya's approved draft at two in the afternoon, ten in the morning at Ann's: nothing speaks against it."""
    known = changes.pop("contact", person())
    said = {
        name: changes.pop(name)
        for name in ("controls", "guardrails", "suppression", "tenant")
        if name in changes
    }
    fields: dict[str, Any] = {
        "job": job(),
        "draft": approved(),
        "rules": rules(contact=known, **{"tenant": tenant(send_jitter_min=0), **said}),
        "company": None,
        "quotas": QUOTAS,
        "now": NOW,
    }
    return Case(**{**fields, **changes})


def refused(given: Case, obstacle: Obstacle, *, says: str = "") -> Refused:
    found = judge(given)
    assert found is not None, "it may be claimed"
    assert found.obstacle is obstacle, found
    assert says in " ".join(found.reasons), found.reasons
    return found


def granted(given: Case) -> None:
    assert judge(given) is None, judge(given)


def test_where_nothing_speaks_against_it_it_may_be_claimed() -> None:
    granted(case())


def test_there_are_nine_rules_and_each_can_refuse_alone() -> None:
    """Each of these breaks just one rule; together they break all of them, each another one."""
    broken = [
        case(controls=controls(mode=Mode.DRAFT_ONLY)),
        case(suppression=suppression()),
        case(draft=approved().but(state=DraftState.PENDING)),
        case(guardrails=(Guardrail("g", GuardrailType.ALLOWED_INDUSTRY, values=("BANKING",)),)),
        case(contact=person(last_wrote_at=NOW)),
        case(company=company()),
        case(contact=person(recent_mails=mails((1, Answering.NOTHING), (2, Answering.NOTHING)))),
        case(draft=approved(given={"send_at": NOW + MOMENT})),
        case(quotas=(Quota(DAY, 0), Quota(ISO_WEEK, 200))),
    ]
    for number, given in enumerate(broken):
        assert [index for index, rule in enumerate(RULES) if rule(given) is not None] == [number]
    assert len(broken) == len(RULES)


# Controls


@pytest.mark.parametrize(
    "said",
    [
        {"stopped": True},
        {"mode": Mode.DRAFT_ONLY},
        {"garbage": ("control/flags: mode is 1 (int)",)},
        {"stopped": True, "mode": Mode.DRAFT_ONLY, "garbage": ("x",)},
    ],
)
def test_kill_switch_mode_and_garbage_pause(said: dict[str, Any]) -> None:
    refused(case(controls=controls(**said)), Obstacle.PAUSED)


def test_what_pauses_is_said_in_the_controls_own_words() -> None:
    said = controls(stopped=True, reasons=("control/flags: the kill switch is on: wrong prices",))
    assert refused(case(controls=said), Obstacle.PAUSED).reasons == said.reasons


def test_a_playbook_that_is_draft_only_pauses_and_others_do_not() -> None:
    refused(case(tenant=tenant(draft_only_playbooks=("followup",))), Obstacle.PAUSED, says="followup")
    granted(case(tenant=tenant(draft_only_playbooks=("reply",), send_jitter_min=0)))


@pytest.mark.parametrize("place", [0, 1])
def test_garbage_in_either_quota_pauses(place: int) -> None:
    garbage = [*QUOTAS]
    garbage[place] = Quota(garbage[place].period, 50, garbage=("quotas/x: used is -1",))
    refused(case(quotas=tuple(garbage)), Obstacle.PAUSED, says="used is -1")


# The person


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_whoever_is_suppressed_is_never_mailed(reason: SuppressionReason) -> None:
    refused(case(suppression=suppression(reason=reason)), Obstacle.FORBIDDEN, says=reason.value)


def test_a_suppression_that_ended_forbids_nothing_and_one_that_ends_now_has_ended() -> None:
    bounced = suppression(reason=SuppressionReason.BOUNCED, expire_at=NOW + MOMENT)
    refused(case(suppression=bounced), Obstacle.FORBIDDEN)
    granted(case(suppression=bounced.but(expire_at=NOW)))


def test_whom_the_crm_knows_to_have_opted_out_is_never_mailed() -> None:
    known = job().identity
    assert known is not None
    refused(case(job=job(identity=known.but(opted_out=True))), Obstacle.FORBIDDEN, says="opted out")


def test_being_stopped_comes_before_being_forbidden() -> None:
    """A job that waits finds out later: nothing is decided about a person while everything is stopped."""
    both = case(controls=controls(stopped=True), suppression=suppression())
    refused(both, Obstacle.PAUSED)


def test_a_force_skips_no_rule_but_the_hour() -> None:
    forced = approved(given={"forced": True, "send_at": NOW + timedelta(days=9)})
    granted(case(draft=forced, now=NOW.replace(hour=3)))
    refused(case(draft=forced, suppression=suppression()), Obstacle.FORBIDDEN)
    refused(case(draft=forced, controls=controls(stopped=True)), Obstacle.PAUSED)
    refused(case(draft=forced, quotas=(Quota(DAY, 1, used=1), Quota(ISO_WEEK, 9))), Obstacle.LATER)
    refused(case(draft=forced, contact=person(last_wrote_at=NOW)), Obstacle.VOID)
    refused(case(draft=forced, company=company()), Obstacle.VOID)


# The approval


@pytest.mark.parametrize("state", [state for state in DraftState if state is not DraftState.APPROVED])
def test_only_what_is_approved_is_sent(state: DraftState) -> None:
    refused(case(draft=approved().but(state=state)), Obstacle.VOID, says="not approved")


def test_only_what_is_being_sent_is_sent_again() -> None:
    sending = approved().but(
        state=DraftState.SENDING, claim=Claim(id="c", at=NOW, lease_until=NOW, quotas=())
    )
    granted(case(draft=sending, again=True))
    refused(case(draft=approved(), again=True), Obstacle.VOID)
    full = (Quota(DAY, 1, reserved=1), Quota(ISO_WEEK, 200))
    granted(case(draft=sending, again=True, quotas=full))
    refused(case(draft=sending, again=True, suppression=suppression()), Obstacle.FORBIDDEN)


def test_an_approval_is_bound_to_revision_and_hash() -> None:
    one = approved()
    refused(case(draft=one.but(approval=None)), Obstacle.VOID)
    refused(case(draft=one.but(revision=2)), Obstacle.VOID, says="no longer what was approved")
    refused(case(draft=approved(given={"hash": "0" * 64})), Obstacle.VOID, says="no longer")
    refused(case(draft=one.but(thread_head="another")), Obstacle.VOID, says="no longer")
    refused(case(draft=one.but(raw=one.raw + b"\n")), Obstacle.VOID, says="no longer")


def test_bytes_that_say_something_else_than_the_fields_are_void_also_with_their_own_hash() -> None:
    told = draft(created_at=REVISED, revised_at=REVISED, body="Something else. Could we talk on Tuesday?")
    spoilt = draft(created_at=REVISED, revised_at=REVISED, raw=told.raw)
    given = spoilt.but(state=DraftState.APPROVED, approval=approval(spoilt))
    refused(case(draft=given), Obstacle.VOID, says="not the draft's body")


def test_it_goes_to_the_contacts_own_address_and_to_no_other() -> None:
    refused(case(contact=None), Obstacle.VOID, says="own address")
    refused(case(contact=person(id="k2")), Obstacle.VOID, says="own address")
    refused(case(contact=person(address="other@brightloop.io")), Obstacle.VOID, says="own address")
    granted(case(contact=person(address="MAYA@Brightloop.io")))


def test_it_is_the_contacts_one_open_draft() -> None:
    refused(case(contact=person().but(open_draft="d2")), Obstacle.VOID, says="open draft")
    refused(case(contact=person().but(open_draft=None)), Obstacle.VOID, says="open draft")


def test_a_mailbox_that_is_no_sender_any_more_sends_nothing() -> None:
    other = SENDER.but(mailbox="ben@northwind.com")
    gone = tenant(senders={other.mailbox: other}, default_sender=other.mailbox)
    refused(case(tenant=gone), Obstacle.VOID, says="senders")


def test_an_approval_expires_at_its_moment() -> None:
    granted(case(draft=approved(given={"expires_at": NOW + MOMENT})))
    refused(case(draft=approved(given={"expires_at": NOW})), Obstacle.EXPIRED)
    refused(case(draft=approved(given={"expires_at": NOW - MOMENT})), Obstacle.EXPIRED)


# Guardrails, and what the person did


def test_a_guardrail_that_was_added_after_the_approval_voids_it() -> None:
    excluded = Guardrail("no", GuardrailType.EXCLUDED_COMPANY_IDS, values=("9001",))
    refused(case(guardrails=(excluded,)), Obstacle.VOID, says="9001 is excluded")
    granted(case(guardrails=(Guardrail("no", GuardrailType.EXCLUDED_COMPANY_IDS, values=("9002",)),)))


@pytest.mark.parametrize(("low", "high", "passes"), [(45, 45, True), (46, None, False), (None, 44, False)])
def test_a_range_of_employees_holds_at_both_ends(low: int | None, high: int | None, passes: bool) -> None:
    given = case(guardrails=(Guardrail("size", GuardrailType.EMPLOYEE_RANGE, low=low, high=high),))
    if passes:
        granted(given)
    else:
        refused(given, Obstacle.VOID, says="45 employees")


def test_what_they_wrote_after_this_revision_voids_it_and_what_they_wrote_before_does_not() -> None:
    granted(case(contact=person(last_wrote_at=REVISED)))
    granted(case(contact=person(last_wrote_at=REVISED - MOMENT)))
    refused(case(contact=person(last_wrote_at=REVISED + MOMENT)), Obstacle.VOID, says="wrote after")


# The company


def company(**changes: Any) -> CompanyRecord:
    fields = {
        "id": "9001",
        "tenant": "default",
        "pause_reason": "they are in talks with us",
        "actor": "key:ann",
        "updated_at": NOW - timedelta(days=1),
    }
    return CompanyRecord.model_validate({**fields, **changes})


def test_a_paused_company_waits_for_the_end_or_for_a_person() -> None:
    refused(case(company=company()), Obstacle.VOID, says="in talks")
    until = NOW + MOMENT
    assert refused(case(company=company(paused_until=until)), Obstacle.LATER).until == until
    granted(case(company=company(paused_until=NOW)))
    granted(case(company=company(pause_reason="")))


def reply(**changes: Any) -> Job:
    return job(kind=Kind.REPLY, submissions=(), mails=(heard_mail(received_at=REVISED),), **changes)


def test_a_pause_by_rule_is_for_the_others_and_who_wrote_is_answered() -> None:
    by_rule = company(actor=audit.BY_RULE)
    refused(case(company=by_rule), Obstacle.VOID)
    granted(case(company=by_rule, job=reply()))
    refused(case(company=company(), job=reply()), Obstacle.VOID)


# How often


def mails(*sent: tuple[float, Answering], event: str = "") -> tuple[Mailed, ...]:
    """Mails that went out so many days ago, newest first as given, kept oldest first."""
    return tuple(
        Mailed(
            at=NOW - timedelta(days=days),
            draft_id=f"old{days}",
            answering=what,
            event=event and f"{event}{days}",
        )
        for days, what in sorted(sent, key=lambda each: -each[0])
    )


UNASKED: dict[str, Any] = {"submissions": ()}


@pytest.mark.parametrize(
    ("days", "may"), [(0, False), (6.99, False), (7 - 1e-9, False), (7, True), (7.01, True)]
)
@pytest.mark.parametrize("what", list(Answering))
def test_one_unsolicited_mail_in_seven_days(days: float, may: bool, what: Answering) -> None:
    given = case(job=job(**UNASKED), contact=person(recent_mails=mails((days, what))))
    if may:
        granted(given)
    else:
        until = refused(given, Obstacle.LATER, says="at most 1").until
        assert until == NOW - timedelta(days=days) + WEEK


def test_an_answer_to_a_form_makes_two_in_seven_days_and_no_third() -> None:
    one = mails((1, Answering.NOTHING))
    two = mails((1, Answering.FORM), (3, Answering.NOTHING))
    granted(case(contact=person(recent_mails=one)))
    found = refused(case(contact=person(recent_mails=two)), Obstacle.LATER, says="at most 2")
    assert found.until == NOW - timedelta(days=3) + WEEK
    three = mails((1, Answering.FORM), (3, Answering.NOTHING), (5, Answering.FORM))
    assert (
        refused(case(contact=person(recent_mails=three)), Obstacle.LATER).until
        == NOW - timedelta(days=3) + WEEK
    )
    granted(case(contact=person(recent_mails=mails((1, Answering.FORM), (7, Answering.NOTHING)))))


def test_answers_to_mails_are_free_and_do_not_count_for_forms() -> None:
    many = mails(*((0.1 * n, Answering.MAIL) for n in range(1, 9)))
    granted(case(job=reply(), contact=person(recent_mails=many)))
    granted(case(contact=person(recent_mails=many)))


def test_each_event_is_answered_once() -> None:
    done = Mailed(at=NOW - timedelta(days=60), draft_id="d0", answering=Answering.FORM, event="c1")
    refused(case(contact=person(recent_mails=(done,))), Obstacle.VOID, says="answered already")
    granted(case(contact=person(recent_mails=(done.but(event="c0"),))))
    mail = done.but(answering=Answering.MAIL, event="m1")
    refused(case(job=reply(), contact=person(recent_mails=(mail,))), Obstacle.VOID, says="answered already")
    granted(case(contact=person(recent_mails=(mail.but(event="c1"),))))


def test_the_same_draft_is_no_reason_against_itself() -> None:
    own = Mailed(at=NOW, draft_id="d1", answering=Answering.FORM, event="c1")
    granted(case(contact=person(recent_mails=(own,))))


def test_what_a_mail_answers_is_the_newest_thing_that_they_did() -> None:
    assert answering(job()) == (Answering.FORM, "c1")
    assert answering(reply()) == (Answering.MAIL, "m1")
    assert answering(job(**UNASKED)) == (Answering.NOTHING, "")
    both = job(mails=(heard_mail(received_at=NOW - timedelta(days=1)),), submissions=(submission(),))
    assert answering(both) == (Answering.FORM, "c1")
    kept = mail_of(job(), draft(), NOW)
    assert (kept.at, kept.draft_id, kept.answering, kept.event) == (NOW, "d1", Answering.FORM, "c1")


def test_answers_to_mails_do_not_push_the_others_out_of_what_is_remembered() -> None:
    """The third answer to a form in a week waits, however many of their mails were answered meanwhile."""
    known = person()
    sorts = [Answering.FORM] * 2 + [Answering.MAIL] * 60
    for number, what in enumerate(sorts):
        gone = Mailed(
            at=NOW - timedelta(hours=100 - number), draft_id=f"d-{number}", answering=what, event=f"e{number}"
        )
        known = known.but(**mailed(known, gone))
    refused(case(contact=known), Obstacle.LATER, says="2 mails went to this person in 7 days")
    granted(case(job=reply(), contact=known))


# When


def test_it_waits_for_its_hour_to_the_moment() -> None:
    until = NOW + MOMENT
    assert refused(case(draft=approved(given={"send_at": until})), Obstacle.LATER).until == until
    granted(case(draft=approved(given={"send_at": NOW})))


def test_a_claim_that_comes_late_waits_for_the_next_working_day() -> None:
    """Ann's six in the evening on a Friday, though it was due at two."""
    friday = datetime(2026, 3, 20, 22, 0, tzinfo=UTC)
    late = approved(given={"send_at": friday - timedelta(hours=4), "expires_at": friday + WEEK})
    found = refused(case(draft=late, now=friday), Obstacle.LATER, says="working hours")
    assert found.until == datetime(2026, 3, 23, 13, 0, tzinfo=UTC)
    granted(case(draft=late, now=friday - MOMENT))


def test_who_is_away_is_mailed_when_they_are_back() -> None:
    back = datetime(2026, 3, 18, tzinfo=UTC)
    found = refused(case(contact=person(away_until=back)), Obstacle.LATER, says="away")
    assert found.until == datetime(2026, 3, 18, 13, 0, tzinfo=UTC)
    granted(case(contact=person(away_until=NOW)))
    assert (
        refused(case(contact=person(away_until=NOW + MOMENT)), Obstacle.LATER, says="away").until
        == NOW + MOMENT
    )


def test_who_is_back_before_it_is_due_waits_for_that_alone() -> None:
    due = NOW + timedelta(days=1)
    given = case(draft=approved(given={"send_at": due}), contact=person(away_until=NOW + timedelta(hours=1)))
    assert refused(given, Obstacle.LATER, says="working hours").until == due


# The quota


@pytest.mark.parametrize(
    ("day", "week", "may"),
    [
        ({"used": 49}, {}, True),
        ({"used": 50}, {}, False),
        ({"reserved": 50}, {}, False),
        ({"by_hand": 50}, {}, False),
        ({"used": 20, "reserved": 20, "by_hand": 9}, {}, True),
        ({"used": 20, "reserved": 20, "by_hand": 10}, {}, False),
        ({}, {"used": 199}, True),
        ({}, {"used": 200}, False),
        ({"used": 51}, {}, False),
    ],
)
def test_day_and_week_hold_to_the_last_mail(day: dict[str, int], week: dict[str, int], may: bool) -> None:
    given = case(quotas=(Quota(DAY, 50, **day), Quota(ISO_WEEK, 200, **week)))
    if may:
        granted(given)
    else:
        refused(given, Obstacle.LATER, says="has sent its")


def test_a_full_day_waits_for_its_end_and_a_full_week_for_its_own() -> None:
    full_day, full_week = Quota(DAY, 1, used=1), Quota(ISO_WEEK, 1, used=1)
    tuesday, monday = (datetime(2026, 3, day, 13, 0, tzinfo=UTC) for day in (17, 23))
    assert refused(case(quotas=(full_day, QUOTAS[1])), Obstacle.LATER).until == tuesday
    assert refused(case(quotas=(QUOTAS[0], full_week)), Obstacle.LATER).until == monday
    assert refused(case(quotas=(full_day, full_week)), Obstacle.LATER).until == monday


@pytest.mark.parametrize("early", [True, False])
def test_what_could_only_go_out_after_its_approval_has_expired_is_decided_about_again(early: bool) -> None:
    """To wait and then expire would throw away what a person wanted sent."""
    until = NOW + timedelta(days=2)
    given = {"send_at": until, "expires_at": until + (MOMENT if early else timedelta())}
    found = judge(case(draft=approved(given=given)))
    assert found is not None
    assert found.obstacle is (Obstacle.LATER if early else Obstacle.VOID)
