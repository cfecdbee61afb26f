"""Who wrote a draft last: what a person wrote is never overwritten and never thrown away."""

from __future__ import annotations

from shared.jobs.draft import Draft

WRITTEN_BY_HAND = "hand"
"""The writer of a draft that a person has rewritten in Gmail."""


def is_by_hand(draft: Draft) -> bool:
    """Whether a person wrote the words of this revision."""
    return draft.written_by == WRITTEN_BY_HAND
