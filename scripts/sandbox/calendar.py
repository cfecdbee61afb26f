"""Google Calendar: who is busy when, and in which time zone a person lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from scripts.sandbox import google_errors as errors
from scripts.sandbox.exchange import Answer, Json, Request, as_list, as_object, json_answer
from scripts.sandbox.google_oauth import GoogleOauth
from scripts.sandbox.routes import Routes
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

_SCOPE = "https://www.googleapis.com/auth/calendar"
_READ = {_SCOPE, f"{_SCOPE}.readonly"}
_FREE_BUSY = {*_READ, f"{_SCOPE}.freebusy", f"{_SCOPE}.events.freebusy"}
_CALENDARS = {*_READ, f"{_SCOPE}.calendars", f"{_SCOPE}.calendars.readonly"}
_SETTINGS = {*_READ, f"{_SCOPE}.settings.readonly"}
_MOST = 50


class Calendar:
    """One calendar per mailbox, seen by everyone of the domain."""

    name = "calendar"

    def __init__(self, world: Surroundings, oauth: GoogleOauth) -> None:
        self._world = world
        self._state = world.state
        self._oauth = oauth
        self._routes = Routes()
        self._add("POST", "/calendar/v3/freeBusy", self._free_busy, _FREE_BUSY)
        self._add("GET", "/calendar/v3/calendars/{id_}", self._get_calendar, _CALENDARS)
        self._add("GET", "/calendar/v3/users/me/settings/{setting}", self._get_setting, _SETTINGS)

    def add_calendar(self, address: str, time_zone: str) -> None:
        self._state.put("calendar/calendars", address, {"id": address, "time_zone": time_zone})

    def add_busy(self, address: str, start: datetime, end: datetime) -> None:
        """Block a time in a calendar."""
        block = {"start_s": start.timestamp(), "end_s": end.timestamp()}
        self._state.append(f"calendar/{address}/busy", block)

    def answer(self, request: Request) -> Answer:
        call = self._routes.find(request)
        if call is None:
            raise errors.not_found("Not Found")
        return call()

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        return errors.limited(kind, retry_after_s)

    def _add(self, method: str, path: str, answerer: Callable[..., Answer], scopes: set[str]) -> None:
        def guarded(request: Request, **names: str) -> Answer:
            return answerer(request, self._oauth.check(request, scopes), **names)

        self._routes.add(method, path, guarded)

    def _free_busy(self, request: Request, owner: str) -> Answer:
        body = errors.json_body(request)
        zone = _zone(str(body.get("timeZone") or "UTC"))
        start, end = _moment(body.get("timeMin"), "timeMin"), _moment(body.get("timeMax"), "timeMax")
        if end <= start:
            raise errors.invalid("The specified time range is empty.", "timeRangeEmpty")
        calendars: Json = {}
        for place, item in enumerate(as_list(body.get("items"))):
            id_ = str(as_object(item).get("id") or "")
            doc = self._calendar(owner, id_)
            if place >= _MOST:
                problem = {"domain": "calendar", "reason": "tooManyCalendarsRequested"}
                calendars[id_] = {"errors": [problem], "busy": []}
            elif doc is None:
                calendars[id_] = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
            else:
                calendars[id_] = {"busy": self._busy(doc["id"], start, end, zone)}
        return json_answer(
            {
                "kind": "calendar#freeBusy",
                "timeMin": _printed(start.timestamp(), UTC),
                "timeMax": _printed(end.timestamp(), UTC),
                "calendars": calendars,
            }
        )

    def _busy(self, id_: str, start: datetime, end: datetime, zone: tzinfo) -> list[Json]:
        """Busy times within a window, cut to it, with those that touch made one."""
        window = (start.timestamp(), end.timestamp())
        merged: list[tuple[float, float]] = []
        for block in sorted(self._state.all(f"calendar/{id_}/busy"), key=lambda block: block["start_s"]):
            low, high = max(block["start_s"], window[0]), min(block["end_s"], window[1])
            if low >= high:
                continue
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return [{"start": _printed(low, zone), "end": _printed(high, zone)} for low, high in merged]

    def _get_calendar(self, request: Request, owner: str, id_: str) -> Answer:
        doc = self._calendar(owner, id_)
        if doc is None:
            raise errors.not_found("Not Found")
        return json_answer(
            {
                "kind": "calendar#calendar",
                "etag": f'"{self._world.digest("etag", doc["id"])[:16]}"',
                "id": doc["id"],
                "summary": doc["id"],
                "timeZone": doc["time_zone"],
            }
        )

    def _get_setting(self, request: Request, owner: str, setting: str) -> Answer:
        doc = self._calendar(owner, "primary")
        if doc is None or setting != "timezone":
            raise errors.not_found("Not Found")
        return json_answer(
            {
                "kind": "calendar#setting",
                "etag": f'"{self._world.digest("etag", owner, setting)[:16]}"',
                "id": setting,
                "value": doc["time_zone"],
            }
        )

    def _calendar(self, owner: str, id_: str) -> Doc | None:
        return self._state.get("calendar/calendars", owner if id_ == "primary" else id_.lower())


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise errors.invalid(f"Invalid time zone: {name}", "invalid") from None


def _moment(value: object, name: str) -> datetime:
    if not value:
        raise errors.invalid(f"Missing {name} parameter.", "required")
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise errors.invalid(f"Invalid value for {name}", "badRequest") from None
    if moment.tzinfo is None:
        raise errors.invalid(f"{name} needs an offset from UTC", "badRequest")
    return moment


def _printed(time_s: float, zone: tzinfo) -> str:
    text = datetime.fromtimestamp(time_s, zone).isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
