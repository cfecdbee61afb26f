"""Plan the next step without a model: who is asked what, in which tone, and when nothing is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shared.agents.form_fields import FormField, Intent, Role, intent_of, read_form
from shared.agents.next_step_planner.reply_by_rule import needs_no_answer, plan_reply
from shared.agents.own_words import complains, is_soon, opts_out
from shared.jobs.facts import Action, Plan, Tone
from shared.jobs.job import Job
from shared.pattern import Pattern
from shared.policy.answered import answers_mail, last_words

FORMAL_FROM_EMPLOYEES = 501
"""From this many employees a company is written to formally."""
_FORMAL_STAGES = frozenset({"PUBLIC", "GROWTH"})
_FORMAL_WORDS = Pattern(
    r"\b(?:dear (?:sir|madam|mr|mrs|ms|dr|prof)|to whom it may concern|kindly|sincerely|yours faithfully|"
    r"procurement|"
    r"rfp|rfi|request for (?:proposal|information)|tender|hereby)\b",
    re.IGNORECASE,
)
_CALL_INTENTS = frozenset({Intent.DEMO, Intent.CONTACT, Intent.PRICING, Intent.TRIAL, Intent.UNKNOWN})


def plan_by_rule(job: Job, *, now: datetime, refusals: Sequence[str] = ()) -> Plan:
    """The next step. Any refusal, or the person's own wish not to be written to, means NO_ACTION."""
    del now
    words = own_words_of(job)
    reasons = [*refusals]
    if opts_out(words):
        reasons.append("the person asks not to be written to")
    is_mail = answers_mail(job)
    if is_mail and not reasons and (needless := needs_no_answer(job)):
        reasons.append(needless)
    if reasons:
        return Plan(action=Action.NO_ACTION, reason="; ".join(reasons), urgency="normal")
    soon = is_soon(words)
    tone, why = _tone(job, words, soon=soon)
    if is_mail:
        return plan_reply(job, tone=tone, why=why, soon=soon)
    urgency = "urgent" if soon else "normal"
    intent = intent_of(job.submissions[0]) if job.submissions else Intent.UNKNOWN
    if job.slots and (intent in _CALL_INTENTS or complains(words)):
        count = len(job.slots)
        asked = "choose one of the free times" if count > 1 else "confirm the one free time"
        return Plan(
            action=Action.PROPOSE_CALL,
            tone=tone,
            urgency=urgency,
            reason=f"they sent a form about {_about(intent)}, and {_times(count)} free; {why}",
            call_to_action=f"{asked} for a call",
        )
    missing = "no time is free" if not job.slots else "their form does not ask for a call"
    return Plan(
        action=Action.SEND_FOLLOWUP,
        tone=tone,
        urgency=urgency,
        reason=f"they sent a form about {_about(intent)}, and {missing}; {why}",
        call_to_action="answer one concrete question",
    )


def own_words_of(job: Job) -> str:
    """Their last mail, or all that they typed freely into the newest form, and when they need it."""
    if answers_mail(job):
        return last_words(job)
    if not job.submissions:
        return ""
    typed = (Role.MESSAGE, Role.USE_CASE, Role.TIMELINE, Role.OTHER)
    return "\n".join(field.value for field in read_form(job.submissions[0]) if field.role in typed)


def _tone(job: Job, words: str, *, soon: bool) -> tuple[Tone, str]:
    if soon:
        return Tone.URGENT, "urgent, because they ask for haste"
    company = job.identity.company if job.identity else None
    if company and (company.stage or "").upper() in _FORMAL_STAGES:
        return Tone.FORMAL, f"formal, because the company's stage is {(company.stage or '').upper()}"
    employees = company.employees if company else None
    if employees is None and job.submissions:
        employees = _employees(read_form(job.submissions[0]))
    if employees is not None and employees >= FORMAL_FROM_EMPLOYEES:
        return Tone.FORMAL, "formal, because the company is large"
    if _FORMAL_WORDS.search(words):
        return Tone.FORMAL, "formal, because they write formally"
    return Tone.CONVERSATIONAL, "conversational, as nothing asks for more form"


def _employees(fields: tuple[FormField, ...]) -> int | None:
    """The lower end of the size that the form gives: "1001-5000", "500+", "12,000"."""
    for field in fields:
        if field.role is Role.EMPLOYEES:
            found = re.search(r"\d[\d,.]*", field.value)
            digits = re.sub(r"\D", "", found.group(0)) if found else ""
            if digits:
                return int(digits[:9])
    return None


def _about(intent: Intent) -> str:
    return {
        Intent.DEMO: "a demo",
        Intent.PRICING: "pricing",
        Intent.TRIAL: "a trial",
        Intent.CONTACT: "contact with sales",
        Intent.MATERIAL: "material",
        Intent.EVENT: "an event",
        Intent.SUPPORT: "support",
        Intent.UNKNOWN: "something it does not name",
    }[intent]


def _times(count: int) -> str:
    return "one time is" if count == 1 else f"{count} times are"
