"""Every five minutes: see what people did with our drafts in Gmail."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.handled_drafts import watch_all


@sweep
def watch_drafts(call: Call) -> Mapping[str, object]:
    return watch_all(call.world)
