"""The scenes of scripts/demo in which people use Gmail: they send, answer, rewrite, and say stop."""

from __future__ import annotations

from rich.markup import escape

from scripts.stack.answering import answer, changed_by_hand, listen, send_by_hand
from scripts.stack.demo_stage import TENANT, Theatre
from scripts.stack.journey import read_job
from scripts.stack.leads import STORY
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.mail import MailKind
from shared.store.database import typed

STOP = "Please take me off your list, I do not want any more mail from you.\n"


def answered_mail(theatre: Theatre) -> None:
    theatre.tell(
        """Isabel sends Ana's draft by hand from Gmail. The system sees that she did; and when Ana answers, Gmail's
        push has her mail read, and the next draft lies in the same thread."""
    )
    listen(theatre.stack)
    sent = send_by_hand(theatre.stack, _owner(theatre, STORY["ana"].address))
    theatre.expect(sent.state is DraftState.SENT_BY_HAND, "the draft is known as sent by hand")
    found = answer(theatre.stack, sent)
    theatre.console.print(f"  [dim]Ana answers:[/] {escape(found.text.strip())}")
    job = found.journey.job if found.journey else None
    draft = theatre.draft_of(job) if job else None
    theatre.show_mail(draft)
    theatre.expect(
        job is not None and job.mails[0].kind is MailKind.PERSON, "a person wrote, and it was seen"
    )
    theatre.expect(
        draft is not None and draft.gmail_thread_id == sent.gmail_thread_id, "it lies in the same thread"
    )


def rewritten_by_hand(theatre: Theatre) -> None:
    theatre.tell(
        "Marcus does not like the words for Tom and rewrites them in Gmail. His words are kept, and judged."
    )
    job = _owner(theatre, STORY["tom"].address)
    words = "Hi Tom,\n\nthank you for your message. Which of your stores should we begin with?\n"
    draft = changed_by_hand(theatre.stack, job, words)
    theatre.show_mail(draft)
    theatre.expect("Which of your stores" in draft.body, "the person's words are the next revision")
    theatre.expect(draft.written_by == "hand", "it says that a person wrote it")


def says_stop(theatre: Theatre) -> None:
    theatre.tell(
        "Ana has changed her mind. She is never mailed again, and the open draft is taken out of Gmail."
    )
    opened = theatre.draft_of(_owner(theatre, STORY["ana"].address))
    if opened is None:
        theatre.expect(False, "Ana has an open draft")
        return
    found = answer(theatre.stack, opened, text=STOP)
    job = found.journey.job if found.journey else None
    theatre.expect(job is not None and job.mails[0].kind is MailKind.OPT_OUT, "it is read as an opt-out")
    theatre.expect(job is not None and job.status is Status.STOPPED, "nothing is written")
    after = theatre.stack.world.database.get(opened.path, Draft)
    theatre.expect(after is not None and after.state is DraftState.REJECTED, "the open draft is rejected")
    entries = theatre.stack.world.database.collection(f"{TENANT}/suppressions")
    theatre.expect(opened.contact_id in entries, "she is suppressed, under a keyed hash of her address")


def _owner(theatre: Theatre, address: str) -> Job:
    """The job that owns the person's open draft. Errors: LookupError."""
    drafts = typed(theatre.stack.world.database.client.collection(f"{TENANT}/drafts"), Draft)
    for draft in drafts:
        if draft.recipient == address and draft.is_open:
            return read_job(theatre.stack, draft.job_id)
    raise LookupError("there is no open draft for the person")
