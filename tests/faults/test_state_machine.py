"""Decisions, answers, flips, deaths and time in any interleaving: no promise is broken at any moment (hypothesis)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shared.runtime.world import install
from tests.faults.doings import ANSWERS, MAILBOXES, SWEEPS
from tests.faults.every_call import Break
from tests.faults.starts import STARTS, World
from tests.system import LEAD, NEW_LEAD

DECISIONS = ("approve", "approve", "reject", "edit", "snooze", "force", "force", "settle")
NORMAL, LONG = 12, 1_500
STEPS, LONG_STEPS = 9, 25

which = st.integers(0, 3)


class Sending(RuleBasedStateMachine):
    """One world; each rule is a deed of a person, of an operator, of Google, or of time."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.doings = self.world.doings
        self.weather = self.world.weather
        self.weather.begin(0, 0.0)

    @initialize(start=st.sampled_from(["waiting", "approved", "approved", "answered"]))
    def begins(self, start: str) -> None:
        for each in STARTS:
            self.world.reach(each)
            if each == start:
                break

    # Operators

    @rule(draft=which, what=st.sampled_from(DECISIONS), as_seen_before=st.booleans())
    def decide(self, draft: int, what: str, as_seen_before: bool) -> None:
        self.doings.decides(draft, what, seen=as_seen_before)

    @rule()
    def look(self) -> None:
        self.doings.sees()

    @rule(document=st.integers(0, 1))
    def kill(self, document: int) -> None:
        self.doings.flips(document, kill_switch=True)

    @rule()
    def lift(self) -> None:
        self.doings.permits()

    @rule(mailbox=st.sampled_from(MAILBOXES), left=st.integers(0, 1))
    def limit(self, mailbox: str, left: int) -> None:
        self.doings.limits(mailbox, left=left)

    # People

    @rule(thread=which, kind=st.sampled_from([*ANSWERS, "bounce"]))
    def reply_arrives(self, thread: int, kind: str) -> None:
        self.doings.answers(thread, kind)
        self.doings.sweeps("sync_mailboxes")

    @rule(fields=st.sampled_from([LEAD, NEW_LEAD]), times=st.integers(0, 2))
    def submit(self, fields: dict[str, str], times: int) -> None:
        self.doings.submits(fields, times=times)

    @rule(draft=which)
    def opt_out(self, draft: int) -> None:
        self.doings.presses(draft)

    @rule(draft=which, how=st.sampled_from(["sent", "rewritten", "readdressed", "deleted"]))
    def handle_in_gmail(self, draft: int, how: str) -> None:
        self.doings.handles(draft, how)

    # Time and trouble

    @rule(minutes=st.sampled_from([1, 5, 30, 30, 300]))
    def time_passes(self, minutes: int) -> None:
        simulation = self.world.simulation
        simulation.run(until=simulation.clock.now() + timedelta(minutes=minutes), max_steps=300)

    @rule(name=st.sampled_from(SWEEPS))
    def sweep(self, name: str) -> None:
        self.doings.sweeps(name)

    @rule()
    def expire(self) -> None:
        self.world.simulation.clock.advance(73 * 3600)
        self.doings.sweeps("expire_drafts")

    @rule(nth=st.integers(1, 60), how=st.sampled_from(list(Break)))
    def break_a_call(self, nth: int, how: Break) -> None:
        self.weather.break_one(nth, how)

    @rule(nth=st.integers(1, 12), draft=which, what=st.sampled_from(DECISIONS))
    def decide_meanwhile(self, nth: int, draft: int, what: str) -> None:
        self.weather.meanwhile(nth, lambda: self.doings.decides(draft, what))

    @rule(nth=st.integers(1, 12), draft=which)
    def kill_meanwhile(self, nth: int, draft: int) -> None:
        self.weather.meanwhile(nth, lambda: self.doings.flips(draft % 2, kill_switch=True))

    @rule(nth=st.integers(1, 12), draft=which, how=st.sampled_from(["sent", "rewritten", "deleted"]))
    def handle_meanwhile(self, nth: int, draft: int, how: str) -> None:
        self.weather.meanwhile(nth, lambda: self.doings.handles(draft, how))

    # What always holds

    @invariant()
    def no_commit_broke_a_promise(self) -> None:
        assert self.world.witness.broken == []

    def teardown(self) -> None:
        """Everything comes to rest, and then nothing is wrong."""
        try:
            self.world.rest()
            assert self.world.wrong() == []
        finally:
            self.weather.end()
            self.world.close()
            install(None)


def explored(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Sending,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            database=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
            print_blob=True,
        ),
    )


@pytest.mark.timeout(600)
def test_no_interleaving_breaks_a_promise() -> None:
    explored(NORMAL, STEPS)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_no_interleaving_of_many_more_breaks_a_promise() -> None:
    explored(LONG, LONG_STEPS)
