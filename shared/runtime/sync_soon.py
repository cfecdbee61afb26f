"""Have one mailbox looked at within seconds, once for all who ask in that time."""

from __future__ import annotations

from shared.runtime.once_a_slot import call_once_a_slot
from shared.runtime.world import World

SYNC = "sync_mailboxes"
PUSH_SLOT_S = 5
"""Pushes for one mailbox within this time ask for one look at it."""


def sync_soon(world: World, tenant: str, mailbox: str, *, trace_id: str) -> None:
    """Put the task on its queue. Errors: Retryable."""
    payload = {"tenant": tenant, "mailbox": mailbox}
    call_once_a_slot(world, SYNC, payload, slot_s=PUSH_SLOT_S, trace_id=trace_id)
