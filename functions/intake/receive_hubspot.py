"""HubSpot's webhooks come in here."""

from shared.intake.receive_hubspot import receive_hubspot as receive
from shared.ports.door import Reply
from shared.runtime.entry import Call, webhook
from shared.runtime.inbox import FormInbox
from shared.runtime.wire.door import door


@webhook
def receive_hubspot(call: Call) -> Reply:
    return receive(
        call.post,
        door=door(call.world),
        inbox=FormInbox(call.world, call.trace_id),
        now=call.now,
        trace_id=call.trace_id,
    )
