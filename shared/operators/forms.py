"""The allowlist of forms: which submissions are taken, and what each form is about."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.audit import SETTINGS_CHANGED, AuditEntry
from shared.jobs.tenant import Form, Tenant
from shared.jobs.watched import SETTINGS
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.versions import Stale, stale
from shared.operators.watching import brought_along
from shared.pattern import Pattern
from shared.store.database import Changed, Database, encode

_FORM = Pattern(r"[A-Za-z0-9-]{1,64}")
_MET = Stale("somebody else changed the settings at this moment", "look at them again, then decide again")


def allow_form(
    database: Database,
    tenant: str,
    form_id: str,
    form: Form,
    *,
    by: Operator,
    now: datetime,
    seen: str | None = None,
) -> Tenant | Refusal:
    """Take a form's submissions from now on, or change what is known of it. Errors: Unreachable, Permanent."""
    if not _FORM.fullmatch(form_id):
        return Refusal("the form's id is not letters, digits and dashes", "copy it from HubSpot")
    return _changed(database, tenant, form_id, form, by, now, seen)


def remove_form(
    database: Database, tenant: str, form_id: str, *, by: Operator, now: datetime, seen: str | None = None
) -> Tenant | Refusal:
    """Take no more submissions of a form. Errors: Unreachable, Permanent."""
    return _changed(database, tenant, form_id, None, by, now, seen)


def _changed(
    database: Database,
    tenant_id: str,
    form_id: str,
    form: Form | None,
    by: Operator,
    now: datetime,
    seen: str | None,
) -> Tenant | Refusal:
    denied = refuses(by, Role.ADMIN)
    if denied is not None:
        return denied
    tenant = database.get(f"tenants/{tenant_id}", Tenant)
    if tenant is None:
        return Missing(f"tenant {tenant_id} has no settings", "create it with `whisper tenant add`")
    outdated = stale(tenant.version, seen)
    if outdated is not None:
        return outdated
    known = tenant.forms.get(form_id)
    if form is None and known is None:
        return Missing(f"form {form_id} is not on the list", "list the forms to see which there are")
    forms = {id_: one for id_, one in tenant.forms.items() if id_ != form_id}
    changed = tenant.but(forms=forms if form is None else {**forms, form_id: form})
    audit = AuditEntry.of(
        tenant=tenant_id,
        kind=SETTINGS_CHANGED,
        subject=f"form-{form_id}",
        actor=by.name,
        reason="form allowlist",
        before=_told(known),
        after=_told(form),
        at=now,
    )
    followed = brought_along(
        database,
        tenant_id,
        SETTINGS,
        tenant.path,
        before=database.raw_many([tenant.path])[0] or {},
        after=encode(changed),
        actor=by.name,
        now=now,
    )
    try:
        database.commit([changed, audit, *followed])
    except Changed:
        return _MET
    # The version after the write is read, for the next change is made against it.
    return database.get(changed.path, Tenant) or changed


def _told(form: Form | None) -> str:
    if form is None:
        return "not allowed"
    return "allowed" if form.active else "paused"
