"""What the model is asked for when it plans the next step."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PlanOutput(BaseModel):
    """A proposal. Doing nothing is no option: only rules may refuse somebody an answer."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["SEND_FOLLOWUP", "PROPOSE_CALL"] = Field(description="What the mail should do.")
    tone: Literal["formal", "conversational", "urgent"] = Field(description="How it should sound.")
    urgency: Literal["urgent", "normal"] = Field(description="urgent only if the person asks for haste.")
    reason: str = Field(max_length=300, description="Why, in one sentence for the reviewer.")
    call_to_action: str = Field(
        max_length=200, description="What the mail should ask the person, in a few words."
    )
    delay_h: float = Field(ge=0, le=72, description="Hours to wait before the mail is sent; 0 is at once.")
