"""Gmail as the mailbox of a sender."""

from __future__ import annotations

from collections.abc import Callable

from shared.connectors.gmail import SCOPES, GmailMailbox
from shared.errors import Permanent
from shared.jobs.facts import Sender
from shared.jobs.mailbox import MailboxRecord, mailbox_id
from shared.jobs.tenant import Tenant
from shared.ports.mailbox import Mailbox
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import google_http
from shared.runtime.world import World
from shared.store.collections import StoredTenants


def mailbox(run: Run) -> Mailbox:
    """The mailbox of the job's sender, whom the job has since resolve_identity."""
    assert run.job.sender is not None
    return _mailbox(run.world, run.tenant, run.job.sender)


def mailbox_at(run: Run) -> Callable[[str], Mailbox]:
    """Any of the tenant's mailboxes, by its address. Errors: Permanent when it is none of them."""

    def found(address: str) -> Mailbox:
        sender = StoredTenants(run.world.database).get(run.tenant).senders.get(address.lower())
        if sender is None:
            raise Permanent("the draft's mailbox is no longer one of the tenant's senders; add it again")
        return _mailbox(run.world, run.tenant, sender)

    return found


def single_send(run: Run) -> Callable[[], bool]:
    """Whether two sends of one draft were seen to give one mail in the mailbox of the job's sender."""

    def proven() -> bool:
        assert run.job.sender is not None
        path = f"tenants/{run.tenant}/mailboxes/{mailbox_id(run.job.sender.mailbox)}"
        record = run.world.database.get(path, MailboxRecord)
        return record is not None and record.probe is not None and record.probe.single_send

    return proven


def mailbox_of(world: World, tenant: Tenant, sender: Sender) -> Mailbox:
    """The same, outside of a job."""
    return _mailbox(world, tenant.id, sender)


def _mailbox(world: World, tenant_id: str, sender: Sender) -> Mailbox:
    http = google_http(world, tenant_id, "gmail", sender.mailbox, SCOPES, sender.connection)
    return GmailMailbox(http)
