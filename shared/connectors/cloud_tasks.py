"""Cloud Tasks as the queue: tasks are hints under hashed names, so adding one twice is adding it once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as google_errors
from google.api_core.retry import Retry
from google.protobuf import duration_pb2, timestamp_pb2

from shared.errors import Retryable
from shared.jobs.job import Job
from shared.jobs.moves import TASK_HORIZON, Routing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TIMEOUT_S = 5.0
_AGAIN = Retry(
    predicate=lambda error: isinstance(
        error, (google_errors.ServiceUnavailable, google_errors.DeadlineExceeded)
    ),
    initial=0.1,
    maximum=1.0,
    timeout=8.0,
)
"""Safe because every task has a name: a second creation is refused."""


class TaskQueue:
    """Puts jobs and polls on their queues. Errors: Retryable when Cloud Tasks cannot be reached."""

    def __init__(
        self,
        client: Any,
        *,
        project: str,
        region: str,
        routing: Routing,
        url_of: Callable[[str], str],
        caller: str,
    ) -> None:
        self._client = client
        self._parent = f"projects/{project}/locations/{region}"
        self._routing = routing
        self._url_of = url_of
        self._caller = caller

    def enqueue(self, job: Job, now: datetime) -> bool:
        """Create the task of the job's `next`; False when it exists already or is not due for weeks."""
        step = job.next
        if step is None or step.due - now > TASK_HORIZON:
            return False
        payload = {"tenant": job.tenant, "job": job.id, "stage": step.stage, "epoch": step.epoch}
        return self._create(
            step.stage, task_id(job), payload, step.due if step.due > now else None, job.trace_id
        )

    def answers(self) -> None:
        """Ask Cloud Tasks for a task that there is not. Errors: Retryable where that is not what it says."""
        queue = self._routing[min(self._routing)].queue
        try:
            name = f"{self._parent}/queues/{queue}/tasks/{_hash('nothing', 'nothing')}"
            self._client.get_task(name=name, retry=None, timeout=_TIMEOUT_S)
        except google_errors.NotFound:
            return
        except google_errors.GoogleAPICallError as error:
            raise Retryable(f"Cloud Tasks did not answer ({type(error).__name__})") from error

    def holds(self, job: Job) -> bool:
        """Whether the task of the job's `next` is still in its queue: waiting, running or being retried."""
        assert job.next is not None
        try:
            self._client.get_task(
                name=f"{self._queue(job.next.stage)}/tasks/{task_id(job)}", retry=_AGAIN, timeout=_TIMEOUT_S
            )
        except google_errors.NotFound:
            return False
        except google_errors.GoogleAPICallError as error:
            raise Retryable(
                f"Cloud Tasks did not say whether a task exists ({type(error).__name__})"
            ) from error
        return True

    def call_at(
        self, function: str, payload: Mapping[str, str], *, due: datetime, key: str, trace_id: str
    ) -> bool:
        """Have a function called with this payload at a time, once for each key."""
        return self._create(function, _hash(function, key), dict(payload), due, trace_id)

    def _queue(self, function: str) -> str:
        return f"{self._parent}/queues/{self._routing[function].queue}"

    def _create(
        self,
        function: str,
        name: str,
        payload: Mapping[str, object],
        due: datetime | None,
        trace_id: str,
    ) -> bool:
        url = self._url_of(function)
        task: dict[str, object] = {
            "name": f"{self._queue(function)}/tasks/{name}",
            "dispatch_deadline": duration_pb2.Duration(seconds=self._routing[function].deadline_s),
            "http_request": {
                "http_method": "POST",
                "url": url,
                "headers": {"Content-Type": "application/json", "traceparent": traceparent(trace_id)},
                "body": json.dumps(payload).encode(),
                "oidc_token": {"service_account_email": self._caller, "audience": url},
            },
        }
        if due is not None:
            stamp = timestamp_pb2.Timestamp()
            stamp.FromDatetime(due.astimezone(UTC))
            task["schedule_time"] = stamp
        try:
            self._client.create_task(
                request={"parent": self._queue(function), "task": task}, retry=_AGAIN, timeout=_TIMEOUT_S
            )
        except google_errors.AlreadyExists:
            return False
        except google_errors.GoogleAPICallError as error:
            raise Retryable(f"Cloud Tasks took no task ({type(error).__name__})") from error
        return True


def task_id(job: Job) -> str:
    """The name of the task of a job's `next`: hashed (sequential names are slow), new at each epoch."""
    assert job.next is not None
    return _hash(job.tenant, job.id, str(job.next.epoch), str(job.attempts))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def traceparent(trace_id: str) -> str:
    """The W3C header that carries a trace from function to function."""
    return f"00-{trace_id:0>32}-{trace_id[:16]:0>16}-01"
