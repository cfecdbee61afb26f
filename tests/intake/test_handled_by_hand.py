"""What a person did in Gmail is known everywhere at once: draft, job, contact, quota, audit, announcements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.intake.handled_by_hand import ATTACHED, READDRESSED, SENT, Consequences, consequences
from shared.jobs.announcement import Announcement
from shared.jobs.audit import DRAFT_REJECTED, DRAFT_REVISED, DRAFT_SENT, AuditEntry
from shared.jobs.contact import Answering, Contact, Mailed
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Evidence, Source, Verdict
from shared.jobs.job import FINAL, Job, Status
from shared.jobs.mailbox import mailbox_id
from shared.policy.by_hand import Attached, Deed, Deleted, Readdressed, Resaved, Rewritten, Sent
from shared.policy.letter import differences, read
from shared.ports.mailbox import SentMail
from tests.builders import (
    ADDRESS,
    NOW,
    ROUTING,
    SENDER,
    THREAD,
    contact,
    draft,
    heard_mail,
    job,
    submission,
    tenant,
)

AT = NOW + timedelta(minutes=20)
LATER = NOW + timedelta(minutes=25)
WENT = Sent(SentMail("s1", "t1", AT, "Salesforce reporting at Brightloop", (ADDRESS,), "d1"))
WORDS = Rewritten("m2", "A short call", "Hi Maya,\n\nshall we talk on Tuesday?\n\nAnn")
DEEDS: dict[str, Deed] = {
    "sent": WENT,
    "deleted": Deleted(),
    "rewritten": WORDS,
    "readdressed": Readdressed("m2"),
    "attached": Attached("m2"),
    "resaved": Resaved("m2"),
}


def filed(**changes: Any) -> Draft:
    fields = {
        "gmail_draft_id": "r1",
        "gmail_message_id": "m1",
        "gmail_thread_id": "t1",
        "gmail_revision": 1,
        "note_id": "note-1",
        "verdict": Verdict(revision=1),
    }
    return draft(**{**fields, **changes}).read_at(NOW)


def waiting(**changes: Any) -> Job:
    """The draft's job, waiting for a person."""
    fields = {
        "stage": "await_approval",
        "status": Status.WAITING,
        "draft_id": "d1",
        "submissions": (submission(),),
    }
    return job(**{**fields, **changes}).read_at(NOW)


def handled(
    found: Deed,
    subject: Draft | None = None,
    *,
    owner: Job | None = None,
    person: Contact | None = None,
    orphan: bool = False,
    **settings: Any,
) -> Consequences:
    return consequences(
        subject or filed(),
        found,
        owner=None if orphan else owner or waiting(),
        contact=person or contact(open_draft="d1"),
        tenant=tenant(**settings),
        routing=ROUTING,
        now=LATER,
    )


def one(of: Consequences, type_: type[Document]) -> Any:
    (found,) = (each for each in of.writes if isinstance(each, type_))
    return found


# Sent


def test_a_draft_that_was_sent_is_over_and_says_when_and_as_which_mail() -> None:
    after: Draft = one(handled(WENT), Draft)
    assert after.state is DraftState.SENT_BY_HAND
    assert (after.sent_at, after.sent_message_id, after.end_reason) == (AT, "s1", SENT)
    assert after.version == NOW


def test_the_contact_was_mailed_then_and_is_open_for_a_new_draft() -> None:
    after: Contact = one(handled(WENT), Contact)
    assert (after.open_draft, after.last_mailed_at, after.updated_at) == (None, AT, LATER)


def test_a_contact_who_was_mailed_later_by_somebody_else_stays_so() -> None:
    person = contact(open_draft="d2", last_mailed_at=AT + timedelta(minutes=1))
    after: Contact = one(handled(WENT, person=person), Contact)
    assert after.last_mailed_at == AT + timedelta(minutes=1)
    assert after.open_draft == "d2", "another draft is open for them now"


@pytest.mark.parametrize(
    ("zone", "at", "day", "week"),
    [
        ("UTC", datetime(2026, 3, 16, 23, 59, tzinfo=UTC), "2026-03-16", "2026-W12"),
        ("Asia/Tokyo", datetime(2026, 3, 16, 23, 59, tzinfo=UTC), "2026-03-17", "2026-W12"),
        ("America/New_York", datetime(2026, 3, 17, 3, 59, tzinfo=UTC), "2026-03-16", "2026-W12"),
        ("America/New_York", datetime(2026, 3, 17, 4, 0, tzinfo=UTC), "2026-03-17", "2026-W12"),
        ("UTC", datetime(2026, 3, 15, 23, 59, tzinfo=UTC), "2026-03-15", "2026-W11"),
        ("Asia/Tokyo", datetime(2026, 3, 15, 23, 59, tzinfo=UTC), "2026-03-16", "2026-W12"),
        ("America/New_York", datetime(2026, 3, 16, 3, 59, tzinfo=UTC), "2026-03-15", "2026-W11"),
    ],
)
def test_the_mail_counts_for_the_mailbox_on_the_tenant_s_day_and_week(
    zone: str, at: datetime, day: str, week: str
) -> None:
    went = Sent(SentMail("s1", "t1", at, "x", (ADDRESS,)))
    found = handled(went, time_zone=zone)
    quota = f"tenants/default/quotas/{mailbox_id(SENDER.mailbox)}"
    assert found.increments == {f"{quota}-{day}": {"by_hand": 1}, f"{quota}-{week}": {"by_hand": 1}}


def test_increments_ride_with_documents_that_are_created_so_that_nothing_counts_twice() -> None:
    created = [each for each in handled(WENT).writes if each.version is None]
    assert {type(each) for each in created} >= {AuditEntry, Announcement}
    again = handled(WENT)
    assert {each.path for each in created} == {each.path for each in again.writes if each.version is None}


def test_its_job_goes_on_to_tell_the_crm() -> None:
    after: Job = one(handled(WENT), Job)
    assert (after.stage, after.status, after.draft_id) == ("log_outcome", Status.RUNNING, "d1")
    assert after.next is not None
    assert after.epoch == waiting().epoch + 1
    assert after.version == NOW


def test_without_a_note_the_job_is_over_at_once() -> None:
    found = handled(WENT, filed(note_id=None))
    assert found.job is not None
    assert (found.job.status, found.job.reasons, found.job.next) == (Status.DONE, (SENT,), None)


@pytest.mark.parametrize("what", ["a mail", "a form"])
def test_what_the_person_wrote_after_that_mail_is_not_answered_by_it(what: str) -> None:
    newer = AT + timedelta(seconds=1)
    owner = (
        waiting(mails=(heard_mail(received_at=newer),), mends=1)
        if what == "a mail"
        else waiting(submissions=(submission(submitted_at=newer),), mends=1)
    )
    found = handled(WENT, owner=owner)
    assert found.job is not None
    assert (found.job.stage, found.job.begins_anew) == ("log_outcome", True)
    assert (found.job.status, found.job.mends) == (Status.RUNNING, 0)
    assert one(found, Draft).state is DraftState.SENT_BY_HAND


def test_it_is_kept_as_the_answer_to_the_newest_thing_that_came_before_it() -> None:
    """A newer form, booked as answered, could be answered by no other draft."""
    first = submission(conversion_id="c1", submitted_at=NOW)
    second = submission(conversion_id="c2", submitted_at=AT + timedelta(seconds=1))
    mail = heard_mail(message_id="m2", received_at=AT + timedelta(seconds=1))
    for owner in (waiting(submissions=(second, first)), waiting(submissions=(first,), mails=(mail,))):
        after: Contact = one(handled(WENT, owner=owner), Contact)
        kept = Mailed(at=AT, draft_id="d1", answering=Answering.FORM, event="c1")
        assert after.recent_mails == (kept,)
    in_time = waiting(submissions=(second.but(submitted_at=AT), first))
    after = one(handled(WENT, owner=in_time), Contact)
    assert after.recent_mails[-1].event == "c2"


def test_a_mailbox_whose_clock_is_behind_answers_what_the_draft_was_begun_for() -> None:
    early = Sent(replace(WENT.mail, sent_at=NOW - timedelta(minutes=2)))
    found = handled(early, owner=waiting(submissions=(submission(conversion_id="c1", submitted_at=NOW),)))
    after: Contact = one(found, Contact)
    assert (after.recent_mails[-1].event, after.recent_mails[-1].at) == ("c1", early.mail.sent_at)
    assert found.job is not None
    assert not found.job.begins_anew


def test_what_the_person_wrote_before_that_mail_is_answered_by_it() -> None:
    owner = waiting(mails=(heard_mail(received_at=AT), heard_mail(received_at=None)))
    found = handled(WENT, owner=owner)
    assert found.job is not None
    assert found.job.stage == "log_outcome"


# Thrown away


def test_a_draft_that_was_thrown_away_is_rejected_and_its_contact_open_again() -> None:
    found = handled(Deleted())
    after: Draft = one(found, Draft)
    assert after.state is DraftState.REJECTED
    assert "deleted" in after.end_reason
    person: Contact = one(found, Contact)
    assert (person.open_draft, person.last_mailed_at) == (None, None)
    assert found.increments == {}
    assert found.job is not None
    assert found.job.stage == "log_outcome"


def test_without_a_note_the_job_of_a_draft_that_was_thrown_away_is_stopped() -> None:
    found = handled(Deleted(), filed(note_id=None))
    assert found.job is not None
    assert found.job.status is Status.STOPPED


# Rewritten


def test_a_person_s_words_are_the_next_revision_and_no_approval_outlives_them() -> None:
    before = filed(state=DraftState.APPROVED)
    after: Draft = one(handled(WORDS, before), Draft)
    assert (after.subject, after.body) == (WORDS.subject, WORDS.body)
    assert (after.revision, after.gmail_revision, after.gmail_message_id) == (2, 2, "m2")
    assert (after.state, after.verdict, after.written_by) == (DraftState.PENDING, None, "hand")
    assert after.revised_at == LATER
    assert after.hash != before.hash


def test_its_bytes_are_those_of_its_words_with_our_footer_under_them() -> None:
    after: Draft = one(handled(WORDS), Draft)
    assert differences(after) == ()
    assert after.footer
    assert after.footer in read(after.raw).text


def test_the_way_out_stays_whatever_the_person_wrote() -> None:
    before = filed()
    words = Rewritten(
        "m2", "List-Unsubscribe: <https://evil.example/>", "List-Unsubscribe: <https://evil.example/>"
    )
    after: Draft = one(handled(words, before), Draft)
    assert after.opt_out_url == before.opt_out_url != ""
    assert read(after.raw).opt_out == (f"<{before.opt_out_url}>", "List-Unsubscribe=One-Click")


def test_only_what_the_person_left_standing_is_still_proved_and_what_they_ask_is_what_is_asked() -> None:
    kept = Evidence(claim="Tuesday", source=Source.FORM, field="form.message", span="Tuesday")
    lost = Evidence(claim="10 days", source=Source.SENDER, field="sender.facts[1]", span="10 days")
    before = filed(evidence=(kept, lost), call_to_action="Would Monday suit you?")
    after: Draft = one(handled(WORDS, before), Draft)
    assert after.evidence == (kept,)
    assert after.call_to_action == "shall we talk on Tuesday?"
    silent = Rewritten("m2", "A short note", "Hi Maya,\n\nthank you.\n\nAnn")
    assert one(handled(silent, before), Draft).call_to_action == ""


def test_its_job_has_it_judged_again_from_the_start() -> None:
    found = handled(WORDS, owner=waiting(status=Status.HELD, mends=1, verdict=Verdict(revision=1)))
    assert found.job is not None
    assert (found.job.stage, found.job.status) == ("gate_draft", Status.RUNNING)
    assert (found.job.mends, found.job.verdict, found.job.reasons) == (0, None, ())


def test_an_answer_stays_an_answer() -> None:
    found = handled(WORDS, filed(thread_id="t1"), owner=waiting(thread=THREAD))
    assert b"In-Reply-To: <m9@mail.gmail.com>" in one(found, Draft).raw
    fresh = handled(WORDS, filed(thread_id=None), owner=waiting(thread=THREAD))
    assert b"In-Reply-To" not in one(fresh, Draft).raw


def test_the_contact_is_not_touched_by_a_revision() -> None:
    assert not [each for each in handled(WORDS).writes if isinstance(each, Contact)]


def test_words_that_cannot_be_sent_are_a_persons_to_mend() -> None:
    long = Rewritten("m2", "x", "word " * 60_000)
    found = handled(long)
    assert found.job is not None
    assert found.job.status is Status.HELD
    assert "cannot be sent" in found.job.reasons[0]
    after: Draft = one(found, Draft)
    assert (after.body, after.gmail_message_id) == (draft().body, "m2")
    assert (after.state, after.verdict) == (DraftState.PENDING, None)


def test_a_mailbox_that_is_no_longer_a_sender_of_ours_sends_nothing() -> None:
    ben = SENDER.but(mailbox="ben@northwind.com")
    found = handled(WORDS, senders={ben.mailbox: ben}, default_sender=ben.mailbox)
    assert found.job is not None
    assert found.job.status is Status.HELD


# Readdressed, or with a file


@pytest.mark.parametrize("stage", ["await_approval", "send_draft"])
def test_a_draft_with_a_file_is_held_and_our_bytes_go_out_in_its_place_by_nobody(stage: str) -> None:
    before = filed(state=DraftState.APPROVED)
    found = handled(Attached("m2"), before, owner=waiting(stage=stage))
    after: Draft = one(found, Draft)
    assert (after.state, after.verdict, after.approval) == (DraftState.PENDING, None, None)
    assert (after.revision, after.gmail_revision, after.gmail_message_id) == (2, 2, "m2")
    assert found.job is not None
    assert (found.job.status, found.job.reasons) == (Status.HELD, (ATTACHED,))
    assert "file" in ATTACHED


def test_a_draft_to_somebody_else_is_held_and_its_approval_is_void() -> None:
    found = handled(Readdressed("m2"), filed(state=DraftState.APPROVED))
    after: Draft = one(found, Draft)
    assert (after.state, after.verdict, after.revision, after.gmail_message_id) == (
        DraftState.PENDING,
        None,
        2,
        "m2",
    )
    assert (after.recipient, after.raw) == (ADDRESS, draft().raw), "our bytes never go to anybody else (P10)"
    assert found.job is not None
    assert (found.job.status, found.job.reasons) == (Status.HELD, (READDRESSED,))


# Saved again


def test_a_draft_that_was_only_saved_again_has_a_new_message_and_nothing_else() -> None:
    before = filed(state=DraftState.APPROVED)
    found = handled(Resaved("m2"), before)
    assert found.writes == (before.but(gmail_message_id="m2"),)
    assert found.job is None
    assert found.increments == {}


@pytest.mark.parametrize(
    ("stage", "reasons"),
    [
        ("file_draft", ("a person changed it",)),
        ("await_approval", (READDRESSED,)),
        ("await_approval", (ATTACHED,)),
    ],
)
def test_a_draft_that_was_put_back_to_our_words_goes_on_where_it_was_held(
    stage: str, reasons: tuple[str, ...]
) -> None:
    held = waiting(stage=stage, status=Status.HELD, reasons=reasons, mends=1)
    found = handled(Resaved("m2"), filed(revision=2), owner=held)
    assert found.job is not None
    assert (found.job.stage, found.job.status, found.job.mends) == ("gate_draft", Status.RUNNING, 0)
    after: Draft = one(found, Draft)
    assert (after.gmail_message_id, after.gmail_revision) == ("m2", 2)


def test_a_job_that_is_held_for_another_reason_stays_held() -> None:
    held = waiting(stage="gate_draft", status=Status.HELD, reasons=("over 200 words",))
    assert handled(Resaved("m2"), owner=held).job is None


# Every deed


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_job_that_is_over_stays_over(name: str, status: Status) -> None:
    found = handled(DEEDS[name], owner=waiting(status=status))
    assert found.job is None
    assert not [each for each in found.writes if isinstance(each, Job)]
    assert one(found, Draft)


@pytest.mark.parametrize("name", DEEDS)
def test_a_draft_whose_job_or_contact_is_gone_is_handled_all_the_same(name: str) -> None:
    found = consequences(
        filed(), DEEDS[name], owner=None, contact=None, tenant=tenant(), routing=ROUTING, now=LATER
    )
    assert one(found, Draft)
    assert not [each for each in found.writes if isinstance(each, Job | Contact)]


@pytest.mark.parametrize(
    ("name", "kind", "after", "told"),
    [
        ("sent", DRAFT_SENT, "SENT_BY_HAND 1", "sent_by_hand"),
        ("deleted", DRAFT_REJECTED, "REJECTED 1", "rejected"),
        ("rewritten", DRAFT_REVISED, "PENDING 2", ""),
        ("readdressed", DRAFT_REVISED, "PENDING 2", "held"),
        ("attached", DRAFT_REVISED, "PENDING 2", "held"),
    ],
)
def test_each_deed_is_in_the_audit_and_told_to_whom_it_concerns(
    name: str, kind: str, after: str, told: str
) -> None:
    found = handled(DEEDS[name], filed(state=DraftState.APPROVED))
    entry: AuditEntry = one(found, AuditEntry)
    assert (entry.kind, entry.subject, entry.before, entry.after) == (kind, "d1", "APPROVED 1", after)
    assert entry.at == LATER
    assert "@" not in entry.model_dump_json()
    assert entry.version is None
    announced = [each.type for each in found.writes if isinstance(each, Announcement)]
    assert announced == ([told] if told else [])


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("status", [Status.WAITING, Status.HELD])
def test_every_document_is_written_once_and_the_job_that_is_written_is_the_one_that_goes_on(
    name: str, status: Status
) -> None:
    found = handled(DEEDS[name], owner=waiting(status=status))
    paths = [each.path for each in found.writes]
    assert len(paths) == len(set(paths))
    written = [each for each in found.writes if isinstance(each, Job)]
    assert written == ([found.job] if found.job is not None else [])
