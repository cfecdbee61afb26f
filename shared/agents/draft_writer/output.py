"""What the model is asked for when it writes a mail."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.jobs.facts import Source


class ClaimOutput(BaseModel):
    """One claim of the mail and where it comes from."""

    model_config = ConfigDict(extra="forbid")

    claim: str = Field(max_length=200, description="Words of the mail, exactly as they stand there.")
    source: Source = Field(description="form, crm, thread, calendar or sender.")
    field: str = Field(max_length=100, description='The name of the source, for example "form.message".')
    span: str = Field(
        max_length=600, description="The words of the source, copied exactly, that contain the claim."
    )


class DraftOutput(BaseModel):
    """A proposed text. There is no field for a recipient, a sender, a link or an attachment: code sets "
    "those."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(max_length=150, description="At most eight words, about what the person asked.")
    body: str = Field(max_length=4000, description="The mail from greeting to first name, plain text.")
    call_to_action: str = Field(max_length=600, description="The one question of the body, copied exactly.")
    evidence: list[ClaimOutput] = Field(
        max_length=40,
        description="One entry for every number, date, time, name, price and promise of the body.",
    )
    language: str = Field(
        pattern=r"^[a-z]{2}$", description="ISO 639-1 code of the language of the mail: the person's own."
    )
