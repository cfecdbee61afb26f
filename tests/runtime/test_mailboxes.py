"""The mailboxes of all tenants: each is heard soon and to the end, and what is wrong with one is said of that one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.sandbox.world import ISABEL, MARCUS
from scripts.stack.simulation import Simulation
from shared.errors import Permanent, Retryable
from shared.intake.renew_watch import EXPIRING
from shared.intake.sync_mailbox import BUDGET
from shared.jobs.contact import Contact
from shared.jobs.event import Event
from shared.jobs.facts import Sender
from shared.jobs.job import Job, Kind
from shared.jobs.mail import Address
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.route import TenantRoute
from shared.jobs.tenant import Tenant
from shared.jobs.thread import followed_id
from shared.ports.mail_feed import MailFeed
from shared.runtime.hearing import BEHIND, hear
from shared.runtime.mailboxes import Mailboxes
from shared.runtime.sync_soon import PUSH_SLOT_S, sync_soon
from shared.runtime.watches import renew_all
from shared.runtime.world import World
from tests.builders import mail
from tests.fakes import FakeFeed
from tests.system import ANA, every, jobs, lead

Capture = pytest.CaptureFixture[str]
STRANGER = "offers@shop.example"
REFUSED = Permanent("gmail: answered 403; connect the mailbox again")
BUSY = Retryable("gmail: answered 503")


@pytest.fixture
def heard() -> Iterator[Simulation]:
    """The whole system, with both mailboxes listened to."""
    made = Simulation()
    made.sweep("renew_watch")
    made.run()
    yield made
    made.close()


@dataclass
class Feeds:
    """A fake feed for each mailbox, in the simulation's time."""

    world: World
    feeds: dict[str, FakeFeed] = field(default_factory=dict[str, FakeFeed])

    def __call__(self, world: World, tenant: Tenant, sender: Sender) -> MailFeed:
        return self.of(sender.mailbox)

    def of(self, address: str) -> FakeFeed:
        if address not in self.feeds:
            self.feeds[address] = FakeFeed(self.world.clock())
        return self.feeds[address]


def synced(
    simulation: Simulation, feeds: Feeds, *, only_tenant: str | None = None, only_mailbox: str | None = None
) -> Mapping[str, object]:
    return hear(Mailboxes(simulation.world, feeds, only_tenant, only_mailbox), "trace")


def renewed(simulation: Simulation, feeds: Feeds) -> Mapping[str, object]:
    return renew_all(Mailboxes(simulation.world, feeds))


def records(simulation: Simulation) -> dict[str, MailboxRecord]:
    return {each.address: each for each in every(simulation, "mailboxes", MailboxRecord)}


def lines(capsys: Capture, event: str = "") -> list[dict[str, Any]]:
    """What was logged since the last time, as far as it is about mailboxes."""
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [each for each in found if not event or each["event"] == event]


def asked(simulation: Simulation) -> list[dict[str, str]]:
    """The mailboxes that tasks ask for, from now on, in the order in which they are delivered."""
    found: list[dict[str, str]] = []

    def note(request: HttpRequest) -> None:
        if request.url.endswith("/sync_mailboxes") and request.body:
            found.append(json.loads(request.body))

    simulation.on_request = note
    return found


def write(simulation: Simulation, number: int = 1, *, to: str = ISABEL, sender: str = STRANGER) -> None:
    for _ in range(number):
        simulation.sandbox.people.write(to, sender=sender, subject="Offer", text="Look at this.\n")


# Beginning


def test_a_mailbox_that_was_another_tenants_leads_to_the_one_that_listens_now(simulation: Simulation) -> None:
    database = simulation.world.database
    database.commit([TenantRoute(id=mailbox_id(ISABEL), tenant="another")])
    synced(simulation, Feeds(simulation.world))
    route = database.get(f"routes/{mailbox_id(ISABEL)}", TenantRoute)
    assert route is not None
    assert route.tenant == "default"


def test_a_mailbox_is_begun_once_with_its_route_and_its_watch(simulation: Simulation) -> None:
    feeds = Feeds(simulation.world)
    found = synced(simulation, feeds)
    assert found == {"mailboxes": 2, "begun": 2}
    for address, record in records(simulation).items():
        route = simulation.world.database.get(f"routes/{record.id}", TenantRoute)
        assert route is not None
        assert route.tenant == "default"
        assert record.watch_expires_at is not None
        assert feeds.of(address).trouble.asked == ["place", "watch"]
    assert synced(simulation, feeds) == {"mailboxes": 2}


def test_a_mailbox_that_cannot_be_begun_keeps_no_other_from_it(
    simulation: Simulation, capsys: Capture
) -> None:
    feeds = Feeds(simulation.world)
    feeds.of(ISABEL).trouble.fails["place"] = REFUSED
    assert synced(simulation, feeds) == {"mailboxes": 2, "begun": 1, "failed": 1}
    assert set(records(simulation)) == {MARCUS}
    (line,) = lines(capsys, "mailbox_unheard")
    assert (line["severity"], line["mailbox"], line["kind"]) == ("ERROR", mailbox_id(ISABEL), "permanent")


def test_a_mailbox_without_a_watch_is_heard_all_the_same(simulation: Simulation, capsys: Capture) -> None:
    feeds = Feeds(simulation.world)
    feeds.of(ISABEL).trouble.fails["watch"] = REFUSED
    assert synced(simulation, feeds)["begun"] == 2
    assert [line["mailbox"] for line in lines(capsys, "watch_failed")] == [mailbox_id(ISABEL)]
    feeds.of(ISABEL).arrive(mail(sender=Address(address=STRANGER)))
    assert synced(simulation, feeds)["looked_at"] == 1


# Pushes


def test_pushes_for_one_mailbox_within_a_slot_ask_for_one_look(heard: Simulation) -> None:
    found = asked(heard)
    for _ in range(3):
        write(heard)
        heard.clock.advance(1.1)
    heard.run()
    assert found == [{"tenant": "default", "mailbox": mailbox_id(ISABEL)}]
    write(heard)
    heard.run()
    assert len(found) == 2, "what comes in after the look is looked at too"


def test_pushes_for_two_mailboxes_ask_for_a_look_at_each(heard: Simulation) -> None:
    found = asked(heard)
    write(heard)
    write(heard, to=MARCUS)
    heard.run()
    assert {each["mailbox"] for each in found} == {mailbox_id(ISABEL), mailbox_id(MARCUS)}


@pytest.mark.parametrize("seed", range(6))
def test_whenever_mails_come_in_no_sweep_is_needed_to_hear_them(
    heard: Simulation, capsys: Capture, seed: int
) -> None:
    """A push that finds its slot's task made already is served by that task, or by the next slot's."""
    dice = random.Random(seed)
    number = 12
    for _ in range(number):
        write(heard)
        pause = timedelta(seconds=dice.choice([0.0, 0.4, 1.0, PUSH_SLOT_S - 0.1, PUSH_SLOT_S, 7.3]))
        heard.run(until=heard.clock.now() + pause)
    heard.run()
    swept = [line for line in lines(capsys, "swept") if line["kind"] == "sync_mailboxes"]
    assert sum(line.get("passed_by", 0) for line in swept) == number
    assert records(heard)[ISABEL].history_id == heard.sandbox.gmail.mailbox(ISABEL).history_id()


def test_asking_again_in_the_same_slot_makes_no_second_task_and_in_the_next_one_it_does(
    heard: Simulation,
) -> None:
    found = asked(heard)
    box = mailbox_id(ISABEL)
    for _ in range(3):
        sync_soon(heard.world, "default", box, trace_id="t")
    heard.clock.advance(PUSH_SLOT_S)
    sync_soon(heard.world, "default", box, trace_id="t")
    heard.run()
    assert [each["mailbox"] for each in found] == [box, box]


def test_a_task_for_one_mailbox_looks_at_no_other(simulation: Simulation) -> None:
    feeds = Feeds(simulation.world)
    synced(simulation, feeds)
    feeds.of(MARCUS).trouble.asked.clear()
    found = synced(simulation, feeds, only_tenant="default", only_mailbox=mailbox_id(ISABEL))
    assert found == {"mailboxes": 1}
    assert feeds.of(MARCUS).trouble.asked == []


def test_a_task_for_a_mailbox_that_was_taken_out_of_the_settings_does_nothing(
    simulation: Simulation,
) -> None:
    feeds = Feeds(simulation.world)
    assert synced(simulation, feeds, only_mailbox=mailbox_id("gone@northwind.com")) == {}
    assert synced(simulation, feeds, only_tenant="nobody") == {}


# To the end


def test_what_one_run_does_not_come_to_is_gone_on_with_at_once(heard: Simulation, capsys: Capture) -> None:
    write(heard, BUDGET + 5)
    lines(capsys)
    heard.run()
    swept = [line for line in lines(capsys, "swept") if line["kind"] == "sync_mailboxes"]
    assert sum(line.get("looked_at", 0) for line in swept) == BUDGET + 5, "nothing is looked at twice"
    assert [line.get("unfinished", 0) for line in swept] == [1, 0]
    record = records(heard)[ISABEL]
    assert record.history_id == heard.sandbox.gmail.mailbox(ISABEL).history_id()
    assert record.synced_through >= heard.clock.now() - timedelta(minutes=1)


def test_two_looks_at_once_hear_a_mail_once(heard: Simulation, capsys: Capture) -> None:
    heard.deliver(heard.submit(lead())["requests"]["form"])
    heard.run()
    write(heard, sender=ANA)
    nested: list[int | None] = []

    def at_once(method: str, path: str) -> None:
        if path.endswith("/history") and not nested:
            nested.append(0)
            nested[0] = heard.sweep("sync_mailboxes")

    heard.on_vendor_request = at_once
    lines(capsys)
    assert heard.sweep("sync_mailboxes") == 200
    assert nested == [200]
    heard.on_vendor_request = None
    told = lines(capsys)
    assert [line["event"] for line in told if line["event"].startswith("mail_")] == [
        "mail_accepted",
        "mail_known",
    ]
    assert "mailbox_kept" in {line["event"] for line in told}, (
        "one of them lost its race, and that is no loss"
    )
    heard.run()
    replies = [job for job in every(heard, "jobs", Job) if job.kind is Kind.REPLY]
    assert len(replies) == 1
    assert len([event for event in every(heard, "events", Event) if event.source == "gmail"]) == 1


def test_a_thread_or_contact_document_that_cannot_be_understood_does_not_wedge_its_mailbox(
    heard: Simulation, capsys: Capture
) -> None:
    heard.deliver(heard.submit(lead())["requests"]["form"])
    heard.run()
    client = heard.world.database.client
    (known,) = every(heard, "contacts", Contact)
    sent = heard.sandbox.people.write(ISABEL, sender=ANA, subject="Hello", text="Could you call me?\n")
    client.document(known.path).set({"id": 7})
    client.document(f"tenants/default/threads/{followed_id(ISABEL, sent['threadId'])}").set({"id": 7})
    write(heard)
    lines(capsys)
    assert heard.sweep("sync_mailboxes") == 200
    told = {line["event"] for line in lines(capsys)}
    assert {"mail_accepted", "thread_garbage"} <= told
    assert "mailbox_reconnect" not in told
    assert records(heard)[ISABEL].history_id == heard.sandbox.gmail.mailbox(ISABEL).history_id()


def test_a_mailbox_document_that_cannot_be_understood_keeps_no_other_from_being_heard(
    heard: Simulation, capsys: Capture
) -> None:
    client = heard.world.database.client
    client.document(records(heard)[MARCUS].path).update({"status": "unheard of"})
    write(heard)
    lines(capsys)
    assert heard.sweep("sync_mailboxes") == 200
    assert heard.sweep("renew_watch") == 200
    assert heard.sweep("sync_mailboxes") == 200
    told = [(line["mailbox"], line["severity"]) for line in lines(capsys, "mailbox_unheard")]
    assert told == [(mailbox_id(MARCUS), "ERROR")] * 3
    assert records(heard)[ISABEL].history_id == heard.sandbox.gmail.mailbox(ISABEL).history_id()


def test_a_job_document_that_was_spoilt_does_not_wedge_the_mailbox_that_is_read_anew(
    heard: Simulation, capsys: Capture
) -> None:
    heard.deliver(heard.submit(lead())["requests"]["form"])
    heard.run()
    heard.sandbox.people.write(ISABEL, sender=ANA, subject="Hello", text="Could you call me?\n")
    heard.run()
    (reply,) = [each for each in jobs(heard) if each.kind is Kind.REPLY]
    heard.world.database.client.document(reply.path).update({"status": "unheard of"})
    heard.sandbox.people.forget_history(ISABEL)
    lines(capsys)
    assert heard.sweep("sync_mailboxes") == 200
    told = lines(capsys)
    assert [line["job"] for line in told if line["event"] == "job_unusable"] == [reply.id]
    assert records(heard)[ISABEL].status is MailboxStatus.CONNECTED
    assert records(heard)[ISABEL].history_id == heard.sandbox.gmail.mailbox(ISABEL).history_id()


# What is said


def begun(simulation: Simulation, capsys: Capture) -> Feeds:
    feeds = Feeds(simulation.world)
    synced(simulation, feeds)
    lines(capsys)
    return feeds


def test_a_mailbox_that_refuses_us_is_said_and_keeps_no_other_waiting(
    simulation: Simulation, capsys: Capture
) -> None:
    feeds = begun(simulation, capsys)
    feeds.of(ISABEL).trouble.fails["changes"] = REFUSED
    feeds.of(MARCUS).arrive(mail(sender=Address(address=STRANGER)))
    found = synced(simulation, feeds)
    assert (found["failed"], found["looked_at"]) == (1, 1)
    (line,) = lines(capsys, "mailbox_reconnect")
    assert (line["severity"], line["mailbox"], line["tenant"]) == ("ERROR", mailbox_id(ISABEL), "default")
    assert line["reason"] == REFUSED.reason
    assert records(simulation)[ISABEL].status is MailboxStatus.RECONNECT
    assert records(simulation)[MARCUS].status is MailboxStatus.CONNECTED
    feeds.of(ISABEL).trouble.fails.clear()
    synced(simulation, feeds)
    assert records(simulation)[ISABEL].status is MailboxStatus.CONNECTED
    assert lines(capsys, "mailbox_reconnect") == []


def test_a_mailbox_that_does_not_answer_is_behind_after_half_an_hour(
    simulation: Simulation, capsys: Capture
) -> None:
    feeds = begun(simulation, capsys)
    feeds.of(ISABEL).trouble.fails["changes"] = BUSY
    simulation.clock.advance(BEHIND.total_seconds())
    synced(simulation, feeds)
    told = lines(capsys)
    assert "mailbox_unheard" in {line["event"] for line in told}
    assert "mailbox_reconnect" not in {line["event"] for line in told}
    assert "mailbox_behind" not in {line["event"] for line in told}
    simulation.clock.advance(1)
    synced(simulation, feeds)
    (line,) = lines(capsys, "mailbox_behind")
    assert (line["severity"], line["mailbox"]) == ("ERROR", mailbox_id(ISABEL))
    feeds.of(ISABEL).trouble.fails.clear()
    synced(simulation, feeds)
    assert lines(capsys, "mailbox_behind") == []


def test_a_mailbox_that_is_read_anew_says_why(simulation: Simulation, capsys: Capture) -> None:
    feeds = begun(simulation, capsys)
    feeds.of(ISABEL).forget()
    assert synced(simulation, feeds)["resynced"] == 1
    (line,) = lines(capsys, "mailbox_resynced")
    assert (line["severity"], line["mailbox"]) == ("NOTICE", mailbox_id(ISABEL))
    assert line["reason"]


def test_a_watch_that_fails_is_said_and_after_days_that_it_expires(
    simulation: Simulation, capsys: Capture
) -> None:
    feeds = begun(simulation, capsys)
    feeds.of(ISABEL).trouble.fails["watch"] = BUSY
    assert renewed(simulation, feeds) == {"mailboxes": 2, "renewed": 1, "failed": 1}
    told = lines(capsys)
    assert [line["mailbox"] for line in told if line["event"] == "watch_failed"] == [mailbox_id(ISABEL)]
    assert "watch_expiring" not in {line["event"] for line in told}
    until = records(simulation)[ISABEL].watch_expires_at
    assert until is not None
    simulation.clock.advance_to((until - EXPIRING + timedelta(seconds=1)).timestamp())
    renewed(simulation, feeds)
    (line,) = lines(capsys, "watch_expiring")
    assert (line["severity"], line["mailbox"]) == ("ERROR", mailbox_id(ISABEL))


def test_no_line_holds_an_address_or_a_word_of_a_mail(heard: Simulation, capsys: Capture) -> None:
    heard.deliver(heard.submit(lead())["requests"]["form"])
    heard.run()
    heard.sandbox.people.write(ISABEL, sender=ANA, subject="canary-subject", text="canary-words\n")
    write(heard)
    heard.run()
    said = capsys.readouterr().out
    assert "mail_accepted" in said
    for secret in (ISABEL, MARCUS, ANA, STRANGER, "canary-subject", "canary-words"):
        assert secret not in said
