"""The mailboxes that are listened to: which there are, what a run found in each, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.errors import Failure
from shared.intake.renew_watch import begin, renew_watch
from shared.intake.sync_mailbox import Synced, sync_mailbox
from shared.jobs.document import Document
from shared.jobs.facts import Sender
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.route import TenantRoute
from shared.jobs.tenant import Tenant
from shared.ports import MailFeed
from shared.runtime.logs import log
from shared.runtime.mail_inbox import MailInbox
from shared.runtime.settle import call_once_a_slot
from shared.runtime.tenants import readable_tenants
from shared.runtime.world import World
from shared.store.database import Changed

PUSH_TOPIC = "gmail-push"
SYNC = "sync_mailboxes"
PUSH_SLOT_S = 5
"""Pushes for one mailbox within this time ask for one look at it."""

BEHIND = timedelta(minutes=30)
"""A mailbox that was not heard for so long is behind: sweeps look every five minutes."""

FeedOf = Callable[[World, Tenant, Sender], MailFeed]


@dataclass
class Heard:
    """What one run did, by number."""

    mailboxes: int = 0
    begun: int = 0
    looked_at: int = 0
    accepted: int = 0
    known: int = 0
    passed_by: int = 0
    resynced: int = 0
    unfinished: int = 0
    failed: int = 0
    renewed: int = 0

    def numbers(self) -> dict[str, object]:
        return {name: number for name, number in vars(self).items() if number}


@dataclass(frozen=True)
class Mailboxes:
    """The mailboxes of all tenants, or of one, or one of them. `via` says what made us look."""

    world: World
    feed_of: FeedOf
    trace_id: str
    only_tenant: str | None = None
    only_mailbox: str | None = None
    found: Heard = field(default_factory=Heard)

    def sync(self) -> Mapping[str, object]:
        """Hear what came in to each; a mailbox that fails does not keep the others waiting."""
        for tenant, sender, record in self._all():
            self.found.mailboxes += 1
            if record is None:
                self._begin(tenant, sender)
            else:
                self._sync(tenant, sender, record)
        return self._swept(SYNC)

    def renew(self) -> Mapping[str, object]:
        """Have Gmail go on telling us of each."""
        for tenant, sender, record in self._all():
            self.found.mailboxes += 1
            if record is None:
                self._begin(tenant, sender)
            else:
                self._watch(tenant, sender, record)
        return self._swept("renew_watch")

    def _all(self) -> Iterator[tuple[Tenant, Sender, MailboxRecord | None]]:
        for tenant in readable_tenants(self.world, only=self.only_tenant):
            senders = [
                sender
                for address, sender in tenant.senders.items()
                if self.only_mailbox in (None, mailbox_id(address))
            ]
            paths = [f"tenants/{tenant.id}/mailboxes/{mailbox_id(sender.mailbox)}" for sender in senders]
            records = self.world.database.get_many(paths, MailboxRecord) if paths else []
            for sender, record in zip(senders, records, strict=True):
                yield tenant, sender, record

    def _begin(self, tenant: Tenant, sender: Sender) -> None:
        now, feed = self.world.clock(), self.feed_of(self.world, tenant, sender)
        try:
            record = begin(tenant.id, sender.mailbox.lower(), feed=feed, now=now)
        except Failure as error:
            self._say_failure("mailbox_unheard", tenant, mailbox_id(sender.mailbox), error)
            return
        renewed = renew_watch(record, feed=feed, topic=self._topic, now=now)
        if renewed.failure is not None:
            self._say_failure("watch_failed", tenant, record.id, renewed.failure)
        writes: list[Document] = [renewed.record]
        if self.world.database.get(f"routes/{record.id}", TenantRoute) is None:
            writes.append(TenantRoute(id=record.id, tenant=tenant.id))
        if self._keep(*writes):
            self.found.begun += 1

    def _sync(self, tenant: Tenant, sender: Sender, record: MailboxRecord) -> None:
        via = "push" if self.only_mailbox else "sweep"
        inbox = MailInbox(self.world, tenant, sender, via=via, trace_id=self.trace_id)
        now = self.world.clock()
        synced = sync_mailbox(record, feed=self.feed_of(self.world, tenant, sender), inbox=inbox, now=now)
        if synced.record.but(updated_at=record.updated_at) != record:
            self._keep(synced.record)
        self._count(synced)
        self._say(tenant, synced)
        if synced.unfinished:
            sync_soon(self.world, tenant.id, record.id, trace_id=self.trace_id)

    def _watch(self, tenant: Tenant, sender: Sender, record: MailboxRecord) -> None:
        now = self.world.clock()
        feed = self.feed_of(self.world, tenant, sender)
        renewed = renew_watch(record, feed=feed, topic=self._topic, now=now)
        if renewed.failure is None:
            self.found.renewed += self._keep(renewed.record)
            return
        self._say_failure("watch_failed", tenant, record.id, renewed.failure)
        if renewed.expiring(now):
            log("watch_expiring", "ERROR", tenant=tenant.id, mailbox=record.id)

    @property
    def _topic(self) -> str:
        return f"projects/{self.world.settings.project}/topics/{PUSH_TOPIC}"

    def _keep(self, *documents: Document) -> bool:
        """Another run that was faster has heard at least as much, so losing to it is no loss."""
        try:
            self.world.database.commit(documents)
        except Changed:
            log("mailbox_kept", mailbox=documents[0].path.rpartition("/")[2])
            return False
        return True

    def _count(self, synced: Synced) -> None:
        found = self.found
        found.looked_at += synced.looked_at
        found.accepted += synced.accepted
        found.known += synced.known
        found.passed_by += synced.passed_by
        found.resynced += bool(synced.resynced)
        found.unfinished += synced.unfinished

    def _say(self, tenant: Tenant, synced: Synced) -> None:
        record = synced.record
        if synced.resynced:
            log("mailbox_resynced", "NOTICE", tenant=tenant.id, mailbox=record.id, reason=synced.resynced)
        if synced.failure is not None:
            reconnect = record.status is MailboxStatus.RECONNECT
            event = "mailbox_reconnect" if reconnect else "mailbox_unheard"
            self._say_failure(event, tenant, record.id, synced.failure)
        if self.world.clock() - record.synced_through > BEHIND:
            log("mailbox_behind", "ERROR", tenant=tenant.id, mailbox=record.id)

    def _say_failure(self, event: str, tenant: Tenant, mailbox: str, error: Failure) -> None:
        self.found.failed += 1
        log(event, "ERROR", tenant=tenant.id, mailbox=mailbox, kind=error.kind, reason=error.reason)

    def _swept(self, kind: str) -> Mapping[str, object]:
        numbers = self.found.numbers()
        log("swept", kind=kind, **numbers)
        return numbers


def sync_soon(world: World, tenant: str, mailbox: str, *, trace_id: str) -> None:
    """Have one mailbox looked at within seconds. Errors: Retryable."""
    payload = {"tenant": tenant, "mailbox": mailbox}
    call_once_a_slot(world, SYNC, payload, slot_s=PUSH_SLOT_S, trace_id=trace_id)
