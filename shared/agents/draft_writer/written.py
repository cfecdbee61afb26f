"""What the draft writer hands over: words and their evidence, nothing that decides where a mail goes."""

from __future__ import annotations

from dataclasses import dataclass

from shared.jobs.facts import Evidence


@dataclass(frozen=True)
class Written:
    """One proposed text. Recipient, sender, links and thread are set by code elsewhere, never from here."""

    subject: str
    body: str
    call_to_action: str
    """The one question of the body, word for word."""
    evidence: tuple[Evidence, ...]
    language: str
    """Language of the person's own words (ISO 639-1)."""
    written_by: str
    """ "rule", or "model:" and the model's name."""
    fell_back: str = ""
    """Why the rule wrote although a model was there."""
    hold: str = ""
    """Why a person has to look before anything else happens; empty when nobody has to."""
    notes: tuple[str, ...] = ()
    """What the reviewer should know: what was left out of the answer, and why."""
    input_tokens: int = 0
    output_tokens: int = 0
