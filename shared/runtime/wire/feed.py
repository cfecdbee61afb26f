"""Gmail as a mailbox that is listened to."""

from __future__ import annotations

from shared.connectors.gmail import SCOPES
from shared.connectors.gmail_feed import GmailFeed
from shared.jobs.facts import Sender
from shared.jobs.tenant import Tenant
from shared.ports.mail_feed import MailFeed
from shared.runtime.wire.vendors import google_http
from shared.runtime.world import World


def feed_of(world: World, tenant: Tenant, sender: Sender) -> MailFeed:
    """What comes into a sender's mailbox."""
    return _feed(world, tenant, sender)


def owner_of(world: World, tenant: Tenant, sender: Sender) -> str:
    """The address of the mailbox that a sender's credentials open. Errors: Retryable, Permanent."""
    return _feed(world, tenant, sender).address()


def _feed(world: World, tenant: Tenant, sender: Sender) -> GmailFeed:
    return GmailFeed(google_http(world, tenant.id, "gmail", sender.mailbox, SCOPES, sender.connection))
