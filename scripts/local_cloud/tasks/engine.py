"""Cloud Tasks: named tasks run at least once, in their queue's rhythm, and are never forgotten (P1)."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

import grpc

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.counts import Counts, work_of
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.due import Delivery, Due
from scripts.local_cloud.grpc_door import Call, RpcError
from scripts.local_cloud.protos import duration, seconds, timestamp
from scripts.local_cloud.protos import time_s as time_of
from scripts.local_cloud.tasks import limits
from scripts.local_cloud.tasks.attempt import Token, request_of
from scripts.local_cloud.tasks.checks import check_queue_name, check_task, invalid
from scripts.local_cloud.tasks.queue import PAUSED, RUNNING, Entry, Queue
from scripts.local_cloud.tasks.store import QueueMessage, TaskMessage, TaskStore

TOMBSTONE_S = 24 * 3600
DEFAULT_DEADLINE_S = 600
NOT_FOUND, ALREADY_EXISTS = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS
MASKABLE = ("rate_limits", "retry_config")


class TasksEngine:
    """All queues of one local cloud; `changed` is called when something may have become due."""

    def __init__(self, disk: Disk, clock: Clock, counts: Counts, token: Token) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._counts = counts
        self._token = token
        self._lock = threading.RLock()
        self._store = TaskStore(disk)
        self._tombstones = self._store.tombstones()
        self._queues = {queue.name: Queue(queue, clock.time_s()) for queue in self._store.queues()}
        self._seq = 0
        for name, entry in self._store.entries():
            self._queues[name].add(entry)
            self._seq = max(self._seq, entry.seq)

    # Queues

    def create_queue(self, parent: str, message: Any) -> Any:
        check_queue_name(parent, message.name)
        with self._lock:
            if message.name in self._queues:
                raise RpcError(ALREADY_EXISTS, "Queue already exists")
            return self._put_queue(message).message

    def _put_queue(self, message: Any) -> Queue:
        kept = QueueMessage()
        kept.CopyFrom(message)
        limits.fill_in_defaults(kept)
        kept.state = kept.state or RUNNING
        queue = self._queues[kept.name] = Queue(kept, self._clock.time_s())
        self._store.keep_queue(kept)
        return queue

    def get_queue(self, name: str) -> Any:
        return self._queue(name).message

    def queues(self, parent: str = "") -> list[Any]:
        """Those of one location, or all."""
        prefix = f"{parent}/queues/" if parent else ""
        with self._lock:
            names = sorted(name for name in self._queues if name.startswith(prefix))
            return [self._queues[name].message for name in names]

    def update_queue(self, message: Any, paths: list[str]) -> Any:
        """Change limits; without a mask all of them. Creates the queue when there is none, as Google does."""
        with self._lock:
            if message.name not in self._queues:
                check_queue_name(message.name.rsplit("/queues/", 1)[0], message.name)
                return self._put_queue(message).message
            queue = self._queues[message.name]
            for path in paths or MASKABLE:
                if path.split(".")[0] not in MASKABLE:
                    raise invalid(f"update_mask names {path}; only {' and '.join(MASKABLE)} can change")
                _copy_path(message, queue.message, path)
            limits.fill_in_defaults(queue.message)
            return self._queue_changed(queue)

    def pause(self, name: str, paused: bool) -> Any:
        with self._lock:
            queue = self._queue(name)
            queue.message.state = PAUSED if paused else RUNNING
            return self._queue_changed(queue)

    def purge(self, name: str) -> Any:
        with self._lock:
            queue = self._queue(name)
            with self._store.disk.transaction():
                for task in list(queue.entries):
                    self._bury(queue, task)
            queue.message.purge_time.CopyFrom(timestamp(self._clock.time_s()))
            return self._queue_changed(queue)

    def delete_queue(self, name: str) -> None:
        with self._lock:
            self._queue(name).clear()
            del self._queues[name]
            self._store.drop_queue(name)

    def _queue(self, name: str) -> Queue:
        queue = self._queues.get(name)
        if queue is None:
            raise RpcError(
                NOT_FOUND,
                "Queue does not exist. If you just created the queue, wait at least a minute for the queue"
                " to initialize.",
            )
        return queue

    def _queue_changed(self, queue: Queue) -> Any:
        queue.limits_changed(self._clock.time_s())
        self._store.keep_queue(queue.message)
        self.changed()
        return queue.message

    # Tasks

    def create_task(self, request: Any, call: Call, *, keep: bool = True) -> Any:
        """Keep a task on disk and give it back; with `keep=False` it is answered for but lost, as a fault."""
        now_s = self._clock.time_s()
        with self._lock:
            queue = self._queue(request.parent)
            task = TaskMessage()
            task.CopyFrom(request.task)
            check_task(request.parent, task, now_s)
            self._forget_old_tombstones(now_s)
            if task.name and (task.name in queue.entries or task.name in self._tombstones):
                raise RpcError(ALREADY_EXISTS, "Requested entity already exists")
            self._seq += 1
            task.name = task.name or self._unused_name(request.parent)
            at_s = max(time_of(task.schedule_time), now_s)
            task.schedule_time.CopyFrom(timestamp(at_s))
            task.create_time.CopyFrom(timestamp(now_s))
            task.http_request.http_method = task.http_request.http_method or 1
            if not seconds(task.dispatch_deadline):
                task.dispatch_deadline.CopyFrom(duration(DEFAULT_DEADLINE_S))
            if task.HasField("retry_config"):
                limits.fill_in_retry_defaults(task.retry_config)
            self._counts.add("tasks", 1, work_of(call.metadata))
            if keep:
                entry = Entry(task, at_s, self._seq)
                self._store.keep(request.parent, entry)
                queue.add(entry)
                self.changed()
            return view(task, request.response_view)

    def get_task(self, name: str, wanted: int) -> Any:
        with self._lock:
            return view(self._entry(name)[1].task, wanted)

    def tasks(self, queue: str, wanted: int) -> list[Any]:
        with self._lock:
            entries = sorted(self._queue(queue).entries.values(), key=lambda entry: entry.seq)
            return [view(entry.task, wanted) for entry in entries]

    def delete_task(self, name: str) -> None:
        with self._lock:
            queue, _ = self._entry(name)
            self._bury(queue, name)

    def run_task(self, name: str, wanted: int) -> Any:
        """Run now, whatever the schedule, the rate and the pause say."""
        with self._lock:
            queue, entry = self._entry(name)
            if not entry.running:
                now_s = self._clock.time_s()
                entry.forced = True
                entry.task.schedule_time.CopyFrom(timestamp(now_s))
                # Forced tasks go before all others, so that a paused queue's first task tells of them.
                queue.move(entry, 0.0)
                self._store.keep(queue.message.name, entry)
                self.changed()
            return view(entry.task, wanted)

    def _entry(self, name: str) -> tuple[Queue, Entry]:
        queue = self._queue(name.rsplit("/tasks/", 1)[0])
        entry = queue.entries.get(name)
        if entry is None:
            known = "The task no longer exists, though a task with this name existed recently."
            raise RpcError(NOT_FOUND, known if name in self._tombstones else "The task does not exist.")
        return queue, entry

    def _unused_name(self, queue: str) -> str:
        digest = hashlib.sha256(f"{queue}/{self._seq}/{self._clock.time_s()}".encode()).digest()
        return f"{queue}/tasks/{int.from_bytes(digest[:8], 'big')}"

    def _bury(self, queue: Queue, name: str) -> None:
        until_s = self._clock.time_s() + TOMBSTONE_S
        self._store.bury(queue.message.name, name, until_s)
        queue.remove(name)
        self._tombstones[name] = until_s

    def _forget_old_tombstones(self, now_s: float) -> None:
        # They are kept in the order they expire, so the first that still holds ends the search.
        old: list[str] = []
        for name, until_s in self._tombstones.items():
            if until_s > now_s:
                break
            old.append(name)
        for name in old:
            del self._tombstones[name]
        if old:
            self._store.forget_tombstones(now_s)

    # Dispatch

    def due(self, now_s: float, limit: int) -> list[Due]:
        with self._lock:
            by_queue = [
                [
                    Due(f"task {entry.task.name}", entry.at_s, self._starter(queue, entry))
                    for entry in queue.due(now_s, limit)
                ]
                for queue in self._queues.values()
            ]
        # One of each queue in turn, so that a long queue does not hold up a short one.
        turns = itertools.zip_longest(*by_queue)
        return [due for turn in turns for due in turn if due is not None][:limit]

    def next_at_s(self, now_s: float) -> float | None:
        with self._lock:
            times = [queue.next_at_s(now_s) for queue in self._queues.values()]
        return min((at_s for at_s in times if at_s is not None), default=None)

    def _starter(self, queue: Queue, entry: Entry) -> Callable[[], Delivery | None]:
        def start() -> Delivery | None:
            now_s = self._clock.time_s()
            with self._lock:
                kept = queue.entries.get(entry.task.name) is entry
                if not kept or not queue.may_start(entry, now_s):
                    return None
                queue.start(entry, now_s)
                attempt = entry.task.last_attempt
                attempt.Clear()
                attempt.schedule_time.CopyFrom(entry.task.schedule_time)
                attempt.dispatch_time.CopyFrom(timestamp(now_s))
                if not entry.task.dispatch_count:
                    entry.task.first_attempt.dispatch_time.CopyFrom(timestamp(now_s))
                entry.task.dispatch_count += 1
                entry.at_s = now_s
                self._store.keep(queue.message.name, entry)
                request = request_of(queue.message.name, entry, self._token)
            return Delivery(request, lambda status: self._finish(queue, entry, status))

        return start

    def _finish(self, queue: Queue, entry: Entry, status: int | None) -> None:
        now_s = self._clock.time_s()
        with self._lock:
            queue.running -= 1
            entry.running = False
            task = entry.task
            if queue.entries.get(task.name) is entry:
                if status is not None:
                    task.response_count += 1
                    entry.executions += status < 500
                    task.last_attempt.response_time.CopyFrom(timestamp(now_s))
                    task.last_attempt.response_status.code = 0 if 200 <= status < 300 else 2
                    task.last_attempt.response_status.message = f"HTTP status code {status}"
                entry.previous_status = status
                self._settle(queue, entry, status, now_s)
            self.changed()

    def _settle(self, queue: Queue, entry: Entry, status: int | None, now_s: float) -> None:
        task = entry.task
        retry = task.retry_config if task.HasField("retry_config") else queue.message.retry_config
        age_s = now_s - time_of(task.create_time)
        done = status is not None and 200 <= status < 300
        if done or limits.exhausted(retry, task.dispatch_count, age_s):
            self._bury(queue, task.name)
            return
        at_s = now_s + limits.backoff_s(retry, task.dispatch_count)
        task.schedule_time.CopyFrom(timestamp(at_s))
        queue.move(entry, time_of(task.schedule_time))
        self._store.keep(queue.message.name, entry)

    def reset(self) -> None:
        """Forget all tasks and tombstones; queues stay."""
        with self._lock:
            for queue in self._queues.values():
                queue.clear()
            self._tombstones.clear()
            self._store.reset()


def view(task: Any, wanted: int) -> Any:
    """A copy of a task; the BASIC view leaves its body out."""
    basic, full = 1, 2
    seen = TaskMessage()
    seen.CopyFrom(task)
    seen.view = full if wanted == full else basic
    if seen.view == basic:
        seen.http_request.ClearField("body")
    return seen


def _copy_path(source: Any, target: Any, path: str) -> None:
    *parents, last = path.split(".")
    try:
        for name in parents:
            source, target = getattr(source, name), getattr(target, name)
        value = getattr(source, last)
    except AttributeError:
        raise invalid(f"update_mask names {path}, which a queue does not have") from None
    if hasattr(value, "CopyFrom"):
        getattr(target, last).CopyFrom(value)
    else:
        setattr(target, last, value)
