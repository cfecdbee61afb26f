"""The suite fails for protocols that are known to be wrong: each is swapped in, and the promise it breaks is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from scripts.sandbox.gmail_sending import Sending
from scripts.stack.tenant import TENANT
from shared.jobs.event import event_id
from shared.operators import decisions
from shared.operators.decisions import Decided
from shared.operators.refusal import Refusal
from shared.policy import deciding, revising, sending
from shared.runtime.inbox import SOURCE
from shared.runtime.wire import mailbox as wire_mailbox
from shared.stages import send_draft as stage
from shared.store.database import Database, Unreachable
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, Died
from tests.faults.send_path import COMMIT, SEND, elsewhere, send_path
from tests.faults.sending import APPROVER, ReadyToSend, asked, decide
from tests.faults.wrong_protocols import (
    AcknowledgedEarly,
    CountedAfterwards,
    ForgetfulClaims,
    GoneIsSent,
    KillSwitchReadBefore,
    RerunAfterTheLease,
    RetriedCommit,
    RetriedIncrements,
    SearchedThenResent,
    approved_whatever_it_says,
    counted_when_sent,
)
from tests.runtime.test_recovery import settle

pytestmark = pytest.mark.timeout(600)

SHOWN_LATE_S = 1800.0
COLLEAGUE = system.lead(email="mei.tan@harborlogistics.example", firstname="Mei", lastname="Tan")
OTHER_WORDS = "Hi Ana,\n\nthank you for your message. Shall we talk about your invoices this week?\n"


def deployed(function: str) -> Any:
    """The module of a function as functions-framework loaded it."""
    return sys.modules[function]


def swap(module: Any, **names: Any) -> None:
    """Put something else under names of a module; only ever in a copy of this process."""
    assert set(names) <= set(vars(module)), f"{module.__name__} has no such names"
    vars(module).update(names)


# What shows it: a fault, and what is wrong when everything has come to rest


def an_intake_that_breaks(ready: ReadyToSend) -> list[str]:
    """Each commit of the intake breaks; the sender tries again until it hears 2xx."""
    simulation = ready.simulation
    submitted = simulation.submit(system.NEW_LEAD)
    signed = submitted["requests"]["form"]
    id_ = event_id(SOURCE, submitted["submission"]["conversionId"])

    def plain() -> list[int]:
        ready.calls.count()
        assert simulation.deliver(signed).status_code == 202
        return [nth for nth, name in enumerate(ready.calls.made, 1) if name == COMMIT]

    def one(nth: int, how: Break) -> list[str]:
        ready.calls.break_one(nth, how)
        for _ in range(5):
            with suppress(Died):
                if simulation.deliver(signed).status_code < 300:
                    break
        else:
            return ["P1: it is never taken"]
        settle(simulation)
        known = {event.id for event in system.events(simulation)}
        lost = [] if id_ in known else ["P1: an event that was acknowledged is nowhere"]
        return lost + ready.witness.violations()

    found: list[str] = []
    for nth in in_a_copy(plain):
        for how in (Break.CRASH_BEFORE, Break.REFUSED):
            found += in_a_copy(lambda nth=nth, how=how: one(nth, how))
    return found


def an_answer_that_is_lost(ready: ReadyToSend) -> list[str]:
    """The mail went out, no answer came, and searches do not show it yet."""
    ready.simulation.sandbox.gmail.sending = Sending(shown_after_s=SHOWN_LATE_S)
    return broken_by(ready, {send_path(ready).send: Break.LOST_ANSWER})


def an_answer_that_is_lost_where_sends_double(ready: ReadyToSend) -> list[str]:
    """The mail went out, no answer came, and this Gmail would send the same draft again."""
    ready.simulation.sandbox.gmail.sending = Sending(repeats="double", repeats_within_s=SHOWN_LATE_S)
    return broken_by(ready, {send_path(ready).send: Break.LOST_ANSWER})


def other_words_after_the_approval(ready: ReadyToSend) -> list[str]:
    """Somebody's words come into the draft, and its approval stays."""
    database, draft, job = ready.simulation.world.database, ready.draft, ready.job
    edited = revising.by_hand(
        draft,
        subject=draft.subject,
        body=OTHER_WORDS,
        sender=job.sender,
        thread=job.thread,
        now=ready.simulation.clock.now(),
    )
    database.commit([edited.but(state=draft.state, approval=draft.approval, verdict=draft.verdict)])
    ready.go()
    ready.rest()
    return ready.witness.violations()


def two_sends_on_a_quota_of_one(ready: ReadyToSend) -> list[str]:
    """While the first is on its way to Gmail, the second is claimed."""
    simulation, first = ready.simulation, ready.draft
    simulation.world.database.client.document(f"tenants/{TENANT}").update({"sends_a_day": 1})
    simulation.deliver(simulation.submit(COLLEAGUE)["requests"]["form"])
    simulation.run(until=simulation.clock.now() + timedelta(seconds=20))
    (second,) = [draft for draft in system.drafts(simulation) if draft.id != first.id]
    assert second.sender == first.sender
    for draft, decision in ((second, decisions.approve), (second, decisions.force), (first, decisions.force)):
        assert isinstance(decide(simulation, draft, decision, why="they wait for it"), Decided)
    path = send_path(ready)
    ready.calls.interrupt(
        path.send,
        elsewhere(lambda: simulation.run(until=simulation.clock.now() + timedelta(seconds=5))),
    )
    ready.go(5)
    assert ready.calls.made[path.send - 1] == SEND
    settle(simulation)
    return ready.witness.violations()


def the_answer_after_the_send_is_lost(ready: ReadyToSend) -> list[str]:
    """The call after the commit that says it was sent: where numbers are added apart, the commit that does that."""
    return broken_by(ready, {send_path(ready).done + 1: Break.LOST_ANSWER})


def a_decision_whose_answer_is_lost(ready: ReadyToSend) -> list[str]:
    """A person puts a send forward, and the answer of the one commit is lost."""
    database, question = ready.simulation.world.database, asked(ready.simulation, ready.draft)

    def forced() -> Decided | Refusal:
        return decisions.force(database, question, why="they wait for it")

    def plain() -> int:
        ready.calls.count()
        assert isinstance(forced(), Decided)
        return len(ready.calls.made)

    ready.calls.break_one(in_a_copy(plain), Break.LOST_ANSWER)
    told = ""
    with suppress(Unreachable):
        answer = forced()
        told = answer.reason if isinstance(answer, Refusal) else ""
    by_them = ready.draft.approval is not None and ready.draft.approval.forced
    ready.go()
    ready.rest()
    lied = [f"{APPROVER.name} was told '{told}', and it was their own commit"] if told and by_them else []
    return lied + ready.witness.violations()


def deleted_at_the_last_moment(ready: ReadyToSend) -> list[str]:
    """A person throws the draft away when the request to send it is on its way."""
    draft, people = ready.draft, ready.simulation.sandbox.people
    path = send_path(ready)
    ready.calls.interrupt(path.send, lambda: people.delete_draft(draft.sender, draft.gmail_draft_id or ""))
    ready.go()
    ready.rest()
    return ready.witness.violations()


def stopped_in_the_claim(ready: ReadyToSend) -> list[str]:
    """The kill switch is engaged between what the claim reads and its commit."""
    path = send_path(ready)
    ready.calls.interrupt(path.claim, elsewhere(lambda: system.set_flags(ready.simulation, kill_switch=True)))
    ready.go()
    system.set_flags(ready.simulation, kill_switch=False)
    ready.rest()
    return ready.witness.violations()


def a_claim_whose_answer_is_lost(ready: ReadyToSend) -> list[str]:
    return broken_by(ready, {send_path(ready).claim: Break.LOST_ANSWER})


def broken_by(ready: ReadyToSend, faults: dict[int, Break]) -> list[str]:
    ready.calls.break_several(faults)
    ready.go()
    ready.rest()
    return ready.witness.violations()


@dataclass(frozen=True)
class Wrong:
    """A protocol that is known to be wrong: how it is swapped in, what shows it, and what is to be said of it."""

    swapped_in: Callable[[ReadyToSend], None]
    shown_by: Callable[[ReadyToSend], list[str]]
    breaks: str


def _database(ready: ReadyToSend, made: type[Database]) -> None:
    world = ready.simulation.world
    vars(world)["database"] = made(world.firestore)


WRONG = {
    "acknowledge early": Wrong(
        lambda _: swap(deployed("receive_hubspot"), FormInbox=AcknowledgedEarly),
        an_intake_that_breaks,
        "P1: an event that was acknowledged is nowhere",
    ),
    "search, then resend": Wrong(
        lambda _: swap(stage, _Desk=SearchedThenResent),
        an_answer_that_is_lost,
        "P2: 2 mails went out of one draft",
    ),
    "the lease is over, so run it again": Wrong(
        lambda _: swap(stage, _Desk=RerunAfterTheLease),
        an_answer_that_is_lost_where_sends_double,
        "P2: 2 mails went out of one draft",
    ),
    "an approval that is not bound to the bytes": Wrong(
        lambda _: swap(
            sending,
            RULES=tuple(
                approved_whatever_it_says if rule is sending._not_as_approved else rule
                for rule in sending.RULES
            ),
        ),
        other_words_after_the_approval,
        "P3: what went out was not approved",
    ),
    "the quota is counted after the send": Wrong(
        lambda _: (
            swap(deployed("send_draft"), StoredClaims=CountedAfterwards),
            swap(deciding, sent=counted_when_sent),
        )[0],
        two_sends_on_a_quota_of_one,
        "P4: 2 mails of at most 1",
    ),
    "increments are retried by the client": Wrong(
        lambda ready: _database(ready, RetriedIncrements),
        the_answer_after_the_send_is_lost,
        "P4: 2 counted as used for 1 sent drafts",
    ),
    "the commit is retried by the client": Wrong(
        lambda ready: _database(ready, RetriedCommit),
        a_decision_whose_answer_is_lost,
        "and it was their own commit",
    ),
    "a 404 is success": Wrong(
        lambda _: swap(wire_mailbox, GmailMailbox=GoneIsSent),
        deleted_at_the_last_moment,
        "P1: a draft is SENT, and no mail of it went out",
    ),
    "the kill switch is read before the transaction": Wrong(
        lambda _: swap(deployed("send_draft"), StoredClaims=KillSwitchReadBefore),
        stopped_in_the_claim,
        "P5: a claim was committed while sending was switched off",
    ),
    "a claim does not recognise itself": Wrong(
        lambda _: swap(deployed("send_draft"), StoredClaims=ForgetfulClaims),
        a_claim_whose_answer_is_lost,
        "P4: 1 reserved for 0 unclear sends",
    ),
}


@pytest.fixture(scope="module")
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend()
    yield made
    made.simulation.close()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_protocol_is_caught_and_ours_is_not(ready: ReadyToSend, name: str) -> None:
    wrong = WRONG[name]

    def with_it() -> list[str]:
        wrong.swapped_in(ready)
        return wrong.shown_by(ready)

    assert in_a_copy(lambda: wrong.shown_by(ready)) == []
    caught = in_a_copy(with_it)
    print(f"{name}: {sorted(set(caught))}")
    assert any(wrong.breaks in each for each in caught), caught


def test_every_wrong_protocol_is_swapped_in(record_testsuite_property: Callable[[str, object], None]) -> None:
    record_testsuite_property("wrong protocols caught", len(WRONG))
    assert len(WRONG) == 10
