"""The submissions of HubSpot's forms, as a poll reads them."""

from __future__ import annotations

from shared.connectors.hubspot_forms import HubSpotForms
from shared.jobs.tenant import Tenant
from shared.ports.forms import Forms
from shared.runtime.wire.vendors import hubspot_http
from shared.runtime.world import World


def forms(world: World, tenant: Tenant) -> Forms:
    """The submissions of a tenant's forms."""
    return HubSpotForms(hubspot_http(world, tenant.id), next(iter(tenant.portal_ids), ""))
