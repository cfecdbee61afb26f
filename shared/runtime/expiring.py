"""expire_drafts: ends drafts that nobody decided about in time, and approvals that were not used (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import Permanent
from shared.jobs import audit
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.tenant import Tenant
from shared.policy.ending import ended, expires_at, rests
from shared.runtime.logs import log
from shared.runtime.settle import settle
from shared.runtime.stage_run import Publish
from shared.runtime.tenants import readable_tenants
from shared.runtime.world import World
from shared.store.database import Changed
from shared.store.due import open_drafts

EXPIRED = "nobody decided about it in time"
UNUSED = "it was approved, and could not be sent in time"


@dataclass
class Expired:
    """What one run did, by number of drafts."""

    drafts: int = 0
    ended: int = 0
    left_alone: int = 0


def expire_drafts(world: World, publish: Publish) -> Mapping[str, object]:
    """End every draft whose time is over; one whose job is under way is looked at by the next run."""
    found = Expired()
    for tenant in readable_tenants(world):
        for draft in open_drafts(world.database, tenant.id):
            found.drafts += 1
            ends = expires_at(draft, tenant)
            if ends is None or world.clock() < ends:
                continue
            if _end(world, tenant, draft, publish):
                found.ended += 1
            else:
                found.left_alone += 1
    log("swept", kind="expire_drafts", drafts=found.drafts, deleted=found.ended, left_alone=found.left_alone)
    return vars(found)


def _end(world: World, tenant: Tenant, draft: Draft, publish: Publish) -> bool:
    here, now = f"tenants/{tenant.id}", world.clock()
    try:
        owner = world.database.get(f"{here}/jobs/{draft.job_id}", Job)
        contact = world.database.get(f"{here}/contacts/{draft.contact_id}", Contact)
    except Permanent as error:
        log(
            "draft_unwatched", "ERROR", tenant=tenant.id, draft=draft.id, kind=error.kind, reason=error.reason
        )
        return False
    if owner is not None and not rests(owner, now):
        return False
    over = ended(
        draft,
        DraftState.EXPIRED,
        owner=owner,
        contact=contact,
        actor=audit.BY_RULE,
        reason=UNUSED if draft.state is DraftState.APPROVED else EXPIRED,
        routing=world.settings.routing,
        now=now,
    )
    try:
        world.database.commit(over.writes)
    except Changed:
        return False
    if over.job is not None:
        settle(world, over.job)
    publish(world, over.announcements)
    return True
