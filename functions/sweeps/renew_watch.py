"""Daily: have Gmail go on telling us what comes in."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.mailboxes import Mailboxes
from shared.runtime.watches import renew_all
from shared.runtime.wire.feed import feed_of


@sweep
def renew_watch(call: Call) -> Mapping[str, object]:
    return renew_all(Mailboxes(call.world, feed_of))
