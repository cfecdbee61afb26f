"""A world from its first form to the answer to its first mail, which comes to rest, and says what is wrong then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scripts.local_cloud.clock import Clock
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.stack.simulation import Simulation
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.event import EventStatus
from shared.jobs.job import Job, Status
from shared.jobs.playbooks import WITHDRAW_FROM
from tests import system
from tests.faults.doings import Doings
from tests.faults.sending import may_send
from tests.faults.weather import Weather
from tests.faults.witness import Witness
from tests.stored import stored

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_MOST_STEPS = 80
_QUIET_ROUNDS = 12
"""Hours in which everything must have come to rest once nothing breaks any more."""

STARTS: dict[str, list[str]] = {
    "nothing": [],
    "waiting": ["PENDING"],
    "approved": ["APPROVED"],
    "sent": ["SENT"],
    "answered": ["SENT", "PENDING"],
}
"""Where a world may begin, in the order in which it gets there, and the states of its drafts."""


class World:
    """One simulation that goes from one start to the next; copies of it play the schedules.

    Gmail's clock is `skew_s` ahead of ours, or behind.
    """

    def __init__(self, *, skew_s: float = 0.0) -> None:
        self.simulation = Simulation(settings={"MODE_CEILING": "SEND_ALLOWED"})
        sandbox, clock = self.simulation.sandbox, _Skewed(self.simulation.clock, skew_s)
        vars(sandbox.gmail).update(_world=replace(sandbox.surroundings, clock=clock))
        may_send(self.simulation)
        self.witness = Witness(self.simulation)
        self.weather = Weather(self.simulation)
        self.doings = Doings(self.simulation, self.weather)
        self.witness.by_hand = self.doings.sent_by_hand
        self.simulation.sweep("renew_watch")
        self.simulation.run()

    def reach(self, start: str) -> None:
        """What has happened when schedules of this start begin."""
        doings = self.doings
        match start:
            case "waiting":
                doings.submits(system.LEAD)
                self.simulation.run()
            case "approved":
                assert doings.decides(0, "approve")
            case "sent":
                self.simulation.run()
            case "answered":
                assert doings.answers(0, "question")
                doings.sweeps("sync_mailboxes")
                self.simulation.run()
            case _:
                pass
        states = [draft.state.value for draft in doings.drafts()]
        assert states == STARTS[start], f"{start}: {states}"
        self.simulation.clock.advance(5)

    def close(self) -> None:
        self.simulation.close()

    # The end

    def rest(self, *, settles: bool = True) -> None:
        """Nothing breaks any more and everybody lets mail out: what is under way comes to its end.

        With `settles` an operator looks in Gmail what became of each send that is held, and says so.
        """
        simulation, doings = self.simulation, self.doings
        doings.note("rest")
        simulation.on_request = None
        simulation.sandbox.gmail.pushes.chaos = PushChaos()
        self.weather.calm()
        doings.permits()
        while doings.undelivered:
            assert doings.deliver(), doings.journal[-1]
        simulation.clock.advance(10 * MINUTE)
        simulation.run(until=simulation.clock.now())
        for name in ("sync_mailboxes", "watch_drafts"):
            assert simulation.sweep(name) == 200, name
        for round_ in range(_QUIET_ROUNDS):
            simulation.run(max_steps=_MOST_STEPS)
            simulation.clock.advance(self._quiet_s())
            # A sweep leaves alone what is due: one that comes each time before it would never see it.
            simulation.run(until=simulation.clock.now())
            if round_ or doings.done["by hand"]:
                assert simulation.sweep("watch_drafts") == 200
            assert simulation.sweep("requeue_stuck") == 200
            if settles and doings.decides(0, "settle"):
                continue
            if not self._looked_at_again() and not self._left_in_outbox():
                break
        simulation.run(max_steps=_MOST_STEPS)

    def _quiet_s(self) -> float:
        """An hour, or as long as nobody looks for a task that was lost: for a send, until the next working hour."""
        due = self._looked_at_again()
        if not due:
            return HOUR
        return max(HOUR, (min(due) - self.simulation.clock.now()).total_seconds() + MINUTE)

    def _looked_at_again(self) -> list[datetime]:
        """When the sweep looks at jobs that are not at rest, and starts dead letters again by itself."""
        checks = [job.next.check_at for job in self._unfinished() if job.next is not None]
        letters = system.dead_letters(self.simulation)
        again = (letter.requeue_at for letter in letters if letter.replayed_at is None)
        return [*checks, *(at for at in again if at is not None)]

    def _unfinished(self) -> list[Job]:
        """Jobs that are not at rest; one that asks again and again while a person is to settle a send is."""
        drafts: list[Draft] = system.drafts(self.simulation)
        held = {draft.contact_id for draft in drafts if draft.state is DraftState.HELD}
        return [
            job
            for job in system.jobs(self.simulation)
            if job.next is not None and not (job.status is Status.WAITING and job.contact_id in held)
        ]

    def _left_in_outbox(self) -> bool:
        return bool(stored(self.simulation, "outbox"))

    def wrong(self) -> list[str]:
        """What is not as it must be; empty when all is well."""
        jobs: dict[str, Job] = {job.id: job for job in system.jobs(self.simulation)}
        drafts: list[Draft] = system.drafts(self.simulation)
        found = self.witness.violations()
        events = system.events(self.simulation)
        if self.doings.acknowledged - {event.id for event in events}:
            found.append("P1: an event that was acknowledged is nowhere")
        for event in events:
            if event.status is EventStatus.ACCEPTED and event.job_id not in jobs:
                found.append(f"P1: event {event.id} from {event.source} has no job")
        for job in self._unfinished():
            found.append(f"P1: a job is not at rest at {job.stage}: {job.status} {job.reasons}")
        letters = system.dead_letters(self.simulation)
        waiting = {letter.job_id for letter in letters if letter.replayed_at is None}
        opened = {one.id: one.open_draft for one in system.every(self.simulation, "contacts", Contact)}
        for draft in drafts:
            if draft.gmail_draft_id in self.doings.sent_by_hand and not _is_learned(draft, jobs.values()):
                found.append(f"P1: somebody sent it by hand, and it is {draft.state}: {draft.end_reason}")
            if draft.state is DraftState.SENDING:
                found.append("P1: a send is still under way, and nobody is asked")
            if draft.is_open != (opened.get(draft.contact_id) == draft.id):
                found.append(f"a {draft.state} draft, and the contact's open draft is another")
            job = jobs[draft.job_id]
            if draft.is_open and job.is_final and not (job.status is Status.FAILED and job.id in waiting):
                found.append(f"P1: a {draft.state} draft of a job that is {job.status}: {job.reasons}")
        for job in jobs.values():
            found += [f"a job met a bug: {reason}" for reason in job.reasons if reason.startswith("bug")]
        return found


def _is_learned(draft: Draft, jobs: Iterable[Job]) -> bool:
    """Whether it is known of a draft that was sent by hand.

    Of one that was taken back nobody can know while the job that withdraws it waits for a person, as a dead letter
    or held: its replay looks.
    """
    if draft.state in (DraftState.REJECTED, DraftState.EXPIRED):
        unseen = (Status.FAILED, Status.HELD)
        return any(
            job.stage == WITHDRAW_FROM and job.status in unseen and draft.id in job.withdrawn for job in jobs
        )
    return draft.state in (DraftState.SENT, DraftState.SENT_BY_HAND, DraftState.HELD)


class _Skewed:
    """Another machine's clock."""

    def __init__(self, clock: Clock, skew_s: float) -> None:
        self._clock = clock
        self._skew_s = skew_s

    def time_s(self) -> float:
        return self._clock.time_s() + self._skew_s
