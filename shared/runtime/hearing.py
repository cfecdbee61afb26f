"""One run over the mailboxes: what came in to each is heard, and a run that was too short goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from shared.errors import Failure
from shared.intake.sync_mailbox import Synced, sync_mailbox
from shared.jobs.facts import Sender
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from shared.jobs.tenant import Tenant
from shared.runtime import sentry
from shared.runtime.logs import log
from shared.runtime.mail_inbox import MailInbox
from shared.runtime.mailboxes import Mailboxes
from shared.runtime.sync_soon import SYNC, sync_soon
from shared.store.database import Unreachable

BEHIND = timedelta(minutes=30)
"""A mailbox that was not heard for so long is behind: sweeps look every five minutes."""


def hear(mailboxes: Mailboxes, trace_id: str) -> Mapping[str, object]:
    """Hear what came in to each mailbox; one that fails does not keep the others waiting."""
    for tenant, sender, record in mailboxes.listened_to():
        # A bug that one mailbox brings to light does not keep the others from being heard.
        try:
            _hear(mailboxes, tenant, sender, record, trace_id)
        except Unreachable:
            raise
        except Exception as error:
            log("mailbox_unheard", "ERROR", **mailboxes.failed(tenant, record.id, error))
            if not isinstance(error, Failure):
                sentry.report(mailboxes.world.settings, error, function=SYNC)
    return mailboxes.swept(SYNC)


def _hear(mailboxes: Mailboxes, tenant: Tenant, sender: Sender, record: MailboxRecord, trace_id: str) -> None:
    world = mailboxes.world
    via = "push" if mailboxes.only_mailbox else "sweep"
    inbox = MailInbox(world, tenant, sender, via=via, trace_id=trace_id)
    feed = mailboxes.feed_of(world, tenant, sender)
    synced = sync_mailbox(
        record, feed=feed, inbox=inbox, now=world.clock(), budget=world.settings.sync_budget
    )
    now_known = synced.record
    if via == "sweep" and synced.failure is None and not now_known.is_watched(world.clock()):
        # A mailbox that was connected anew does not wait for the daily run.
        now_known = mailboxes.watch(tenant, sender, now_known)
    if now_known.but(updated_at=record.updated_at) != record:
        mailboxes.keep(now_known)
    _count(mailboxes, synced)
    _say(mailboxes, tenant, synced)
    if synced.unfinished:
        sync_soon(world, tenant.id, record.id, trace_id=trace_id)


def _count(mailboxes: Mailboxes, synced: Synced) -> None:
    found = mailboxes.found
    found.looked_at += synced.looked_at
    found.accepted += synced.accepted
    found.known += synced.known
    found.passed_by += synced.passed_by
    found.resynced += bool(synced.resynced)
    found.unfinished += synced.unfinished


def _say(mailboxes: Mailboxes, tenant: Tenant, synced: Synced) -> None:
    record = synced.record
    if synced.resynced:
        log("mailbox_resynced", "NOTICE", tenant=tenant.id, mailbox=record.id, reason=synced.resynced)
    if synced.failure is not None and record.status is MailboxStatus.RECONNECT:
        log("mailbox_reconnect", "ERROR", **mailboxes.failed(tenant, record.id, synced.failure))
    elif synced.failure is not None:
        log("mailbox_unheard", "ERROR", **mailboxes.failed(tenant, record.id, synced.failure))
    if mailboxes.world.clock() - record.synced_through > BEHIND:
        log("mailbox_behind", "ERROR", tenant=tenant.id, mailbox=record.id)
