"""HubSpot as the CRM of the job's tenant."""

from __future__ import annotations

from shared.connectors.hubspot import CompanyProperties, HubSpotCrm
from shared.jobs.tenant import Tenant
from shared.ports import Crm
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import hubspot_http


def crm(run: Run, tenant: Tenant | None = None) -> Crm:
    """The CRM; with the tenant's settings it knows which properties feed the guardrails."""
    named = (
        CompanyProperties(tenant.industry_property, tenant.stage_property, tenant.employees_property)
        if tenant
        else None
    )
    return HubSpotCrm(hubspot_http(run.world, run.tenant), company_properties=named)
