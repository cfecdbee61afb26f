"""What a plan would change: which functions and why, and how many other things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

FUNCTION = "google_cloudfunctions2_function"
KEPT = ("google_firestore_database", "google_secret_manager_secret", "google_storage_bucket")
"""Types that hold what cannot be made again."""

_VERBS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
}


@dataclass(frozen=True)
class FunctionChange:
    """One function that a plan touches. Of settings only the names are told."""

    name: str
    verb: str
    before: str
    """Hash of the zip that runs; empty when there is none, or none is known."""
    after: str
    settings: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    """What else of it changes: memory, timeout, …"""

    @property
    def why(self) -> str:
        """In words."""
        reasons = (
            [f"code {self.before[:12] or 'new'} → {self.after[:12]}"] if self.before != self.after else []
        )
        reasons += [f"settings {', '.join(self.settings)}"] if self.settings else []
        return "; ".join([*reasons, *self.attributes])


@dataclass(frozen=True)
class Changes:
    """A plan in short."""

    functions: tuple[FunctionChange, ...]
    others: Mapping[str, Mapping[str, int]]
    """How many of each type, by verb."""
    losses: tuple[str, ...]
    """Addresses of data that would be deleted."""

    @property
    def any(self) -> bool:
        return bool(self.functions or self.others)

    def as_data(self) -> dict[str, Any]:
        """For a file."""
        return {
            "functions": [
                {"name": one.name, "verb": one.verb, "before": one.before, "after": one.after, "why": one.why}
                for one in self.functions
            ],
            "others": self.others,
            "losses": list(self.losses),
        }


def changes_of(shown: Mapping[str, Any]) -> Changes:
    """The changes of a plan, from `terraform show -json`."""
    functions: list[FunctionChange] = []
    others: dict[str, Counter[str]] = {}
    losses: list[str] = []
    for resource in cast("list[dict[str, Any]]", shown.get("resource_changes", [])):
        change = cast("dict[str, Any]", resource["change"])
        verb = _VERBS.get(tuple(change["actions"]))
        if verb is None or resource.get("mode", "managed") != "managed":
            continue
        if resource["type"] == FUNCTION:
            functions.append(_function(str(resource.get("index", resource["address"])), verb, change))
        else:
            others.setdefault(verb, Counter())[str(resource["type"])] += 1
            if verb in ("delete", "replace") and resource["type"] in KEPT:
                losses.append(str(resource["address"]))
    found = {verb: dict(sorted(count.items())) for verb, count in sorted(others.items())}
    return Changes(tuple(sorted(functions, key=lambda one: one.name)), found, tuple(sorted(losses)))


def _function(name: str, verb: str, change: Mapping[str, Any]) -> FunctionChange:
    before, after = _block(change.get("before")), _block(change.get("after"))
    service = {"environment_variables"}
    settings = _differing(
        _first(before, "service_config", *service), _first(after, "service_config", *service)
    )
    attributes: list[str] = []
    if before and after:
        attributes = [
            name
            for name in _differing(_first(before, "service_config"), _first(after, "service_config"))
            # What Google fills in is not known before the apply, and is no change of ours.
            if name not in service and _first(after, "service_config").get(name) is not None
        ]
    settings = [one for one in settings if one != "RELEASE"] if before and after else []
    return FunctionChange(name, verb, _hash(before), _hash(after), tuple(settings), tuple(attributes))


def _hash(function: Mapping[str, Any]) -> str:
    source = _first(function, "build_config", "source", "storage_source")
    return str(source.get("object") or "").rpartition("/")[2].removesuffix(".zip")


def _first(block: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """A block inside blocks, each the first of its list."""
    at: Any = block
    for name in names:
        at = at.get(name) if isinstance(at, dict) else None
        at = at[0] if isinstance(at, list) and at else at
    return _block(at)


def _block(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
