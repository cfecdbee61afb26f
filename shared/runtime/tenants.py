"""The tenants that a sweep goes through."""

from __future__ import annotations

from shared.jobs.tenant import Tenant
from shared.runtime.logs import log
from shared.runtime.world import World
from shared.store.collections import all_tenants


def readable_tenants(world: World, *, only: str | None = None) -> list[Tenant]:
    """Every tenant, or the one named; settings that do not fit keep nobody else waiting, and are reported."""
    unreadable: list[str] = []
    found = [
        tenant for tenant in all_tenants(world.database, passed_by=unreadable) if only in (None, tenant.id)
    ]
    for path in unreadable:
        log(
            "settings_garbage",
            "ALERT",
            document=path,
            detail="the settings do not fit; mend them in Firestore",
        )
    return found
