"""Kill switch, mode and features: the tenant's control document, and the global one for who reaches it."""

from __future__ import annotations

from pydantic import Field

from shared.jobs.rules import Mode
from shared.operators.api_keys import GLOBAL
from shared.operators.flags import BY_HAND, control_document, set_flag, show_flags
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, RawFields, Shown


class FlagsShown(Shown):
    """One control document as it is, and what both documents mean together."""

    document: str
    fields: RawFields
    ceiling: Mode = Field(description="The most that the environment allows.")
    stopped: bool
    mode: Mode
    may_send: bool
    rollout_percent: dict[str, int]
    reasons: tuple[str, ...]
    garbage: tuple[str, ...] = Field(description="What could not be understood; one is enough to stop all.")


class FlagAsked(Given):
    """One field: `kill_switch`, `mode`, or a feature with the percentage of contacts that it is on for."""

    field: Line
    value: bool | Line
    percent: int | None = Field(default=None, ge=0, le=100)
    reason: Line = BY_HAND


def _show_own(asked: Asked) -> Found | Refusal:
    return _shown(asked, asked.tenant)


def _show_global(asked: Asked) -> Found | Refusal:
    return _shown(asked, None)


def _set_own(asked: Asked) -> Found | Refusal:
    return _set(asked, asked.tenant)


def _set_global(asked: Asked) -> Found | Refusal:
    return _set(asked, None)


def _shown(asked: Asked, tenant: str | None) -> Found | Refusal:
    database, ceiling = asked.world.database, asked.world.settings.mode_ceiling
    path = control_document(tenant)
    fields, version = database.raw_with_version(path)
    if fields is None:
        return Missing(
            f"{path} does not exist, so everything is stopped", "create it by `whisper flags create`"
        )
    together = show_flags(database, asked.tenant, ceiling=ceiling.value)
    controls = together.controls
    value = FlagsShown(
        document=path,
        fields=fields,
        ceiling=ceiling,
        stopped=controls.stopped,
        mode=controls.mode,
        may_send=together.may_send,
        rollout_percent=controls.rollout,
        reasons=controls.reasons,
        garbage=controls.garbage,
    )
    return Found(value, version_tag(version))


def _set(asked: Asked, tenant: str | None) -> Found | Refusal:
    body = asked.body_as(FlagAsked)
    value = str(body.value).lower() if isinstance(body.value, bool) else body.value
    done = set_flag(
        asked.world.database,
        tenant,
        body.field,
        value,
        percent=body.percent,
        by=asked.by,
        why=body.reason,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _shown(asked, tenant)


ROUTES = (
    ApiRoute("GET", "/v1/flags", Role.VIEWER, "flags", "The tenant's control document.", _show_own, FlagsShown),
    ApiRoute(
        "PATCH", "/v1/flags", Role.APPROVER, "flags",
        "Set one field of the tenant's control document; whoever is no admin may only stop.",
        _set_own, FlagsShown, body=FlagAsked, changes=True, guarded=True,
    ),
    ApiRoute("GET", "/v1/flags/global", Role.VIEWER, "flags", "The global control document.", _show_global, FlagsShown),
    ApiRoute(
        "PATCH", "/v1/flags/global", Role.APPROVER, GLOBAL,
        "Set one field of the global control document; whoever is no admin may only stop.",
        _set_global, FlagsShown, body=FlagAsked, changes=True, guarded=True,
    ),
)  # fmt: skip
