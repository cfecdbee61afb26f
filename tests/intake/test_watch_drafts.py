"""Every open draft is compared with what lies in the mailbox; one that fails keeps no other waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from shared.errors import Failure, Retryable
from shared.intake.watch_drafts import Watched, watch_drafts
from shared.jobs.draft import Draft
from shared.policy.by_hand import Attached, Deed, Deleted, Readdressed, Resaved, Rewritten, Sent
from tests.builders import ADDRESS, NOW, draft
from tests.fakes import FakeMailbox

LATER = NOW + timedelta(minutes=3)


@dataclass
class Handled:
    """Takes what was found; `busy` are drafts whose job is under way."""

    taken: dict[str, Deed] = field(default_factory=dict[str, Deed])
    busy: set[str] = field(default_factory=set[str])
    fails: dict[str, Failure] = field(default_factory=dict[str, Failure])

    def take(self, draft: Draft, found: Deed, now: datetime) -> bool:
        if draft.id in self.fails:
            raise self.fails[draft.id]
        if draft.id in self.busy:
            return False
        self.taken[draft.id] = found
        return True


def filed(mailbox: FakeMailbox, id_: str = "d1", **changes: object) -> Draft:
    subject = draft(id=id_, **changes)
    there = mailbox.create_draft(subject.raw, None)
    return subject.but(
        gmail_draft_id=there.id, gmail_message_id=there.message_id, gmail_thread_id=there.thread_id
    )


def watched(
    mailbox: FakeMailbox, *drafts: Draft, handled: Handled, failures: list[Failure] | None = None
) -> Watched:
    found = Watched()
    told = [] if failures is None else failures
    watch_drafts(drafts, mailbox=mailbox, handled=handled, now=LATER, failed=told.append, watched=found)
    return found


def test_drafts_that_lie_there_as_they_were_filed_cost_one_question_together() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    drafts = [filed(mailbox, f"d{number}") for number in range(5)]
    mailbox.trouble.asked.clear()
    assert watched(mailbox, *drafts, handled=handled) == Watched(drafts=5)
    assert mailbox.trouble.asked == ["listed_drafts"]
    assert handled.taken == {}


def test_a_draft_that_was_sent_is_known_by_the_mail_that_went_out() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    went = mailbox.send("r1", LATER)
    assert watched(mailbox, one, handled=handled).sent == 1
    assert handled.taken == {"d1": Sent(went)}


def test_a_draft_that_was_sent_is_known_where_the_mailbox_s_clock_is_behind_ours() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    went = mailbox.send("r1", one.created_at - timedelta(seconds=200))
    assert watched(mailbox, one, handled=handled).sent == 1
    assert handled.taken == {"d1": Sent(went)}


def test_a_draft_that_was_thrown_away_is_known_as_such() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    mailbox.drafts.clear()
    assert watched(mailbox, one, handled=handled).deleted == 1
    assert handled.taken == {"d1": Deleted()}


def test_a_draft_that_was_rewritten_or_readdressed_is_a_change_of_its_words_or_recipients() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    words, people = filed(mailbox, "d1"), filed(mailbox, "d2")
    mailbox.edit("r1", draft(body="My own words.").raw)
    mailbox.edit("r2", draft(recipient="boss@brightloop.io").raw)
    found = watched(mailbox, words, people, handled=handled)
    assert found == Watched(drafts=2, rewritten=2)
    assert handled.taken == {
        "d1": Rewritten("r1-message-1", words.subject, "My own words."),
        "d2": Readdressed("r2-message-1"),
    }


def test_a_draft_with_a_file_is_a_change_of_it() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    changed = message_from_bytes(one.raw, policy=default)
    assert isinstance(changed, EmailMessage)
    changed.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    mailbox.edit("r1", changed.as_bytes())
    assert watched(mailbox, one, handled=handled) == Watched(drafts=1, rewritten=1)
    assert handled.taken == {"d1": Attached("r1-message-1")}


def test_a_draft_that_gmail_saved_again_is_left_alone_and_its_new_message_kept() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    mailbox.edit("r1", one.raw)
    assert watched(mailbox, one, handled=handled) == Watched(drafts=1, left_alone=1)
    assert handled.taken == {"d1": Resaved("r1-message-1")}


def test_a_draft_whose_job_is_under_way_is_looked_at_next_time() -> None:
    mailbox, handled = FakeMailbox(), Handled(busy={"d1"})
    one = filed(mailbox)
    mailbox.drafts.clear()
    assert watched(mailbox, one, handled=handled) == Watched(drafts=1, left_alone=1)


def test_a_draft_that_was_never_filed_has_nothing_to_compare() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    assert watched(mailbox, draft(), handled=handled) == Watched(drafts=1)
    assert handled.taken == {}


@pytest.mark.parametrize("where", ["the mailbox", "the database"])
def test_a_draft_that_fails_keeps_no_other_waiting(where: str) -> None:
    mailbox, handled, failures = FakeMailbox(), Handled(), list[Failure]()
    bad = filed(mailbox, "bad", recipient="poison@brightloop.io")
    good = filed(mailbox, "good")
    mailbox.drafts.clear()
    busy = Retryable("gmail: answered 503")
    if where == "the mailbox":
        mailbox = Poisoned(mailbox, busy)
    else:
        handled.fails["bad"] = busy
    found = watched(mailbox, bad, good, handled=handled, failures=failures)
    assert failures == [busy]
    assert (found.failed, found.deleted) == (1, 1)
    assert list(handled.taken) == ["good"]


class Poisoned(FakeMailbox):
    """Cannot say what went out to one person."""

    def __init__(self, like: FakeMailbox, failure: Failure) -> None:
        super().__init__(drafts=like.drafts)
        self._failure = failure

    def sent_mails(self, address: str, since: datetime):  # type: ignore[no-untyped-def]
        if address.startswith("poison"):
            raise self._failure
        return super().sent_mails(address, since)


def test_a_mailbox_that_cannot_list_its_drafts_says_nothing_about_any() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    mailbox.drafts.clear()
    mailbox.trouble.fails["listed_drafts"] = Retryable("gmail: answered 429")
    with pytest.raises(Retryable):
        watched(mailbox, one, handled=handled)
    assert handled.taken == {}


def test_only_mails_to_this_person_since_the_draft_was_made_can_be_the_draft() -> None:
    mailbox, handled = FakeMailbox(), Handled()
    one = filed(mailbox)
    other = filed(mailbox, "d2", recipient="boss@brightloop.io")
    mailbox.send("r2", LATER)
    mailbox.send("r1", NOW - timedelta(days=1))
    assert one.recipient == ADDRESS
    found = watched(mailbox, one, other, handled=handled)
    assert (found.deleted, found.sent) == (1, 1)
    assert handled.taken["d1"] == Deleted()
