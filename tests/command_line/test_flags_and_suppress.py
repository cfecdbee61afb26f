"""`whisper flags` and `whisper suppress`."""

from __future__ import annotations

import pytest

from scripts.stack.tenant import TENANT
from tests import system
from tests.command_line.parts import Terminal


def document(terminal: Terminal, path: str) -> dict[str, object] | None:
    return terminal.simulation.world.database.raw_many([path])[0]


def test_show_tells_what_both_documents_mean_together(terminal: Terminal) -> None:
    system.set_flags(terminal.simulation, tenant=True, kill_switch=True, mode="SEND_ALLOWED")
    data = terminal.json("flags", "show")
    assert (data["stopped"], data["mode"], data["may_send"]) == (True, "DRAFT_ONLY", False)
    assert data["documents"]["control/flags"]["kill_switch"] is False
    shown = terminal("flags", "show").out
    assert "tenant control/flags: the kill switch is on" in shown


def test_show_names_garbage_and_missing_documents(terminal: Terminal) -> None:
    system.set_flags(terminal.simulation, kill_switch="False")
    terminal.simulation.world.database.client.document(f"tenants/{TENANT}/control/flags").delete()
    data = terminal.json("flags", "show")
    assert (data["stopped"], len(data["garbage"])) == (True, 2)
    shown = terminal("flags", "show").out
    assert "kill_switch is 'False' (str)" in shown
    assert "missing" in shown


def test_the_kill_switch_stops_and_lifts(terminal: Terminal) -> None:
    simulation = terminal.simulation
    assert terminal.json("flags", "set", "kill_switch", "true", "--global")["after"] is True
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(until=simulation.clock.now())
    terminal.json("flags", "set", "kill_switch", "false", "--global")
    simulation.run()
    assert system.effects(simulation)["drafts"] == 1


def test_set_writes_exactly_one_field(terminal: Terminal) -> None:
    path = f"tenants/{TENANT}/control/flags"
    system.set_flags(terminal.simulation, tenant=True, note="ask Ann first")
    before = document(terminal, path) or {}
    said = terminal.json("flags", "set", "mode", "SEND_ALLOWED")
    assert (said["before"], said["after"]) == ("DRAFT_ONLY", "SEND_ALLOWED")
    assert document(terminal, path) == {**before, "mode": "SEND_ALLOWED"}
    assert document(terminal, "control/flags") == {"kill_switch": False, "mode": "DRAFT_ONLY", "features": {}}


def test_a_feature_keeps_its_rollout_and_its_neighbours(terminal: Terminal) -> None:
    terminal.json("flags", "set", "STORY_PITCH_ENABLED", "true", "--percent", "5")
    terminal.json("flags", "set", "LONG_MEMORY_ENABLED", "true", "--percent", "20")
    terminal.json("flags", "set", "LONG_MEMORY_ENABLED", "false")
    features = (document(terminal, f"tenants/{TENANT}/control/flags") or {})["features"]
    assert features == {
        "STORY_PITCH_ENABLED": {"enabled": True, "rollout_percent": 5},
        "LONG_MEMORY_ENABLED": {"enabled": False, "rollout_percent": 20},
    }
    assert terminal.json("flags", "show")["rollout_percent"]["STORY_PITCH_ENABLED"] == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kill_switch", "False"), "must be true or false"),
        (("kill_switch", "1"), "must be true or false"),
        (("kill_switch", "yes "), "must be true or false"),
        (("mode", "send_allowed"), "must be exactly DRAFT_ONLY or SEND_ALLOWED"),
        (("mode", ""), "must be exactly DRAFT_ONLY or SEND_ALLOWED"),
        (("kil_switch", "true"), "there is no flag kil_switch"),
        (("features", "true"), "there is no flag features"),
        (("STORY_PITCH", "true"), "there is no flag STORY_PITCH"),
        (("STORY_PITCH_ENABLED", "on"), "must be true or false"),
        (("STORY_PITCH_ENABLED", "true", "--percent", "101"), "a whole number from 0 to 100"),
        (("STORY_PITCH_ENABLED", "true", "--percent", "-1"), "a whole number from 0 to 100"),
        (("kill_switch", "true", "--percent", "50"), "has no rollout"),
    ],
)
def test_garbage_is_refused_and_nothing_is_written(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    path = f"tenants/{TENANT}/control/flags"
    before = document(terminal, path)
    assert said in terminal.refused("flags", "set", *words)
    assert document(terminal, path) == before


def test_a_spoilt_document_is_mended_field_by_field(terminal: Terminal) -> None:
    system.set_flags(terminal.simulation, kill_switch="no", mode=1)
    left = terminal.json("flags", "set", "kill_switch", "false", "--global")["garbage"]
    assert len(left) == 1
    assert "mode is 1" in left[0]
    assert terminal.json("flags", "set", "mode", "DRAFT_ONLY", "--global")["garbage"] == []


def test_a_missing_document_is_not_set_but_created_stopped(terminal: Terminal) -> None:
    terminal.simulation.world.database.client.document("control/flags").delete()
    assert "whisper flags create" in terminal.refused("flags", "set", "mode", "DRAFT_ONLY", "--global")
    assert terminal.json("flags", "create")["created"] == ["control/flags"]
    assert document(terminal, "control/flags") == {"kill_switch": True, "mode": "DRAFT_ONLY", "features": {}}
    assert "both are there" in terminal("flags", "create").out


def test_a_person_is_suppressed_by_any_spelling_and_let_go(terminal: Terminal) -> None:
    terminal.json("suppress", "add", "ANA.ruiz@HarborLogistics.example", "--reason", "asked by phone")
    checked = terminal.json("suppress", "check", system.ANA)
    assert (checked["suppressed"], checked["entry"]["reason"]) == (True, "MANUAL")
    assert "is suppressed" in terminal("suppress", "check", system.ANA).out
    assert "not suppressed any more" in terminal("suppress", "remove", system.ANA, "--reason", "mistaken").out
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is False


def test_a_suppressed_person_gets_no_draft(terminal: Terminal) -> None:
    simulation = terminal.simulation
    terminal.json("suppress", "add", system.ANA, "--reason", "asked by phone", "--as", "OPT_OUT")
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    assert system.job(simulation).is_final
    assert system.effects(simulation)["drafts"] == 0


@pytest.mark.parametrize("reason", ["OPT_OUT", "COMPLAINT"])
def test_the_persons_own_word_ends_only_by_force_and_with_a_reason(terminal: Terminal, reason: str) -> None:
    terminal.json("suppress", "add", system.ANA, "--reason", "wrote to us", "--as", reason)
    remove = ("suppress", "remove", system.ANA)
    assert "the person's own word" in terminal.refused(*remove, "--reason", "sales wants it")
    assert "the reason is empty" in terminal.refused(*remove, "--force")
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is True
    terminal.json(*remove, "--force", "--reason", "signed up again by double opt-in")
    assert terminal.json("suppress", "check", system.ANA)["suppressed"] is False


def test_a_weaker_reason_changes_nothing(terminal: Terminal) -> None:
    terminal.json("suppress", "add", system.ANA, "--reason", "wrote to us", "--as", "OPT_OUT")
    again = terminal.json("suppress", "add", system.ANA, "--reason", "bounced", "--as", "BOUNCED")
    assert (again["changed"], again["entry"]["reason"]) == (False, "OPT_OUT")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ana", "--reason", "x"), "not one mail address"),
        (("add", "a@b.example;c@d.example", "--reason", "x"), "not one mail address"),
        (("add", system.ANA, "--reason", "told us from a@b.example"), "seems to hold a mail address"),
        (("add", system.ANA), "Missing option '--reason'"),
        (("check", ""), "not one mail address"),
        (("remove", system.ANA, "--reason", "x"), "is not suppressed"),
    ],
)
def test_suppressions_refuse_garbage(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    assert said in terminal.refused("suppress", *words)
