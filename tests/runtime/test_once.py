"""However often and whichever way we hear of a submission: one event, one job, one draft, one note, one task."""

from __future__ import annotations

import random

import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.stack.simulation import Simulation
from shared.jobs.job import Kind, Status
from tests import system

ONE_OF_EACH = {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}


def one_of_each(simulation: Simulation) -> None:
    assert len(system.events(simulation)) == 1
    assert system.job(simulation).status is Status.WAITING
    assert len(system.drafts(simulation)) == 1
    assert system.effects(simulation) == ONE_OF_EACH


def test_one_delivery_becomes_one_draft(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    one_of_each(simulation)


def test_twenty_deliveries_before_anything_ran(simulation: Simulation) -> None:
    requests = simulation.submit(system.LEAD)["requests"]
    for number in range(20):
        assert simulation.deliver(requests[("form", "workflow")[number % 2]]).status_code == 202
        if number % 5 == 0:
            simulation.sweep("poll_forms")
    simulation.run(choose=random.Random(7).choice)
    one_of_each(simulation)


def test_twenty_deliveries_one_after_another(simulation: Simulation) -> None:
    requests = simulation.submit(system.LEAD)["requests"]
    for number in range(20):
        simulation.deliver(requests[("form", "workflow")[number % 2]])
        simulation.run(max_steps=1)
        simulation.sweep("poll_forms")
    simulation.run()
    one_of_each(simulation)


@pytest.mark.parametrize("way", ["workflow", "poll"])
def test_a_submission_that_only_one_way_told_us_of(simulation: Simulation, way: str) -> None:
    requests = simulation.submit(system.LEAD)["requests"]
    if way == "poll":
        assert simulation.sweep("poll_forms") == 200
    else:
        assert simulation.deliver(requests["workflow"]).status_code == 202
    simulation.run()
    one_of_each(simulation)


def test_every_task_delivered_three_times(simulation: Simulation) -> None:
    """Cloud Tasks delivers at least once."""
    again: list[object] = []

    def twice(request: object) -> None:
        if request not in again:
            again.append(request)

    simulation.on_request = twice
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    simulation.on_request = None
    for request in list(again) * 2:
        assert simulation.redeliver(request).status == 200
    simulation.run()
    one_of_each(simulation)


def test_two_submissions_one_after_the_other_revise_the_open_draft(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    simulation.clock.advance(60)
    second = system.lead(message="One more thing: does it also cover customs papers?")
    simulation.deliver(simulation.submit(second)["requests"]["form"])
    simulation.run()
    merged(simulation)
    (draft,) = system.drafts(simulation)
    assert draft.revision == draft.gmail_revision == draft.note_revision == 2


@pytest.mark.parametrize("seed", range(12))
def test_two_submissions_at_the_same_moment(simulation: Simulation, seed: int) -> None:
    first = simulation.submit(system.LEAD)["requests"]["form"]
    second = simulation.submit(system.lead(message="Does it also cover customs papers?"))["requests"]["form"]
    simulation.deliver(first)
    simulation.deliver(second)
    simulation.run(choose=random.Random(seed).choice)
    merged(simulation)


def merged(simulation: Simulation) -> None:
    """One job owns the draft and knows both submissions; the other ended as merged."""
    by_status = {job.status: job for job in system.jobs(simulation)}
    assert set(by_status) == {Status.WAITING, Status.MERGED}
    owner, other = by_status[Status.WAITING], by_status[Status.MERGED]
    assert other.merged_into == owner.id
    assert len(owner.submissions) == len(owner.event_ids) == 2
    assert system.effects(simulation) == ONE_OF_EACH
    (draft,) = system.drafts(simulation)
    assert draft.job_id == owner.id
    assert draft.gmail_revision == draft.revision


def test_a_new_person_is_looked_for_twice_and_answered_all_the_same(simulation: Simulation) -> None:
    requests = simulation.submit(system.NEW_LEAD)["requests"]
    simulation.deliver(requests["form"])
    simulation.run()
    job = system.job(simulation)
    assert job.status is Status.WAITING
    assert system.effects(simulation)["drafts"] == 1


def heard_of(simulation: Simulation) -> list[HttpRequest]:
    """Ana answers what was sent to her by hand; every push of Gmail's and every task that came of it, as sent."""
    simulation.sweep("renew_watch")
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    simulation.clock.advance(60)
    (draft,) = system.drafts(simulation)
    people = simulation.sandbox.people
    sent = people.send_draft(draft.sender, draft.gmail_draft_id or "")
    simulation.sweep("watch_drafts")
    simulation.run()
    requests: list[HttpRequest] = []
    simulation.on_request = requests.append
    people.reply(draft.sender, sent["threadId"], text="Does it work with SAP?\n", sender=system.ANA)
    return requests


def one_reply(simulation: Simulation) -> None:
    replies = [job for job in system.jobs(simulation) if job.kind is Kind.REPLY]
    assert [job.status for job in replies] == [Status.WAITING]
    assert len(system.events(simulation)) == 2, "the form and the mail"
    assert system.effects(simulation) == {"drafts": 2, "sent": 1, "notes": 2, "tasks": 2}
    assert not system.dead_letters(simulation)


def test_one_push_delivered_ten_times_is_one_reply(simulation: Simulation) -> None:
    requests = heard_of(simulation)
    simulation.run(max_steps=1)
    (push,) = [request for request in requests if request.url.endswith("/receive_gmail")]
    simulation.on_request = None
    for _ in range(10):
        assert simulation.redeliver(push).status == 200
    simulation.run()
    assert simulation.redeliver(push).status == 200
    simulation.run()
    one_reply(simulation)


def test_every_push_and_task_of_a_reply_delivered_three_times(simulation: Simulation) -> None:
    requests = heard_of(simulation)
    simulation.run()
    simulation.on_request = None
    for request in list(requests) * 2:
        assert simulation.redeliver(request).status == 200
    simulation.run()
    one_reply(simulation)


def test_a_mail_that_push_and_sweeps_hear_again_and_again_is_one_reply(simulation: Simulation) -> None:
    heard_of(simulation)
    for _ in range(5):
        simulation.sweep("sync_mailboxes")
        simulation.run(max_steps=2)
        simulation.sandbox.people.forget_history("isabel.perez@brightpath.example")
    simulation.sweep("sync_mailboxes")
    simulation.run()
    one_reply(simulation)


@pytest.mark.parametrize(
    "name",
    ["sync_mailboxes", "watch_drafts", "renew_watch", "read_reply", "log_send", "log_outcome", "close_task"],
)
def test_who_is_not_the_scheduler_or_a_task_is_refused(simulation: Simulation, name: str) -> None:
    assert simulation.call(name, body=b"{}").status_code == 401
    assert simulation.cloud.counts.total()["reads"] == 0
