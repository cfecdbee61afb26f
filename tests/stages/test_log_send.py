"""The mail that was sent is recorded at the CRM contact, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import Retryable, Unclear
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Identity
from shared.jobs.job import Job
from shared.jobs.outcome import Advance
from shared.stages.log_send import LONGEST_BODY, log_send
from tests.builders import ADDRESS, COMPANY, IDENTITY, NOW, SENDER, draft, expect, job
from tests.fakes import FakeCrm, FakeDrafts, Trouble

SENT_AT = NOW - timedelta(minutes=3)


def sent(**changes: Any) -> Draft:
    return draft(**{"state": DraftState.SENT, "sent_at": SENT_AT, **changes})


def of(subject: Draft, identity: Identity | None = IDENTITY) -> Job:
    return job(stage="log_send", draft_id=subject.id, identity=identity)


def recorded(
    crm: FakeCrm, subject: Draft, *, again: bool = False, identity: Identity | None = IDENTITY
) -> Draft | None:
    """The draft as the stage writes it, None where it writes none."""
    known, kept = of(subject, identity), FakeDrafts(subject)
    advance = expect(Advance, log_send(known, drafts=kept, crm=crm, may_have_happened=again, now=NOW))
    assert advance.stage == "log_outcome"
    if not advance.writes:
        return None
    (written,) = advance.writes
    assert isinstance(written, Draft)
    return written


def test_the_record_says_who_sent_what_to_whom_and_when() -> None:
    crm = FakeCrm(owners={"77": SENDER.mailbox})
    kept = recorded(crm, sent())
    assert kept is not None
    assert kept.crm_mail_id == "mail-1"
    mail = crm.mails["mail-1"]
    assert (mail.contact_id, mail.company_id) == ("501", COMPANY.crm_id)
    assert (mail.sender, mail.recipient, mail.sent_at) == (SENDER.mailbox, ADDRESS, SENT_AT)
    assert (mail.subject, mail.owner_id) == (draft().subject, "77")
    assert mail.body == f"{draft().body.strip()}\n\n[whisper:d1]"


def test_the_recipient_s_unsubscribe_line_is_not_shown_to_who_reads_the_crm() -> None:
    crm = FakeCrm()
    recorded(crm, sent(footer="Unsubscribe: https://u.example/t/secret-token"))
    assert "secret-token" not in crm.mails["mail-1"].body


def test_a_sender_who_is_no_crm_user_and_a_person_without_a_company_are_recorded_all_the_same() -> None:
    crm = FakeCrm()
    recorded(crm, sent(), identity=IDENTITY.but(company=None))
    assert (crm.mails["mail-1"].owner_id, crm.mails["mail-1"].company_id) == (None, None)


@pytest.mark.parametrize("identity", [None, IDENTITY.but(crm_contact_id=None)])
def test_without_a_contact_in_the_crm_nothing_is_recorded(identity: Identity | None) -> None:
    crm = FakeCrm()
    assert recorded(crm, sent(), identity=identity) is None
    assert crm.trouble.asked == []


@pytest.mark.parametrize("state", sorted(set(DraftState) - {DraftState.SENT}))
def test_a_mail_that_we_did_not_send_is_not_said_to_be_sent(state: DraftState) -> None:
    crm = FakeCrm()
    assert recorded(crm, sent(state=state)) is None
    assert crm.trouble.asked == []


def test_a_first_run_does_not_search_and_a_mail_that_is_recorded_is_not_recorded_again() -> None:
    crm = FakeCrm()
    kept = recorded(crm, sent())
    assert "find_mail" not in crm.trouble.asked
    assert kept is not None
    assert recorded(crm, kept, again=True) is None
    assert len(crm.mails) == 1


def test_a_record_whose_answer_was_lost_is_found_by_the_rerun_and_not_made_twice() -> None:
    crm = FakeCrm(trouble=Trouble(loses={"create_mail"}))
    with pytest.raises(Unclear):
        recorded(crm, sent())
    kept = recorded(crm, sent(), again=True)
    assert kept is not None
    assert (kept.crm_mail_id, len(crm.mails)) == ("mail-1", 1)


def test_a_rerun_whose_first_run_recorded_nothing_records_it() -> None:
    crm = FakeCrm()
    kept = recorded(crm, sent(), again=True)
    assert kept is not None
    assert crm.trouble.asked == ["find_mail", "owner_id", "create_mail"]


def test_a_crm_that_cannot_be_searched_gets_no_second_record() -> None:
    crm = FakeCrm(trouble=Trouble(fails={"find_mail": Retryable("hubspot: answered 503")}))
    with pytest.raises(Retryable):
        recorded(crm, sent(), again=True)
    assert crm.mails == {}


def test_a_long_mail_is_cut_and_still_found_by_its_marker() -> None:
    crm = FakeCrm()
    recorded(crm, sent(body="x" * (LONGEST_BODY + 5)))
    body = crm.mails["mail-1"].body
    assert body.endswith("x…\n\n[whisper:d1]")
    assert len(body) < LONGEST_BODY + 100


def test_a_send_that_a_person_settled_without_a_time_is_recorded_as_of_now() -> None:
    crm = FakeCrm()
    recorded(crm, sent(sent_at=None))
    assert crm.mails["mail-1"].sent_at == NOW
