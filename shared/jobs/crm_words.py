"""How our notes and tasks speak of a draft, and how they are found again."""

from shared.jobs.draft import Draft, DraftState

FOR_A_PERSON = "the draft waits for a person's decision"


def marker_of(draft: Draft) -> str:
    """What our note and task are found by."""
    return f"whisper:{draft.id}"


def link_to(draft: Draft) -> str:
    """Where the draft opens in Gmail."""
    return f"https://mail.google.com/mail/u/?authuser={draft.sender}#drafts/{draft.gmail_message_id or ''}"


def outcome_note(draft: Draft) -> str:
    """The note of a draft that is over, as plain text: what became of it, and when."""
    when = f" on {draft.sent_at:%Y-%m-%d %H:%M} UTC" if draft.sent_at else ""
    became = {
        DraftState.SENT: f"The draft was sent{when}.",
        DraftState.SENT_BY_HAND: f"The draft was sent by hand from {draft.sender}{when}.",
        DraftState.REJECTED: f"The draft was not sent: {draft.end_reason or 'it was rejected'}.",
        DraftState.EXPIRED: "The draft was not sent: nobody decided about it in time.",
    }.get(draft.state, f"The draft is {draft.state}.")
    return f"{became}\n\nSubject: {draft.subject}\n\n[{marker_of(draft)}]"
