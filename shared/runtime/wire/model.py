"""The language model, where one is set; without one everything is decided and written by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.connectors.openai_model import OpenAiModel
from shared.ports.model import Model
from shared.runtime.stage_run import Run
from shared.runtime.wire.secrets import secrets

if TYPE_CHECKING:
    from shared.runtime.world import World


def model(run: Run) -> Model | None:
    """The model of the settings, or None."""
    return model_of(run.world)


def model_of(world: World) -> Model | None:
    """The same, outside of a job."""
    return world.once("model", lambda: _made(world)) if world.settings.model else None


def _made(world: World) -> OpenAiModel:
    return OpenAiModel(
        api_key=lambda: secrets(world).value("openai-api-key"),
        renew=lambda: secrets(world).forget("openai-api-key"),
        model=world.settings.model,
        base_url=world.settings.openai_url,
        transport=world.http,
        clock=lambda: world.clock().timestamp(),
    )
