"""The daily archive of the audit: of what concerns everybody, and of each tenant."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Failure
from shared.operators.archiving import Archived, archive_audit
from shared.operators.audit_verifying import EVERYONE
from shared.runtime.logs import log
from shared.runtime.tenants import readable_tenants
from shared.runtime.wire.archive import archive
from shared.runtime.world import World


def archive_all(world: World) -> Mapping[str, object]:
    """Keep every day that is over; a tenant that fails does not keep the others waiting."""
    try:
        kept_in = archive(world)
    except Failure as error:
        log("archive_failed", "ERROR", kind=error.kind, reason=error.reason)
        return {"failed": 1}
    if kept_in is None:
        return {"off": True}
    done, failed = Archived(), 0
    for tenant in (EVERYONE, *(tenant.id for tenant in readable_tenants(world))):
        try:
            one = archive_audit(world.database, kept_in, tenant, now=world.clock())
        except Failure as error:
            failed += 1
            log("archive_failed", "ERROR", tenant=tenant, kind=error.kind, reason=error.reason)
            continue
        for name in one.differing:
            log("archive_differs", "ALERT", tenant=tenant, document=name)
        done.days += one.days
        done.entries += one.entries
        done.differing += one.differing
    log("swept", kind="archive_audit", days=done.days, entries=done.entries, failed=failed)
    return {"days": done.days, "entries": done.entries, "differing": done.differing, "failed": failed}
