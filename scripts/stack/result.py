"""What a submission came to, as plain data: the draft with its evidence, the CRM's records, and the cost."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import httpx

from scripts.stack.journey import Journey
from scripts.stack.leads import Lead
from scripts.stack.processes import Stack
from scripts.stack.visitor import Answered
from shared.connectors.hubspot import VERSION
from shared.jobs.draft import Draft
from shared.jobs.facts import Verdict
from shared.jobs.job import Job
from shared.runtime.mailboxes import PUSH_TOPIC

KINDS = ("reads", "writes", "deletes", "tasks", "publishes")
Counts = Mapping[str, Mapping[str, int]]


def result_of(
    stack: Stack, lead: Lead, answered: Answered, journey: Journey | None, before: Counts
) -> dict[str, Any]:
    """Everything about one submission, ready for JSON; `before` are the counts when it was made."""
    found: dict[str, Any] = {
        "ok": journey is not None and journey.drafted,
        "reason": "",
        "lead": {"form": lead.form, "fields": dict(lead.fields)},
        "answer": {"status": answered.status, **answered.body},
    }
    if journey is None:
        return {**found, "reason": f"receive_hubspot answered {answered.status}: {answered.reason}"}
    return {
        **found,
        "reason": "" if journey.drafted else journey.reason,
        **drafted_of(stack, journey),
        "cost": cost_of(stack, (journey.job.id, journey.drafted_by.id), before),
    }


def drafted_of(stack: Stack, journey: Journey) -> dict[str, Any]:
    """What a job came to: its steps, the draft with its evidence, and the CRM's records."""
    job, owner = journey.job, journey.drafted_by
    draft = _draft(stack, owner)
    return {
        "seconds": round(journey.seconds, 3),
        "job": _job(job),
        "merged_into": _job(owner) if owner.id != job.id else None,
        "draft": _draft_shown(draft) if draft else None,
        "evidence": [one.model_dump(mode="json") for one in draft.evidence] if draft else [],
        "slots": [slot.model_dump(mode="json") for slot in owner.slots or ()],
        "plan": owner.plan.model_dump(mode="json") if owner.plan else None,
        "verdict": _verdict(owner.verdict),
        "note": _crm_record(stack, "notes", draft.note_id if draft else None),
        "task": _crm_record(stack, "tasks", draft.task_id if draft else None),
    }


def cost_of(stack: Stack, job_ids: tuple[str, ...], before: Counts) -> dict[str, Any]:
    """Reads, writes, deletes, tasks and publishes since `before`, per function and in all.

    Of the functions that are not stages, the door and the subscribers count; what runs on a schedule or because
    Gmail tells of any change in a mailbox does not.
    """
    stages: dict[str, dict[str, int]] = {}
    on_their_own = {
        name
        for name, row in stack.catalogue.functions.items()
        if row.trigger.schedule or row.trigger.topic == PUSH_TOPIC
    }
    for label, counts in _settled_counts(stack).items():
        job, _, stage = label.rpartition("/")
        if not stage or (job and job not in job_ids) or stage in on_their_own:
            continue
        spent = {kind: counts[kind] - before.get(label, {}).get(kind, 0) for kind in KINDS}
        if any(spent.values()):
            known = stages.setdefault(stage, dict.fromkeys(KINDS, 0))
            stages[stage] = {kind: known[kind] + spent[kind] for kind in KINDS}
    total = {kind: sum(one[kind] for one in stages.values()) for kind in KINDS}
    return {"stages": stages, "total": total}


def _settled_counts(stack: Stack) -> dict[str, dict[str, int]]:
    """The counts when two looks agree: a subscriber may still be at work when the job waits."""
    last = stack.counts()
    for _ in range(10):
        time.sleep(0.08)
        now = stack.counts()
        if {name: one for name, one in now.items() if name} == {
            name: one for name, one in last.items() if name
        }:
            return now
        last = now
    return last


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind.value,
        "status": job.status.value,
        "stage": job.stage,
        "reasons": list(job.reasons),
        "notes": list(job.notes),
        "trace_id": job.trace_id,
        "steps": [step.model_dump(mode="json") for step in job.steps],
    }


def _draft(stack: Stack, job: Job) -> Draft | None:
    if job.draft_id is None:
        return None
    return stack.world.database.get(f"tenants/{job.tenant}/drafts/{job.draft_id}", Draft)


def _draft_shown(draft: Draft) -> dict[str, Any]:
    mail = cast("EmailMessage", message_from_bytes(draft.raw, policy=policy.default))
    return {
        "id": draft.id,
        "state": draft.state.value,
        "revision": draft.revision,
        "written_by": draft.written_by,
        "language": draft.language,
        "headers": {name: str(value) for name, value in mail.items()},
        "subject": draft.subject,
        "body": draft.body,
        "footer": draft.footer,
        "hash": draft.hash,
        "thread_id": draft.thread_id,
        "gmail_draft_id": draft.gmail_draft_id,
        "note_id": draft.note_id,
        "task_id": draft.task_id,
    }


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {"outcome": verdict.outcome, **verdict.model_dump(mode="json")}


_READ = {
    "notes": ("hs_note_body", "hs_timestamp"),
    "tasks": ("hs_task_subject", "hs_task_body", "hs_task_status", "hs_timestamp", "hubspot_owner_id"),
}


def _crm_record(stack: Stack, type_: str, id_: str | None) -> dict[str, Any] | None:
    """A note or task as the CRM has it now, with its text as a person reads it."""
    if id_ is None:
        return None
    live = stack.options.live
    secrets = {**stack.secrets, **(live.secrets if live else {})}
    key = secrets["hubspot-service-key-default"]
    base = stack.world.settings.hubspot_url
    try:
        answer = httpx.get(
            f"{base}/crm/objects/{VERSION}/{type_}/{id_}",
            params={"properties": ",".join(_READ[type_])},
            headers={"authorization": f"Bearer {key}"},
            trust_env=live is not None,
            timeout=10.0,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        return {"id": id_, "error": f"it cannot be read from the CRM: {error}"}
    properties = cast("dict[str, str | None]", answer.json()["properties"])
    body = next((value for name, value in properties.items() if name.endswith("_body") and value), "")
    return {
        "id": id_,
        "text": _plain(body),
        "properties": {name: properties.get(name) for name in _READ[type_]},
    }


def _plain(markup: str) -> str:
    lines = re.sub(r"<br\s*/?>|</p>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()
