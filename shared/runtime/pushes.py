"""What a push of Gmail's starts: one look at the mailbox that it names."""

from __future__ import annotations

from shared.intake.receive_gmail import mailbox_named
from shared.jobs.route import TenantRoute
from shared.runtime.entry import Message
from shared.runtime.logs import log
from shared.runtime.sync_soon import sync_soon
from shared.runtime.world import World
from shared.strict_json import Unreadable


def push_received(world: World, message: Message, trace_id: str) -> None:
    """Have the mailbox looked at. Errors: Unreadable for what is no push, Retryable when no task can be made."""
    try:
        mailbox = mailbox_named(message.data)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    route = world.database.get(f"routes/{mailbox}", TenantRoute)
    if route is None:
        # A mailbox that was taken out of the settings is told of until its watch ends.
        log("push_unrouted", "WARNING", mailbox=mailbox)
        return
    sync_soon(world, route.tenant, mailbox, trace_id=trace_id)
