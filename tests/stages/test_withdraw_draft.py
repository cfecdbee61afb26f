"""A draft to somebody who must not be mailed is taken out of the mailbox, and no other one is."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Permanent, Retryable, Unclear
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Kind
from shared.jobs.outcome import Advance
from shared.ports.mailbox import Mailbox
from shared.stages.withdraw_draft import withdraw_draft
from tests.builders import SENDER, draft, expect, heard_mail, job
from tests.fakes import FakeDrafts, FakeMailbox, Trouble

BEN = "ben@northwind.com"


def rejected(**changes: Any) -> Draft:
    return draft(**{"state": DraftState.REJECTED, "gmail_draft_id": "r1", **changes})


def withdrawn(subject: Draft, *others: Draft, **mailboxes: FakeMailbox) -> Advance:
    """`mailboxes` are Ann's and Ben's."""
    by_address = {SENDER.mailbox: mailboxes.get("ann"), BEN: mailboxes.get("ben")}

    def mailbox_at(address: str) -> Mailbox:
        found = by_address.get(address)
        if found is None:
            raise Permanent("the draft's mailbox is no longer one of the tenant's senders")
        return found

    of = job(
        kind=Kind.REPLY,
        stage="withdraw_draft",
        withdrawn=tuple(each.id for each in (subject, *others)),
        mails=(heard_mail(mailbox=SENDER.mailbox),),
    )
    return expect(Advance, withdraw_draft(of, drafts=FakeDrafts(subject, *others), mailbox_at=mailbox_at))


def holding(*ids: str) -> FakeMailbox:
    return FakeMailbox(drafts={id_: (draft().raw, None) for id_ in ids})


def test_the_draft_is_deleted_and_the_crm_is_told_next() -> None:
    ann = holding("r1", "r2")
    outcome = withdrawn(rejected(), ann=ann)
    assert list(ann.drafts) == ["r2"]
    assert (outcome.stage, outcome.writes, outcome.known) == ("log_outcome", (), {})


def test_it_is_deleted_in_the_mailbox_that_it_lies_in_not_in_the_one_that_heard_the_mail() -> None:
    ann, ben = holding("r1"), holding("r1")
    withdrawn(rejected(sender=BEN), ann=ann, ben=ben)
    assert (list(ann.drafts), list(ben.drafts)) == (["r1"], [])


def test_each_of_several_is_deleted() -> None:
    ann, ben = holding("r1"), holding("r1", "r2")
    withdrawn(rejected(), rejected(id="d2", sender=BEN, gmail_draft_id="r2"), ann=ann, ben=ben)
    assert (list(ann.drafts), list(ben.drafts)) == ([], ["r1"])


def test_one_that_is_gone_already_is_as_good_as_deleted() -> None:
    assert withdrawn(rejected(), ann=holding()).stage == "log_outcome"


def test_one_that_expired_leaves_the_mailbox_too() -> None:
    ann = holding("r1")
    withdrawn(rejected(state=DraftState.EXPIRED), ann=ann)
    assert ann.drafts == {}


@pytest.mark.parametrize(
    "state", [each for each in DraftState if each not in (DraftState.REJECTED, DraftState.EXPIRED)]
)
def test_a_draft_that_is_neither_rejected_nor_expired_is_left_where_it_is(state: DraftState) -> None:
    ann = holding("r1")
    assert withdrawn(rejected(state=state), ann=ann).stage == "log_outcome"
    assert list(ann.drafts) == ["r1"]
    assert ann.trouble.asked == []


def test_a_draft_that_was_never_filed_has_nothing_to_delete() -> None:
    ann = holding("r1")
    assert withdrawn(rejected(gmail_draft_id=None), ann=ann).stage == "log_outcome"
    assert ann.trouble.asked == []


def test_a_run_whose_answer_was_lost_is_repeated_without_harm() -> None:
    ann = holding("r1")
    ann.trouble = Trouble(loses={"delete_draft"})
    with pytest.raises(Unclear):
        withdrawn(rejected(), ann=ann)
    assert withdrawn(rejected(), ann=ann).stage == "log_outcome"
    assert ann.drafts == {}


@pytest.mark.parametrize("failure", [Retryable("gmail: answered 503"), Permanent("gmail: refused")])
def test_a_draft_that_could_not_be_deleted_is_never_said_to_be(failure: Retryable | Permanent) -> None:
    ann = holding("r1")
    ann.trouble = Trouble(fails={"delete_draft": failure})
    with pytest.raises(type(failure)):
        withdrawn(rejected(), ann=ann)


def test_a_mailbox_that_is_no_longer_ours_fails_visibly() -> None:
    with pytest.raises(Permanent):
        withdrawn(rejected(sender="gone@northwind.com"), ann=holding("r1"))
