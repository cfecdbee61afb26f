"""The decorator that makes a stage a Cloud Function."""

from __future__ import annotations

from typing import Any

from shared.ports.door import Reply
from shared.runtime.entry import Call, Entry, entry
from shared.runtime.logs import log
from shared.runtime.stage_run import Publish, Stage, StageRun


def stage(function: Stage | None = None, *, outward: bool = False, publish: Publish | None = None) -> Any:
    """A stage, called by Cloud Tasks with `{tenant, job, stage, epoch}`.

    `outward`: it has one effect on the world, and its intent is recorded first. `publish`: it announces
    domain events.
    """

    def decorate(step: Stage) -> Entry:
        name = getattr(step, "__name__", "")

        def run(call: Call) -> Reply:
            task = call.payload
            tenant, job_id, epoch = task.get("tenant"), task.get("job"), task.get("epoch")
            if not isinstance(tenant, str) or not isinstance(job_id, str) or not isinstance(epoch, int):
                # No retry can mend it, so it is acknowledged; the job itself is found by the sweep.
                log("task_unreadable", "ERROR", function=name)
                return Reply(200, {"status": "unreadable"})
            answer = StageRun(call.world, name, step, outward=outward, publish=publish)(tenant, job_id, epoch)
            return Reply(answer.status, {"status": answer.outcome})

        return entry(step, run, public=False)

    return decorate if function is None else decorate(function)
