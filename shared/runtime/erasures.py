"""Goes on with erasures: wires them to mailboxes and the CRM, and says what is late (P12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared.connectors.gmail import SCOPES, GmailMailbox
from shared.connectors.hubspot_engagements import MAILS, NOTES, TASKS
from shared.connectors.hubspot_erasure import HubSpotErasure
from shared.errors import Failure, Permanent
from shared.jobs.erasure import CopyKind, Erasure, ErasureState, VendorCopy
from shared.jobs.mailbox import mailbox_id
from shared.operators.erasing import erase, is_late
from shared.ports.mailbox import Mailbox
from shared.runtime.logs import log
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.wire.vendors import google_http, hubspot_http
from shared.runtime.world import World
from shared.store.collections import StoredTenants
from shared.store.database import Changed
from shared.store.erasing import due_erasures

RUN = timedelta(minutes=4)
"""How long one run of the sweep works; the next one goes on where it stopped."""

_CRM_TYPES = {CopyKind.CRM_NOTE: NOTES, CopyKind.CRM_TASK: TASKS, CopyKind.CRM_MAIL: MAILS}


class StoredCopies:
    """What we made at the vendors of one tenant."""

    def __init__(self, world: World, tenant: str) -> None:
        self._world = world
        self._tenant = tenant

    def delete(self, copy: VendorCopy) -> int:
        """Delete it for good; how many there were."""
        if copy.kind is CopyKind.GMAIL_DRAFT:
            return self._draft(copy)
        crm = HubSpotErasure(hubspot_http(self._world, self._tenant))
        if copy.kind is CopyKind.CRM_CONTACT:
            return int(crm.erase_contact(copy.id))
        type_ = _CRM_TYPES[copy.kind]
        gone = int(bool(copy.id) and crm.delete(type_, copy.id))
        # A stage that died may have made one whose id nobody wrote down.
        there = crm.find(type_, copy.place, copy.marker) if not gone and copy.place else None
        return gone + int(there is not None and crm.delete(type_, there))

    def _draft(self, copy: VendorCopy) -> int:
        mailbox = self._mailbox(copy.place)
        gone = int(bool(copy.id) and mailbox.delete_draft(copy.id))
        there = mailbox.find_draft(copy.marker) if not gone else None
        return gone + int(there is not None and mailbox.delete_draft(there.id))

    def _mailbox(self, place: str) -> Mailbox:
        tenant = StoredTenants(self._world.database).get(self._tenant)
        for sender in tenant.senders.values():
            if mailbox_id(sender.mailbox) == place:
                box, way = sender.mailbox, sender.connection
                return GmailMailbox(google_http(self._world, tenant.id, "gmail", box, SCOPES, way))
        raise Permanent(
            "the draft's mailbox is no longer one of the tenant's senders; add it, or delete it by hand"
        )


@dataclass
class Resumed:
    """What one run of the sweep did, by number of erasures."""

    begun: int = 0
    done: int = 0
    unfinished: int = 0
    failed: int = 0


def go_on(world: World, erasure: Erasure, *, until: datetime | None = None) -> Erasure:
    """Go on with one erasure. Errors: Failure, Changed, Unreachable: what was done stands."""
    return erase(
        world.database,
        erasure,
        vendors=StoredCopies(world, erasure.tenant),
        key_of=partial(address_key_of, world),
        clock=world.clock,
        until=until,
    )


def resume_all(world: World) -> Mapping[str, object]:
    """Go on with every erasure that is due; one that fails keeps no other waiting."""
    resumed = Resumed()
    until = world.clock() + RUN
    for erasure in due_erasures(world.database, world.clock()):
        if world.clock() >= until:
            break
        resumed.begun += 1
        after = _resumed(world, erasure, until)
        resumed.failed += after is None
        _tell(world, after or erasure, resumed)
    log(
        "swept",
        kind="resume_erasures",
        begun=resumed.begun,
        unfinished=resumed.unfinished,
        failed=resumed.failed,
    )
    return vars(resumed)


def _resumed(world: World, erasure: Erasure, until: datetime) -> Erasure | None:
    try:
        return go_on(world, erasure, until=until)
    except Changed:
        # Somebody goes on with it by hand at this moment.
        return None
    except Failure as error:
        log("erasure_failed", "ERROR", tenant=erasure.tenant, kind=error.kind, reason=error.reason)
        return None


def _tell(world: World, erasure: Erasure, resumed: Resumed) -> None:
    if erasure.state is ErasureState.DONE:
        resumed.done += 1
        # Kept with the logs, outside of the database: a restore from a backup is followed by these again.
        log("person_erased", "NOTICE", tenant=erasure.tenant, document=erasure.path)
        return
    if erasure.state is ErasureState.BEGUN:
        resumed.unfinished += 1
    if is_late(erasure, world.clock()):
        log("erasure_late", "ERROR", tenant=erasure.tenant, document=erasure.path, reasons=erasure.left)
