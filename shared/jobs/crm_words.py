"""How our notes and tasks speak of a draft, and how they are found again."""

from __future__ import annotations

from shared.jobs.draft import Draft

FOR_A_PERSON = "the draft waits for a person's decision"


def marker_of(draft: Draft) -> str:
    """What our note and task are found by."""
    return f"whisper:{draft.id}"


def link_to(draft: Draft) -> str:
    """Where the draft opens in Gmail."""
    return f"https://mail.google.com/mail/u/?authuser={draft.sender}#drafts/{draft.gmail_message_id or ''}"
