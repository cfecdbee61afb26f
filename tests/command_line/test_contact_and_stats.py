"""`whisper contact`, `whisper stats` and `whisper company show`."""

from __future__ import annotations

from tests import system
from tests.command_line.parts import Terminal


def test_a_contact_is_shown_with_when_they_may_next_be_mailed(after_a_lead: Terminal) -> None:
    found = after_a_lead.json("contact", "show", system.ANA)
    assert found["contact"]["address"] == system.ANA
    assert found["contact"]["open_draft"] == system.job(after_a_lead.simulation).draft_id
    assert [one["answering"] for one in found["next_touch"]] == ["mail", "form", "nothing"]
    shown = after_a_lead("contact", "show", system.ANA).out
    assert "an unsolicited mail" in shown
    assert "Ana Ruiz" in shown


def test_of_whom_nothing_is_kept_nothing_is_shown(after_a_lead: Terminal) -> None:
    assert "nothing is kept of this person" in after_a_lead.refused(
        "contact", "show", system.NEW_LEAD["email"]
    )
    assert "nothing is kept" in after_a_lead.refused("contact", "history", system.NEW_LEAD["email"])
    assert "address" in after_a_lead.refused("contact", "show", "no address")


def test_who_is_only_suppressed_is_shown_as_that(terminal: Terminal) -> None:
    terminal.json("suppress", "add", system.ANA, "--as", "OPT_OUT", "--reason", "asked on the phone")
    found = terminal.json("contact", "show", system.ANA)
    assert (found["contact"], found["suppressed"]) == (None, True)
    shown = terminal("contact", "show", system.ANA).out
    assert "OPT_OUT" in shown
    assert "until it is lifted" in shown


def test_a_history_has_jobs_and_decisions_and_no_address(after_a_lead: Terminal) -> None:
    found = after_a_lead.json("contact", "history", system.ANA)
    assert {one["what"] for one in found["history"]} == {"job", "audit"}
    assert found["more"] is False
    assert "@" not in str(found)
    shown = after_a_lead("contact", "history", system.ANA, "--limit", "1").out
    assert "there is more" in shown


def test_a_company_is_shown_with_who_of_it_we_know(after_a_lead: Terminal) -> None:
    contact = after_a_lead.json("contact", "show", system.ANA)["contact"]
    found = after_a_lead.json("company", "show", contact["company_crm_id"])
    assert (found["paused"], found["contacts"], found["contact_ids"]) == (False, 1, [contact["id"]])
    assert contact["id"] in after_a_lead("company", "show", contact["company_crm_id"]).out
    assert "nothing is kept" in after_a_lead.refused("company", "show", "4711")


def test_numbers_of_each_day_of_outcomes_and_of_contacts(after_a_lead: Terminal) -> None:
    days = after_a_lead.json("stats", "daily")["days"]
    assert len(days) == 7
    assert days[-1]["counts"]["drafted"] == 1
    assert "drafted" in after_a_lead("stats", "daily").out
    found = after_a_lead.json("stats", "outcomes", "--first", days[0]["day"], "--last", days[-1]["day"])
    assert (found["totals"]["drafted"], found["rates"]["replied/sent"]) == (1, None)
    assert "approved/drafted" in after_a_lead("stats", "outcomes").out
    assert after_a_lead("stats", "daily", "--first", "2027-01-01", "--last", "2026-01-01").code == 1
    stand = after_a_lead.json("stats", "contacts")
    assert (stand["contacts"], stand["with_open_draft"], stand["away"]) == (1, 1, 0)
    assert "with an open draft" in after_a_lead("stats", "contacts").out
