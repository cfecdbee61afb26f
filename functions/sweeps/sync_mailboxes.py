"""Every five minutes, and when a push tells of one mailbox: hear what came in."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.mailboxes import Mailboxes
from shared.runtime.wire.feed import feed_of


@sweep
def sync_mailboxes(call: Call) -> Mapping[str, object]:
    asked = call.payload
    return Mailboxes(
        call.world,
        feed_of,
        call.trace_id,
        only_tenant=asked.get("tenant"),
        only_mailbox=asked.get("mailbox"),
    ).sync()
