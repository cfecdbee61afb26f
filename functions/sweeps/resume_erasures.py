"""Every ten minutes: go on with erasures that something was in the way of, and look again at those that are done."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.erasures import resume_all


@sweep
def resume_erasures(call: Call) -> Mapping[str, object]:
    return resume_all(call.world)
