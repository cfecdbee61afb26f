"""`whisper jobs` and `whisper drafts`."""

from __future__ import annotations

from scripts.stack.tenant import TENANT
from shared.jobs.job import Status
from tests import system
from tests.command_line.parts import Terminal


def failed(terminal: Terminal) -> str:
    """A job that failed because its tenant's settings could not be read; they are mended again."""
    simulation = terminal.simulation
    document = simulation.world.database.client.document(f"tenants/{TENANT}")
    settings = document.get().to_dict()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    document.update({"senders": "gone"})
    simulation.run()
    document.set(settings)
    job = system.job(simulation)
    assert job.status is Status.FAILED
    return job.id


def test_list_shows_the_job_and_why_it_waits(after_a_lead: Terminal) -> None:
    (job,) = after_a_lead.json("jobs", "list")["jobs"]
    assert (job["status"], job["stage"], job["address"]) == ("waiting", "await_approval", system.ANA)
    shown = after_a_lead("jobs", "list").out
    assert job["id"] in shown
    assert "a person's decision" in shown


def test_list_narrows_by_status_and_kind(after_a_lead: Terminal) -> None:
    assert len(after_a_lead.json("jobs", "list", "--status", "waiting", "--kind", "followup")["jobs"]) == 1
    assert after_a_lead.json("jobs", "list", "--status", "failed")["jobs"] == []
    assert "no such jobs" in after_a_lead("jobs", "list", "--status", "failed").out


def test_list_takes_the_newest_first_and_no_more_than_asked(terminal: Terminal) -> None:
    simulation = terminal.simulation
    for name in ("one", "two", "three"):
        fields = system.lead(email=f"{name}@fjordfreight.example")
        simulation.deliver(simulation.submit(fields)["requests"]["form"])
        simulation.run()
    listed = terminal.json("jobs", "list", "--limit", "2")["jobs"]
    assert [job["address"].split("@")[0] for job in listed] == ["three", "two"]


def test_a_job_that_cannot_be_read_is_named_and_does_not_hide_the_others(terminal: Terminal) -> None:
    simulation = terminal.simulation
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    moved = simulation.clock.now()
    path = f"tenants/{TENANT}/jobs/garbage"
    simulation.world.database.client.document(path).set({"updated_at": moved, "status": 7})
    listed = terminal.json("jobs", "list")
    assert (len(listed["jobs"]), listed["unreadable"]) == (1, [path])
    assert path in terminal("jobs", "list").out


def test_show_has_the_whole_history(after_a_lead: Terminal) -> None:
    job = system.job(after_a_lead.simulation)
    data = after_a_lead.json("jobs", "show", job.id)
    assert [step["stage"] for step in data["steps"]] == [step.stage for step in job.steps]
    shown = after_a_lead("jobs", "show", job.id).out
    assert all(step.stage in shown for step in job.steps)
    assert all(words in shown for words in (system.ANA, "Harbor Logistics", job.draft_id or "?"))


def test_an_unknown_job_is_said_so(after_a_lead: Terminal) -> None:
    assert "there is no job nope" in after_a_lead.refused("jobs", "show", "nope")
    assert "no job nope" in after_a_lead.refused("jobs", "replay", "nope")


def test_a_failed_job_is_replayed_and_its_dead_letter_closed(terminal: Terminal) -> None:
    job_id = failed(terminal)
    said = terminal.json("jobs", "replay", job_id)
    assert said["queued"] is True
    terminal.simulation.run()
    assert system.job(terminal.simulation).status is Status.WAITING
    (letter,) = system.dead_letters(terminal.simulation)
    assert letter.replayed_at is not None


def test_a_job_that_runs_or_waits_is_not_replayed(after_a_lead: Terminal) -> None:
    job_id = system.job(after_a_lead.simulation).id
    error = after_a_lead.refused("jobs", "replay", job_id)
    assert "only failed and held jobs are replayed" in error
    assert "a person's decision" in error


def test_drafts_are_listed_by_state(after_a_lead: Terminal) -> None:
    (draft,) = after_a_lead.json("drafts", "list", "--state", "PENDING")["drafts"]
    assert (draft["recipient"], draft["verdict"]) == (system.ANA, "PASS")
    assert draft["id"] in after_a_lead("drafts", "list").out
    assert after_a_lead.json("drafts", "list", "--state", "SENT")["drafts"] == []


def test_a_draft_is_shown_with_text_evidence_and_verdict(after_a_lead: Terminal) -> None:
    (draft,) = system.drafts(after_a_lead.simulation)
    data = after_a_lead.json("drafts", "show", draft.id)
    assert data["hash"] == draft.hash
    assert data["verdict"]["outcome"] == "PASS"
    assert [e["span"] for e in data["evidence"]] == [e.span for e in draft.evidence]
    shown = after_a_lead("drafts", "show", draft.id).out
    assert draft.subject in shown
    assert draft.evidence[0].claim in shown
    assert "Isabel Perez" in shown
    assert "PASS" in shown


def test_an_unknown_draft_is_said_so(after_a_lead: Terminal) -> None:
    assert "there is no draft nope" in after_a_lead.refused("drafts", "show", "nope")


def test_another_tenant_sees_nothing_of_it(after_a_lead: Terminal) -> None:
    job = system.job(after_a_lead.simulation)
    assert after_a_lead.json("jobs", "list", "--tenant", "acme")["jobs"] == []
    assert after_a_lead.json("--tenant", "acme", "drafts", "list")["drafts"] == []
    assert "no job" in after_a_lead.refused("jobs", "show", job.id, "--tenant", "acme")
