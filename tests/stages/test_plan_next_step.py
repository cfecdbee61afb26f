"""What to do next: refusals end the job, garbage is waited for, the rule decides where the model cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from shared.errors import Permanent, Retryable
from shared.jobs.facts import Action, Plan
from shared.jobs.job import Job, Status, Usage
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, Wait
from shared.jobs.rules import Guardrail, GuardrailType, Rules, SuppressionReason
from shared.policy.flags import read_controls
from shared.stages.plan_next_step import RULES_RECHECK, plan_next_step
from tests.builders import (
    IDENTITY,
    NOW,
    THREAD,
    contact,
    controls,
    expect,
    job,
    rules,
    submission,
    suppression,
)
from tests.fakes import FakeModel
from tests.policy.test_answered import heard

PROPOSAL = {
    "action": "SEND_FOLLOWUP",
    "tone": "formal",
    "urgency": "normal",
    "reason": "They asked a question.",
    "call_to_action": "ask for their data volume",
    "delay_h": 2.0,
}
BANKS_ONLY = Guardrail(id="g1", type=GuardrailType.ALLOWED_INDUSTRY, values=("BANKING",))


def planned(by: Rules | None = None, model: FakeModel | None = None, **changes: object) -> Outcome:
    known: Job = job(stage="plan_next_step", plan=None, **changes)
    return plan_next_step(known, rules=by or rules(), model=model, now=NOW)


def plan_of(outcome: Outcome) -> Plan:
    return cast("Plan", outcome.known["plan"])


def test_a_person_who_asks_for_a_demo_is_offered_a_call() -> None:
    outcome = expect(Advance, planned())
    assert outcome.stage == "write_draft"
    assert plan_of(outcome).action is Action.PROPOSE_CALL
    assert plan_of(outcome).decided_by == "rule"
    assert outcome.known["notes"] == ()


def test_without_a_free_time_they_are_answered_all_the_same() -> None:
    assert plan_of(expect(Advance, planned(slots=()))).action is Action.SEND_FOLLOWUP


@pytest.mark.parametrize(
    ("by", "identity", "because"),
    [
        (rules(suppression=suppression()), IDENTITY, "suppressed: OPT_OUT"),
        (
            rules(suppression=suppression(reason=SuppressionReason.COMPLAINT)),
            IDENTITY,
            "suppressed: COMPLAINT",
        ),
        (rules(), IDENTITY.but(opted_out=True), "opted out"),
        (rules(guardrails=(BANKS_ONLY,)), IDENTITY, "ALLOWED_INDUSTRY"),
        (rules(guardrails=(BANKS_ONLY,)), IDENTITY.but(company=None), "ALLOWED_INDUSTRY"),
    ],
    ids=["suppressed", "complained", "opted out in the CRM", "outside a guardrail", "company unknown"],
)
def test_who_may_not_be_written_to_ends_here_and_no_model_is_asked(
    by: Rules, identity: object, because: str
) -> None:
    model = FakeModel(says=PROPOSAL)
    outcome = expect(Stop, planned(by, model, identity=identity))
    assert outcome.status is Status.STOPPED
    assert any(because in reason for reason in outcome.reasons), outcome.reasons
    assert plan_of(outcome).action is Action.NO_ACTION
    assert model.asked == []


def test_every_reason_against_writing_is_given() -> None:
    by = rules(suppression=suppression(), guardrails=(BANKS_ONLY,))
    outcome = expect(Stop, planned(by, identity=IDENTITY.but(opted_out=True)))
    assert len(outcome.reasons) == 3


def test_a_person_who_asks_not_to_be_written_to_is_not() -> None:
    asked = submission(fields={"message": "Please unsubscribe me and do not contact me again."})
    outcome = expect(Stop, planned(submissions=(asked,)))
    assert outcome.status is Status.STOPPED
    assert outcome.reasons == ("the person asks not to be written to",)


def test_rules_that_are_garbage_are_waited_for_and_say_what_is_wrong() -> None:
    unreadable = read_controls({"kill_switch": "no"}, None, ceiling="DRAFT_ONLY")
    model = FakeModel(says=PROPOSAL)
    outcome = expect(Wait, planned(rules(controls=unreadable), model))
    assert outcome.until == NOW + RULES_RECHECK
    assert any("kill_switch" in reason for reason in outcome.reasons)
    assert model.asked == []


def test_garbage_goes_before_a_refusal_that_may_itself_be_garbage() -> None:
    unreadable = read_controls(None, None, ceiling="DRAFT_ONLY")
    expect(Wait, planned(rules(controls=unreadable, suppression=suppression())))


def test_the_kill_switch_does_not_keep_anybody_from_planning() -> None:
    expect(Advance, planned(rules(controls=controls(stopped=True, reasons=("the kill switch is on",)))))


def test_the_models_plan_is_taken_and_its_cost_counted() -> None:
    outcome = expect(Advance, planned(model=FakeModel(says=PROPOSAL), usage=Usage(input_tokens=1)))
    plan = plan_of(outcome)
    assert (plan.action, plan.tone, plan.decided_by) == (Action.SEND_FOLLOWUP, "formal", "model:fake-1")
    assert outcome.known["usage"] == Usage(input_tokens=121, output_tokens=45)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (FakeModel(fails=Retryable("openai: answered 503")), "(retryable): openai: answered 503"),
        (FakeModel(fails=Permanent("openai: it refused")), "(permanent): openai: it refused"),
        (
            FakeModel(says={**PROPOSAL, "action": "NO_ACTION"}),
            "does not have the shape that was asked for: action",
        ),
        (FakeModel(says={}), "does not have the shape"),
    ],
    ids=["down", "refuses", "wants to do nothing", "says nothing"],
)
def test_where_the_model_fails_the_rule_decides_and_the_reviewer_is_told(model: FakeModel, said: str) -> None:
    outcome = expect(Advance, planned(model=model))
    assert plan_of(outcome) == plan_of(planned())
    (note,) = job().but(**outcome.known).notes
    assert said in note


def test_a_model_cannot_offer_a_call_where_no_time_is_free() -> None:
    model = FakeModel(says={**PROPOSAL, "action": "PROPOSE_CALL"})
    assert plan_of(planned(model=model, slots=())).action is Action.SEND_FOLLOWUP


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Thanks!", "they wrote thanks or a farewell"),
        ("No thanks, we chose somebody else.", "they declined"),
        ("Please stop emailing me.", "the person asks not to be written to"),
    ],
)
def test_a_mail_that_needs_no_answer_ends_the_job_and_no_model_is_asked(text: str, because: str) -> None:
    model = FakeModel(says=PROPOSAL)
    outcome = expect(
        Stop, planned(model=model, submissions=(), mails=(heard(),), thread=THREAD.but(last_text=text))
    )
    assert outcome.status is Status.STOPPED
    assert because in outcome.reasons[0]
    assert model.asked == []


def test_a_mail_is_planned_for_by_what_they_wrote_and_not_by_their_older_form() -> None:
    older = submission(submitted_at=NOW - timedelta(days=1))
    outcome = expect(Advance, planned(submissions=(older,), mails=(heard(),), thread=THREAD))
    assert plan_of(outcome).action is Action.SEND_FOLLOWUP
    assert plan_of(outcome).reason.startswith("they wrote with a question")


def test_a_mail_that_needs_no_answer_holds_while_a_draft_to_them_is_open() -> None:
    declined = THREAD.but(last_text="No thanks, we chose somebody else.")
    open_ = rules(contact=contact(open_draft="draft-1"))
    held = expect(Hold, planned(open_, submissions=(), mails=(heard(),), thread=declined))
    assert any("still open" in reason for reason in held.reasons)
    expect(Stop, planned(rules(contact=contact()), submissions=(), mails=(heard(),), thread=declined))
