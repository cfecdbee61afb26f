"""How fast a queue may go and how long it waits before a retry, by Cloud Tasks' arithmetic."""

from __future__ import annotations

from typing import Any

from scripts.local_cloud.protos import duration, seconds

EPSILON = 1e-9


class TokenBucket:
    """Fills at `rate_per_s` up to `burst`; one token per dispatch."""

    def __init__(self, rate_per_s: float, burst: float, now_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._filled_s = now_s

    def reshape(self, rate_per_s: float, burst: float, now_s: float) -> None:
        """Take over new limits, keeping what is in the bucket."""
        self._fill(now_s)
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = min(self._tokens, burst)

    def has_token(self, now_s: float) -> bool:
        self._fill(now_s)
        return self._tokens >= 1 - EPSILON

    def take(self, now_s: float) -> None:
        self._fill(now_s)
        self._tokens -= 1

    def next_token_s(self, now_s: float) -> float:
        """When there will be a token; `now_s` when there is one."""
        self._fill(now_s)
        return now_s + max(0.0, 1 - self._tokens) / self._rate_per_s

    def _fill(self, now_s: float) -> None:
        if now_s > self._filled_s:
            self._tokens = min(self._burst, self._tokens + (now_s - self._filled_s) * self._rate_per_s)
            self._filled_s = now_s


def fill_in_defaults(queue: Any) -> None:
    """Give a queue what Google gives it where the caller said nothing."""
    limits = queue.rate_limits
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or 500.0
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or 1000
    limits.max_burst_size = max(1, int(min(100, limits.max_dispatches_per_second / 5)))
    fill_in_retry_defaults(queue.retry_config)


def fill_in_retry_defaults(retry: Any) -> None:
    retry.max_attempts = retry.max_attempts or 100
    retry.max_doublings = retry.max_doublings or 16
    if not seconds(retry.min_backoff):
        retry.min_backoff.CopyFrom(duration(0.1))
    if not seconds(retry.max_backoff):
        retry.max_backoff.CopyFrom(duration(3600))


def backoff_s(retry: Any, failures: int) -> float:
    """Seconds to wait after the n-th failure: doubling `max_doublings` times, then growing linearly."""
    least_s, most_s = seconds(retry.min_backoff), seconds(retry.max_backoff)
    doublings = min(failures - 1, retry.max_doublings)
    steps_beyond = failures - 1 - doublings
    return min(least_s * 2**doublings * (1 + steps_beyond), most_s)


def exhausted(retry: Any, attempts: int, age_s: float) -> bool:
    """Whether a task has had its attempts; with a retry duration both limits must be reached."""
    longest_s = seconds(retry.max_retry_duration)
    no_attempts_left = 0 < retry.max_attempts <= attempts
    if longest_s and retry.max_attempts < 0:
        return age_s >= longest_s
    return no_attempts_left and (not longest_s or age_s >= longest_s)
