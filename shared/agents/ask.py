"""Ask a model once, and say why not when its answer cannot be used: there is always a rule to fall back "
"to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import Failure
from shared.ports.model import Model

Output = TypeVar("Output", bound=BaseModel)


@dataclass(frozen=True)
class Asked(Generic[Output]):
    """A model's answer, or the reason why there is none. Tokens are counted either way."""

    value: Output | None
    model: str = ""
    fell_back: str = ""
    input_tokens: int = 0
    output_tokens: int = 0


def ask(
    model: Model | None, *, agent: str, prompt: Path, data: Mapping[str, object], output: type[Output]
) -> Asked[Output]:
    """One question. The data goes in as one JSON document: nothing in it can end it and become an "
    "instruction."""
    if model is None:
        return Asked(None)
    document = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    try:
        answer = model.complete(agent=agent, instructions=_text(prompt), data=document, output=output)
    except Failure as failure:
        return Asked(None, fell_back=f"the model did not answer ({failure.kind}): {failure.reason}")
    except ValidationError as wrong:
        # Our own names of the fields alone: all else is the model's words, and reasons are logged.
        places = {str(error["loc"][0]) if error["loc"] else "" for error in wrong.errors()}
        known = sorted(places & set(output.model_fields))
        fields = ", ".join([*known, *(["a field that was not asked for"] if places - set(known) else [])])
        return Asked(
            None, fell_back=f"the model's answer does not have the shape that was asked for: {fields}"
        )
    return Asked(
        answer.value,
        model=answer.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
    )


@cache
def _text(prompt: Path) -> str:
    return prompt.read_text(encoding="utf-8")
