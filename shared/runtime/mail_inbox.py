"""Where the mails of one mailbox become jobs: event, job and its first `next` in one batch, or none of them."""

from __future__ import annotations

from datetime import datetime

from shared.errors import Permanent
from shared.jobs import moves
from shared.jobs.event import KEPT, Event, EventStatus, event_id
from shared.jobs.facts import Sender
from shared.jobs.job import Job, Kind, Priority
from shared.jobs.mail import HeardMail
from shared.jobs.mailbox import MailboxRecord, mailbox_id
from shared.jobs.playbooks import PLAYBOOKS
from shared.jobs.tenant import Tenant
from shared.jobs.thread import FollowedThread, followed_id
from shared.ports.inbox import Accepted
from shared.runtime.acceptance import accept_once
from shared.runtime.logs import log
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.world import World
from shared.store.due import has_job

SOURCE = "gmail"
UNKNOWN = "unknown"
"""The contact of a mail whose sender could not be told yet: the stage that reads it finds out."""


class MailInbox:
    """The inbox of one mailbox; `via` says how we came to look: push or sweep."""

    def __init__(self, world: World, tenant: Tenant, sender: Sender, *, via: str, trace_id: str) -> None:
        self._world = world
        self._tenant = tenant
        self._sender = sender
        self._via = via
        self._trace_id = trace_id

    def is_ours(self, address: str) -> bool:
        return address.lower() in self._tenant.senders

    def follows(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        path = f"tenants/{self._tenant.id}/threads/{followed_id(mailbox, thread_id)}"
        try:
            return self._world.database.get(path, FollowedThread)
        except Permanent as error:
            # One document that cannot be understood must not keep the whole mailbox from being heard (P7).
            log("thread_garbage", "ERROR", document=path, reason=error.reason)
            return None

    def knows(self, address: str) -> bool:
        key = address_key_of(self._world, address)
        # Only whether it is there: one that cannot be understood is the job's to stumble over, not the mailbox's.
        if self._world.database.raw_many([f"tenants/{self._tenant.id}/contacts/{key}"])[0] is not None:
            return True
        # A lead is a contact only once the CRM was asked, and may write before that. Whoever wrote into a thread
        # that we follow is not known by that alone.
        return has_job(self._world.database, self._tenant.id, key, Kind.FOLLOWUP)

    def hears(self, address: str, at: datetime) -> bool:
        path = f"tenants/{self._tenant.id}/mailboxes/{mailbox_id(address)}"
        try:
            record = self._world.database.get(path, MailboxRecord)
        except Permanent:
            return False
        # One that has to be connected again hears its copy then: a second job here would answer the mail twice.
        return record is not None and record.heard_since <= at

    def hear(self, mail: HeardMail, followed: FollowedThread | None) -> Accepted:
        """Write event and job once. Errors: Unreachable when it is unknown whether they were written."""
        now = self._world.clock()
        id_ = event_id(SOURCE, mailbox_id(mail.mailbox), mail.message_id)
        event = Event(
            id=id_,
            tenant=self._tenant.id,
            source=SOURCE,
            via=self._via,
            status=EventStatus.ACCEPTED,
            job_id=f"job-{id_}",
            payload=mail.model_dump(mode="json"),
            received_at=now,
            expire_at=now + KEPT,
        )
        accepted = accept_once(self._world, event, self._job(event, mail, followed))
        log(
            "mail_known" if accepted.duplicate else "mail_accepted",
            trace_id=self._trace_id,
            project=self._world.settings.project,
            event_id=event.id,
            tenant=event.tenant,
            job=accepted.job_id,
            via=self._via,
        )
        return accepted

    def _job(self, event: Event, mail: HeardMail, followed: FollowedThread | None) -> Job:
        now = self._world.clock()
        contact = followed.contact_id if followed else UNKNOWN
        job = Job(
            id=event.job_id or "",
            tenant=self._tenant.id,
            kind=Kind.REPLY,
            priority=Priority.URGENT,
            contact_id=address_key_of(self._world, mail.sender) if mail.sender else contact,
            address=mail.sender,
            event_ids=(event.id,),
            trace_id=self._trace_id,
            created_at=now,
            updated_at=now,
            stage=PLAYBOOKS[Kind.REPLY].first,
            sender=self._sender,
            mails=(mail,),
        )
        return moves.begun(job, self._world.settings.routing, now)
