"""Seeded schedules over followup, reply and send: whatever happens at once and whatever breaks, no promise does.

`--seeds 5000` plays that many; `SEEDS=317` or `SEEDS=0-5000` in the environment names schedules to play.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.schedules import NEIGHBOURS, failure, play_all

BATCH, NORMAL = NEIGHBOURS, 500
LONG_BATCH, LONG = 2_500, 100_000
FILE = "tests/faults/test_seeds.py"
SHOWN = 3

TOLD = {"claims": "claims", "mails": "mails that went out", "meanwhile": "deeds while a call was on its way"}
"""What is told of the schedules at the end of a run."""

REQUIRED = (
    "form", "mail", "one click", "by hand", "decided", "turned down", "flipped", "limited", "guardrail", "queue",
    "suppressed", "again", "sweep", "wait", "meanwhile", "claims", "mails", "delivery lost", "lost enqueue",
    "crash before", "refused", "lost answer", "applied late", "crash after", "vendor",
)  # fmt: skip
"""What each batch must have met: no kind of deed or trouble drops out unnoticed."""

Record = Callable[[str, object], None]


def play(seeds: range, record: Record) -> Counter[str]:
    """Play schedules, have their numbers told at the end of the run, and fail with those that went wrong."""
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for played in play_all(seeds):
        counted += played.counted
        if played.wrong:
            wrong.append(failure(played, FILE))
    record("number of schedules of the send", len(seeds))
    for what, name in TOLD.items():
        record(f"number of {name} in schedules of the send", counted[what])
    assert not wrong, f"{len(wrong)} of {len(seeds)} schedules went wrong\n" + "\n".join(wrong[:SHOWN])
    return counted


def batches(first: int, last: int, size: int) -> list[range]:
    return [range(at, min(at + size, last)) for at in range(first, last, size)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Schedules in batches, so that workers share them."""
    asked: int | None = metafunc.config.getoption("seeds")
    if "seeds" in metafunc.fixturenames:
        found = batches(0, asked or NORMAL, BATCH)
        metafunc.parametrize("seeds", found, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
    if "more_seeds" in metafunc.fixturenames:
        found = [] if asked else batches(NORMAL, LONG, LONG_BATCH)
        metafunc.parametrize("more_seeds", found, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")


@pytest.mark.timeout(900)
def test_no_schedule_breaks_a_promise(seeds: range, record_property: Record) -> None:
    counted = play(seeds, record_property)
    if len(seeds) == BATCH:
        assert [what for what in REQUIRED if not counted[what]] == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_more_schedules(more_seeds: range, record_property: Record) -> None:
    play(more_seeds, record_property)


if "SEEDS" in os.environ:  # the schedules to play: 317, or 0-5000

    @pytest.mark.timeout(3600)
    def test_the_schedules_asked_for(record_property: Record) -> None:
        first, _, last = os.environ["SEEDS"].partition("-")
        play(range(int(first), int(last or first) + 1), record_property)
