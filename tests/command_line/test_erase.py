"""`whisper erase`: a receipt, a list, and all of them again after a restore (P12)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.stack.tenant import TENANT
from tests import system
from tests.command_line.parts import Terminal


def known(terminal: Terminal) -> None:
    terminal.simulation.deliver(terminal.simulation.submit(system.LEAD)["requests"]["form"])
    terminal.simulation.run()


def finish(terminal: Terminal) -> None:
    for _ in range(3):
        terminal.simulation.clock.advance(600)
        terminal.simulation.sweep("resume_erasures")


def test_a_person_is_erased_and_the_receipt_counts(terminal: Terminal) -> None:
    known(terminal)
    said = terminal.json("erase", system.ANA, "--reason", "asked by letter")
    assert said["state"] == "erased"
    assert (said["counts"]["contacts"], said["counts"]["gmail_drafts"]) == (1, 1)
    assert system.jobs(terminal.simulation) == []
    finish(terminal)
    (row,) = terminal.json("erase", "--list")["erasures"]
    assert (row["state"], row["left"]) == ("done", [])
    assert terminal.json("suppress", "check", system.ANA)["entry"]["reason"] == "ERASED"


def test_people_read_what_was_deleted_and_what_comes_next(terminal: Terminal) -> None:
    known(terminal)
    shown = terminal("erase", system.ANA, "--reason", "asked by letter").out
    assert "erased; the sweep looks once more" in shown
    assert "crm notes" in shown


def test_an_erasure_needs_a_reason_and_one_thing_to_do(terminal: Terminal) -> None:
    assert terminal("erase", system.ANA).code == 1
    assert terminal("erase").code == 2
    assert terminal("erase", system.ANA, "--list").code == 2
    assert terminal("erase", system.ANA, "--reason", "mail of ana@harbor.example").code == 1
    assert terminal.json("erase", "--list")["erasures"] == []


def test_with_the_crm_a_person_of_whom_we_know_nothing_is_looked_up_there(terminal: Terminal) -> None:
    said = terminal.json("erase", system.ANA, "--crm", "--reason", "asked by letter")
    assert said["counts"]["crm_contacts"] == 1


def test_a_crm_that_is_down_is_said_and_the_rest_is_erased(terminal: Terminal) -> None:
    known(terminal)
    terminal.simulation.sandbox.faults.add(vendor="hubspot", kind="503")
    said = terminal.json("erase", system.ANA, "--crm", "--reason", "asked by letter")
    assert "with --crm" in said["warning"]
    assert (said["state"], system.drafts(terminal.simulation)) == ("begun", [])
    terminal.simulation.sandbox.faults.clear()
    terminal.simulation.clock.advance(600)
    finish(terminal)
    assert terminal.json("erase", "--list")["erasures"][0]["state"] == "done"


def test_erased_cannot_be_said_of_somebody_who_was_not(terminal: Terminal) -> None:
    assert terminal("suppress", "add", system.ANA, "--as", "ERASED", "--reason", "asked").code == 2


def test_all_are_erased_again_from_a_list_that_was_kept_outside(terminal: Terminal, tmp_path: Path) -> None:
    known(terminal)
    client = terminal.simulation.world.database.client
    kept = {
        reference.path: reference.get().to_dict()
        for collection in client.document(f"tenants/{TENANT}").collections()
        for reference in collection.list_documents()
    }
    terminal.json("erase", system.ANA, "--reason", "asked by letter")
    finish(terminal)
    listed = terminal.json("erase", "--list")
    for collection in ("erasures", "suppressions"):
        for reference in client.collection(f"tenants/{TENANT}/{collection}").list_documents():
            reference.delete()
    for path, data in kept.items():
        client.document(path).set(data)
    assert len(system.drafts(terminal.simulation)) == 1
    for number, text in enumerate(
        (json.dumps(listed), f"tenants/{TENANT}/erasures/{listed['erasures'][0]['id']}\n")
    ):
        file = tmp_path / f"erased-{number}"
        file.write_text(text)
        (again,) = terminal.json("erase", "--replay", "--from", str(file))["erasures"]
        assert again["id"] == listed["erasures"][0]["id"]
        assert again["state"] == "erased"
    assert system.drafts(terminal.simulation) == []
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is True


def test_a_list_with_something_else_in_it_erases_nobody(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "erased"
    file.write_text("ana@harbor.example\n")
    answer = terminal("erase", "--replay", "--from", str(file))
    assert (answer.code, "row 1 is no keyed hash" in answer.err) == (1, True)
    assert terminal.json("erase", "--list")["erasures"] == []


def test_whom_an_admin_let_in_again_is_not_erased_again(terminal: Terminal) -> None:
    known(terminal)
    terminal.json("erase", system.ANA, "--crm", "--reason", "asked by letter")
    finish(terminal)
    words = ("--reason", "asked us by phone", "--actor", "operator:ann", "--force")
    terminal.json("suppress", "remove", system.ANA, *words)
    (row,) = terminal.json("erase", "--list")["erasures"]
    replayed = terminal.json("erase", "--replay")
    assert replayed["erasures"] == []
    ((key, why),) = [(each["id"], each["reason"]) for each in replayed["skipped"]]
    assert (key, why) == (row["id"], "let in again by operator:ann")
    # An ended suppression is deleted when its time to live is over.
    for reference in terminal.simulation.world.database.client.collection(
        f"tenants/{TENANT}/suppressions"
    ).list_documents():
        reference.delete()
    assert "Not erased again" in terminal("erase", "--replay").out
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is False


def test_whom_an_admin_let_in_again_is_erased_again_where_a_file_names_them(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.json("erase", system.ANA, "--reason", "asked by letter")
    terminal.json("suppress", "remove", system.ANA, "--reason", "asked us by phone", "--force")
    file = tmp_path / "erased"
    file.write_text(json.dumps(terminal.json("erase", "--list")))
    replayed = terminal.json("erase", "--replay", "--from", str(file))
    assert (len(replayed["erasures"]), replayed["skipped"]) == (1, [])
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is True


def test_whoever_was_let_in_and_erased_once_more_is_erased_again(terminal: Terminal) -> None:
    terminal.json("erase", system.ANA, "--reason", "asked by letter")
    terminal.json("suppress", "remove", system.ANA, "--reason", "asked us by phone", "--force")
    terminal.simulation.clock.advance(60)
    terminal.json("erase", system.ANA, "--reason", "asked by letter again")
    suppressions = terminal.simulation.world.database.client.collection(f"tenants/{TENANT}/suppressions")
    for reference in suppressions.list_documents():
        reference.delete()
    replayed = terminal.json("erase", "--replay")
    assert (len(replayed["erasures"]), replayed["skipped"]) == (1, [])


@pytest.mark.parametrize("put_back", [None, "OPT_OUT"])
def test_a_suppression_that_a_restore_lost_or_put_back_as_it_was_keeps_nobody_from_being_erased_again(
    terminal: Terminal, put_back: str | None
) -> None:
    terminal.json("suppress", "add", system.ANA, "--as", "OPT_OUT", "--reason", "asked by phone")
    client = terminal.simulation.world.database.client
    (reference,) = client.collection(f"tenants/{TENANT}/suppressions").list_documents()
    before = reference.get().to_dict()
    terminal.json("erase", system.ANA, "--reason", "asked by letter")
    reference.set(before) if put_back else reference.delete()
    replayed = terminal.json("erase", "--replay")
    assert (len(replayed["erasures"]), replayed["skipped"]) == (1, [])
    assert terminal.json("suppress", "check", system.ANA)["entry"]["reason"] == "ERASED"
