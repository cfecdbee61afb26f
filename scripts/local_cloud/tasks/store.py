"""Queues, tasks and tombstones on disk."""

from __future__ import annotations

from typing import Any

from google.cloud.tasks_v2.types import queue as queue_types
from google.cloud.tasks_v2.types import task as task_types

from scripts.local_cloud.disk import Disk
from scripts.local_cloud.tasks.queue import Entry

QueueMessage: Any = queue_types.Queue.pb()
TaskMessage: Any = task_types.Task.pb()


class TaskStore:
    """Every method is on disk when it returns."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        disk.create("CREATE TABLE IF NOT EXISTS task_queues (name TEXT PRIMARY KEY, message BLOB NOT NULL)")
        disk.create(
            "CREATE TABLE IF NOT EXISTS tasks (name TEXT PRIMARY KEY, queue TEXT NOT NULL,"
            " seq INTEGER NOT NULL, at_s REAL NOT NULL, executions INTEGER NOT NULL, previous_status INTEGER,"
            " message BLOB NOT NULL)"
        )
        disk.create(
            "CREATE TABLE IF NOT EXISTS task_tombstones"
            " (name TEXT PRIMARY KEY, queue TEXT NOT NULL, until_s REAL NOT NULL)"
        )

    def queues(self) -> list[Any]:
        return [QueueMessage.FromString(row[0]) for row in self.disk.rows("SELECT message FROM task_queues")]

    def entries(self) -> list[tuple[str, Entry]]:
        """Each task with the name of its queue; what ran when the process died waits again."""
        rows = self.disk.rows(
            "SELECT queue, message, at_s, seq, executions, previous_status FROM tasks ORDER BY seq"
        )
        return [(row[0], Entry(TaskMessage.FromString(row[1]), *row[2:])) for row in rows]

    def tombstones(self) -> dict[str, float]:
        return dict(self.disk.rows("SELECT name, until_s FROM task_tombstones ORDER BY until_s"))

    def keep_queue(self, queue: Any) -> None:
        self.disk.write(
            "INSERT OR REPLACE INTO task_queues VALUES (?, ?)", (queue.name, queue.SerializeToString())
        )

    def drop_queue(self, name: str) -> None:
        with self.disk.transaction():
            self.disk.write("DELETE FROM task_queues WHERE name = ?", (name,))
            self.disk.write("DELETE FROM tasks WHERE queue = ?", (name,))

    def keep(self, queue: str, entry: Entry) -> None:
        self.disk.write(
            "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                entry.task.name,
                queue,
                entry.seq,
                entry.at_s,
                entry.executions,
                entry.previous_status,
                entry.task.SerializeToString(),
            ),
        )

    def bury(self, queue: str, name: str, until_s: float) -> None:
        """Remove a task and remember its name."""
        with self.disk.transaction():
            self.disk.write("DELETE FROM tasks WHERE name = ?", (name,))
            self.disk.write("INSERT OR REPLACE INTO task_tombstones VALUES (?, ?, ?)", (name, queue, until_s))

    def forget_tombstones(self, before_s: float) -> None:
        self.disk.write("DELETE FROM task_tombstones WHERE until_s <= ?", (before_s,))

    def reset(self) -> None:
        with self.disk.transaction():
            self.disk.write("DELETE FROM tasks")
            self.disk.write("DELETE FROM task_tombstones")
