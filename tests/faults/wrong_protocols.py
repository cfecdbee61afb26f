"""Protocols that are known to be wrong, each a small change of ours: tests swap them in, and must notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scripts.stack.tenant import TENANT
from shared.connectors.gmail import GmailMailbox
from shared.errors import Retryable
from shared.jobs import audit
from shared.jobs.claim import Claimed, Refused
from shared.jobs.draft import Draft, DraftState
from shared.jobs.quota import USED
from shared.policy import deciding
from shared.policy.sending import Case, judge
from shared.ports.inbox import Accepted
from shared.ports.mailbox import SentReceipt
from shared.runtime.claiming import StoredClaims, _Seen
from shared.runtime.controls import control_paths
from shared.runtime.inbox import FormInbox
from shared.stages import send_draft as stage
from shared.store.database import Database, Unreachable
from tests.faults.every_call import Died


class AcknowledgedEarly(FormInbox):
    """The answer has left before the commit: whatever becomes of that, the sender heard 202."""

    def accept(self, *given: Any, **words: Any) -> Accepted:
        try:
            return super().accept(*given, **words)
        except (Unreachable, Retryable, Died):
            return Accepted("", "", duplicate=False)


class SearchedThenResent(stage._Desk):
    """What a search does not find was not sent, so it is sent again, by a new draft where the old one is gone."""

    def reconcile(self, draft: Draft) -> Any:
        assert draft.claim is not None
        mails = self.mailbox.sent_mails(draft.recipient, draft.claim.at - timedelta(minutes=5))
        if mails:
            return self._sent(
                draft, self.contacts.get(draft.contact_id), mails[0].message_id, mails[0].sent_at
            )
        return resent(self, draft)


class RerunAfterTheLease(stage._Desk):
    """The lease is over, so whoever held it is dead: the effect is made again."""

    def reconcile(self, draft: Draft) -> Any:
        return resent(self, draft)


def resent(desk: stage._Desk, draft: Draft) -> Any:
    receipt = desk.mailbox.send_draft(draft.gmail_draft_id or "", draft.raw, draft.thread_id)
    if receipt is None:
        filed = desk.mailbox.create_draft(draft.raw, draft.thread_id)
        receipt = desk.mailbox.send_draft(filed.id, draft.raw, draft.thread_id)
    assert receipt is not None
    return desk._sent(draft, desk.contacts.get(draft.contact_id), receipt.message_id, desk.now)


def approved_whatever_it_says(case: Case) -> Refused | None:
    """The approval is a flag of the draft, and not of its bytes."""
    assert case.draft.state in (DraftState.APPROVED, DraftState.SENDING)
    return None


class CountedAfterwards(StoredClaims):
    """The claim reserves nothing: what was sent is counted when it was sent."""

    def _write(self, transaction: Any, claimed: Draft, entry: Any, head: Any, quotas: Any) -> None:
        super()._write(transaction, claimed, entry, head, ())


def counted_when_sent(draft: Draft, *, message_id: str, at: Any) -> tuple[Draft, deciding.Increments]:
    used: deciding.Increments = {path: {USED: 1} for path in (draft.claim.quotas if draft.claim else ())}
    return draft.moved(DraftState.SENT).but(sent_at=at, sent_message_id=message_id, claim=None), used


class RetriedCommit(Database):
    """The client sends a commit again of which it heard nothing, as Google's does by default."""

    def commit(self, *given: Any, **words: Any) -> None:
        try:
            super().commit(*given, **words)
        except Unreachable:
            super().commit(*given, **words)


class RetriedIncrements(Database):
    """Numbers are added by a commit of their own, which has no condition, and is sent again."""

    def commit(
        self,
        documents: Any,
        *,
        increments: Mapping[str, Mapping[str, int]] | None = None,
        patches: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        super().commit(documents, patches=patches)
        if increments:
            try:
                super().commit((), increments=increments)
            except Unreachable:
                super().commit((), increments=increments)


class GoneIsSent(GmailMailbox):
    """Sending consumes the draft, so a draft that is gone was sent."""

    def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> SentReceipt | None:
        receipt = super().send_draft(draft_id, raw, thread_id)
        return receipt or SentReceipt(message_id="19f0000000000000", thread_id=thread_id or "")


class KillSwitchReadBefore(StoredClaims):
    """The controls are read, and then the transaction runs."""

    def snapshots(self, transaction: Any, paths: tuple[str, ...]) -> Mapping[str, Any]:
        controls = [path for path in paths if path in control_paths(TENANT)]
        references = [self._database.client.document(path) for path in controls]
        before = {s.reference.path: s for s in self._database.client.get_all(references)} if controls else {}
        rest = tuple(path for path in paths if path not in controls)
        return {**before, **super().snapshots(transaction, rest)}


class ForgetfulClaims(StoredClaims):
    """A claim that was committed is not recognised when it is asked for again."""

    def _judged(self, transaction: Any, draft: Draft, claim_id: str) -> Any:
        seen = _Seen(self, transaction, draft)
        assert seen.draft is not None
        current = seen.draft.but(state=DraftState.APPROVED, claim=None)
        case = Case(self._run.job, current, seen.rules, seen.company, seen.quotas, self._run.world.clock())
        refused = judge(case)
        if refused is not None or seen.contact is None:
            return refused, seen.controls
        claimed = self._claimed(current, claim_id, seen.quotas)
        entry = deciding.told(
            audit.SEND_CLAIMED, seen.draft, claimed, actor=audit.BY_RULE, reason="again", at=case.now
        )
        self._write(transaction, claimed, entry, seen.head, seen.quotas)
        return Claimed(claimed, seen.contact), seen.controls
