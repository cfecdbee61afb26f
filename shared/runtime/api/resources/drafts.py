"""Drafts: the list, one with its evidence and verdict, and the exact bytes that would be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.jobs.draft import Approval, Draft, DraftState
from shared.jobs.facts import Evidence, Verdict, Violation
from shared.operators.drafts import list_drafts, show_draft, suggestions
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.paging import Listed, Paged, listed
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Shown


class DraftsAsked(Paged):
    """Which drafts."""

    state: DraftState | None = None


class DraftRow(Shown):
    """A draft in a list."""

    id: str
    state: DraftState
    revision: int
    job_id: str
    contact_id: str
    sender: str
    recipient: str
    subject: str
    end_reason: str
    created_at: datetime
    revised_at: datetime
    sent_at: datetime | None
    snoozed_until: datetime | None


class DraftShown(DraftRow):
    """A draft with all that a person needs to decide about it. `hash` is of exactly what would be sent."""

    body: str
    footer: str
    call_to_action: str
    evidence: tuple[Evidence, ...]
    verdict: Verdict | None
    approval: Approval | None
    hash: str
    language: str
    written_by: str
    thread_id: str | None
    gmail_draft_id: str | None
    note_id: str | None
    task_id: str | None


class SuggestionsShown(Shown):
    """What the gate found in the draft, each with its mend, and why it was rejected, where it was."""

    judged: bool
    outcome: str
    violations: tuple[Violation, ...]
    rejected_because: str


class PreviewAsked(Given):
    """As what the bytes are served: a mail to be opened, or text to be read."""

    form: Literal["mail", "text"] = Field(default="mail", description="`mail` or `text`.")


def _list(asked: Asked) -> Found:
    query = asked.query_as(DraftsAsked)
    page = list_drafts(
        asked.world.database, asked.tenant, state=query.state, limit=query.limit, after=query.after
    )
    return listed(page, DraftRow)


def _show(asked: Asked) -> Found | Refusal:
    draft = found_draft(asked)
    return draft if isinstance(draft, Refusal) else shown(draft)


def _preview(asked: Asked) -> Found | Refusal:
    draft = found_draft(asked)
    if isinstance(draft, Refusal):
        return draft
    as_mail = asked.query_as(PreviewAsked).form == "mail"
    return Found(
        draft.raw,
        version_tag(draft.version),
        media_type="message/rfc822" if as_mail else "text/plain; charset=utf-8",
        headers=(("Content-Disposition", f'attachment; filename="{draft.id}.eml"'),) if as_mail else (),
    )


def _suggestions(asked: Asked) -> Found | Refusal:
    draft = found_draft(asked)
    if isinstance(draft, Refusal):
        return draft
    return Found(SuggestionsShown.model_validate(suggestions(draft)), version_tag(draft.version))


def found_draft(asked: Asked) -> Draft | Refusal:
    """The draft that the path names."""
    draft = show_draft(asked.world.database, asked.tenant, asked.path["draft_id"])
    return draft or Missing("there is no such draft", "list the drafts to see which there are")


def shown(draft: Draft) -> Found:
    """A draft as an answer."""
    return Found(DraftShown.model_validate(draft), version_tag(draft.version))


ROUTES = (
    ApiRoute(
        "GET", "/v1/drafts", Role.VIEWER, "drafts", "The drafts that were revised last.", _list,
        Listed[DraftRow], DraftsAsked,
    ),
    ApiRoute(
        "GET", "/v1/drafts/{draft_id}", Role.VIEWER, "drafts", "One draft, with evidence and verdict.", _show,
        DraftShown,
    ),
    ApiRoute(
        "GET", "/v1/drafts/{draft_id}/suggestions", Role.VIEWER, "drafts",
        "What is wrong with a draft, and how it is mended.", _suggestions, SuggestionsShown,
    ),
    ApiRoute(
        "GET", "/v1/drafts/{draft_id}/preview", Role.VIEWER, "drafts",
        "The exact bytes that would be sent.", _preview, None, PreviewAsked,
        media_types=("message/rfc822", "text/plain; charset=utf-8"),
    ),
)  # fmt: skip
