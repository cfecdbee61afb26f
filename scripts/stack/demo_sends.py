"""The scenes of scripts/demo in which mail goes out: by a person's word alone, and not when somebody says no."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from scripts.stack.demo_stage import TENANT, Theatre
from scripts.stack.journey import read_job
from scripts.stack.leads import STORY, Lead
from scripts.stack.tenant import FLAGS
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.operators import decisions
from shared.operators.decisions import Asked, Decided
from shared.operators.refusal import Refusal
from shared.operators.replay import queued
from shared.operators.roles import Operator, Role
from shared.policy.letter import ONE_CLICK
from shared.runtime.queue import task_queue
from shared.store.database import typed

LONGEST_S = 40.0
OWN = f"{TENANT}/control/flags"
MARCUS = Operator("operator:marcus", Role.APPROVER)
SENDING = {**FLAGS, "mode": "SEND_ALLOWED"}
NORA = Lead(
    {
        "email": "nora.lind@fjordfreight.example",
        "firstname": "Nora",
        "lastname": "Lind",
        "company": "Fjord Freight",
        "message": "We are comparing tools for stock levels across three warehouses. Could we see a demo?",
    }
)
WORDS = "Hi Tom,\n\nthank you for your message. Which of your stores shall we begin with?\n"


def approved_and_sent(theatre: Theatre) -> None:
    theatre.tell(
        """The system has sent nothing so far: both control documents say DRAFT_ONLY. An operator lets mail out,
        and Marcus reads Leo's draft and approves just this revision. It would go out in the sender's working
        hours; Leo waits for it, so Marcus has it sent now."""
    )
    _lets_out(theatre, SENDING)
    draft = _open_draft(theatre, STORY["leo"].address)
    _decide(theatre, draft, decisions.approve)
    _decide(theatre, draft, decisions.force, why="they wait for it")
    sent = _until(theatre, draft, lambda found: found.state is DraftState.SENT)
    theatre.expect(sent.state is DraftState.SENT, "the draft is sent")
    theatre.expect(
        sent.approval is not None and sent.approval.hash == draft.hash, "byte for byte what Marcus had seen"
    )
    job = _ended(theatre, sent)
    made = theatre.made(sent.recipient)
    theatre.expect(made["sent"] == 1, "one mail is in Isabel's Sent")
    theatre.expect(job is Status.DONE, "the job is done")
    theatre.expect(
        (made["notes"], made["records"]) == (1, 1), "the CRM has the mail's record, beside the one note"
    )


def edited_after_approval(theatre: Theatre) -> None:
    theatre.tell("Marcus approves Tom's draft, and then changes a word. His own approval no longer holds.")
    _lets_out(theatre, FLAGS)
    draft = _open_draft(theatre, STORY["tom"].address)
    _decide(theatre, draft, decisions.approve)
    _decide(theatre, draft, decisions.edit, subject=draft.subject, body=WORDS)
    _wait_for(lambda: read_job(theatre.stack, draft.job_id), lambda job: job.next is None)
    after = _read(theatre, draft)
    theatre.expect(after.revision == draft.revision + 1, "his words are the next revision")
    theatre.expect(after.gmail_revision == after.revision, "they are what lies in Gmail")
    theatre.expect((after.state, after.approval) == (DraftState.PENDING, None), "the approval is void")
    _lets_out(theatre, SENDING)
    theatre.expect(theatre.made(after.recipient)["sent"] == 0, "nothing was sent")


def switch_holds_a_send(theatre: Theatre) -> None:
    theatre.tell("He approves the new words. But somebody has pulled the kill switch.")
    _lets_out(theatre, {**SENDING, "kill_switch": True})
    draft = _open_draft(theatre, STORY["tom"].address)
    _decide(theatre, draft, decisions.approve)
    _decide(theatre, draft, decisions.force, why="they wait for it")
    job_waits = _wait_for(
        lambda: read_job(theatre.stack, draft.job_id).reasons, lambda reasons: bool(reasons)
    )
    theatre.expect("kill switch" in " ".join(job_waits), f"the mail waits: {'; '.join(job_waits)}")
    theatre.expect(theatre.made(draft.recipient)["sent"] == 0, "nothing was sent")
    theatre.tell("The switch is lifted.")
    _lets_out(theatre, SENDING)
    sent = _until(theatre, draft, lambda found: found.state is DraftState.SENT)
    theatre.expect(sent.state is DraftState.SENT, "the mail went out by itself")
    _ended(theatre, sent)
    theatre.expect(theatre.made(draft.recipient)["sent"] == 1, "once")


def opts_out_by_one_click(theatre: Theatre) -> None:
    theatre.tell(
        """Nora's draft is approved, and before its hour she presses "unsubscribe" in an older mail of ours: the
        button that every mail carries. One click, no sign-in."""
    )
    _lets_out(theatre, FLAGS)
    journey = theatre.follow(theatre.submit(NORA))
    theatre.expect(journey.drafted, "her draft waits for a person's decision")
    draft = _open_draft(theatre, NORA.address)
    _decide(theatre, draft, decisions.approve)
    with httpx.Client(trust_env=False, timeout=30.0) as client:
        looked = client.get(draft.opt_out_url)
        theatre.expect(
            _read(theatre, draft).is_open,
            f"a program that opens the link ({looked.status_code}) stops nothing",
        )
        pressed = client.post(draft.opt_out_url, data=dict([ONE_CLICK]))
    theatre.expect(pressed.status_code == 200, "the button is answered 200")
    _lets_out(theatre, SENDING)
    after = _until(theatre, draft, lambda found: found.state is DraftState.REJECTED)
    theatre.expect(after.state is DraftState.REJECTED, "the approved mail is stopped")
    _ended(theatre, after)
    theatre.expect(theatre.made(after.recipient)["sent"] == 0, "nothing was sent")
    _lets_out(theatre, FLAGS)


def _lets_out(theatre: Theatre, flags: dict[str, Any]) -> None:
    for path in ("control/flags", OWN):
        theatre.operator_sets(path, flags)


def _open_draft(theatre: Theatre, address: str) -> Draft:
    """The person's open draft. Errors: LookupError."""
    drafts = typed(theatre.stack.world.database.client.collection(f"{TENANT}/drafts"), Draft)
    for draft in drafts:
        if draft.recipient == address and draft.is_open:
            return draft
    raise LookupError(f"there is no open draft for {address}")


def _read(theatre: Theatre, draft: Draft) -> Draft:
    found = theatre.stack.world.database.get(draft.path, Draft)
    if found is None:
        raise LookupError(f"draft {draft.id} is gone")
    return found


def _decide(
    theatre: Theatre, draft: Draft, decision: Callable[..., Decided | Refusal], **words: Any
) -> Decided:
    """Marcus decides about the revision he has seen; while it is worked on, he tries again. Errors: LookupError."""
    world = theatre.stack.world

    def tried() -> Decided | Refusal:
        now = datetime.now(UTC)
        asked = Asked("default", draft.id, draft.revision, MARCUS, now, world.settings.routing)
        done = decision(world.database, asked, **words)
        if isinstance(done, Decided) and done.job is not None:
            queued(task_queue(world), done.job, now)
        return done

    done = _wait_for(tried, lambda found: isinstance(found, Decided) or "SENT" in str(found))
    if isinstance(done, Refusal):
        if _read(theatre, draft).state is DraftState.SENT:
            return Decided(_read(theatre, draft))  # within working hours it was faster than he
        raise LookupError(str(done))
    return done


def _until(theatre: Theatre, draft: Draft, good: Callable[[Draft], bool]) -> Draft:
    return _wait_for(lambda: _read(theatre, draft), good)


def _ended(theatre: Theatre, draft: Draft) -> Status:
    """How the draft's job ended."""
    return _wait_for(lambda: read_job(theatre.stack, draft.job_id), lambda job: job.is_final).status


def _wait_for(look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    """What is seen when it is good, or when the time is over."""
    began = time.monotonic()
    while not good(found := look()) and time.monotonic() - began < LONGEST_S:
        time.sleep(0.1)
    return found
