"""The sandbox's own doors: clock, log, effects, faults, scripted answers, and people's actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scripts.sandbox import world
from scripts.sandbox.exchange import Answer, Json, Refused, Request, as_list, as_object, json_answer
from scripts.sandbox.gmail_mime import decode_raw
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.routes import Routes

if TYPE_CHECKING:
    from scripts.sandbox.sandbox import Sandbox

_BY_HAND = (
    *("write", "reply", "auto_reply", "bounce"),
    *("edit_draft", "send_draft", "schedule_draft", "delete_draft", "trash_draft"),
    *("relabel", "archive", "mark_read", "mark_spam", "not_spam", "trash", "delete_message", "add_filter"),
    *("forget_history", "expire_history", "skip_history", "rewind_history"),
)
"""What people do with mail, each with the names of its arguments as the body."""

_BY_OWNER = ("consent", "refuse_consent", "ask_for_consent", "revoke_grant")


class Admin:
    """What `/_admin/…` answers; every operation is also a method of the sandbox or of its parts."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes = Routes()
        for method, path, answerer in (
            ("GET", "/health", self._get_health),
            ("GET", "/clock", self._get_clock),
            ("POST", "/clock", self._set_clock),
            ("GET", "/requests", self._get_requests),
            ("DELETE", "/requests", self._clear_requests),
            ("GET", "/effects", self._get_effects),
            ("GET", "/faults", self._get_faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("GET", "/world", self._get_world),
            ("POST", "/hubspot/submit", self._submit),
            ("POST", "/hubspot/event", self._event),
            ("POST", "/hubspot/property", self._add_property),
            *(("POST", f"/gmail/{action}", self._person(action)) for action in _BY_HAND),
            ("POST", "/gmail/deliver_raw", self._deliver_raw),
            ("GET", "/gmail/pushes", self._get_pushes),
            ("POST", "/gmail/push_chaos", self._set_push_chaos),
            ("GET", "/gmail/sending", self._get_sending),
            ("POST", "/gmail/sending", self._set_sending),
            *(("POST", f"/google/{action}", self._person(action)) for action in _BY_OWNER),
            ("POST", "/google/token", self._mint_token),
            ("POST", "/google/revoke_tokens", self._revoke_tokens),
            ("POST", "/openai/script", self._script),
            ("GET", "/openai/script", self._get_script),
            ("DELETE", "/openai/script", self._clear_script),
        ):
            self._routes.add(method, path, answerer)

    def answer(self, request: Request) -> Answer:
        call = self._routes.find(request)
        if call is None:
            return json_answer({"error": f"no {request.method} {request.path} here"}, 404)
        try:
            return call()
        except Refused as refused:
            return refused.answer
        except (KeyError, TypeError, ValueError) as error:
            return json_answer({"error": f"{type(error).__name__}: {error}"}, 400)

    # Clock, log, effects, faults

    def _get_health(self, request: Request) -> Answer:
        return json_answer({"ok": True})

    def _get_clock(self, request: Request) -> Answer:
        clock = self._sandbox.clock
        return json_answer({"time_s": clock.time_s(), "offset_s": getattr(clock, "offset_s", None)})

    def _set_clock(self, request: Request) -> Answer:
        self._sandbox.shift_clock(float(_body(request)["offset_s"]))
        return self._get_clock(request)

    def _get_requests(self, request: Request) -> Answer:
        rows = self._sandbox.requests.listed(request.one("vendor"), int(request.one("since", "0")))
        return json_answer({"requests": rows})

    def _clear_requests(self, request: Request) -> Answer:
        self._sandbox.requests.clear()
        return Answer(204)

    def _get_effects(self, request: Request) -> Answer:
        return json_answer(self._sandbox.effects.summary())

    def _get_faults(self, request: Request) -> Answer:
        return json_answer({"faults": self._sandbox.faults.listed()})

    def _add_fault(self, request: Request) -> Answer:
        self._sandbox.faults.add(**_body(request))
        return self._get_faults(request)

    def _clear_faults(self, request: Request) -> Answer:
        self._sandbox.faults.clear()
        return Answer(204)

    # HubSpot and Gmail

    def _get_world(self, request: Request) -> Answer:
        return json_answer(
            {
                "portal": world.PORTAL,
                "forms": self._sandbox.hubspot.forms(world.PORTAL).listed(),
                "mailboxes": self._sandbox.google_oauth.mailboxes(),
                "owners": self._sandbox.state.all(f"hubspot/{world.PORTAL}/owners"),
                "contacts": [
                    {"id": doc["id"], **doc["properties"]}
                    for doc in self._sandbox.hubspot.records(world.PORTAL).all("contacts")
                ],
            }
        )

    def _submit(self, request: Request) -> Answer:
        body = _body(request)
        pairs = {each["name"]: each["value"] for each in as_list(body["fields"])}
        result = self._sandbox.people.submit_form(
            str(body["formId"]),
            pairs or as_object(body["fields"]),
            contact=body.get("contact"),
            webhook_url=body.get("webhook_url", ""),
            workflow_url=body.get("workflow_url", ""),
        )
        return json_answer(result)

    def _event(self, request: Request) -> Answer:
        body = _body(request)
        return json_answer(
            self._sandbox.people.hubspot_event(
                str(body["subscriptionType"]), str(body["objectId"]), url=str(body["url"])
            )
        )

    def _add_property(self, request: Request) -> Answer:
        body = _body(request)
        self._sandbox.hubspot.records(world.PORTAL).add_property(str(body["objectType"]), str(body["name"]))
        return Answer(204)

    def _person(self, action: str) -> Callable[[Request], Answer]:
        def act(request: Request) -> Answer:
            done: Any = getattr(self._sandbox.people, action)(**_body(request))
            return json_answer(_named(done))

        return act

    def _get_pushes(self, request: Request) -> Answer:
        since = int(request.one("since", "0"))
        pushes = [push for push in self._sandbox.state.all("gmail/pushes") if push["seq"] > since]
        return json_answer({"pushes": pushes})

    def _set_push_chaos(self, request: Request) -> Answer:
        self._sandbox.gmail.pushes.chaos = PushChaos(**_body(request))
        return json_answer(asdict(self._sandbox.gmail.pushes.chaos))

    def _get_sending(self, request: Request) -> Answer:
        return json_answer(asdict(self._sandbox.gmail.sending))

    def _set_sending(self, request: Request) -> Answer:
        self._sandbox.gmail.sending = Sending(**_body(request))
        return self._get_sending(request)

    def _deliver_raw(self, request: Request) -> Answer:
        body = _body(request)
        raw = decode_raw(str(body["raw"]))
        done = self._sandbox.people.deliver_raw(str(body["mailbox"]), raw, labels=body.get("labels"))
        return json_answer(_named(done))

    def _mint_token(self, request: Request) -> Answer:
        body = _body(request)
        token = self._sandbox.access_token(str(body["mailbox"]), body.get("scopes"))
        return json_answer({"access_token": token})

    def _revoke_tokens(self, request: Request) -> Answer:
        self._sandbox.google_oauth.revoke_all()
        return Answer(204)

    # OpenAI

    def _script(self, request: Request) -> Answer:
        body = _body(request)
        self._sandbox.openai.script(*body.get("answers", []), mode=body.get("mode"))
        return self._get_script(request)

    def _get_script(self, request: Request) -> Answer:
        return json_answer(self._sandbox.openai.scripted())

    def _clear_script(self, request: Request) -> Answer:
        self._sandbox.openai.clear_script()
        return Answer(204)


def _named(done: Any) -> Json:
    """The ids of what was done."""
    if not isinstance(done, dict):
        return {} if done is None else {"value": done}
    found = as_object(done)
    return {key: found[key] for key in ("id", "threadId", "messageId") if key in found}


def _body(request: Request) -> Json:
    body = request.json()
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    return as_object(body)
