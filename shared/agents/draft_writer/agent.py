"""Write a mail: a model proposes, code checks shape and evidence, the rule writes when the model cannot.

Recipient, sender, links, thread and attachments are never taken from a model (keeps P10).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from shared.agents.ask import ask
from shared.agents.case_data import PRIVATE_ROLES, case_data
from shared.agents.draft_writer.by_rule import write_by_rule
from shared.agents.draft_writer.lead import Lead, know
from shared.agents.draft_writer.output import ClaimOutput, DraftOutput
from shared.agents.draft_writer.slot_words import length_of, slots_as_words, zone_of
from shared.agents.draft_writer.written import Written
from shared.agents.form_fields import role_of
from shared.jobs.facts import Action, Evidence, Source, Verdict
from shared.jobs.job import Job
from shared.policy.evidence import sources_of
from shared.policy.language import detect_language
from shared.ports.model import Model

PROMPT = Path(__file__).with_name("prompt.md")
_SHORTEST_WORDS = 20
_PRIVATE_SOURCES = frozenset(
    ("crm.address", "crm.company.domain", "sender.mailbox", "sender.signature", "sender.postal_address")
)


def write_draft(job: Job, *, model: Model | None, now: datetime, mend: Verdict | None = None) -> Written:
    """The mail for a job, by the model or by rule. Errors: ValueError for a job without sender."""
    ruled = write_by_rule(job, now=now, mend=mend)
    sources = sources_of(job)
    asked = ask(
        model, agent="draft_writer", prompt=PROMPT, data=_data(job, sources, now, mend), output=DraftOutput
    )
    proposed = asked.value
    fell_back = asked.fell_back
    if proposed is not None and (fault := _fault(proposed)):
        proposed, fell_back = None, f"the model's mail cannot be used: {fault}"
    if proposed is None:
        written = replace(ruled, fell_back=fell_back)
    else:
        written = _written(proposed, ruled, sources, asked.model, know(job, now))
    return replace(written, input_tokens=asked.input_tokens, output_tokens=asked.output_tokens)


def _data(job: Job, sources: Mapping[str, str], now: datetime, mend: Verdict | None) -> dict[str, object]:
    sender, plan, slots = job.sender, job.plan, job.slots or ()
    return {
        "today": now.date().isoformat(),
        "case": case_data(job),
        "sender": None
        if sender is None
        else {"name": sender.name, "title": sender.title, "company": sender.company, "facts": sender.facts},
        "action": plan.action if plan else Action.SEND_FOLLOWUP,
        "tone": plan.tone if plan else "conversational",
        "aim": plan.call_to_action if plan else "",
        "free_times": [slots_as_words([slot]) for slot in slots],
        "time_zone": zone_of(slots[0]) if slots else None,
        "call_length": length_of(slots[0]) if slots else None,
        "sources": {name: text for name, text in sources.items() if not _is_private(name)},
        "mend": [
            {"rule": violation.rule, "found": violation.found, "mend": violation.mend}
            for violation in (mend.violations if mend else ())
        ],
    }


def _is_private(name: str) -> bool:
    """Whether a source holds what a mail has no use for: addresses, phones, the sender's footer."""
    place, _, field = name.partition(".")
    if place.startswith("form"):
        return role_of(field) in PRIVATE_ROLES
    return name in _PRIVATE_SOURCES


def _fault(proposed: DraftOutput) -> str:
    """Why a text is no mail at all; whether it is a good one is for the gate to judge."""
    if not _plain(proposed.subject).strip():
        return "it has no subject"
    if len(proposed.body.split()) < _SHORTEST_WORDS:
        return f"it has fewer than {_SHORTEST_WORDS} words"
    question = _plain(proposed.call_to_action).strip()
    if not question:
        return "it asks for nothing"
    if question not in _plain(proposed.body):
        return "its call to action does not stand in its body"
    return ""


def _written(
    proposed: DraftOutput, ruled: Written, sources: Mapping[str, str], model: str, lead: Lead
) -> Written:
    """The model's words with the evidence that holds; a claim whose evidence does not is left to the gate."""
    body, subject = _plain(proposed.body).strip(), " ".join(_plain(proposed.subject).split())
    text = f"{subject}\n{body}"
    held = [evidence for claim in proposed.evidence if (evidence := _held(claim, sources, text))]
    return replace(
        ruled,
        subject=subject,
        body=body,
        call_to_action=_plain(proposed.call_to_action).strip(),
        evidence=tuple(dict.fromkeys((*_names(lead, text), *held))),
        written_by=f"model:{model}",
        hold=lead.hold or _hold(ruled, body),
    )


def _names(lead: Lead, text: str) -> list[Evidence]:
    """The person's name and company, which code knows without being told where they come from."""
    return [
        Evidence(
            claim=known.value, source=known.support.source, field=known.support.field, span=known.support.span
        )
        for known in (lead.first_name, lead.company)
        if known is not None and known.value in text
    ]


def _held(claim: ClaimOutput, sources: Mapping[str, str], text: str) -> Evidence | None:
    """Evidence counts only when the span stands in its source, the claim in the span and in the mail."""
    if not claim.claim.strip() or claim.claim not in claim.span or claim.claim not in text:
        return None
    named = claim.field if claim.span in sources.get(claim.field, "") else None
    field = named or next(
        (name for name, source in sources.items() if name.startswith(claim.source) and claim.span in source),
        None,
    )
    if field is None:
        return None
    return Evidence(claim=claim.claim, source=_source(field), field=field, span=claim.span)


def _source(field: str) -> Source:
    return Source(re.split(r"[.\[]", field)[0])


def _hold(ruled: Written, body: str) -> str:
    language = detect_language(body)
    if language != ruled.language:
        return f"the person wrote in another language ({ruled.language}) than the model ({language})"
    return ""


def _plain(text: str) -> str:
    """Without control and invisible characters: what the reviewer sees is all there is."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in unified if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn", "Cs")
    )
