"""A draft that waits for a person's decision, and everything a decision about it may touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.sandbox.exchange import Refused
from scripts.sandbox.world import PORTAL
from scripts.stack.tenant import TENANT
from shared.jobs.announcement import Announcement
from shared.jobs.audit import AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.operators import decisions
from shared.operators.decisions import Decided
from shared.operators.refusal import Refusal
from tests import system
from tests.faults.sending import ReadyToSend, asked, decide

WORDS = (
    "Hi Ana,\n\nthank you for your message. Could we talk about your delivery notes on Tuesday?\n\n"
    "Best wishes,\nIsabel"
)

DECISIONS: dict[str, tuple[Callable[..., Decided | Refusal], dict[str, Any]]] = {
    "approve": (decisions.approve, {}),
    "reject": (decisions.reject, {"why": "not our market"}),
    "edit": (decisions.edit, {"subject": "Re: Delivery forecasts for the Valencia hub", "body": WORDS}),
    "snooze": (decisions.snooze, {}),
    "force": (decisions.force, {"why": "they wait for it"}),
    "settle": (decisions.settle, {"was_sent": False, "evidence": "it is not among the sent mails"}),
}
"""Each with words that it takes; `snooze` also needs a time."""


class Desk(ReadyToSend):
    """Ana's draft lies in Isabel's mailbox, and nobody has decided; everybody lets mail out."""

    def __init__(self) -> None:
        super().__init__(approve=False)

    def ask(self, name: str, *, draft: Draft | None = None, **words: Any) -> Decided | Refusal:
        """Decide as the draft was seen, and leave its job where it is."""
        decision, given = DECISIONS[name]
        words = {**given, **words}
        by = words.pop("by", None)
        if name == "snooze":
            words.setdefault("until", self.simulation.clock.now().replace(hour=23))
        seen = asked(self.simulation, draft or self.draft, **({"by": by} if by else {}))
        return decision(self.simulation.world.database, seen, **words)

    def do(self, name: str, **words: Any) -> Decided:
        """Decide, and have the job go on. Errors: AssertionError with the refusal."""
        decision, given = DECISIONS[name]
        done = decide(self.simulation, self.draft, decision, **{**given, **words})
        assert isinstance(done, Decided), str(done)
        return done

    def refused(self, name: str, **words: Any) -> str:
        """Why it may not be decided so; nothing at all is changed by that."""
        before = self.everything()
        answer = self.ask(name, **words)
        assert isinstance(answer, Refusal), answer
        assert self.everything() == before, "a refusal changed something"
        return str(answer)

    def everything(self) -> dict[str, Any]:
        """Every document of the tenant that decisions may touch."""
        found: dict[str, Any] = {}
        for name in ("drafts", "jobs", "contacts", "audit", "audit_heads", "outbox", "quotas"):
            docs = self.simulation.world.database.client.collection_group(name).stream()
            found |= {each.reference.path: each.to_dict() for each in docs}
        return found

    def plant(self, state: DraftState) -> None:
        """The draft and its job as they are found in that state."""
        if state is DraftState.PENDING:
            return
        self.do("approve")
        if state is DraftState.APPROVED:
            return
        status = Status.HELD if state is DraftState.HELD else Status.FAILED
        if state not in (DraftState.SENDING, DraftState.HELD):
            status = Status.DONE
        self.write(self.draft.but(state=state), self.job.but(status=status, next=None))

    def write(self, *documents: Any) -> None:
        self.simulation.world.database.commit(list(documents))

    @property
    def entries(self) -> list[AuditEntry]:
        """The audit of the draft, oldest first."""
        found = [one for one in system.every(self.simulation, "audit", AuditEntry) if one.draft_id]
        return sorted(found, key=lambda one: one.number)

    @property
    def last(self) -> tuple[str, str, str, str, str]:
        """The newest entry: kind, actor, before, after, reason."""
        one = self.entries[-1]
        return one.kind, one.actor, one.before, one.after, one.reason

    @property
    def outbox(self) -> list[str]:
        """What is to be announced and was not yet published."""
        return sorted(one.type for one in system.every(self.simulation, "outbox", Announcement))

    @property
    def contact(self) -> Contact:
        found = self.simulation.world.database.get(
            f"tenants/{TENANT}/contacts/{self.draft.contact_id}", Contact
        )
        assert found is not None
        return found

    @property
    def in_gmail(self) -> str | None:
        """The text of the Gmail draft; None when it is not in the mailbox any more."""
        sandbox = self.simulation.sandbox
        with sandbox.changing():
            try:
                box = sandbox.gmail.mailbox(self.draft.sender)
                return str(box.message(box.draft(self.draft.gmail_draft_id or "")["messageId"])["text"])
            except Refused:
                return None

    @property
    def note(self) -> str:
        """The text of our note in the CRM."""
        return str(self.recorded("notes")[0]["properties"]["hs_note_body"])

    def recorded(self, kind: str) -> list[Any]:
        """Notes, tasks or emails that we put into the CRM."""
        with self.simulation.sandbox.changing():
            made = self.simulation.sandbox.hubspot.records(PORTAL).all(kind)
        return [one for one in made if self.draft.id in str(one)]

    @property
    def sent(self) -> int:
        return system.effects(self.simulation)["sent"]

    def run(self) -> None:
        """What is due at this moment is done."""
        self.go(minutes=1)
