"""What the model is asked for when it reads a thread."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ThreadOutput(BaseModel):
    """What only a reader can tell; ids, times and senders are never asked for."""

    model_config = ConfigDict(extra="forbid")

    summary: str = Field(
        max_length=400, description="One or two sentences: what the thread is about, where it stands."
    )
    topics: list[str] = Field(max_length=5, description="Three to five topics, one to three words each.")
    open_questions: list[str] = Field(
        max_length=5, description="Questions nobody has answered yet, copied word for word from the messages."
    )
    sentiment: Literal["positive", "neutral", "negative"] = Field(
        description="How the person sounds in the last message that is from them."
    )
    commitments: list[str] = Field(
        max_length=5,
        description="Sentences in which either side promises something that no later message shows as done, "
        "copied word for word.",
    )
