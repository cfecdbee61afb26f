"""Write a mail without a model: the person's own words, the sender's own facts, one question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from shared.agents.draft_writer.call_to_action import call_to_action
from shared.agents.draft_writer.lead import Lead, know
from shared.agents.draft_writer.middle import middle
from shared.agents.draft_writer.opening import opening
from shared.agents.draft_writer.parts import Part, evidence_for, is_avoided, paragraphs
from shared.agents.draft_writer.phrasings import Phrasings
from shared.agents.draft_writer.reply import reply_parts
from shared.agents.draft_writer.subject import subject_for
from shared.agents.draft_writer.written import Written
from shared.jobs.facts import Action, Evidence, Slot, Tone, Verdict
from shared.jobs.job import Job
from shared.policy.evidence import unsupported

LONGEST_WORDS = 130
"""A first answer that is longer is not read; the gate's own limit is higher."""
SHORTEST_WORDS = 60
"""Below this a mail with something to tell reads like a receipt."""
_AROUND_WORDS = 4
"""Greeting and sign-off."""


def write_by_rule(job: Job, *, now: datetime, mend: Verdict | None = None) -> Written:
    """The whole mail. `mend` names what the gate did not like in the last revision: it is left out.

    Errors: ValueError for a job without sender.
    """
    lead = know(job, now)
    avoid = _avoided(mend)
    written = _composed(job, lead, mend, avoid)
    for _ in range(3):
        found = unsupported(
            subject=written.subject, body=written.body, evidence=written.evidence, job=job, now=now
        )
        if not found:
            break
        # The same court that judges the draft has a doubt: the sentence goes, not the doubt.
        avoid = (*avoid, *(one.text.lower() for one in found))
        written = _composed(job, lead, mend, avoid)
    return written


def _avoided(mend: Verdict | None) -> tuple[str, ...]:
    """What the gate found, in small letters; where it quotes several sentences, all but the question."""
    found: list[str] = []
    for violation in mend.violations if mend else ():
        quoted = re.findall(r'"([^"]+)"', violation.found)
        found += [one for one in quoted if not one.endswith("?")] or [violation.found]
    return tuple(bare for one in found if (bare := one.strip(" \"'").lower()))


def _composed(job: Job, lead: Lead, mend: Verdict | None, avoid: tuple[str, ...]) -> Written:
    tone = job.plan.tone if job.plan else Tone.CONVERSATIONAL
    revision = mend.revision if mend else 0
    say = Phrasings(tone, f"{job.tenant}\0{job.contact_id}\0{revision}")
    slots = _offered(job)
    call = call_to_action(lead, slots, say, avoid)
    told = (
        reply_parts(lead, say, avoid, can_call=bool(slots))
        if lead.wish is not None
        else [*opening(lead, say, avoid), *middle(lead, say, avoid, can_call=bool(slots))]
    )
    parts = _chosen(told, call, avoid, mending=mend is not None)
    greeting = _greeting(lead, say, avoid)
    sign_off = "\n".join(
        part
        for part in (
            say.say("sign_off_sorry" if lead.complains else "sign_off"),
            lead.sender.name.partition(" ")[0],
        )
        if part
    )
    subject = subject_for(job, lead, avoid)
    evidence: list[Evidence] = []
    for part in (greeting, *parts, call, subject):
        evidence += evidence_for(part) or ()
    return Written(
        subject=subject.text,
        body="\n\n".join(text for text in (greeting.text, paragraphs(parts), call.text, sign_off) if text),
        call_to_action=call.text,
        evidence=tuple(dict.fromkeys(evidence)),
        language=lead.language,
        written_by="rule",
        hold=_hold(lead),
        notes=lead.notes,
    )


def _offered(job: Job) -> tuple[Slot, ...]:
    """Free times are offered unless the plan is something else than a call."""
    wants_call = job.plan is None or job.plan.action is Action.PROPOSE_CALL
    return (job.slots or ()) if wants_call else ()


def _greeting(lead: Lead, say: Phrasings, avoid: tuple[str, ...]) -> Part:
    name = lead.first_name
    if name is None or is_avoided(name.value, avoid):
        return Part("Hello,")
    return Part(say.say("greeting", name=name.value), (replace(name.support, says=name.value),))


def _chosen(told: list[Part], call: Part, avoid: tuple[str, ...], *, mending: bool) -> list[Part]:
    """Those that have their sources, the least important dropped until the mail is short enough."""
    kept = [part for part in told if not is_avoided(part.text, avoid) and evidence_for(part) is not None]
    if mending:
        kept = [part for part in kept if part.rank <= 1]
    spares = [part for part in kept if part.spare]
    kept = [part for part in kept if not part.spare]
    fixed = len(call.text.split()) + _AROUND_WORDS
    while _words(kept) + fixed > LONGEST_WORDS and max((part.rank for part in kept), default=0) > 0:
        # Of equally important ones the last goes, for it is the least expected.
        kept.remove(max(reversed(kept), key=lambda part: part.rank))
    for spare in spares:
        if _words(kept) + fixed >= SHORTEST_WORDS:
            break
        kept.append(spare)
    order = {id(part): place for place, part in enumerate(told)}
    return sorted(kept, key=lambda part: order[id(part)])


def _words(parts: list[Part]) -> int:
    return sum(len(part.text.split()) for part in parts)


def _hold(lead: Lead) -> str:
    if lead.hold or lead.language == "en":
        return lead.hold
    return (
        f"the person wrote in another language ({lead.language}); without a model mail is written in English"
    )
