"""The gate: pass, warn, mend once, hold, or reject for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.jobs.audit import DRAFT_REJECTED, AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Verdict
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Hold, Outcome, Stop
from shared.jobs.rules import Mode, Rules
from shared.stages.gate_draft import gate_draft
from tests.builders import NOW, contact, controls, draft, expect, job, rules, suppression, tenant
from tests.fakes import FakeDrafts

BLANK = draft(body=draft().body + "\n\nOur price for you is [blank].")
"""What the gate sends back: a person or the next revision can mend it."""


def judged(
    subject: Draft | None = None, by: Rules | None = None, *, mends: int = 0, draft_id: str | None = "d1"
) -> Outcome:
    known = job(draft_id=draft_id, mends=mends)
    return gate_draft(known, drafts=FakeDrafts(subject or draft()), rules=by or rules(), now=NOW)


def written(outcome: Outcome) -> Draft:
    return next(each for each in outcome.writes if isinstance(each, Draft))


def verdict_of(outcome: Outcome) -> Verdict:
    found = outcome.known["verdict"]
    assert isinstance(found, Verdict)
    assert written(outcome).verdict == found, "job and draft know the same verdict"
    return found


def test_a_good_draft_is_filed_with_its_verdict() -> None:
    outcome = expect(Advance, judged())
    assert outcome.stage == "file_draft"
    assert verdict_of(outcome).outcome == "PASS"
    assert outcome.announce == ()


@pytest.mark.parametrize("state", [DraftState.REJECTED, DraftState.SENT_BY_HAND, DraftState.EXPIRED])
@pytest.mark.parametrize(
    "by", [rules(), rules(suppression=suppression())], ids=["may be mailed", "suppressed"]
)
def test_a_draft_that_was_closed_meanwhile_ends_the_job_and_stays_as_it_is(
    state: DraftState, by: Rules
) -> None:
    stop = expect(Stop, judged(draft(state=state), by))
    assert (stop.status, stop.writes) == (Status.STOPPED, ())


def test_a_warning_is_shown_and_keeps_nothing_back() -> None:
    warned = rules(tenant=tenant(forbidden_words=("spreadsheets",)))
    outcome = expect(Advance, judged(by=warned))
    assert outcome.stage == "file_draft"
    assert verdict_of(outcome).outcome == "WARN"


def test_the_verdict_belongs_to_the_revision_that_was_judged() -> None:
    assert verdict_of(judged(draft(revision=3))).revision == 3


@pytest.mark.parametrize(
    ("mode", "stopped", "allowed"),
    [(Mode.SEND_ALLOWED, False, True), (Mode.DRAFT_ONLY, False, False), (Mode.SEND_ALLOWED, True, False)],
)
def test_whether_it_could_be_sent_is_told_and_drafting_goes_on(
    mode: Mode, stopped: bool, allowed: bool
) -> None:
    outcome = expect(Advance, judged(by=rules(controls=controls(mode=mode, stopped=stopped))))
    assert verdict_of(outcome).send_allowed is allowed


@pytest.mark.parametrize(
    ("subject", "by"),
    [
        (draft(body=draft().body + "\n\nSee https://evil.example/x for more."), rules()),
        (draft(body=draft().body + "\n\nContoso pays less."), rules()),
        (draft(), rules(suppression=suppression())),
        (draft(raw=draft(recipient="eve@evil.example").raw), rules()),
    ],
    ids=["a link of nobody", "another client's name", "suppressed meanwhile", "bytes to somebody else"],
)
def test_what_is_forbidden_rejects_the_draft_and_ends_the_job(subject: Draft, by: Rules) -> None:
    outcome = expect(Stop, judged(subject, by))
    assert outcome.status is Status.REJECTED
    assert written(outcome).state is DraftState.REJECTED
    assert not written(outcome).is_open
    assert outcome.reasons == verdict_of(outcome).reasons
    assert outcome.reasons
    assert outcome.announce == ("rejected",)


def test_what_is_forbidden_is_never_sent_back_to_be_mended() -> None:
    both = draft(body=BLANK.body + "\n\nSee https://evil.example/x for more.")
    expect(Stop, judged(both, mends=0))


def test_what_can_be_mended_goes_back_to_be_written_once() -> None:
    outcome = expect(Advance, judged(BLANK))
    assert outcome.stage == "write_draft"
    assert outcome.known["mends"] == 1
    assert verdict_of(outcome).mendable
    assert written(outcome).state is DraftState.PENDING
    assert outcome.announce == ()


def test_what_is_not_mended_the_second_time_waits_for_a_person_with_every_rule_it_broke() -> None:
    outcome = expect(Hold, judged(BLANK, mends=1))
    verdict = verdict_of(outcome)
    failed = [v for v in verdict.violations if v.severity != "WARN"]
    assert len(outcome.reasons) == len(failed) >= 1
    assert all(v.mend in reason for v, reason in zip(failed, outcome.reasons, strict=True))
    assert outcome.announce == ("held",)
    assert written(outcome).state is DraftState.PENDING, "a person may still edit it"


def test_an_answer_to_somebody_mailed_this_week_is_let_through_with_a_warning() -> None:
    mailed = contact(last_mailed_at=NOW - timedelta(days=1))
    outcome = expect(Advance, judged(by=rules(contact=mailed)))
    assert verdict_of(outcome).outcome == "WARN"


def test_a_job_without_a_draft_is_a_bug_and_not_a_pass() -> None:
    with pytest.raises(AssertionError):
        judged(draft_id=None)


# What a person wrote


def by_hand(body: str) -> Draft:
    return draft(body=body, written_by="hand")


@pytest.mark.parametrize("mends", [0, 1])
@pytest.mark.parametrize(
    "extra",
    ["Our price for you is [blank].", "See https://evil.example/x for more.", "Contoso pays less."],
    ids=["mendable", "a link of nobody", "another client's name"],
)
def test_what_a_person_wrote_is_neither_sent_back_nor_thrown_away(extra: str, mends: int) -> None:
    outcome = expect(Hold, judged(by_hand(f"{draft().body}\n\n{extra}"), mends=mends))
    assert written(outcome).state is DraftState.PENDING
    assert written(outcome).body.endswith(extra)
    assert outcome.reasons == verdict_of(outcome).reasons
    assert outcome.announce == ("held",)


def test_what_a_person_wrote_and_broke_no_rule_is_filed() -> None:
    assert expect(Advance, judged(by_hand(draft().body))).stage == "file_draft"


def test_a_revision_that_must_not_be_takes_the_one_in_the_mailbox_back_too() -> None:
    filed = draft(gmail_draft_id="r1", gmail_revision=1, revision=2)
    free = rules(suppression=suppression(), contact=contact(open_draft=filed.id).read_at(NOW))
    advance = expect(Advance, judged(filed, free))
    assert (advance.stage, advance.known["withdrawn"]) == ("withdraw_draft", (filed.id,))
    assert advance.announce == ("rejected",)
    rejected, entry, person = advance.writes
    assert isinstance(entry, AuditEntry)
    assert entry.kind == DRAFT_REJECTED
    assert isinstance(rejected, Draft)
    assert isinstance(person, Contact)
    assert (rejected.state, person.open_draft) == (DraftState.REJECTED, None)
    assert rejected.end_reason
