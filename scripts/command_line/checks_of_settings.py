"""The doctor's look at the environment variables."""

from __future__ import annotations

from scripts.command_line.checking import Check, Health, Wrong, look
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem
from shared.jobs.playbooks import PLAYBOOKS
from shared.runtime.settings import Settings

_GENERATED = "it is generated from functions.yaml: deploy again, or take it from this release"


def settings_checks(connection: Connection) -> list[Check]:
    """Whether there are settings at all, under `settings`; then each one that a function cannot do without."""
    try:
        settings, source = connection.settings, connection.environment.source
    except Problem as problem:
        mend = "see .env.example for each variable, or start the local stack with `scripts/run`"
        return [Check("settings", Health.FAIL, problem.message, mend)]
    return [
        Check("settings", Health.OK, f"environment {settings.environment}, from {source}"),
        *(_filled(settings, name) for name in ("PROJECT", "REGION", "TASKS_CALLER", "RECEIVE_HUBSPOT_URL")),
        look("FUNCTION_URL", lambda: _function_url(settings), _GENERATED),
        look("ROUTING", lambda: _routing(settings), _GENERATED),
        Check("MODE_CEILING", Health.OK, settings.mode_ceiling.value),
    ]


def _filled(settings: Settings, name: str) -> Check:
    for attribute, field in Settings.model_fields.items():
        if field.alias == name:
            value = str(getattr(settings, attribute))
            if value:
                return Check(name, Health.OK, value)
            return Check(name, Health.FAIL, f"empty: {field.description}", f"set {name}; see .env.example")
    raise KeyError(name)


def _function_url(settings: Settings) -> str:
    if "{name}" not in settings.function_url:
        raise Wrong(
            "tasks would have nowhere to go", "set FUNCTION_URL to the functions' address with {name} in it"
        )
    return settings.function_url


def _routing(settings: Settings) -> str:
    wanted = {stage for playbook in PLAYBOOKS.values() for stage in playbook.stages}
    missing = sorted(wanted - set(settings.routing))
    if missing:
        raise Wrong(f"there is no route to {', '.join(missing)}", _GENERATED)
    return f"{len(settings.routing)} functions"
