"""One request through the one table: found, let in, counted, allowed, read, done, answered.

Every check stands here once, before the operation; the operation asks for the role again by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from shared.errors import Failure, Permanent, Retryable
from shared.operators.api_keys import reaches
from shared.operators.refusal import Clash, Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role
from shared.operators.versions import Stale
from shared.pattern import Pattern
from shared.policy.addresses import BadAddress
from shared.runtime.api.answer import Answer, Problem, as_json
from shared.runtime.api.idempotency import Repeatable, once, read_key, request_hash
from shared.runtime.api.limits import A_KEY, ANYBODY, Buckets
from shared.runtime.api.routes import ApiRoute, Asked, Found
from shared.runtime.api.table import PARTS, place_of, routes_at
from shared.runtime.api.who import Caller, Doorkeeper, address_of, check_origin, too_often
from shared.runtime.entry import Call
from shared.runtime.logs import log
from shared.store.database import Unreachable
from shared.strict_json import Unreadable, read_object

_NAME = Pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_MOST_QUERY = 4_000
_IF_MATCH = Pattern(r'"([0-9a-f-]{1,64}|none)"')
_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (Stale, 412),
    (Forbidden, 403),
    (Missing, 404),
    (Clash, 409),
)
_NOBODY = Operator("anybody", Role.VIEWER)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@cache
def _matched_by(place: str) -> tuple[Map, Mapping[str, ApiRoute]]:
    """The routes of one word, as werkzeug matches them."""
    routes = routes_at(place)
    rules = [
        Rule(re.sub(r"{(\w+)}", r"<string:\1>", r.path), methods=[r.method], endpoint=r.name) for r in routes
    ]
    return Map(rules, strict_slashes=True, merge_slashes=False), {route.name: route for route in routes}


def serve(call: Call) -> Answer:
    """The answer to any request. Errors: what is a bug; everything else is a problem."""
    try:
        return _served(call)
    except Problem as problem:
        return problem.answer
    except BadAddress as error:
        return Problem(422, f"that is no mail address: {error}").answer
    except Permanent as error:
        log("unusable", "ERROR", function="serve_api", reason=error.reason)
        return Problem(500, f"what is stored cannot be used: {error.reason}").answer
    except (Failure, Unreachable) as error:
        log("unavailable", "ERROR", function="serve_api", reason=str(error))
        wait_s = error.retry_after_s if isinstance(error, Retryable) else None
        wait = {"Retry-After": str(max(1, round(wait_s or 5)))}
        return Problem(503, "something that is needed does not answer now; try again", headers=wait).answer


def _served(call: Call) -> Answer:
    buckets = call.world.once("api buckets", Buckets)
    route, path = _route(call)
    if call.post.method not in _SAFE:
        check_origin(call)
    if route.role is None:
        wait_s = buckets.take(ANYBODY, address_of(call), call.now.timestamp())
        if wait_s:
            raise too_often(wait_s, f"{ANYBODY.per_minute} requests a minute from one address")
        if call.post.body:
            raise Problem(400, "this takes no body; leave it out")
        asked = _asked(call, route, path, None)
        return _answer(route, route.run(asked))
    caller = call.world.once("api doorkeeper", lambda: Doorkeeper(buckets)).who(call)
    wait_s = buckets.take(A_KEY, caller.bucket, call.now.timestamp())
    if wait_s:
        raise too_often(wait_s, f"{A_KEY.per_minute} requests a minute")
    _check_rights(route, caller)
    asked = _asked(call, route, path, caller)
    key = read_key(call.post.headers.get("Idempotency-Key")) if route.changes else None
    if key is None:
        return _answer(route, route.run(asked))
    split = urlsplit(call.post.url)
    if_match = call.post.headers.get("If-Match", "")
    request = request_hash(route.method, split.path, split.query, call.post.body, if_match)
    return once(
        call.world.database,
        Repeatable(caller.tenant, caller.operator.name, key, request),
        lambda record: _answer(route, route.run(replace(asked, record=record))),
        kept=lambda answer: _without(answer, route.shown_once),
        now=call.now,
    )


def _route(call: Call) -> tuple[ApiRoute, dict[str, str]]:
    """The route and what its path names. Errors: Problem 404 and 405."""
    path = _path(call)
    place = place_of(path)
    # Only our own words are kept: anybody can make up others without an end.
    rules, routes = _matched_by(place if place in PARTS else "")
    try:
        name, values = rules.bind("api").match(path, method=call.post.method)
    except MethodNotAllowed as error:
        allowed = ", ".join(sorted(error.valid_methods or ()))
        raise Problem(
            405, f"{call.post.method} is not for this; use {allowed}", headers={"Allow": allowed}
        ) from None
    except (NotFound, RequestRedirect):
        raise Problem(404, "there is nothing here; /v1/openapi.json lists what there is") from None
    found = {name: str(value) for name, value in values.items()}
    if not all(_NAME.fullmatch(value) for value in found.values()):
        raise Problem(404, "there is nothing here: that is no id of ours")
    return routes[str(name)], found


def _path(call: Call) -> str:
    """The path below this function; a local stack has all functions under one host, each under its name."""
    path = urlsplit(call.post.url).path
    own = urlsplit(call.world.settings.url_of("serve_api")).path.rstrip("/")
    return path[len(own) :] if own and path.startswith(f"{own}/") else path


def _check_rights(route: ApiRoute, caller: Caller) -> None:
    """Errors: Problem 403."""
    assert route.role is not None
    if not caller.operator.role.covers(route.role):
        raise Problem(403, f"this needs the role {route.role}; yours is {caller.operator.role}")
    if not reaches(caller.scopes, route.resource, reads=route.method == "GET"):
        raise Problem(403, f"your key has no scope for {route.resource}; ask an admin for one that has")


def _asked(call: Call, route: ApiRoute, path: dict[str, str], caller: Caller | None) -> Asked:
    """The request as the route declares it. Errors: Problem 400, 412, 415, 422, 428."""
    return Asked(
        world=call.world,
        now=call.now,
        trace_id=call.trace_id,
        tenant=caller.tenant if caller else "",
        by=caller.operator if caller else _NOBODY,
        scopes=caller.scopes if caller else (),
        path=path,
        query=_query(call, route),
        body=_body(call, route),
        seen=_seen(call, route),
    )


def _query(call: Call, route: ApiRoute) -> BaseModel | None:
    text = urlsplit(call.post.url).query
    if len(text) > _MOST_QUERY:
        raise Problem(400, f"the query is longer than {_MOST_QUERY} characters")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=30, errors="strict") if text else []
    except ValueError:
        raise Problem(400, "the query is not UTF-8, or has more than 30 fields") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Problem(400, "a field of the query is there twice; send it once")
    if route.query is None:
        if given:
            raise Problem(400, "this takes no query; leave it out")
        return None
    model = route.query
    return _validated(lambda: model.model_validate(given, strict=False), 400)


def _body(call: Call, route: ApiRoute) -> BaseModel | None:
    body = call.post.body
    if route.body is None:
        if body:
            raise Problem(400, "this takes no body; leave it out")
        return None
    kind, _, parameters = call.post.headers.get("Content-Type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise Problem(415, "the body must be JSON; send Content-Type: application/json")
    if call.post.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "the body is encoded; send it as it is")
    try:
        read_object(body)
    except Unreadable as error:
        raise Problem(400, str(error)) from None
    model = route.body
    # Strictly: JSON has numbers and booleans of its own, so a text in their place is a mistake.
    return _validated(lambda: model.model_validate_json(body, strict=True), 422)


def _validated(read: Callable[[], BaseModel], status: int) -> BaseModel:
    try:
        return read()
    except ValidationError as error:
        raise Problem(status, "; ".join(_said(one) for one in error.errors()[:5])) from None


def _said(error: Any) -> str:
    """A field, its value where that is short and plain, and its rule."""
    where = ".".join(str(part)[:40] for part in error["loc"]) or "the body"
    value: object = cast("object", error.get("input"))
    rule = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return f"{where}: there is no such field; leave it out"
    shown = f" is {value!r}"[:60] if isinstance(value, bool | int | float) else ""
    return f"{where}{shown}: {rule[:200]}"


def _seen(call: Call, route: ApiRoute) -> str | None:
    given = call.post.headers.get("If-Match")
    if not route.guarded:
        return None
    if given is None:
        raise Problem(428, "two people may change this; send If-Match with the ETag that you saw")
    found = _IF_MATCH.fullmatch(given.strip())
    if found is None:
        raise Problem(412, "If-Match is not one ETag of ours; look at it again")
    return found[1]


def _answer(route: ApiRoute, found: Found | Refusal) -> Answer:
    if isinstance(found, Refusal):
        status = next((status for kind, status in _STATUS if isinstance(found, kind)), 422)
        return Problem(status, str(found)).answer
    headers = dict(found.headers)
    if found.version is not None:
        headers["ETag"] = f'"{found.version}"'
    status = found.status if found.status != 200 else route.status
    if isinstance(found.value, bytes):
        return Answer(status, found.value, found.media_type or route.media_types[0], headers)
    return as_json(status, found.value.model_dump_json(by_alias=True), headers=headers)


def _without(answer: Answer, fields: tuple[str, ...]) -> Answer:
    """The answer as it may be kept: what is shown once is null in a repetition."""
    if not fields:
        return answer
    import json

    value = cast("dict[str, Any]", json.loads(answer.body))
    kept = {name: None if name in fields else one for name, one in value.items()}
    return as_json(answer.status, json.dumps(kept), headers=answer.more)
