"""Seeded schedules over the whole product: what people, operators and Google do to it, and what goes wrong meanwhile.

One seed is one schedule: a few deeds at random times on the virtual clock, in a world that begins with nothing, with
a draft that waits, with one that is approved, with one that went out, or with an answer to it.
"""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.due import HttpRequest
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.vendor import Surroundings
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.event import EventStatus
from shared.jobs.job import Job
from shared.jobs.mailbox import GmailProbe, MailboxRecord
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.doings import ANA, MAILBOXES, NORA, Doings
from tests.faults.sending import may_send
from tests.faults.weather import Weather
from tests.faults.witness import Witness

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
STARTS = ("nothing", "waiting", "approved", "sent", "answered")
_OFTEN = (1, 5, 7, 2, 3)
_QUIET_ROUNDS = 12
SWEEPS = ("requeue_stuck", "watch_drafts", "sync_mailboxes", "expire_drafts", "watch_controls", "poll_forms")


@dataclass(frozen=True)
class Played:
    """One schedule that was played: what is wrong, what was done, and how often each thing."""

    seed: int
    wrong: list[str]
    journal: list[str]
    counted: Counter[str] = field(default_factory=Counter[str])


class World:
    """One simulation that goes from one start to the next; copies of it play the schedules."""

    def __init__(self) -> None:
        self.simulation = Simulation(settings={"MODE_CEILING": "SEND_ALLOWED"})
        may_send(self.simulation)
        self.witness = Witness(self.simulation)
        self.weather = Weather(self.simulation)
        self.doings = Doings(self.simulation, self.weather)
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
        assert states == _STATES[start], f"{start}: {states}"
        self.simulation.clock.advance(5)

    def close(self) -> None:
        self.simulation.close()


_STATES: dict[str, list[str]] = {
    "nothing": [],
    "waiting": ["PENDING"],
    "approved": ["APPROVED"],
    "sent": ["SENT"],
    "answered": ["SENT", "PENDING"],
}


def start_of(seed: int) -> str:
    """Where the schedule of a seed begins."""
    return random.Random(f"start {seed}").choices(STARTS, _OFTEN)[0]


def play_all(seeds: Sequence[int]) -> Iterator[Played]:
    """Play the schedules of these seeds, each in a copy of its start."""
    world = World()
    try:
        for start in STARTS:
            world.reach(start)
            gc.collect()
            gc.freeze()  # a copy would copy what the collector touches
            for seed in seeds:
                if start_of(seed) == start:
                    yield _played(seed, world)
            gc.unfreeze()
    finally:
        world.close()


def _played(seed: int, world: World) -> Played:
    def play() -> Played:
        gc.disable()
        return Schedule(seed, world).play()

    try:
        return in_a_copy(play)
    except AssertionError as error:
        return Played(seed, [str(error)], [])


class Schedule:
    """One random stretch of life, always the same for one seed."""

    def __init__(self, seed: int, world: World) -> None:
        self.seed = seed
        self.dice = dice = random.Random(f"schedule {seed}")
        self.world = world
        self.simulation = world.simulation
        self.doings = world.doings
        self.doings.journal.clear()
        self.doings.done.clear()
        self.calm = dice.random() < 0.2
        self.weather = world.weather
        self.weather.begin(seed, 0.0 if self.calm else dice.choice((0.004, 0.015, 0.04, 0.1)))

    def play(self) -> Played:
        self._surroundings()
        acts: list[Callable[[], object]] = [
            self.time, self.sweep, self.decision, self.mail, self.by_hand, self.form, self.one_click, self.flip,
            self.trouble, self.meanwhile,
        ]  # fmt: skip
        weights = [7, 4, 7, 3, 2, 1, 1, 2, 2, 4]
        for act in self.dice.choices(acts, weights, k=self.dice.randint(3, 7)):
            act()
        self.rest()
        counted = self.doings.done + self.weather.met
        counted["claims"] = self.world.witness.claims
        counted["mails"] = len(self.simulation.sandbox.effects.entries("mail_sent"))
        return Played(self.seed, self.wrong(), self.doings.journal, counted)

    def _surroundings(self) -> None:
        """How Gmail behaves in this world, how wrong its clock goes, and what is lost on the way."""
        dice, sandbox = self.dice, self.simulation.sandbox
        sandbox.gmail.sending = Sending(
            repeats="double" if dice.random() < 0.3 else "single",
            shown_after_s=0.0 if self.calm else dice.choice((0.0, 0.0, 20.0, 100.0)),
            keeps_custom_headers=dice.random() < 0.7,
        )
        if sandbox.gmail.sending.repeats == "single" and dice.random() < 0.5:
            self._probed()
        self.doings.note(f"gmail: {sandbox.gmail.sending}")
        if self.calm:
            return
        skew_s = dice.choice((0.0, 0.0, -200.0, -20.0, 20.0, 200.0))
        vars(sandbox.gmail).update(
            _world=Surroundings(sandbox.state, _Skewed(self.simulation.clock, skew_s), sandbox.effects, 1)
        )
        sandbox.gmail.pushes.chaos = PushChaos(
            seed=self.seed,
            lose=dice.choice((0.0, 0.3, 1.0)),
            duplicate=0.3,
            delay_s=dice.choice((3.0, 120.0, 2 * HOUR)),
            reorder=0.3,
        )
        self.doings.note(f"clock: Gmail's is {skew_s:g} s ahead of ours")
        self.lost = dice.choice((0.0, 0.0, 0.03, 0.2))
        self.simulation.on_request = self._delivered

    def _probed(self) -> None:
        """Two sends of one draft were seen to give one mail here."""
        with self.weather.aside():
            records: list[MailboxRecord] = system.every(self.simulation, "mailboxes", MailboxRecord)
            probe = GmailProbe(
                probed_at=self.simulation.clock.now(),
                single_send=True,
                keeps_marker=True,
                replaces_message_id=True,
            )
            self.simulation.world.database.commit([record.but(probe=probe) for record in records])

    def _delivered(self, request: HttpRequest) -> None:
        self.doings.delivered.append(request)
        if self.dice.random() < self.lost:
            self.doings.note("delivery lost")
            raise OSError("lost on the way")

    # Deeds

    def time(self) -> None:
        dice = self.dice
        seconds = dice.choice((2.0, 30.0, 100.0, 5 * MINUTE, 20 * MINUTE, 20 * MINUTE, HOUR, 8 * HOUR, 2 * DAY))
        self.doings.note(f"wait: {seconds:g} s")
        until = self.simulation.clock.now() + timedelta(seconds=seconds)
        self.simulation.run(until=until, choose=dice.choice, max_steps=300)

    def sweep(self) -> None:
        self.doings.sweeps(self.dice.choice((*SWEEPS, "requeue_stuck", "watch_drafts")))

    def decision(self) -> None:
        dice = self.dice
        if dice.random() < 0.15:
            self.doings.sees()
        what = dice.choices(
            ("approve", "reject", "edit", "snooze", "force", "settle"), (8, 1, 2, 1, 5, 3)
        )[0]
        self.doings.decides(dice.randrange(8), what, seen=dice.random() < 0.2)

    def mail(self) -> None:
        dice = self.dice
        kind = dice.choice(("question", "question", "stop", "away", "bounce", "letter"))
        if kind == "letter":
            self.doings.writes(ANA)
        else:
            self.doings.answers(dice.randrange(4), kind)

    def by_hand(self) -> None:
        how = self.dice.choice(("sent", "sent", "rewritten", "readdressed", "deleted"))
        if how == "sent" and self.simulation.sandbox.gmail.sending.repeats == "double":
            # Where Gmail sends a draft twice, nothing can keep a person's press and ours from being two mails.
            how = "rewritten"
        self.doings.handles(self.dice.randrange(4), how)

    def form(self) -> None:
        dice = self.dice
        fields = dice.choice((system.LEAD, system.NEW_LEAD))
        self.doings.submits(fields, times=dice.choice((0, 1, 1, 2)))

    def one_click(self) -> None:
        dice = self.dice
        if dice.random() < 0.3:
            self.doings.suppresses(dice.choice((ANA, NORA)))
        else:
            self.doings.presses(dice.randrange(4), only_looks=dice.random() < 0.2)

    def flip(self) -> None:
        dice, doings = self.dice, self.doings
        which = dice.randrange(9)
        if which < 3:
            doings.flips(dice.randrange(2), kill_switch=dice.choice((True, True, False, "yes")))
        elif which < 5:
            doings.flips(dice.randrange(2), mode=dice.choice(("DRAFT_ONLY", "DRAFT_ONLY", "SEND_ALLOWED", "NO")))
        elif which < 6:
            doings.flips(0, features={"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": 100}})
        elif which < 7:
            doings.guards(active=dice.random() < 0.6)
        else:
            doings.limits(dice.choice(MAILBOXES), left=dice.choice((0, 1)))

    def trouble(self) -> None:
        dice = self.dice
        if dice.random() < 0.4:
            self.doings.pauses(dice.choice(("stages", "outward", "sends")), resumes=dice.random() < 0.3)
        else:
            self.doings.redelivers(dice.randrange(64))

    def meanwhile(self) -> None:
        """Something is done while a request to a vendor is on its way."""
        acts = [self.decision, self.mail, self.by_hand, self.flip, self.sweep, self.one_click, self.trouble]
        act = self.dice.choices(acts, [3, 3, 3, 3, 1, 2, 2])[0]
        self.doings.note("meanwhile")
        self.weather.meanwhile(self.dice.randint(1, 14), act)

    # The end

    def rest(self) -> None:
        """Nothing breaks any more and everybody lets mail out: what is under way comes to its end."""
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
        for _ in range(_QUIET_ROUNDS):
            simulation.run()
            simulation.clock.advance(HOUR)
            assert simulation.sweep("watch_drafts") == 200
            assert simulation.sweep("requeue_stuck") == 200
            if self._is_quiet():
                break
        simulation.run()

    def _is_quiet(self) -> bool:
        jobs: list[Job] = system.jobs(self.simulation)
        outbox = self.simulation.world.database.client.collection_group("outbox").limit(1)
        return all(job.next is None for job in jobs) and not list(outbox.stream())

    def wrong(self) -> list[str]:
        """What is not as it must be; empty when all is well."""
        jobs: dict[str, Job] = {job.id: job for job in system.jobs(self.simulation)}
        drafts: list[Draft] = system.drafts(self.simulation)
        found = self.world.witness.violations()
        for event in system.events(self.simulation):
            if event.status is EventStatus.ACCEPTED and event.job_id not in jobs:
                found.append(f"P1: event {event.id} from {event.source} has no job")
        for job in jobs.values():
            if job.next is not None:
                found.append(f"P1: a job is not at rest at {job.stage}: {job.status} {job.reasons}")
        opened = {one.id: one.open_draft for one in system.every(self.simulation, "contacts", Contact)}
        for draft in drafts:
            if draft.state is DraftState.SENDING:
                found.append("P1: a send is still under way, and nobody is asked")
            if draft.is_open != (opened.get(draft.contact_id) == draft.id):
                found.append(f"a {draft.state} draft, and the contact's open draft is another")
            if draft.is_open and jobs[draft.job_id].is_final:
                job = jobs[draft.job_id]
                found.append(f"P1: a {draft.state} draft of a job that is {job.status}: {job.reasons}")
        return found


class _Skewed:
    """Another machine's clock."""

    def __init__(self, clock: Clock, skew_s: float) -> None:
        self._clock = clock
        self._skew_s = skew_s

    def time_s(self) -> float:
        return self._clock.time_s() + self._skew_s


def failure(played: Played, file: str) -> str:
    """What went wrong in one schedule, with the line that plays it again."""
    again = f"SEEDS={played.seed} scripts/test {file} -k asked_for"
    told = "".join(f"\n    {line}" for line in played.journal)
    return f"seed {played.seed}: {'; '.join(played.wrong)}{told}\n  {again}"


__all__ = ["STARTS", "TENANT", "Played", "failure", "play_all", "start_of"]
