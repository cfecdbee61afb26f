from __future__ import annotations

from datetime import timedelta

from shared.jobs.job import Kind
from shared.jobs.rules import Guardrail, GuardrailType, SuppressionReason
from shared.policy.contactability import contactability, refusals
from shared.policy.suppression import new_suppression
from tests.policy.examples import IDENTITY, NOW, controls, rules, tenant

BANKS_ONLY = Guardrail("banks", GuardrailType.ALLOWED_INDUSTRY, values=("BANKING",))


def suppression(reason: SuppressionReason = SuppressionReason.MANUAL):
    return new_suppression(tenant="default", id="k", reason=reason, actor="ann", now=NOW)


def test_a_person_about_whom_nothing_speaks_against_it_may_be_written_to() -> None:
    assert refusals(IDENTITY, rules(), Kind.FOLLOWUP, NOW) == ()


def test_a_suppressed_person_is_refused_until_it_ends() -> None:
    judged = rules(suppression=suppression())
    assert refusals(IDENTITY, judged, Kind.FOLLOWUP, NOW) == ("suppressed: MANUAL",)
    assert refusals(IDENTITY, judged, Kind.FOLLOWUP, NOW + timedelta(days=366)) == ()


def test_an_opt_out_in_the_crm_counts() -> None:
    assert "opted out" in refusals(IDENTITY.but(opted_out=True), rules(), Kind.FOLLOWUP, NOW)[0]


def test_guardrails_count_and_unknown_passes_only_for_named_playbooks() -> None:
    guarded = rules(guardrails=(BANKS_ONLY,))
    nobody = IDENTITY.but(company=None)
    assert len(refusals(IDENTITY, guarded, Kind.FOLLOWUP, NOW)) == 1
    assert len(refusals(nobody, guarded, Kind.FOLLOWUP, NOW)) == 1
    assert len(refusals(None, guarded, Kind.FOLLOWUP, NOW)) == 1
    lenient = rules(guardrails=(BANKS_ONLY,), tenant=tenant(unknown_passes=("followup",)))
    assert refusals(nobody, lenient, Kind.FOLLOWUP, NOW) == ()
    assert len(refusals(IDENTITY, lenient, Kind.FOLLOWUP, NOW)) == 1
    other = rules(guardrails=(BANKS_ONLY,), tenant=tenant(unknown_passes=("nurture",)))
    assert len(refusals(nobody, other, Kind.FOLLOWUP, NOW)) == 1


def test_garbage_refuses_everybody_but_is_no_judgement_on_the_person() -> None:
    judged = rules(controls=controls(stopped=True, garbage=("control/flags: mode is 1 (int)",)))
    found = contactability(IDENTITY, judged, Kind.FOLLOWUP, NOW)
    assert found.refused == ()
    assert found.reasons == refusals(IDENTITY, judged, Kind.FOLLOWUP, NOW)
    assert found.reasons == ("cannot be read: control/flags: mode is 1 (int)",)


def test_every_reason_is_given_at_once() -> None:
    judged = rules(
        suppression=suppression(SuppressionReason.COMPLAINT),
        guardrails=(BANKS_ONLY,),
        controls=controls(garbage=("x",)),
    )
    assert len(refusals(IDENTITY.but(opted_out=True), judged, Kind.FOLLOWUP, NOW)) == 4
