"""The claim: one transaction that reads everything a send is judged by, and reserves it (P2 to P5, P9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared.errors import Permanent, Retryable
from shared.jobs import audit
from shared.jobs.audit import AuditHead, head_path, linked
from shared.jobs.claim import Claimed, Obstacle, Refused
from shared.jobs.company import CompanyRecord, company_path
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Claim, Draft, DraftState
from shared.jobs.quota import RESERVED, Quota, periods, read_quota
from shared.jobs.rules import Controls, Rules, Suppression
from shared.jobs.tenant import Tenant
from shared.policy.deciding import told
from shared.policy.flags import may_send, stopped_by
from shared.policy.guardrails import read_guardrails
from shared.policy.sending import Case, judge
from shared.runtime.controls import control_paths, report_garbage, understand
from shared.runtime.logs import log
from shared.runtime.stage_run import Run
from shared.store.database import Changed, Unreachable, encode, read

CLAIMED = "claimed for sending"


class StoredClaims:
    """The claims of one run of a job's stage."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._database = run.world.database

    def claim(self, draft: Draft) -> Claimed | Refused:
        """Claim it, in one transaction; asked again with the same draft it recognises its own claim."""
        # The job's epoch is this run's own: a rerun has another, and so another claim.
        claim_id = f"{self._run.job.id}-{self._run.job.epoch}"
        try:
            answer, controls = self._transacted(draft, claim_id)
        except (Unreachable, Changed):
            # Whether it was committed can be read: the transaction finds its own claim, or makes it now. Changed is
            # also said where Google's client sent a commit again of which it had heard nothing.
            try:
                answer, controls = self._transacted(draft, claim_id)
            except Changed:
                raise Retryable("the claim lost its race each time") from None
        report_garbage(controls, self._run.tenant)
        if isinstance(answer, Refused) and answer.obstacle is Obstacle.PAUSED:
            log(
                "send_paused",
                "WARNING",
                tenant=self._run.tenant,
                job=self._run.job.id,
                reasons=answer.reasons,
            )
        return answer

    def interrupted(self, draft: Draft) -> tuple[str, ...]:
        """What was committed since the claim that stops it: read between the mailbox and the send."""
        everyone, own, held = self._database.raw_many([*control_paths(draft.tenant), draft.path])
        controls = understand(self._run.world.settings, everyone, own)
        if not may_send(controls):
            return controls.reasons or ("sending is switched off",)
        if held is None or held.get("fence") != draft.fence:
            return ("a newer claim holds the draft",)
        return ()

    def _transacted(self, draft: Draft, claim_id: str) -> tuple[Claimed | Refused, Controls]:
        (answer, controls), version = self._database.transact(lambda tx: self._judged(tx, draft, claim_id))
        if isinstance(answer, Claimed) and version is not None:
            # What was written first is the draft; what it recognised as its own was read with its version.
            return Claimed(answer.draft.read_at(version), answer.contact), controls
        return answer, controls

    def _judged(self, transaction: Any, draft: Draft, claim_id: str) -> tuple[Claimed | Refused, Controls]:
        """Everything that it is judged by, read now, and what is written when it may go out."""
        try:
            seen = _Seen(self, transaction, draft)
        except _Garbage as error:
            return Refused(Obstacle.PAUSED, error.controls.reasons), error.controls
        current = seen.draft
        if current is None:
            return Refused(Obstacle.VOID, ("the draft is gone",)), seen.controls
        if current.claim is not None and current.claim.id == claim_id and seen.contact is not None:
            return Claimed(current, seen.contact), seen.controls
        if current.version != draft.version:
            raise Retryable("the draft was changed at this moment")
        again = current.state is DraftState.SENDING
        case = Case(
            job=self._run.job,
            draft=current,
            rules=seen.rules,
            company=seen.company,
            quotas=seen.quotas,
            now=self._run.world.clock(),
            again=again,
        )
        refused = judge(case)
        if refused is not None or seen.contact is None:
            return refused or Refused(Obstacle.VOID, ("the contact is gone",)), seen.controls
        claimed = self._claimed(current, claim_id, seen.quotas)
        reason = f"{CLAIMED}, fence {claimed.fence}"
        entry = told(audit.SEND_CLAIMED, current, claimed, actor=audit.BY_RULE, reason=reason, at=case.now)
        self._write(transaction, claimed, entry, seen.head, seen.quotas if not again else ())
        return Claimed(claimed, seen.contact), seen.controls

    def _claimed(self, draft: Draft, claim_id: str, quotas: tuple[Quota, ...]) -> Draft:
        now, held = self._run.world.clock(), draft.claim
        lease = timedelta(seconds=self._run.world.settings.intent_lease_s)
        intent = self._run.job.intents.get(self._run.job.stage)
        claim = Claim(
            id=claim_id,
            # Sent again, it is looked for from its first try on.
            at=held.at if held is not None else now,
            lease_until=intent.lease_until if intent is not None else now + lease,
            quotas=held.quotas if held is not None else tuple(quota.period.path for quota in quotas),
            looks=held.looks + 1 if held is not None else 0,
        )
        moved = draft if draft.state is DraftState.SENDING else draft.moved(DraftState.SENDING)
        return moved.but(fence=draft.fence + 1, claim=claim)

    def _write(
        self,
        transaction: Any,
        claimed: Draft,
        entry: audit.AuditEntry,
        head: AuditHead | None,
        quotas: tuple[Quota, ...],
    ) -> None:
        client = self._database.client
        final, following = linked(entry, head)
        transaction.update(client.document(claimed.path), encode(claimed))
        transaction.create(client.document(final.path), encode(final))
        self._put(transaction, following)
        for quota in quotas:
            counted = {RESERVED: quota.reserved + 1}
            transaction.set(client.document(quota.period.path), counted, merge=True)

    def _put(self, transaction: Any, document: Document) -> None:
        reference = self._database.client.document(document.path)
        if document.version is None:
            transaction.create(reference, encode(document))
        else:
            transaction.update(reference, encode(document))

    # What is read

    def snapshots(self, transaction: Any, paths: tuple[str, ...]) -> Mapping[str, Any]:
        """Documents by path, as of the transaction."""
        client = self._database.client
        references = [client.document(path) for path in paths]
        return {s.reference.path: s for s in client.get_all(references, transaction=transaction)}

    def guardrails(self, transaction: Any, tenant: str) -> Mapping[str, Mapping[str, Any]]:
        """The guardrail documents, as of the transaction."""
        stream = self._database.client.collection(f"tenants/{tenant}/guardrails").stream(
            transaction=transaction
        )
        return {snapshot.id: snapshot.to_dict() or {} for snapshot in stream}

    @property
    def run(self) -> Run:
        return self._run


class _Garbage(Exception):
    """The tenant's settings cannot be read: sending is stopped until they are mended (P8)."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls


class _Seen:
    """All documents of one claim, read in its transaction. Errors: _Garbage."""

    def __init__(self, claims: StoredClaims, transaction: Any, draft: Draft) -> None:
        run, here = claims.run, f"tenants/{draft.tenant}"
        everyone, own = control_paths(draft.tenant)
        company = run.job.identity.company if run.job.identity is not None else None
        has_company = company is not None and company.crm_id != ""
        suppression, contact = (
            f"{here}/suppressions/{draft.contact_id}",
            f"{here}/contacts/{draft.contact_id}",
        )
        head = head_path(draft.tenant, draft.job_id)
        paths = [here, draft.path, everyone, own, suppression, contact, head]
        if company is not None and has_company:
            paths.append(company_path(draft.tenant, company.crm_id))
        found = claims.snapshots(transaction, tuple(paths))
        controls = understand(run.world.settings, found[everyone].to_dict(), found[own].to_dict())
        try:
            tenant = read(found[here], Tenant)
        except Permanent as error:
            garbage = f"settings of tenant {draft.tenant}: {error.reason}"
            raise _Garbage(stopped_by(controls, (garbage,))) from None
        if tenant is None:
            raise Retryable(f"tenant {draft.tenant} has no settings; create it with `whisper tenant add`")
        now = run.world.clock()
        day, week = periods(tenant.id, tenant.time_zone, draft.sender, now)
        counted = claims.snapshots(transaction, (day.path, week.path))
        self.quotas = (
            read_quota(day, counted[day.path].to_dict(), tenant.sends_a_day),
            read_quota(week, counted[week.path].to_dict(), tenant.sends_a_week),
        )
        guardrails, garbage = read_guardrails(claims.guardrails(transaction, draft.tenant))
        garbage += tuple(line for quota in self.quotas for line in quota.garbage)
        self.controls = stopped_by(controls, garbage)
        self.draft = read(found[draft.path], Draft)
        self.contact = read(found[contact], Contact)
        self.head = read(found[head], AuditHead)
        self.company = read(found[paths[-1]], CompanyRecord) if has_company else None
        self.rules = Rules(
            tenant=tenant,
            controls=self.controls,
            guardrails=guardrails,
            suppression=read(found[suppression], Suppression),
            contact=self.contact,
        )
