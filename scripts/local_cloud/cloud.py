"""The whole local cloud: every engine on one disk and one clock, served on loopback or stepped in-process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import grpc

from scripts.local_cloud import admin, dispatcher, iam
from scripts.local_cloud.clock import Clock, RealClock, VirtualClock
from scripts.local_cloud.counts import Counts
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.due import Deliver, deliver
from scripts.local_cloud.faults import Faults
from scripts.local_cloud.firestore import rpc as firestore_rpc
from scripts.local_cloud.firestore.engine import FirestoreEngine
from scripts.local_cloud.front_end import FrontEnd
from scripts.local_cloud.grpc_door import Call, GrpcDoor
from scripts.local_cloud.http_client import ConnectionPool
from scripts.local_cloud.http_door import HttpServer
from scripts.local_cloud.in_process import InProcessChannel
from scripts.local_cloud.oidc import Issuer
from scripts.local_cloud.provision import provision
from scripts.local_cloud.pubsub import rpc as pubsub_rpc
from scripts.local_cloud.pubsub.engine import PubsubEngine
from scripts.local_cloud.scheduler import Scheduler
from scripts.local_cloud.secret_manager import rpc as secret_manager_rpc
from scripts.local_cloud.secret_manager.engine import SecretManagerEngine
from scripts.local_cloud.spec import CloudSpec
from scripts.local_cloud.tasks import rpc as tasks_rpc
from scripts.local_cloud.tasks.engine import TasksEngine


@dataclass(frozen=True)
class Endpoints:
    """Where a served cloud listens: `grpc` as host:port for all Google clients, the others as URLs."""

    grpc: str
    admin: str
    front_end: str


class LocalCloud:
    """Google's side of the system, kept in one file (or in memory).

    On a real clock `serve()` opens the ports and delivers on threads. On a `VirtualClock` nothing happens
    by itself: `channel()` gives the clients a channel, `run_due()` delivers through `http`, one at a time. Whoever
    calls from several threads there gives a `lease_s` (see `FirestoreEngine`).
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Clock | None = None,
        http: Deliver | None = None,
        lease_s: float | None = None,
    ) -> None:
        self.clock: Clock = clock or RealClock()
        self.disk = Disk(path)
        self.counts = Counts()
        self.issuer = Issuer(self.disk, self.clock, on_disk=path is not None)
        self.firestore = FirestoreEngine(self.disk, self.clock, self.counts, lease_s=lease_s)
        self.tasks = TasksEngine(self.disk, self.clock, self.counts, self.issuer.token)
        self.pubsub = PubsubEngine(self.disk, self.clock, self.counts, self.issuer.token)
        self.secrets = SecretManagerEngine(self.disk, self.clock)
        self.scheduler = Scheduler(self.disk, self.clock, self.issuer.token)
        self._pool = ConnectionPool()
        self.http: Deliver = http or self._pool.deliver
        self.front_end = FrontEnd(self.issuer, self._pool.send)
        self.faults = Faults(self._drops(), self._hold)
        self.door = self._door()
        self._dispatcher: dispatcher.Dispatcher | None = None
        self._grpc_server: grpc.Server | None = None
        self._http_servers: list[HttpServer] = []

    def channel(self) -> InProcessChannel:
        """For the real clients, in this process, without a socket."""
        return InProcessChannel(self.door)

    def provision(self, spec: CloudSpec) -> None:
        """Create or change what the specification names; what it does not name stays."""
        provision(self, spec)

    def serve(
        self, *, grpc_port: int = 0, admin_port: int = 0, front_end_port: int = 0, workers: int = 128
    ) -> Endpoints:
        """Open the ports on loopback (0 takes free ones) and deliver, at most `workers` at once."""
        self._grpc_server, port = self.door.serve(port=grpc_port)
        front_end = HttpServer(self.front_end.handle, port=front_end_port)
        self.front_end.url = front_end.url
        admin_server = HttpServer(lambda received: admin.answer(self, received), port=admin_port)
        self._http_servers = [front_end, admin_server]
        sources = [self.tasks, self.pubsub, self.scheduler]
        self._dispatcher = dispatcher.Dispatcher(sources, self.http, self.clock, workers=workers)
        for source in sources:
            source.changed = self._dispatcher.wake
        self._dispatcher.start()
        return Endpoints(f"127.0.0.1:{port}", admin_server.url, front_end.url)

    def run_due(
        self,
        until: datetime | None = None,
        *,
        max_steps: int = 10_000,
        choose: dispatcher.Choose = dispatcher.earliest,
    ) -> dispatcher.Ran:
        """Deliver what is due on a virtual clock, moving it from one due thing to the next.

        Without `until` it runs until only cron jobs are left. `choose` picks which of the due things goes
        first, as `random.Random(seed).choice` does.
        """
        if not isinstance(self.clock, VirtualClock):
            raise TypeError("run_due moves a VirtualClock; on a real clock call serve()")
        return dispatcher.run_due(
            [self.tasks, self.pubsub, self.scheduler],
            [self.tasks, self.pubsub],
            self.http,
            self.clock,
            until_s=until.timestamp() if until else None,
            max_steps=max_steps,
            choose=choose,
        )

    def run_now(self, schedule: str) -> int | None:
        """Run a cron job at once: the answer's status, None without one. Errors: KeyError (no such job)."""
        return deliver(self.scheduler.run_now(schedule), self.http)

    def reset(self) -> None:
        """Forget documents, tasks, messages, counts and faults; what was provisioned stays."""
        self.firestore.reset()
        self.tasks.reset()
        self.pubsub.reset()
        self.counts.reset()
        self.faults.clear()

    def stop(self) -> None:
        """Close the ports and the file; what was under way is delivered again by the next process."""
        self.faults.clear()
        for server in self._http_servers:
            server.stop()
        if self._grpc_server is not None:
            self._grpc_server.stop(grace=0.2).wait()
        if self._dispatcher is not None:
            self._dispatcher.stop()
        self._pool.close()
        self.disk.close()

    def _door(self) -> GrpcDoor:
        door = GrpcDoor(interceptor=self.faults.intercept)
        for services in (
            firestore_rpc.services(self.firestore),
            tasks_rpc.services(self.tasks),
            pubsub_rpc.services(self.pubsub),
            secret_manager_rpc.services(self.secrets),
            iam.services(self.disk),
        ):
            for name, rpcs in services.items():
                door.add(name, rpcs)
        return door

    def _drops(self) -> dict[tuple[str, str], Any]:
        """What a lost enqueue answers."""

        def lost_task(request: Any) -> Any:
            return self.tasks.create_task(request, Call(), keep=False)

        def lost_messages(request: Any) -> Any:
            ids = self.pubsub.publish(request.topic, request.messages, Call(), keep=False)
            return pubsub_rpc.publish_answer(ids)

        return {
            (tasks_rpc.SERVICE, "CreateTask"): lost_task,
            (pubsub_rpc.PUBLISHER, "Publish"): lost_messages,
        }

    def _hold(self, seconds: float, released: threading.Event) -> None:
        if isinstance(self.clock, VirtualClock):
            self.clock.advance(seconds)
        else:
            released.wait(seconds)
