"""Kill switch, mode and feature flags, read so that what cannot be understood means stopped (P8)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import cast

from shared.jobs.rules import Controls, Mode
from shared.policy.limits import DEFAULTS, Limits

GLOBAL_DOCUMENT = "control/flags"
TENANT_DOCUMENT = "tenant control/flags"
CEILING = "the environment's mode ceiling"


class Flag(StrEnum):
    """The features that can be switched without a deployment."""

    STORY_PITCH_ENABLED = "STORY_PITCH_ENABLED"
    AUTO_SEND_FOLLOWUP = "AUTO_SEND_FOLLOWUP"
    LONG_MEMORY_ENABLED = "LONG_MEMORY_ENABLED"


ON_BY_DEFAULT: Mapping[Flag, bool] = {
    Flag.STORY_PITCH_ENABLED: False,
    Flag.AUTO_SEND_FOLLOWUP: False,
    Flag.LONG_MEMORY_ENABLED: True,
}

_REMARKS = frozenset({"note", "updated_by"})
"""Fields that operators may add for one another; every other unknown field may be a typing error."""
_FIELDS = frozenset({"kill_switch", "mode", "features"})
_EVERYBODY_PERCENT = 100
_NOT_THERE = object()


def read_controls(
    global_doc: Mapping[str, object] | None,
    tenant_doc: Mapping[str, object] | None,
    *,
    ceiling: str,
    limits: Limits = DEFAULTS,
) -> Controls:
    """Both control documents as one answer: the strictest mode wins, either may stop.

    `ceiling` is the mode that the environment allows at most. Anything missing or misspelt stops everything,
    sets DRAFT_ONLY, turns every flag off, and is named in `garbage` with its mend.
    """
    readings = (
        _Reading(GLOBAL_DOCUMENT, global_doc, limits),
        _Reading(TENANT_DOCUMENT, tenant_doc, limits),
    )
    garbage = [line for reading in readings for line in reading.garbage]
    if ceiling not in set(Mode):
        garbage.append(_line(CEILING, "value", ceiling, "it must be DRAFT_ONLY or SEND_ALLOWED", limits))
    if garbage:
        return _stopped(tuple(garbage))

    stops = tuple(f"{r.name}: the kill switch is on{r.why}" for r in readings if r.kill_switch)
    modes = {CEILING: ceiling, **{r.name: r.mode for r in readings}}
    reasons = [f"{name}: the mode is DRAFT_ONLY" for name, mode in modes.items() if mode == Mode.DRAFT_ONLY]
    every_mode_sends = all(mode == Mode.SEND_ALLOWED for mode in modes.values())
    return Controls(
        stopped=any(r.kill_switch for r in readings),
        mode=Mode.SEND_ALLOWED if every_mode_sends else Mode.DRAFT_ONLY,
        reasons=(*stops, *reasons),
        stops=stops,
        rollout={flag.value: _percent(flag, readings) for flag in Flag},
    )


def stopped_by(controls: Controls, garbage: tuple[str, ...]) -> Controls:
    """The controls, stopped as well by garbage found elsewhere, for example in a guardrail."""
    return _stopped((*controls.garbage, *garbage)) if garbage else controls


def strictest(*modes: Mode) -> Mode:
    """SEND_ALLOWED only if every one of them says so; none at all is DRAFT_ONLY."""
    allowed = bool(modes) and all(mode is Mode.SEND_ALLOWED for mode in modes)
    return Mode.SEND_ALLOWED if allowed else Mode.DRAFT_ONLY


def may_send(controls: Controls) -> bool:
    """Whether kill switch and mode let a mail out."""
    return not controls.stopped and not controls.garbage and controls.mode is Mode.SEND_ALLOWED


def is_on(controls: Controls, flag: str, contact_id: str) -> bool:
    """Whether a feature is on for a contact; who is in at 20 % is in at 50 %.

    Errors: ValueError for a flag that does not exist.
    """
    if flag not in set(Flag):
        raise ValueError(f"flag {flag!r} does not exist; use one of {', '.join(Flag)}")
    digest = hashlib.sha256(f"{flag}\0{contact_id}".encode()).hexdigest()
    return int(digest[:8], 16) % _EVERYBODY_PERCENT < controls.rollout.get(flag, 0)


def _stopped(garbage: tuple[str, ...]) -> Controls:
    return replace(
        Controls(stopped=True, mode=Mode.DRAFT_ONLY, rollout=dict.fromkeys((f.value for f in Flag), 0)),
        reasons=tuple(f"stopped: {line}" for line in garbage),
        stops=tuple(f"stopped: {line}" for line in garbage),
        garbage=garbage,
    )


def _percent(flag: Flag, readings: tuple[_Reading, ...]) -> int:
    said = [reading.rollout[flag] for reading in readings if flag in reading.rollout]
    return min(said) if said else _EVERYBODY_PERCENT * ON_BY_DEFAULT[flag]


class _Reading:
    """One control document: what it says, and every value in it that is no answer."""

    def __init__(self, name: str, document: Mapping[str, object] | None, limits: Limits) -> None:
        self.name = name
        self.garbage: list[str] = []
        self.kill_switch = True
        self.mode: str = Mode.DRAFT_ONLY
        self.rollout: dict[Flag, int] = {}
        self.why = ""
        """What who stopped it said, with a colon before it."""
        self._limits = limits
        if document is None:
            self.garbage.append(
                f"{name} is missing: it must exist with kill_switch and mode; create it in the console"
            )
        else:
            self._read(document)

    def _read(self, document: Mapping[str, object]) -> None:
        kill_switch = document.get("kill_switch", _NOT_THERE)
        if isinstance(kill_switch, bool):
            self.kill_switch = kill_switch
        else:
            self._refuse("kill_switch", kill_switch, "it must be true or false; set it as a boolean")
        note = document.get("note")
        if isinstance(note, str) and note.strip() and "@" not in note:
            self.why = f": {note.strip()[: self._limits.note_shown_chars]}"
        mode = document.get("mode", _NOT_THERE)
        if isinstance(mode, str) and mode in set(Mode):
            self.mode = mode
        else:
            self._refuse(
                "mode",
                mode,
                "it must be exactly DRAFT_ONLY or SEND_ALLOWED; set it to one of them as a string",
            )
        for field in sorted(str(key) for key in document if key not in _FIELDS | _REMARKS):
            self._refuse(
                field,
                document.get(field),
                f"no such field; correct it to one of {', '.join(sorted(_FIELDS | _REMARKS))}, or remove it",
            )
        features = document.get("features", {})
        if isinstance(features, Mapping):
            for name, setting in _items(cast("Mapping[object, object]", features)):
                self._read_feature(name, setting)
        else:
            self._refuse(
                "features", features, "it must be a map of flag to settings; remove it or set it as a map"
            )

    def _read_feature(self, name: object, setting: object) -> None:
        field = f"features.{name}"
        if name not in set(Flag):
            self._refuse(
                field, setting, f"no such flag; correct it to one of {', '.join(Flag)}, or remove it"
            )
            return
        if not isinstance(setting, Mapping):
            self._refuse(field, setting, "it must be a map with enabled and rollout_percent; set it as a map")
            return
        settings = dict(_items(cast("Mapping[object, object]", setting)))
        enabled = settings.pop("enabled", _NOT_THERE)
        percent = settings.pop("rollout_percent", _NOT_THERE)
        if not isinstance(enabled, bool):
            self._refuse(f"{field}.enabled", enabled, "it must be true or false; set it as a boolean")
        if (
            isinstance(percent, bool)
            or not isinstance(percent, int)
            or not 0 <= percent <= _EVERYBODY_PERCENT
        ):
            self._refuse(
                f"{field}.rollout_percent",
                percent,
                "it must be a whole number from 0 to 100; set it as a number",
            )
        elif isinstance(enabled, bool):
            self.rollout[Flag(str(name))] = percent if enabled else 0
        for key, value in settings.items():
            self._refuse(f"{field}.{key}", value, "no such field; the fields are enabled and rollout_percent")

    def _refuse(self, field: str, value: object, rule: str) -> None:
        self.garbage.append(_line(self.name, field, value, rule, self._limits))


def _items(mapping: Mapping[object, object]) -> list[tuple[object, object]]:
    return sorted(mapping.items(), key=lambda item: str(item[0]))


def _line(document: str, field: str, value: object, rule: str, limits: Limits) -> str:
    if value is _NOT_THERE:
        return f"{document}: {field} is missing: {rule}"
    shown = repr(value)[: limits.garbage_shown_chars]
    return f"{document}: {field} is {shown} ({type(value).__name__}): {rule}"
