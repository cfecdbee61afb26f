"""HubSpot as the CRM of the job's tenant."""

from __future__ import annotations

from shared.connectors.hubspot import CompanyProperties, HubSpotCrm
from shared.jobs.tenant import Tenant
from shared.ports.crm import Crm
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import hubspot_http
from shared.runtime.world import World


def crm(run: Run, tenant: Tenant | None = None) -> Crm:
    """The CRM; with the tenant's settings it knows which properties feed the guardrails."""
    return crm_of(run.world, run.tenant, tenant)


def crm_of(world: World, tenant_id: str, tenant: Tenant | None = None) -> Crm:
    """The same, outside of a job."""
    named = (
        CompanyProperties(tenant.industry_property, tenant.stage_property, tenant.employees_property)
        if tenant
        else None
    )
    return HubSpotCrm(hubspot_http(world, tenant_id), company_properties=named)
