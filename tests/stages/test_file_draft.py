"""One draft in the mailbox, in the right thread, however often the stage runs; a person's words are kept."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Retryable, Unclear
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Hold, Outcome, Stop
from shared.jobs.thread import FollowedThread, followed_id
from shared.ports.mailbox import SentMail
from shared.stages.file_draft import BY_HAND, SENT_MEANWHILE, file_draft
from tests.builders import IDENTITY, NOW, SENDER, draft, expect, followed_thread, job
from tests.fakes import FakeDrafts, FakeMailbox, FakeThreads, Trouble

LATER = NOW + timedelta(minutes=3)


def filed(
    mailbox: FakeMailbox,
    subject: Draft,
    *,
    again: bool = False,
    crm_contact_id: str | None = "501",
    threads: FakeThreads | None = None,
) -> Outcome:
    known = job(stage="file_draft", draft_id=subject.id, identity=IDENTITY.but(crm_contact_id=crm_contact_id))
    return file_draft(
        known,
        drafts=FakeDrafts(subject),
        mailbox=mailbox,
        threads=threads or FakeThreads(),
        may_have_happened=again,
        now=NOW,
    )


def written(outcome: Outcome) -> Draft:
    (document,) = (each for each in outcome.writes if isinstance(each, Draft))
    return document


def followed(outcome: Outcome) -> list[FollowedThread]:
    return [each for each in outcome.writes if isinstance(each, FollowedThread)]


def revised(first: Draft, body: str) -> Draft:
    """The next revision, as write_draft makes it."""
    return first.but(revision=first.revision + 1, body=body, raw=draft(body=body).raw)


def by_a_person(first: Draft, body: str) -> bytes:
    """The bytes of a person's own words: Gmail's window drops our mark."""
    raw = draft(body=body).raw
    return b"\r\n".join(line for line in raw.split(b"\r\n") if not line.startswith(b"X-Whisper-Draft"))


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
    second = revised(first, "Hello Maya")
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


def test_where_the_crm_knows_nobody_nothing_is_logged_and_the_filed_draft_waits_for_its_decision() -> None:
    mailbox = FakeMailbox()
    outcome = expect(Advance, filed(mailbox, draft(), crm_contact_id=None))
    assert outcome.stage == "await_approval"
    assert outcome.announce == ("drafted",)
    assert written(outcome).gmail_revision == 1


# What answers are heard by


def test_the_thread_of_the_filed_draft_is_followed_with_the_person_it_is_to() -> None:
    (thread,) = followed(filed(FakeMailbox(), draft()))
    assert thread.id == followed_id(SENDER.mailbox, "r1-thread")
    assert (thread.contact_id, thread.draft_id, thread.mailbox) == ("k1", "d1", SENDER.mailbox)
    assert (thread.thread_id, thread.followed_at, thread.version) == ("r1-thread", NOW, None)


def test_a_thread_that_is_followed_for_this_draft_is_not_written_again() -> None:
    known = FakeThreads(followed_thread())
    assert followed(filed(FakeMailbox(), draft(thread_id="t1"), threads=known)) == []


def test_a_followed_thread_is_handed_to_the_newer_draft_and_keeps_its_person() -> None:
    old = followed_thread(draft_id="d0", contact_id="k0").read_at(NOW)
    (thread,) = followed(filed(FakeMailbox(), draft(thread_id="t1"), threads=FakeThreads(old)))
    assert (thread.draft_id, thread.contact_id, thread.version) == ("d1", "k0", NOW)


def test_the_draft_knows_in_which_thread_it_lies() -> None:
    assert written(filed(FakeMailbox(), draft())).gmail_thread_id == "r1-thread"
    assert written(filed(FakeMailbox(), draft(thread_id="t1"))).gmail_thread_id == "t1"


# People in Gmail


def test_what_a_person_wrote_in_gmail_meanwhile_is_never_overwritten() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    theirs = by_a_person(first, "My own words.")
    mailbox.edit("r1", theirs)
    for again in (False, True):
        hold = expect(Hold, filed(mailbox, revised(first, "Ours"), again=again))
        assert hold.reasons == (BY_HAND,)
        assert hold.writes == ()
    assert mailbox.drafts["r1"][0] == theirs


def test_a_person_s_change_is_told_from_ours_also_where_gmail_kept_our_mark() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.edit("r1", draft(body="My own words.").raw)
    expect(Hold, filed(mailbox, revised(first, "Ours"), again=True))


def test_a_file_that_a_person_attached_is_never_taken_out_by_a_rerun() -> None:
    """Its words are those of our next revision, and Gmail kept our mark."""
    mailbox = FakeMailbox()
    second = revised(written(filed(mailbox, draft())), "Hello Maya")
    with_a_file = message_from_bytes(second.raw, policy=default)
    assert isinstance(with_a_file, EmailMessage)
    with_a_file.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    mailbox.edit("r1", with_a_file.as_bytes())
    assert expect(Hold, filed(mailbox, second, again=True)).reasons == (BY_HAND,)
    assert mailbox.drafts["r1"][0] == with_a_file.as_bytes()


def test_our_own_revision_of_a_run_that_died_is_not_taken_for_a_person_s() -> None:
    mailbox = FakeMailbox()
    second = revised(written(filed(mailbox, draft())), "Hello Maya")
    mailbox.trouble.loses.add("update_draft")
    with pytest.raises(Unclear):
        filed(mailbox, second)
    outcome = expect(Advance, filed(mailbox, second, again=True))
    assert written(outcome).gmail_revision == 2


def test_a_draft_that_a_person_sent_meanwhile_is_not_made_anew() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.send("r1", LATER)
    hold = expect(Hold, filed(mailbox, revised(first, "Ours")))
    assert hold.reasons == (SENT_MEANWHILE,)
    assert mailbox.drafts == {}


def test_a_mail_sent_instead_of_the_draft_that_is_gone_is_never_doubled() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.drafts.clear()
    mailbox.sent.append(SentMail("x", "t-other", LATER, "Lunch?", (first.recipient,)))
    assert expect(Hold, filed(mailbox, revised(first, "Ours"))).reasons == (SENT_MEANWHILE,)
    assert mailbox.drafts == {}


def test_a_revision_that_a_person_wrote_in_gmail_itself_lies_there_already() -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.trouble.asked.clear()
    outcome = expect(Advance, filed(mailbox, first.but(revision=2, gmail_revision=2)))
    assert mailbox.trouble.asked == []
    assert (outcome.stage, outcome.writes, outcome.announce) == ("log_note", (), ("revised",))


@pytest.mark.parametrize("call", ["draft", "sent_mails"])
def test_a_mailbox_that_cannot_say_what_a_person_did_has_nothing_filed(call: str) -> None:
    mailbox = FakeMailbox()
    first = written(filed(mailbox, draft()))
    mailbox.drafts.clear()
    mailbox.trouble.fails[call] = Retryable("gmail: answered 503")
    with pytest.raises(Retryable):
        filed(mailbox, revised(first, "Ours"))
    assert mailbox.drafts == {}


RUNS = st.lists(
    st.sampled_from(["runs", "dies after the effect", "revised", "deleted by hand", "edited by hand"]),
    max_size=12,
)


@settings(max_examples=200)
@given(RUNS)
def test_whatever_happens_between_runs_there_is_one_draft_and_no_person_s_words_are_lost(
    events: list[str],
) -> None:
    """It is at its newest revision, or held because the mailbox has another text than was filed."""
    mailbox, kept, died, theirs = FakeMailbox(), draft(), False, b""
    outcome: Outcome | None = None
    for event in [*events, "revised", "runs"]:
        if event == "revised":
            kept = revised(kept, f"Number {kept.revision}")
        elif event == "deleted by hand":
            mailbox.drafts.clear()
            theirs = b""
        elif event == "edited by hand":
            if mailbox.drafts and kept.gmail_draft_id in mailbox.drafts:
                theirs = by_a_person(kept, "My own words.")
                mailbox.edit(kept.gmail_draft_id or "", theirs)
        else:
            if event == "dies after the effect":
                mailbox.trouble.loses = {"create_draft", "update_draft"}
            try:
                outcome = filed(mailbox, kept, again=died)
            except Unclear:
                died = True
            else:
                died = died and isinstance(outcome, Hold)
                kept = written(outcome) if outcome.writes else kept
            mailbox.trouble.loses = set()
    assert len(mailbox.drafts) == 1
    ((text, _),) = mailbox.drafts.values()
    if isinstance(outcome, Hold):
        assert text != kept.raw
    else:
        assert text == kept.raw
        assert kept.gmail_draft_id in mailbox.drafts
        assert kept.gmail_revision == kept.revision
    assert not theirs or text == theirs


def test_a_draft_that_was_rejected_while_it_was_filed_does_not_stay_in_the_mailbox() -> None:
    mailbox = FakeMailbox()
    filed(mailbox, draft())
    assert len(mailbox.drafts) == 1
    stopped = expect(Stop, filed(mailbox, draft(state=DraftState.REJECTED), again=True))
    assert stopped.status is Status.STOPPED
    assert mailbox.drafts == {}
