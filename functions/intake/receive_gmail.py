"""Gmail's pushes come in here."""

from shared.runtime.entry import Call, Message, subscriber
from shared.runtime.pushes import push_received


@subscriber
def receive_gmail(message: Message, call: Call) -> None:
    push_received(call.world, message, call.trace_id)
