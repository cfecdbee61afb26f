"""Drafts that people handled in Gmail: which are open, and what is written when one was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from shared.errors import Failure, Permanent, Retryable
from shared.intake.handled_by_hand import consequences
from shared.intake.watch_drafts import Watched, watch_drafts
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.tenant import Tenant
from shared.policy.by_hand import Deed
from shared.policy.ending import rests
from shared.runtime.logs import log
from shared.runtime.settle import settle
from shared.runtime.tenants import readable_tenants
from shared.runtime.wire.mailbox import mailbox_of
from shared.runtime.world import World
from shared.store.database import Changed
from shared.store.due import open_drafts


class HandledDrafts:
    """What people did with the drafts of one tenant, written down in one batch each."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self._world = world
        self._tenant = tenant

    def take(self, draft: Draft, found: Deed, now: datetime) -> bool:
        database, here = self._world.database, f"tenants/{self._tenant.id}"
        owner = database.get(f"{here}/jobs/{draft.job_id}", Job)
        if owner is not None and not rests(owner, now):
            return False
        followed = consequences(
            draft,
            found,
            owner=owner,
            contact=database.get(f"{here}/contacts/{draft.contact_id}", Contact),
            tenant=self._tenant,
            routing=self._world.settings.routing,
            now=now,
        )
        try:
            database.commit(followed.writes, increments=followed.increments)
        except Changed:
            return False
        log(
            "draft_handled",
            draft=draft.id,
            tenant=draft.tenant,
            job=draft.job_id,
            kind=type(found).__name__.lower(),
        )
        if followed.job is not None:
            settle(self._world, followed.job)
        return True


def watch_all(world: World) -> Mapping[str, object]:
    """Look what became of every open draft of every tenant; a mailbox that fails keeps no other waiting."""
    watched = Watched()
    for tenant in readable_tenants(world):
        for mailbox, drafts in _by_mailbox(world, tenant).items():
            try:
                sender = tenant.senders.get(mailbox)
                if sender is None:
                    raise Permanent("a draft lies in a mailbox that is no longer one of the tenant's senders")
                watch_drafts(
                    drafts,
                    mailbox=mailbox_of(world, tenant, sender),
                    handled=HandledDrafts(world, tenant),
                    now=world.clock(),
                    failed=partial(_report, tenant),
                    watched=watched,
                )
            except Failure as error:
                watched.failed += 1
                _report(tenant, error)
    log("swept", kind="watch_drafts", **{name: number for name, number in vars(watched).items() if number})
    return vars(watched)


def _by_mailbox(world: World, tenant: Tenant) -> Mapping[str, list[Draft]]:
    found: dict[str, list[Draft]] = defaultdict(list)
    for draft in open_drafts(world.database, tenant.id):
        if draft.gmail_draft_id is not None:
            found[draft.sender.lower()].append(draft)
    return found


def _report(tenant: Tenant, error: Failure) -> None:
    retryable = isinstance(error, Retryable)
    log(
        "draft_unwatched",
        "WARNING" if retryable else "ERROR",
        tenant=tenant.id,
        kind=error.kind,
        reason=error.reason,
    )
