"""What no client of ours would send gets a clear 4xx, and nothing is stored."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from shared.operators.api_keys import GLOBAL
from shared.runtime.api.table import table
from shared.runtime.entry import MAX_BODY_BYTES
from shared.strict_json import DEEPEST
from tests.runtime.api.parts import SETTINGS, World, examples, furnished

ADDRESS = b'"address": "somebody@outside.example"'
GOOD = b'{"address": "somebody@outside.example", "reason": "asked"}'


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    simulation = Simulation(settings=SETTINGS)
    yield furnished(simulation)
    simulation.close()


@pytest.fixture
def admin(world: World) -> str:
    return world.api.key(scopes=(GLOBAL,))


def suppress(world: World, admin: str, raw: bytes, **headers: str) -> Any:
    return world.api.ask("POST", "/v1/suppressions", admin, raw=raw, **headers)


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


BODIES = {
    "empty": b"",
    "no JSON": b"reason=asked",
    "half": GOOD[:-1],
    "two objects": GOOD + GOOD,
    "a list": b"[" + GOOD + b"]",
    "a text": b'"asked"',
    "null": b"null",
    "NaN": b"{" + ADDRESS + b', "reason": NaN}',
    "Infinity": b"{" + ADDRESS + b', "reason": -Infinity}',
    "infinite number": b"{" + ADDRESS + b', "reason": 1e999}',
    "number without end": b"{" + ADDRESS + b', "reason": ' + b"9" * 5000 + b"}",
    "duplicate keys": b"{" + ADDRESS + b', "reason": "asked", "reason": "not asked"}',
    "duplicate keys inside": b"{" + ADDRESS + b', "reason": {"a": 1, "a": 2}}',
    "duplicate by escape": b"{" + ADDRESS + b', "reason": "asked", "re\\u0061son": "not asked"}',
    "lone surrogate": b"{" + ADDRESS + b', "reason": "\\ud800"}',
    "lone surrogate as key": b"{" + ADDRESS + b', "reason": "asked", "\\udfff": 1}',
    "not UTF-8": b"{" + ADDRESS + b', "reason": "\xff\xfe"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "depth 33": nested(DEEPEST + 1),
    "depth 10,000": nested(10_000),
    "depth 100,000 of objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unknown field": b"{" + ADDRESS + b', "reason": "asked", "tenant": "acme"}',
    "prototype": b"{" + ADDRESS + b', "reason": "asked", "__proto__": {"role": "admin"}}',
    "missing field": b"{" + ADDRESS + b"}",
    "wrong type": b"{" + ADDRESS + b', "reason": ["asked"]}',
    "NUL": b"{" + ADDRESS + b', "reason": "asked\\u0000"}',
    "line break": b"{" + ADDRESS + b', "reason": "asked\\r\\nBcc: x"}',
    "escape sequence": b"{" + ADDRESS + b', "reason": "\\u001b[31masked"}',
    "line separator": b"{" + ADDRESS + b', "reason": "asked\\u2028"}',
    "blank": b"{" + ADDRESS + b', "reason": "   "}',
    "too long": b"{" + ADDRESS + b', "reason": "' + b"a" * 501 + b'"}',
    "an address as reason": b"{" + ADDRESS + b', "reason": "said bob@example.com"}',
    "two addresses": b'{"address": "a@x.example, b@x.example", "reason": "asked"}',
    "address with a header": b'{"address": "a@x.example\\r\\nBcc: b@x.example", "reason": "asked"}',
    "no address": b'{"address": "somebody", "reason": "asked"}',
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_has_not_one_meaning_is_refused(world: World, admin: str, what: str) -> None:
    before = world.api.writes
    answer = suppress(world, admin, BODIES[what])
    assert 400 <= answer.status_code < 500, answer.get_data()
    assert answer.content_type == "application/problem+json"
    assert len(answer.json["detail"]) < 1200
    assert world.api.writes == before


def test_thousands_of_fields_with_the_last_one_twice_take_no_time(world: World, admin: str) -> None:
    fields = [b'"k%d":1' % number for number in range(50_000)]
    began = time.process_time()
    answer = suppress(world, admin, b"{" + b",".join([*fields, fields[-1]]) + b"}")
    assert answer.status_code == 400
    assert "twice" in answer.json["detail"]
    assert time.process_time() - began < 2


def test_a_good_body_is_taken(world: World, admin: str) -> None:
    assert suppress(world, admin, GOOD).status_code == 200
    deep = suppress(world, admin, nested(DEEPEST))
    assert deep.status_code == 422, "it is refused for its fields, and not for its depth"


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_body_of_one_mebibyte_passes_and_one_byte_more_does_not(
    world: World, admin: str, over: int
) -> None:
    before = world.api.writes
    body = GOOD[:-1] + b" " * (MAX_BODY_BYTES + over - len(GOOD)) + b"}"
    assert len(body) == MAX_BODY_BYTES + over
    answer = suppress(world, admin, body)
    if over <= 0:
        assert answer.status_code == 200, answer.get_data()
    else:
        assert answer.status_code == 413
        assert answer.content_type == "application/problem+json"
        assert world.api.writes == before


def test_a_body_over_the_cap_is_refused_before_anybody_is_asked_who_they_are(world: World) -> None:
    answer = world.api.ask("POST", "/v1/suppressions", None, raw=b" " * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
    ],
)
def test_a_page_cannot_send_what_counts_as_json(world: World, admin: str, kind: str) -> None:
    before = world.api.writes
    answer = suppress(world, admin, GOOD, Content_Type=kind)
    assert answer.status_code == 415
    assert world.api.writes == before


NAUGHTY = (
    "undefined", "null", "NaN", "-1", "0x0", "1/0", "${7*7}", "{{7*7}}", "<script>alert(1)</script>",
    "'; DROP TABLE drafts; --", "../../etc/passwd", "%2e%2e%2f", "..", ".", "__id1__", "a/b", "a//b", "%00",
    "\u202etest", "\ufeff", "ﬀ", "𝟘", "İ", "ß", "👾" * 40, "田中さん", "a" * 200,
    "%0d%0aSet-Cookie:x=1", " ", "~!@#$^&*()",
)  # fmt: skip


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_string_in_a_path_finds_nothing(world: World, text: str) -> None:
    admin = world.api.key(scopes=(GLOBAL,))
    before = world.api.writes
    for route in table():
        if "{" in route.path:
            path = route.path.partition("{")[0] + text
            answer = world.api.ask("GET", path, admin)
            assert 400 <= answer.status_code < 500, (route.name, answer.get_data())
            assert "Set-Cookie" not in answer.headers
    assert world.api.writes == before


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_string_in_a_query_is_refused_or_ignored_by_nobody(world: World, text: str) -> None:
    from urllib.parse import quote

    admin = world.api.key()
    for field in ("cursor", "limit", "state", "status", "since", text):
        answer = world.api.ask("GET", f"/v1/jobs?{quote(field)}={quote(text)}", admin)
        assert answer.status_code == 400, (field, answer.get_data())
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_string_in_a_body_is_kept_as_it_is_or_refused(world: World, text: str) -> None:
    admin = world.api.key()
    before = world.api.writes
    answer = world.api.ask("POST", "/v1/api-keys", admin, body={"name": text})
    assert answer.status_code in (201, 422), answer.get_data()
    if answer.status_code == 201:
        assert answer.json["name"] == text.strip()
    else:
        assert world.api.writes == before


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "limit=0", "limit=101", "limit=1e3", "limit=", "cursor=", "%ff=1", "a=1", "tenant=acme",
     "since=2026-11-21", "since=2026-11-21T00:00:00", "since=0001-01-01T00:00:00%2B14:00",
     "&".join(f"a{n}=1" for n in range(40)),
     "cursor=" + "A" * 3000],
)  # fmt: skip
def test_a_query_that_has_not_one_meaning_is_refused(world: World, query: str) -> None:
    answer = world.api.ask("GET", f"/v1/jobs?{query}", world.api.key())
    assert answer.status_code == 400, answer.get_data()


@pytest.mark.parametrize(
    "cursor",
    ["AAAA", "bnVsbA", "W10", "WzEsMl0", "WyJ4IiwieSJd", "!!!!", "WyIyMDI2LTExLTIxVDAwOjAwOjAwWiIsICIuLi8uLi94Il0",
     "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LjlaIiwgImEiXQ", "WyIyMDI2LTExLTIxVDAwOjAwOjAwIiwgImEiXQ", "W" * 400],
)  # fmt: skip
def test_a_garbage_cursor_is_refused(world: World, cursor: str) -> None:
    answer = world.api.ask("GET", f"/v1/jobs?cursor={cursor}", world.api.key())
    assert answer.status_code == 400, answer.get_data()


@pytest.mark.parametrize("path", ["/v1/stats/daily", "/v1/stats/outcomes"])
@pytest.mark.parametrize(
    "query",
    ["last=0001-01-03", "first=0001-01-01", "first=9999-12-31&last=9999-12-31", "last=1e17", "last=soon"],
)
def test_a_day_that_nothing_can_be_reckoned_from_is_refused(world: World, path: str, query: str) -> None:
    answer = world.api.ask("GET", f"{path}?{query}", world.api.key())
    assert answer.status_code == 400, answer.get_data()
    assert answer.json["detail"].startswith(("first: ", "last: "))


SOMEBODY = {"address": "somebody@outside.example", "reason": "asked"}
RANGE = {"type": "EMPLOYEE_RANGE", "reason": "our market"}
LAX: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a text of digits": ("POST", "/v1/guardrails", {**RANGE, "value": {"min": "9" * 30}}),
    "a number as text": ("POST", "/v1/guardrails", {**RANGE, "value": {"min": "9"}}),
    "a number that is too large": ("POST", "/v1/guardrails", {**RANGE, "value": {"max": 10**9 + 1}}),
    "a number below zero": ("POST", "/v1/guardrails", {**RANGE, "value": {"max": -1}}),
    "true as a number": ("POST", "/v1/guardrails", {**RANGE, "value": {"min": True}}),
    "true as a limit": ("PUT", "/v1/quotas/{mailbox}/day", {"limit": True, "reason": "a fair"}),
    "a whole number with a point": ("PUT", "/v1/quotas/{mailbox}/day", {"limit": 60.0, "reason": "a fair"}),
    "on": ("POST", "/v1/suppressions/remove", {**SOMEBODY, "force": "on"}),
    "1 as a boolean": ("POST", "/v1/suppressions/remove", {**SOMEBODY, "force": 1}),
    "yes": ("POST", "/v1/erasures", {**SOMEBODY, "crm": "yes"}),
    "a number as a time": ("POST", "/v1/companies/1/pause", {"reason": "asked", "until": 4102444800}),
}


@pytest.mark.parametrize("what", LAX)
def test_a_value_of_another_type_is_not_guessed_at(world: World, admin: str, what: str) -> None:
    method, path, body = LAX[what]
    before = world.api.writes
    named = path.format(mailbox=world.mailbox)
    answer = world.api.ask(method, named, admin, body=body, If_Match='"none"' if method == "PUT" else "")
    assert answer.status_code == 422, answer.get_data()
    assert "Input should be" in answer.json["detail"]
    assert world.api.writes == before


def test_what_json_says_as_text_is_taken(world: World, admin: str) -> None:
    until = {"reason": "asked", "until": "2126-12-01T09:00:00+01:00"}
    paused = world.api.ask("POST", "/v1/companies/1/pause", admin, body=until)
    assert (paused.status_code, paused.json["paused_until"]) == (200, "2126-12-01T08:00:00Z")
    asked = world.api.ask("POST", "/v1/suppressions", admin, body={**SOMEBODY, "kind": "COMPLAINT"})
    assert (asked.status_code, asked.json["kind"]) == (200, "COMPLAINT")
    ranged = world.api.ask("POST", "/v1/guardrails", admin, body={**RANGE, "value": {"min": 1, "max": 10**9}})
    assert (ranged.status_code, ranged.json["fields"]["value"]) == (201, {"min": 1, "max": 10**9})


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 129, "é"])
def test_a_garbage_idempotency_key_is_refused(world: World, admin: str, key: str) -> None:
    before = world.api.writes
    answer = suppress(world, admin, GOOD, Idempotency_Key=key)
    assert answer.status_code == 400, answer.get_data()
    assert world.api.writes == before


def test_a_route_without_a_body_or_query_takes_none(world: World) -> None:
    for route in table():
        example = examples(world)[route.name]
        admin = world.api.key(scopes=(GLOBAL,))
        if route.query is None:
            answer = world.api.ask(route.method, f"{example.path}?x=1", admin, body=example.body)
            assert answer.status_code == 400, (route.name, answer.get_data())
        if route.body is None:
            answer = world.api.ask(route.method, example.path, admin, raw=b"{}", If_Match='"1-1"')
            assert answer.status_code == 400, (route.name, answer.get_data())


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "GET\t"])
def test_another_method_is_refused(world: World, admin: str, method: str) -> None:
    assert world.api.ask(method, "/v1/jobs", admin).status_code in (400, 405)


def test_no_problem_repeats_what_was_sent_or_where_the_code_was(world: World, admin: str) -> None:
    told = suppress(
        world, admin, json.dumps({"address": "x", "reason": "sound", "secret": "canary-7f3a9"}).encode()
    )
    assert told.status_code == 422
    assert "canary" not in told.get_data(as_text=True)
    assert ".py" not in told.get_data(as_text=True)


def test_every_answer_tells_a_browser_to_keep_its_hands_off(world: World, admin: str) -> None:
    for path in ("/v1/jobs", "/v1/nothing", "/v1/health"):
        headers = world.api.ask("GET", path, admin).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
