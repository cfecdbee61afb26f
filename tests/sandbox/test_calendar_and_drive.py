"""Calendar and Drive in the sandbox, each answer judged by Google's description."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest

from scripts.sandbox.world_files import CASE_STUDIES_FOLDER, SALES_FOLDER
from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import Outside, outside

CALENDAR = "https://www.googleapis.com/calendar/v3"
DRIVE = "https://www.googleapis.com/drive/v3"


@pytest.fixture
def world() -> Outside:
    return outside()


def _free_busy(world: Outside, *ids: str, **changes: str) -> dict[str, Any]:
    body = {"timeMin": "2026-03-03T00:00:00Z", "timeMax": "2026-03-04T00:00:00Z", **changes}
    answer = world.google.post(f"{CALENDAR}/freeBusy", json={**body, "items": [{"id": id_} for id_ in ids]})
    assert answer.status_code == 200, answer.text
    return answer.json()["calendars"]


def test_busy_times_are_told_in_the_time_zone_asked_for(world: Outside) -> None:
    in_utc = _free_busy(world, ISABEL)[ISABEL]["busy"]
    assert in_utc == [
        {"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T10:00:00Z"},
        {"start": "2026-03-03T11:00:00Z", "end": "2026-03-03T13:30:00Z"},
    ]
    in_madrid = _free_busy(world, "primary", timeZone="Europe/Madrid")["primary"]["busy"]
    assert in_madrid[0]["start"] == "2026-03-03T09:00:00+01:00"


def test_a_calendar_that_does_not_exist_is_an_error_beside_the_others(world: Outside) -> None:
    calendars = _free_busy(world, MARCUS, "nobody@brightpath.example")
    assert calendars[MARCUS]["busy"]
    assert calendars["nobody@brightpath.example"]["errors"] == [{"domain": "global", "reason": "notFound"}]


def test_busy_times_that_touch_are_one_and_are_cut_to_the_window(world: Outside) -> None:
    with world.sandbox.changing():
        for start, end in (("08:30", "09:00"), ("10:00", "11:00")):
            moments = [datetime.fromisoformat(f"2026-03-03T{clock}:00+00:00") for clock in (start, end)]
            world.sandbox.calendar.add_busy(ISABEL, moments[0], moments[1])
    busy = _free_busy(world, ISABEL, timeMin="2026-03-03T09:30:00Z", timeMax="2026-03-03T13:00:00Z")
    assert busy[ISABEL]["busy"] == [{"start": "2026-03-03T09:30:00Z", "end": "2026-03-03T13:00:00Z"}]


@pytest.mark.parametrize(
    "body",
    [
        {"timeMin": "2026-03-03T00:00:00Z", "items": []},
        {"timeMin": "2026-03-04T00:00:00Z", "timeMax": "2026-03-03T00:00:00Z", "items": []},
        {"timeMin": "2026-03-03T00:00:00Z", "timeMax": "2026-03-04T00:00:00Z", "timeZone": "Mars/North"},
    ],
)
def test_a_window_without_sense_is_refused(world: Outside, body: dict[str, Any]) -> None:
    assert world.google.post(f"{CALENDAR}/freeBusy", json=body).status_code == 400


def test_a_person_s_time_zone_can_be_asked(world: Outside) -> None:
    assert world.google.get(f"{CALENDAR}/calendars/primary").json()["timeZone"] == "Europe/Madrid"
    assert world.google.get(f"{CALENDAR}/users/me/settings/timezone").json()["value"] == "Europe/Madrid"
    assert world.google.get(f"{CALENDAR}/calendars/nobody@x.example").status_code == 404


def _list(world: Outside, query: str, **params: str) -> dict[str, Any]:
    common = {"q": query, "supportsAllDrives": "true", "includeItemsFromAllDrives": "true", **params}
    answer = world.google.get(f"{DRIVE}/files", params=common)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_folder_is_listed_with_the_fields_asked_for(world: Outside) -> None:
    query = f"'{SALES_FOLDER}' in parents and trashed=false"
    listed = _list(world, query, fields="nextPageToken,files(id,name,mimeType,modifiedTime,parents)")
    assert {file["name"] for file in listed["files"]} == {
        "Case studies",
        "Pilot proposal",
        "Quarterly benchmark report",
    }
    assert all(set(file) == {"id", "name", "mimeType", "modifiedTime", "parents"} for file in listed["files"])
    bare = _list(world, query)["files"][0]
    assert set(bare) == {"kind", "id", "name", "mimeType"}


def test_listing_goes_on_where_the_page_ended(world: Outside) -> None:
    names: list[str] = []
    token = ""
    while True:
        page = _list(world, "trashed=false", pageSize="3", **({"pageToken": token} if token else {}))
        names += [file["name"] for file in page["files"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert len(names) == len(set(names)) == 7


def test_documents_are_exported_and_other_files_downloaded(world: Outside) -> None:
    def id_of(name: str) -> str:
        return _list(world, f"name = '{name}'")["files"][0]["id"]

    document, sheet = id_of("Pilot proposal"), id_of("Quarterly benchmark report")
    pdf = _list(world, f"'{CASE_STUDIES_FOLDER}' in parents")["files"][0]["id"]
    text = world.google.get(f"{DRIVE}/files/{document}/export", params={"mimeType": "text/plain"})
    assert "six weeks" in text.text
    rows = world.google.get(f"{DRIVE}/files/{sheet}/export", params={"mimeType": "text/csv"}).text
    assert next(csv.reader(io.StringIO(rows))) == ["industry", "hours saved per week", "sites"]
    content = world.google.get(f"{DRIVE}/files/{pdf}", params={"alt": "media", "supportsAllDrives": "true"})
    assert content.content.startswith(b"%PDF-1.4")
    wrong = world.google.get(f"{DRIVE}/files/{document}", params={"alt": "media"})
    assert wrong.status_code == 403
    assert wrong.json()["error"]["errors"][0]["reason"] == "fileNotDownloadable"


def test_a_changed_file_says_so_and_a_trashed_one_is_gone(world: Outside) -> None:
    query = f"'{SALES_FOLDER}' in parents and trashed=false and mimeType='text/plain'"
    new = {"id_": "1Fresh", "name": "Fresh.txt", "mime_type": "text/plain", "parent": SALES_FOLDER}
    with world.sandbox.changing():
        world.sandbox.drive.add_file(**new, content=b"one")
    before = _list(world, query, fields="files(id,md5Checksum,modifiedTime,version)")["files"][0]
    world.clock.advance(60)
    with world.sandbox.changing():
        world.sandbox.drive.add_file(**new, content=b"two")
    after = _list(world, query, fields="files(id,md5Checksum,modifiedTime,version)")["files"][0]
    assert after["md5Checksum"] != before["md5Checksum"]
    assert after["modifiedTime"] > before["modifiedTime"]
    with world.sandbox.changing():
        world.sandbox.drive.trash("1Fresh")
    assert _list(world, query)["files"] == []
    assert world.google.get(f"{DRIVE}/files/nothing").status_code == 404
    assert world.google.get(f"{DRIVE}/files", params={"q": "owner is me"}).status_code == 400
