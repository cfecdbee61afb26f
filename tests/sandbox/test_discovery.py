"""The judge itself: it must refuse what Google's description does not allow."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.discovery import Unfaithful, validate_request, validate_response
from tests.sandbox.world import GMAIL

FREE_BUSY = "https://www.googleapis.com/calendar/v3/freeBusy"
FILES = "https://www.googleapis.com/drive/v3/files"


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", f"{GMAIL}/threads?query=x", None),
        ("GET", f"{GMAIL}/threads?maxResults=many", None),
        ("GET", f"{GMAIL}/threads/1?format=everything", None),
        ("GET", f"{GMAIL}/threads?q=a&q=b", None),
        ("GET", f"{GMAIL}/letters", None),
        ("PATCH", f"{GMAIL}/drafts/1", {"message": {}}),
        ("POST", f"{GMAIL}/drafts", None),
        ("POST", f"{GMAIL}/drafts", {"message": {"raw": "YQ==", "thread": "1"}}),
        ("POST", f"{GMAIL}/drafts", {"message": {"raw": "not base64"}}),
        ("GET", f"{GMAIL}/profile", {"a": 1}),
        ("POST", FREE_BUSY, {"timeMin": "tomorrow", "timeMax": "2026-03-02T00:00:00Z"}),
        ("POST", FREE_BUSY, {"items": [{"calendarId": "a"}]}),
        ("GET", f"{FILES}?pageSize=5000", None),
        ("GET", f"{FILES}/1/export", None),
    ],
)
def test_a_request_that_google_does_not_describe_is_refused(method: str, url: str, body: object) -> None:
    with pytest.raises((Unfaithful, ValueError)):
        validate_request(method, url, json.dumps(body) if body else None)


@pytest.mark.parametrize(
    ("method", "url", "status", "body"),
    [
        ("GET", f"{GMAIL}/profile", 200, {"emailAddress": "a@b.example", "historyId": 5}),
        ("GET", f"{GMAIL}/profile", 200, {"email": "a@b.example"}),
        ("GET", f"{GMAIL}/threads/1", 200, {"id": "1", "messages": [{"id": "1", "payload": {"text": "x"}}]}),
        ("POST", FREE_BUSY, 200, {"calendars": {"a": {"busy": [{"start": "now", "end": "later"}]}}}),
        ("GET", f"{GMAIL}/profile", 404, {"error": "not found"}),
        (
            "GET",
            f"{GMAIL}/profile",
            404,
            {"error": {"code": 400, "message": "x", "status": "X", "errors": []}},
        ),
        ("DELETE", f"{GMAIL}/drafts/1", 200, {"ok": True}),
    ],
)
def test_an_answer_that_google_does_not_describe_is_refused(
    method: str, url: str, status: int, body: object
) -> None:
    with pytest.raises(Unfaithful):
        validate_response(method, url, status, json.dumps(body))


def test_methods_are_found_under_real_and_sandbox_urls() -> None:
    assert validate_request("GET", f"{GMAIL}/drafts?q=in:drafts") == "gmail.users.drafts.list"
    assert validate_request("GET", "http://127.0.0.1:1/gmail/gmail/v1/users/me/drafts/send") == (
        "gmail.users.drafts.get"
    )
    body = json.dumps({"id": "r1", "message": {"raw": "YQ=="}})
    assert validate_request("POST", f"{GMAIL}/drafts/send", body) == "gmail.users.drafts.send"
    assert validate_request("GET", f"{FILES}/1?alt=media&supportsAllDrives=true") == "drive.files.get"
    assert validate_request("POST", FREE_BUSY, '{"items": [{"id": "a"}]}') == "calendar.freebusy.query"
