"""Any text before the gate: the same judgement that a draft gets, and no document written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.jobs.draft import Draft
from shared.jobs.facts import Evidence, Identity, Sender, Submission, Verdict
from shared.jobs.job import Job, Kind
from shared.jobs.rules import Rules
from shared.jobs.tenant import Tenant
from shared.operators.refusal import Refusal
from shared.policy import quality
from shared.policy.addresses import BadAddress, canonical_address
from shared.policy.call_to_action import asks
from shared.policy.letter import compose, footer_of, reply_subject

GATE = "gate_draft"
_CHECKED = "checked-text"
_WAY_OUT = "https://unsubscribe.invalid/"
"""Stands where a real draft has the person's own link: a text that is only checked is never sent."""


class Candidate(BaseModel):
    """A text with its headers; `fields` are what the person entered in a form, which it may refer to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: str = Field(alias="to")
    subject: str = ""
    body: str
    sender: str = Field(default="", alias="from")
    call_to_action: str = ""
    evidence: tuple[Evidence, ...] = ()
    fields: dict[str, str] = Field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Judged:
    """The draft that was made of a text, and the gate's verdict on it."""

    draft: Draft
    verdict: Verdict


def read_candidate(text: str) -> Candidate | Refusal:
    """A text from a file: a JSON object, or a mail with To, Subject and perhaps From above an empty line."""
    if text.lstrip().startswith("{"):
        return _from_json(text)
    mail = cast(EmailMessage, message_from_string(text, policy=policy.default))  # type: ignore[arg-type]
    if mail["To"] is None:
        return Refusal("the text has no To header", "begin with To and Subject lines, then an empty line")
    recipients, senders = _addresses(mail, "To"), _addresses(mail, "From")
    if len(recipients) != 1 or len(senders) > 1 or mail.get_all("Cc") or mail.get_all("Bcc"):
        return Refusal(
            "a mail has exactly one recipient and one sender", "write one address in To, and no Cc"
        )
    if mail.is_multipart() or mail.get_content_type() != "text/plain":
        return Refusal("the mail is not one plain text", "leave out attachments and markup")
    body = _body(mail)
    if body is None:
        return Refusal("the text does not decode", "save it as UTF-8, without a transfer encoding")
    return Candidate.model_validate(
        {
            "to": recipients[0],
            "from": senders[0] if senders else "",
            "subject": str(mail["Subject"] or ""),
            "body": body,
        }
    )


def job_for(
    candidate: Candidate, tenant: Tenant, identity: Identity, contact_id: str, *, now: datetime
) -> Job | Refusal:
    """The job that such a mail would belong to: an answer to the form, if it has fields."""
    sender = _sender(candidate, tenant, identity)
    if isinstance(sender, Refusal):
        return sender
    submission = Submission(
        conversion_id=_CHECKED, portal_id="", form_id="", submitted_at=now, fields=candidate.fields
    )
    return Job(
        id=_CHECKED,
        tenant=tenant.id,
        kind=Kind.FOLLOWUP,
        contact_id=contact_id,
        address=identity.address,
        event_ids=(),
        trace_id="0" * 32,
        created_at=now,
        updated_at=now,
        stage=GATE,
        submissions=(submission,) if candidate.fields else (),
        sender=sender,
        identity=identity,
    )


def judge(candidate: Candidate, job: Job, rules: Rules, *, now: datetime) -> Judged | Refusal:
    """What gate_draft would say of the text in this job. A text that no mail can be made of is refused."""
    sender = job.sender
    if sender is None:
        return Refusal(f"job {job.id} has no sender yet", "wait until it is past resolve_identity")
    footer = footer_of(sender)
    body = _without(footer, candidate.body)
    in_thread = job.thread is not None and candidate.subject == reply_subject(job.thread.subject)
    try:
        recipient = canonical_address(candidate.recipient)
        raw = compose(
            draft_id=_CHECKED,
            sender=sender,
            recipient=recipient,
            subject=candidate.subject,
            body=body,
            footer=footer,
            thread=job.thread if in_thread else None,
            opt_out_url=_WAY_OUT,
        )
    except ValueError as error:
        return Refusal(f"no mail can be made of it: {error}", "correct the text")
    asked = asks(body)
    draft = Draft(
        id=_CHECKED,
        tenant=job.tenant,
        job_id=job.id,
        contact_id=job.contact_id,
        sender=sender.mailbox,
        recipient=recipient,
        subject=candidate.subject,
        body=body,
        footer=footer,
        call_to_action=candidate.call_to_action or (asked[0].text if asked else ""),
        evidence=candidate.evidence,
        written_by="person",
        opt_out_url=_WAY_OUT,
        raw=raw,
        created_at=now,
        revised_at=now,
    )
    return Judged(draft, quality.judge(draft, job, rules, now))


def _from_json(text: str) -> Candidate | Refusal:
    try:
        raw: object = json.loads(text)
    except ValueError as error:
        return Refusal(f"the text begins like JSON and is none: {error}", "correct it")
    try:
        return Candidate.model_validate(raw)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors())
        known = ", ".join(field.alias or name for name, field in Candidate.model_fields.items())
        return Refusal("; ".join(lines), f"the fields are {known}")


def _body(mail: EmailMessage) -> str | None:
    """The text as it was read, for the file was text already; decoded where a header says that it must be."""
    if str(mail.get("Content-Transfer-Encoding", "")).strip().lower() not in ("quoted-printable", "base64"):
        return str(mail.get_payload())
    try:
        return cast(bytes, mail.get_payload(decode=True)).decode(mail.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):
        return None


def _addresses(mail: EmailMessage, name: str) -> tuple[str, ...]:
    headers = cast("list[AddressHeader]", mail.get_all(name, []))
    return tuple(address.addr_spec for header in headers for address in header.addresses)


def _sender(candidate: Candidate, tenant: Tenant, identity: Identity) -> Sender | Refusal:
    if not candidate.sender:
        return tenant.sender_for(identity.owner_address)
    try:
        chosen = tenant.senders.get(canonical_address(candidate.sender))
    except BadAddress as error:
        return Refusal(f"from: {error}", "write one of the tenant's mailboxes, or leave it out")
    if chosen is None:
        known: Mapping[str, Sender] = tenant.senders
        return Refusal("from: not one of the tenant's mailboxes", f"use one of {', '.join(known)}")
    return chosen


def _without(footer: str, body: str) -> str:
    """The written words: a footer that was copied along is not judged as such."""
    plain = body.replace("\r\n", "\n").rstrip()
    kept = plain.removesuffix(footer.strip()) if footer.strip() else plain
    return kept.rstrip() + "\n"
