"""What people do once a draft lies in Gmail: the sender presses Send, and the person answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from scripts.stack.journey import Journey, follow
from scripts.stack.processes import Stack
from scripts.stack.result import cost_of, drafted_of
from shared.jobs.draft import Draft, DraftState
from shared.jobs.event import event_id
from shared.jobs.job import Job
from shared.jobs.mailbox import mailbox_id
from shared.runtime.mail_inbox import SOURCE

ANSWER = (
    "Thank you, that helps.\n\nOne question before we talk: does it connect to our warehouse system without "
    "replacing it? And could you show us a dashboard in a call?\n"
)
LONGEST_S = 40.0

Found = TypeVar("Found")


@dataclass(frozen=True)
class Answering:
    """The person's answer, and the job that it became."""

    text: str
    thread_id: str
    journey: Journey | None
    reason: str = ""


def listen(stack: Stack) -> None:
    """Begin to hear the mailboxes, as the daily run does."""
    stack.ask_cloud("POST", "/scheduler/renew_watch/run")


def send_by_hand(stack: Stack, job: Job) -> Draft:
    """The sender presses Send in Gmail; the sweep sees it. Errors: LookupError when it does not in time."""
    draft = _draft(stack, job)
    sent = {"mailbox": draft.sender, "draft_id": draft.gmail_draft_id}
    stack.ask_sandbox("POST", "/gmail/send_draft", sent)
    stack.ask_cloud("POST", "/scheduler/watch_drafts/run")
    return _until(
        lambda: _draft(stack, job),
        lambda found: found.state is DraftState.SENT_BY_HAND,
        "the sweep did not see that the draft was sent by hand",
    )


def changed_by_hand(stack: Stack, job: Job, words: str) -> Draft:
    """The sender rewrites the draft in Gmail; the sweep takes it up. Errors: LookupError when it does not."""
    draft = _draft(stack, job)
    edited = {"mailbox": draft.sender, "draft_id": draft.gmail_draft_id, "text": words}
    stack.ask_sandbox("POST", "/gmail/edit_draft", edited)
    stack.ask_cloud("POST", "/scheduler/watch_drafts/run")
    return _until(
        lambda: _draft(stack, job),
        lambda found: found.revision > draft.revision and found.verdict is not None,
        "the sweep did not see that the draft was rewritten",
    )


def answer(
    stack: Stack,
    draft: Draft,
    *,
    text: str = ANSWER,
    seen: Callable[[Job, Job], None] = lambda job, owner: None,
) -> Answering:
    """The person answers in the draft's thread; Gmail's push starts the job that reads and drafts."""
    thread_id = draft.gmail_thread_id or ""
    wrote = {"mailbox": draft.sender, "thread_id": thread_id, "text": text, "sender": draft.recipient}
    mail: dict[str, Any] = stack.ask_sandbox("POST", "/gmail/reply", wrote)
    job_id = f"job-{event_id(SOURCE, mailbox_id(draft.sender), str(mail['id']))}"
    path = f"tenants/{draft.tenant}/jobs/{job_id}"
    try:
        _until(
            lambda: stack.world.database.get(path, Job),
            lambda found: found is not None,
            "the answer was not heard",
        )
    except LookupError as error:
        return Answering(text, thread_id, None, str(error))
    return Answering(text, thread_id, follow(stack, job_id, seen=seen))


def shown(stack: Stack, answering: Answering, before: Any) -> dict[str, Any]:
    """The answer and what it came to, ready for JSON."""
    found: dict[str, Any] = {"text": answering.text, "thread_id": answering.thread_id}
    journey = answering.journey
    if journey is None:
        return {**found, "ok": False, "reason": answering.reason}
    heard = journey.job.mails[0] if journey.job.mails else None
    return {
        **found,
        "ok": journey.drafted,
        "reason": "" if journey.drafted else journey.reason,
        "kind": heard.kind.value if heard is not None and heard.kind is not None else None,
        **drafted_of(stack, journey),
        "cost": cost_of(stack, (journey.job.id, journey.drafted_by.id), before),
    }


def _draft(stack: Stack, job: Job) -> Draft:
    found = stack.world.database.get(f"tenants/{job.tenant}/drafts/{job.draft_id}", Draft)
    if found is None:
        raise LookupError(f"draft {job.draft_id} is not there")
    return found


def _until(look: Callable[[], Found], good: Callable[[Found], bool], otherwise: str) -> Found:
    began = time.monotonic()
    while not good(found := look()):
        if time.monotonic() - began > LONGEST_S:
            raise LookupError(otherwise)
        time.sleep(0.1)
    return found
