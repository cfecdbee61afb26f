"""Connecting a tenant's mailbox: by its owner's consent, asked for once, or by domain-wide delegation (P10)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.connectors.google_oauth import Consent, Granted, token_secret
from shared.errors import Failure, Permanent
from shared.jobs.audit import MAILBOX_CONNECTED, MAILBOX_DISCONNECTED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.facts import Connection, Sender
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.pending_connection import PendingConnection, pending_id, pending_path, state_of
from shared.jobs.tenant import Tenant
from shared.jobs.watched import SETTINGS
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.watching import brought_along
from shared.policy.addresses import same_address
from shared.store.database import Changed, Database, encode

VALID_FOR = timedelta(minutes=10)
TRIES = 3
"""How often the result is written when somebody else changes the same documents."""

_DISCONNECTED = "an operator gave the owner's consent back; connect it again with `whisper mailbox connect`"
_AGAIN = "ask for a new link: `whisper mailbox connect`"
_MET = Clash("somebody else changed the tenant's settings at this moment", "look at them, and try again")
_UNWRITTEN = Clash(
    "Google lets us in no longer, and others who changed the mailbox's record kept that from being written",
    "disconnect it again",
)


class Over(Refusal):
    """What was valid once: used, or too old."""


@dataclass(frozen=True)
class Begun:
    """A connection that waits for the mailbox's owner; `state` is shown to nobody else."""

    mailbox: str
    until: datetime
    state: str = field(repr=False)


@dataclass(frozen=True)
class Connected:
    """A mailbox that lets us in now."""

    tenant: str
    mailbox: str
    connection: Connection

    @property
    def id(self) -> str:
        return mailbox_id(self.mailbox)


@dataclass(frozen=True)
class MailboxStanding:
    """One of the tenant's mailboxes: how it lets us in, and how far it was heard; None when it never was."""

    sender: Sender
    record: MailboxRecord | None


def list_mailboxes(database: Database, tenant: Tenant) -> tuple[MailboxStanding, ...]:
    """Every mailbox of the tenant, in the order of its settings. Errors: Unreachable, Permanent."""
    senders = tuple(tenant.senders.values())
    paths = [f"tenants/{tenant.id}/mailboxes/{mailbox_id(sender.mailbox)}" for sender in senders]
    records = database.get_many(paths, MailboxRecord)
    return tuple(MailboxStanding(*pair) for pair in zip(senders, records, strict=True))


def find_sender(tenant: Tenant, address: str) -> Sender | Refusal:
    """The tenant's sender with this address."""
    sender = tenant.senders.get(address.strip().lower())
    if sender is None:
        return Missing(
            f"{address} is none of the mailboxes of tenant {tenant.id}",
            f"add it under `senders` in its settings, at {tenant.path}",
        )
    return sender


def begin_connection(
    database: Database, tenant: Tenant, address: str, *, by: Operator, now: datetime
) -> Begun | Refusal:
    """Let the owner of a mailbox be asked, once and within ten minutes. Errors: Unreachable."""
    refusal = refuses(by, Role.ADMIN)
    if refusal is not None:
        return refusal
    sender = find_sender(tenant, address)
    if isinstance(sender, Refusal):
        return sender
    state = state_of(tenant.id, secrets.token_urlsafe(32))
    pending = PendingConnection(
        id=pending_id(state),
        tenant=tenant.id,
        mailbox=sender.mailbox.lower(),
        verifier=secrets.token_urlsafe(64),
        begun_by=by.name,
        created_at=now,
        expire_at=now + VALID_FOR,
    )
    if pending_path(state) != pending.path:
        return Refusal(f"tenant id {tenant.id} does not fit into a link", "use lower-case letters and digits")
    database.commit([pending])
    return Begun(pending.mailbox, pending.expire_at, state)


def find_connection(database: Database, state: str, *, now: datetime) -> PendingConnection | Refusal:
    """The connection that a browser carries the state of, while it can be answered. Errors: Unreachable."""
    path = pending_path(state)
    pending = database.get(path, PendingConnection) if path else None
    if pending is None:
        return Refusal("this link is not one of ours", _AGAIN)
    if not pending.is_open(now):
        return Over("this link was used already, or is too old", _AGAIN)
    return pending


def finish_connection(
    database: Database,
    pending: PendingConnection,
    code: str,
    *,
    consent: Consent,
    scopes: frozenset[str],
    owner_of: Callable[[str], str],
    keep: Callable[[str, str], None],
    now: datetime,
) -> Connected | Refusal:
    """Take the owner's answer: check whose mailbox it is and what it allows, and keep the refresh token.

    `owner_of(access token)` is the address of the mailbox that a token opens, `keep(secret, token)` writes it.
    The answer counts once, whatever comes of it. Errors: Failure, Unreachable; the link is used up then too.
    """
    try:
        database.commit([pending.but(used_at=now)])
    except Changed:
        return Over("this link was used already", _AGAIN)
    tenant = database.get(f"tenants/{pending.tenant}", Tenant)
    if tenant is None or pending.mailbox not in tenant.senders:
        # Nothing is taken, so that no key to a mailbox is kept that is not ours to open.
        return Refusal(
            "this mailbox is no longer one of the tenant's", "add it to the settings, then begin again"
        )
    granted = consent.exchange(code, pending.verifier)
    refusal = _insufficient(granted, scopes, pending, owner_of)
    if refusal is not None:
        return refusal
    keep(token_secret(pending.tenant, pending.mailbox), granted.refresh_token)
    return _connected(
        database,
        pending.tenant,
        pending.mailbox,
        Connection.OAUTH,
        actor=pending.begun_by,
        why="its owner allowed it at Google",
        now=now,
    )


def connect(
    database: Database,
    tenant_id: str,
    address: str,
    connection: Connection,
    *,
    by: Operator,
    why: str,
    now: datetime,
) -> Connected | Refusal:
    """Have a mailbox opened in this way from now on. Errors: Unreachable, Permanent."""
    refusal = refuses(by, Role.ADMIN)
    if refusal is not None:
        return refusal
    return _connected(database, tenant_id, address, connection, actor=by.name, why=why, now=now)


def _connected(
    database: Database,
    tenant_id: str,
    address: str,
    connection: Connection,
    *,
    actor: str,
    why: str,
    now: datetime,
) -> Connected | Refusal:
    for _ in range(TRIES):
        tenant = database.get(f"tenants/{tenant_id}", Tenant)
        if tenant is None:
            return Refusal(f"tenant {tenant_id} has no settings", "create it with `whisper tenant add`")
        sender = find_sender(tenant, address)
        if isinstance(sender, Refusal):
            return sender
        try:
            database.commit(_writes(database, tenant, sender, connection, actor, why, now))
        except Changed:
            continue
        return Connected(tenant.id, sender.mailbox, connection)
    return _MET


def disconnect(
    database: Database,
    tenant: Tenant,
    address: str,
    *,
    revoke: Callable[[str], None],
    by: Operator,
    why: str,
    now: datetime,
) -> Sender | Refusal:
    """Give an owner's consent back; `revoke(secret)` does it at Google. Errors: Failure, Unreachable.

    The mailbox stays one of the tenant's, and asks to be connected again.
    """
    refusal = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if refusal is not None:
        return refusal
    sender = find_sender(tenant, address)
    if isinstance(sender, Refusal):
        return sender
    if sender.connection is not Connection.OAUTH:
        return Refusal(
            "no owner let us into this mailbox: domain-wide delegation opens it",
            "take the service account's client out in the Workspace admin console",
        )
    revoke(token_secret(tenant.id, sender.mailbox))
    entry = _audit(tenant, sender, MAILBOX_DISCONNECTED, "disconnected", actor=by.name, why=why, now=now)
    path = f"tenants/{tenant.id}/mailboxes/{mailbox_id(sender.mailbox)}"
    for _ in range(TRIES):
        # The consent is gone for good: whoever writes the record at this moment does not keep that from the audit.
        record = database.get(path, MailboxRecord)
        writes: list[Document] = [entry]
        if record is not None:
            writes.append(record.but(status=MailboxStatus.RECONNECT, reason=_DISCONNECTED, updated_at=now))
        try:
            database.commit(writes)
        except Changed:
            continue
        return sender
    return _UNWRITTEN


def check_owner(address: str, owner_of: Callable[[], str]) -> Refusal | None:
    """Whether credentials open the mailbox that they are for. Errors: Retryable."""
    try:
        owner = owner_of()
    except Permanent as error:
        return Refusal(*_parted(error))
    if not same_address(owner, address):
        return Refusal("the credentials open another mailbox", "name the mailbox by its primary address")
    return None


def _parted(error: Failure) -> tuple[str, str]:
    reason, _, mend = error.reason.partition("; ")
    return reason, mend or "look at the mailbox in Google's admin console"


def _insufficient(
    granted: Granted,
    scopes: frozenset[str],
    pending: PendingConnection,
    owner_of: Callable[[str], str],
) -> Refusal | None:
    if not scopes <= granted.scopes:
        return Refusal("not everything that is needed was allowed", f"{_AGAIN}, and tick every box at Google")
    if not same_address(owner_of(granted.access_token), pending.mailbox):
        return Refusal(
            "that was another Google account than the one to be connected",
            f"{_AGAIN}, and choose the account of the mailbox at Google",
        )
    return None


def _writes(
    database: Database,
    tenant: Tenant,
    sender: Sender,
    connection: Connection,
    actor: str,
    why: str,
    now: datetime,
) -> list[Document]:
    audit = _audit(tenant, sender, MAILBOX_CONNECTED, connection.value, actor=actor, why=why, now=now)
    writes: list[Document] = [audit]
    if sender.connection is not connection:
        changed = sender.but(connection=connection)
        after = tenant.but(senders={**tenant.senders, sender.mailbox.lower(): changed})
        seen = brought_along(
            database,
            tenant.id,
            SETTINGS,
            tenant.path,
            before=database.raw_many([tenant.path])[0] or {},
            after=encode(after),
            actor=actor,
            now=now,
        )
        writes += [after, *seen]
    path = f"tenants/{tenant.id}/mailboxes/{mailbox_id(sender.mailbox)}"
    record = database.get(path, MailboxRecord)
    # One that was never heard is begun by the next sweep, which looks up its place in the history too.
    if record is not None and record.status is not MailboxStatus.CONNECTED:
        writes.append(record.but(status=MailboxStatus.CONNECTED, reason="", updated_at=now))
    return writes


def _audit(
    tenant: Tenant, sender: Sender, kind: str, after: str, *, actor: str, why: str, now: datetime
) -> AuditEntry:
    return AuditEntry.of(
        tenant=tenant.id,
        kind=kind,
        subject=mailbox_id(sender.mailbox),
        actor=actor,
        reason=why,
        before=sender.connection.value,
        after=after,
        at=now,
    )
