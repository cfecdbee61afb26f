"""Read each allowlisted form's newest submissions, so that none is missed that no webhook told us of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Failure
from shared.intake.submissions import Refused, address_of, take
from shared.jobs.cursor import Cursor
from shared.jobs.facts import Submission
from shared.jobs.tenant import Tenant
from shared.policy.addresses import BadAddress
from shared.ports.forms import Forms
from shared.ports.inbox import Inbox

OVERLAP = timedelta(minutes=15)
"""How far behind the newest known submission each poll looks again: the vendor's list may lag."""

FIRST_LOOK = timedelta(hours=1)
"""How far back a form is read that was never read: what is older was answered by people."""


@dataclass
class Polled:
    """What one run found, by number."""

    forms: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    failed: int = 0


def poll_forms(
    tenants: list[Tenant],
    *,
    forms: Callable[[Tenant], Forms],
    inbox: Inbox,
    now: datetime,
    only: str | None = None,
    failed: Callable[[Tenant, Failure], None],
) -> Polled:
    """Accept what is new in every active form of these tenants, or only what one address sent.

    A tenant whose vendor fails is reported to `failed` and does not keep the others waiting.
    """
    polled = Polled()
    for tenant in tenants:
        try:
            source = forms(tenant)
            for form_id, form in tenant.forms.items():
                if form.active:
                    _poll(tenant, form_id, source, inbox, now, only, polled)
        except Failure as error:
            polled.failed += 1
            failed(tenant, error)
    return polled


def _poll(
    tenant: Tenant,
    form_id: str,
    source: Forms,
    inbox: Inbox,
    now: datetime,
    only: str | None,
    polled: Polled,
) -> None:
    polled.forms += 1
    cursor = inbox.polled_through(tenant, form_id)
    since = (cursor.read_through - OVERLAP) if cursor else now - FIRST_LOOK
    newest = cursor.read_through if cursor else since
    for submission in source.submissions(form_id, since):
        # A stamp from the future must not hide what is submitted until then.
        newest = max(newest, min(submission.submitted_at, now))
        submission = submission.but(
            portal_id=submission.portal_id or next(iter(tenant.portal_ids), ""),
            form_name=submission.form_name or tenant.forms[form_id].name,
        )
        if only is not None and not _sent_by(only, submission):
            continue
        taken = take(submission, tenant, inbox, via="workflow" if only else "poll")
        if isinstance(taken, Refused):
            polled.refused += 1
        elif taken.duplicate:
            polled.duplicates += 1
        else:
            polled.accepted += 1
    if only is None and (cursor is None or newest > cursor.read_through):
        fresh = Cursor(id=form_id, tenant=tenant.id, read_through=newest)
        inbox.remember(cursor.but(read_through=newest) if cursor else fresh)


def _sent_by(address: str, submission: Submission) -> bool:
    try:
        return address_of(submission.fields) == address
    except BadAddress:
        return False
