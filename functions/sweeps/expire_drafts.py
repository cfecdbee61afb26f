"""End drafts that nobody decided about in time."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.expiring import expire_drafts as expire
from shared.runtime.publish import publish


@sweep
def expire_drafts(call: Call) -> Mapping[str, object]:
    return expire(call.world, publish)
