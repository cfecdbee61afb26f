"""The look at every document that operators edit by hand: each edit is audited once, garbage is alerted (P8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.errors import Failure
from shared.jobs import audit
from shared.jobs.audit import AuditEntry
from shared.jobs.document import Document
from shared.jobs.quota import Quota, periods, read_quota
from shared.jobs.tenant import Tenant
from shared.jobs.watched import FLAGS, GUARDRAILS, QUOTAS, SETTINGS, Watched, watched_path
from shared.operators.flags import control_document
from shared.operators.quotas import quota_subject, watched_quota
from shared.operators.watching import EDITED, KINDS, WITHHELD
from shared.policy.control_changes import Change, changes, safe_name, seen_fields
from shared.policy.flags import read_controls
from shared.policy.guardrails import read_guardrails
from shared.policy.limits import DEFAULTS
from shared.runtime.logs import log
from shared.runtime.world import World
from shared.store.collections import raw_guardrails, tenants_with_documents
from shared.store.database import Changed

_SOUND: Mapping[str, object] = {"kill_switch": True, "mode": "DRAFT_ONLY"}


@dataclass
class Looked:
    """What one look found."""

    seen: int = 0
    """Groups of documents that were compared."""
    changes: int = 0
    garbage: int = 0
    failed: int = 0
    left_alone: int = 0
    """Groups that somebody else wrote at this moment: the next look compares them."""


def watch_all(world: World) -> Mapping[str, object]:
    """Compare every control, guardrail, quota and settings document with what was seen last."""
    looked = Looked()
    watch = _Watch(world, looked)
    # What was seen is read before what is there: an operation that changes both in between is not reported twice.
    known = world.database.get(watched_path("", FLAGS), Watched)
    everyone = world.database.raw_many([control_document(None)])[0]
    watch.compare(known, "", FLAGS, _present(control_document(None), everyone))
    watch.garbage("", read_controls(everyone, _SOUND, ceiling="SEND_ALLOWED").garbage)
    for tenant_id in tenants_with_documents(world.database):
        try:
            watch.tenant(tenant_id)
        except Failure as error:
            # One tenant's documents that cannot be read keep no other's from being watched.
            log("control_unwatched", "ERROR", tenant=tenant_id, kind=error.kind, reason=error.reason)
            looked.failed += 1
    log("swept", kind="watch_controls", **{name: number for name, number in vars(looked).items() if number})
    return vars(looked)


def _present(path: str, document: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {} if document is None else {path: document}


class _Watch:
    """One look, at one group of documents after the other."""

    def __init__(self, world: World, looked: Looked) -> None:
        self._world = world
        self._database = world.database
        self._looked = looked

    def tenant(self, tenant: str) -> None:
        """Everything that a tenant's operators edit by hand."""
        groups = (FLAGS, SETTINGS, GUARDRAILS, QUOTAS)
        paths = [watched_path(tenant, group) for group in groups]
        known = dict(zip(groups, self._database.get_many(paths, Watched), strict=True))
        flags_path, settings_path = control_document(tenant), f"tenants/{tenant}"
        flags, settings = self._database.raw_many([flags_path, settings_path])
        if settings is None and known[SETTINGS] is None:
            return  # Nobody has made this a tenant yet: what lies below does nothing.
        self.compare(known[FLAGS], tenant, FLAGS, _present(flags_path, flags))
        self.garbage(tenant, read_controls(_SOUND, flags, ceiling="SEND_ALLOWED").garbage)
        self.compare(known[SETTINGS], tenant, SETTINGS, _present(settings_path, settings))
        guardrails = raw_guardrails(self._database, tenant)
        named = {f"guardrails/{id_}": document for id_, document in guardrails.items()}
        self.compare(known[GUARDRAILS], tenant, GUARDRAILS, named)
        self.garbage(tenant, read_guardrails(guardrails)[1])
        if settings is None:
            self._unfit(settings_path, "the settings are gone; restore them, or add the tenant again")
            return
        try:
            read = Tenant.model_validate(settings)
        except ValidationError:
            self._unfit(settings_path, "the settings do not fit; mend them")
            return
        if read.path != settings_path:
            # As with settings copied by hand: nobody takes them, and its quotas would be another tenant's.
            self._unfit(settings_path, f"id is {read.id!r}: it must be {tenant!r}, as the document is named")
            return
        self._quotas(known[QUOTAS], read)

    def _unfit(self, path: str, detail: str) -> None:
        log("settings_garbage", "ALERT", document=path, detail=detail)
        self._looked.garbage += 1

    def _quotas(self, known: Watched | None, tenant: Tenant) -> None:
        """The day and the week of each mailbox; others' limits count no more, or not yet."""
        now = self._world.clock()
        wanted = [
            (period, limit)
            for mailbox in sorted(tenant.senders)
            for period, limit in zip(
                periods(tenant.id, tenant.time_zone, mailbox, now),
                (tenant.sends_a_day, tenant.sends_a_week),
                strict=True,
            )
        ]
        raw = self._database.raw_many([period.path for period, _ in wanted])
        quotas = [read_quota(period, one, limit) for (period, limit), one in zip(wanted, raw, strict=True)]
        present = {
            quota_subject(quota.period): watched_quota(one) for quota, one in zip(quotas, raw, strict=True)
        }
        # A period that has just begun had no limit of its own; one that is over does not matter any more.
        held = known.documents if known is not None else {}
        before = {name: held.get(name, {}) for name in present}
        self.garbage(tenant.id, [line for quota in quotas for line in quota.garbage])
        near = {
            quota_subject(quota.period): quota
            for quota in quotas
            if quota.is_near_end(DEFAULTS.quota_near_share)
        }
        for name in sorted(set(near) - set(known.near if known is not None else ())):
            self._near(tenant.id, near[name])
        self.compare(known, tenant.id, QUOTAS, present, before=before, near=tuple(sorted(near)))

    def compare(
        self,
        known: Watched | None,
        tenant: str,
        group: str,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        before: Mapping[str, Mapping[str, str]] | None = None,
        near: tuple[str, ...] = (),
    ) -> None:
        """Audit what changed in the commit that notes it as seen; the first look at a group is its baseline.

        `before` is what it is compared with, where that is not just what was seen last.
        """
        self._looked.seen += 1
        now = self._world.clock()
        hidden = WITHHELD.get(group, frozenset())
        present = {name: seen_fields(each, withheld=hidden) for name, each in documents.items()}
        fresh = Watched(tenant=tenant, group=group, documents=present, near=near, seen_at=now)
        if known is None:
            self._commit([fresh])
            return
        made = changes(known.documents if before is None else before, present)
        if not known.untold and (known.documents, known.near) == (present, near):
            return
        for told in known.untold:
            self._tell(tenant, group, told.document, told.field, (told.before, told.after), told.actor)
        for change in made:
            self._tell(tenant, group, change.document, change.field, change.said, audit.BY_CONSOLE)
        if self._commit([fresh.read_at(known.version), *(self._entry(tenant, group, one) for one in made)]):
            self._looked.changes += len(made)

    def garbage(self, tenant: str, lines: Sequence[str]) -> None:
        """One alert for each value that could not be understood, again with every look until it is mended."""
        for line in lines:
            log("control_garbage", "ALERT", tenant=tenant, detail=line)
        self._looked.garbage += len(lines)

    def _near(self, tenant: str, quota: Quota) -> None:
        log(
            "quota_near_end",
            "WARNING",
            tenant=tenant,
            document=quota_subject(quota.period),
            detail=f"{quota.counted} of {quota.limit} of {quota.period.name} are sent or on their way",
        )

    def _tell(
        self, tenant: str, group: str, document: str, field: str, said: tuple[str, str], actor: str
    ) -> None:
        # Before the commit: after a crash it is rather said twice than never.
        log(
            "control_changed",
            "NOTICE",
            tenant=tenant,
            kind=group,
            document=document,
            field=field or "document",
            detail=f"{said[0]} → {said[1]}",
            source=actor,
        )

    def _entry(self, tenant: str, group: str, change: Change) -> AuditEntry:
        before, after = change.said
        return AuditEntry.of(
            tenant=tenant,
            kind=KINDS[group],
            subject=safe_name(change.document),
            actor=audit.BY_CONSOLE,
            reason=EDITED,
            before=before,
            after=after,
            at=self._world.clock(),
        )

    def _commit(self, documents: Sequence[Document]) -> bool:
        try:
            self._database.commit(documents)
        except Changed:
            # An operation or another look was there first: what is still different is seen next time.
            self._looked.left_alone += 1
            return False
        return True
