"""`whisper audit`: who decided what, as a list, a file and a proof."""

from __future__ import annotations

import csv
from pathlib import Path

from scripts.stack.tenant import TENANT
from tests import system
from tests.command_line.parts import Terminal


def suppressed(terminal: Terminal) -> None:
    terminal.json("suppress", "add", system.ANA, "--reason", "asked by phone")
    terminal.json("flags", "set", "kill_switch", "true", "--global")


def test_what_operators_did_is_listed_newest_first(terminal: Terminal) -> None:
    suppressed(terminal)
    (entry,) = terminal.json("audit", "list")["entries"]
    assert entry["kind"] == "SUPPRESSION_CHANGED"
    assert "SUPPRESSION_CHANGED" in terminal("audit", "list").out
    (everyones,) = terminal.json("audit", "list", "--everyone")["entries"]
    assert everyones["kind"] == "FLAG_CHANGED"
    assert terminal.json("audit", "list", "--kind", "DRAFT_SENT")["entries"] == []
    assert terminal.json("audit", "list", "--since", "2026-11-24")["entries"] == []
    assert len(terminal.json("audit", "list", "--until", "2026-11-24")["entries"]) == 1
    assert terminal("audit", "list", "--contact", system.ANA, "--contact-id", "x").code == 2


def test_one_chain_is_shown(terminal: Terminal) -> None:
    suppressed(terminal)
    (entry,) = terminal.json("audit", "list")["entries"]
    shown = terminal.json("audit", "show", entry["chain"])
    assert [one["hash"] for one in shown["entries"]] == [entry["hash"]]
    assert shown["breaks"] == []
    assert entry["hash"] in terminal("audit", "show", entry["chain"]).out
    assert "no such chain" in terminal.refused("audit", "show", "nothing")


def test_entries_are_exported_into_a_file(terminal: Terminal, tmp_path: Path) -> None:
    suppressed(terminal)
    told = terminal.json("audit", "export", "--to", str(tmp_path / "audit.csv"))
    assert told["entries"] == 1
    with (tmp_path / "audit.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["kind"] == "SUPPRESSION_CHANGED"
    assert "cannot be written" in terminal.refused("audit", "export", "--to", str(tmp_path / "no" / "a.csv"))


def test_verify_fails_when_somebody_changed_the_audit(terminal: Terminal) -> None:
    suppressed(terminal)
    answer = terminal("audit", "verify")
    assert answer.code == 0
    assert "as it was written" in answer.out
    assert "AUDIT_BUCKET" in answer.out
    assert terminal.json("audit", "verify")["chains"] == 2
    (entry,) = terminal.json("audit", "list")["entries"]
    path = f"tenants/{TENANT}/audit/{entry['chain']}-00000001"
    terminal.simulation.world.database.client.document(path).update({"actor": "nobody"})
    told = terminal("audit", "verify", "--json")
    assert told.code == 1
    assert [(one["chain"], one["number"], one["wrong"]) for one in told.data["breaks"]] == [
        (entry["chain"], 1, "edited")
    ]
    assert "edited" in terminal("audit", "verify").out
    assert terminal("audit", "show", entry["chain"]).code == 1
