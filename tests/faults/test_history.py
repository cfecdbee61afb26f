"""Seeded schedules of two mailboxes: whatever befalls pushes, history and processes, each mail is heard once (P1).

`SEEDS=317` or `SEEDS=0-5000` in the environment names schedules to play.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from scripts.local_cloud.faults import Fault
from scripts.sandbox.gmail_pushes import PushChaos
from tests.faults.mailroom import COLLEAGUE, ISABEL, KNOWN, MARCUS, STRANGER, Mailroom

A_ROOM = 5
"""Schedules that two mailboxes live through one after another: they are not new for each."""

BATCH = 100
NORMAL, LONG = 500, 5000
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

SORTED = ("archive", "mark_read", "mark_spam", "not_spam", "trash", "delete_message")
CALLS = (
    ("Firestore", "Commit"),
    ("Firestore", "BatchGetDocuments"),
    ("Firestore", "RunQuery"),
    ("CloudTasks", "CreateTask"),
    ("CloudTasks", "CreateTask"),
)
TOLD = {
    "came in": "mails",
    "to be heard": "mails to be heard",
    "mailbox_resynced": "mailboxes read anew by time",
    "ended early": "runs that ended early",
    "death": "deaths",
    "two sweeps at once": "sweeps that overlapped",
}
"""What is told of the schedules at the end of a run."""

REFUSALS = (
    (r"/messages/", 1),  # this message cannot be looked at
    (r"/messages/|/profile", 2),  # nor the mailbox: it is tried again as a whole
    (r"/users/me/", 1),
    (r"/users/me/", 9),
)
"""What Gmail refuses, and how often."""

REQUIRED = (
    "an answer", "a letter", "a letter to both", "a report", "own mail", "own draft", "sorted",
    "history forgotten", "history expired", "ids skipped", "ids rewound", "two sweeps at once", "death",
    "refusal", "fault at the cloud", "missed for days", "sweep", "mailbox_resynced", "mailbox_unheard",
    "mailbox_reconnect", "mailbox_kept", "mail_accepted", "mail_known", "ended early",
)  # fmt: skip
"""What each batch must have met, and the product said: no kind of trouble drops out unnoticed."""


class Schedule:
    """One random stretch of the life of two mailboxes, always the same for one seed and what came before."""

    def __init__(self, seed: int, room: Mailroom) -> None:
        self.dice = dice = random.Random(seed)
        self.room = room
        calm = dice.random() < 0.3
        room.sandbox.gmail.pushes.chaos = PushChaos(
            seed=seed,
            lose=0.0 if calm else dice.choice((0.2, 0.6, 1.0)),
            duplicate=0.0 if calm else 0.3,
            delay_s=0.0 if calm else dice.choice((3.0, 120.0, 2 * HOUR)),
            reorder=0.0 if calm else 0.3,
        )

    def play(self) -> None:
        acts = [self.mail, self.ours, self.time, self.history, self.trouble]
        for act in self.dice.choices(acts, weights=[8, 3, 5, 2, 3], k=self.dice.randint(6, 12)):
            act()

    def mail(self) -> None:
        dice, room = self.dice, self.room
        labels = ["SPAM"] if dice.random() < 0.1 else ["INBOX", "UNREAD"]
        mailbox, thread = dice.choice((ISABEL, MARCUS)), dice.randrange(2)
        which = dice.randrange(12)
        if which < 4:
            room.answer(thread, sender=KNOWN[thread], labels=labels)
        elif which < 6:
            room.answer(thread, sender=dice.choice((COLLEAGUE, STRANGER, *KNOWN)))
        elif which < 8:
            room.letter(mailbox, sender=dice.choice(KNOWN), labels=labels)
        elif which < 10:
            room.letter(mailbox, sender=STRANGER)
        elif which < 11:
            room.letter_to_both(dice.choice((*KNOWN, STRANGER)))
        else:
            room.bounce(thread)

    def ours(self) -> None:
        dice, room = self.dice, self.room
        if room.came and dice.random() < 0.5:
            room.sorted(dice.choice(room.came), dice.choice(SORTED))
        elif dice.random() < 0.5:
            room.own_draft(dice.randrange(2), dice.choice(("kept", "edited", "sent", "deleted")))
        else:
            room.own_mail(*dice.choice(((ISABEL, MARCUS), (MARCUS, KNOWN[0]), (MARCUS, ISABEL))))

    def time(self) -> None:
        dice, room = self.dice, self.room
        which = dice.randrange(10)
        if which < 4:
            room.wait(dice.choice((0.5, 4.0, 30.0, 5 * MINUTE)))
        elif which < 8:
            room.sweep()
        elif which < 9:
            room.wait(dice.choice((HOUR, 6 * HOUR)))
            room.sweep("renew_watch")
        else:
            room.note("missed for days")
            room.simulation.clock.advance(dice.choice((2 * DAY, 8 * DAY)))

    def history(self) -> None:
        dice, room = self.dice, self.room
        mailbox = dice.choice((ISABEL, MARCUS))
        which = dice.randrange(5)
        if which == 0:
            room.note("history forgotten")
            room.people.forget_history(mailbox)
        elif which == 1:
            room.note("history expired")
            room.people.expire_history(mailbox, dice.choice((0.0, MINUTE, HOUR)))
        elif which == 2:
            room.note("ids skipped")
            room.people.skip_history(mailbox, 10_000)
        else:
            room.note("ids rewound")
            room.people.rewind_history(mailbox, ahead=dice.choice(("not_found", "empty")))

    def trouble(self) -> None:
        dice, room = self.dice, self.room
        which = dice.randrange(8)
        if which < 2:
            room.two_sweeps_at_once(dice.randint(1, 8))
        elif which < 4:
            room.dies_at(dice.randint(1, 8))
        elif which < 5:
            room.refuses(*dice.choice(REFUSALS))
        else:
            service, method = dice.choice(CALLS)
            mode = dice.choice(("refuse", "lost_answer"))
            if method == "CreateTask":
                mode = dice.choice((mode, "drop_enqueue"))
            room.note(f"fault at the cloud: {mode} {method}")
            # INTERNAL is not tried again by Google's own clients.
            nth = 1 if method == "CreateTask" else dice.randint(1, 8)
            fault = Fault(mode, service, method, nth=nth, times=dice.choice((1, 3)), code="INTERNAL")
            room.simulation.cloud.faults.add(fault)
        if dice.random() < 0.5:
            room.sweep()


def played(seeds: range, counted: Counter[str]) -> str:
    """Plays the schedules of one room; what went wrong, with the line that plays it again, or nothing."""
    room = Mailroom(budget=random.Random(seeds[0]).choice((1, 2, 3, 200)))
    try:
        for seed in seeds:
            begun = len(room.journal)
            Schedule(seed, room).play()
            if wrong := room.wrong(room.quiet()):
                return failure(seed, wrong, room.journal[begun:])
    finally:
        room.close()
        counted.update(room.counted)
        counted["came in"] += len(room.came)
        counted["to be heard"] += sum(came.concerns_us for came in room.came)
    return ""


def failure(seed: int, wrong: list[str], journal: list[str]) -> str:
    again = f"SEEDS={seed} scripts/test tests/faults/test_history.py -k asked_for"
    return "\n".join([f"seed {seed}: {'; '.join(wrong)}", *(f"    {line}" for line in journal), f"  {again}"])


def events_of(said: str) -> Iterator[str]:
    """What the product logged, by the names of events."""
    for line in said.splitlines():
        row = json.loads(line) if line.startswith("{") else {}
        yield str(row.get("event", "other words"))
        if row.get("unfinished"):
            yield "ended early"


Record = Callable[[str, object], None]


def play(seeds: range, capsys: pytest.CaptureFixture[str], record: Record) -> Counter[str]:
    """Plays schedules, has their numbers told at the end of the run, and fails with those that went wrong."""
    counted: Counter[str] = Counter()
    rooms = [seeds[number : number + A_ROOM] for number in range(0, len(seeds), A_ROOM)]
    wrong: list[str] = []
    for room in rooms:
        if failed := played(room, counted):
            wrong.append(failed)
        said = capsys.readouterr().out
        counted.update(events_of(said))
        print(said)
    record("number of schedules of the mailbox", len(seeds))
    for what, name in TOLD.items():
        record(f"number of {name} in them", counted[what])
    assert not wrong, f"{len(wrong)} of {len(rooms)} rooms went wrong\n" + "\n".join(wrong[:3])
    return counted


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, NORMAL, BATCH))
def test_every_mail_that_concerns_us_is_heard_once_and_nothing_else(
    first: int, capsys: pytest.CaptureFixture[str], record_property: Record
) -> None:
    counted = play(range(first, first + BATCH), capsys, record_property)
    assert [what for what in REQUIRED if not counted[what]] == []


if "SEEDS" in os.environ:  # the schedules to play: 317, or 0-5000

    @pytest.mark.timeout(3600)
    def test_the_schedules_asked_for(capsys: pytest.CaptureFixture[str], record_property: Record) -> None:
        first, _, last = os.environ["SEEDS"].partition("-")
        play(range(int(first) // A_ROOM * A_ROOM, int(last or first) + 1), capsys, record_property)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(NORMAL, LONG, BATCH))
def test_many_more_schedules(first: int, capsys: pytest.CaptureFixture[str], record_property: Record) -> None:
    play(range(first, first + BATCH), capsys, record_property)
