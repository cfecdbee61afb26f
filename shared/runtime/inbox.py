"""Where the world's events become jobs: event, job and its first `next` in one batch, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from shared.jobs import moves
from shared.jobs.cursor import Cursor
from shared.jobs.event import KEPT, Event, EventStatus, event_id
from shared.jobs.facts import Submission
from shared.jobs.job import Job, Kind, Priority
from shared.jobs.playbooks import PLAYBOOKS
from shared.jobs.route import TenantRoute, route_id
from shared.jobs.tenant import Tenant
from shared.ports.inbox import Accepted
from shared.runtime.acceptance import accept_once, refuse_once
from shared.runtime.logs import log
from shared.runtime.once_a_slot import call_once_a_slot
from shared.runtime.tenants import readable_tenants
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.world import World
from shared.store.collections import StoredTenants
from shared.store.database import Changed

SOURCE = "hubspot_form"
POLL_SLOT_S = 10
"""Touches of one contact within this time ask for one poll."""


class FormInbox:
    """The inbox of form submissions. `trace_id` runs from the request through every task of the job."""

    def __init__(self, world: World, trace_id: str) -> None:
        self._world = world
        self._trace_id = trace_id

    def tenant_of(self, portal_id: str) -> Tenant | None:
        route = self._world.database.get(f"routes/{route_id('portal', portal_id)}", TenantRoute)
        return StoredTenants(self._world.database).get(route.tenant) if route else None

    def tenants(self) -> Sequence[Tenant]:
        return readable_tenants(self._world)

    def accept(self, tenant: Tenant, submission: Submission, address: str, *, via: str) -> Accepted:
        """Write event and job once. Errors: Unreachable when it is unknown whether they were written."""
        now = self._world.clock()
        form = tenant.forms.get(submission.form_id)
        if form is not None and not submission.form_name:
            submission = submission.but(form_name=form.name)
        event = Event(
            id=_id_of(submission.conversion_id),
            tenant=tenant.id,
            source=SOURCE,
            via=via,
            status=EventStatus.ACCEPTED,
            job_id=f"job-{_id_of(submission.conversion_id)}",
            payload=submission.model_dump(mode="json"),
            received_at=now,
            expire_at=now + KEPT,
        )
        accepted = accept_once(self._world, event, self._job(tenant, submission, address, event))
        self._say("submission_known" if accepted.duplicate else "submission_accepted", event, via)
        return accepted

    def refuse(
        self, tenant_id: str, key: str, *, via: str, reason: str, payload: Mapping[str, object]
    ) -> None:
        """Keep it as a refused event; one that is known already stays as it is."""
        now = self._world.clock()
        event = Event(
            id=_id_of(key),
            tenant=tenant_id,
            source=SOURCE,
            via=via,
            status=EventStatus.REFUSED,
            reason=reason,
            payload=dict(payload),
            received_at=now,
            expire_at=now + KEPT,
        )
        if refuse_once(self._world, event):
            self._say("submission_refused", event, via, reason)

    def poll_soon(self, tenant: Tenant, address: str | None, *, trace_id: str) -> None:
        call_once_a_slot(
            self._world,
            "poll_forms",
            {"tenant": tenant.id, "address": address} if address else {"tenant": tenant.id},
            slot_s=POLL_SLOT_S,
            trace_id=trace_id,
        )

    def polled_through(self, tenant: Tenant, form_id: str) -> Cursor | None:
        return self._world.database.get(f"tenants/{tenant.id}/cursors/{form_id}", Cursor)

    def remember(self, cursor: Cursor) -> None:
        """Another poll that was faster has read at least as far, so losing to it is no loss."""
        try:
            self._world.database.commit([cursor])
        except Changed:
            log("cursor_kept", form=cursor.id, tenant=cursor.tenant)

    def _job(self, tenant: Tenant, submission: Submission, address: str, event: Event) -> Job:
        now = self._world.clock()
        job = Job(
            id=cast("str", event.job_id),
            tenant=tenant.id,
            kind=Kind.FOLLOWUP,
            priority=Priority.URGENT,
            contact_id=address_key_of(self._world, address),
            address=address,
            event_ids=(event.id,),
            trace_id=self._trace_id,
            created_at=now,
            updated_at=now,
            stage=PLAYBOOKS[Kind.FOLLOWUP].first,
            submissions=(submission,),
        )
        return moves.begun(job, self._world.settings.routing, now)

    def _say(self, what: str, event: Event, via: str, reason: str = "") -> None:
        log(
            what,
            trace_id=self._trace_id,
            project=self._world.settings.project,
            event_id=event.id,
            tenant=event.tenant,
            job=event.job_id,
            via=via,
            reason=reason,
        )


def _id_of(key: str) -> str:
    return event_id(SOURCE, key)
