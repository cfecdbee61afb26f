"""`whisper api-key` and `whisper operator`: the first ones come in by the command line."""

from __future__ import annotations

from shared.jobs.audit import AuditEntry
from tests import system
from tests.command_line.parts import Terminal


def asked(terminal: Terminal, secret: str, path: str = "/v1/flags") -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return int(terminal.simulation.call(f"serve_api{path}", method="GET", headers=headers).status_code)


def test_a_key_is_shown_once_and_lets_in_until_it_is_revoked(terminal: Terminal) -> None:
    made = terminal.json("api-key", "create", "reports", "--role", "viewer", "--scope", "flags:read")
    assert asked(terminal, made["secret"]) == 200
    assert asked(terminal, made["secret"], "/v1/jobs") == 403
    listed = terminal("api-key", "list").out
    assert "reports" in listed
    assert made["secret"] not in listed
    terminal.json("api-key", "revoke", made["id"][:16], "--reason", "not used")
    assert asked(terminal, made["secret"]) == 401
    terminal.refused("api-key", "revoke", made["id"], "--reason", "again")
    entries = system.every(terminal.simulation, "audit", AuditEntry)
    assert [entry.after for entry in entries if entry.kind == "API_KEY_CHANGED"] == [
        "viewer, flags:read",
        "revoked",
    ]


def test_a_key_needs_a_fit_name_and_scope(terminal: Terminal) -> None:
    assert "name" in terminal.refused("api-key", "create", "a\nb")
    assert "scope" in terminal.refused("api-key", "create", "reports", "--scope", "Drafts!")


def test_a_person_is_admitted_and_removed_under_no_address(terminal: Terminal) -> None:
    address = "dana@brightpath.example"
    made = terminal.json("operator", "admit", address, "--name", "Dana", "--role", "approver")
    assert address not in str(made)
    assert "Dana" in terminal("operator", "list").out
    changed = terminal.json("operator", "admit", address, "--name", "Dana", "--role", "admin")
    assert (changed["id"], changed["role"]) == (made["id"], "admin")
    terminal.json("operator", "remove", address, "--reason", "left")
    terminal.refused("operator", "remove", address, "--reason", "left")
