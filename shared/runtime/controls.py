"""The two control documents that operators flip by hand; what cannot be understood means stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.jobs.rules import Controls
from shared.policy.flags import read_controls
from shared.runtime.logs import log
from shared.runtime.settings import Settings


def control_paths(tenant: str) -> tuple[str, str]:
    """Where the global and the tenant's control documents are."""
    return "control/flags", f"tenants/{tenant}/control/flags"


def understand(
    settings: Settings, everyone: Mapping[str, Any] | None, tenant: Mapping[str, Any] | None
) -> Controls:
    """Both documents together, under the environment's ceiling."""
    return read_controls(everyone, tenant, ceiling=settings.mode_ceiling.value)


def report_garbage(controls: Controls, tenant: str) -> None:
    """One alert for each value that could not be understood; an alert policy listens for the event."""
    for line in controls.garbage:
        log("control_garbage", "ALERT", tenant=tenant, detail=line)
