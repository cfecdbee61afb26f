"""The mailboxes that are listened to: which there are, how one begins, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.errors import Failure, Permanent
from shared.intake.renew_watch import begin, renew_watch
from shared.jobs.document import Document
from shared.jobs.facts import Sender
from shared.jobs.mailbox import MailboxRecord, mailbox_id
from shared.jobs.route import TenantRoute
from shared.jobs.tenant import Tenant
from shared.ports.mail_feed import MailFeed
from shared.runtime.logs import log
from shared.runtime.tenants import readable_tenants
from shared.runtime.world import World
from shared.store.database import Changed

PUSH_TOPIC = "gmail-push"

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
    renewed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Mailboxes:
    """The mailboxes of all tenants, or of one, or one of them."""

    world: World
    feed_of: FeedOf
    only_tenant: str | None = None
    only_mailbox: str | None = None
    found: Heard = field(default_factory=Heard)

    def listened_to(self) -> Iterator[tuple[Tenant, Sender, MailboxRecord]]:
        """Every mailbox that is listened to; listening to one that is new begins now."""
        for tenant in readable_tenants(self.world, only=self.only_tenant):
            senders = [
                sender
                for address, sender in tenant.senders.items()
                if self.only_mailbox in (None, mailbox_id(address))
            ]
            for sender, record in self._recorded(tenant, senders):
                self.found.mailboxes += 1
                if record is None:
                    self._begin(tenant, sender)
                else:
                    yield tenant, sender, record

    def _recorded(
        self, tenant: Tenant, senders: Sequence[Sender]
    ) -> Iterator[tuple[Sender, MailboxRecord | None]]:
        """Each mailbox with its record. One that cannot be understood keeps none of the others unheard (P7)."""
        paths = [f"tenants/{tenant.id}/mailboxes/{mailbox_id(sender.mailbox)}" for sender in senders]
        try:
            records = self.world.database.get_many(paths, MailboxRecord) if paths else []
        except Permanent as error:
            if len(senders) == 1:
                log("mailbox_unheard", "ERROR", **self.failed(tenant, mailbox_id(senders[0].mailbox), error))
                return
            for sender in senders:
                yield from self._recorded(tenant, [sender])
            return
        yield from zip(senders, records, strict=True)

    def watch(self, tenant: Tenant, sender: Sender, record: MailboxRecord) -> MailboxRecord:
        """The mailbox, watched for seven more days; as it was where that failed."""
        now, feed = self.world.clock(), self.feed_of(self.world, tenant, sender)
        topic = f"projects/{self.world.settings.project}/topics/{PUSH_TOPIC}"
        renewed = renew_watch(record, feed=feed, topic=topic, now=now)
        if renewed.failure is not None:
            log("watch_failed", "ERROR", **self.failed(tenant, record.id, renewed.failure))
            if renewed.expiring(now):
                log("watch_expiring", "ERROR", tenant=tenant.id, mailbox=record.id)
        return renewed.record

    def keep(self, *documents: Document) -> bool:
        """Another run that was faster has heard at least as much, so losing to it is no loss."""
        try:
            self.world.database.commit(documents)
        except Changed:
            log("mailbox_kept", mailbox=documents[0].path.rpartition("/")[2])
            return False
        return True

    def failed(self, tenant: Tenant, mailbox: str, error: Exception) -> dict[str, str]:
        """What is said of a mailbox that failed, for the log; the others go on, and the next run tries again."""
        self.found.failed += 1
        known = isinstance(error, Failure)
        return {
            "tenant": tenant.id,
            "mailbox": mailbox,
            "kind": error.kind if known else "bug",
            "reason": error.reason if known else f"bug: {type(error).__name__}",
        }

    def swept(self, kind: str) -> Mapping[str, object]:
        """The numbers of this run, logged and answered."""
        numbers = {name: number for name, number in vars(self.found).items() if number}
        log("swept", kind=kind, **numbers)
        return numbers

    def _begin(self, tenant: Tenant, sender: Sender) -> None:
        feed = self.feed_of(self.world, tenant, sender)
        try:
            record = begin(tenant.id, sender.mailbox.lower(), feed=feed, now=self.world.clock())
        except Failure as error:
            log("mailbox_unheard", "ERROR", **self.failed(tenant, mailbox_id(sender.mailbox), error))
            return
        writes: list[Document] = [self.watch(tenant, sender, record)]
        route = self.world.database.get(f"routes/{record.id}", TenantRoute)
        if route is None:
            writes.append(TenantRoute(id=record.id, tenant=tenant.id))
        elif route.tenant != tenant.id:
            writes.append(route.but(tenant=tenant.id))
        self.found.begun += self.keep(*writes)
