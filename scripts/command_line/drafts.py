"""`whisper drafts`: list, show, and what a person decides about one."""

from __future__ import annotations

import click
from rich.console import RenderableType

from scripts.command_line import deciding
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import present
from scripts.command_line.show import (
    coloured,
    data_of,
    facts,
    heading,
    plain,
    stacked,
    table,
    time_of,
    unreadable,
)
from scripts.command_line.verdicts import verdict_data, verdict_human
from shared.jobs.draft import Draft, DraftState
from shared.operators.drafts import list_drafts, show_draft
from shared.policy.letter import text_of


@click.group()
def drafts() -> None:
    """The mails that are proposed."""


@drafts.command("list")
@click.option("--state", type=click.Choice([s.value for s in DraftState]))
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@operation
def list_(connection: Connection, state: str | None, limit: int) -> Told:
    """The drafts that were revised last."""
    page = list_drafts(
        connection.database, connection.tenant, state=DraftState(state) if state else None, limit=limit
    )
    rows = [
        (
            draft.id,
            coloured(draft.state),
            draft.revision,
            draft.recipient,
            draft.subject,
            coloured(draft.verdict.outcome) if draft.verdict else "",
            time_of(draft.revised_at),
        )
        for draft in page.items
    ]
    columns = ("draft", "state", "revision", "to", "subject", "verdict", "revised")
    return Told(
        {"drafts": [_brief(draft) for draft in page.items], "unreadable": page.unreadable},
        stacked(table(columns, rows, empty="no such drafts"), unreadable(page.unreadable)),
    )


@drafts.command("show")
@click.argument("draft_id", metavar="DRAFT")
@operation
def show(connection: Connection, draft_id: str) -> Told:
    """One draft with the evidence for what it claims and the gate's verdict."""
    draft = present(
        show_draft(connection.database, connection.tenant, draft_id),
        f"draft {draft_id} in tenant {connection.tenant}",
        "`whisper drafts list` shows those there are",
    )
    return Told(_data(draft), _human(draft))


for decision in deciding.COMMANDS:
    drafts.add_command(decision)


def _data(draft: Draft) -> dict[str, object]:
    return {
        **data_of(draft, without={"raw"}),
        "hash": draft.hash,
        "raw_bytes": len(draft.raw),
        "verdict": verdict_data(draft.verdict) if draft.verdict else None,
    }


def _brief(draft: Draft) -> dict[str, object]:
    kept = {
        "id", "state", "revision", "job_id", "sender", "recipient", "subject", "written_by", "created_at",
        "revised_at",
    }  # fmt: skip
    found = {name: value for name, value in data_of(draft, without={"raw"}).items() if name in kept}
    return {**found, "verdict": draft.verdict.outcome if draft.verdict else None}


def _approved(draft: Draft) -> str:
    given = draft.approval
    if given is None:
        return ""
    return f"by {given.actor}, revision {given.revision}, goes out {given.send_at:%Y-%m-%d %H:%MZ} or later"


def _human(draft: Draft) -> RenderableType:
    about = facts(
        (
            ("state", coloured(draft.state)),
            ("revision", f"{draft.revision}, written by {draft.written_by}"),
            ("job", draft.job_id),
            ("Gmail draft", draft.gmail_draft_id or "not filed yet"),
            ("thread", draft.thread_id or "a new one"),
            ("approved", _approved(draft)),
            ("put off until", time_of(draft.snoozed_until) if draft.snoozed_until else None),
            ("sent", time_of(draft.sent_at) if draft.sent_at else None),
            ("because", draft.end_reason),
            ("CRM", f"note {draft.note_id or '-'}, task {draft.task_id or '-'}"),
            ("revised", time_of(draft.revised_at)),
            ("hash", draft.hash),
        )
    )
    headers = facts((("From", draft.sender), ("To", draft.recipient), ("Subject", draft.subject)))
    rows = [(e.claim, f"{e.source}: {e.field}", f'"{e.span}"') for e in draft.evidence]
    return stacked(
        heading(draft.id),
        about,
        headers,
        plain(text_of(draft.body, draft.footer).rstrip()),
        heading("Evidence"),
        table(("claim", "source", "span"), rows, empty="nothing that needs a source"),
        heading("Verdict"),
        verdict_human(draft.verdict) if draft.verdict else plain("not judged yet"),
    )
