"""One pass over everything that is kept of a person: stop it, delete it, look for it again (P12).

Every step may be done twice, and says in the erasure's document what it has done before the next one begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.errors import Failure
from shared.jobs import moves
from shared.jobs.audit import PERSON_ERASED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.draft import DraftState
from shared.jobs.erasure import CopyKind, Erasure, ErasureState, ErasureStep, VendorCopy
from shared.jobs.job import Job, Status
from shared.jobs.mailbox import mailbox_id
from shared.jobs.moves import Attempt
from shared.operators.erasure import with_copy
from shared.policy.erasing import Concern, Finder, KeyOf, searched
from shared.store.database import Database
from shared.store.erasing import (
    BATCH,
    Found,
    collections_of,
    delete,
    documents_about,
    every_document,
    jobs_about,
    replace,
)

AGAIN = timedelta(minutes=10)
"""When the sweep looks again at what something is in the way of."""

LATE = timedelta(hours=24)
"""After so long an erasure that is not done is told to people."""

UNROUTED = "default"
"""The tenant that holds what came from an account that belongs to nobody."""

_WHY = "the person was erased"
_SENDING = "a mail to them is being sent: it is waited for, and then erased"
_UNDER_WAY = "a stage that was stopped may still write to a mailbox or the CRM"
_STILL_THERE = "it was found again in"
_OPEN_DRAFT = "their address stands in an open draft to somebody else: edit, reject or approve"

_STAGES = {
    CopyKind.GMAIL_DRAFT: ("gmail_draft_id", "file_draft"),
    CopyKind.CRM_NOTE: ("note_id", "log_note"),
    CopyKind.CRM_TASK: ("task_id", "log_task"),
    CopyKind.CRM_MAIL: ("crm_mail_id", "log_send"),
}
"""Where a draft keeps the id of what was made of it, and the stage that makes it."""


class Vendors(Protocol):
    """Where copies lie. Errors: Failure of any kind: then the copy is tried again later."""

    def delete(self, copy: VendorCopy) -> int:
        """Delete a copy for good, found by its marker where its id is not known: how many there were."""
        ...


class OutOfTime(Exception):
    """The pass has to go on in another run; `place` is the last document that was looked at."""

    def __init__(self, place: str) -> None:
        super().__init__("the pass ran out of time")
        self.place = place


def erase(
    database: Database,
    erasure: Erasure,
    *,
    vendors: Vendors,
    key_of: KeyOf,
    clock: Callable[[], datetime],
    until: datetime | None = None,
) -> Erasure:
    """Go on with an erasure from where it stands, to the end of a pass or until a time.

    Errors: Unreachable, Changed when somebody else goes on with it at this moment; calling it again is safe.
    """
    run = _Pass(database, erasure, vendors, key_of, clock, until)
    try:
        return run.go_on()
    except OutOfTime:
        return run.erasure


class _Pass:
    def __init__(
        self,
        database: Database,
        erasure: Erasure,
        vendors: Vendors,
        key_of: KeyOf,
        clock: Callable[[], datetime],
        until: datetime | None,
    ) -> None:
        self.database = database
        self.erasure = erasure
        self._vendors = vendors
        self._key_of = key_of
        self._clock = clock
        self._until = until
        self._here = f"tenants/{erasure.tenant}"

    def go_on(self) -> Erasure:
        # What was found before the pass began is looked at again: somebody may have begun something since.
        if self.erasure.step in (ErasureStep.CANCEL, ErasureStep.COPIES):
            if not self._cancelled():
                return self._left(_SENDING)
            self._copies_deleted()
        if self.erasure.step is ErasureStep.DOCUMENTS:
            self._documents_deleted()
        return self._ended(self._still_there())

    # Stop what runs

    def _cancelled(self) -> bool:
        """Every job stopped, and what there is to delete written down; False while a mail to them is being sent."""
        jobs = {job.id: job for job in jobs_about(self.database, self.erasure.tenant, self.erasure.id)}
        drafts = documents_about(self.database, self.erasure.tenant, "drafts", self.erasure.id)
        threads = documents_about(self.database, self.erasure.tenant, "threads", self.erasure.id)
        sending = {str(each.data.get("job_id")) for each in drafts if self._is_being_sent(each, jobs)}
        stopped = [self._stopped(job) for job in jobs.values() if not job.is_final and job.id not in sending]
        now = self._clock()
        leases = [intent.lease_until for job in jobs.values() for intent in job.intents.values()]
        ends = [end for end in (*leases, self.erasure.copies_from) if end is not None and end > now]
        links = (*jobs, *(each.id for each in drafts), *(str(t.data.get("thread_id", "")) for t in threads))
        changed = self.erasure.but(
            links=tuple(dict.fromkeys((*self.erasure.links, *(link for link in links if link)))),
            copies=with_copy(self.erasure.copies, *self._copies(jobs, drafts)),
            copies_from=max(ends, default=None),
            counts=_added(self.erasure.counts, {"jobs_stopped": len(stopped)}),
            step=ErasureStep.CANCEL if sending else ErasureStep.COPIES,
            place="",
            left=(),
            found=0,
        )
        # With the jobs, so that nothing of them is stopped without being written down here.
        self._commit(changed, stopped[:BATCH])
        for start in range(BATCH, len(stopped), BATCH):
            self._commit(self.erasure, stopped[start : start + BATCH])
        return not sending

    def _is_being_sent(self, draft: Found, jobs: Mapping[str, Job]) -> bool:
        """Whether a send of it may be under way: its end has to be known before anything is forgotten."""
        if draft.data.get("state") != DraftState.SENDING.value:
            return False
        owner = jobs.get(str(draft.data.get("job_id")))
        return owner is not None and owner.next is not None

    def _stopped(self, job: Job) -> Job:
        now = self._clock()
        return moves.ended(job, Status.STOPPED, (_WHY,), Attempt(now, now))

    def _copies(self, jobs: Mapping[str, Job], drafts: Iterable[Found]) -> Iterator[VendorCopy]:
        contact = self.database.raw_many([f"{self._here}/contacts/{self.erasure.id}"])[0] or {}
        known = [contact.get("crm_id"), *(j.identity.crm_contact_id for j in jobs.values() if j.identity)]
        people = list(dict.fromkeys(str(each) for each in known if each))
        for draft in drafts:
            owner = jobs.get(str(draft.data.get("job_id")))
            mailbox = mailbox_id(str(draft.data.get("sender", "")))
            for kind, (field, stage) in _STAGES.items():
                id_ = str(draft.data.get(field) or "")
                # Where the id is not known, the stage may have died between the effect and its commit.
                if id_ or owner is None or stage in owner.intents:
                    in_crm = kind is not CopyKind.GMAIL_DRAFT
                    for place in (people or ([""] if id_ else [])) if in_crm else [mailbox]:
                        yield VendorCopy(kind=kind, place=place, id=id_, marker=draft.id)
        if self.erasure.crm:
            for person in people:
                yield VendorCopy(kind=CopyKind.CRM_CONTACT, id=person)

    # Delete

    def _copies_deleted(self) -> None:
        """What can be deleted at vendors now; what cannot stays written down, and does not keep the rest waiting."""
        now, left = self._clock(), list[str]()
        if self.erasure.copies_from is not None and now < self.erasure.copies_from:
            left.append(_UNDER_WAY)
        # The CRM's own record goes last: our notes are found by it.
        ordered = sorted(self.erasure.copies, key=lambda copy: copy.kind is CopyKind.CRM_CONTACT)
        for copy in () if left else ordered:
            try:
                gone = self._vendors.delete(copy)
            except Failure as error:
                left.append(f"{copy.kind}: {error.reason}")
                continue
            rest = tuple(each for each in self.erasure.copies if each != copy)
            counts = _added(self.erasure.counts, {copy.kind.value: gone})
            self._commit(self.erasure.but(copies=rest, counts=counts, found=self.erasure.found + gone))
        self._commit(
            self.erasure.but(step=ErasureStep.DOCUMENTS, place="", left=tuple(dict.fromkeys(left))[:10])
        )

    def _documents_deleted(self) -> None:
        finder = Finder(self.erasure.id, self.erasure.links, self._key_of)
        waiting: list[str] = []
        try:
            for collection, found, concern in self._searched(finder):
                if concern is Concern.OWN:
                    waiting.append(found.path)
                    if len(waiting) >= BATCH:
                        self._deleted(waiting)
                elif concern is Concern.MENTION:
                    self._taken_out(finder, collection, found)
        except OutOfTime as stop:
            # What lies before the place has to be gone before the place is written down.
            self._deleted(waiting)
            self._stopped_at(stop.place)
            raise
        self._deleted(waiting)
        self._commit(self.erasure.but(step=ErasureStep.ABSENCE, place=""))

    def _deleted(self, paths: list[str]) -> None:
        delete(self.database, paths)
        counted = Counter(path.split("/")[-2] for path in paths)
        if paths:
            counts = _added(self.erasure.counts, counted)
            self._commit(self.erasure.but(counts=counts, found=self.erasure.found + len(paths)))
        paths.clear()

    def _taken_out(self, finder: Finder, collection: str, found: Found) -> None:
        """The person's address out of somebody else's document, which stays that person's."""
        opened = (DraftState.PENDING.value, DraftState.APPROVED.value, DraftState.SENDING.value)
        if (
            collection == "drafts"
            and found.data.get("state") in opened
            and finder.names(found.data.get("raw"))
        ):
            # An approval is bound to these bytes: a person decides what becomes of them.
            left = tuple(dict.fromkeys((*self.erasure.left, f"{_OPEN_DRAFT} {found.id}")))
            self._commit(self.erasure.but(left=left[:10]))
            return
        if replace(self.database, found, finder.without(collection, found.data)):
            counts = _added(self.erasure.counts, {"mentions": 1})
            self._commit(self.erasure.but(counts=counts, found=self.erasure.found + 1))

    # Look again

    def _still_there(self) -> str:
        """The first collection in which the person is found again; empty when they are nowhere."""
        finder = Finder(self.erasure.id, self.erasure.links, self._key_of)
        try:
            return next((name for name, _, _ in self._searched(finder)), "")
        except OutOfTime as stop:
            self._stopped_at(stop.place)
            raise

    def _stopped_at(self, place: str) -> None:
        self._commit(self.erasure.but(place=place, next_at=self._clock()))

    def _searched(self, finder: Finder) -> Iterator[tuple[str, Found, Concern]]:
        """Every document that concerns the person, from where an earlier run stopped. Errors: OutOfTime."""
        place = self.erasure.place
        last, _, id_ = place.partition("/")
        paths = [
            f"{self._here}/{name}" for name in searched(collections_of(self.database, self.erasure.tenant))
        ]
        if self.erasure.tenant != UNROUTED:
            paths.insert(0, f"tenants/{UNROUTED}/events")
        names = [path.replace("/", ":") for path in paths]
        begin = names.index(last) if last in names else 0
        for name, path in list(zip(names, paths, strict=True))[begin:]:
            collection = path.rpartition("/")[2]
            unrouted = not path.startswith(f"{self._here}/")
            for found in every_document(self.database, path, id_ if name == last else ""):
                if self._until is not None and self._clock() >= self._until:
                    raise OutOfTime(place)
                place = f"{name}/{found.id}"
                if unrouted and found.data.get("job_id"):
                    continue
                concern = finder.concern(collection, found.id, found.data)
                if concern is not Concern.NONE:
                    yield collection, found, concern

    # Say so

    def _ended(self, there: str) -> Erasure:
        now, before = self._clock(), self.erasure
        if there:
            return self._left(f"{_STILL_THERE} {there}")
        if before.left or before.copies:
            return self._left(*(before.left or (_UNDER_WAY,)))
        done = now >= before.settle_at
        after = before.but(
            state=ErasureState.DONE if done else ErasureState.ERASED,
            step=ErasureStep.CANCEL,
            place="",
            next_at=None if done else before.settle_at,
            erased_at=before.erased_at or now,
            done_at=now if done else None,
            links=() if done else before.links,
            copies_from=None,
        )
        nothing_new = before.state is ErasureState.ERASED and not before.found
        self._commit(after, [] if nothing_new else [self._audit(before, after, now)])
        return self.erasure

    def _audit(self, before: Erasure, after: Erasure, now: datetime) -> AuditEntry:
        counted = ", ".join(f"{name} {number}" for name, number in sorted(after.counts.items()) if number)
        return AuditEntry.of(
            tenant=after.tenant,
            kind=PERSON_ERASED,
            subject=after.id,
            actor=after.actor,
            reason=after.why,
            before=before.state.value,
            after=f"{ErasureState.ERASED}: {counted or 'nothing was kept'}",
            at=now,
            contact_id=after.id,
        )

    def _left(self, *why: str) -> Erasure:
        """Not done: the sweep begins another pass."""
        now = self._clock()
        from_ = self.erasure.copies_from
        soon = from_ if from_ is not None and now < from_ < now + AGAIN else now + AGAIN
        left = tuple(dict.fromkeys((*self.erasure.left, *why)))[:10]
        self._commit(self.erasure.but(step=ErasureStep.CANCEL, place="", next_at=soon, left=left))
        return self.erasure

    def _commit(self, changed: Erasure, more: Iterable[Document] = ()) -> None:
        """The erasure as it stands now, with what was done; nobody else has gone on with it meanwhile."""
        self.database.commit([changed, *more])
        stored = self.database.get(changed.path, Erasure)
        assert stored is not None, "an erasure is never deleted"
        self.erasure = stored


def is_late(erasure: Erasure, now: datetime) -> bool:
    """Whether people have to look why it is not done."""
    return erasure.state is ErasureState.BEGUN and now - erasure.begun_at >= LATE


def _added(counts: Mapping[str, int], more: Mapping[Any, int]) -> dict[str, int]:
    total = Counter(counts)
    total.update({str(name): number for name, number in more.items()})
    return dict(total)
