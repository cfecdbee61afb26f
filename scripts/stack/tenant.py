"""The documents and secrets of a local stack's tenant, as an operator would have set them up."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox import world as vendors_world
from shared.jobs.facts import Sender
from shared.jobs.route import TenantRoute, route_id
from shared.jobs.tenant import Form, Tenant
from shared.store.database import Changed, Database

TENANT = "default"
OWN_KEYS = ("address-key", "opt-out-key")
"""Keys that no vendor gives: contacts are kept, and mails sent, under them."""
FLAGS = {"kill_switch": False, "mode": "DRAFT_ONLY", "features": {}}

FACTS = (
    "Brightpath shows every shipment, invoice and stock level of a business on one screen.",
    "Brightpath connects to existing ERP and warehouse systems without replacing them.",
    "Customers usually see their first live dashboard within two weeks.",
    "Brightpath keeps all customer data in the European Union or the United States, as the customer chooses.",
    "Every customer has a named onboarding engineer.",
)


def secrets_of(credentials: Mapping[str, Any]) -> dict[str, str]:
    """The secrets by name, from the sandbox's credentials; our own keys are new."""
    return {
        "hubspot-client-secret": credentials["hubspot_webhook_secret"],
        f"hubspot-service-key-{TENANT}": credentials["hubspot_service_key"],
        f"gmail-delegation-{TENANT}": json.dumps(credentials["google_service_account"]),
        "gmail-oauth-client": json.dumps(credentials["google_oauth_client"]),
        **{name: secrets.token_hex(32) for name in OWN_KEYS},
        "openai-api-key": credentials["openai_api_key"],
    }


def settings() -> Tenant:
    """The tenant that the sandbox's world belongs to."""

    def sender(address: str, name: str, title: str, zone: str) -> Sender:
        return Sender(
            mailbox=address,
            name=name,
            title=title,
            company="Brightpath",
            time_zone=zone,
            signature=f"{name}\n{title}, Brightpath",
            postal_address="Brightpath, Calle de Alcalá 45, 28014 Madrid",
            unsubscribe_line='Reply with "stop" and you will not hear from us again.',
            facts=FACTS,
        )

    isabel, marcus = vendors_world.ISABEL, vendors_world.MARCUS
    return Tenant(
        id=TENANT,
        portal_ids=(vendors_world.PORTAL,),
        forms={
            vendors_world.DEMO_FORM: Form(name="Request a demo", subject="a demo"),
            vendors_world.CONTACT_FORM: Form(name="Contact us", subject="your question"),
        },
        default_sender=isabel,
        senders={
            isabel: sender(isabel, "Isabel Perez", "Account Executive", "Europe/Madrid"),
            marcus: sender(marcus, "Marcus Lenzi", "Account Executive", "America/New_York"),
        },
        protected_names=("Northgate Bank", "Lumen Clinics"),
        stage_property="funding_stage",
    )


def seed(database: Database, wanted: Tenant | None = None) -> None:
    """Create what is missing of a tenant, the sandbox's by default; what is there stays as it is."""
    tenant = wanted or settings()
    for document in (
        tenant,
        *(TenantRoute(id=route_id("portal", portal), tenant=TENANT) for portal in tenant.portal_ids),
    ):
        try:
            database.commit([document])
        except Changed:
            continue
    for path in ("control/flags", f"tenants/{TENANT}/control/flags"):
        reference = database.client.document(path)
        if not reference.get().exists:
            reference.set(FLAGS)


def change(database: Database, changed: Callable[[Tenant], Tenant]) -> Tenant:
    """Change the tenant's settings as an operator would, with routes for the portals that are new."""
    current = database.get(f"tenants/{TENANT}", Tenant)
    if current is None:
        raise LookupError("the tenant has no settings; seed it first")
    tenant = changed(current)
    if tenant != current:
        database.commit([tenant])
    seed(database, tenant)
    return tenant
