"""The privacy page names every collection that the code writes, with how long it is kept (P12)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import timedelta
from typing import Any

import pytest
import yaml

import shared
from scripts.catalogue import ROOT
from shared.jobs.document import Document
from shared.jobs.erasure import Erasure
from shared.jobs.event import KEPT as EVENTS_KEPT
from shared.jobs.retention import FINISHED, SILENT
from shared.operators.mailboxes import VALID_FOR
from shared.operators.replay import KEPT as LETTERS_KEPT
from shared.policy.erasing import IMPERSONAL, LAST, SHARED
from shared.policy.limits import Limits
from shared.runtime.api.idempotency import KEPT as ANSWERS_KEPT
from shared.runtime.stats import REMEMBERED
from tests.faults.planted import Planted

PAGE = (ROOT / "terraform" / "PRIVACY.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.M))
"""Collection to how long it is kept."""

ROOT_LEVEL = {"tenants", "routes", "operators", "api_keys", "control", "audit", "audit_heads"}


def kinds() -> dict[str, type[Document]]:
    """Every kind of document, by its collection."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        importlib.import_module(module.name)
    found: dict[str, type[Document]] = {}
    todo: list[type[Document]] = [Document]
    while todo:
        below: list[Any] = todo.pop().__subclasses__()
        todo += below
        for type_ in below:
            if type_.__module__.startswith("shared."):
                words: dict[str, Any] = {**dict.fromkeys(type_.model_fields, "x"), "number": 1}
                *_, collection, _ = ("", "", *str(type_.model_construct(None, **words).path).split("/"))
                found[collection] = type_
    # What says itself where it is written has no collection of its own.
    found.pop("", None)
    return found


@pytest.mark.parametrize("collection", sorted(kinds()))
def test_every_kind_of_document_stands_in_the_table(collection: str) -> None:
    assert collection in ROWS, f"say in terraform/PRIVACY.md what {collection} keeps of people, and how long"


def test_every_collection_that_a_run_writes_stands_in_the_table() -> None:
    planted = Planted()
    try:
        planted.erase()
        written = {path.split("/")[-2] for path, _ in planted.documents()}
    finally:
        planted.simulation.close()
    assert written - set(ROWS) == set()


def test_what_is_said_to_end_has_a_ttl_policy_and_nothing_else_has() -> None:
    declared = yaml.safe_load((ROOT / "terraform/whisper/indexes.yaml").read_text())
    ttl = {one["collection"] for one in declared["fields"] if one.get("ttl")}
    ends = {name for name, kept in ROWS.items() if re.search(r"\b(days?|hours?|minutes|years?)\b", kept)}
    assert ttl == ends


def test_the_days_are_those_of_the_code() -> None:
    assert ROWS["dead_letters"].startswith(f"{LETTERS_KEPT.days} days")
    assert ROWS["events"] == f"{EVENTS_KEPT.days} days"
    assert ROWS["counted"] == f"{REMEMBERED.days} days"
    assert ROWS["idempotency"] == f"{ANSWERS_KEPT // timedelta(hours=1)} hours"
    assert ROWS["connections"] == f"{VALID_FOR // timedelta(minutes=1)} minutes"
    assert {ROWS[name].partition(" after ")[0] for name in ("jobs", "drafts")} == {_years(FINISHED)}
    assert {ROWS[name].partition(" after ")[0] for name in ("contacts", "threads")} == {_years(SILENT)}
    assert _years(timedelta(days=Limits().suppression_days)) in ROWS["suppressions"]
    backups = (ROOT / "terraform/whisper/firestore.tf").read_text()
    assert '"2592000s" # 30 days' in backups
    assert "| Backups | the database | 30 days |" in PAGE
    topics = (ROOT / "terraform/whisper/topics.tf").read_text()
    (kept,) = re.findall(r'kept\s+= "(\d+)s"', topics)
    assert int(kept) == 31 * 86400
    assert len(re.findall(r"message_retention_duration\s+= local\.kept$", topics, re.M)) == 3
    assert re.search(r"^\| Pub/Sub \| [^|]+ \| 31 days, [^|]+ 31 more \|$", PAGE, re.M)


def _years(kept: timedelta) -> str:
    return {365: "a year", 730: "two years"}[kept.days]


def test_an_erasure_passes_by_only_what_the_table_says_holds_nothing_of_a_person() -> None:
    said = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", PAGE, re.M))
    harmless = ("nothing", "keyed hash", "job id", "numbers")
    assert {name for name in IMPERSONAL if not said[name].startswith(harmless)} == set()
    assert set(kinds()) - IMPERSONAL - set(LAST) - SHARED - ROOT_LEVEL == {
        "dead_letters",
        "outbox",
        "idempotency",
    }


def test_an_erasure_holds_no_field_for_an_address() -> None:
    assert not {name for name in Erasure.model_fields if "address" in name or "mail" in name}


def test_it_is_linked() -> None:
    assert "terraform/PRIVACY.md" in (ROOT / "README.md").read_text()
    assert "PRIVACY.md" in (ROOT / "terraform/README.md").read_text()
