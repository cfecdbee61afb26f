"""kill -9 of a real process while approved mails are sent and recorded: each goes out once, or is held (P1, P2, P6).

Many mails are held at once, each at another point, so that one death meets all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.catalogue import Catalogue
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from tests.faults.points_of_a_send import (
    CLAIMED,
    EACH_POINT_ONCE,
    EVERY_SEND,
    LATE_CLAIM,
    RECORD_POINTS,
    Held,
)
from tests.faults.real_send import (
    announced,
    approved,
    fence_of,
    in_order,
    killed_at,
    killed_at_vendors,
    let_mail_out,
    made_for,
    outbox_drains,
    prove,
    send_now,
    sent_once,
    settled_as_not_sent,
    state_of,
)
from tests.faults.real_stack import CLOUD, FUNCTIONS, SANDBOX, RealStack, quick, running

AT_ONCE = 64
"""Sends and records that are under way at once, so that one death meets many of them."""
LEASE = {"INTENT_LEASE_S": "3"}
"""A busy machine comes to the send within it, so that each call has the number that its point says."""
VICTIMS = (FUNCTIONS, CLOUD, SANDBOX)
ROUNDS = 3
LONGEST_S = 600.0
"""A send of which nothing is known is looked for three times, a minute apart; a mailbox that does not answer is
asked again after two minutes, then four."""


def wide(catalogue: Catalogue) -> Catalogue:
    """Queues that let as many through at once as a test holds."""
    short = quick(catalogue)
    queues = {
        name: queue.model_copy(update={"max_concurrent_dispatches": AT_ONCE})
        for name, queue in short.queues.items()
    }
    return short.model_copy(update={"queues": queues})


@pytest.fixture(scope="module")
def unproven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    """Everybody lets mail out; what two sends of one draft do in the mailbox is not known."""
    with running(tmp_path_factory.mktemp("unproven"), "unproven", catalogue=wide, settings=LEASE) as made:
        let_mail_out(made)
        yield made


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    """Everybody lets mail out, and two sends of one draft were seen to give one mail."""
    with running(tmp_path_factory.mktemp("sending"), "sending", catalogue=wide, settings=LEASE) as made:
        let_mail_out(made)
        assert made.sweep("renew_watch") == 200
        prove(made)
        yield made


@pytest.fixture(autouse=True)
def _whole_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a failed test left broken is mended for the next one."""
    yield
    for fixture in ("system", "unproven"):
        if fixture in request.fixturenames:
            made: RealStack = request.getfixturevalue(fixture)
            for name, child in made.stack.children.items():
                if child.has_ended():
                    made.stack.start_again(name)
            made.let_go()


@pytest.mark.timeout(300)
def test_a_death_at_each_call_of_a_send_sends_each_mail_once(system: RealStack) -> None:
    points = [*EVERY_SEND, *EACH_POINT_ONCE]
    people = killed_at(system, FUNCTIONS, points)
    sent_once(system, people)
    announced(system, people, points)
    again = {point for one, (_, point) in zip(people, points, strict=True) if fence_of(system, one) > 1}
    assert again >= CLAIMED, "what a dead process claimed is claimed anew before it is sent"


@pytest.mark.timeout(300)
def test_a_death_while_vendors_have_done_it_and_their_answers_are_on_the_way(system: RealStack) -> None:
    people = killed_at_vendors(system, FUNCTIONS, applied=True)
    sent_once(system, people)
    assert [fence_of(system, one) for one in people] == [1, 1, 1, 1, 2], (
        "only the late claim was claimed anew"
    )


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("points", [EVERY_SEND, RECORD_POINTS], ids=["send", "records"])
@pytest.mark.parametrize("victim", VICTIMS)
def test_the_whole_matrix_of_deaths_in_a_send(
    system: RealStack, victim: str, points: tuple[Held, ...], round_: int
) -> None:
    sent_once(system, killed_at(system, victim, points), LONGEST_S)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "never applied"])
@pytest.mark.parametrize("victim", VICTIMS)
def test_a_death_while_requests_to_vendors_are_on_their_way(
    system: RealStack, victim: str, applied: bool, round_: int
) -> None:
    sent_once(system, killed_at_vendors(system, victim, applied=applied), LONGEST_S)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_sweep_announces_what_deaths_left_in_the_outbox(system: RealStack) -> None:
    sent_once(system, killed_at(system, FUNCTIONS, EVERY_SEND), LONGEST_S)
    outbox_drains(system)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_send_of_which_nothing_is_known_is_held_for_a_person_who_settles_it(unproven: RealStack) -> None:
    """Nobody knows whether a second send would be a second mail: none is tried."""
    people = killed_at(unproven, FUNCTIONS, EVERY_SEND)
    unproven.rest([one.job_id for one in people], LONGEST_S)
    unknown = [one for one in people if state_of(unproven, one) is not DraftState.SENT]
    points = {point for one, (_, point) in zip(people, EVERY_SEND, strict=True) if one in unknown}
    assert points - {LATE_CLAIM} == CLAIMED
    sent_once(unproven, [one for one in people if one not in unknown])
    for one in unknown:
        job = unproven.job(one.job_id)
        assert job is not None
        assert (state_of(unproven, one), job.status) == (DraftState.HELD, Status.HELD)
        assert fence_of(unproven, one) == 1
        assert made_for(unproven, one) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1, "records": 0}
    in_order(unproven)
    for one in unknown:
        settled_as_not_sent(unproven, one)
    unproven.rest([one.job_id for one in unknown])
    for one in unknown:
        send_now(unproven, approved(unproven, one))
    sent_once(unproven, unknown)
    outbox_drains(unproven)
