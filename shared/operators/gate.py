"""Any text before the gate: the same judgement that a draft gets, and no document written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import HeaderParser
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.connectors.mime_headers import decoded, parameter
from shared.jobs.draft import Draft
from shared.jobs.facts import Evidence, Identity, Sender, Submission, Verdict
from shared.jobs.job import Job, Kind
from shared.jobs.rules import Rules
from shared.jobs.tenant import Tenant
from shared.operators.refusal import Refusal
from shared.pattern import Pattern
from shared.policy import quality
from shared.policy.addresses import BadAddress, canonical_address
from shared.policy.call_to_action import asks
from shared.policy.letter import compose, footer_of, reply_subject
from shared.strict_json import Unreadable, read_object

GATE = "gate_draft"
_CHECKED = "checked-text"
_WAY_OUT = "https://unsubscribe.invalid/"
"""Stands where a real draft has the person's own link: a text that is only checked is never sent."""
_SURROGATE = Pattern("[\ud800-\udfff]")
"""What is left of bytes that are no UTF-8."""
_ADDRESS = r"""([^\s<>@,;:()"]+@[^\s<>@,;:()"]+)"""
_ONE_ADDRESS = Pattern(rf"""(?:"[^"<>@]*"\s*|[^"<>@,;:()]*)<{_ADDRESS}>|{_ADDRESS}""")
"""An address, alone or in angle brackets after a name that cannot be taken for another."""

_NOT_UTF_8 = Refusal("the text does not decode", "save it as UTF-8, without a transfer encoding")


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
    if _SURROGATE.search(text):
        return _NOT_UTF_8
    # The headers as they stand: the standard library's own reading of them raises on many that are odd.
    mail = HeaderParser().parsestr(text)
    if mail["To"] is None:
        return Refusal("the text has no To header", "begin with To and Subject lines, then an empty line")
    refused = _repeated(mail)
    if refused is not None:
        return refused
    recipient, sender = _address(mail, "To"), _address(mail, "From")
    if isinstance(recipient, Refusal):
        return recipient
    if isinstance(sender, Refusal):
        return sender
    if mail.get_content_type() != "text/plain":
        return Refusal(
            f"the mail is {mail.get_content_type()[:60]} and not one plain text",
            "leave out attachments and markup",
        )
    body = _body(mail)
    if body is None:
        return _NOT_UTF_8
    return Candidate.model_validate(
        {"to": recipient, "from": sender, "subject": decoded(str(mail["Subject"] or "")), "body": body}
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
        raw = read_object(text.encode())
    except UnicodeEncodeError:
        return _NOT_UTF_8
    except Unreadable as error:
        return Refusal(f"the text begins like JSON and is none of ours: {error}", "correct it")
    try:
        return Candidate.model_validate(raw)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors())
        known = ", ".join(field.alias or name for name, field in Candidate.model_fields.items())
        return Refusal("; ".join(lines), f"the fields are {known}")


def _body(mail: Message) -> str | None:
    """The text as it was read, for the file was text already; decoded where a header says that it must be."""
    text = str(mail.get_payload())
    if str(mail.get("Content-Transfer-Encoding", "")).strip().lower() not in ("quoted-printable", "base64"):
        return text
    if not text.isascii():
        return None
    try:
        read = cast(bytes, mail.get_payload(decode=True)).decode(parameter(mail, "charset") or "utf-8")
    except (LookupError, ValueError):
        return None
    return None if _SURROGATE.search(read) else read


def _repeated(mail: Message) -> Refusal | None:
    """Why the headers name nobody for certain: one is there twice, or others get a copy."""
    for name in ("To", "From", "Subject"):
        number = len(mail.get_all(name, []))
        if number > 1:
            return Refusal(f"there are {number} {name} headers, a mail has one", "keep the one that is meant")
    for name in ("Cc", "Bcc"):
        if any(str(value).strip() for value in mail.get_all(name, [])):
            return Refusal(
                f"there is a {name} header, and a mail has exactly one recipient",
                f"write one address in To, and no {name}",
            )
    return None


def _address(mail: Message, name: str) -> str | Refusal:
    """The one address of a header; empty for a From that is not there."""
    value = str(mail.get(name, ""))
    if name == "From" and not value.strip():
        return ""
    kind = "sender" if name == "From" else "recipient"
    found = _ONE_ADDRESS.fullmatch(value.strip())
    if found is None:
        return Refusal(
            f"the {name} header is not the address of exactly one {kind}",
            f"write one such as {name}: Ann Lee <ann@example.com>, with no other sign",
        )
    return str(found[1] or found[2])


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
