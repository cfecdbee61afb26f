"""One open draft for each contact: begun, revised in place, or handed to the job that owns it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Permanent, Retryable
from shared.jobs.audit import APPROVAL_VOIDED, DRAFT_REVISED, AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Severity, Verdict, Violation
from shared.jobs.job import Intent, Job, Usage
from shared.jobs.moves import taken_up
from shared.jobs.outcome import Advance, Hold, Merge, Outcome, Wait
from shared.policy import letter, quality
from shared.stages.write_draft import HELD_WAIT, KEPT_SUBMISSIONS, SENDING_WAIT, write_draft
from tests.builders import (
    ADDRESS,
    NOW,
    ROUTING,
    SENDER,
    THREAD,
    approved,
    contact,
    draft,
    expect,
    job,
    rules,
    submission,
)
from tests.fakes import FakeContacts, FakeDrafts, FakeJobs, FakeModel, FakeStore
from tests.policy.test_answered import heard

LATER = NOW + timedelta(hours=1)


def store(*documents: Draft | Job, open_draft: str | None = None) -> FakeStore:
    made = FakeStore(contacts=FakeContacts(contact(open_draft=open_draft)))
    for document in documents:
        made.put(document)
    return made


def wrote(of: Job, kept: FakeStore, *, model: FakeModel | None = None) -> Outcome:
    return write_draft(
        of,
        contacts=kept.contacts,
        drafts=kept.drafts,
        jobs=kept.jobs,
        model=model,
        opt_out_url=way_out,
        now=LATER,
    )


def way_out(contact_id: str) -> str:
    return f"https://functions.example/receive_opt_out?t={contact_id}"


def draft_of(outcome: Outcome) -> Draft:
    return next(document for document in outcome.writes if isinstance(document, Draft))


def writer(**changes: object) -> Job:
    return job(stage="write_draft", **changes)


def begun(of: Job | None = None) -> tuple[FakeStore, Job, Draft]:
    """A store in which a job has written its first draft."""
    kept, first = store(), of or writer()
    outcome = wrote(first, kept)
    first = kept.commit(first, outcome)
    return kept, first, draft_of(outcome)


# A first draft


def test_a_first_draft_is_written_to_the_person_and_opened_for_the_contact() -> None:
    kept = store()
    outcome = expect(Advance, wrote(writer(), kept))
    assert outcome.stage == "gate_draft"
    made = draft_of(outcome)
    assert (made.job_id, made.contact_id, made.state, made.revision) == ("j1", "k1", DraftState.PENDING, 1)
    assert (made.sender, made.recipient) == (SENDER.mailbox, ADDRESS)
    assert outcome.known["draft_id"] == made.id
    kept.commit(writer(), outcome)
    assert kept.contacts.kept["k1"].open_draft == made.id


def test_the_bytes_say_what_the_fields_say_and_carry_the_drafts_id() -> None:
    made = draft_of(wrote(writer(), store()))
    assert letter.differences(made) == ()
    assert letter.read(made.raw).draft_id == made.id


def test_the_same_run_twice_makes_the_same_draft() -> None:
    assert draft_of(wrote(writer(), store())) == draft_of(wrote(writer(), store()))


def test_an_answer_in_a_thread_has_its_subject_and_its_head() -> None:
    made = draft_of(wrote(writer(thread=THREAD), store()))
    assert made.subject == "Re: Reporting for Brightloop"
    assert (made.thread_id, made.thread_head) == ("t1", "m9")
    assert b"In-Reply-To: <m9@mail.gmail.com>" in made.raw


def test_a_draft_that_is_closed_is_left_behind_for_a_new_one() -> None:
    sent = draft(id="old", job_id="j0", state=DraftState.SENT)
    outcome = expect(Advance, wrote(writer(), store(sent, open_draft="old")))
    assert draft_of(outcome).id != "old"
    assert {type(each) for each in outcome.writes} == {Draft, Contact, AuditEntry}, (
        "the contact's open draft changes"
    )


# Its own draft


def test_its_own_open_draft_is_revised_in_place() -> None:
    kept, first, made = begun()
    asked = submission(fields={"message": "One more thing: does it cover NetSuite too?"})
    outcome = expect(Advance, wrote(first.but(submissions=(asked, *first.submissions)), kept))
    revised = draft_of(outcome)
    assert (revised.id, revised.revision, revised.state) == (made.id, 2, DraftState.PENDING)
    assert revised.body != made.body
    assert revised.hash != made.hash
    assert (revised.created_at, revised.revised_at) == (made.created_at, LATER)
    assert {type(each) for each in outcome.writes} == {Draft, AuditEntry}, "the contact knows it already"


def test_a_revision_keeps_where_the_draft_lies_and_forgets_how_it_was_judged() -> None:
    kept, first, made = begun()
    filed = made.but(gmail_draft_id="r1", note_id="n1", task_id="t1", verdict=Verdict(revision=1)).read_at(
        NOW
    )
    kept.put(filed)
    revised = draft_of(wrote(first, kept))
    assert (revised.gmail_draft_id, revised.note_id, revised.task_id) == ("r1", "n1", "t1")
    assert revised.verdict is None
    assert revised.version == NOW, "it is written only if nobody changed it meanwhile"


def test_a_revision_takes_back_an_approval() -> None:
    kept, first, made = begun()
    kept.put(approved(made))
    outcome = wrote(first, kept)
    revised = draft_of(outcome)
    assert (revised.state, revised.approval) == (DraftState.PENDING, None)
    assert [each.kind for each in outcome.writes if isinstance(each, AuditEntry)] == [
        DRAFT_REVISED, APPROVAL_VOIDED
    ]  # fmt: skip


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    ("state", "wait"), [(DraftState.SENDING, SENDING_WAIT), (DraftState.HELD, HELD_WAIT)]
)
def test_a_draft_that_may_have_been_sent_is_neither_revised_nor_handed_over(
    own: bool, state: DraftState, wait: timedelta
) -> None:
    owner = writer(id="j1" if own else "j0")
    kept = store(owner, draft(state=state, job_id=owner.id), open_draft="d1")
    outcome = wrote(writer(), kept)
    assert outcome.writes == ()
    if own:
        back = expect(Advance, outcome)
        assert back.stage == "send_draft", "only its own job finds out what became of the send"
        assert back.known == {"draft_id": "d1", "begins_anew": True}
    else:
        assert expect(Wait, outcome).until == LATER + wait


@pytest.mark.parametrize("state", [DraftState.REJECTED, DraftState.EXPIRED, DraftState.SENT_BY_HAND])
def test_after_its_draft_was_closed_a_job_begins_another_under_a_new_id(state: DraftState) -> None:
    kept, first, made = begun()
    kept.put(made.but(state=state))
    second = draft_of(expect(Advance, wrote(first, kept)))
    assert second.id != made.id
    assert second.revision == 1
    assert kept.drafts.kept[made.id].state is state


# Another job's draft


def merge(state: DraftState = DraftState.PENDING) -> tuple[Merge, Job, Job]:
    """A newer submission by the same person while the older job's draft is open."""
    older = writer(id="j0", event_ids=("e0",), notes=("an old note",))
    newer = writer(
        event_ids=("e1",),
        submissions=(submission(conversion_id="c2", submitted_at=LATER),),
        thread=THREAD,
        notes=("a new note",),
    )
    opened = draft(job_id="j0")
    kept = store(older, approved(opened) if state is DraftState.APPROVED else opened, open_draft="d1")
    return expect(Merge, wrote(newer, kept)), older, newer


@pytest.mark.parametrize("state", [DraftState.PENDING, DraftState.APPROVED])
def test_another_jobs_open_draft_makes_this_job_end_in_that_one(state: DraftState) -> None:
    outcome, older, _ = merge(state)
    assert outcome.into == older
    if state is DraftState.PENDING:
        assert outcome.writes == ()
    else:
        pending, entry = outcome.writes
        assert isinstance(pending, Draft)
        assert isinstance(entry, AuditEntry)
        assert (pending.state, pending.approval, entry.kind) == (DraftState.PENDING, None, APPROVAL_VOIDED)
    assert older.id in outcome.reasons[0]


def test_the_job_that_owns_the_draft_takes_up_all_that_the_newer_one_learned() -> None:
    outcome, older, newer = merge()
    owner = taken_up(older, outcome, ROUTING, LATER)
    assert [each.conversion_id for each in owner.submissions] == ["c2", "c1"], "newest first"
    assert owner.event_ids == ("e0", "e1")
    assert (owner.identity, owner.sender, owner.thread) == (newer.identity, newer.sender, newer.thread)
    assert (owner.slots, owner.plan, owner.verdict) == (newer.slots, newer.plan, None)


@pytest.mark.parametrize("lies", ["filed", "being filed", "nowhere"])
def test_a_draft_that_lies_in_a_mailbox_or_may_lie_there_stays_in_that_one(lies: str) -> None:
    other = SENDER.but(mailbox="ben@northwind.com", name="Ben Ode")
    intent = Intent(stage="file_draft", epoch=3, recorded_at=NOW, lease_until=LATER)
    older = writer(id="j0", intents={"file_draft": intent} if lies == "being filed" else {})
    lying = draft(job_id="j0", gmail_draft_id="r1" if lies == "filed" else None)
    outcome = expect(Merge, wrote(writer(sender=other), store(older, lying, open_draft="d1")))
    owner = taken_up(older, outcome, ROUTING, LATER)
    assert owner.sender == (other if lies == "nowhere" else older.sender)


def test_an_older_submission_that_arrives_late_is_not_taken_for_the_newest() -> None:
    older = writer(id="j0")
    late = writer(submissions=(submission(conversion_id="c0", submitted_at=NOW - timedelta(days=1)),))
    outcome = expect(Merge, wrote(late, store(older, draft(job_id="j0"), open_draft="d1")))
    assert [each.conversion_id for each in outcome.into.but(**outcome.hands_over).submissions] == ["c1", "c0"]


def test_an_event_that_both_know_is_named_once() -> None:
    older = writer(id="j0", event_ids=("e0", "e1"))
    outcome = expect(Merge, wrote(writer(), store(older, draft(job_id="j0"), open_draft="d1")))
    assert outcome.hands_over["event_ids"] == ("e0", "e1")


def test_a_job_never_grows_beyond_its_newest_submissions() -> None:
    many = tuple(
        submission(conversion_id=f"c{number}", submitted_at=NOW - timedelta(hours=number))
        for number in range(KEPT_SUBMISSIONS)
    )
    newer = writer(submissions=(submission(conversion_id="newest", submitted_at=LATER),))
    kept = store(writer(id="j0", submissions=many), draft(job_id="j0"), open_draft="d1")
    outcome = expect(Merge, wrote(newer, kept))
    owner = outcome.into.but(**outcome.hands_over)
    assert len(owner.submissions) == KEPT_SUBMISSIONS
    assert owner.submissions[0].conversion_id == "newest"


def test_a_draft_whose_job_is_gone_is_nobodys_and_a_new_one_is_begun() -> None:
    outcome = expect(Advance, wrote(writer(), store(draft(job_id="gone"), open_draft="d1")))
    assert draft_of(outcome).id != "d1"


# What holds


def test_a_person_who_writes_in_another_language_is_answered_by_a_person() -> None:
    asked = submission(
        fields={
            "message": "Hola, somos una empresa de logística y queremos ver una demostración del producto."
        }
    )
    outcome = expect(Hold, wrote(writer(submissions=(asked,)), store()))
    assert "another language (es)" in outcome.reasons[0]
    assert outcome.writes == ()


def test_a_mail_that_cannot_be_composed_is_held_with_the_field_and_the_mend() -> None:
    outcome = expect(Hold, wrote(writer(address="zoë@brightloop.io"), store()))
    (reason,) = outcome.reasons
    assert reason.startswith("the mail cannot be composed: recipient: ")
    assert "zoë" not in reason


def test_what_a_mail_that_is_held_has_cost_is_counted() -> None:
    asked = submission(fields={"message": "Hola, queremos ver una demostración del producto esta semana."})
    model = FakeModel(fails=Retryable("openai: answered 503"))
    outcome = expect(
        Hold, wrote(writer(submissions=(asked,), usage=Usage(input_tokens=7)), store(), model=model)
    )
    assert outcome.known["usage"] == Usage(input_tokens=7)


# Mending, and the model


def test_mending_leaves_out_what_the_gate_found() -> None:
    kept, first, made = begun()
    found = next(part for part in made.body.split("\n\n")[1].split(". ") if len(part.split()) > 4)
    broken = Violation(rule="evidence", severity=Severity.FAIL, found=f'"{found}"', mend="leave it out")
    verdict = Verdict(revision=1, violations=(broken,))
    mended = draft_of(wrote(first.but(mends=1, verdict=verdict), kept))
    assert found in made.body
    assert found not in mended.body
    assert mended.revision == 2


def test_a_verdict_that_asked_for_nothing_to_be_mended_does_not_change_the_words() -> None:
    kept, first, made = begun()
    broken = Violation(rule="tone", severity=Severity.WARN, found="", mend="")
    again = draft_of(wrote(first.but(mends=0, verdict=Verdict(revision=1, violations=(broken,))), kept))
    assert again.body == made.body


def test_the_job_forgets_the_verdict_on_the_last_revision() -> None:
    kept, first, _ = begun()
    assert (
        expect(Advance, wrote(first.but(mends=1, verdict=Verdict(revision=1)), kept)).known["verdict"] is None
    )


def test_a_model_that_fails_is_replaced_by_the_rule_and_the_reviewer_is_told() -> None:
    outcome = expect(
        Advance, wrote(writer(), store(), model=FakeModel(fails=Retryable("openai: answered 503")))
    )
    assert draft_of(outcome).written_by == "rule"
    assert "the model did not answer (retryable): openai: answered 503" in job().but(**outcome.known).notes


def test_a_models_words_are_taken_and_nothing_of_where_they_go() -> None:
    question = "Would Tuesday, March 17, 10:00-10:30 (New York time) suit you for a first call?"
    body = (
        "Hi Maya,\n\nThank you for your note about reporting and the spreadsheets that you want to leave behind "
        f"for good this year.\n\n{question}\n\nBest,\nAnn"
    )
    says = {
        "subject": "Reporting\nBcc: eve@evil.example",
        "body": body,
        "call_to_action": question,
        "evidence": [],
        "language": "en",
    }
    outcome = expect(Advance, wrote(writer(), store(), model=FakeModel(says=says)))
    made = draft_of(outcome)
    assert (made.written_by, made.body) == ("model:fake-1", body)
    assert made.subject == "Reporting Bcc: eve@evil.example"
    assert letter.read(made.raw).recipients == (ADDRESS,)
    assert "bcc" not in letter.read(made.raw).headers
    assert outcome.known["usage"] == Usage(input_tokens=120, output_tokens=45)


def test_what_the_rule_writes_passes_the_gate() -> None:
    made = draft_of(wrote(writer(), store()))
    verdict = quality.judge(made, writer(), rules(), LATER)
    assert verdict.outcome != "FAIL", verdict.reasons


# However jobs meet

RUNS = st.lists(
    st.tuples(st.sampled_from(["j1", "j2", "j3"]), st.sampled_from(["writes", "rejected", "sent by hand"])),
    max_size=14,
)


@settings(max_examples=60)
@given(RUNS)
def test_however_jobs_of_one_contact_interleave_one_draft_is_open_at_most(
    runs: list[tuple[str, str]],
) -> None:
    kept = store(*(writer(id=id_, event_ids=(f"e-{id_}",)) for id_ in ("j1", "j2", "j3")))
    ended: set[str] = set()
    for job_id, event in runs:
        opened = kept.contacts.kept["k1"].open_draft
        if event == "writes" and job_id not in ended:
            current = kept.jobs.kept[job_id]
            outcome = wrote(current, kept)
            if isinstance(outcome, Merge):
                ended.add(job_id)
                kept.put(taken_up(outcome.into, outcome, ROUTING, LATER))
            else:
                kept.commit(current, expect(Advance, outcome))
        elif event != "writes" and opened and kept.drafts.kept[opened].is_open:
            state = DraftState.REJECTED if event == "rejected" else DraftState.SENT_BY_HAND
            kept.put(kept.drafts.kept[opened].moved(state))
        still_open = [each for each in kept.drafts.kept.values() if each.is_open]
        assert len(still_open) <= 1
        assert all(each.id == kept.contacts.kept["k1"].open_draft for each in still_open)
        assert all(each.job_id not in ended for each in still_open), "a merged job owns no open draft"


def test_the_stage_needs_the_contact_that_resolve_identity_writes() -> None:
    nobody = FakeStore()
    with pytest.raises(AssertionError):
        wrote(writer(), nobody)


def test_a_store_without_the_open_draft_is_an_error_and_not_a_new_draft() -> None:
    with pytest.raises(Permanent):
        write_draft(
            writer(),
            contacts=FakeContacts(contact(open_draft="d1")),
            drafts=FakeDrafts(),
            jobs=FakeJobs(),
            model=None,
            opt_out_url=way_out,
            now=LATER,
        )


# The way out


def test_every_mail_carries_its_own_persons_way_out() -> None:
    kept, of, first = begun()
    url = way_out(of.contact_id)
    assert first.opt_out_url == url
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in first.raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in first.raw
    kept.put(first.but(opt_out_url="", raw=draft(opt_out_url="").raw))
    revised = draft_of(wrote(of, kept))
    assert (revised.revision, revised.opt_out_url) == (2, url), "a revision gets one that had none"
    assert letter.differences(revised) == ()


def test_without_a_way_out_nothing_is_written_and_no_model_is_asked() -> None:
    def locked(_contact_id: str) -> str:
        raise Retryable("secret opt-out-key could not be read")

    model = FakeModel()
    with pytest.raises(Retryable):
        write_draft(
            writer(),
            contacts=FakeContacts(contact()),
            drafts=FakeDrafts(),
            jobs=FakeJobs(),
            model=model,
            opt_out_url=locked,
            now=LATER,
        )
    assert model.asked == []


# Mails


def answering(**changes: object) -> Job:
    """A job that a mail of the person started."""
    return writer(kind="reply", submissions=(), mails=(heard(),), thread=THREAD, **changes)


def test_a_mail_is_answered_in_its_thread_with_their_own_question() -> None:
    made = draft_of(expect(Advance, wrote(answering(), store())))
    assert "whether it works with NetSuite too" in made.body
    assert (made.thread_id, made.thread_head) == ("t1", "m9")
    verdict = quality.judge(made, answering(), rules(), LATER)
    assert verdict.outcome != "FAIL", verdict.reasons


def test_a_promise_of_ours_that_is_open_is_told_to_the_reviewer() -> None:
    owed = THREAD.but(commitments=("I will send you the price list.",))
    outcome = expect(Advance, wrote(answering().but(thread=owed), store()))
    assert "We promised: I will send you the price list." in job().but(**outcome.known).notes


def test_the_mails_of_a_newer_job_are_handed_over_newest_first_and_each_once() -> None:
    old = heard(message_id="m1", received_at=NOW - timedelta(hours=3))
    older = writer(id="j0", mails=(old,))
    newer = answering().but(mails=(heard(message_id="m2"), old))
    outcome = expect(Merge, wrote(newer, store(older, draft(job_id="j0"), open_draft="d1")))
    owner = outcome.into.but(**outcome.hands_over)
    assert [mail.message_id for mail in owner.mails] == ["m2", "m1"]
    assert [each.conversion_id for each in owner.submissions] == ["c1"]


def test_a_job_never_grows_beyond_its_newest_mails() -> None:
    many = tuple(
        heard(message_id=f"m{hours}", received_at=NOW - timedelta(hours=hours))
        for hours in range(1, KEPT_SUBMISSIONS + 1)
    )
    kept = store(writer(id="j0", mails=many), draft(job_id="j0"), open_draft="d1")
    outcome = expect(Merge, wrote(answering().but(mails=(heard(message_id="newest"),)), kept))
    owner = outcome.into.but(**outcome.hands_over)
    assert len(owner.mails) == KEPT_SUBMISSIONS
    assert owner.mails[0].message_id == "newest"


@pytest.mark.parametrize("state", [DraftState.PENDING, DraftState.APPROVED])
@pytest.mark.parametrize(("of", "arrived"), [(answering(), "mail"), (writer(), "form")], ids=["mail", "form"])
def test_a_draft_that_a_person_rewrote_is_never_overwritten(of: Job, arrived: str, state: DraftState) -> None:
    kept, first, made = begun(of)
    theirs = made.but(written_by="hand", body="What Ann wrote herself.")
    kept.put(approved(theirs) if state is DraftState.APPROVED else theirs)
    model = FakeModel(fails=Retryable("never asked"))
    outcome = expect(Hold, wrote(first, kept, model=model))
    assert outcome.reasons[0].startswith(f"a person rewrote this draft, and a new {arrived} arrived: ")
    assert model.asked == []
    assert outcome.announce == ("held",)
    after = kept.commit(first, outcome)
    assert after.draft_id == made.id
    assert kept.drafts.kept[made.id].body == "What Ann wrote herself."
    assert kept.drafts.kept[made.id].state is DraftState.PENDING, "it was approved before this arrived"
    voided = [entry for entry in kept.audit if entry.kind == APPROVAL_VOIDED]
    assert len(voided) == (state is DraftState.APPROVED)


def test_a_mail_that_meets_another_jobs_rewritten_draft_goes_to_that_job() -> None:
    older = writer(id="j0")
    kept = store(older, draft(job_id="j0", written_by="hand"), open_draft="d1")
    expect(Merge, wrote(answering(), kept))
