"""Where the settings say so, an answer, an opt-out or a hard bounce pauses the whole company (P9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.jobs.audit import BY_RULE, COMPANY_CHANGED, AuditEntry
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.mail import Address, Mail
from shared.jobs.outcome import Advance, Hold, Outcome
from tests.builders import ADDRESS, NOW, contact, expect, heard_mail, mail
from tests.stages.reply_desk import (
    BOSS,
    OTHER,
    Desk,
    boss,
    bounce,
    complaint,
    opt_out,
    out_of_office,
    written,
)


def desk(one: Mail, *, on: bool = True, follows: str | None = "k1") -> Desk:
    made = Desk(one, mails=(heard_mail(follows=follows),))
    made.settings = {"pause_company_on_reply": on}
    return made


def pauses(outcome: Outcome) -> list[tuple[str, str]]:
    found: list[CompanyRecord] = written(outcome, CompanyRecord)
    audited = [each for each in written(outcome, AuditEntry) if each.kind == COMPANY_CHANGED]
    assert len(audited) == len(found)
    assert all(each.is_paused(NOW) and each.paused_until is None for each in found)
    assert all(each.actor == BY_RULE for each in found)
    return [(each.id, each.pause_reason) for each in found]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (mail(), "somebody of it wrote to us"),
        (opt_out(), "somebody of it opted out"),
        (complaint(), "somebody of it complained"),
        (bounce(ADDRESS), "a mail to somebody of it came back for good"),
    ],
)
def test_what_stops_a_person_pauses_their_company_in_the_same_commit(one: Mail, why: str) -> None:
    outcome = desk(one).read()
    assert pauses(outcome) == [("9001", why)]
    assert len(outcome.writes) > 2, "the person's own stop rides with it"


@pytest.mark.parametrize("one", [mail(), opt_out(), complaint(), bounce(ADDRESS)])
def test_it_is_a_setting_and_off_by_default(one: Mail) -> None:
    assert pauses(desk(one, on=False).read()) == []


@pytest.mark.parametrize("one", [out_of_office(), bounce(ADDRESS, status="4.3.0", action="delayed")])
def test_machines_pause_nobody_and_are_no_answer(one: Mail) -> None:
    outcome = desk(one).read()
    assert pauses(outcome) == []
    people: list[Contact] = written(outcome, Contact)
    assert all(person.last_wrote_at is None for person in people)


def test_a_company_that_is_paused_for_good_is_not_paused_again() -> None:
    made = desk(mail())
    outcome = made.read()
    (record,) = written(outcome, CompanyRecord)
    made.companies.kept["9001"] = record
    assert pauses(made.read()) == []


def test_a_pause_that_has_ended_or_will_end_is_made_one_without_an_end() -> None:
    made = desk(mail())
    for until in (NOW - timedelta(days=1), NOW + timedelta(days=1)):
        made.companies.kept["9001"] = CompanyRecord(
            id="9001", tenant="default", paused_until=until, pause_reason="x", actor=BY_RULE, updated_at=NOW
        )
        assert [id_ for id_, _ in pauses(made.read())] == ["9001"]


def test_whoever_belongs_to_no_company_pauses_none() -> None:
    made = desk(mail())
    made.contacts.kept["k1"] = contact(company_crm_id=None)
    assert pauses(expect(Advance, made.read())) == []


def test_a_stranger_in_the_thread_pauses_nobody() -> None:
    made = desk(mail(sender=Address(address=OTHER)))
    expect(Hold, made.read())
    assert pauses(made.read()) == []


def test_a_colleague_whom_we_know_pauses_the_company_once() -> None:
    made = desk(mail(sender=Address(address=BOSS))).meets(boss())
    assert [id_ for id_, _ in pauses(made.read())] == ["9001"]


def test_a_report_that_nothing_shows_to_be_about_our_mail_pauses_nobody() -> None:
    made = desk(bounce(ADDRESS), follows=None)
    expect(Hold, made.read())
    assert pauses(made.read()) == []
