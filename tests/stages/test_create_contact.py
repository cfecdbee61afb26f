"""Create the person in the CRM once, and go on without when the CRM refuses for good."""

from __future__ import annotations

import pytest

from shared.errors import Permanent, Retryable, Unclear
from shared.jobs.facts import Identity
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.stages.create_contact import create_contact
from tests.builders import ADDRESS, IDENTITY, crm_contact, expect, job
from tests.fakes import FakeCrm, Trouble


def unknown(**changes: object) -> Job:
    return job(stage="create_contact", identity=IDENTITY.but(crm_contact_id=None, **changes))


def crm_id_of(outcome: Outcome) -> str | None:
    identity = outcome.known["identity"]
    assert isinstance(identity, Identity)
    return identity.crm_contact_id


def test_the_person_is_created_with_what_is_known_of_them() -> None:
    crm = FakeCrm()
    outcome = expect(Advance, create_contact(unknown(), crm=crm))
    assert outcome.stage == "read_thread"
    assert crm_id_of(outcome) == crm.contacts[ADDRESS].id
    assert crm.contacts[ADDRESS].properties == {
        "firstname": "Maya",
        "lastname": "Okafor",
        "jobtitle": "Head of Operations",
        "company": "Brightloop",
    }


def test_what_is_not_known_is_not_written_as_an_empty_property() -> None:
    crm = FakeCrm()
    create_contact(unknown(first_name="", last_name="", title="", company_name=""), crm=crm)
    assert crm.contacts[ADDRESS].properties == {}


def test_a_person_who_is_there_already_is_taken_as_they_are() -> None:
    crm = FakeCrm(contacts={ADDRESS: crm_contact(id="777")})
    assert crm_id_of(create_contact(unknown(), crm=crm)) == "777"
    assert len(crm.contacts) == 1


def test_a_rerun_after_a_lost_answer_finds_the_person_that_was_created() -> None:
    crm = FakeCrm(trouble=Trouble(loses={"create_contact"}))
    with pytest.raises(Unclear):
        create_contact(unknown(), crm=crm)
    assert crm_id_of(create_contact(unknown(), crm=crm)) == crm.contacts[ADDRESS].id
    assert len(crm.contacts) == 1


def test_a_refusal_for_good_does_not_stop_the_answer_and_is_shown_to_the_reviewer() -> None:
    crm = FakeCrm(trouble=Trouble(fails={"create_contact": Permanent("hubspot: answered 403")}))
    before = unknown().but(notes=("an earlier note",))
    outcome = expect(Advance, create_contact(before, crm=crm))
    assert outcome.stage == "read_thread"
    assert "identity" not in outcome.known
    first, gap = before.but(**outcome.known).notes
    assert first == "an earlier note"
    assert "no note and no task" in gap
    assert gap.endswith("hubspot: answered 403")


def test_a_crm_that_is_down_is_tried_again() -> None:
    crm = FakeCrm(trouble=Trouble(fails={"create_contact": Retryable("hubspot: answered 503")}))
    with pytest.raises(Retryable):
        create_contact(unknown(), crm=crm)
