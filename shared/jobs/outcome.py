"""What a stage decides. Runtime commits it with the job in one write batch: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Self

from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.playbooks import WITHDRAW_FROM


class Outcome:
    """The documents to write, the facts the job now knows, and the domain events to publish after the commit.

    A document that was read is written if it has not changed since; a new one is created.
    """

    def __init__(
        self, writes: Sequence[Document], announce: Sequence[str], known: Mapping[str, object]
    ) -> None:
        self.writes = tuple(writes)
        self.announce = tuple(announce)
        self.known = dict(known)
        self.increments: Mapping[str, Mapping[str, int]] = {}
        """Numbers to add to, by path and field: they ride with the conditional write of the job."""
        self.patches: Mapping[str, Mapping[str, object]] = {}
        """Fields to set, by path, whatever else was written there meanwhile; the document must exist."""

    def also(self, writes: Sequence[Document]) -> Self:
        """The same outcome, which writes these documents too."""
        self.writes = (*self.writes, *writes)
        return self

    def adding(
        self,
        increments: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
        patches: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    ) -> Self:
        """The same outcome, with numbers to add to and fields to set in its commit."""
        self.increments, self.patches = increments, patches
        return self


class Advance(Outcome):
    """Go on to a stage, at once or at a time."""

    def __init__(
        self,
        stage: str,
        *,
        at: datetime | None = None,
        writes: Sequence[Document] = (),
        announce: Sequence[str] = (),
        **known: object,
    ) -> None:
        super().__init__(writes, announce, known)
        self.stage = stage
        self.at = at


class Wait(Outcome):
    """Stay at this stage until a time, or without a time until a person or an event moves the job on."""

    def __init__(
        self,
        until: datetime | None,
        reasons: Sequence[str],
        *,
        writes: Sequence[Document] = (),
        announce: Sequence[str] = (),
        **known: object,
    ) -> None:
        super().__init__(writes, announce, known)
        self.until = until
        self.reasons = tuple(reasons)


class Stop(Outcome):
    """End the job, in a final status, for reasons."""

    def __init__(
        self,
        status: Status,
        reasons: Sequence[str],
        *,
        writes: Sequence[Document] = (),
        announce: Sequence[str] = (),
        **known: object,
    ) -> None:
        super().__init__(writes, announce, known)
        self.status = status
        self.reasons = tuple(reasons)


class Hold(Outcome):
    """Keep the job, visibly, for a person to decide."""

    def __init__(
        self,
        reasons: Sequence[str],
        *,
        writes: Sequence[Document] = (),
        announce: Sequence[str] = (),
        **known: object,
    ) -> None:
        super().__init__(writes, announce, known)
        self.reasons = tuple(reasons)


class Merge(Outcome):
    """End this job as merged: the job that owns the contact's open draft takes up what this one learned."""

    def __init__(
        self,
        into: Job,
        reasons: Sequence[str],
        *,
        hands_over: Mapping[str, object],
        writes: Sequence[Document] = (),
    ) -> None:
        super().__init__(writes, (), {})
        self.into = into
        self.reasons = tuple(reasons)
        self.hands_over = dict(hands_over)


def closed(draft: Draft) -> Advance | Stop | None:
    """The end of a job whose draft somebody has decided about meanwhile; None while the draft is open.

    One that was ended while a run of ours was at it may still lie in the mailbox, where anybody can send it (P9).
    """
    if draft.is_open:
        return None
    if draft.state in (DraftState.REJECTED, DraftState.EXPIRED) and draft.gmail_draft_id is not None:
        return Advance(WITHDRAW_FROM, withdrawn=(draft.id,))
    return Stop(Status.STOPPED, [f"the draft is {draft.state}: nothing more is filed or logged for it"])
