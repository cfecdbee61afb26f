"""Google's REST APIs as the doctor reads them, in memory; every request and answer is judged by Google's own
description of the API (its discovery document)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from scripts.catalogue import Catalogue, load
from scripts.command_line.checks_of_database import INDEXES
from scripts.command_line.checks_of_project import services_wanted

Json = dict[str, Any]
PROJECT, REGION = "acme-dev", "europe-west1"
PLACE = f"projects/{PROJECT}/locations/{REGION}"
DATABASE = f"projects/{PROJECT}/databases/(default)"
_DOCUMENTS = {
    "serviceusage": "serviceusage.v1",
    "secretmanager": "secretmanager.v1",
    "cloudfunctions": "cloudfunctions.v2",
    "firestore": "firestore.v1",
    "cloudscheduler": "cloudscheduler.v1",
    "pubsub": "pubsub.v1",
    "monitoring": "monitoring.v3",
}


def error(status: int, reason: str = "", **metadata: str) -> httpx.Response:
    """A refusal in the shape of google.rpc.Status as JSON."""
    names = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 503: "UNAVAILABLE"}
    details = [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}
    ] * bool(reason)
    return httpx.Response(
        status,
        json={"error": {"code": status, "message": "refused", "status": names[status], "details": details}},
    )


@dataclass
class FakeGoogle:
    """A project in which all is well, until a test spoils `lists` and `things` (by path) or adds `refused`."""

    lists: dict[str, tuple[str, list[Json]]] = field(default_factory=dict[str, tuple[str, list[Json]]])
    things: dict[str, Json] = field(default_factory=dict[str, Json])
    refused: dict[str, httpx.Response] = field(default_factory=dict[str, httpx.Response])
    page: int = 4
    """Entries on a page, whatever is asked for."""
    asked: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        api = _DOCUMENTS[request.url.host.removesuffix(".googleapis.com")]
        schema = _judged(api, request)
        for part, refusal in self.refused.items():
            if part in f"{request.url.host}{request.url.path}":
                return refusal
        path = request.url.path.split("/", 2)[2]
        if path in self.lists:
            body = self._listed(path, request.url.params.get("pageToken", ""))
        elif path in self.things:
            body = self.things[path]
        else:
            return error(404)
        problems = [problem.message for problem in _validator(api, schema).iter_errors(body)]
        assert not problems, f"{path}: this is not Google's {schema}: {problems}"
        return httpx.Response(200, json=body)

    def _listed(self, path: str, token: str) -> Json:
        name, entries = self.lists[path]
        start = int(token or 0)
        rest = len(entries) > start + self.page
        body: Json = {name: entries[start : start + self.page]} if entries else {}
        return body | ({"nextPageToken": str(start + self.page)} if rest else {})

    def function(self, name: str) -> Json:
        return self._named(f"{PLACE}/functions", f"{PLACE}/functions/{name}")

    def index(self, collection: str) -> Json:
        """The first index of a collection."""
        _, entries = self.lists[f"{DATABASE}/collectionGroups/-/indexes"]
        return next(each for each in entries if f"/{collection}/" in each["name"])

    def field_of(self, collection: str, name: str) -> Json:
        path = f"{DATABASE}/collectionGroups"
        return self._named(f"{path}/-/fields", f"{path}/{collection}/fields/{name}")

    def _named(self, path: str, name: str) -> Json:
        return next(each for each in self.lists[path][1] if each["name"] == name)

    def take_away(self, path: str, name: str) -> None:
        """Remove the entries of a list whose name ends so."""
        field_, entries = self.lists[path]
        kept = [each for each in entries if not each["name"].endswith(name)]
        assert len(kept) < len(entries)
        self.lists[path] = field_, kept


def sound(tenants: tuple[str, ...] = ("default",)) -> FakeGoogle:
    """A project as a deployment leaves it."""
    catalogue, made = load(), FakeGoogle()
    made.lists[f"projects/{PROJECT}/services"] = (
        "services",
        [{"name": f"projects/123/services/{name}", "state": "ENABLED"} for name in services_wanted()],
    )
    documents = [{"name": f"{DATABASE}/documents/tenants/{tenant}"} for tenant in tenants]
    made.lists[f"{DATABASE}/documents/tenants"] = "documents", documents
    for name, secret in catalogue.secrets.items():
        if secret.per_mailbox:
            continue
        for full in [f"{name}-{tenant}" for tenant in tenants] if secret.per_tenant else [name]:
            path = f"projects/{PROJECT}/secrets/{full}"
            made.things[path] = {"name": f"projects/123/secrets/{full}"}
            newest = {"name": f"projects/123/secrets/{full}/versions/2", "state": "ENABLED"}
            made.things[f"{path}/versions/latest"] = newest
    _database(made)
    _functions(made, catalogue)
    return made


def _database(made: FakeGoogle) -> None:
    import yaml

    made.things[DATABASE] = {
        "name": DATABASE,
        "locationId": REGION,
        "type": "FIRESTORE_NATIVE",
        "concurrencyMode": "PESSIMISTIC",
        "pointInTimeRecoveryEnablement": "POINT_IN_TIME_RECOVERY_ENABLED",
        "deleteProtectionState": "DELETE_PROTECTION_ENABLED",
    }
    made.things[f"{DATABASE}/backupSchedules"] = {
        "backupSchedules": [{"retention": "2592000s", "dailyRecurrence": {}}]
    }
    declared = yaml.safe_load(INDEXES.read_text())
    groups = f"{DATABASE}/collectionGroups"
    made.lists[f"{groups}/-/indexes"] = (
        "indexes",
        [
            {
                "name": f"{groups}/{index['collection']}/indexes/{number}",
                "queryScope": index["scope"],
                "state": "READY",
                "fields": [
                    *(
                        {"fieldPath": path, "order": order}
                        for f in index["fields"]
                        for path, order in f.items()
                    ),
                    {"fieldPath": "__name__", "order": next(iter(index["fields"][-1].values()))},
                ],
            }
            for number, index in enumerate(declared["composite"])
        ],
    )
    made.lists[f"{groups}/-/fields"] = (
        "fields",
        [
            {
                "name": f"{groups}/{one['collection']}/fields/{one['field']}",
                "indexConfig": {
                    "indexes": [
                        {
                            "queryScope": index["scope"],
                            "fields": [{"fieldPath": one["field"], "order": index["order"]}],
                        }
                        for index in one["indexes"]
                    ]
                },
                **({"ttlConfig": {"state": "ACTIVE"}} if one.get("ttl") else {}),
            }
            for one in declared["fields"]
        ],
    )


def _functions(made: FakeGoogle, catalogue: Catalogue) -> None:
    functions: list[Json] = []
    series: list[Json] = []
    for name, row in catalogue.functions.items():
        functions.append(
            {
                "name": f"{PLACE}/functions/{name}",
                "state": "ACTIVE",
                "labels": {"app": "whisper"},
                "updateTime": "2026-11-20T10:00:00Z",
                "serviceConfig": {"environmentVariables": {"RELEASE": "0123456789ab"}},
            }
        )
        series.append(answered(name, "2xx", 100))
        if row.trigger.schedule:
            made.things[f"{PLACE}/jobs/{name}"] = {
                "name": f"{PLACE}/jobs/{name}",
                "state": "ENABLED",
                "lastAttemptTime": "2026-11-20T10:00:00Z",
                "status": {},
            }
        if row.trigger.topic:
            made.things[f"projects/{PROJECT}/subscriptions/{name}"] = {
                "name": f"projects/{PROJECT}/subscriptions/{name}",
                "state": "ACTIVE",
                "pushConfig": {"pushEndpoint": f"https://run.example/{name}"},
                "deadLetterPolicy": {"deadLetterTopic": f"projects/{PROJECT}/topics/dead"},
            }
    made.lists[f"{PLACE}/functions"] = "functions", functions
    made.lists[f"projects/{PROJECT}/timeSeries"] = "timeSeries", series


def answered(function: str, kind: str, number: int) -> Json:
    """A point of run.googleapis.com/request_count."""
    return {
        "metric": {
            "type": "run.googleapis.com/request_count",
            "labels": {"response_code_class": kind},
        },
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": function.replace("_", "-")}},
        "points": [{"value": {"int64Value": str(number)}}],
    }


def _judged(api: str, request: httpx.Request) -> str:
    """The answer's schema; the method exists, and its parameters are known and of their kind."""
    assert request.headers["authorization"] == "Bearer token"
    assert request.headers["x-goog-user-project"] == PROJECT
    path = request.url.path.removeprefix("/")
    fits = [one for verb, pattern, one in _methods(api) if verb == request.method and pattern.fullmatch(path)]
    assert fits, f"{api} has no method {request.method} {path}"
    described = fits[0]
    for name, value in request.url.params.multi_items():
        parameter = described["parameters"][name]
        assert parameter["location"] == "query", name
        if parameter["type"] == "integer":
            assert value.isdigit(), name
        if "enum" in parameter:
            assert value in parameter["enum"], (name, value)
        assert parameter.get("repeated") or len(request.url.params.get_list(name)) == 1, name
    return described["response"]["$ref"]


@cache
def _document(api: str) -> Json:
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    return json.loads((folder / f"{api}.json").read_text("utf-8"))


@cache
def _methods(api: str) -> list[tuple[str, re.Pattern[str], Json]]:
    """Verb, path and description; `/` is inside a parameter only where its own pattern has it."""
    found: list[tuple[str, re.Pattern[str], Json]] = []

    def collect(resource: Json) -> None:
        for described in resource.get("methods", {}).values():
            parts = re.split(r"(\{\w+\})", described.get("flatPath") or described["path"])
            pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
            found.append((described["httpMethod"], re.compile(pattern), described))
        for inner in resource.get("resources", {}).values():
            collect(inner)

    collect(_document(api))
    return sorted(found, key=lambda entry: entry[1].pattern.count("[^/]+"))


@cache
def _validator(api: str, schema: str) -> Draft202012Validator:
    definitions = {name: _schema(described) for name, described in _document(api)["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": definitions})


def _schema(described: Json) -> Json:
    """A discovery schema as JSON schema: nothing is allowed that is not described."""
    if "$ref" in described:
        return {"$ref": f"#/$defs/{described['$ref']}"}
    if described.get("type") == "any":
        return {}
    kept: Json = {key: described[key] for key in ("type", "enum") if key in described}
    if "items" in described:
        kept["items"] = _schema(described["items"])
    if described.get("type") == "object":
        kept["properties"] = {name: _schema(inner) for name, inner in described.get("properties", {}).items()}
        further = described.get("additionalProperties")
        kept["additionalProperties"] = _schema(further) if further else False
    return kept


Spoil = Callable[[FakeGoogle], None]
