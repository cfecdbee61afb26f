"""Take what HubSpot sends: refuse what is forged, keep what is unusable, accept each submission once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from shared.errors import Failure
from shared.jobs.facts import Submission
from shared.policy.addresses import BadAddress, canonical_address
from shared.ports import ContactTouched, Inbox, LeadDoor, Post, Proof, Reply

UNROUTED = "default"
"""The tenant whose events hold what came from a portal that belongs to nobody."""

KEPT_BODY_CHARS = 100_000
"""How much of a body that cannot be read is kept with its refusal."""

MAX_FIELDS_BYTES = 50_000
"""What the fields of one submission may hold: the event and the job each keep them in one document."""


def receive_hubspot(post: Post, *, door: LeadDoor, inbox: Inbox, now: datetime, trace_id: str) -> Reply:
    """202 for what is accepted or known, 4xx for what never will be, 503 when we cannot tell."""
    try:
        proof = door.check(post, now)
    except Failure:
        return Reply(503, {"error": "the signature cannot be checked now; send it again"})
    if proof is Proof.FORGED:
        return Reply(401, {"error": "the signature does not fit, or the timestamp is off by over 300 s"})
    try:
        said = door.read(post.body)
    except ValueError as error:
        return _malformed(post, str(error), inbox)
    answers = [
        _touched(item, inbox, trace_id)
        if isinstance(item, ContactTouched) or proof is Proof.TOUCH_ONLY
        else _submitted(item, inbox)
        for item in said
    ]
    # A refusal of one item must not make the vendor send the others again.
    return max(answers, key=lambda answer: answer.status) if len(answers) == 1 else _together(answers)


def _submitted(submission: Submission, inbox: Inbox) -> Reply:
    tenant = inbox.tenant_of(submission.portal_id)
    payload: dict[str, object] = submission.model_dump(mode="json")

    def refused(status: int, reason: str) -> Reply:
        owner = tenant.id if tenant else UNROUTED
        inbox.refuse(owner, submission.conversion_id, via="webhook", reason=reason, payload=payload)
        return Reply(status, {"error": reason, "submission_id": submission.conversion_id})

    if tenant is None:
        return refused(
            403, f"portal {submission.portal_id} belongs to no tenant; add it to a tenant's settings"
        )
    form = tenant.forms.get(submission.form_id)
    if form is None or not form.active:
        return refused(403, f"form {submission.form_id} is not allowed; add it to the tenant's forms")
    size = sum(len(name) + len(value.encode()) for name, value in submission.fields.items())
    if size > MAX_FIELDS_BYTES:
        payload["fields"] = {}
        return refused(400, f"the fields hold {size} bytes, at most {MAX_FIELDS_BYTES} are taken")
    try:
        address = address_of(submission.fields)
    except BadAddress as error:
        return refused(400, f"field email: {error}")
    accepted = inbox.accept(tenant, submission, address, via="webhook")
    return Reply(
        202,
        {"status": "accepted", "submission_id": submission.conversion_id, "job_id": accepted.job_id},
    )


def _touched(item: Submission | ContactTouched, inbox: Inbox, trace_id: str) -> Reply:
    tenant = inbox.tenant_of(item.portal_id)
    if tenant is None:
        return Reply(403, {"error": f"portal {item.portal_id} belongs to no tenant"})
    given = item.address if isinstance(item, ContactTouched) else item.fields.get("email")
    try:
        address = canonical_address(given) if given else None
    except BadAddress as error:
        return Reply(400, {"error": f"email: {error}"})
    inbox.poll_soon(tenant, address, trace_id=trace_id)
    return Reply(202, {"status": "polling", "submission_id": None, "job_id": None})


def _malformed(post: Post, reason: str, inbox: Inbox) -> Reply:
    text = post.body.decode("utf-8", "replace")[:KEPT_BODY_CHARS]
    key = hashlib.sha256(post.body).hexdigest()
    inbox.refuse(UNROUTED, key, via="webhook", reason=reason, payload={"body": text})
    return Reply(400, {"error": reason})


def _together(answers: list[Reply]) -> Reply:
    done = sum(1 for answer in answers if answer.status == 202)
    return Reply(202, {"status": "accepted", "accepted": done, "refused": len(answers) - done})


def address_of(fields: Mapping[str, str]) -> str:
    """The one address a person gave, in its canonical form. Errors: BadAddress."""
    for name, value in fields.items():
        if name.lower() in ("email", "e-mail", "email_address"):
            return canonical_address(value)
    return canonical_address("")
