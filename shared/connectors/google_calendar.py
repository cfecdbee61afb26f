"""Google Calendar: when somebody is busy, and nothing more than that."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.connectors.http import VendorHttp
from shared.errors import Permanent, Retryable
from shared.ports.calendar import Busy

BASE_URL = "https://www.googleapis.com"
SCOPES = ("https://www.googleapis.com/auth/calendar.freebusy",)

_MENDS = {
    "notFound": "the calendar does not exist, or is not shared with the sender",
    "groupTooBig": "it is a group with too many calendars",
    "tooManyCalendarsRequested": "too many calendars were asked for at once",
}


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class _Stretch(_Shape):
    start: AwareDatetime
    end: AwareDatetime


class _Error(_Shape):
    reason: str = ""


class _CalendarTimes(_Shape):
    busy: tuple[_Stretch, ...] = ()
    errors: tuple[_Error, ...] = ()


class _FreeBusy(_Shape):
    calendars: dict[str, _CalendarTimes] = Field(min_length=1)


class GoogleCalendar:
    """The calendars that one user may see."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http

    def busy(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Busy, ...]:
        """The busy times of a calendar in a window, in order; an empty id is the user's own calendar.

        Errors: Permanent when the calendar cannot be read, which Google says inside a 200.
        """
        asked_for = calendar_id or "primary"
        body = {
            "timeMin": _rfc3339(start),
            "timeMax": _rfc3339(end),
            "timeZone": "UTC",
            "items": [{"id": asked_for}],
        }
        answer = self._http.read("busy", "POST", "/calendar/v3/freeBusy", body=body).parsed(_FreeBusy)
        times = answer.calendars.get(asked_for)
        if times is None:
            raise Retryable("calendar: busy answered for another calendar than was asked for")
        for error in times.errors:
            if error.reason in _MENDS:
                raise Permanent(f"calendar: busy was refused ({error.reason}); {_MENDS[error.reason]}")
        if times.errors:
            raise Retryable("calendar: busy was not answered for this calendar")
        stretches = (Busy(each.start.astimezone(UTC), each.end.astimezone(UTC)) for each in times.busy)
        return tuple(sorted(stretches, key=lambda each: (each.start, each.end)))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
