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

from scripts.local_cloud.due import HttpRequest
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.sandbox.gmail_sending import Sending
from shared.jobs.mailbox import GmailProbe, MailboxRecord
from tests import system
from tests.faults import codec
from tests.faults.copies import in_a_copy, prepare
from tests.faults.doings import ANA, MAILBOXES, NORA, SWEEPS
from tests.faults.starts import DAY, HOUR, MINUTE, STARTS, World

NEIGHBOURS = 125
"""Seeds that share a world with one clock of Gmail's."""
_OFTEN = (1, 5, 7, 2, 3)
"""How often schedules begin at each start."""


@dataclass(frozen=True)
class Played:
    """One schedule that was played: what is wrong, what was done, and how often each thing."""

    seed: int
    wrong: list[str]
    journal: list[str]
    counted: Counter[str] = field(default_factory=Counter[str])


def start_of(seed: int) -> str:
    """Where the schedule of a seed begins."""
    return random.Random(f"start {seed}").choices(tuple(STARTS), _OFTEN)[0]


def skew_of(seed: int) -> float:
    """How many seconds Gmail's clock is ahead of ours: the same for seeds that are neighbours, and share a world."""
    return random.Random(f"clock {seed // NEIGHBOURS}").choice((0.0, -200.0, 200.0, -20.0, 20.0, 0.0))


def play_all(seeds: Sequence[int], swap: Callable[[World], object] | None = None) -> Iterator[Played]:
    """Play the schedules of these seeds, each in a copy of its start; `swap` changes the product in each copy."""
    clocks = {seed: skew_of(seed) for seed in seeds}
    for skew_s in sorted(set(clocks.values())):
        yield from _played_under([seed for seed in seeds if clocks[seed] == skew_s], skew_s, swap)


def _played_under(
    seeds: Sequence[int], skew_s: float, swap: Callable[[World], object] | None
) -> Iterator[Played]:
    world = World(skew_s=skew_s)
    try:
        for start in STARTS:
            world.reach(start)
            prepare()  # before the collector forgets what there is
            gc.collect()
            gc.freeze()  # a copy would copy what the collector touches
            for seed in seeds:
                if start_of(seed) == start:
                    yield _played(seed, world, swap)
            gc.unfreeze()
    finally:
        world.close()


def _played(seed: int, world: World, swap: Callable[[World], object] | None) -> Played:
    def play() -> Played:
        gc.disable()
        if swap is not None:
            swap(world)
        with codec.quick():
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
        self.weather.begin(seed, 0.0 if self.calm else dice.choice((0.01, 0.04, 0.1)))

    def play(self) -> Played:
        self._surroundings()
        acts: list[Callable[[], object]] = [
            self.time, self.sweep, self.decision, self.mail, self.by_hand, self.form, self.one_click, self.flip,
            self.trouble, self.meanwhile,
        ]  # fmt: skip
        weights = [7, 4, 7, 3, 2, 1, 1, 2, 2, 4]
        for act in self.dice.choices(acts, weights, k=self.dice.randint(3, 7)):
            act()
        self.world.rest(settles=self.dice.random() < 0.7)
        counted = self.doings.done + self.weather.met
        counted["claims"] = self.world.witness.claims
        counted["mails"] = len(self.simulation.sandbox.effects.entries("mail_sent"))
        return Played(self.seed, self.world.wrong(), self.doings.journal, counted)

    def _surroundings(self) -> None:
        """How Gmail behaves in this world, how wrong its clock goes, and what is lost on the way."""
        dice, sandbox = self.dice, self.simulation.sandbox
        sandbox.gmail.sending = Sending(
            repeats="double" if dice.random() < 0.3 else "single",
            shown_after_s=0.0 if self.calm else dice.choice((0.0, 0.0, 20.0, 100.0, 400.0)),
            keeps_custom_headers=dice.random() < 0.7,
        )
        if sandbox.gmail.sending.repeats == "single" and dice.random() < 0.5:
            self._probed()
        self.doings.note(f"gmail: {sandbox.gmail.sending}, its clock is {skew_of(self.seed):g} s ahead")
        if self.calm:
            return
        sandbox.gmail.pushes.chaos = PushChaos(
            seed=self.seed,
            lose=dice.choice((0.0, 0.3, 1.0)),
            duplicate=0.3,
            delay_s=dice.choice((3.0, 120.0, 2 * HOUR)),
            reorder=0.3,
        )
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
        seconds = dice.choice(
            (2.0, 30.0, 100.0, 5 * MINUTE, 20 * MINUTE, 20 * MINUTE, HOUR, 8 * HOUR, 2 * DAY)
        )
        self.doings.note(f"wait: {seconds:g} s")
        until = self.simulation.clock.now() + timedelta(seconds=seconds)
        self.simulation.run(until=until, choose=dice.choice, max_steps=300)

    def sweep(self) -> None:
        self.doings.sweeps(self.dice.choice((*SWEEPS, "requeue_stuck", "watch_drafts")))

    def decision(self) -> None:
        dice = self.dice
        if dice.random() < 0.15:
            self.doings.sees()
        what = dice.choices(("approve", "reject", "edit", "snooze", "force", "settle"), (8, 1, 2, 1, 5, 3))[0]
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
        sending = self.simulation.sandbox.gmail.sending
        if how == "sent" and (sending.repeats == "double" or sending.shown_after_s):
            # Where Gmail sends a draft twice, nothing keeps a person's press and ours from being two mails; and one
            # that it does not show yet is taken for thrown away.
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
            doings.flips(
                dice.randrange(2), mode=dice.choice(("DRAFT_ONLY", "DRAFT_ONLY", "SEND_ALLOWED", "NO"))
            )
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


def failure(played: Played, file: str) -> str:
    """What went wrong in one schedule, with the line that plays it again."""
    again = f"SEEDS={played.seed} scripts/test {file} -k asked_for"
    told = "".join(f"\n    {line}" for line in played.journal)
    return f"seed {played.seed}: {'; '.join(played.wrong)}{told}\n  {again}"
