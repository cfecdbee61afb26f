"""One draft in the mailbox, in the right thread, however often the stage runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Unclear
from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.draft import Draft
from shared.jobs.outcome import Advance, Outcome, Wait
from shared.stages.file_draft import file_draft
from tests.builders import IDENTITY, draft, expect, job
from tests.fakes import FakeDrafts, FakeMailbox, Trouble


def filed(
    mailbox: FakeMailbox, subject: Draft, *, again: bool = False, crm_contact_id: str | None = "501"
) -> Outcome:
    known = job(stage="file_draft", draft_id=subject.id, identity=IDENTITY.but(crm_contact_id=crm_contact_id))
    return file_draft(known, drafts=FakeDrafts(subject), mailbox=mailbox, may_have_happened=again)


def written(outcome: Outcome) -> Draft:
    (document,) = outcome.writes
    assert isinstance(document, Draft)
    return document


def test_the_first_time_exactly_these_bytes_are_filed() -> None:
    mailbox = FakeMailbox()
    outcome = expect(Advance, filed(mailbox, draft()))
    assert outcome.stage == "log_note"
    assert outcome.announce == ("drafted",)
    assert mailbox.drafts == {"r1": (draft().raw, None)}
    kept = written(outcome)
    assert (kept.gmail_draft_id, kept.gmail_message_id, kept.gmail_revision) == ("r1", "r1-message", 1)
    assert mailbox.trouble.asked == ["create_draft"], "a first run has nothing to look for"


def test_an_answer_is_filed_in_its_thread() -> None:
    mailbox = FakeMailbox()
    filed(mailbox, draft(thread_id="t1"))
    assert mailbox.drafts["r1"][1] == "t1"


def test_a_revision_replaces_the_draft_that_is_there() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    second = first.but(revision=2, raw=draft(body="Hello Maya").raw)
    outcome = expect(Advance, filed(mailbox, second))
    assert mailbox.drafts == {"r1": (second.raw, None)}
    assert written(outcome).gmail_revision == 2
    assert outcome.announce == ("revised",)


def test_a_rerun_adopts_the_orphan_of_a_run_that_died_and_brings_it_to_this_revision() -> None:
    mailbox = FakeMailbox(trouble=Trouble(loses={"create_draft"}))
    with pytest.raises(Unclear):
        filed(mailbox, draft())
    newer = draft(revision=2, subject="Reporting at Brightloop")
    outcome = expect(Advance, filed(mailbox, newer, again=True))
    assert mailbox.drafts == {"r1": (newer.raw, None)}
    assert (written(outcome).gmail_draft_id, written(outcome).gmail_revision) == ("r1", 2)
    assert outcome.announce == ("drafted",)


def test_a_rerun_that_finds_nothing_files_the_draft() -> None:
    mailbox = FakeMailbox()
    expect(Advance, filed(mailbox, draft(), again=True))
    assert list(mailbox.drafts) == ["r1"]


def test_a_rerun_does_not_adopt_another_persons_draft() -> None:
    mailbox = FakeMailbox()
    filed(mailbox, draft(id="d2"))
    filed(mailbox, draft(), again=True)
    assert len(mailbox.drafts) == 2


def test_a_draft_that_a_person_deleted_in_the_mailbox_is_made_anew() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.drafts.clear()
    outcome = expect(Advance, filed(mailbox, first.but(revision=2)))
    assert list(mailbox.drafts) == ["r2"]
    assert written(outcome).gmail_draft_id == "r2"


def test_a_draft_made_anew_whose_answer_was_lost_is_found_and_not_made_a_third_time() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft())).but(revision=2)
    mailbox.drafts.clear()
    mailbox.trouble.loses.add("create_draft")
    with pytest.raises(Unclear):
        filed(mailbox, first)
    outcome = filed(mailbox, first, again=True)
    assert list(mailbox.drafts) == ["r2"]
    assert written(outcome).gmail_draft_id == "r2"


def test_where_the_crm_knows_nobody_the_job_waits_for_a_person_with_its_draft_filed() -> None:
    mailbox = FakeMailbox()
    outcome = expect(Wait, filed(mailbox, draft(), crm_contact_id=None))
    assert outcome.until is None
    assert outcome.reasons == (FOR_A_PERSON,)
    assert outcome.announce == ("drafted",)
    assert written(outcome).gmail_revision == 1


RUNS = st.lists(st.sampled_from(["runs", "dies after the effect", "revised", "deleted by hand"]), max_size=12)


@settings(max_examples=150, deadline=None)
@given(RUNS)
def test_whatever_happens_between_runs_there_is_one_draft_at_its_newest_revision(events: list[str]) -> None:
    mailbox, kept, died = FakeMailbox(), draft(), False
    for event in [*events, "runs"]:
        if event == "revised":
            kept = kept.but(revision=kept.revision + 1, raw=draft(subject=f"Number {kept.revision}").raw)
        elif event == "deleted by hand":
            mailbox.drafts.clear()
        elif event == "dies after the effect":
            mailbox.trouble.loses = {"create_draft", "update_draft"}
            with pytest.raises(Unclear):
                filed(mailbox, kept, again=died)
            mailbox.trouble.loses, died = set(), True
        else:
            kept, died = written(filed(mailbox, kept, again=died)), False
    assert list(mailbox.drafts.values()) == [(kept.raw, None)]
    assert kept.gmail_draft_id in mailbox.drafts
    assert kept.gmail_revision == kept.revision
