"""A draft to somebody who must not be mailed is taken out of the mailbox, unless a person had sent it by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import Permanent, Retryable, Unclear
from shared.jobs import audit
from shared.jobs.announcement import Announcement
from shared.jobs.audit import AuditEntry
from shared.jobs.contact import Answering, Contact, Mailed
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Kind
from shared.jobs.mail import HeardMail
from shared.jobs.mailbox import mailbox_id
from shared.jobs.outcome import Advance
from shared.policy.by_hand import SENT
from shared.policy.letter import compose
from shared.ports.mailbox import Mailbox, SentMail
from shared.stages.withdraw_draft import withdraw_draft
from tests.builders import (
    ADDRESS,
    NOW,
    SENDER,
    contact,
    draft,
    expect,
    heard_mail,
    job,
    mail,
    mail_thread,
    message,
    tenant,
)
from tests.fakes import FakeContacts, FakeDrafts, FakeMailbox, Trouble

BEN = "ben@northwind.com"
AT = NOW + timedelta(minutes=20)
LATER = NOW + timedelta(minutes=30)
PERIODS = [
    f"tenants/default/quotas/{mailbox_id(SENDER.mailbox)}-{name}" for name in ("2026-03-16", "2026-W12")
]


def rejected(**changes: Any) -> Draft:
    return draft(**{"state": DraftState.REJECTED, "gmail_draft_id": "r1", **changes})


def withdrawn(
    subject: Draft,
    *others: Draft,
    people: Iterable[Contact] = (),
    known: Iterable[Draft] = (),
    of_job: str = "j9",
    heard: tuple[HeardMail, ...] = (heard_mail(mailbox=SENDER.mailbox),),
    **mailboxes: FakeMailbox,
) -> Advance:
    """`mailboxes` are Ann's and Ben's; `known` are drafts that are not withdrawn, `heard` the job's mails."""
    by_address = {SENDER.mailbox: mailboxes.get("ann"), BEN: mailboxes.get("ben")}

    def mailbox_at(address: str) -> Mailbox:
        found = by_address.get(address)
        if found is None:
            raise Permanent("the draft's mailbox is no longer one of the tenant's senders")
        return found

    of = job(
        id=of_job,
        kind=Kind.REPLY,
        stage="withdraw_draft",
        withdrawn=tuple(each.id for each in (subject, *others)),
        mails=heard,
    )
    outcome = withdraw_draft(
        of,
        drafts=FakeDrafts(subject, *others, *known),
        contacts=FakeContacts(*people),
        tenant=tenant,
        mailbox_at=mailbox_at,
        now=LATER,
    )
    return expect(Advance, outcome)


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


# What a person had sent by then


def filed(**changes: Any) -> Draft:
    """A rejected draft that lay in a thread of its own."""
    return rejected(**{"gmail_message_id": "r1-message", "gmail_thread_id": "r1-thread", **changes}).read_at(
        NOW
    )


def lying(*drafts: Draft) -> FakeMailbox:
    """Ann's mailbox, in which these lie as they were filed."""
    return FakeMailbox(drafts={each.gmail_draft_id or "": (each.raw, each.thread_id) for each in drafts})


def written(outcome: Advance, type_: type[Document]) -> list[Any]:
    return [each for each in outcome.writes if isinstance(each, type_)]


def is_deleted(outcome: Advance) -> bool:
    """Whether nothing is said of a mail."""
    return (outcome.stage, outcome.writes, outcome.increments, outcome.patches) == ("log_outcome", (), {}, {})


@pytest.mark.parametrize("state", [DraftState.REJECTED, DraftState.EXPIRED])
def test_one_that_a_person_sent_before_is_known_everywhere(state: DraftState) -> None:
    subject = filed(state=state, end_reason="nobody decided")
    ann = lying(subject)
    went = ann.send("r1", AT)
    outcome = withdrawn(subject, ann=ann, people=[contact(open_draft="d2").read_at(NOW)])
    assert outcome.stage == "log_outcome"
    (after,) = written(outcome, Draft)
    assert after == subject.but(
        state=DraftState.SENT_BY_HAND, sent_at=AT, sent_message_id=went.message_id, end_reason=SENT
    )
    (entry,) = written(outcome, AuditEntry)
    assert (entry.kind, entry.actor, entry.reason) == (audit.DRAFT_SENT, audit.BY_HAND, SENT)
    assert (entry.before, entry.after, entry.at) == (f"{state} 1", "SENT_BY_HAND 1", LATER)
    (person,) = written(outcome, Contact)
    assert (person.last_mailed_at, person.open_draft, person.updated_at) == (AT, "d2", LATER)
    assert person.recent_mails == (Mailed(at=AT, draft_id="d1"),)
    assert person.version == after.version == NOW, "written only where nobody else wrote"
    (told,) = written(outcome, Announcement)
    assert (told.type, told.contact_id, told.job_id) == ("sent_by_hand", "k1", subject.job_id)
    assert outcome.increments == {path: {"by_hand": 1} for path in PERIODS}


def test_its_day_is_that_of_the_mail() -> None:
    ann = lying(filed())
    ann.send("r1", AT + timedelta(days=1))
    assert sorted(withdrawn(filed(), ann=ann).increments)[0] == PERIODS[0].replace("03-16", "03-17")


def test_what_it_answered_is_kept_where_the_job_is_its_own() -> None:
    ann = lying(filed())
    ann.send("r1", AT)
    for of_job, answering in ((filed().job_id, Answering.MAIL), ("j9", Answering.NOTHING)):
        (person,) = written(withdrawn(filed(), ann=ann, people=[contact()], of_job=of_job), Contact)
        assert person.recent_mails[-1].answering is answering


def test_what_came_after_the_mail_is_not_kept_as_answered_by_it() -> None:
    ann, subject = lying(filed()), filed()
    ann.send("r1", AT)
    newer = heard_mail(message_id="m2", received_at=AT + timedelta(seconds=1))
    for heard, event in (((newer, heard_mail()), "m1"), ((newer.but(received_at=AT), heard_mail()), "m2")):
        outcome = withdrawn(subject, ann=ann, people=[contact()], of_job=subject.job_id, heard=heard)
        (person,) = written(outcome, Contact)
        assert (person.recent_mails[-1].answering, person.recent_mails[-1].event) == (Answering.MAIL, event)


def test_without_a_contact_the_rest_is_known() -> None:
    ann = lying(filed())
    ann.send("r1", AT)
    outcome = withdrawn(filed(), ann=ann)
    assert len(written(outcome, Draft)) == len(written(outcome, AuditEntry)) == 1
    assert written(outcome, Contact) == []


@pytest.mark.parametrize(
    ("keeps_marker", "thread_id", "subject_line"),
    [
        (True, "elsewhere", "Another subject"),
        (False, "r1-thread", "Another subject"),
        (False, "elsewhere", "Re: Salesforce reporting at Brightloop"),
    ],
)
def test_it_is_known_by_its_mark_its_thread_or_its_subject(
    keeps_marker: bool, thread_id: str, subject_line: str
) -> None:
    ann = lying(filed())
    went = ann.send("r1", AT)
    marker = went.marker if keeps_marker else ""
    ann.sent[:] = [replace(went, marker=marker, thread_id=thread_id, subject=subject_line)]
    assert written(withdrawn(filed(), ann=ann), Draft)[0].state is DraftState.SENT_BY_HAND


def test_it_is_known_by_its_words_where_all_else_is_lost() -> None:
    ann = lying(filed())
    went = replace(ann.send("r1", AT), marker="", thread_id="elsewhere", subject="Another subject")
    ann.sent[:] = [went]
    ann.mails[went.message_id] = mail(id=went.message_id, text=f"Hello!\n\n{draft().body}\n\nPS: soon.")
    assert written(withdrawn(filed(), ann=ann), Draft)[0].state is DraftState.SENT_BY_HAND
    ann.mails[went.message_id] = mail(id=went.message_id, text="Let us talk about something else.")
    assert is_deleted(withdrawn(filed(), ann=ann))


def test_one_that_a_search_does_not_know_yet_is_found_in_its_thread() -> None:
    ann = FakeMailbox()
    out = message(
        id="s1", thread_id="r1-thread", sender=SENDER.mailbox, recipients=(ADDRESS,), sent_at=AT, text=""
    )
    ann.threads["r1-thread"] = replace(mail_thread(out), id="r1-thread")
    assert written(withdrawn(filed(), ann=ann), Draft)[0].sent_message_id == "s1"


def test_a_rerun_after_our_own_deletion_finds_no_mail_and_ends_as_deleted() -> None:
    ann = lying(filed())
    # Ann wrote to her about something else, and the mail of an older draft is there, too.
    ann.sent += [
        SentMail("s1", "t8", AT, "Lunch on Friday", (ADDRESS,)),
        SentMail("s2", "r1-thread", AT, "Salesforce reporting at Brightloop", (ADDRESS,), "d0"),
    ]
    ann.trouble = Trouble(loses={"delete_draft"})
    with pytest.raises(Unclear):
        withdrawn(filed(), ann=ann, people=[contact()])
    assert is_deleted(withdrawn(filed(), ann=ann, people=[contact()]))


@pytest.mark.parametrize("in_thread", [True, False])
def test_the_mail_of_a_newer_draft_is_not_taken_for_it(in_thread: bool) -> None:
    """Neither one that has its mark, nor one that is known to be another draft's."""
    newer = draft(id="d2", state=DraftState.SENT, sent_message_id="s2")
    person = contact(recent_mails=(Mailed(at=AT, draft_id="d2"), Mailed(at=AT, draft_id="erased")))
    for marker, people in (("d2", []), ("", [person])):
        ann = FakeMailbox()
        ann.sent.append(SentMail("s2", "r1-thread", AT, filed().subject, (ADDRESS,), marker))
        ann.mails["s2"] = mail(id="s2", text=draft().body)
        if in_thread:
            out = message(id="s2", thread_id="r1-thread", sender=SENDER.mailbox, sent_at=AT)
            ann.threads["r1-thread"] = replace(mail_thread(out), id="r1-thread")
        assert is_deleted(withdrawn(filed(), ann=ann, people=people, known=[newer])), marker


def test_of_two_drafts_that_are_gone_one_mail_is_one() -> None:
    """Drafts of one person under one subject, and one mail without a mark."""
    ann, other = FakeMailbox(keeps_marker=False), filed(id="d2", gmail_draft_id="r2")
    ann.drafts["r1"] = (filed().raw, None)
    ann.send("r1", AT)
    outcome = withdrawn(filed(), other, ann=ann, people=[contact()])
    assert [each.id for each in written(outcome, Draft)] == ["d1"]
    assert outcome.increments == {path: {"by_hand": 1} for path in PERIODS}


def test_two_that_were_sent_are_both_counted() -> None:
    raw = compose(
        draft_id="d2", sender=SENDER, recipient=ADDRESS, subject="More", body="More.", footer="", thread=None
    )
    other = filed(id="d2", gmail_draft_id="r2", gmail_thread_id="r2-thread").but(subject="More", raw=raw)
    ann = lying(filed(), other)
    ann.send("r1", AT)
    ann.send("r2", AT + timedelta(minutes=1))
    outcome = withdrawn(filed(), other, ann=ann, people=[contact().read_at(NOW)])
    assert outcome.increments == {path: {"by_hand": 2} for path in PERIODS}
    (person,) = written(outcome, Contact)
    assert [each.draft_id for each in person.recent_mails] == ["d1", "d2"]


def test_where_it_lay_there_nothing_is_looked_for() -> None:
    ann = lying(filed())
    ann.sent.append(SentMail("s1", "r1-thread", AT, filed().subject, (ADDRESS,)))
    assert is_deleted(withdrawn(filed(), ann=ann, people=[contact()]))
    assert ann.trouble.asked == ["delete_draft"]


def test_a_look_that_fails_is_never_taken_for_no_mail() -> None:
    for call in ("thread", "sent_mails"):
        ann = FakeMailbox(trouble=Trouble(fails={call: Retryable("gmail: answered 503")}))
        with pytest.raises(Retryable):
            withdrawn(filed(), ann=ann)


@pytest.mark.parametrize("goes_out", [True, False])
def test_a_person_s_own_words_that_expired_are_looked_at_and_left(goes_out: bool) -> None:
    subject = filed(state=DraftState.EXPIRED, written_by="hand")
    ann = lying(subject)
    if goes_out:
        ann.send("r1", AT)
    outcome = withdrawn(subject, ann=ann)
    assert [each.state for each in written(outcome, Draft)] == [DraftState.SENT_BY_HAND] * goes_out
    assert "delete_draft" not in ann.trouble.asked
    assert list(ann.drafts) == ([] if goes_out else ["r1"])
