"""A draft waits for a person; only a switch that a person has turned approves in their stead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.jobs.audit import BY_RULE, DRAFT_APPROVED, AuditEntry
from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Severity, Verdict, Violation
from shared.jobs.job import Job, Kind
from shared.jobs.outcome import Advance, Outcome, Stop, Wait
from shared.jobs.rules import Controls, Mode, Rules
from shared.policy.flags import Flag
from shared.stages.await_approval import await_approval
from tests.builders import NOW, approved, contact, draft, expect, heard_mail, job, rules
from tests.fakes import FakeDrafts

PASSED = Verdict(revision=1, send_allowed=True)
WARNED = PASSED.but(violations=(Violation(rule="tone", severity=Severity.WARN, found="x", mend="y"),))


def filed(**changes: object) -> Draft:
    return draft(**{"gmail_draft_id": "r1", "gmail_revision": 1, "verdict": PASSED, **changes})


def auto(percent: int = 100, **changes: object) -> Controls:
    fields = {
        "stopped": False,
        "mode": Mode.SEND_ALLOWED,
        "rollout": {Flag.AUTO_SEND_FOLLOWUP.value: percent},
    }
    return Controls(**(fields | changes))  # type: ignore[arg-type]


def waited(subject: Draft, *, controls: Controls | None = None, kind: Kind = Kind.FOLLOWUP) -> Outcome:
    of = job(kind=kind, stage="await_approval", draft_id=subject.id)
    known = rules(contact=contact(), **({"controls": controls} if controls else {}))
    return step(of, subject, known)


def step(of: Job, subject: Draft, known: Rules) -> Outcome:
    return await_approval(
        of, drafts=FakeDrafts(subject), controls=lambda: known.controls, rules=lambda: known, now=NOW
    )


def test_a_draft_waits_for_a_person_without_a_time() -> None:
    outcome = expect(Wait, waited(filed()))
    assert (outcome.until, outcome.reasons, outcome.writes) == (None, (FOR_A_PERSON,), ())


def test_the_switch_approves_in_a_persons_stead_and_the_audit_says_so() -> None:
    outcome = expect(Advance, waited(filed(), controls=auto()))
    after, entry = outcome.writes
    assert isinstance(after, Draft)
    assert isinstance(entry, AuditEntry)
    assert after.approval is not None
    assert after.stands_approved
    assert (after.approval.by_rule, after.approval.actor) == (True, BY_RULE)
    assert (entry.kind, entry.actor, entry.draft_id) == (DRAFT_APPROVED, BY_RULE, after.id)
    assert Flag.AUTO_SEND_FOLLOWUP in entry.reason
    assert (outcome.stage, outcome.at, outcome.announce) == (
        "send_draft",
        after.approval.send_at,
        ("approved",),
    )


def test_who_is_in_at_a_part_of_the_contacts_stays_in_when_it_grows() -> None:
    first = next(
        percent for percent in range(101) if isinstance(waited(filed(), controls=auto(percent)), Advance)
    )
    assert 0 < first <= 100
    for percent in range(101):
        expect(Advance if percent >= first else Wait, waited(filed(), controls=auto(percent)))


@pytest.mark.parametrize(
    "subject",
    [
        filed(verdict=WARNED),
        filed(verdict=None),
        filed(verdict=PASSED.but(revision=2)),
        filed(gmail_revision=0),
        filed(written_by="hand"),
        filed(state=DraftState.HELD),
    ],
    ids=["warned", "not judged", "other revision judged", "not filed", "by hand", "held"],
)
def test_the_switch_leaves_to_a_person_what_is_not_beyond_doubt(subject: Draft) -> None:
    expect(Wait, waited(subject, controls=auto()))


@pytest.mark.parametrize(
    "controls",
    [auto(stopped=True), auto(mode=Mode.DRAFT_ONLY), auto(garbage=("control/flags: mode is x",)), auto(0)],
    ids=["kill switch", "mode", "garbage", "off"],
)
def test_nothing_is_approved_by_rule_where_nothing_may_be_sent(controls: Controls) -> None:
    expect(Wait, waited(filed(), controls=controls))


def test_a_reply_is_never_approved_by_rule() -> None:
    expect(Wait, waited(filed(), controls=auto(), kind=Kind.REPLY))


def test_what_was_approved_already_goes_on_at_its_time() -> None:
    later = NOW + timedelta(hours=3)
    outcome = expect(Advance, waited(approved(filed(), send_at=later)))
    assert (outcome.stage, outcome.at, outcome.writes) == ("send_draft", later, ())


@pytest.mark.parametrize(
    "state", [DraftState.SENT, DraftState.REJECTED, DraftState.EXPIRED, DraftState.SENT_BY_HAND]
)
def test_a_draft_that_is_over_ends_the_job(state: DraftState) -> None:
    outcome = waited(filed(state=state), controls=auto())
    if state in (DraftState.REJECTED, DraftState.EXPIRED):
        assert expect(Advance, outcome).known == {"withdrawn": ("d1",)}, "it lies in the mailbox still"
    else:
        expect(Stop, outcome)


def test_an_answer_to_a_mail_that_was_merged_into_a_followup_is_a_persons_to_approve() -> None:
    of = job(stage="await_approval", draft_id="d1", mails=(heard_mail(),))
    known = rules(contact=contact(), controls=auto())
    expect(Wait, step(of, filed(), known))


def test_what_was_claimed_before_is_a_persons_to_approve() -> None:
    expect(Wait, waited(filed(fence=1), controls=auto()))


def test_what_could_only_go_out_after_the_approval_has_expired_waits_for_a_person() -> None:
    away = contact(away_until=NOW + timedelta(days=14))
    of = job(stage="await_approval", draft_id="d1")
    known = rules(contact=away, controls=auto())
    expect(Wait, step(of, filed(), known))


def test_no_rule_is_read_for_a_draft_that_waits_for_a_person_anyway() -> None:
    def unread() -> Rules:
        raise AssertionError("the rules were read")

    def unread_controls() -> Controls:
        raise AssertionError("the controls were read")

    of = job(stage="await_approval", draft_id="d1")
    by_a_person = filed(verdict=WARNED)
    expect(
        Wait,
        await_approval(of, drafts=FakeDrafts(by_a_person), controls=unread_controls, rules=unread, now=NOW),
    )
    off = auto(percent=0)
    expect(Wait, await_approval(of, drafts=FakeDrafts(filed()), controls=lambda: off, rules=unread, now=NOW))


def test_a_switch_that_is_turned_off_between_two_looks_approves_nothing() -> None:
    of = job(stage="await_approval", draft_id="d1")
    turned_off = rules(contact=contact(), controls=auto(percent=0))
    expect(
        Wait,
        await_approval(of, drafts=FakeDrafts(filed()), controls=auto, rules=lambda: turned_off, now=NOW),
    )
