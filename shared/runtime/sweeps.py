"""What sweeps say when they are done."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Failure
from shared.intake.poll_forms import Polled
from shared.jobs.tenant import Tenant
from shared.runtime.logs import log


def report_poll(tenant: Tenant, error: Failure) -> None:
    """One tenant's vendor failed; the others go on, and the next run reads on from the same place."""
    log("poll_failed", "ERROR", tenant=tenant.id, kind=error.kind, reason=error.reason)


def polled(found: Polled) -> Mapping[str, object]:
    """The numbers of one run, logged and answered."""
    log("swept", kind="poll_forms", **{name: number for name, number in vars(found).items() if number})
    return vars(found)
