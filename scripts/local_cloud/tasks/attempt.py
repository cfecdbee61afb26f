"""The HTTP request of one attempt at a task, with the headers that Cloud Tasks adds."""

from __future__ import annotations

from collections.abc import Callable

from scripts.local_cloud.due import HttpRequest
from scripts.local_cloud.protos import seconds, time_s
from scripts.local_cloud.tasks.checks import METHODS
from scripts.local_cloud.tasks.queue import Entry

Token = Callable[[str, str], str]
"""(service account email, audience) -> a signed OIDC token."""

OURS = ("x-cloudtasks-", "x-google-", "x-appengine-")
NOT_THE_CALLERS = ("host", "content-length", "user-agent")


def request_of(queue: str, entry: Entry, token: Token) -> HttpRequest:
    """The request for the attempt that `dispatch_count` has just counted."""
    task, http = entry.task, entry.task.http_request
    headers = {
        name: value
        for name, value in http.headers.items()
        if not name.lower().startswith(OURS) and name.lower() not in NOT_THE_CALLERS
    }
    if http.body and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/octet-stream"
    headers |= {
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": queue.rsplit("/", 1)[-1],
        "X-CloudTasks-TaskName": task.name.rsplit("/", 1)[-1],
        "X-CloudTasks-TaskRetryCount": str(task.dispatch_count - 1),
        "X-CloudTasks-TaskExecutionCount": str(entry.executions),
        "X-CloudTasks-TaskETA": f"{time_s(task.schedule_time):.6f}",
    }
    if task.dispatch_count > 1:
        if entry.previous_status is not None:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(entry.previous_status)
            headers["X-CloudTasks-TaskRetryReason"] = f"HTTP status code {entry.previous_status}"
        else:
            headers["X-CloudTasks-TaskRetryReason"] = "no response"
    if http.HasField("oidc_token"):
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        audience = http.oidc_token.audience or http.url
        headers["Authorization"] = f"Bearer {token(http.oidc_token.service_account_email, audience)}"
    return HttpRequest(
        METHODS[http.http_method], http.url, headers, http.body, seconds(task.dispatch_deadline)
    )
