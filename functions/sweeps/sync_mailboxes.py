"""Every five minutes, and when a push tells of one mailbox: hear what came in."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.hearing import hear
from shared.runtime.mailboxes import Mailboxes
from shared.runtime.wire.feed import feed_of


@sweep
def sync_mailboxes(call: Call) -> Mapping[str, object]:
    asked = call.payload
    mailboxes = Mailboxes(call.world, feed_of, asked.get("tenant"), asked.get("mailbox"))
    return hear(mailboxes, call.trace_id)
