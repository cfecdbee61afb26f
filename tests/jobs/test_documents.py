"""Documents: what was read is written only if unchanged, what is unknown is kept, and ids are stable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from shared.jobs.announcement import TOPIC, announced
from shared.jobs.contact import REMEMBERED, REMEMBERED_MOST, Contact, Mailed, mailed
from shared.jobs.cursor import Cursor
from shared.jobs.event import Event, EventStatus, event_id
from shared.jobs.facts import Severity, Verdict, Violation
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Stop
from shared.jobs.route import TenantRoute, route_id
from tests.builders import NOW, SENDER, contact, draft, job, suppression, tenant


def test_a_document_remembers_the_version_it_was_read_at_through_every_change() -> None:
    read = contact().read_at(NOW)
    assert read.but(open_draft="d1").version == NOW
    assert contact().version is None


def test_a_changed_copy_is_checked_and_the_original_stays() -> None:
    original = contact()
    assert original.but(open_draft="d1").open_draft == "d1"
    assert original.open_draft is None
    with pytest.raises(ValidationError):
        original.but(created_at="yesterday or so")
    with pytest.raises(ValidationError):
        original.open_draft = "d1"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_field_that_a_newer_release_wrote_survives_an_older_one() -> None:
    newer = Contact.model_validate({**dict(contact()), "score": 0.7})
    assert newer.but(open_draft="d1").model_dump()["score"] == 0.7


def test_every_document_lives_under_its_tenant() -> None:
    event = Event(
        id="e1",
        tenant="acme",
        source="s",
        via="poll",
        status=EventStatus.ACCEPTED,
        received_at=NOW,
        expire_at=NOW,
    )
    assert event.path == "tenants/acme/events/e1"
    assert job(tenant="acme").path == "tenants/acme/jobs/j1"
    assert draft(tenant="acme").path == "tenants/acme/drafts/d1"
    assert contact(tenant="acme").path == "tenants/acme/contacts/k1"
    assert suppression(tenant="acme").path == "tenants/acme/suppressions/k1"
    assert Cursor(id="f1", tenant="acme", read_through=NOW).path == "tenants/acme/cursors/f1"
    assert tenant(id="acme").path == "tenants/acme"
    assert TenantRoute(id="r1", tenant="acme").path == "routes/r1"


def test_the_same_thing_heard_twice_is_one_event() -> None:
    assert event_id("hubspot_form", "c1") == event_id("hubspot_form", "c1")
    assert len(event_id("hubspot_form", "c1")) == 32


def test_different_things_are_different_events() -> None:
    ids = {
        event_id("hubspot_form", "c1"),
        event_id("hubspot_form", "c2"),
        event_id("gmail", "c1"),
        event_id("hubspot_form", "c", "1"),
        event_id("hubspot_for", "mc1"),
        event_id("hubspot_form", "c1", ""),
    }
    assert len(ids) == 6


def test_a_mail_to_a_person_is_remembered_for_its_time_and_so_many_of_them() -> None:
    def after(*ago: timedelta) -> Contact:
        person = contact()
        for number, each in enumerate(ago):
            person = person.but(**mailed(person, Mailed(at=NOW - each, draft_id=f"d{number}")))
        return person

    moment = timedelta(microseconds=1)
    assert [each.draft_id for each in after(REMEMBERED, timedelta(0)).recent_mails] == ["d1"]
    assert [each.draft_id for each in after(REMEMBERED - moment, timedelta(0)).recent_mails] == ["d0", "d1"]
    # One that is heard of late displaces nothing, and is itself kept.
    late = after(timedelta(0), REMEMBERED + moment)
    assert [each.draft_id for each in late.recent_mails] == ["d0", "d1"]
    assert late.last_mailed_at == NOW
    full = after(*(timedelta(hours=REMEMBERED_MOST - number) for number in range(REMEMBERED_MOST + 5)))
    assert (len(full.recent_mails), full.recent_mails[0].draft_id) == (REMEMBERED_MOST, "d5")


def test_a_route_does_not_show_the_account_that_it_leads_from() -> None:
    assert "24817163" not in route_id("portal", "24817163")
    assert route_id("portal", "1") != route_id("mailbox", "1")


def test_an_announcement_has_the_same_id_however_often_the_commit_is_tried() -> None:
    moved, outcome = job(epoch=4), Advance("log_note", announce=["drafted", "revised"])
    first, again = announced(moved, outcome, NOW), announced(moved, outcome, NOW + timedelta(seconds=9))
    assert [each.id for each in first] == [each.id for each in again] == ["j1-4-drafted", "j1-4-revised"]
    assert {each.topic for each in first} == {TOPIC}
    assert first[0].path == "tenants/default/outbox/j1-4-drafted"
    assert announced(job(epoch=5), outcome, NOW)[0].id == "j1-5-drafted"


def test_an_announcement_names_the_person_by_id_alone() -> None:
    (told,) = announced(job(), Stop(Status.REJECTED, ["why"], announce=["rejected"]), NOW)
    assert (told.job_id, told.contact_id, told.trace_id) == ("j1", "k1", "tr1")
    assert job().address not in told.model_dump_json()


@pytest.mark.parametrize(
    ("severities", "outcome", "forbidden", "mendable"),
    [
        ([], "PASS", False, False),
        ([Severity.WARN], "WARN", False, False),
        ([Severity.WARN, Severity.FAIL], "FAIL", False, True),
        ([Severity.FORBIDDEN], "FAIL", True, False),
        ([Severity.FAIL, Severity.FORBIDDEN], "FAIL", True, False),
    ],
)
def test_a_verdict_is_as_bad_as_its_worst_violation(
    severities: list[Severity], outcome: str, forbidden: bool, mendable: bool
) -> None:
    broken = tuple(Violation(rule=f"r{n}", severity=s, found="x", mend="y") for n, s in enumerate(severities))
    verdict = Verdict(revision=1, violations=broken)
    assert (verdict.outcome, verdict.forbidden, verdict.mendable) == (outcome, forbidden, mendable)
    assert len(verdict.reasons) == len([s for s in severities if s is not Severity.WARN])


@pytest.mark.parametrize(
    ("owner", "mailbox"),
    [(None, "ann@northwind.com"), ("", "ann@northwind.com"), ("x@y.example", "ann@northwind.com"),
     ("BEN@northwind.com", "ben@northwind.com")],
)  # fmt: skip
def test_the_sender_is_the_owners_mailbox_where_it_is_one_of_ours(owner: str | None, mailbox: str) -> None:
    ben = SENDER.but(mailbox="ben@northwind.com")
    settings = tenant(senders={SENDER.mailbox: SENDER, ben.mailbox: ben})
    assert settings.sender_for(owner).mailbox == mailbox
