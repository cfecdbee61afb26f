"""Every minute: see what people changed by hand in controls, guardrails, quotas and settings."""

from collections.abc import Mapping

from shared.runtime.entry import Call, sweep
from shared.runtime.watching import watch_all


@sweep
def watch_controls(call: Call) -> Mapping[str, object]:
    return watch_all(call.world)
