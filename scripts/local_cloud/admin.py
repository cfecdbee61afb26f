"""The local cloud's own HTTP interface, for tests and people: counts, tasks, schedules, faults, identity."""

from __future__ import annotations

import dataclasses
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict

from scripts.local_cloud.faults import fault_of
from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.http_door import Received
from scripts.local_cloud.spec import spec_of

if TYPE_CHECKING:
    from scripts.local_cloud.cloud import LocalCloud

LOOPBACK = ("127.0.0.1", "localhost")
FULL_VIEW = 2


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request to one route: the parts of its path, its query and its JSON body."""

    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Any


Route = Callable[["LocalCloud", Asked], Any]


def _counts(cloud: LocalCloud, _: Asked) -> Any:
    return {"total": cloud.counts.total(), "by_work": cloud.counts.by_work()}


def _reset_counts(cloud: LocalCloud, _: Asked) -> Any:
    cloud.counts.reset()
    return {}


def _tasks(cloud: LocalCloud, asked: Asked) -> Any:
    """All tasks, or those of one queue by its full or short name."""
    wanted = asked.query.get("queue", "")
    names = [queue.name for queue in cloud.tasks.queues()]
    chosen = [name for name in names if not wanted or wanted in (name, name.rsplit("/", 1)[-1])]
    return {name: [MessageToDict(task) for task in cloud.tasks.tasks(name, FULL_VIEW)] for name in chosen}


def _schedules(cloud: LocalCloud, _: Asked) -> Any:
    return {"jobs": cloud.scheduler.jobs()}


def _run_schedule(cloud: LocalCloud, asked: Asked) -> Any:
    return {"status": cloud.run_now(asked.parts[0])}


def _query_shapes(cloud: LocalCloud, _: Asked) -> Any:
    shapes = sorted(cloud.firestore.query_shapes.copy(), key=repr)
    return {"query_shapes": [dataclasses.asdict(shape) for shape in shapes]}


def _faults(cloud: LocalCloud, _: Asked) -> Any:
    return {"faults": cloud.faults.rules()}


def _add_faults(cloud: LocalCloud, asked: Asked) -> Any:
    """One rule, or `{"rules": [...]}`."""
    for row in asked.body.get("rules", [asked.body]):
        cloud.faults.add(fault_of(row))
    return {"faults": cloud.faults.rules()}


def _clear_faults(cloud: LocalCloud, _: Asked) -> Any:
    cloud.faults.clear()
    return {}


def _reset(cloud: LocalCloud, _: Asked) -> Any:
    cloud.reset()
    return {}


def _provision(cloud: LocalCloud, asked: Asked) -> Any:
    cloud.provision(spec_of(asked.body))
    return {}


def _certificates(cloud: LocalCloud, _: Asked) -> Any:
    return cloud.issuer.certificates()


def _token(cloud: LocalCloud, asked: Asked) -> Any:
    return {"token": cloud.issuer.token(asked.body["email"], asked.body["audience"])}


def _health(cloud: LocalCloud, _: Asked) -> Any:
    return {"status": "ok", "time_s": cloud.clock.time_s()}


ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "/health", _health),
    ("GET", "/counts", _counts),
    ("POST", "/counts/reset", _reset_counts),
    ("GET", "/tasks", _tasks),
    ("GET", "/scheduler", _schedules),
    ("POST", "/scheduler/([^/]+)/run", _run_schedule),
    ("GET", "/query_shapes", _query_shapes),
    ("GET", "/faults", _faults),
    ("POST", "/faults", _add_faults),
    ("DELETE", "/faults", _clear_faults),
    ("POST", "/reset", _reset),
    ("POST", "/provision", _provision),
    ("GET", "/oidc/certs", _certificates),
    ("POST", "/oidc/token", _token),
]


def answer(cloud: LocalCloud, received: Received) -> Answer:
    """Answer in JSON: 200, 400 for what cannot be understood, 404 for what is not there."""
    host = (received.header("Host") or "").rsplit(":", 1)[0]
    if host not in LOOPBACK:
        # A name that a web page made to point here must not let it ask for tokens.
        return _json(403, {"error": f"host {host!r} is not this machine; call 127.0.0.1"})
    path, _, query = received.target.partition("?")
    found = [
        (method, match, route) for method, pattern, route in ROUTES if (match := re.fullmatch(pattern, path))
    ]
    if not found:
        return _json(404, {"error": f"no {path}; there are {', '.join(pattern for _, pattern, _ in ROUTES)}"})
    for method, match, route in found:
        if method == received.method:
            return _run(cloud, received, match, route, query)
    return _json(405, {"error": f"{path} takes {', '.join(method for method, _, _ in found)}"})


def _run(cloud: LocalCloud, received: Received, match: re.Match[str], route: Route, query: str) -> Answer:
    parts = tuple(urllib.parse.unquote(part) for part in match.groups())
    try:
        body = json.loads(received.body) if received.body else {}
        return _json(200, route(cloud, Asked(parts, dict(urllib.parse.parse_qsl(query)), body)))
    except RpcError as error:
        return _json(400, {"error": error.message, "code": error.code.name})
    except KeyError as error:
        return _json(404 if parts else 400, {"error": f"missing or unknown: {error}"})
    except (ValueError, TypeError, AttributeError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, value: Any) -> Answer:
    return Answer(status, [("Content-Type", "application/json")], json.dumps(value).encode())
