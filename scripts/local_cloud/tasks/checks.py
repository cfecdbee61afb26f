"""What Cloud Tasks refuses: names, sizes, horizons and targets."""

from __future__ import annotations

import re
from typing import Any

import grpc

from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.protos import seconds, time_s

LARGEST_TASK_BYTES = 100 * 1024
HORIZON_S = 30 * 86400
SHORTEST_DEADLINE_S, LONGEST_DEADLINE_S = 15, 1800
METHODS = {1: "POST", 2: "GET", 3: "HEAD", 4: "PUT", 5: "DELETE", 6: "PATCH", 7: "OPTIONS"}
WITH_BODY = ("POST", "PUT", "PATCH")


def invalid(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message)


def check_queue_name(parent: str, name: str) -> None:
    if not re.fullmatch(r"projects/[^/]+/locations/[^/]+", parent):
        raise invalid(f'Parent "{parent}" must be formatted projects/P/locations/L')
    if not re.fullmatch(re.escape(parent) + r"/queues/[A-Za-z0-9-]{1,100}", name):
        raise invalid(f'Queue name "{name}" must be formatted {parent}/queues/[A-Za-z0-9-]{{1,100}}')


def check_task(queue: str, task: Any, now_s: float) -> None:
    """Refuse a task that Google would refuse. Errors: RpcError INVALID_ARGUMENT."""
    http = task.http_request
    if not http.url.startswith(("http://", "https://")):
        raise invalid("HttpRequest.url is required and must begin with http:// or https://")
    if http.body and METHODS[http.http_method or 1] not in WITH_BODY:
        raise invalid("HttpRequest.body is only allowed for POST, PUT and PATCH")
    if task.ByteSize() > LARGEST_TASK_BYTES:
        raise invalid(f"Task size too large: {task.ByteSize()} bytes, at most {LARGEST_TASK_BYTES}")
    if task.name and not re.fullmatch(re.escape(queue) + r"/tasks/[A-Za-z0-9_-]{1,500}", task.name):
        raise invalid(f'Task name must be formatted: "{queue}/tasks/[A-Za-z0-9_-]{{1,500}}"')
    if time_s(task.schedule_time) > now_s + HORIZON_S:
        raise invalid("The schedule_time is too far in the future: at most 30 days")
    deadline_s = seconds(task.dispatch_deadline)
    if deadline_s and not SHORTEST_DEADLINE_S <= deadline_s <= LONGEST_DEADLINE_S:
        raise invalid("Task.dispatchDeadline must be between [15s, 30m]")
