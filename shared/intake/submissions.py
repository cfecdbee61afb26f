"""Take one form submission, whichever way it came: the same judgement for webhook, poll and replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.jobs.facts import Submission
from shared.jobs.tenant import Tenant
from shared.pattern import Pattern
from shared.policy.addresses import BadAddress, canonical_address
from shared.ports.inbox import Accepted, Inbox

MAX_BYTES = 50_000
"""What one submission may hold in all: the event and the job each keep it in one document of 1 MiB."""

MAX_NAME_BYTES = 1_000
_RESERVED = Pattern(r"^__.*__$")
_EMAIL = frozenset({"email", "e-mail", "email_address"})


@dataclass(frozen=True)
class Refused:
    """An authentic submission that cannot be used; `status` is what its sender is told."""

    status: int
    reason: str


def take(submission: Submission, tenant: Tenant, inbox: Inbox, *, via: str) -> Accepted | Refused:
    """Accept it once, or keep it as refused with the reason, without what made it unfit."""
    refused = _refusal(submission, tenant)
    if refused is None:
        return inbox.accept(tenant, submission, address_of(submission.fields), via=via)
    kept = submission.but(fields={}, page_url="") if size_of(submission) > MAX_BYTES else submission
    payload: dict[str, object] = kept.model_dump(mode="json")
    inbox.refuse(tenant.id, submission.conversion_id, via=via, reason=refused.reason, payload=payload)
    return refused


def _refusal(submission: Submission, tenant: Tenant) -> Refused | None:
    form = tenant.forms.get(submission.form_id)
    if form is None or not form.active:
        return Refused(403, f"form {submission.form_id} is not allowed; add it to the tenant's forms")
    size = size_of(submission)
    if size > MAX_BYTES:
        return Refused(400, f"the submission holds {size} bytes, at most {MAX_BYTES} are taken; shorten it")
    for name in submission.fields:
        if _RESERVED.match(name) or not 0 < len(name.encode()) <= MAX_NAME_BYTES:
            return Refused(400, f"field {name[:40]!r}: the name cannot be stored; rename it in the form")
    try:
        address_of(submission.fields)
    except BadAddress as error:
        return Refused(400, f"field email: {error}")
    return None


def size_of(submission: Submission) -> int:
    """Bytes of everything a person or vendor chose freely."""
    texts = (*submission.fields, *submission.fields.values(), submission.page_url, submission.form_name)
    return sum(len(text.encode("utf-8", "replace")) for text in texts)


def address_of(fields: Mapping[str, str]) -> str:
    """The one address a person gave, in its canonical form. Errors: BadAddress.

    HubSpot writes a contact's fields with their object type in front (`0-1/email`), and joins a field that
    came twice with a semicolon: the same address twice is one.
    """
    for name, value in fields.items():
        if name.lower().rpartition("/")[2] in _EMAIL:
            parts = {_canonical_or_whole(part, value) for part in value.split(";")}
            return canonical_address(parts.pop() if len(parts) == 1 else value)
    return canonical_address("")


def _canonical_or_whole(part: str, whole: str) -> str:
    try:
        return canonical_address(part)
    except BadAddress:
        return whole
