"""Have a function called soon, once for all who ask for the same within a stretch of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.runtime.queue import task_queue

if TYPE_CHECKING:
    from shared.runtime.world import World


def call_once_a_slot(
    world: World, function: str, payload: Mapping[str, str], *, slot_s: int, trace_id: str
) -> None:
    """Have a function called with this payload at the end of this stretch of time, once for all who ask in it.

    At its end, because a call within the stretch could have been over before somebody else asked.
    Errors: Retryable.
    """
    now = world.clock()
    slot = int(now.timestamp()) // slot_s
    task_queue(world).call_at(
        function,
        payload,
        due=datetime.fromtimestamp((slot + 1) * slot_s, UTC),
        key=f"{sorted(payload.items())}/{slot}",
        trace_id=trace_id,
    )
