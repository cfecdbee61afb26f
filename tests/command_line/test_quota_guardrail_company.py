"""`whisper quota`, `whisper guardrail` and `whisper company`."""

from __future__ import annotations

from scripts.stack.tenant import settings
from shared.jobs.audit import AuditEntry
from tests import system
from tests.command_line.parts import Terminal

MAILBOX = settings().default_sender
WHY = ("--reason", "a fair follow-up")


def kinds(terminal: Terminal) -> list[str]:
    found: list[AuditEntry] = system.every(terminal.simulation, "audit", AuditEntry)
    return sorted(entry.kind for entry in found)


def test_status_shows_day_and_week_of_each_mailbox(terminal: Terminal) -> None:
    found = terminal.json("quota", "status")["quotas"]
    assert [(one["span"], one["limit"], one["remaining"]) for one in found] == [
        ("day", 50, 50),
        ("week", 200, 200),
    ] * 2
    shown = terminal("quota", "status", MAILBOX).out
    assert "2026-11-23" in shown
    assert "2026-W48" in shown


def test_a_limit_is_set_for_the_day_and_cleared_again(terminal: Terminal) -> None:
    (done,) = terminal.json("quota", "set", MAILBOX, "day", "80", *WHY)["quotas"]
    assert (done["limit"], done["overridden"]) == (80, True)
    (done,) = terminal.json("quota", "clear", MAILBOX, "day", *WHY)["quotas"]
    assert (done["limit"], done["overridden"]) == (50, False)
    assert kinds(terminal) == ["QUOTA_CHANGED", "QUOTA_CHANGED"]


def test_a_mailbox_that_is_no_sender_is_refused(terminal: Terminal) -> None:
    answer = terminal("quota", "set", "nobody@elsewhere.example", "day", "80", *WHY)
    assert answer.code == 1
    assert "none of the tenant's senders" in answer.err


def test_a_guardrail_is_added_checked_and_switched_off(terminal: Terminal) -> None:
    assert terminal.json("guardrail", "check", system.ANA)["may_be_mailed"] is True
    done = terminal.json("guardrail", "add", "ALLOWED_COMPANY_STAGE", "PUBLIC", "--id", "stage", *WHY)
    assert (done["id"], done["active"], done["value"]) == ("stage", True, ["PUBLIC"])
    refused = terminal("guardrail", "check", system.ANA)
    assert refused.code == 1
    assert "is not one of PUBLIC" in refused.out
    assert "stage" in terminal("guardrail", "list").out
    assert terminal.json("guardrail", "off", "stage", *WHY)["active"] is False
    assert terminal.json("guardrail", "check", system.ANA)["may_be_mailed"] is True
    assert kinds(terminal) == ["GUARDRAIL_CHANGED", "GUARDRAIL_CHANGED"]


def test_a_guardrail_that_nobody_would_understand_is_refused(terminal: Terminal) -> None:
    for words in (
        ("EMPLOYEE_RANGE", "--min", "500", "--max", "10"),
        ("EMPLOYEE_RANGE",),
        ("ALLOWED_COMPANY_STAGE", "HUGE"),
        ("ALLOWED_INDUSTRY",),
    ):
        assert terminal("guardrail", "add", *words, *WHY).code == 1, words
    assert terminal.json("guardrail", "list")["guardrails"] == []


def test_a_company_is_paused_listed_and_resumed(terminal: Terminal) -> None:
    assert terminal.json("company", "pause", "9001", *WHY)["paused_until"] is None
    terminal.json("company", "pause", "9002", "--until", "2026-12-24", *WHY)
    assert {one["id"] for one in terminal.json("company", "list")["companies"]} == {"9001", "9002"}
    assert "a fair follow-up" in terminal("company", "list").out
    terminal.json("company", "resume", "9001", *WHY)
    assert [one["id"] for one in terminal.json("company", "list")["companies"]] == ["9002"]
    assert terminal("company", "resume", "9001", *WHY).code == 1
    assert terminal("company", "pause", "9001", "--until", "2020-01-01", *WHY).code == 1
    assert kinds(terminal) == ["COMPANY_CHANGED"] * 3


def test_the_reason_of_the_kill_switch_is_seen_by_everybody(terminal: Terminal) -> None:
    terminal.json("flags", "set", "kill_switch", "true", "--reason", "wrong prices in the template")
    shown = terminal.json("flags", "show")
    assert any("wrong prices in the template" in reason for reason in shown["reasons"])
    terminal.json("flags", "set", "kill_switch", "false")
    assert "wrong prices" not in terminal("flags", "show").out
