"""Every two minutes: find jobs whose task was lost or died, and dead letters that are due."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.publish import publish
from shared.runtime.repair import requeue_stuck as repair


@sweep
def requeue_stuck(call: Call) -> Mapping[str, object]:
    return vars(repair(call.world, publish))
