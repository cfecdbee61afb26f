"""The documents of the job's tenant, and the rules that its contact is judged by."""

from __future__ import annotations

from shared.jobs.contact import Contact
from shared.jobs.rules import Controls, Rules, Suppression
from shared.jobs.tenant import Tenant
from shared.policy.flags import stopped_by
from shared.policy.guardrails import read_guardrails
from shared.runtime.controls import control_paths, report_garbage, understand
from shared.runtime.stage_run import Run
from shared.store.collections import (
    StoredCompanies,
    StoredContacts,
    StoredDrafts,
    StoredJobs,
    StoredSuppressions,
    StoredTenants,
    StoredThreads,
    raw_guardrails,
)


def drafts(run: Run) -> StoredDrafts:
    """The tenant's drafts."""
    return StoredDrafts(run.world.database, run.tenant)


def contacts(run: Run) -> StoredContacts:
    """The tenant's contacts."""
    return StoredContacts(run.world.database, run.tenant)


def jobs(run: Run) -> StoredJobs:
    """The tenant's jobs."""
    return StoredJobs(run.world.database, run.tenant)


def suppressions(run: Run) -> StoredSuppressions:
    """The tenant's suppressions."""
    return StoredSuppressions(run.world.database, run.tenant)


def companies(run: Run) -> StoredCompanies:
    """The tenant's companies."""
    return StoredCompanies(run.world.database, run.tenant)


def threads(run: Run) -> StoredThreads:
    """The threads that the tenant follows."""
    return StoredThreads(run.world.database, run.tenant)


def tenant(run: Run) -> Tenant:
    """The tenant's settings."""
    return StoredTenants(run.world.database).get(run.tenant)


def controls(run: Run) -> Controls:
    """Kill switch, mode and rollouts, read now."""
    everyone, own = run.world.database.raw_many(control_paths(run.tenant))
    return understand(run.world.settings, everyone, own)


def rules(run: Run) -> Rules:
    """Controls, guardrails, suppression and contact, read now; garbage stops, and is reported."""
    database = run.world.database
    here = f"tenants/{run.tenant}"
    guardrails, garbage = read_guardrails(raw_guardrails(database, run.tenant))
    stopped = stopped_by(controls(run), garbage)
    report_garbage(stopped, run.tenant)
    return Rules(
        tenant=tenant(run),
        controls=stopped,
        guardrails=guardrails,
        suppression=database.get(f"{here}/suppressions/{run.job.contact_id}", Suppression),
        contact=database.get(f"{here}/contacts/{run.job.contact_id}", Contact),
    )
