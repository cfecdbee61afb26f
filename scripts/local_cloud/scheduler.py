"""Cloud Scheduler: cron jobs in their own time zone, posted to functions with an OIDC token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.due import Delivery, Due, HttpRequest
from scripts.local_cloud.spec import ScheduleSpec, row_of

Token = Callable[[str, str], str]


@dataclass
class Job:
    """A schedule and where it stands; `scheduled_s` is the cron time that the next attempt is for."""

    spec: ScheduleSpec
    next_at_s: float
    scheduled_s: float
    last_run_s: float | None = None
    last_status: int | None = None
    retries: int = 0
    running: bool = False


def next_run_s(cron: str, time_zone: str, after_s: float) -> float:
    """The first time after `after_s` that the five cron fields name on the clocks of the time zone."""
    after = datetime.fromtimestamp(after_s, ZoneInfo(time_zone))
    return croniter(cron, after).get_next(datetime).timestamp()


class Scheduler:
    """All cron jobs of one local cloud; `changed` is called when something may have become due.

    Runs that were missed while the process was down collapse into a single one.
    """

    def __init__(self, disk: Disk, clock: Clock, token: Token) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._disk = disk
        self._clock = clock
        self._token = token
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        disk.create(
            "CREATE TABLE IF NOT EXISTS schedules (name TEXT PRIMARY KEY, spec TEXT NOT NULL,"
            " since_s REAL NOT NULL, last_run_s REAL, last_status INTEGER)"
        )
        for spec_json, since_s, last_run_s, last_status in disk.rows(
            "SELECT spec, since_s, last_run_s, last_status FROM schedules ORDER BY name"
        ):
            spec = row_of(ScheduleSpec, json.loads(spec_json))
            at_s = next_run_s(spec.cron, spec.time_zone, since_s)
            self._jobs[spec.name] = Job(spec, at_s, at_s, last_run_s, last_status)

    def put(self, spec: ScheduleSpec) -> None:
        """Add or change a job; an unchanged one keeps its rhythm. Errors: ValueError (bad cron or zone)."""
        if len(spec.cron.split()) != 5 or not croniter.is_valid(spec.cron):
            raise ValueError(f"schedule {spec.name}: {spec.cron!r} is not five cron fields")
        now_s = self._clock.time_s()
        try:
            at_s = next_run_s(spec.cron, spec.time_zone, now_s)
        except KeyError as error:
            raise ValueError(f"schedule {spec.name}: no time zone {spec.time_zone!r}") from error
        with self._lock:
            job = self._jobs.get(spec.name)
            if job is None:
                job = self._jobs[spec.name] = Job(spec, at_s, at_s)
            elif (job.spec.cron, job.spec.time_zone) != (spec.cron, spec.time_zone):
                job.next_at_s = job.scheduled_s = at_s
            else:
                job.spec = spec
                self._disk.write(
                    "UPDATE schedules SET spec = ? WHERE name = ?", (json.dumps(asdict(spec)), spec.name)
                )
                self.changed()
                return
            job.spec = spec
            self._keep(job, now_s)
            self.changed()

    def jobs(self) -> list[dict[str, Any]]:
        """Each job with its next and last run, for people to read."""
        with self._lock:
            return [
                {
                    "name": job.spec.name,
                    "cron": job.spec.cron,
                    "time_zone": job.spec.time_zone,
                    "url": job.spec.url,
                    "paused": job.spec.paused,
                    "next_run": None if job.spec.paused else _moment(job.next_at_s),
                    "last_run": None if job.last_run_s is None else _moment(job.last_run_s),
                    "last_status": job.last_status,
                }
                for job in self._jobs.values()
            ]

    def run_now(self, name: str) -> Delivery:
        """A delivery outside the rhythm. Errors: KeyError for an unknown job."""
        with self._lock:
            job = self._jobs[name]
            request = self._request(job, self._clock.time_s())
        return Delivery(request, lambda status: self._note(job, status))

    def due(self, now_s: float, limit: int) -> list[Due]:
        with self._lock:
            ready = [job for job in self._jobs.values() if self._waits(job) and job.next_at_s <= now_s]
            return [Due(f"schedule {job.spec.name}", job.next_at_s, self._starter(job)) for job in ready][
                :limit
            ]

    def next_at_s(self, now_s: float) -> float | None:
        with self._lock:
            return min((job.next_at_s for job in self._jobs.values() if self._waits(job)), default=None)

    def _waits(self, job: Job) -> bool:
        return not job.running and not job.spec.paused

    def _starter(self, job: Job) -> Callable[[], Delivery | None]:
        def start() -> Delivery | None:
            with self._lock:
                now_s = self._clock.time_s()
                if not self._waits(job) or job.next_at_s > now_s:
                    return None
                job.running = True
                # Kept before the attempt: a process that dies in it goes on with the next cron time.
                self._keep(job, now_s)
                request = self._request(job, job.scheduled_s)
            return Delivery(request, lambda status: self._finish(job, status))

        return start

    def _finish(self, job: Job, status: int | None) -> None:
        with self._lock:
            now_s = self._clock.time_s()
            job.running = False
            failed = status is None or not 200 <= status < 300
            if failed and job.retries < job.spec.retry_count:
                doubled = job.spec.min_backoff_s * 2 ** min(job.retries, job.spec.max_doublings)
                job.retries += 1
                job.next_at_s = now_s + min(doubled, job.spec.max_backoff_s)
            else:
                job.retries = 0
                job.next_at_s = job.scheduled_s = next_run_s(job.spec.cron, job.spec.time_zone, now_s)
            self._note(job, status)
            self.changed()

    def _note(self, job: Job, status: int | None) -> None:
        with self._lock:
            job.last_run_s, job.last_status = self._clock.time_s(), status
            self._disk.write(
                "UPDATE schedules SET last_run_s = ?, last_status = ? WHERE name = ?",
                (job.last_run_s, status, job.spec.name),
            )

    def _keep(self, job: Job, since_s: float) -> None:
        self._disk.write(
            "INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?)",
            (job.spec.name, json.dumps(asdict(job.spec)), since_s, job.last_run_s, job.last_status),
        )

    def _request(self, job: Job, scheduled_s: float) -> HttpRequest:
        spec = job.spec
        headers = {
            **({"Content-Type": "application/octet-stream"} if spec.body else {}),
            **spec.headers,
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": spec.name,
            "X-CloudScheduler-ScheduleTime": _moment(scheduled_s),
        }
        if spec.service_account:
            headers["Authorization"] = (
                f"Bearer {self._token(spec.service_account, spec.audience or spec.url)}"
            )
        return HttpRequest(spec.method, spec.url, headers, spec.body.encode(), spec.attempt_deadline_s)


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")
