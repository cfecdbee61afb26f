"""People use Gmail while their draft is sent: one mail at most, and nothing but a stated moment in which we are late.

Between the last look at the mailbox and the send lies a window of two calls; between the claim and the send one of
some more, in which somebody may ask not to be mailed. What happens before is heeded, always (P2, P3, P9).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from scripts.sandbox.exchange import Refused
from shared.jobs.draft import Draft, DraftState
from shared.jobs.mailbox import MailboxRecord
from shared.stages.send_draft import HANDLED
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.send_path import SendPath, elsewhere, send_path
from tests.faults.sending import ReadyToSend
from tests.runtime.test_recovery import settle

Record = Callable[[str, object], None]
OTHER_WORDS = "Hi Ana,\n\nthank you for your message. Shall we talk about your invoices this week?\n"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend()
    made.simulation.sweep("renew_watch")
    assert system.every(made.simulation, "mailboxes", MailboxRecord)
    made.simulation.run(until=made.simulation.clock.now() + timedelta(seconds=20))
    yield made
    made.simulation.close()


@pytest.fixture(scope="module")
def path(ready: ReadyToSend) -> SendPath:
    return send_path(ready)


# What people do


def sends(ready: ReadyToSend, draft: Draft) -> None:
    ready.simulation.sandbox.people.send_draft(draft.sender, draft.gmail_draft_id or "")


def edits(ready: ReadyToSend, draft: Draft) -> None:
    ready.simulation.sandbox.people.edit_draft(draft.sender, draft.gmail_draft_id or "", OTHER_WORDS)


def deletes(ready: ReadyToSend, draft: Draft) -> None:
    ready.simulation.sandbox.people.delete_draft(draft.sender, draft.gmail_draft_id or "")


def replies(ready: ReadyToSend, draft: Draft) -> None:
    """The person writes into the thread; Gmail tells us a moment later."""
    text = "One more thing: it has to run on our own servers. Does it?\n"
    people = ready.simulation.sandbox.people
    people.reply(draft.sender, draft.gmail_thread_id or "", text=text, sender=draft.recipient)


def asks_to_stop(ready: ReadyToSend, draft: Draft) -> None:
    """The same, with a reply that says stop."""
    text = "Please stop writing to me.\n"
    people = ready.simulation.sandbox.people
    people.reply(draft.sender, draft.gmail_thread_id or "", text=text, sender=draft.recipient)


def presses_unsubscribe(ready: ReadyToSend, draft: Draft) -> None:
    """One click in the mail program, on the way out that an earlier mail carries."""
    place = urlsplit(draft.opt_out_url)
    answer = ready.simulation.call(
        f"receive_opt_out?{place.query}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"List-Unsubscribe=One-Click",
    )
    assert answer.status_code == 200


Deed = Callable[[ReadyToSend, Draft], None]


class Ended:
    """What a copy came to."""

    def __init__(self, ready: ReadyToSend, draft_id: str, *, done: bool) -> None:
        entries = ready.simulation.sandbox.effects.entries("mail_sent")
        (self.state,) = [each.state for each in system.drafts(ready.simulation) if each.id == draft_id]
        self.done = done
        self.mails = len(entries)
        self.broken = ready.witness.violations()
        sent = []
        for each in entries:
            with ready.simulation.sandbox.changing():
                box = ready.simulation.sandbox.gmail.mailbox(each["mailbox"])
                sent.append(box.message(each["message_id"])["text"])
        self.other_words = any("invoices" in text for text in sent)

    def __repr__(self) -> str:
        return f"{self.mails} mails, {self.state}, {self.broken}"


def during(ready: ReadyToSend, nth: int, deed: Deed) -> Ended:
    """Somebody does it just before the nth call of the send."""
    draft, done = ready.draft, [False]

    def act() -> None:
        # What is sent or thrown away already cannot be handled any more.
        with suppress(Refused):
            deed(ready, draft)
            done[0] = True

    ready.calls.interrupt(nth, elsewhere(act))
    ready.go()
    return rested(ready, draft, done=done[0])


def rested(ready: ReadyToSend, draft: Draft, *, done: bool = True) -> Ended:
    """Every sweep has run, and everything has come to rest."""
    ready.calls.count()
    simulation = ready.simulation
    for _ in range(2):
        if any(HANDLED in job.reasons for job in system.jobs(simulation)):
            # As it does every five minutes; without it the draft waits and expires.
            simulation.sweep("watch_drafts")
        settle(simulation, hours=1)
        simulation.clock.advance(60)
        for sweep in ("sync_mailboxes", "watch_drafts", "requeue_stuck"):
            simulation.sweep(sweep)
            simulation.run(until=simulation.clock.now() + timedelta(minutes=6))
    return Ended(ready, draft.id, done=done)


@pytest.fixture(
    params=[pytest.param(False, id="around each step"), pytest.param(True, marks=pytest.mark.long)]
)
def calls(request: pytest.FixtureRequest, path: SendPath) -> list[int]:
    """The calls at which somebody does something: the ones that matter on every run, else all of the path."""
    if request.param:
        return list(range(1, len(path.made) + 1))
    steps = {
        path.intent,
        path.claim - 1,
        path.claim,
        path.looks,
        path.head,
        path.controls,
        path.send,
        path.done,
    }
    return sorted({1, *steps, path.send + 1})


def at(ready: ReadyToSend, calls: list[int], deed: Deed, record: Record) -> dict[int, Ended]:
    """The same deed before each of the calls."""
    ended = {nth: in_a_copy(lambda nth=nth: during(ready, nth, deed)) for nth in calls}
    counted = Counter(f"{end.state}, {end.mails} mails" for end in ended.values())
    record(f"calls of a send at which somebody {deed.__name__}", f"{len(ended)}: {dict(counted)}")
    print(f"{deed.__name__} at {len(ended)} calls of a send: {dict(counted)}")
    assert {nth: end.broken for nth, end in ended.items() if end.broken} == {}
    assert all(end.mails <= 1 for end in ended.values())
    return ended


def test_a_draft_sent_by_hand_while_it_waits_for_its_hour_is_sent_once(ready: ReadyToSend) -> None:
    def by_hand() -> Ended:
        draft = ready.draft
        sends(ready, draft)
        ready.simulation.sweep("watch_drafts")
        assert ready.draft.state is DraftState.SENT_BY_HAND
        return rested(ready, draft)

    end = in_a_copy(by_hand)
    assert (end.mails, end.state, end.broken) == (1, DraftState.SENT_BY_HAND, [])


def test_a_draft_sent_by_hand_at_any_call_of_the_send_is_one_mail(
    ready: ReadyToSend, path: SendPath, calls: list[int], record_testsuite_property: Record
) -> None:
    ended = at(ready, calls, sends, record_testsuite_property)
    for nth, end in ended.items():
        assert end.mails == 1, f"call {nth}: {end}"
        assert end.state in (DraftState.SENT, DraftState.SENT_BY_HAND), f"call {nth}: {end}"
        assert end.done is (nth <= path.send)
        if nth <= path.looks:
            assert end.state is DraftState.SENT_BY_HAND, f"call {nth}: {end}"


def test_an_edit_in_gmail_at_any_call_of_the_send_sends_no_words_that_nobody_approved(
    ready: ReadyToSend, path: SendPath, calls: list[int], record_testsuite_property: Record
) -> None:
    """After the last look the approved words go out, and the edit is lost with the draft that it was made in."""
    ended = at(ready, calls, edits, record_testsuite_property)
    for nth, end in ended.items():
        assert not end.other_words, f"call {nth}: {end}"
        seen = nth <= path.looks
        assert end.mails == (not seen), f"call {nth}: {end}"
        assert end.state is (DraftState.PENDING if seen else DraftState.SENT), f"call {nth}: {end}"


def test_a_draft_thrown_away_at_any_call_of_the_send_is_never_taken_for_sent(
    ready: ReadyToSend, path: SendPath, calls: list[int], record_testsuite_property: Record
) -> None:
    ended = at(ready, calls, deletes, record_testsuite_property)
    for nth, end in ended.items():
        if nth <= path.looks:
            assert (end.mails, end.state) == (0, DraftState.REJECTED), f"call {nth}: {end}"
        elif nth <= path.send:
            assert (end.mails, end.state) == (0, DraftState.HELD), f"call {nth}: {end}"
        else:
            assert (end.mails, end.state) == (1, DraftState.SENT), f"call {nth}: {end}"


@pytest.mark.parametrize("deed", [replies, asks_to_stop])
def test_a_mail_into_the_thread_stops_the_send_up_to_the_last_look_at_it(
    ready: ReadyToSend,
    path: SendPath,
    calls: list[int],
    deed: Deed,
    record_testsuite_property: Record,
) -> None:
    """The window: the mail came after the thread's head was read, and before Gmail took the send."""
    ended = at(ready, calls, deed, record_testsuite_property)
    in_the_window = [nth for nth, end in ended.items() if end.mails and nth <= path.send]
    assert in_the_window == [path.controls, path.send]
    for nth, end in ended.items():
        if nth > path.head:
            assert (end.mails, end.state) == (1, DraftState.SENT), f"call {nth}: {end}"
        else:
            assert end.state in (DraftState.PENDING, DraftState.REJECTED), f"call {nth}: {end}"


def test_one_click_before_the_claim_commits_is_heeded_at_any_call(
    ready: ReadyToSend, path: SendPath, calls: list[int], record_testsuite_property: Record
) -> None:
    """The window: the claim was committed before the suppression."""
    ended = at(ready, calls, presses_unsubscribe, record_testsuite_property)
    for nth, end in ended.items():
        assert end.done
        if nth <= path.claim:
            assert (end.mails, end.state) == (0, DraftState.REJECTED), f"call {nth}: {end}"
        else:
            assert (end.mails, end.state) == (1, DraftState.SENT), f"call {nth}: {end}"
