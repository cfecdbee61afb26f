"""A day of the audit as it is archived off the cloud, and how the archive is held against the database (P11).

The lines of a day's entries are leaves of a Merkle tree; its root, and the summary of the day before, stand in
the day's summary: days form a chain that nobody with rights on our database alone can rewrite.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from shared.jobs.stored_audit import StoredEntry, place_of
from shared.policy.audit_chain import Break, Wrong
from shared.policy.merkle import root

ENTRIES, SUMMARY = "entries.jsonl", "summary.json"
_FORMAT = 1


@dataclass(frozen=True)
class KeptDay:
    """One day as the archive has it."""

    day: date
    summary: bytes
    entries: bytes | None
    """None when they are not there."""

    @property
    def lines(self) -> tuple[bytes, ...]:
        return tuple((self.entries or b"").splitlines())


def folder(tenant: str) -> str:
    """Where the days of a tenant are kept, with the slash; of what concerns everybody without one."""
    return f"tenants/{tenant}/" if tenant else "everyone/"


def key(tenant: str, day: date, part: str) -> str:
    """The name under which a part of a day is kept."""
    return f"{folder(tenant)}{day.isoformat()}/{part}"


def summarised_day(tenant: str, found: str) -> date | None:
    """The day whose summary has this name; None when it is none."""
    name = found.removeprefix(folder(tenant))
    day, _, part = name.partition("/")
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        return None
    return parsed if part == SUMMARY and found == key(tenant, parsed, SUMMARY) else None


def entries_of(found: Sequence[StoredEntry]) -> bytes:
    """A day's entries as JSON lines, in the order of their paths."""
    return b"".join(entry.line + b"\n" for entry in sorted(found, key=lambda entry: entry.path))


def summary_of(tenant: str, day: date, entries: bytes, previous: tuple[date, bytes] | None) -> bytes:
    """What is known of a day once its entries are kept; `previous` is the day before with its summary.

    It is made of nothing but these, so that a rerun makes the same bytes.
    """
    lines = entries.splitlines()
    paths = [_read(line)[0] for line in lines]
    said = {
        "format": _FORMAT,
        "tenant": tenant,
        "day": day.isoformat(),
        "count": len(lines),
        "first": paths[0] if paths else None,
        "last": paths[-1] if paths else None,
        "root": root(lines).hex(),
        "entries_sha256": hashlib.sha256(entries).hexdigest(),
        "heads": _heads(lines),
        "previous": None
        if previous is None
        else {
            "day": previous[0].isoformat(),
            "root": _summary(previous[1]).get("root"),
            "sha256": hashlib.sha256(previous[1]).hexdigest(),
        },
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unsound(tenant: str, kept: KeptDay, before: KeptDay | None) -> tuple[Break, ...]:
    """What is wrong with an archived day by itself; the first day that is kept has none before it."""

    def broken(detail: str) -> Break:
        return Break(tenant, kept.day.isoformat(), 0, Wrong.ARCHIVE, detail)

    if kept.entries is None:
        return (broken("its entries are not there"),)
    said = _summary(kept.summary)
    previous = said.get("previous")
    if before is not None:
        if kept.day != before.day + timedelta(days=1):
            return (broken(f"the days after {before.day} are missing"),)
        wanted = (before.day, before.summary)
    else:
        wanted = None
    made = _summary(summary_of(tenant, kept.day, kept.entries, wanted)) if _readable(kept) else {}
    if before is None:
        # Older days may have been deleted after their retention: what the first one follows is not known.
        made["previous"] = previous
    return () if made == said else (broken("summary, entries and the day before do not fit together"),)


def held_against(
    tenant: str, kept: KeptDay, day: Mapping[str, bytes], moved: Mapping[str, bytes | None]
) -> tuple[Break, ...]:
    """How the database differs from an archived day.

    `day` has the lines of all entries that the database has of the day, by path; `moved` the lines of those
    archived entries that are not among them, None for each that is gone.
    """
    found: list[Break] = []
    archived = {path: line for line in kept.lines for path in (_read(line)[0],)}
    for path, line in archived.items():
        here = day[path] if path in day else moved.get(path)
        if here is None:
            found.append(_at(tenant, path, Wrong.DELETED, f"it was archived on {kept.day}, and is gone"))
        elif here != line:
            found.append(_at(tenant, path, Wrong.EDITED, f"it is not what was archived of {kept.day}"))
    found += [
        _at(tenant, path, Wrong.UNARCHIVED, f"{kept.day} was archived without it")
        for path in sorted(day.keys() - archived.keys())
    ]
    return tuple(found)


def archived_paths(kept: KeptDay) -> tuple[str, ...]:
    """The paths of a day's archived entries."""
    return tuple(_read(line)[0] for line in kept.lines)


def _at(tenant: str, path: str, wrong: Wrong, detail: str) -> Break:
    chain, number = place_of(path.rsplit("/", 1)[-1]) or (path, 0)
    return Break(tenant, chain, number, wrong, detail)


def _heads(lines: Sequence[bytes]) -> dict[str, dict[str, Any]]:
    """Where each chain that the day touched stood at its end."""
    heads: dict[str, dict[str, Any]] = {}
    for line in lines:
        path, fields = _read(line)
        place = place_of(path.rsplit("/", 1)[-1])
        if place is not None and place[1] > heads.get(place[0], {"number": 0})["number"]:
            heads[place[0]] = {"number": place[1], "hash": fields.get("hash")}
    return heads


def _read(line: bytes) -> tuple[str, Mapping[str, Any]]:
    """The path and the fields of a line. What is no line of ours has an empty path."""
    try:
        said: Any = json.loads(line)
        return str(said["path"]), dict(said["fields"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", {}


def _readable(kept: KeptDay) -> bool:
    return all(_read(line)[0] for line in kept.lines)


def _summary(summary: bytes) -> dict[str, Any]:
    try:
        said: Any = json.loads(summary)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}
