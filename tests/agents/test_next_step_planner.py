"""The planner: rules refuse, a model chooses among what is allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.agents.next_step_planner.agent import plan_step
from shared.agents.next_step_planner.by_rule import plan_by_rule
from shared.agents.next_step_planner.output import PlanOutput
from shared.errors import Retryable
from shared.jobs.facts import Action, Company, Tone
from tests.agents.fake_model import FakeModel
from tests.agents.leads import LEADS, NOW, LeadCase, job_of

BY_NAME = {case.name: case for case in LEADS}
EMAIL = {"email": "x@customer.example"}


def plan(fields: dict[str, str], **changes: Any) -> Any:
    return plan_by_rule(job_of(LeadCase("planned", {**EMAIL, **fields}, **changes)), now=NOW)


def proposal(**changes: Any) -> dict[str, Any]:
    fields = {
        "action": "SEND_FOLLOWUP",
        "tone": "formal",
        "urgency": "normal",
        "reason": "They ask for details",
    }
    return {**fields, "call_to_action": "name the region", "delay_h": 4, **changes}


def test_a_refusal_means_no_action_with_the_reason_and_no_model_is_asked() -> None:
    model = FakeModel(proposal())
    planned = plan_step(
        job_of(BY_NAME["slow_inbound"]), model=model, now=NOW, refusals=("suppressed: OPT_OUT", "x")
    )
    assert planned.plan.action is Action.NO_ACTION
    assert planned.plan.reason == "suppressed: OPT_OUT; x"
    assert model.asked == []


@pytest.mark.parametrize(
    "message",
    [
        "Please remove me from your list",
        "STOP EMAILING US",
        "do not contact me again",
        "unsubscribe",
        "Don’t mail me",
    ],
)
def test_who_asks_not_to_be_written_to_is_not(message: str) -> None:
    assert plan({"message": message}).action is Action.NO_ACTION


@pytest.mark.parametrize("form", ["Request a demo", "Contact sales", "Pricing", "Start a trial", ""])
def test_free_times_are_offered_to_who_asks_for_contact(form: str) -> None:
    assert plan({}, form_name=form).action is Action.PROPOSE_CALL
    assert plan({}, form_name=form, slots=()).action is Action.SEND_FOLLOWUP
    assert plan({}, form_name=form, slots=None).action is Action.SEND_FOLLOWUP


def test_who_only_downloads_something_is_not_asked_for_a_call() -> None:
    assert plan({}, form_name="Whitepaper download").action is Action.SEND_FOLLOWUP


@pytest.mark.parametrize(
    ("fields", "changes", "tone"),
    [
        ({"message": "we are a small team"}, {}, Tone.CONVERSATIONAL),
        ({"numemployees": "1001-5000"}, {}, Tone.FORMAL),
        ({"numemployees": "500"}, {}, Tone.CONVERSATIONAL),
        ({"numemployees": "501+"}, {}, Tone.FORMAL),
        ({"numemployees": "12,000"}, {}, Tone.FORMAL),
        ({"numemployees": "about sixty"}, {}, Tone.CONVERSATIONAL),
        ({"message": "Dear Sir or Madam, kindly send details"}, {}, Tone.FORMAL),
        ({}, {"company": Company(crm_id="1", stage="PUBLIC")}, Tone.FORMAL),
        ({}, {"company": Company(crm_id="1", stage="SEED")}, Tone.CONVERSATIONAL),
        ({}, {"company": Company(crm_id="1", employees=501)}, Tone.FORMAL),
        ({"numemployees": "9000"}, {"company": Company(crm_id="1", employees=20)}, Tone.CONVERSATIONAL),
        (
            {"message": "Please answer by tomorrow"},
            {"company": Company(crm_id="1", stage="PUBLIC")},
            Tone.URGENT,
        ),
        ({"timeline": "ASAP"}, {}, Tone.URGENT),
        ({"message": "This is not urgent, no rush"}, {}, Tone.CONVERSATIONAL),
        ({"message": "We use this tool today and like it"}, {}, Tone.CONVERSATIONAL),
    ],
)
def test_the_tone_follows_size_stage_and_their_own_words(
    fields: dict[str, str], changes: dict[str, Any], tone: Tone
) -> None:
    assert plan(fields, **changes).tone is tone


def test_urgency_is_theirs_to_say() -> None:
    assert plan({"message": "We need an answer by tomorrow"}).urgency == "urgent"
    assert plan({"message": "We need an answer"}).urgency == "normal"


def test_a_plan_by_rule_says_who_decided_and_why() -> None:
    planned = plan_step(job_of(BY_NAME["slow_inbound"]), model=None, now=NOW)
    assert planned.plan.decided_by == "rule"
    assert "3 times are free" in planned.plan.reason
    assert planned.fell_back == ""


def test_the_models_proposal_is_taken_with_its_name_and_cost() -> None:
    planned = plan_step(job_of(BY_NAME["slow_inbound"]), model=FakeModel(proposal()), now=NOW)
    assert planned.plan.decided_by == "model:fake-1"
    assert planned.plan.action is Action.SEND_FOLLOWUP
    assert planned.plan.tone is Tone.FORMAL
    assert planned.plan.delay_h == 4
    assert planned.plan.risk == 0
    assert planned.input_tokens == 120


def test_a_call_without_free_times_becomes_a_followup() -> None:
    job = job_of(replace(BY_NAME["slow_inbound"], slots=()))
    planned = plan_step(job, model=FakeModel(proposal(action="PROPOSE_CALL")), now=NOW)
    assert planned.plan.action is Action.SEND_FOLLOWUP


@pytest.mark.parametrize(
    "changes",
    [{"action": "NO_ACTION"}, {"action": "SEND_ASSET"}, {"delay_h": 1000}, {"tone": "rude"}, {"risk": 0}],
)
def test_what_the_model_may_not_decide_gives_way_to_the_rule(changes: dict[str, Any]) -> None:
    job = job_of(BY_NAME["slow_inbound"])
    planned = plan_step(job, model=FakeModel(proposal(**changes)), now=NOW)
    assert planned.plan == plan_by_rule(job, now=NOW)
    assert ("not asked for" if "risk" in changes else next(iter(changes))) in planned.fell_back


def test_a_model_that_is_down_gives_way_to_the_rule() -> None:
    job = job_of(BY_NAME["slow_inbound"])
    planned = plan_step(job, model=FakeModel(fails=Retryable("slow")), now=NOW)
    assert planned.plan == plan_by_rule(job, now=NOW)
    assert "slow" in planned.fell_back


def test_the_models_reason_is_one_printable_line() -> None:
    model = FakeModel(proposal(reason="They ask\r\n\x1b[31mfor  details\u202e"))
    planned = plan_step(job_of(BY_NAME["slow_inbound"]), model=model, now=NOW)
    assert planned.plan.reason == "They ask [31mfor details"


def test_the_model_cannot_propose_to_do_nothing_nor_set_the_risk() -> None:
    assert "risk" not in PlanOutput.model_fields
    assert "NO_ACTION" not in str(PlanOutput.model_json_schema())
