"""Who wrote a draft last: what a person wrote is never overwritten and never thrown away."""

from __future__ import annotations

from shared.jobs.draft import Draft

WRITTEN_BY_HAND = "hand"
"""The writer of a draft that a person has rewritten in Gmail."""

WRITTEN_HERE = "operator"
"""The writer of a draft that a person has edited through us."""


def is_by_hand(draft: Draft) -> bool:
    """Whether a person wrote the words of this revision."""
    return draft.written_by in (WRITTEN_BY_HAND, WRITTEN_HERE)


def lies_as_written(draft: Draft) -> bool:
    """Whether what lies in the mailbox is what a person saved there themselves."""
    return draft.written_by == WRITTEN_BY_HAND
