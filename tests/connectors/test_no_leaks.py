"""No address, secret or body is in any reason or traceback that a connector raises (P11)."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared.connectors import dialects
from shared.connectors.gmail import GmailMailbox
from shared.connectors.gmail_feed import GmailFeed
from shared.connectors.google_auth import DelegatedTokens
from shared.connectors.google_calendar import GoogleCalendar
from shared.connectors.hubspot import HubSpotCrm
from shared.connectors.hubspot_forms import HubSpotForms
from shared.connectors.openai_model import OpenAiModel
from shared.errors import Failure
from tests.connectors.parts import NOW, Script, Time, rig, vendor_http

CANARY = "canary"
ADDRESS = "canary.person@canary.example"
SECRET = "canary-secret-0123456789"
KEY: dict[str, Any] = rig().sandbox.credentials("")["google_service_account"]


class Output(BaseModel):
    words: str


def everything(status: int) -> bytes:
    """An error body with the canary in every place where a vendor could put it."""
    return json.dumps(
        {
            "status": f"canary {ADDRESS}",
            "message": f"canary {ADDRESS} {SECRET}",
            "category": f"canary {ADDRESS}",
            "errorType": SECRET,
            "policyName": SECRET,
            "correlationId": f"{SECRET} {ADDRESS}",
            "context": {"id": [ADDRESS]},
            "error": {
                "code": f"canary {status}",
                "type": SECRET,
                "param": ADDRESS,
                "message": f"canary {ADDRESS}",
                "status": f"canary {ADDRESS}",
                "errors": [{"domain": ADDRESS, "reason": SECRET, "message": ADDRESS}],
                "details": [{"reason": ADDRESS}],
            },
            "id": {"canary": ADDRESS},
            "results": [{"id": ADDRESS, "values": ADDRESS}],
            "calendars": {ADDRESS: {"busy": [{"start": ADDRESS, "end": ADDRESS}]}},
            "messages": [{"id": ADDRESS, "threadId": ADDRESS}],
            "drafts": [{"id": ADDRESS}],
            "choices": [{"message": {"content": ADDRESS, "role": "assistant"}, "finish_reason": "stop"}],
        }
    ).encode()


def at(script: Script, dialect: dialects.Dialect = dialects.hubspot) -> Any:
    auth = {"authorization": f"Bearer {SECRET}"}
    return vendor_http(script, auth=lambda: auth, dialect=dialect)


CALLS: dict[str, Callable[[Script], object]] = {
    "find_contact": lambda s: HubSpotCrm(at(s)).find_contact(ADDRESS),
    "create_contact": lambda s: HubSpotCrm(at(s)).create_contact(ADDRESS, {"firstname": CANARY}),
    "company": lambda s: HubSpotCrm(at(s)).company("7"),
    "find_company": lambda s: HubSpotCrm(at(s)).find_company("canary.example"),
    "owner_id": lambda s: HubSpotCrm(at(s)).owner_id(ADDRESS),
    "owner_address": lambda s: HubSpotCrm(at(s)).owner_address("7"),
    "open_deals": lambda s: HubSpotCrm(at(s)).open_deals(["7"]),
    "opted_out": lambda s: HubSpotCrm(at(s)).opted_out(ADDRESS),
    "find_note": lambda s: HubSpotCrm(at(s)).find_note("7", CANARY),
    "create_note": lambda s: HubSpotCrm(at(s)).create_note("7", None, f"{CANARY} {ADDRESS}", NOW),
    "update_note": lambda s: (HubSpotCrm(at(s)).update_note("7", CANARY), _fail_when_ok(s)),
    "create_task": lambda s: HubSpotCrm(at(s)).create_task(
        "7", subject=CANARY, body=ADDRESS, due=NOW, owner_id=None
    ),
    "complete_task": lambda s: (HubSpotCrm(at(s)).complete_task("7"), _fail_when_ok(s)),
    "find_mail": lambda s: HubSpotCrm(at(s)).find_mail("7", CANARY),
    "create_mail": lambda s: HubSpotCrm(at(s)).create_mail(
        "7",
        None,
        subject=CANARY,
        body=f"{CANARY} {ADDRESS}",
        sent_at=NOW,
        sender=ADDRESS,
        recipient=ADDRESS,
        owner_id=None,
    ),
    "submissions": lambda s: list(HubSpotForms(at(s), "1").submissions("abc", NOW)),
    "newest_thread_with": lambda s: GmailMailbox(at(s, dialects.google)).newest_thread_with(ADDRESS),
    "find_draft": lambda s: GmailMailbox(at(s, dialects.google)).find_draft(CANARY),
    "create_draft": lambda s: GmailMailbox(at(s, dialects.google)).create_draft(CANARY.encode(), None),
    "update_draft": lambda s: GmailMailbox(at(s, dialects.google)).update_draft("r1", CANARY.encode(), None),
    "thread": lambda s: GmailMailbox(at(s, dialects.google)).thread("t1"),
    "mail": lambda s: GmailMailbox(at(s, dialects.google)).mail("m1"),
    "draft": lambda s: GmailMailbox(at(s, dialects.google)).draft("r1"),
    "delete_draft": lambda s: (
        GmailMailbox(at(s, dialects.google)).delete_draft("r1"),
        _fail_when_ok(s),
    ),
    "listed_drafts": lambda s: GmailMailbox(at(s, dialects.google)).listed_drafts(),
    "sent_mails": lambda s: GmailMailbox(at(s, dialects.google)).sent_mails(ADDRESS, NOW),
    "place": lambda s: GmailFeed(at(s, dialects.google)).place(),
    "changes": lambda s: GmailFeed(at(s, dialects.google)).changes(7),
    "between": lambda s: GmailFeed(at(s, dialects.google)).between(NOW, NOW),
    "glimpse": lambda s: GmailFeed(at(s, dialects.google)).glimpse("m1"),
    "watch": lambda s: GmailFeed(at(s, dialects.google)).watch(f"projects/{CANARY}/topics/{CANARY}"),
    "busy": lambda s: GoogleCalendar(at(s, dialects.google)).busy(ADDRESS, NOW, NOW),
    "token": lambda s: DelegatedTokens(lambda: KEY, vendor_http(s), clock=Time().clock).token(ADDRESS, ()),
    "complete": lambda s: OpenAiModel(api_key=lambda: SECRET, model="m", transport=s).complete(
        agent="writer", instructions=CANARY, data=ADDRESS, output=Output
    ),
}


def _fail_when_ok(script: Script) -> None:
    """These need nothing from a sound answer, so that there is no failure to look at."""
    raise Failure("done")


def response(status: int, content: bytes) -> httpx.Response:
    headers = {"content-type": "application/json", "location": f"https://{CANARY}.example/{ADDRESS}"}
    return httpx.Response(status, content=content, headers=headers)


ANSWERS: dict[str, httpx.Response | Exception] = {
    **{
        str(status): response(status, everything(status))
        for status in (307, 400, 401, 403, 405, 409, 422, 423)
    },
    **{str(status): response(status, everything(status)) for status in (429, 477, 500, 503)},
    "404": response(404, everything(404)),
    "another shape": response(200, everything(200)),
    "half": response(200, everything(200)[:-20]),
    "not json": response(200, f"<html>{ADDRESS} {SECRET}</html>".encode()),
    "a text": response(200, json.dumps(ADDRESS).encode()),
    "timeout": httpx.ReadTimeout(f"{ADDRESS} {SECRET}"),
    "no connection": httpx.ConnectError(f"{ADDRESS} {SECRET}"),
    "reset": httpx.RemoteProtocolError(f"{ADDRESS} {SECRET}"),
    "illegal header": httpx.LocalProtocolError(f"Illegal header value b'{SECRET}'"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", ANSWERS)
def test_no_failure_shows_what_was_sent_or_answered(name: str, kind: str) -> None:
    failure = _failure_of(CALLS[name], Script(ANSWERS[kind]))
    if failure is None:
        # Some say None to a 404: the other side says that there is nothing.
        assert kind == "404"
    else:
        shown = "".join(traceback.format_exception(failure, chain=True, limit=0))
        assert CANARY not in (failure.reason + shown + repr(failure)).lower()


def _failure_of(call: Callable[[Script], object], script: Script) -> Failure | None:
    try:
        call(script)
    except Failure as failure:
        return failure
    return None
