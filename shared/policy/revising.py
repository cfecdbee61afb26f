"""A person's words as the next revision of a draft: the one place where one is composed (P3, P10)."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Sender, ThreadFacts
from shared.policy.authorship import WRITTEN_BY_HAND
from shared.policy.call_to_action import asks
from shared.policy.letter import compose


def by_hand(
    draft: Draft,
    *,
    subject: str,
    body: str,
    sender: Sender | None,
    thread: ThreadFacts | None,
    now: datetime,
    written_by: str = WRITTEN_BY_HAND,
) -> Draft:
    """The draft with a person's subject and body, pending and not judged, whatever was approved before.

    Sender, recipient, footer, way out and thread stay what they were: no words can change them. `sender` is
    the tenant's own for the draft's mailbox, None when it is one no longer; `thread` is the job's. Errors:
    ValueError that names the field, the rule and the mend.
    """
    if sender is None:
        raise ValueError("sender: the mailbox is no longer one of the tenant's senders; add it again")
    subject = subject.strip()
    raw = compose(
        draft_id=draft.id,
        sender=sender,
        recipient=draft.recipient,
        subject=subject,
        body=body,
        footer=draft.footer,
        thread=thread if draft.thread_id is not None else None,
        opt_out_url=draft.opt_out_url,
    )
    in_thread = thread if draft.thread_id is not None else None
    return next_revision(draft, now=now).but(
        written_by=written_by,
        thread_head=in_thread.head_message_id if in_thread is not None else draft.thread_head,
        subject=subject,
        body=body,
        raw=raw,
        call_to_action=_asked(body),
        evidence=tuple(each for each in draft.evidence if each.claim in f"{subject}\n{body}"),
    )


def next_revision(draft: Draft, *, now: datetime) -> Draft:
    """The draft as a person's next revision, its words still the old ones: pending, and not judged."""
    return draft.moved(DraftState.PENDING).but(
        revision=draft.revision + 1, written_by=WRITTEN_BY_HAND, verdict=None, revised_at=now
    )


def _asked(body: str) -> str:
    """The one sentence that asks, as the gate reads it; a person names none beside their words."""
    found = asks(body)
    return found[0].text if len(found) == 1 else ""
