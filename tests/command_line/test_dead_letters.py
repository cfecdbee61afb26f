"""`whisper dead-letters`: list, replay one or all, dry run."""

from __future__ import annotations

from scripts.stack.tenant import TENANT
from shared.jobs.job import Status
from tests import system
from tests.command_line.parts import Terminal


def some_dead_letters(terminal: Terminal, number: int) -> None:
    """Jobs that failed because the tenant's settings could not be read; the settings are mended again."""
    simulation = terminal.simulation
    document = simulation.world.database.client.document(f"tenants/{TENANT}")
    settings = document.get().to_dict()
    for place in range(number):
        fields = system.lead(email=f"person{place}@fjordfreight.example")
        simulation.deliver(simulation.submit(fields)["requests"]["form"])
    document.update({"senders": "gone"})
    simulation.run()
    document.set(settings)
    assert len(system.dead_letters(simulation)) == number


def test_none_is_said_so(terminal: Terminal) -> None:
    assert terminal.json("dead-letters", "list")["dead_letters"] == []
    assert "no dead letters" in terminal("dead-letters", "list").out
    assert terminal.json("dead-letters", "replay", "--all")["results"] == []


def test_one_is_listed_with_its_reason(terminal: Terminal) -> None:
    some_dead_letters(terminal, 1)
    (letter,) = terminal.json("dead-letters", "list")["dead_letters"]
    assert letter["kind"] == "retryable"
    assert letter["reason"] in terminal("dead-letters", "list").out


def test_a_dry_run_changes_nothing(terminal: Terminal) -> None:
    some_dead_letters(terminal, 2)
    before = [job.epoch for job in system.jobs(terminal.simulation)]
    said = terminal.json("dead-letters", "replay", "--all", "--dry-run")
    assert [result["fate"] for result in said["results"]] == ["would be replayed"] * 2
    assert [job.epoch for job in system.jobs(terminal.simulation)] == before
    assert all(letter.replayed_at is None for letter in system.dead_letters(terminal.simulation))


def test_all_are_replayed_once(terminal: Terminal) -> None:
    some_dead_letters(terminal, 3)
    said = terminal.json("dead-letters", "replay", "--all")
    assert [(r["fate"], r["queued"]) for r in said["results"]] == [("replayed", True)] * 3
    terminal.simulation.run()
    assert all(job.status is Status.WAITING for job in system.jobs(terminal.simulation))
    assert terminal.json("dead-letters", "replay", "--all")["results"] == []
    assert terminal.json("dead-letters", "list")["dead_letters"] == []
    assert len(terminal.json("dead-letters", "list", "--all")["dead_letters"]) == 3


def test_one_is_replayed_and_not_twice(terminal: Terminal) -> None:
    some_dead_letters(terminal, 1)
    (letter,) = system.dead_letters(terminal.simulation)
    assert "replayed" in terminal("dead-letters", "replay", letter.id).out
    again = terminal("dead-letters", "replay", letter.id, "--json")
    assert (again.code, again.data["results"][0]["fate"]) == (1, "was replayed before")


def test_a_job_that_moved_on_is_left_alone_and_its_letter_closed(terminal: Terminal) -> None:
    some_dead_letters(terminal, 1)
    simulation = terminal.simulation
    job = system.job(simulation)
    simulation.world.database.commit([job.but(epoch=job.epoch + 1)])
    (result,) = terminal.json("dead-letters", "replay", "--all")["results"]
    assert result["fate"] == "the job has moved on since"
    assert system.job(simulation).status is Status.FAILED
    assert terminal.json("dead-letters", "list")["dead_letters"] == []


def test_which_one_must_be_said(terminal: Terminal) -> None:
    assert "name one dead letter, or say --all" in terminal.refused("dead-letters", "replay")
    assert "or say --all" in terminal.refused("dead-letters", "replay", "x", "--all")
    assert "there is no dead letter x" in terminal.refused("dead-letters", "replay", "x")
