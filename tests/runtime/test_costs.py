"""What a job costs in reads, writes and tasks: every stage as its row in functions.yaml says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from shared.jobs.job import Kind, Status
from tests import system
from tests.faults.sending import ReadyToSend, decide
from tests.intake.test_receive_hubspot import payload, post

PURE = ("read_thread", "gather_context")
"""Stages that need nothing but the job: one read, one write, one task, the floor for work that survives a crash."""


def test_every_stage_costs_what_its_row_says(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    spent = {work.rsplit("/", 1)[-1]: count for work, count in simulation.cloud.counts.by_work().items()}
    ran = [step.stage for step in system.job(simulation).steps]
    assert len(ran) == len(set(ran)), "each stage ran once"
    rows = simulation.catalogue.functions
    counted = ("receive_hubspot", *ran, "roll_up_stats")
    found, wanted = as_rows_say(simulation, spent, counted)
    assert found == wanted
    for name in counted:
        assert spent[name]["deletes"] == (1 if name == "file_draft" else 0), (
            "what is published leaves the outbox"
        )
    for name in PURE:
        assert (rows[name].cost.reads, rows[name].cost.writes, rows[name].cost.tasks) == (1, 1, 1)
    total = {kind: sum(spent[n][kind] for n in counted) for kind in ("reads", "writes", "tasks")}
    print(f"one followup job: {total}")
    assert total == {"reads": 46, "writes": 28, "tasks": 10}


def test_an_empty_sweep_reads_one_entry_for_each_shard_and_one_for_dead_letters(
    simulation: Simulation,
) -> None:
    simulation.cloud.counts.reset()
    assert simulation.sweep("requeue_stuck") == 200
    spent = simulation.cloud.counts.total()
    cost = simulation.catalogue.functions["requeue_stuck"].cost
    assert (spent["reads"], spent["writes"], spent["tasks"]) == (cost.reads, cost.writes, cost.tasks)


def test_a_look_at_the_controls_that_finds_nothing_new(simulation: Simulation) -> None:
    simulation.sweep("watch_controls")
    simulation.cloud.counts.reset()
    simulation.sweep("watch_controls")
    assert spent_by(simulation, "watch_controls") == row(simulation, "watch_controls")


def spent_by(simulation: Simulation, name: str) -> tuple[int, int, int]:
    """Reads, writes and tasks of everything that ran under a function's name."""
    counts = [count for work, count in simulation.cloud.counts.by_work().items() if work.endswith(f"/{name}")]
    reads, writes, tasks = (sum(count[kind] for count in counts) for kind in ("reads", "writes", "tasks"))
    return reads, writes, tasks


def row(simulation: Simulation, name: str) -> tuple[int, int, int]:
    cost = simulation.catalogue.functions[name].cost
    return cost.reads, cost.writes, cost.tasks


def test_a_poll_that_finds_one_new_submission(simulation: Simulation) -> None:
    simulation.sweep("poll_forms")
    simulation.cloud.counts.reset()
    simulation.clock.advance(60)
    simulation.submit(system.LEAD)
    simulation.sweep("poll_forms")
    assert spent_by(simulation, "poll_forms") == row(simulation, "poll_forms")


def test_a_person_who_is_created_in_the_crm(simulation: Simulation) -> None:
    simulation.world.database.client.document("tenants/default").update({"create_contacts": True})
    assert post(simulation, payload(fields=system.NEW_LEAD)).status_code == 202
    simulation.run()
    assert spent_by(simulation, "create_contact") == row(simulation, "create_contact")
    assert [step.stage for step in system.job(simulation).steps][:3] == [
        "resolve_identity",
        "resolve_identity",
        "create_contact",
    ]
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}


def test_a_person_whom_the_crm_does_not_know_is_answered_and_the_gap_is_shown(simulation: Simulation) -> None:
    assert post(simulation, payload(fields=system.NEW_LEAD)).status_code == 202
    simulation.run()
    job = system.job(simulation)
    assert job.status is Status.WAITING
    assert any("CRM does not know" in note for note in job.notes)
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 0, "tasks": 0}


def spent_since(simulation: Simulation, act: Callable[[], object]) -> dict[str, dict[str, int]]:
    """What each function spent on an act and all that follows from it."""
    simulation.cloud.counts.reset()
    act()
    simulation.run()
    found: dict[str, dict[str, int]] = {}
    for work, count in simulation.cloud.counts.by_work().items():
        total = found.setdefault(work.rsplit("/", 1)[-1], dict.fromkeys(count, 0))
        for kind, number in count.items():
            total[kind] += number
    return found


def as_rows_say(
    simulation: Simulation, spent: dict[str, dict[str, int]], names: tuple[str, ...]
) -> tuple[dict[str, tuple[int, int, int]], dict[str, tuple[int, int, int]]]:
    """What these functions spent, and what their rows say."""
    found = {name: (spent[name]["reads"], spent[name]["writes"], spent[name]["tasks"]) for name in names}
    return found, {name: row(simulation, name) for name in names}


def sent_draft(simulation: Simulation) -> dict[str, object]:
    """The answer to Ana's form, sent by hand; nobody has seen that yet."""
    simulation.sweep("renew_watch")
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    simulation.clock.advance(60)
    (draft,) = system.drafts(simulation)
    sent = simulation.sandbox.people.send_draft(draft.sender, draft.gmail_draft_id or "")
    simulation.run()
    return sent


def test_a_draft_that_a_person_sent(simulation: Simulation) -> None:
    sent_draft(simulation)
    spent = spent_since(simulation, lambda: simulation.sweep("watch_drafts"))
    found, wanted = as_rows_say(simulation, spent, ("watch_drafts", "log_outcome", "close_task"))
    assert found == wanted


def test_a_mail_that_a_person_answers_and_a_stop(simulation: Simulation) -> None:
    thread_id = str(sent_draft(simulation)["threadId"])
    simulation.sweep("watch_drafts")
    simulation.run()
    # Well within one stretch of time that pushes share.
    simulation.clock.advance_to(simulation.clock.time_s() // 5 * 5 + 5)

    def write(text: str) -> None:
        simulation.sandbox.people.reply(vendors.ISABEL, thread_id, text=text, sender=system.ANA)
        # The push that Gmail makes of our own draft comes later; it asks for a look of its own.
        simulation.run(until=simulation.clock.now() + timedelta(seconds=5))

    spent = spent_since(simulation, lambda: write("Does it work with SAP Business One?\n"))
    job = next(each for each in system.jobs(simulation) if each.kind is Kind.REPLY)
    ran = [step.stage for step in job.steps]
    assert (ran[0], ran[-1], len(ran)) == ("read_reply", "await_approval", 11)
    # An answer is a person's to approve: no switch is read.
    assert spent["await_approval"]["reads"] == row(simulation, "await_approval")[0] - 2
    found, wanted = as_rows_say(simulation, spent, tuple(ran[:-1]))
    assert found == wanted
    total = {kind: sum(spent[name][kind] for name in ran) for kind in ("reads", "writes", "tasks")}
    print(f"one reply job: {total}")
    spent = spent_since(simulation, lambda: write("Please stop writing to me.\n"))
    found, wanted = as_rows_say(simulation, spent, ("withdraw_draft", "log_outcome", "close_task"))
    assert found == wanted


def test_a_push_and_the_look_that_it_asks_for(simulation: Simulation) -> None:
    thread_id = str(sent_draft(simulation)["threadId"])
    simulation.clock.advance(60)
    people = simulation.sandbox.people
    spent = spent_since(simulation, lambda: people.auto_reply(vendors.ISABEL, thread_id))
    found, wanted = as_rows_say(simulation, spent, ("receive_gmail", "sync_mailboxes"))
    assert found == wanted


def test_the_watches_of_two_mailboxes_are_renewed(simulation: Simulation) -> None:
    simulation.sweep("renew_watch")
    simulation.run()
    spent = spent_since(simulation, lambda: simulation.sweep("renew_watch"))
    found, wanted = as_rows_say(simulation, spent, ("renew_watch",))
    assert found == wanted


@pytest.fixture
def ready() -> Iterator[ReadyToSend]:
    ready = ReadyToSend(approve=False)
    yield ready
    ready.simulation.close()


def test_a_draft_that_a_person_approves_is_claimed_sent_and_recorded(ready: ReadyToSend) -> None:
    decide(ready.simulation, ready.draft)
    spent = spent_since(ready.simulation, ready.go)
    names = ("send_draft", "log_send", "log_outcome", "close_task")
    assert tuple(step.stage for step in ready.job.steps)[-4:] == names
    found, wanted = as_rows_say(ready.simulation, spent, names)
    assert found == wanted
    total = {kind: sum(spent[name][kind] for name in names) for kind in ("reads", "writes", "tasks")}
    print(f"one approved draft: {total}")


def test_a_draft_that_nobody_decides_about(ready: ReadyToSend) -> None:
    ready.go(minutes=4 * 24 * 60)
    spent = spent_since(ready.simulation, lambda: ready.simulation.sweep("expire_drafts"))
    found, wanted = as_rows_say(
        ready.simulation, spent, ("expire_drafts", "withdraw_draft", "log_outcome", "close_task")
    )
    assert found == wanted
