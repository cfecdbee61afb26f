"""The doctor's look at Firestore: the database and its backups, indexes and TTL policies as indexes.yaml wants them."""

from __future__ import annotations

from typing import Any, cast

import yaml

from scripts.catalogue import ROOT
from scripts.command_line.checking import Check, Health, Wrong, look, skip
from scripts.command_line.google_api import GoogleApi, Json, listed

INDEXES = ROOT / "terraform" / "whisper" / "indexes.yaml"
_MEND = "look at the database in the Google Cloud console"
_OWN_FIELDS = "indexConfig.usesAncestorConfig:false OR ttlConfig:*"
_BACKUP_KEPT_S = 30 * 24 * 3600

Index = tuple[str, str, tuple[tuple[str, str], ...]]
"""Collection, scope, and fields with their order."""


def database_checks(api: GoogleApi, project: str, region: str, environment: str) -> list[Check]:
    """The database first; what belongs to it is not looked at where there is none."""
    database = f"https://firestore.googleapis.com/v1/projects/{project}/databases/(default)"
    deploy = f"scripts/deploy {environment}"
    first = look("database", lambda: _database(api, database, project, region, deploy), _MEND)
    parts = (
        ("backups", lambda: _backups(api, database, deploy)),
        ("indexes", lambda: _indexes(api, database, deploy)),
        ("TTL and single fields", lambda: _fields(api, database, deploy)),
    )
    if first.health is Health.FAIL and first.detail.startswith("there is no database"):
        return [first, *(skip(name, "there is no database") for name, _ in parts)]
    return [first, *(look(name, at, _MEND) for name, at in parts)]


def _database(api: GoogleApi, url: str, project: str, region: str, deploy: str) -> str:
    found = api.get(url)
    if found is None:
        raise Wrong("there is no database", deploy)
    if found.get("type") != "FIRESTORE_NATIVE":
        raise Wrong(
            f"it is of type {found.get('type')}, not FIRESTORE_NATIVE",
            "it cannot be changed once there are documents: make another project, or an empty database native",
        )
    update = f"gcloud firestore databases update --database='(default)' --project={project}"
    missing = [
        f"{update} {option}"
        for field, wanted, option in (
            ("pointInTimeRecoveryEnablement", "POINT_IN_TIME_RECOVERY_ENABLED", "--enable-pitr"),
            ("deleteProtectionState", "DELETE_PROTECTION_ENABLED", "--delete-protection"),
        )
        if found.get(field) != wanted
    ]
    if missing:
        raise Wrong(
            "point-in-time recovery or delete protection is off", f"{deploy}, or: " + " ; ".join(missing)
        )
    if found.get("concurrencyMode") not in ("PESSIMISTIC", None):
        raise Wrong(f"its concurrency mode is {found.get('concurrencyMode')}, not PESSIMISTIC", deploy)
    if found.get("locationId") != region:
        return f"in {found.get('locationId')}, while functions are in {region}: every read crosses regions"
    return f"native, in {region}, with point-in-time recovery and delete protection"


def _backups(api: GoogleApi, database: str, deploy: str) -> str:
    found = api.get(f"{database}/backupSchedules")
    schedules = cast("list[Json]", (found or {}).get("backupSchedules") or [])
    daily = [each for each in schedules if "dailyRecurrence" in each]
    if not daily:
        raise Wrong("there is no daily backup", deploy)
    kept_s = max(float(str(each.get("retention", "0s")).removesuffix("s")) for each in daily)
    if kept_s < _BACKUP_KEPT_S:
        raise Wrong(f"daily backups are kept for {kept_s / 86400:.0f} days, not 30", deploy)
    return f"daily, kept for {kept_s / 86400:.0f} days"


def _indexes(api: GoogleApi, database: str, deploy: str) -> str:
    found = listed(api, f"{database}/collectionGroups/-/indexes", "indexes", {"pageSize": "300"})
    states = {_index(each): str(each.get("state")) for each in found or ()}
    wanted = wanted_indexes()
    missing = [each for each in wanted if each not in states]
    if missing:
        raise Wrong(f"missing: {'; '.join(map(_words, missing))}; their queries fail", deploy)
    broken = [each for each in wanted if states[each] == "NEEDS_REPAIR"]
    if broken:
        raise Wrong(
            f"to be repaired: {'; '.join(map(_words, broken))}",
            f"delete each (gcloud firestore indexes composite delete), then {deploy}",
        )
    building = [each for each in wanted if states[each] != "READY"]
    if building:
        raise Wrong(
            f"not ready yet: {'; '.join(map(_words, building))}", "wait: an index takes minutes to be built"
        )
    return f"{len(wanted)} ready"


def wanted_indexes() -> list[Index]:
    """The composite indexes that Terraform makes."""
    return [
        (
            index["collection"],
            index["scope"],
            tuple((path, order) for field in index["fields"] for path, order in field.items()),
        )
        for index in _declared()["composite"]
    ]


def _index(found: Json) -> Index:
    """As it was declared: Firestore adds `__name__` at the end by itself."""
    collection = str(found["name"]).partition("/collectionGroups/")[2].partition("/")[0]
    fields = cast("list[Json]", found.get("fields") or [])
    ordered = tuple(
        (str(field["fieldPath"]), str(field.get("order") or ""))
        for field in fields
        if field["fieldPath"] != "__name__"
    )
    return collection, str(found.get("queryScope")), ordered


def _fields(api: GoogleApi, database: str, deploy: str) -> str:
    url = f"{database}/collectionGroups/-/fields"
    found = {
        tuple(str(each["name"]).partition("/collectionGroups/")[2].split("/fields/")): each
        for each in listed(api, url, "fields", {"filter": _OWN_FIELDS, "pageSize": "300"}) or ()
    }
    wrong: list[str] = []
    waiting: list[str] = []
    for field in _declared()["fields"]:
        name = f"{field['collection']}.{field['field']}"
        there: Json = found.get((field["collection"], field["field"]), {})
        ttl = str((there.get("ttlConfig") or {}).get("state", "")) if field.get("ttl") else "ACTIVE"
        if ttl == "CREATING":
            waiting.append(name)
        elif ttl != "ACTIVE":
            wrong.append(f"{name} has no TTL policy" if not ttl else f"the TTL policy of {name} is {ttl}")
        has = {
            (str(index.get("queryScope")), str(part.get("order") or part.get("arrayConfig") or ""))
            for index in (there.get("indexConfig") or {}).get("indexes") or []
            for part in index.get("fields") or []
        }
        if not there or has != {(index["scope"], index["order"]) for index in field["indexes"]}:
            wrong.append(f"{name} is indexed otherwise than declared")
    if wrong:
        raise Wrong("; ".join(wrong), deploy)
    if waiting:
        raise Wrong(
            f"TTL policies are being made: {', '.join(waiting)}",
            "wait: it takes up to a day where there is data",
        )
    return f"{len(_declared()['fields'])} as declared"


def _declared() -> dict[str, list[dict[str, Any]]]:
    return cast("dict[str, list[dict[str, Any]]]", yaml.safe_load(INDEXES.read_text()))


def _words(index: Index) -> str:
    collection, scope, fields = index
    return f"{collection} ({scope.lower()}) by " + ", ".join(f"{path} {order}" for path, order in fields)
