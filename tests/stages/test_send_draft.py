"""An approved draft goes out once: claimed, looked at again, sent byte for byte; what is unclear is not sent twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from shared.errors import Permanent, Retryable, Unclear
from shared.jobs import audit
from shared.jobs.audit import AuditEntry
from shared.jobs.claim import Claimed, Obstacle, Refused
from shared.jobs.contact import Contact
from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.draft import Claim, Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, Wait
from shared.policy.limits import DEFAULTS
from shared.stages.send_draft import HANDLED, NEW_MAIL, SETTLE, send_draft
from tests.builders import ADDRESS, NOW, approved, contact, draft, expect, job, mail_thread, message
from tests.fakes import FakeContacts, FakeDrafts, FakeMailbox, Trouble

RECHECK = timedelta(minutes=5)
QUOTAS = ("tenants/default/quotas/m-2026-03-16", "tenants/default/quotas/m-2026-W12")


def ready(**changes: object) -> Draft:
    fields = {
        "gmail_draft_id": "r1",
        "gmail_message_id": "r1-message",
        "gmail_thread_id": "r1-thread",
        "gmail_revision": 1,
    }
    return approved(draft(**(fields | changes)))


def sending(subject: Draft | None = None, *, looks: int = 0) -> Draft:
    """Claimed by a run that is over."""
    of = subject or ready()
    lease = NOW + timedelta(seconds=90)
    claim = Claim(id="j1-3", at=NOW, lease_until=lease, quotas=QUOTAS, looks=looks)
    return of.moved(DraftState.SENDING).but(fence=of.fence + 1, claim=claim)


@dataclass
class FakeClaims:
    """Claims that are granted, or refused as told; `stops` is what is committed after the claim."""

    refused: Refused | None = None
    stops: tuple[str, ...] = ()
    claimed: list[Draft] = field(default_factory=list[Draft])

    def claim(self, draft: Draft) -> Claimed | Refused:
        if self.refused is not None:
            return self.refused
        self.claimed.append(draft)
        if draft.claim is not None:
            again = draft.claim.but(looks=draft.claim.looks + 1)
            return Claimed(draft.but(fence=draft.fence + 1, claim=again), person())
        return Claimed(sending(draft), person())

    def interrupted(self, draft: Draft) -> tuple[str, ...]:
        return self.stops


def person(**changes: object) -> Contact:
    return contact(**{"open_draft": "d1", **changes})


def filed_in(subject: Draft, **changes: object) -> FakeMailbox:
    thread = subject.thread_id
    return FakeMailbox(drafts={"r1": (subject.raw, thread)}, **changes)  # type: ignore[arg-type]


def run(
    subject: Draft,
    mailbox: FakeMailbox,
    claims: FakeClaims | None = None,
    *,
    single: bool = False,
    at: datetime = NOW,
    of: Job | None = None,
) -> Outcome:
    return send_draft(
        of or job(stage="send_draft", draft_id=subject.id),
        drafts=FakeDrafts(subject),
        contacts=FakeContacts(person()),
        claims=claims or FakeClaims(),
        mailbox=mailbox,
        single_send=lambda: single,
        recheck=RECHECK,
        now=at,
    )


def draft_of(outcome: Outcome) -> Draft:
    return next(each for each in outcome.writes if isinstance(each, Draft))


def kinds(outcome: Outcome) -> list[str]:
    return [each.kind for each in outcome.writes if isinstance(each, AuditEntry)]


# The plain send


def test_exactly_the_approved_bytes_go_out_once_and_everybody_learns_of_it() -> None:
    subject = ready()
    mailbox = filed_in(subject)
    outcome = expect(Advance, run(subject, mailbox))
    assert mailbox.taken == [("r1", subject.raw)]
    assert (outcome.stage, outcome.announce, kinds(outcome)) == ("log_send", ("sent",), [audit.DRAFT_SENT])
    after = draft_of(outcome)
    assert (after.state, after.sent_at, after.claim, after.fence) == (DraftState.SENT, NOW, None, 1)
    assert after.sent_message_id == "sent-1"
    assert outcome.increments == {path: {"reserved": -1, "used": 1} for path in QUOTAS}
    (patch,) = outcome.patches.values()
    assert list(outcome.patches) == [person().path]
    assert (patch["open_draft"], patch["last_mailed_at"]) == (None, NOW)


def test_words_that_somebody_saved_in_between_are_not_sent() -> None:
    subject = ready()
    mailbox = filed_in(subject)
    mailbox.saved["r1"] = 1
    outcome = expect(Wait, run(subject, mailbox))
    assert mailbox.taken == []
    assert (outcome.until, outcome.reasons) == (NOW + RECHECK, (HANDLED,))
    after = draft_of(outcome)
    assert (after.state, after.claim) == (DraftState.APPROVED, None)
    assert outcome.increments == {path: {"reserved": -1} for path in QUOTAS}
    assert kinds(outcome) == [audit.SEND_RELEASED]


def test_a_draft_that_is_gone_is_left_to_the_sweep_that_sees_what_people_do() -> None:
    outcome = expect(Wait, run(ready(), FakeMailbox()))
    assert (outcome.until, outcome.reasons) == (NOW + RECHECK, (HANDLED,))


def test_a_mail_that_came_into_the_thread_voids_the_approval() -> None:
    subject = ready(thread_id="t1", thread_head="m9", gmail_thread_id="t1")
    mailbox = filed_in(subject)
    mailbox.threads["t1"] = mail_thread(message(id="m9"), message(id="m10", sent_at=NOW + timedelta(hours=1)))
    outcome = expect(Wait, run(subject, mailbox))
    assert mailbox.taken == []
    assert (outcome.until, outcome.reasons) == (None, (NEW_MAIL,))
    after = draft_of(outcome)
    assert (after.state, after.approval) == (DraftState.PENDING, None)
    assert kinds(outcome) == [audit.SEND_RELEASED, audit.APPROVAL_VOIDED]


def test_the_draft_itself_sent_by_hand_between_two_looks_is_no_mail_that_came() -> None:
    """Taken for one, the sweep would look for what was sent after it, and find nothing."""
    subject = ready(thread_id="t1", thread_head="m9", gmail_thread_id="t1")
    mailbox = SentAtTheHead()
    mailbox.drafts["r1"] = (subject.raw, subject.thread_id)
    mailbox.threads["t1"] = mail_thread(message(id="m9"))
    outcome = expect(Wait, run(subject, mailbox))
    assert mailbox.taken == []
    assert (outcome.until, outcome.reasons) == (NOW + RECHECK, (HANDLED,))
    after = draft_of(outcome)
    assert (after.state, after.thread_head) == (DraftState.APPROVED, "m9")


class SentAtTheHead(FakeMailbox):
    """Somebody sends the draft by hand just before its thread is looked at."""

    def head(self, thread_id: str) -> str | None:
        self.drafts.clear()
        self.threads[thread_id] = mail_thread(message(id="m9"), message(id="m10", sent_at=NOW))
        return super().head(thread_id)


def test_the_thread_that_was_read_may_be_answered() -> None:
    subject = ready(thread_id="t1", thread_head="m9", gmail_thread_id="t1")
    mailbox = filed_in(subject)
    mailbox.threads["t1"] = mail_thread(message(id="m9"))
    expect(Advance, run(subject, mailbox))
    assert len(mailbox.taken) == 1


def test_a_stop_after_the_claim_gives_it_back() -> None:
    subject = ready()
    mailbox = filed_in(subject)
    outcome = expect(Wait, run(subject, mailbox, FakeClaims(stops=("control/flags: the kill switch is on",))))
    assert mailbox.taken == []
    assert outcome.until == NOW + RECHECK
    assert draft_of(outcome).state is DraftState.APPROVED


# What may not be claimed


@pytest.mark.parametrize(
    ("waited", "pause"),
    [
        (timedelta(), RECHECK),
        (timedelta(minutes=40), RECHECK),
        (timedelta(hours=2), timedelta(minutes=12)),
        (timedelta(hours=60), timedelta(minutes=30)),
    ],
)
def test_the_longer_sending_is_switched_off_the_less_often_it_is_asked(
    waited: timedelta, pause: timedelta
) -> None:
    at = NOW + waited
    refused = Refused(Obstacle.PAUSED, ("sending is switched off",), None)
    subject = ready()
    outcome = expect(Wait, run(subject, filed_in(subject), FakeClaims(refused=refused), at=at))
    assert outcome.until == at + pause


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_what_is_refused_reaches_no_mailbox(obstacle: Obstacle) -> None:
    subject = ready()
    mailbox = filed_in(subject)
    later = NOW + timedelta(hours=9)
    until = later if obstacle is Obstacle.LATER else None
    outcome = run(subject, mailbox, FakeClaims(refused=Refused(obstacle, ("because",), until)))
    assert mailbox.trouble.asked == []
    assert outcome.increments == {}
    match obstacle:
        case Obstacle.PAUSED:
            assert expect(Wait, outcome).until == NOW + RECHECK
            assert outcome.writes == ()
        case Obstacle.LATER:
            assert expect(Wait, outcome).until == later
            assert outcome.writes == ()
        case Obstacle.VOID:
            assert expect(Hold, outcome).reasons == ("because", FOR_A_PERSON)
            assert (draft_of(outcome).state, kinds(outcome)) == (DraftState.PENDING, [audit.APPROVAL_VOIDED])
        case Obstacle.EXPIRED:
            assert expect(Advance, outcome).stage == "withdraw_draft"
            assert (draft_of(outcome).state, kinds(outcome)) == (DraftState.EXPIRED, [audit.DRAFT_EXPIRED])
        case Obstacle.FORBIDDEN:
            assert expect(Advance, outcome).stage == "withdraw_draft"
            assert outcome.known["withdrawn"] == ("d1",)
            assert (draft_of(outcome).state, kinds(outcome)) == (DraftState.REJECTED, [audit.DRAFT_REJECTED])
            freed = next(each for each in outcome.writes if isinstance(each, Contact))
            assert freed.open_draft is None


@pytest.mark.parametrize(
    "state", [DraftState.REJECTED, DraftState.EXPIRED, DraftState.SENT, DraftState.SENT_BY_HAND]
)
def test_a_draft_that_is_over_is_neither_claimed_nor_sent(state: DraftState) -> None:
    mailbox, claims = FakeMailbox(), FakeClaims()
    expect(Stop, run(draft(state=state), mailbox, claims))
    assert (mailbox.trouble.asked, claims.claimed) == ([], [])


def test_one_that_is_not_approved_any_more_waits_for_a_person() -> None:
    outcome = expect(Wait, run(draft(), FakeMailbox()))
    assert (outcome.until, outcome.reasons) == (None, (FOR_A_PERSON,))


def test_one_that_is_held_stays_held() -> None:
    mailbox = FakeMailbox()
    expect(Hold, run(draft(state=DraftState.HELD, end_reason="its answer was lost"), mailbox))
    assert mailbox.trouble.asked == []


# What the mailbox refuses


def test_a_mailbox_that_took_nothing_is_asked_again_later_each_time_later() -> None:
    pauses: list[float] = []
    for fence in range(9):
        subject = ready(fence=fence)
        mailbox = filed_in(subject, trouble=Trouble(fails={"send_draft": Retryable("gmail: answered 429")}))
        outcome = expect(Wait, run(subject, mailbox))
        assert draft_of(outcome).state is DraftState.APPROVED
        assert outcome.until is not None
        pauses.append((outcome.until - NOW).total_seconds())
    assert pauses == sorted(pauses)
    assert (pauses[0] > 60, pauses[-1]) == (True, 3600)


def test_the_mailboxs_own_wish_is_waited_for() -> None:
    failure = Retryable("gmail: answered 429", retry_after_s=7200)
    outcome = expect(Wait, run(ready(), filed_in(ready(), trouble=Trouble(fails={"send_draft": failure}))))
    assert outcome.until == NOW + timedelta(hours=2)


def test_what_gmail_refuses_for_good_waits_for_a_person_and_its_quota_is_given_back() -> None:
    trouble = Trouble(fails={"send_draft": Permanent("gmail: send_draft answered 400")})
    outcome = expect(Wait, run(ready(), filed_in(ready(), trouble=trouble)))
    assert (outcome.until, draft_of(outcome).state) == (None, DraftState.PENDING)
    assert outcome.increments == {path: {"reserved": -1} for path in QUOTAS}


@pytest.mark.parametrize("operation", ["draft", "head"])
def test_a_mailbox_that_cannot_be_read_gives_the_claim_back(operation: str) -> None:
    mailbox = filed_in(ready(), trouble=Trouble(fails={operation: Retryable("gmail: could not connect")}))
    outcome = expect(Wait, run(ready(), mailbox))
    assert (mailbox.taken, draft_of(outcome).state) == ([], DraftState.APPROVED)


# What became of it is not known


def test_an_answer_that_was_lost_leaves_the_draft_sending() -> None:
    mailbox = filed_in(ready(), trouble=Trouble(loses={"send_draft"}))
    with pytest.raises(Unclear):
        run(ready(), mailbox)
    assert len(mailbox.taken) == 1


def test_a_rerun_finds_the_mail_that_went_out_and_sends_nothing() -> None:
    subject = ready()
    mailbox = filed_in(subject, trouble=Trouble(loses={"send_draft"}))
    with pytest.raises(Unclear):
        run(subject, mailbox)
    mailbox.trouble = Trouble()
    claims = FakeClaims()
    outcome = expect(Advance, run(sending(subject), mailbox, claims, at=NOW + timedelta(minutes=2)))
    assert (outcome.stage, len(mailbox.taken), claims.claimed) == ("log_send", 1, [])
    assert draft_of(outcome).state is DraftState.SENT
    assert outcome.increments == {path: {"reserved": -1, "used": 1} for path in QUOTAS}


def test_a_mail_without_our_mark_is_known_by_its_thread_recipient_and_subject() -> None:
    subject = ready()
    mailbox = filed_in(subject, keeps_marker=False, trouble=Trouble(loses={"send_draft"}))
    with pytest.raises(Unclear):
        run(subject, mailbox)
    mailbox.trouble = Trouble()
    expect(Advance, run(sending(subject), mailbox))


def looked(subject: Draft, mailbox: FakeMailbox, *, single: bool = False) -> Outcome:
    """Runs until it no longer waits to look once more."""
    for _ in range(DEFAULTS.send_looks + 1):
        outcome = run(subject, mailbox, single=single)
        if not isinstance(outcome, Wait):
            return outcome
        assert outcome.until == NOW + timedelta(seconds=DEFAULTS.send_look_s)
        subject = draft_of(outcome)
    raise AssertionError("it looks for ever")


def test_a_draft_that_is_gone_without_a_mail_is_looked_for_and_then_held() -> None:
    mailbox = FakeMailbox()
    outcome = expect(Hold, looked(sending(), mailbox))
    assert (outcome.announce, kinds(outcome)) == (("held",), [audit.SEND_HELD])
    assert outcome.reasons[-1] == SETTLE
    held = draft_of(outcome)
    assert held.state is DraftState.HELD
    assert held.claim is not None
    assert held.claim.quotas == QUOTAS, "the quota stays reserved: it may have been sent"
    assert outcome.increments == {}


def test_a_draft_that_lies_there_is_not_sent_again_where_two_sends_may_be_two_mails() -> None:
    mailbox = filed_in(ready())
    expect(Hold, looked(sending(), mailbox))
    assert mailbox.taken == []


def test_it_is_sent_again_where_two_sends_were_seen_to_give_one_mail() -> None:
    mailbox, claims = filed_in(ready()), FakeClaims()
    outcome = expect(Advance, run(sending(), mailbox, claims, single=True))
    assert len(mailbox.taken) == 1
    assert len(claims.claimed) == 1, "everything is judged anew before"
    assert draft_of(outcome).fence == 2


def test_it_is_not_sent_again_when_somebody_changed_it() -> None:
    mailbox = filed_in(ready())
    mailbox.saved["r1"] = 1
    expect(Hold, looked(sending(), mailbox, single=True))
    assert mailbox.taken == []


def test_it_is_held_when_it_may_not_be_sent_any_more() -> None:
    mailbox = filed_in(ready())
    refused = Refused(Obstacle.FORBIDDEN, ("suppressed: OPT_OUT",))
    outcome = expect(Hold, run(sending(), mailbox, FakeClaims(refused=refused), single=True))
    assert (mailbox.taken, draft_of(outcome).state) == ([], DraftState.HELD)


def test_while_stopped_an_unclear_send_waits() -> None:
    mailbox = filed_in(ready())
    refused = Refused(Obstacle.PAUSED, ("control/flags: the kill switch is on",))
    assert (
        expect(Wait, run(sending(), mailbox, FakeClaims(refused=refused), single=True)).until == NOW + RECHECK
    )
    assert mailbox.taken == []


def test_answers_that_are_lost_time_and_again_end_in_a_hold() -> None:
    mailbox = filed_in(ready())
    expect(Hold, run(sending(looks=DEFAULTS.send_looks), mailbox, single=True))
    assert mailbox.taken == []


def test_a_404_is_no_success_and_no_proof_of_the_contrary() -> None:
    """Another run of the same request was faster, or somebody pressed Send at this moment."""
    subject = ready()
    mailbox = filed_in(subject)

    @dataclass
    class Racing(FakeMailbox):
        def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> None:
            self.drafts.clear()
            return

    outcome = run(subject, Racing(drafts=dict(mailbox.drafts)))
    assert expect(Wait, outcome).until == NOW + timedelta(seconds=DEFAULTS.send_look_s)
    assert draft_of(outcome).state is DraftState.SENDING


def test_a_mail_beside_a_draft_that_still_lies_there_is_for_a_person() -> None:
    subject = ready()
    mailbox = filed_in(subject)
    expect(Advance, run(subject, mailbox))
    mailbox.drafts["r1"] = (subject.raw, None)
    outcome = expect(Hold, run(sending(subject), mailbox, single=True))
    assert len(mailbox.taken) == 1
    assert "delete" in outcome.reasons[0]


def test_a_mail_from_before_the_claim_is_no_evidence() -> None:
    subject = ready()
    mailbox = filed_in(subject)
    expect(Advance, run(subject, mailbox))
    mailbox.sent[:] = [replace(mail, sent_at=NOW - timedelta(hours=1)) for mail in mailbox.sent]
    expect(Hold, looked(sending(subject), mailbox))


def test_the_recipient_is_the_contacts_own() -> None:
    assert ready().recipient == ADDRESS
