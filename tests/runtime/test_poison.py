"""What is broken ends visibly within its attempts, and its neighbours go on (P1, P7)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scripts.local_cloud.faults import Fault
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.intake.submissions import MAX_BYTES
from shared.jobs.event import EventStatus
from shared.jobs.job import Status
from tests import system
from tests.intake.test_receive_hubspot import payload, post
from tests.runtime.test_recovery import ONE_OF_EACH, drafted, settle, start


class Died(BaseException):
    """The process is gone: no handler of the product sees it."""


def test_an_outward_stage_that_dies_at_its_effect_every_time_ends_as_a_dead_letter(
    simulation: Simulation,
) -> None:
    def dying(method: str, path: str) -> None:
        if method == "POST" and path.endswith("/drafts"):
            raise Died

    simulation.on_vendor_request = dying
    start(simulation)
    settle(simulation, hours=12)
    job = system.job(simulation)
    assert job.status is Status.FAILED
    assert job.stage == "file_draft"
    (letter,) = system.dead_letters(simulation)
    assert letter.attempts == simulation.world.settings.max_attempts
    simulation.on_vendor_request = None
    simulation.clock.advance(3601)
    simulation.sweep("requeue_stuck")
    settle(simulation)
    assert system.effects(simulation) == ONE_OF_EACH


@pytest.mark.parametrize(
    ("vendor", "path"), [("gmail", "/drafts"), ("hubspot", "/notes"), ("hubspot", "/tasks")]
)
def test_an_effect_that_arrives_late_is_not_doubled_by_a_second_submission(
    simulation: Simulation, vendor: str, path: str
) -> None:
    simulation.sandbox.faults.add(
        vendor=vendor, method="POST", path_regex=path, kind="late", delay_s=60.0, times=1
    )
    start(simulation)
    simulation.run(until=simulation.clock.now() + timedelta(seconds=8))
    second = system.lead(message="Does it also cover customs papers?")
    simulation.deliver(simulation.submit(second)["requests"]["form"])
    settle(simulation)
    assert system.effects(simulation) == ONE_OF_EACH
    assert sorted(job.status for job in system.jobs(simulation)) == [Status.MERGED, Status.WAITING]


@pytest.mark.parametrize(
    "broken",
    [
        {"stage": "no_such_stage", "next.stage": "no_such_stage"},
        {"priority": "SOON"},
        {"next.due": "tomorrow"},
        {"id": "another"},
    ],
)
def test_a_job_that_was_broken_by_hand_is_named_and_keeps_nobody_waiting(
    simulation: Simulation, broken: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    start(simulation)
    simulation.world.database.client.document(system.job(simulation).path).update(broken)
    simulation.cloud.faults.add(Fault("drop_enqueue", "CloudTasks", "CreateTask", nth=2))
    simulation.deliver(simulation.submit(system.NEW_LEAD)["requests"]["form"])
    for _ in range(30):
        simulation.run(until=simulation.clock.now() + timedelta(minutes=2))
        assert simulation.sweep("requeue_stuck") == 200
    neighbours = [job for job in system.jobs(simulation) if job.address == system.NEW_LEAD["email"]]
    assert [job.status for job in neighbours] == [Status.WAITING]
    assert len(system.dead_letters(simulation)) == 1
    said = capsys.readouterr().out
    assert "job_unusable" in said or '"outcome": "dead_letters"' in said


def test_a_form_that_is_quiet_for_longer_than_events_are_kept_does_not_stop_the_poller(
    simulation: Simulation,
) -> None:
    simulation.submit(system.LEAD)
    assert simulation.sweep("poll_forms") == 200
    settle(simulation)
    simulation.clock.advance(31 * 86400)
    for event in system.events(simulation):
        simulation.world.database.client.document(event.path).delete()
    simulation.submit(system.NEW_LEAD, form=vendors_world.CONTACT_FORM)
    assert simulation.sweep("poll_forms") == 200
    settle(simulation)
    assert len(system.jobs(simulation)) == 2


@pytest.mark.parametrize("code", ["ABORTED", "UNAVAILABLE", "DEADLINE_EXCEEDED"])
def test_a_count_whose_commit_failed_is_made_up_for(simulation: Simulation, code: str) -> None:
    start(simulation)
    simulation.run(max_steps=7)

    simulation.cloud.faults.add(Fault("refuse", "Firestore", "Commit", work="/roll_up_stats", code=code))
    settle(simulation)
    assert drafted(simulation) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"pageUrl": "https://www.brightpath.example/" + "x" * 1_000_000},
        {"fields": system.lead(message="x" * (MAX_BYTES + 1))},
        {"fields": {**system.LEAD, "__name__": "x"}},
        {"fields": {**system.LEAD, "n" * 1001: "x"}},
    ],
)
def test_what_no_document_can_hold_is_refused_by_webhook_and_poll_alike(
    simulation: Simulation, change: dict[str, object]
) -> None:
    assert post(simulation, payload(**change)).status_code in (400, 413)
    assert all(event.status is EventStatus.REFUSED for event in system.events(simulation))
    assert not system.jobs(simulation)


def test_a_poisoned_submission_keeps_no_other_from_being_polled(simulation: Simulation) -> None:
    simulation.submit(system.lead(message="x" * (MAX_BYTES + 1)))
    simulation.submit(system.NEW_LEAD)
    assert simulation.sweep("poll_forms") == 200
    settle(simulation)
    assert [job.address for job in system.jobs(simulation)] == [system.NEW_LEAD["email"]]


@pytest.mark.parametrize(
    "garbage",
    [{"senders": {}}, {"senders": "none"}, {"forms": 7}, {"default_sender": "nobody"}, {"id": "other"}],
)
def test_settings_that_do_not_fit_make_leads_wait_and_not_fail(
    simulation: Simulation, garbage: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    reference = simulation.world.database.client.document("tenants/default")
    good = reference.get().to_dict()
    start(simulation)
    reference.update(garbage)
    simulation.run(until=simulation.clock.now() + timedelta(minutes=12))
    assert system.job(simulation).status is not Status.FAILED
    assert simulation.deliver(simulation.submit(system.NEW_LEAD)["requests"]["form"]).status_code == 503
    assert simulation.sweep("poll_forms") == 200
    assert "settings_garbage" in capsys.readouterr().out
    reference.set(good)
    settle(simulation)
    assert system.job(simulation).status is Status.WAITING


def test_a_sentry_that_cannot_be_started_does_not_undo_what_it_should_report(simulation: Simulation) -> None:
    simulation.environ["SENTRY_DSN"] = "not a dsn"
    simulation.restart()
    start(simulation)
    broken = {"sender": None, "stage": "write_draft", "next.stage": "write_draft"}
    simulation.world.database.client.document(system.job(simulation).path).update(broken)
    settle(simulation, hours=6)
    (letter,) = system.dead_letters(simulation)
    assert letter.kind == "bug"
    assert letter.frames


def test_a_short_address_key_is_503_and_says_what_to_mend(simulation: Simulation) -> None:
    from tests.intake.test_receive_hubspot import add_version

    add_version(simulation, "address-key", b"short")
    simulation.restart()
    answer = post(simulation, payload())
    assert answer.status_code == 503
    assert not system.jobs(simulation)


def test_the_same_address_twice_is_one_and_a_field_may_name_its_object(simulation: Simulation) -> None:
    fields = {key: value for key, value in system.LEAD.items() if key != "email"}
    twice = {**fields, "0-1/email": f"{system.ANA};{system.ANA.upper()}"}
    answer = post(simulation, payload(fields=twice))
    assert answer.status_code == 202, json.dumps(answer.json)
    assert system.job(simulation).address == system.ANA


def test_a_job_that_stands_in_a_strange_place_keeps_nobody_waiting(simulation: Simulation) -> None:
    start(simulation)
    job = simulation.world.database.client.document(system.job(simulation).path).get().to_dict()
    simulation.world.database.client.document("tenants/default/old/one/jobs/strange").set(job)
    simulation.clock.advance(3600)
    assert simulation.sweep("requeue_stuck") == 200
