"""Sees every commit that Firestore applies, and says which promise one of them breaks, whoever made it and why.

It stands behind the seam at which tests break calls: a commit whose answer is lost, or which arrives late, is
seen when it is applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import replace
from typing import Any

from scripts.local_cloud.grpc_door import Call
from scripts.sandbox import gmail_mime as mime
from scripts.stack.simulation import Simulation
from shared.connectors.gmail import MARKER_HEADER
from shared.jobs.audit import SEND_CLAIMED, SUPPRESSION_CHANGED, AuditEntry, AuditHead
from shared.jobs.draft import MOVES, Draft, DraftState
from shared.jobs.job import Job, Status
from shared.policy import letter
from tests.stored import every, stored

FIRESTORE = "google.firestore.v1.Firestore"
_UNKNOWN = frozenset({DraftState.SENDING, DraftState.HELD})
_TWO_AT_ONCE = {(DraftState.HELD, DraftState.REJECTED)}
"""Settled as not sent, and ended in the same commit, for its person must not be mailed any more."""


class Witness:
    """Watches one simulation from now on; `broken` grows by a line for each promise that a commit breaks."""

    def __init__(self, simulation: Simulation) -> None:
        self.broken: list[str] = []
        self.claims = 0
        self.by_hand: set[str] = set()
        """Gmail's ids of drafts that people sent themselves: nobody had to approve those."""
        self._simulation = simulation
        self._drafts: dict[str, tuple[str, int, int]] = {}
        """State, revision and fence of each draft by its path."""
        self._controls: dict[str, tuple[bool, str]] = {}
        for draft in every(simulation, "drafts", Draft):
            self._drafts[draft.path] = (draft.state.value, draft.revision, draft.fence)
        paths = ["control/flags", "tenants/default/control/flags"]
        for path, found in zip(paths, simulation.world.database.raw_many(paths), strict=True):
            self._controls[path] = _meaning(found or {})
        services = simulation.cloud.door.services
        rpcs = dict(services[FIRESTORE])
        self._commit = rpcs["Commit"].call
        rpcs["Commit"] = replace(rpcs["Commit"], call=self._committed)
        services[FIRESTORE] = rpcs

    def _committed(self, request: Any, call: Call) -> Any:
        answer = self._commit(request, call)
        for write in request.writes:
            path = (write.update.name or write.delete).partition("/documents/")[2]
            if path in self._controls:
                self._flipped(path, write)
            elif "/drafts/" in path:
                self._drafted(path, write)
        return answer

    def _flipped(self, path: str, write: Any) -> None:
        stopped, mode = self._controls[path]
        fields = write.update.fields
        if "kill_switch" in fields:
            stopped = fields["kill_switch"].boolean_value
        if "mode" in fields:
            mode = fields["mode"].string_value
        self._controls[path] = (stopped, mode)

    def _drafted(self, path: str, write: Any) -> None:
        if write.delete:
            self._drafts.pop(path, None)
            return
        fields = write.update.fields
        before = self._drafts.get(path)
        state = fields["state"].string_value if "state" in fields else (before or ("PENDING", 1, 0))[0]
        revision = fields["revision"].integer_value if "revision" in fields else (before or ("", 1, 0))[1]
        fence = fields["fence"].integer_value if "fence" in fields else (before or ("", 1, 0))[2]
        self._drafts[path] = (state, revision, fence)
        if before is None:
            return
        moves = (DraftState(before[0]), DraftState(state))
        if state != before[0] and moves[1] not in MOVES[moves[0]] and moves not in _TWO_AT_ONCE:
            self.broken.append(f"a draft moved from {before[0]} to {state}")
        if fence < before[2] or revision < before[1]:
            self.broken.append("fence or revision went back")
        if fence > before[2]:
            self.claims += 1
            if any(stopped or mode != "SEND_ALLOWED" for stopped, mode in self._controls.values()):
                self.broken.append("P5: a claim was committed while sending was switched off")
            if before[0] == DraftState.PENDING:
                self.broken.append("P3: a draft that nobody approved was claimed")

    def violations(self) -> list[str]:
        """Every promise that is broken in the world as it stands, once everything has come to rest."""
        return [*self.broken, *violations(self._simulation, self.by_hand)]


def _meaning(found: dict[str, Any]) -> tuple[bool, str]:
    return bool(found.get("kill_switch", True)), str(found.get("mode", ""))


def violations(simulation: Simulation, by_hand: Set[str] = frozenset()) -> list[str]:
    """What anybody can see to be wrong: mails, quotas, records in the CRM, the audit, and work without an end."""
    drafts = {draft.id: draft for draft in every(simulation, "drafts", Draft)}
    return [
        *_mails(simulation, drafts, by_hand),
        *_quotas(simulation, drafts),
        *_records(simulation),
        *_audit(simulation),
        *_work(simulation),
    ]


def _mails(simulation: Simulation, drafts: dict[str, Draft], by_hand: Set[str]) -> list[str]:
    broken: list[str] = []
    by_gmail = {draft.gmail_draft_id: draft for draft in drafts.values() if draft.gmail_draft_id}
    went_out = simulation.sandbox.effects.entries("mail_sent")
    for gmail_id, number in Counter(each["draft_id"] for each in went_out if each["draft_id"]).items():
        if number > 1:
            broken.append(f"P2: {number} mails went out of one draft")
        draft = by_gmail.get(gmail_id) if gmail_id not in by_hand else None
        if draft is not None and draft.state not in {DraftState.SENT, DraftState.SENT_BY_HAND, *_UNKNOWN}:
            broken.append(f"P1: a mail went out, and its draft is {draft.state}")
    broken += _of_one_draft(simulation, drafts, went_out)
    entries = every(simulation, "audit", AuditEntry)
    for each in went_out:
        draft = by_gmail.get(each["draft_id"])
        if draft is None or each["draft_id"] in by_hand:
            continue
        if draft.state in (DraftState.SENT_BY_HAND, DraftState.PENDING):
            continue
        with simulation.sandbox.changing():
            message = simulation.sandbox.gmail.mailbox(each["mailbox"]).message(each["message_id"])
        approval = draft.approval
        if approval is None or (approval.revision, approval.hash) != (draft.revision, draft.hash):
            broken.append("P3: what went out was not approved")
        if " ".join(message["text"].split()) != " ".join(letter.text_of(draft.body, draft.footer).split()):
            broken.append("P3: what went out is not what was approved")
        if each["person"] != draft.recipient:
            broken.append("P10: it went to somebody else")
        claimed = [entry.at for entry in entries if entry.kind == SEND_CLAIMED and entry.draft_id == draft.id]
        stopped = [
            entry.at
            for entry in entries
            if entry.kind == SUPPRESSION_CHANGED
            and entry.subject == draft.contact_id
            and entry.after != "not suppressed"
        ]
        if not claimed:
            broken.append("P3: it went out without a claim")
        elif stopped and min(stopped) < max(claimed):
            broken.append("P9: it was claimed after its person was suppressed")
    return broken


def _of_one_draft(simulation: Simulation, drafts: dict[str, Draft], went_out: list[Any]) -> list[str]:
    """By our header, for a second mail may be of a second draft; and each that is SENT went out."""
    with simulation.sandbox.changing():
        boxes = [simulation.sandbox.gmail.mailbox(each["mailbox"]) for each in went_out]
        sent = [box.message(each["message_id"]) for box, each in zip(boxes, went_out, strict=True)]
    marks = Counter(mime.header(message["payload"], MARKER_HEADER) for message in sent)
    ids = {message["id"] for message in sent}
    return [
        *(
            f"P2: {number} mails went out of one draft"
            for mark, number in marks.items()
            if mark and number > 1
        ),
        *(
            "P1: a draft is SENT, and no mail of it went out"
            for draft in drafts.values()
            if draft.state is DraftState.SENT and draft.sent_message_id and draft.sent_message_id not in ids
        ),
    ]


def _quotas(simulation: Simulation, drafts: dict[str, Draft]) -> list[str]:
    broken: list[str] = []
    found = simulation.world.database.collection("tenants/default/quotas")
    tenant = simulation.world.database.raw_many(["tenants/default"])[0] or {}
    sent = [draft for draft in drafts.values() if draft.state is DraftState.SENT]
    reserved = Counter(
        path
        for draft in drafts.values()
        if draft.claim is not None and draft.state in _UNKNOWN
        for path in draft.claim.quotas
    )
    for id_, quota in found.items():
        used, held = quota.get("used", 0), quota.get("reserved", 0)
        limit = quota.get("limit", tenant["sends_a_week" if "-W" in id_ else "sends_a_day"])
        if used + held > limit:
            broken.append(f"P4: {used + held} mails of at most {limit}")
        if held != reserved[f"tenants/default/quotas/{id_}"]:
            broken.append(
                f"P4: {held} reserved for {reserved[f'tenants/default/quotas/{id_}']} unclear sends"
            )
    days = sum(quota.get("used", 0) for id_, quota in found.items() if "-W" not in id_)
    if days != len(sent):
        broken.append(f"P4: {days} counted as used for {len(sent)} sent drafts")
    return broken


def _records(simulation: Simulation) -> list[str]:
    broken: list[str] = []
    for person, made in simulation.sandbox.effects.by_person().items():
        drafts = sum(draft.recipient == person for draft in every(simulation, "drafts", Draft))
        for kind in ("notes", "tasks", "records"):
            if made[kind] > max(1, drafts):
                broken.append(f"P6: {made[kind]} {kind} for {drafts} drafts")
    return broken


def _audit(simulation: Simulation) -> list[str]:
    chains: dict[tuple[str, str], list[AuditEntry]] = {}
    for entry in every(simulation, "audit", AuditEntry):
        chains.setdefault((entry.tenant, entry.chain), []).append(entry)
    heads = {(head.tenant, head.chain): head for head in every(simulation, "audit_heads", AuditHead)}
    broken = ["the audit has a chain without a head"] if set(chains) != set(heads) else []
    for key, entries in chains.items():
        entries.sort(key=lambda entry: entry.number)
        previous = ""
        for number, entry in enumerate(entries, 1):
            if (entry.number, entry.previous, entry.hashed()) != (number, previous, entry.hash):
                broken.append(f"the audit chain breaks at {number}")
            previous = entry.hash
        if key in heads and (heads[key].number, heads[key].hash) != (len(entries), previous):
            broken.append("the audit chain does not end where its head says")
    return broken


def _work(simulation: Simulation) -> list[str]:
    now = simulation.clock.now()
    broken: list[str] = []
    for job in every(simulation, "jobs", Job):
        if job.next is not None and job.next.due < now:
            broken.append(f"P1: a job at {job.stage} should have run at {job.next.due}")
        if job.next is None and not job.is_final and not job.reasons:
            broken.append(f"P1: a job rests at {job.stage} without a reason")
        if job.status is Status.FAILED and not stored(simulation, "dead_letters"):
            broken.append("P1: a job failed without a dead letter")
    stages = {job.id: job.stage for job in every(simulation, "jobs", Job)}
    for draft in every(simulation, "drafts", Draft):
        if draft.state in _UNKNOWN and stages.get(draft.job_id) != "send_draft":
            broken.append(f"P1: a draft is {draft.state}, and its job is at {stages.get(draft.job_id)}")
    if stored(simulation, "outbox"):
        broken.append("P1: something was never announced")
    return broken
