"""The decorators that make a Cloud Function of a few lines: check the caller, parse, run, answer.

Each gives a real function that takes a Flask request, as functions-framework wants it. The checks are the
same locally: there is no switch that turns them off.
"""

from __future__ import annotations

import base64
import gc
import json
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, cast

from shared.errors import Failure
from shared.pattern import Pattern
from shared.ports.door import Post, Reply
from shared.runtime import pages, sentry
from shared.runtime.api.answer import Answer
from shared.runtime.api.answer import failed as problem
from shared.runtime.callers import (
    CannotTell,
    Certificates,
    Refused,
    certificates_url,
    check_caller,
    fetch_certificates,
)
from shared.runtime.clients.channel import work
from shared.runtime.logs import log, quieten, traced
from shared.runtime.pages import Page
from shared.runtime.world import World, world
from shared.store.database import Unreachable
from shared.strict_json import Unreadable, read_object

MAX_BODY_BYTES = 1024 * 1024
_COLLECTED_AFTER = (20_000, 20, 20)
"""Objects and rounds between two collections: a request leaves few cycles, and each collection costs it time."""
MAX_BUTTON_BYTES = 4096
"""A button posts one short field."""
Response = tuple[str | bytes, int, dict[str, str]]
_TRACEPARENT = Pattern(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_CLOUD_TRACE = Pattern(r"^([0-9a-f]{32})\b")

Entry = Callable[[Any], Response]


@dataclass(frozen=True)
class Call:
    """One request that may come in, with its moment and its trace."""

    world: World
    now: datetime
    post: Post
    trace_id: str

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON object of the body; empty when there is none."""
        return _object(self.post.body)


def webhook(function: Callable[[Call], Reply]) -> Entry:
    """A public door: the function itself authenticates the raw body before anything else."""
    return entry(function, function, public=True)


def page(function: Callable[[Call], Page]) -> Entry:
    """A public page for a browser, asked for by a GET without a body; every failure is a page too."""

    def run(call: Call) -> Page:
        if call.post.method != "GET":
            return pages.failed(405, "This page can only be looked at.")
        if call.post.body:
            return pages.failed(400, "This page takes nothing but its link.")
        return function(call)

    return entry(function, run, public=True, failed=pages.failed)


def button_page(function: Callable[[Call], Page]) -> Entry:
    """A public page with one button: a GET only looks, a POST is the button; every failure is a page too."""

    def run(call: Call) -> Page:
        if call.post.method not in ("GET", "POST"):
            refused = pages.failed(405, "This page can be looked at, and its button be pressed.")
            return replace(refused, methods="GET, POST")
        if call.post.method == "GET" and call.post.body:
            return pages.failed(400, "This page takes nothing but its link.")
        return function(call)

    return entry(function, run, public=True, failed=pages.failed, most_bytes=MAX_BUTTON_BYTES)


def api(function: Callable[[Call], Answer]) -> Entry:
    """An HTTP API that authenticates by itself; every failure is a problem (RFC 9457)."""
    return entry(function, function, public=True, failed=problem)


def sweep(function: Callable[[Call], Mapping[str, object]]) -> Entry:
    """Started by Cloud Scheduler (or by a task with a JSON body); answers what it found.

    Sentry's cron monitor of the same name hears of each scheduled run, where a DSN is set.
    """
    monitor = getattr(function, "__name__", "")

    def run(call: Call) -> Reply:
        settings = call.world.settings
        scheduled = not call.payload
        begun = sentry.check_in(settings, monitor, "in_progress") if scheduled else None
        status = "error"
        try:
            found = function(call)
            status = "ok"
        finally:
            if begun is not None:
                sentry.check_in(settings, monitor, status, begun)
        return Reply(200, found)

    return entry(function, run, public=False)


@dataclass(frozen=True)
class Message:
    """One Pub/Sub message, decoded."""

    id: str
    attributes: Mapping[str, str]
    data: Mapping[str, Any]


def subscriber(function: Callable[[Message, Call], None]) -> Entry:
    """Called by a Pub/Sub push; at least once, so the function must not count twice.

    A message that cannot be read, or that the function finds Unreadable, is refused with 400: after its attempts
    it goes to the dead letter topic.
    """

    def run(call: Call) -> Reply:
        try:
            function(_message(call.post.body), call)
        except Unreadable as error:
            log("message_unreadable", "ERROR", reason=str(error))
            return Reply(400, {"error": str(error)})
        return Reply(200, {"status": "done"})

    return entry(function, run, public=False)


def _message(body: bytes) -> Message:
    """The message of a push. Errors: Unreadable naming the rule."""
    message = read_object(body).get("message")
    if not isinstance(message, dict):
        raise Unreadable("the body holds no message; push as Pub/Sub does")
    said = cast("dict[str, object]", message)
    id_, attributes, packed = said.get("messageId"), said.get("attributes", {}), said.get("data")
    if not isinstance(id_, str) or not isinstance(attributes, dict) or not isinstance(packed, str):
        raise Unreadable("messageId, attributes or data is not what Pub/Sub pushes; push as it does")
    try:
        data = base64.b64decode(packed, altchars=b"-_", validate=True)
    except ValueError:
        raise Unreadable("the data is not base64; push as Pub/Sub does") from None
    return Message(id_, cast("dict[str, str]", attributes), read_object(data))


def _refused(status: int, text: str) -> Reply:
    return Reply(status, {"error": text})


def entry(
    named: Any,
    run: Callable[[Call], Reply | Page | Answer],
    *,
    public: bool,
    failed: Callable[[int, str], Reply | Page | Answer] = _refused,
    most_bytes: int = MAX_BODY_BYTES,
) -> Entry:
    """The Cloud Function around `run`, named as `named`: caller check, body cap, every failure answered.

    `failed` says a status and a sentence in the form that the caller reads; a body has at most `most_bytes`.
    """

    name = getattr(named, "__name__", "")

    @wraps(named)
    def handle(request: Any) -> Response:
        quieten()
        here = world()
        work.set(f"/{name}")
        trace_id = _trace_id(request.headers)
        with traced(here.settings.project, trace_id):
            return answered(request, here, trace_id)

    def answered(request: Any, here: World, trace_id: str) -> Response:
        try:
            body = _body(request, most_bytes)
            if body is None:
                return _response(failed(413, f"the body is larger than {most_bytes} bytes; send less"))
            if not public:
                refusal = _refusal(request, here, name)
                if refusal is not None:
                    return refusal
            url = _url(request)
            if url is None:
                return _response(
                    failed(400, "the address of the request cannot be read; ask for the one given")
                )
            call = Call(
                world=here,
                now=here.clock(),
                post=Post(request.method, url, request.headers, body),
                trace_id=trace_id,
            )
            answer = run(call)
        except (Unreachable, Failure) as error:
            log("unavailable", "ERROR", function=name, reason=str(error))
            return _response(failed(503, "not available now; try again"))
        except Exception as error:
            log("bug", "ERROR", function=name, error=type(error).__name__, frames=_frames(error))
            sentry.report(here.settings, error, function=name)
            return _response(failed(500, "failed; it is reported"))
        return _response(answer)

    if not gc.isenabled():
        # The package of a function switches it off while it loads; what is loaded by now stays for good.
        gc.freeze()
        gc.set_threshold(*_COLLECTED_AFTER)
        gc.enable()
    return handle


def _frames(error: Exception) -> list[str]:
    found = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in found[-8:]]


def _body(request: Any, most_bytes: int) -> bytes | None:
    """The raw body, or None when it is over the cap; nothing larger is ever read into memory."""
    if (request.content_length or 0) > most_bytes:
        return None
    body: bytes = request.stream.read(most_bytes + 1)
    return None if len(body) > most_bytes else body


def _refusal(request: Any, here: World, name: str) -> Response | None:
    settings = here.settings.model_copy(update={"function_name": name})
    url = certificates_url(settings)
    certificates = here.once(("certificates", url), lambda: Certificates(url, fetch_certificates))
    try:
        check_caller(
            request.headers.get("Authorization", ""), settings, certificates, here.clock().timestamp()
        )
    except CannotTell as error:
        log("caller_unclear", "ERROR", function=name, reason=str(error))
        return _response(_refused(503, "the caller cannot be checked now; try again"))
    except Refused as error:
        log("caller_refused", "WARNING", function=name, reason=str(error))
        return _response(_refused(401, "this function may be called by its service account only"))
    return None


def _url(request: Any) -> str | None:
    """The address that was asked for; None where its host is no name."""
    try:
        return str(request.url)
    except ValueError:  # of punycode that cannot be read
        return None


def _object(body: bytes) -> dict[str, Any]:
    try:
        value: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _trace_id(headers: Mapping[str, str]) -> str:
    """The caller's trace, or a new one: 32 hexadecimal digits."""
    found = _TRACEPARENT.match(headers.get("traceparent", "")) or _CLOUD_TRACE.match(
        headers.get("X-Cloud-Trace-Context", "")
    )
    return found.group(1) if found else secrets.token_hex(16)


def _response(answer: Reply | Page | Answer) -> Response:
    if isinstance(answer, Answer):
        return answer.body, answer.status, answer.headers
    if isinstance(answer, Page):
        return answer.html, answer.status, answer.headers
    return json.dumps(answer.body), answer.status, {"Content-Type": "application/json"}
