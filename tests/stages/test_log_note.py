"""One note at the CRM contact, brought up to date, never doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Permanent, Unclear
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Outcome, Stop
from shared.stages.file_draft import file_draft
from shared.stages.log_note import log_note, note_of
from shared.stages.log_task import log_task
from tests.builders import COMPANY, IDENTITY, NOW, SENDER, draft, expect, job, submission
from tests.fakes import FakeCrm, FakeDrafts, FakeMailbox, FakeThreads, Trouble
from tests.policy.test_answered import heard


def logged(crm: FakeCrm, subject: Draft, *, again: bool = False, **changes: object) -> Advance:
    known = job(stage="log_note", draft_id=subject.id, **changes)
    outcome = log_note(known, drafts=FakeDrafts(subject), crm=crm, may_have_happened=again, now=NOW)
    advance = expect(Advance, outcome)
    assert advance.stage == "log_task"
    return advance


def written(outcome: Outcome) -> Draft:
    (document,) = outcome.writes
    assert isinstance(document, Draft)
    return document


def test_the_first_time_a_note_is_made_at_the_contact_and_the_company() -> None:
    crm = FakeCrm()
    kept = written(logged(crm, draft()))
    note = crm.notes["note-1"]
    assert (note.contact_id, note.company_id, note.at) == ("501", COMPANY.crm_id, NOW)
    assert (kept.note_id, kept.note_revision) == ("note-1", 1)
    assert crm.trouble.asked == ["create_note"], "a first run has nothing to look for"


def test_a_person_without_a_company_has_the_note_alone() -> None:
    crm = FakeCrm()
    logged(crm, draft(), identity=IDENTITY.but(company=None))
    assert crm.notes["note-1"].company_id is None


def test_a_revision_brings_the_same_note_up_to_date() -> None:
    crm = FakeCrm()
    first = written(logged(crm, draft()))
    kept = written(logged(crm, first.but(revision=2, subject="A better subject")))
    assert list(crm.notes) == ["note-1"]
    assert "revision 2" in crm.notes["note-1"].body
    assert "A better subject" in crm.notes["note-1"].body
    assert kept.note_revision == 2


def test_a_rerun_finds_the_note_whose_answer_was_lost_and_brings_it_to_this_revision() -> None:
    crm = FakeCrm(trouble=Trouble(loses={"create_note"}))
    with pytest.raises(Unclear):
        logged(crm, draft())
    kept = written(logged(crm, draft(revision=2), again=True))
    assert list(crm.notes) == ["note-1"]
    assert kept.note_id == "note-1"
    assert "revision 2" in crm.notes["note-1"].body


def test_a_rerun_that_finds_nothing_makes_the_note() -> None:
    crm = FakeCrm()
    assert written(logged(crm, draft(), again=True)).note_id == "note-1"


def test_a_note_about_another_draft_is_left_alone() -> None:
    crm = FakeCrm()
    logged(crm, draft(id="d2"))
    logged(crm, draft(), again=True)
    assert len(crm.notes) == 2


def test_the_note_says_what_happened_and_where_the_draft_is() -> None:
    body = note_of(job(), draft(gmail_message_id="18c"))
    assert body.startswith(
        f'A draft answers the form submission "Demo request"; revision 1 waits for approval in {SENDER.mailbox}.'
    )
    assert f"Subject: {draft().subject}" in body
    assert f"https://mail.google.com/mail/u/?authuser={SENDER.mailbox}#drafts/18c" in body
    assert "[whisper:d1]" in body


def test_the_note_counts_the_earlier_submissions_it_answers_too() -> None:
    two = (submission(), submission(conversion_id="c0"), submission(conversion_id="c00"))
    assert '"Demo request" (and 2 earlier);' in note_of(job(submissions=two), draft())


def test_a_job_without_a_submission_answers_a_person() -> None:
    assert note_of(job(submissions=()), draft()).startswith("A draft answers this person; revision 1")


@pytest.mark.parametrize(("length", "cut"), [(200, False), (201, True)])
def test_the_preview_is_the_first_two_hundred_characters(length: int, cut: bool) -> None:
    body = note_of(job(), draft(body="x" * length))
    assert "x" * 200 in body
    assert "x" * 201 not in body
    assert ("…" in body) is cut


def test_the_note_is_plain_text_because_the_crm_port_makes_markup_of_it() -> None:
    asked = submission(form_name="Demo <b>now</b> & here")
    body = note_of(job(submissions=(asked,)), draft(subject="Ops & <Finance>"))
    assert "Demo <b>now</b> & here" in body
    assert "Ops & <Finance>" in body
    assert "&lt;" not in body
    assert "<p>" not in body


def test_a_crm_that_refuses_the_note_fails_the_job_instead_of_going_on_without_it() -> None:
    crm = FakeCrm(trouble=Trouble(fails={"create_note": Permanent("hubspot: answered 403")}))
    with pytest.raises(Permanent):
        logged(crm, draft())


@pytest.mark.parametrize("again", [False, True])
def test_a_note_that_a_person_deleted_is_written_anew(again: bool) -> None:
    crm = FakeCrm()
    kept = written(logged(crm, draft(note_id="note-gone"), again=again))
    assert list(crm.notes) == [kept.note_id]


@pytest.mark.parametrize("state", [DraftState.REJECTED, DraftState.SENT_BY_HAND, DraftState.EXPIRED])
@pytest.mark.parametrize("stage", ["file_draft", "log_note", "log_task"])
def test_nothing_is_filed_or_logged_for_a_draft_that_a_person_closed(stage: str, state: DraftState) -> None:
    crm, mailbox, decided = FakeCrm(), FakeMailbox(), draft(state=state)
    known, drafts = job(stage=stage, draft_id=decided.id), FakeDrafts(decided)
    outcomes = {
        "file_draft": lambda: file_draft(
            known, drafts=drafts, mailbox=mailbox, threads=FakeThreads(), may_have_happened=False, now=NOW
        ),
        "log_note": lambda: log_note(known, drafts=drafts, crm=crm, may_have_happened=False, now=NOW),
        "log_task": lambda: log_task(known, drafts=drafts, crm=crm, may_have_happened=False, now=NOW),
    }
    stop = expect(Stop, outcomes[stage]())
    assert stop.status is Status.STOPPED
    assert not crm.trouble.asked
    assert not mailbox.trouble.asked


def test_the_note_of_a_reply_says_which_mail_is_answered_and_how_many_with_it() -> None:
    one = job(submissions=(), mails=(heard(),))
    assert note_of(one, draft()).startswith("A draft answers their mail of 2026-03-16; revision 1 waits")
    many = job(mails=(heard(), heard(message_id="m8", received_at=NOW - timedelta(hours=1))))
    assert note_of(many, draft()).startswith(
        "A draft answers their mail of 2026-03-16 (and 1 earlier), and their form with it; revision 1"
    )
    assert note_of(job(mails=(heard(received_at=NOW - timedelta(days=1)),)), draft()).startswith(
        'A draft answers the form submission "Demo request"'
    )
