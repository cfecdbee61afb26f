"""A world in which a draft waits to be sent: what the tests of the send begin from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.operators import decisions
from shared.operators.decisions import Asked, Decided
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.runtime.settle import settle
from shared.stages.send_draft import HANDLED
from tests import system
from tests.faults.every_call import EveryCall
from tests.faults.witness import Witness

APPROVER = Operator("tester", Role.APPROVER)


def may_send(simulation: Simulation) -> None:
    """Everybody lets mail out."""
    system.set_flags(simulation, mode="SEND_ALLOWED")
    system.set_flags(simulation, tenant=True, mode="SEND_ALLOWED")


def asked(simulation: Simulation, draft: Draft, *, by: Operator = APPROVER) -> Asked:
    """That somebody decides about the draft as it was seen."""
    world = simulation.world
    return Asked(TENANT, draft.id, draft.revision, by, world.clock(), world.settings.routing)


def decide(
    simulation: Simulation,
    draft: Draft,
    decision: Callable[..., Decided | Refusal] = decisions.approve,
    **words: Any,
) -> Decided | Refusal:
    """Decide about it as it was seen, and have its job go on."""
    answer = decision(simulation.world.database, asked(simulation, draft), **words)
    if isinstance(answer, Decided) and answer.job is not None:
        settle(simulation.world, answer.job)
    return answer


class ReadyToSend:
    """Ana's form, answered with a draft that lies in the mailbox and that a person approved."""

    def __init__(self, *, approve: bool = True) -> None:
        self.simulation = Simulation(settings={"MODE_CEILING": "SEND_ALLOWED"})
        may_send(self.simulation)
        self.witness = Witness(self.simulation)
        self.calls = EveryCall(self.simulation)
        self.simulation.deliver(self.simulation.submit(system.LEAD)["requests"]["form"])
        self.simulation.run()
        if approve:
            answer = decide(self.simulation, self.draft)
            assert isinstance(answer, Decided), str(answer)
        self.simulation.sweep("requeue_stuck")

    @property
    def draft(self) -> Draft:
        (draft,) = system.drafts(self.simulation)
        return draft

    @property
    def job(self) -> Job:
        return system.job(self.simulation)

    def go(self, minutes: float = 30) -> None:
        """Time goes by, and what is due is done."""
        self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=minutes))

    def rest(self, hours: float = 3) -> None:
        """The fault is over: what was under way arrives, and the sweeps repair what was lost."""
        self.calls.arrive_late()
        self.calls.count()
        end = self.simulation.clock.now() + timedelta(hours=hours)
        while self.simulation.clock.now() < end:
            self.go(minutes=4)
            self.simulation.sweep("requeue_stuck")
            if self.job.next is None or HANDLED in self.job.reasons:
                break
        self.go(minutes=4)
        self.simulation.sweep("watch_drafts")
        self.go(minutes=4)
        self.simulation.sweep("requeue_stuck")
        self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=4))
