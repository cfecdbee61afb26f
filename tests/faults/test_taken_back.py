"""A draft that a person sent and that was then taken back is known to be sent, whichever call is broken (P1, P4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from scripts.sandbox.exchange import Refused
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import BY_HAND
from shared.jobs.draft import Draft
from shared.jobs.job import Status
from shared.jobs.rules import SuppressionReason
from shared.operators import decisions
from shared.operators.replay import Started, replay_job
from shared.operators.suppressions import Suppressed, add_suppression
from shared.runtime.queue import task_queue
from shared.runtime.settle import settle
from shared.runtime.wire.secrets import address_key_of
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break
from tests.faults.sending import APPROVER, decide
from tests.faults.test_by_hand import Prepared, Record, differences, loose_ends, sent


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    made = Prepared()
    yield made
    made.simulation.close()


def is_rejected(simulation: Simulation, draft: Draft) -> None:
    decide(simulation, draft, decisions.reject, why="not now")


def expires(simulation: Simulation, draft: Draft) -> None:
    simulation.clock.advance(4 * 24 * 3600)
    assert simulation.sweep("expire_drafts") == 200


def is_to_nobody(simulation: Simulation, draft: Draft) -> None:
    """Their person is suppressed by an operator."""
    world = simulation.world
    key, routing = address_key_of(world, draft.recipient), world.settings.routing
    words: dict[str, Any] = {"reason": SuppressionReason.MANUAL, "by": APPROVER, "why": "they called"}
    answer = add_suppression(world.database, TENANT, key, now=world.clock(), routing=routing, **words)
    assert isinstance(answer, Suppressed)
    assert answer.withdraws is not None
    settle(world, answer.withdraws)


def nothing(simulation: Simulation, draft: Draft) -> None:
    """The draft lies there until it is deleted."""


TAKEN_BACK = {"rejected": is_rejected, "expired": expires, "suppressed": is_to_nobody}
BEFORE = {"sent": sent, "nothing": nothing}

APPLIED = (Break.LOST_ANSWER, Break.CRASH_AFTER)
"""The call had its effect, and nobody knows."""
UNAPPLIED = tuple(way for way in Break if way not in APPLIED)


def taken_back(prepared: Prepared, before: str, how: str, broken_by: tuple[int, Break] | None) -> list[str]:
    """The calls that are made once the draft is taken back, one of them broken."""
    BEFORE[before](prepared.simulation, prepared.draft)
    TAKEN_BACK[how](prepared.simulation, prepared.draft)
    prepared.calls.break_several(dict([broken_by] if broken_by is not None else []))
    prepared.simulation.run(until=prepared.simulation.clock.now() + timedelta(minutes=5))
    made = prepared.calls.made
    prepared.rest()
    return made


@pytest.mark.parametrize("how", TAKEN_BACK)
@pytest.mark.parametrize("before", BEFORE)
def test_a_draft_that_was_sent_and_then_taken_back_is_known_to_be_sent(
    prepared: Prepared, before: str, how: str
) -> None:
    def play() -> tuple[dict[str, Any], list[str]]:
        taken_back(prepared, before, how, None)
        return prepared.state(), loose_ends(prepared.simulation)

    was_sent = before == "sent"
    state, loose = in_a_copy(play)
    (draft,) = (json.loads(each) for each in state["drafts"])
    ((_, _, status, reasons, rests),) = state["jobs"]
    ended = "EXPIRED" if how == "expired" else "REJECTED"
    assert draft["state"] == ("SENT_BY_HAND" if was_sent else ended)
    assert (status, rests) == (Status.DONE if was_sent else Status.STOPPED, True)
    assert reasons == (draft["end_reason"],)
    by_hand = [day.get("by_hand") for day in state["quotas"].values()]
    assert by_hand == ([1, 1] if was_sent else []), "the day and the week"
    ((_, open_draft, mailed_at),) = state["contacts"]
    assert (open_draft, mailed_at != "None") == (None, was_sent)
    told = [
        (actor, before, after) for kind, _, actor, _, before, after in state["audit"] if kind == "DRAFT_SENT"
    ]
    assert told == ([(BY_HAND, f"{ended} 1", "SENT_BY_HAND 1")] if was_sent else [])
    (note,) = state["notes"]
    assert ("was sent by hand from" in note, "was not sent" in note) == (was_sent, not was_sent)
    assert state["tasks"] == ["COMPLETED"]
    assert (loose, state["in the mailboxes"], state["effects"]["sent"]) == ([], [], int(was_sent))
    assert state["outbox"] == state["dead letters"] == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("before", "how", "ways"),
    [
        ("sent", "rejected", APPLIED),
        pytest.param("nothing", "rejected", APPLIED, marks=pytest.mark.long),
        *(pytest.param(before, "rejected", UNAPPLIED, marks=pytest.mark.long) for before in BEFORE),
        *(
            pytest.param(before, how, tuple(Break), marks=pytest.mark.long)
            for before in BEFORE
            for how in ("expired", "suppressed")
        ),
    ],
)
def test_no_single_fault_changes_what_is_known_of_a_draft_that_was_taken_back(
    prepared: Prepared, before: str, how: str, ways: tuple[Break, ...], record_property: Record
) -> None:
    """What was sent is counted once, and an answer that was lost of our own deletion is no mail."""

    def play(broken_by: tuple[int, Break] | None) -> tuple[list[str], dict[str, Any]]:
        made = taken_back(prepared, before, how, broken_by)
        return made, prepared.state()

    made, wanted = in_a_copy(lambda: play(None))
    assert any("/drafts/" in name for name in made), "it is taken out of the mailbox"
    faults = [(nth, way) for nth in range(1, len(made) + 1) for way in ways]
    wrong: list[str] = []
    for nth, way in faults:
        _, found = in_a_copy(lambda n=nth, w=way: play((n, w)))
        if differs := differences(found, wanted):
            wrong.append(f"{before}, {how}, call {nth} ({made[nth - 1]}) {way}: {differs}")
    record_property("number of single faults while drafts are taken back", len(faults))
    assert not wrong, f"{len(wrong)} of {len(faults)}\n" + "\n".join(wrong[:5])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["rejected", *(pytest.param(h, marks=pytest.mark.long) for h in TAKEN_BACK)])
def test_one_that_a_person_sends_while_it_is_taken_back_is_deleted_or_known_to_be_sent(
    prepared: Prepared, how: str
) -> None:
    """Before each call from the decision until all rests."""

    def play(nth: int) -> tuple[list[str], dict[str, Any], list[str]]:
        def presses_send() -> None:
            with suppress(Refused):  # it lies there no more
                sent(prepared.simulation, prepared.draft)

        TAKEN_BACK[how](prepared.simulation, prepared.draft)
        prepared.calls.interrupt(nth, presses_send)
        prepared.simulation.run(until=prepared.simulation.clock.now() + timedelta(minutes=5))
        made = prepared.calls.made
        prepared.rest()
        return made, prepared.state(), loose_ends(prepared.simulation)

    made, _, _ = in_a_copy(lambda: play(10_000))
    ended: list[tuple[int, str]] = []
    wrong: list[str] = []
    for nth in range(1, len(made) + 1):
        _, state, loose = in_a_copy(lambda n=nth: play(n))
        (draft,) = (json.loads(each) for each in state["drafts"])
        counted = [day.get("by_hand") for day in state["quotas"].values()]
        ended.append((state["effects"]["sent"], draft["state"]))
        known = ended[-1] == (1, "SENT_BY_HAND") and counted == [1, 1]
        deleted = ended[-1] in ((0, "REJECTED"), (0, "EXPIRED")) and counted == []
        if loose or not (known or deleted):
            wrong.append(f"call {nth} ({made[nth - 1]}): {ended[-1]}, {counted}, {loose}")
    assert not wrong, "\n".join(wrong)
    assert {went_out for went_out, _ in ended} == {0, 1}, "both were met"


def test_a_withdrawal_that_failed_waits_visibly_and_learns_of_the_mail_when_it_is_replayed(
    prepared: Prepared,
) -> None:
    """While its mailbox is none of the tenant's, nobody can know that the draft was sent."""

    def play() -> tuple[list[str], list[Status], dict[str, Any]]:
        simulation = prepared.simulation
        world, settings = simulation.world, simulation.world.database.client.document(f"tenants/{TENANT}")
        before = settings.get().to_dict()
        sent(simulation, prepared.draft)
        is_rejected(simulation, prepared.draft)
        settings.update({"senders": {}})
        simulation.run()
        waiting = [letter.stage for letter in system.dead_letters(simulation)]
        statuses = [job.status for job in system.jobs(simulation)]
        settings.set(before)
        words: dict[str, Any] = {"by": APPROVER, "now": world.clock()}
        queue, routing = task_queue(world), world.settings.routing
        assert isinstance(
            replay_job(world.database, queue, routing, TENANT, prepared.draft.job_id, **words), Started
        )
        prepared.rest()
        return waiting, statuses, prepared.state()

    waiting, statuses, state = in_a_copy(play)
    assert (waiting, statuses) == (["withdraw_draft"], [Status.FAILED])
    (draft,) = (json.loads(each) for each in state["drafts"])
    assert draft["state"] == "SENT_BY_HAND"
    assert [day.get("by_hand") for day in state["quotas"].values()] == [1, 1]
