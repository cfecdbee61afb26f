"""Topics, subscriptions and what each has still to deliver, on disk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.pubsub_v1 import types

from scripts.local_cloud.disk import Disk
from scripts.local_cloud.pubsub.backlog import Pending

TopicMessage: Any = types.Topic.pb()
SubscriptionMessage: Any = types.Subscription.pb()
PubsubMessage: Any = types.PubsubMessage.pb()


class PubsubStore:
    """A message is kept once and referred to by each subscription that has not acknowledged it."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        for table in ("topics", "subscriptions"):
            disk.create(
                f"CREATE TABLE IF NOT EXISTS pubsub_{table} (name TEXT PRIMARY KEY, message BLOB NOT NULL)"
            )
        disk.create(
            "CREATE TABLE IF NOT EXISTS pubsub_messages"
            " (id INTEGER PRIMARY KEY, published_s REAL NOT NULL, message BLOB NOT NULL)"
        )
        disk.create(
            "CREATE TABLE IF NOT EXISTS pubsub_pending (subscription TEXT NOT NULL, id INTEGER NOT NULL,"
            " attempts INTEGER NOT NULL, visible_at_s REAL NOT NULL, PRIMARY KEY (subscription, id))"
        )
        disk.create("CREATE INDEX IF NOT EXISTS pubsub_pending_id ON pubsub_pending (id)")
        disk.create(
            "CREATE TABLE IF NOT EXISTS pubsub_last_id (one INTEGER PRIMARY KEY, id INTEGER NOT NULL)"
        )

    def topics(self) -> list[Any]:
        return [
            TopicMessage.FromString(row[0]) for row in self.disk.rows("SELECT message FROM pubsub_topics")
        ]

    def subscriptions(self) -> list[Any]:
        rows = self.disk.rows("SELECT message FROM pubsub_subscriptions")
        return [SubscriptionMessage.FromString(row[0]) for row in rows]

    def pending(self, subscription: str) -> list[Pending]:
        """What to deliver, in the order it was published; leases end with the process that gave them."""
        rows = self.disk.rows(
            "SELECT id, message, published_s, attempts, visible_at_s FROM pubsub_pending"
            " JOIN pubsub_messages USING (id) WHERE subscription = ? ORDER BY id",
            (subscription,),
        )
        return [Pending(row[0], PubsubMessage.FromString(row[1]), *row[2:]) for row in rows]

    def last_id(self) -> int:
        rows = self.disk.rows("SELECT id FROM pubsub_last_id")
        return rows[0][0] if rows else 0

    def keep_topic(self, topic: Any) -> None:
        self._keep("topics", topic)

    def keep_subscription(self, subscription: Any) -> None:
        self._keep("subscriptions", subscription)

    def drop_topic(self, name: str) -> None:
        self.disk.write("DELETE FROM pubsub_topics WHERE name = ?", (name,))

    def drop_subscription(self, name: str) -> None:
        with self.disk.transaction():
            self.disk.write("DELETE FROM pubsub_subscriptions WHERE name = ?", (name,))
            self.drop_backlog(name)

    def drop_backlog(self, subscription: str) -> None:
        with self.disk.transaction():
            self.disk.write("DELETE FROM pubsub_pending WHERE subscription = ?", (subscription,))
            self.disk.write(
                "DELETE FROM pubsub_messages WHERE NOT EXISTS"
                " (SELECT 1 FROM pubsub_pending WHERE pubsub_pending.id = pubsub_messages.id)"
            )

    def publish(self, id_: int, published_s: float, message: Any, subscriptions: Iterable[str]) -> None:
        with self.disk.transaction():
            self.disk.write("INSERT OR REPLACE INTO pubsub_last_id VALUES (1, ?)", (id_,))
            names = list(subscriptions)
            if names:
                self.disk.write(
                    "INSERT INTO pubsub_messages VALUES (?, ?, ?)",
                    (id_, published_s, message.SerializeToString()),
                )
            for name in names:
                self.disk.write("INSERT INTO pubsub_pending VALUES (?, ?, 0, ?)", (name, id_, published_s))

    def keep_pending(self, subscription: str, pending: Pending) -> None:
        self.disk.write(
            "UPDATE pubsub_pending SET attempts = ?, visible_at_s = ? WHERE subscription = ? AND id = ?",
            (pending.attempts, pending.visible_at_s, subscription, pending.id),
        )

    def acknowledge(self, subscription: str, id_: int) -> None:
        with self.disk.transaction():
            self.disk.write(
                "DELETE FROM pubsub_pending WHERE subscription = ? AND id = ?", (subscription, id_)
            )
            self.disk.write(
                "DELETE FROM pubsub_messages WHERE id = ?"
                " AND NOT EXISTS (SELECT 1 FROM pubsub_pending WHERE id = ?)",
                (id_, id_),
            )

    def reset(self) -> None:
        with self.disk.transaction():
            self.disk.write("DELETE FROM pubsub_pending")
            self.disk.write("DELETE FROM pubsub_messages")

    def _keep(self, table: str, message: Any) -> None:
        self.disk.write(
            f"INSERT OR REPLACE INTO pubsub_{table} VALUES (?, ?)",
            (message.name, message.SerializeToString()),
        )
