"""When a failed attempt runs again: doubling, bounded, jittered, and never before the other side wishes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Permanent, Retryable, Unclear
from shared.runtime.backoff import CONTENTION, JITTER, REQUEUE_AFTER, REQUEUES, pause_s, requeue_at
from shared.runtime.settings import Settings, read_settings
from tests.builders import NOW

SETTINGS: Settings = read_settings({"PROJECT": "p", "REGION": "r"})
FIRST_S, MOST_S = SETTINGS.retry_first_s, SETTINGS.retry_most_s
KEYS = st.text(max_size=40)
ERRORS = st.sampled_from([Retryable("down"), Unclear("lost"), Permanent("no"), KeyError("bug")])


@given(st.integers(1, 50), ERRORS, KEYS)
def test_a_pause_doubles_within_a_tenth_and_never_exceeds_the_longest(
    attempts: int, error: Exception, key: str
) -> None:
    expected = min(FIRST_S * 2 ** (attempts - 1), MOST_S)
    found = pause_s(SETTINGS, attempts, error, key=key)
    assert expected * (1 - JITTER) <= found <= expected * (1 + JITTER) + 1e-9


@given(st.floats(0, 500), st.integers(1, 20), KEYS)
def test_the_other_sides_wish_wins_and_is_never_undercut(wish_s: float, attempts: int, key: str) -> None:
    found = pause_s(SETTINGS, attempts, Retryable("busy", retry_after_s=wish_s), key=key)
    assert found >= max(0.5, wish_s) - 1e-9
    assert found <= max(0.5, wish_s) * 1.25


@pytest.mark.parametrize("wish_s", [601.0, 86_400.0, float("inf")])
def test_even_a_wish_is_bounded_so_that_a_job_is_seen_again(wish_s: float) -> None:
    found = pause_s(SETTINGS, 1, Retryable("busy", retry_after_s=wish_s), key="k")
    assert MOST_S * 0.9 <= found <= MOST_S * 1.1


def test_a_wish_of_no_time_is_still_a_pause() -> None:
    assert pause_s(SETTINGS, 1, Retryable("busy", retry_after_s=0.0), key="k") >= 0.5


def test_the_jitter_is_the_same_for_the_same_job_and_epoch_and_spreads_the_others() -> None:
    def found(key: str) -> float:
        return pause_s(SETTINGS, 1, Retryable("down"), key=key)

    assert found("job-1/3") == found("job-1/3")
    spread = [found(f"job-{number}/3") for number in range(400)]
    assert len(set(spread)) > 350
    assert min(spread) < FIRST_S * 0.92
    assert max(spread) > FIRST_S * 1.08


def test_who_lost_a_race_comes_back_soon_and_apart_from_the_others() -> None:
    spread = [pause_s(SETTINGS, 1, Retryable(CONTENTION), key=f"job-{n}/3") for n in range(200)]
    assert max(spread) < FIRST_S
    assert max(spread) - min(spread) > 1.0
    assert min(spread) > 0


def test_the_settings_decide_the_first_and_the_longest_pause() -> None:
    slow = read_settings({"PROJECT": "p", "REGION": "r", "RETRY_FIRST_S": "60", "RETRY_MOST_S": "90"})
    assert 54 <= pause_s(slow, 1, Retryable("down"), key="k") <= 66
    assert 81 <= pause_s(slow, 9, Retryable("down"), key="k") <= 99


def test_a_dead_letter_is_due_again_in_an_hour_three_times_and_then_waits_for_a_person() -> None:
    assert [requeue_at(requeues, NOW) for requeues in range(REQUEUES + 2)] == [
        *[NOW + REQUEUE_AFTER] * 3,
        None,
        None,
    ]
    assert timedelta(hours=1) == REQUEUE_AFTER
