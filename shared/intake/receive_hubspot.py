"""Take what HubSpot sends: refuse what is forged, keep what is unusable, accept each submission once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.errors import Failure
from shared.intake.submissions import MAX_BYTES, Refused, address_of, size_of, take
from shared.jobs.facts import Submission
from shared.policy.addresses import BadAddress, canonical_address
from shared.ports.documents import ContactTouched
from shared.ports.door import LeadDoor, Post, Proof, Reply
from shared.ports.inbox import Inbox

UNROUTED = "default"
"""The tenant whose events hold what came from a portal that belongs to nobody."""

KEPT_ADDRESS_CHARS = 500
KEPT_BODY_CHARS = 100_000
"""How much of a body that cannot be read is kept with its refusal."""


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
    return answers[0] if len(answers) == 1 else _together(answers)


def _submitted(submission: Submission, inbox: Inbox) -> Reply:
    tenant = inbox.tenant_of(submission.portal_id)
    if tenant is None:
        reason = f"portal {submission.portal_id} belongs to no tenant; add it to a tenant's settings"
        small = size_of(submission) <= MAX_BYTES
        kept = submission if small else submission.but(fields={}, page_url="")
        payload: dict[str, object] = kept.model_dump(mode="json")
        inbox.refuse(UNROUTED, submission.conversion_id, via="webhook", reason=reason, payload=payload)
        return Reply(403, {"error": reason, "submission_id": submission.conversion_id})
    taken = take(submission, tenant, inbox, via="webhook")
    if isinstance(taken, Refused):
        return Reply(taken.status, {"error": taken.reason, "submission_id": submission.conversion_id})
    return Reply(
        202,
        {"status": "accepted", "submission_id": submission.conversion_id, "job_id": taken.job_id},
    )


def _touched(item: Submission | ContactTouched, inbox: Inbox, trace_id: str) -> Reply:
    """Have the contact's submissions looked up; a touch that names nobody we know is kept as refused."""
    tenant = inbox.tenant_of(item.portal_id)

    def refused(status: int, reason: str) -> Reply:
        given = item.address if isinstance(item, ContactTouched) else item.fields.get("email")
        payload: dict[str, object] = {
            "portal_id": item.portal_id,
            "address": (given or "")[:KEPT_ADDRESS_CHARS],
        }
        key = f"touch/{item.portal_id}/{given or ''}"
        inbox.refuse(tenant.id if tenant else UNROUTED, key, via="workflow", reason=reason, payload=payload)
        return Reply(status, {"error": reason})

    if tenant is None:
        reason = f"portal {item.portal_id} belongs to no tenant; add it to a tenant's settings"
        return refused(403, reason)
    try:
        if isinstance(item, ContactTouched):
            address = canonical_address(item.address) if item.address else None
        else:
            address = address_of(item.fields)
    except BadAddress as error:
        return refused(400, f"field email: {error}")
    inbox.poll_soon(tenant, address, trace_id=trace_id)
    return Reply(202, {"status": "polling", "submission_id": None, "job_id": None})


def _malformed(post: Post, reason: str, inbox: Inbox) -> Reply:
    text = post.body.decode("utf-8", "replace")[:KEPT_BODY_CHARS]
    key = hashlib.sha256(post.body).hexdigest()
    inbox.refuse(UNROUTED, key, via="webhook", reason=reason, payload={"body": text})
    return Reply(400, {"error": reason})


def _together(answers: list[Reply]) -> Reply:
    done = sum(1 for answer in answers if answer.status == 202)
    if answers and not done:
        return answers[0]
    return Reply(202, {"status": "accepted", "accepted": done, "refused": len(answers) - done})
