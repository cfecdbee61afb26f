"""Who wrote: the CRM's contact, else what the form says; the company; the sender who answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Retryable
from shared.jobs.contact import Contact
from shared.jobs.facts import Identity
from shared.jobs.job import Job, Kind
from shared.jobs.outcome import Advance, Outcome, Wait
from shared.jobs.tenant import Tenant
from shared.stages.resolve_identity import NOT_IN_CRM, resolve_identity
from tests.builders import (
    ADDRESS,
    COMPANY,
    NOW,
    SENDER,
    contact,
    crm_contact,
    expect,
    heard_mail,
    job,
    submission,
    tenant,
)
from tests.fakes import FakeContacts, FakeCrm, Trouble

LAG = timedelta(minutes=2)
BEN = SENDER.but(mailbox="ben@northwind.com", name="Ben Ode")


def crm_with_maya(**changes: object) -> FakeCrm:
    return FakeCrm(contacts={ADDRESS: crm_contact(**changes)}, companies={COMPANY.crm_id: COMPANY})


def resolved(
    crm: FakeCrm,
    *,
    of: Job | None = None,
    settings: Tenant | None = None,
    contacts: FakeContacts | None = None,
) -> Outcome:
    return resolve_identity(
        of or fresh(),
        crm=crm,
        tenant=settings or tenant(),
        contacts=contacts or FakeContacts(),
        now=NOW,
        crm_lag=LAG,
    )


def fresh(**changes: object) -> Job:
    """A job as intake begins it: nothing is known but the submission."""
    nothing = {"sender": None, "identity": None, "slots": None, "plan": None}
    return job(stage="resolve_identity", **{**nothing, **changes})


def identity_of(outcome: Outcome) -> Identity:
    found = outcome.known["identity"]
    assert isinstance(found, Identity)
    return found


def written_contact(outcome: Outcome) -> Contact:
    (document,) = outcome.writes
    assert isinstance(document, Contact)
    return document


def test_a_known_person_has_the_crms_name_title_and_company() -> None:
    outcome = expect(Advance, resolved(crm_with_maya()))
    assert outcome.stage == "read_thread"
    identity = identity_of(outcome)
    assert (identity.first_name, identity.last_name) == ("Maya", "Okafor")
    assert identity.title == "Head of Operations"
    assert identity.crm_contact_id == "501"
    assert identity.company == COMPANY
    assert outcome.known["notes"] == ()


def test_the_crm_goes_before_the_form_and_the_form_fills_what_the_crm_leaves_empty() -> None:
    crm = crm_with_maya(properties={"firstname": "Maya-Rose", "lastname": None, "jobtitle": ""})
    identity = identity_of(resolved(crm, of=fresh(submissions=(submission(fields={"job_title": " COO "}),))))
    assert identity.first_name == "Maya-Rose"
    assert identity.last_name == "Okafor"
    assert identity.title == "COO"
    assert identity.company_name == "Brightloop"


@pytest.mark.parametrize("name", ["company", "company_name"])
def test_the_company_that_the_form_names_is_kept_also_without_a_company_record(name: str) -> None:
    crm = crm_with_maya(company_ids=())
    crm.companies.clear()
    bare = submission().but(fields={"email": ADDRESS, name: "Brightloop Ltd"})
    identity = identity_of(resolved(crm, of=fresh(submissions=(bare,))))
    assert identity.company is None
    assert identity.company_name == "Brightloop Ltd"


def test_a_contact_without_a_company_of_its_own_belongs_to_the_one_with_its_domain() -> None:
    crm = crm_with_maya(company_ids=())
    assert identity_of(resolved(crm)).company == COMPANY
    assert "find_company" in crm.trouble.asked


@pytest.mark.parametrize("address", ["maya@gmail.com", "maya@yahoo.co.uk", "maya@posteo.de"])
def test_free_mail_names_no_company_even_where_the_crm_has_one_with_that_domain(address: str) -> None:
    domain = address.partition("@")[2]
    crm = FakeCrm(
        contacts={address: crm_contact(company_ids=())},
        companies={"1": COMPANY.but(crm_id="1", domain=domain)},
    )
    assert identity_of(resolved(crm, of=fresh(address=address))).company is None
    assert "find_company" not in crm.trouble.asked


def test_a_company_of_ones_own_is_taken_behind_a_free_mail_address_too() -> None:
    crm = FakeCrm(contacts={"maya@gmail.com": crm_contact()}, companies={COMPANY.crm_id: COMPANY})
    assert identity_of(resolved(crm, of=fresh(address="maya@gmail.com"))).company == COMPANY


def test_an_unknown_person_is_looked_for_again_when_the_crms_index_has_caught_up() -> None:
    outcome = expect(Wait, resolved(FakeCrm()))
    assert outcome.until == NOW + LAG
    assert outcome.known == {"crm_looks": 1}
    assert outcome.reasons == ("the CRM does not know the person yet",)
    assert outcome.writes == ()


def test_after_the_second_look_the_answer_goes_on_and_says_that_nothing_is_logged() -> None:
    outcome = expect(Advance, resolved(FakeCrm(), of=fresh(crm_looks=1)))
    assert outcome.stage == "read_thread"
    assert outcome.known["notes"] == (NOT_IN_CRM,)
    identity = identity_of(outcome)
    assert identity.crm_contact_id is None
    assert identity.first_name == "Maya"
    assert written_contact(outcome).crm_id is None


def test_after_the_second_look_the_person_is_created_where_the_tenant_allows_it() -> None:
    allowed = tenant(create_contacts=True)
    outcome = expect(Advance, resolved(FakeCrm(), of=fresh(crm_looks=1), settings=allowed))
    assert outcome.stage == "create_contact"
    assert outcome.known["notes"] == ()


def test_a_person_who_is_known_is_not_created_where_the_tenant_would_allow_it() -> None:
    assert (
        expect(Advance, resolved(crm_with_maya(), settings=tenant(create_contacts=True))).stage
        == "read_thread"
    )


def test_the_company_of_an_unknown_person_is_still_found_by_the_domain() -> None:
    outcome = resolved(FakeCrm(companies={COMPANY.crm_id: COMPANY}), of=fresh(crm_looks=1))
    assert identity_of(outcome).company == COMPANY
    assert written_contact(outcome).company_crm_id == COMPANY.crm_id


@pytest.mark.parametrize(
    ("owner", "sender"),
    [("ben@northwind.com", BEN), ("Ben@Northwind.com", BEN), ("gone@northwind.com", SENDER), (None, SENDER)],
)
def test_the_crm_owner_answers_when_they_are_one_of_the_senders_else_the_default(
    owner: str | None, sender: object
) -> None:
    crm = crm_with_maya(properties={"hubspot_owner_id": "77"})
    if owner:
        crm.owners["77"] = owner
    settings = tenant(senders={SENDER.mailbox: SENDER, BEN.mailbox: BEN})
    outcome = resolved(crm, settings=settings)
    assert outcome.known["sender"] == sender
    assert identity_of(outcome).owner_address == owner


def test_a_contact_without_an_owner_asks_for_none() -> None:
    crm = crm_with_maya()
    assert resolved(crm).known["sender"] == SENDER
    assert "owner_address" not in crm.trouble.asked


def test_an_opt_out_in_the_crm_is_known_to_the_job() -> None:
    crm = crm_with_maya()
    assert not identity_of(resolved(crm)).opted_out
    crm.unsubscribed.add(ADDRESS)
    assert identity_of(resolved(crm)).opted_out


def test_only_deals_that_are_open_count() -> None:
    crm = crm_with_maya(deal_ids=("d1", "d2", "d3"))
    crm.closed_deals.add("d2")
    assert identity_of(resolved(crm)).open_deals == 2


def test_a_person_we_meet_for_the_first_time_gets_a_contact_document() -> None:
    made = written_contact(resolved(crm_with_maya()))
    assert (made.id, made.tenant, made.address) == ("k1", "default", ADDRESS)
    assert (made.crm_id, made.company_crm_id) == ("501", COMPANY.crm_id)
    assert made.version is None
    assert made.open_draft is None


def test_a_contact_document_that_is_there_keeps_its_open_draft_its_age_and_its_version() -> None:
    born = NOW - timedelta(days=40)
    known = contact(open_draft="d1", last_mailed_at=born, created_at=born, crm_id=None).read_at(born)
    kept = written_contact(resolved(crm_with_maya(), contacts=FakeContacts(known)))
    assert (kept.open_draft, kept.last_mailed_at, kept.created_at) == ("d1", born, born)
    assert kept.version == born
    assert (kept.crm_id, kept.updated_at) == ("501", NOW)


def test_a_job_without_a_submission_is_resolved_by_the_crm_alone() -> None:
    identity = identity_of(
        resolved(crm_with_maya(properties={"firstname": "Maya"}), of=fresh(submissions=()))
    )
    assert (identity.first_name, identity.last_name, identity.company_name) == ("Maya", "", "")


@pytest.mark.parametrize("call", ["find_contact", "company", "opted_out"])
def test_a_crm_that_cannot_be_asked_is_never_taken_for_one_that_knows_nobody(call: str) -> None:
    crm = crm_with_maya()
    crm.trouble = Trouble(fails={call: Retryable("hubspot: answered 503")})
    with pytest.raises(Retryable):
        resolved(crm)


# A person who wrote a mail


def wrote(name: str = "Maya Okafor", **changes: object) -> Job:
    """A job of a mail, as read_reply hands it on: Ben's mailbox heard it."""
    heard = heard_mail(name=name, mailbox=BEN.mailbox)
    fields = {"kind": Kind.REPLY, "submissions": (), "mails": (heard,), "sender": BEN, **changes}
    return fresh(**fields)


@pytest.mark.parametrize("owner", ["ann@northwind.com", None])
def test_the_mailbox_that_heard_a_mail_answers_it_whoever_owns_the_contact(owner: str | None) -> None:
    crm = crm_with_maya(properties={"hubspot_owner_id": "77"})
    if owner:
        crm.owners["77"] = owner
    settings = tenant(senders={SENDER.mailbox: SENDER, BEN.mailbox: BEN})
    outcome = resolved(crm, of=wrote(), settings=settings)
    assert outcome.known["sender"] == BEN
    assert identity_of(outcome).owner_address == owner


@pytest.mark.parametrize(
    ("shown", "first", "last"),
    [
        ("Maya Okafor", "Maya", "Okafor"),
        ("Okafor, Maya", "Maya", "Okafor"),
        ("Anne-Marie Ruiz", "Anne-Marie", "Ruiz"),
        ("María José de la Cruz", "", ""),
        ("Maya", "", ""),
        ("maya@brightloop.io", "", ""),
        ("Sales Team 4", "", ""),
        ("R2 D2", "", ""),
        ("", "", ""),
        (" , ", "", ""),
    ],
)
def test_the_name_that_their_mail_shows_is_taken_where_it_is_plainly_a_first_and_a_last_name(
    shown: str, first: str, last: str
) -> None:
    identity = identity_of(resolved(FakeCrm(), of=wrote(shown, crm_looks=1)))
    assert (identity.first_name, identity.last_name) == (first, last)


def test_the_crm_s_name_goes_before_the_one_that_the_mail_shows() -> None:
    identity = identity_of(resolved(crm_with_maya(), of=wrote("Em Oh")))
    assert (identity.first_name, identity.last_name) == ("Maya", "Okafor")


def test_a_contact_whose_name_was_known_keeps_it_where_nobody_says_one_now() -> None:
    known = contact(name="Maya Okafor")
    crm = FakeCrm(contacts={ADDRESS: crm_contact(properties={})})
    kept = written_contact(resolved(crm, of=wrote(""), contacts=FakeContacts(known)))
    assert kept.name == "Maya Okafor"


def test_what_read_reply_noted_about_the_contact_is_kept() -> None:
    known = contact(last_wrote_at=NOW, away_until=NOW + timedelta(days=3))
    kept = written_contact(resolved(crm_with_maya(), of=wrote(), contacts=FakeContacts(known)))
    assert (kept.last_wrote_at, kept.away_until) == (NOW, NOW + timedelta(days=3))
