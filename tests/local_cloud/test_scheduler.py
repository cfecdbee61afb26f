from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.scheduler import next_run_s
from scripts.local_cloud.spec import CloudSpec, ScheduleSpec
from tests.local_cloud.functions_under_test import CalledFunction

START = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)


def cloud_at(
    start: datetime, path: Path | None = None, *, cron: str = "*/5 * * * *", **row: Any
) -> tuple[LocalCloud, CalledFunction]:
    clock = VirtualClock(start)
    function = CalledFunction(clock)
    cloud = LocalCloud(path, clock=clock, http=function)
    cloud.provision(CloudSpec(schedules=[ScheduleSpec("sweep", cron, "http://function/sweep", **row)]))
    return cloud, function


def test_a_job_runs_at_its_cron_times_and_not_before() -> None:
    cloud, function = cloud_at(START)
    cloud.run_due(START + timedelta(minutes=11))
    times = [datetime.fromtimestamp(at_s, UTC).strftime("%H:%M:%S") for at_s in function.called_at_s]
    assert times == ["09:05:00", "09:10:00"]
    cloud.stop()


def test_cron_times_follow_the_clocks_of_the_time_zone() -> None:
    winter = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    summer = datetime(2026, 7, 6, tzinfo=UTC).timestamp()
    times = [next_run_s("0 9 * * 1-5", "America/New_York", at_s) for at_s in (winter, summer)]
    assert [datetime.fromtimestamp(at_s, UTC).hour for at_s in times] == [14, 13]


def test_the_target_gets_a_token_and_the_headers_of_cloud_scheduler() -> None:
    cloud, function = cloud_at(START, service_account="sweeps@local", body="{}", headers={"X-A": "b"})
    cloud.run_due(START + timedelta(minutes=5))
    [request] = function.requests
    assert (request.method, request.body, request.timeout_s) == ("POST", b"{}", 180)
    assert request.headers["X-CloudScheduler-JobName"] == "sweep"
    assert request.headers["X-CloudScheduler-ScheduleTime"] == "2026-03-02T09:05:00Z"
    assert request.headers["X-A"] == "b"
    token = request.headers["Authorization"].removeprefix("Bearer ")
    assert cloud.issuer.verify(token, "http://function/sweep")["email"] == "sweeps@local"
    cloud.stop()


def test_a_failed_run_is_retried_as_often_as_asked_and_then_waits_for_the_next_time() -> None:
    cloud, function = cloud_at(START, retry_count=2, min_backoff_s=5)
    function.statuses = [500, None, 500]
    cloud.run_due(START + timedelta(minutes=10))
    assert function.gaps_s() == [5, 10, 285]
    cloud.stop()


def test_without_retries_a_failed_run_waits_for_the_next_time() -> None:
    cloud, function = cloud_at(START)
    function.statuses = [500]
    cloud.run_due(START + timedelta(minutes=10))
    assert function.gaps_s() == [300]
    cloud.stop()


def test_a_job_can_be_run_at_once_outside_its_rhythm() -> None:
    cloud, function = cloud_at(START)
    function.statuses = [503]
    assert cloud.run_now("sweep") == 503
    assert cloud.scheduler.jobs()[0]["last_status"] == 503
    assert cloud.scheduler.jobs()[0]["next_run"] == "2026-03-02T09:05:00Z"
    with pytest.raises(KeyError):
        cloud.run_now("none")
    cloud.stop()


def test_a_paused_job_does_not_run() -> None:
    cloud, function = cloud_at(START, paused=True)
    cloud.run_due(START + timedelta(hours=1))
    assert function.requests == []
    cloud.stop()


def test_runs_missed_while_the_process_was_down_collapse_into_one(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    cloud, function = cloud_at(START, path)
    cloud.run_due(START + timedelta(minutes=6))
    assert len(function.requests) == 1
    cloud.stop()
    days_later = START + timedelta(days=3)
    cloud, function = cloud_at(days_later, path)
    cloud.run_due(days_later + timedelta(minutes=5))
    assert [at_s - days_later.timestamp() for at_s in function.called_at_s] == [0, 270]
    cloud.stop()


def test_a_restart_right_after_a_run_does_not_run_it_again(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    cloud, _ = cloud_at(START, path)
    cloud.run_due(START + timedelta(minutes=5))
    cloud.stop()
    cloud, function = cloud_at(START + timedelta(minutes=5, seconds=1), path)
    cloud.run_due(START + timedelta(minutes=9))
    assert function.requests == []
    cloud.stop()


@pytest.mark.parametrize(
    ("cron", "time_zone"),
    [
        ("every day", "Etc/UTC"),
        ("* * * * * *", "Etc/UTC"),
        ("61 * * * *", "Etc/UTC"),
        ("* * * * *", "Mars/Olympus"),
    ],
)
def test_what_is_no_cron_or_no_time_zone_is_refused(cron: str, time_zone: str) -> None:
    with pytest.raises(ValueError, match="schedule sweep"):
        cloud_at(START, cron=cron, time_zone=time_zone)
