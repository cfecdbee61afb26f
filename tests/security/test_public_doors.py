"""What nobody sends in good faith is answered clearly at every public door, and changes nothing that it must not."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from scripts.stack.apps import mounted
from scripts.stack.simulation import HOST, Simulation
from shared.jobs.event import EventStatus
from shared.runtime.entry import MAX_BODY_BYTES, MAX_BUTTON_BYTES
from shared.runtime.world import install
from tests import system
from tests.intake.test_receive_hubspot import payload, post
from tests.intake.test_receive_opt_out import FORM, PRESSED, link
from tests.stored import stored

NAUGHTY = {
    "control characters": "\x01\x02\x07\x1b[31m",
    "NUL": "before\x00after",
    "header injection": "Ana\r\nBcc: eve@evil.example\r\n\r\n<b>",
    "right to left": "\u202eana\u202c \u2066x\u2069",
    "zero width": "A\u200bn\u200ba\ufeff",
    "joined emoji": "👩‍👩‍👧‍👦" * 50,
    "combining": "A" + "\u0301" * 500,
    "SQL": "'; DROP TABLE leads; --",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{7*7}} ${7*7} #{7*7} %(x)s {0}",
    "path": "../../etc/passwd",
    "reserved id": "__id1__",
    "prototype": "__proto__",
    "line separators": "a\u2028b\u2029c\x85d",
    "not a character": "\ufffe\uffff",
    "words": "null undefined NaN true",
}
LINES = ("\r", "\n", "\u2028", "\u2029", "\x85")


@pytest.fixture(scope="module")
def _made() -> Iterator[Simulation]:
    made = Simulation()
    yield made
    made.close()


@pytest.fixture
def simulation(_made: Simulation) -> Simulation:
    install(_made.world)
    return _made


KEPT = ("events", "jobs", "contacts", "drafts", "suppressions", "mailboxes", "connections", "outbox", "audit")


def everything(simulation: Simulation) -> dict[str, list[str]]:
    """The paths and versions of all documents that a door may lead to."""
    return {
        name: [f"{each.path} {each.message.update_time}" for each in stored(simulation, name)]
        for name in KEPT
    }


def clear(answer: Any, *, least: int = 400) -> None:
    """A refusal, with nothing of our inner life in it."""
    assert least <= answer.status_code < 500, answer.get_data(as_text=True)[:300]
    text = answer.get_data(as_text=True)
    assert "Traceback" not in text
    assert 'File "' not in text
    assert len(text) < 20_000


def lead_body(**changes: Any) -> bytes:
    return json.dumps(payload(**changes)).encode()


GOOD = lead_body()
HEAD = GOOD[:-1]
UNREADABLE = {
    "empty": b"",
    "no JSON": b"fields=1",
    "half": GOOD[:-1],
    "two objects": GOOD + GOOD,
    "a text": b'"lead"',
    "null": b"null",
    "NaN": HEAD + b', "x": NaN}',
    "Infinity": HEAD + b', "x": -Infinity}',
    "infinite number": HEAD + b', "x": 1e999}',
    "number without end": HEAD + b', "x": ' + b"9" * 5000 + b"}",
    "duplicate keys": HEAD + b', "portalId": 1}',
    "depth 10,000": HEAD + b', "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "depth 500": HEAD + b', "x": ' + b"[" * 500 + b"]" * 500 + b"}",
    "depth 950": HEAD + b', "pageUrl": ' + b"[" * 950 + b"]" * 950 + b"}",
    "objects 500 deep": HEAD + b', "x": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
    "not UTF-8": HEAD + b', "x": "\xff\xfe"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "packed": gzip.compress(GOOD),
    "a number as portal": lead_body(portalId=1e400),
    "a list as form": lead_body(formId=["a"]),
    "a text as fields": lead_body(fieldValues="email=a@b.example"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_signed_body_that_cannot_be_read_starts_nothing(simulation: Simulation, name: str) -> None:
    before = everything(simulation)
    answer = post(simulation, UNREADABLE[name])
    clear(answer)
    assert answer.json["error"]
    after = everything(simulation)
    # What is refused is kept, so that nothing is lost; it leads to no job and to nobody.
    assert {**after, "events": before["events"]} == before
    assert all(
        each.to_dict()["status"] == EventStatus.REFUSED
        for each in stored(simulation, "events")
        if f"{each.path} {each.message.update_time}" not in before["events"]
    )


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unsigned_body_is_not_even_read(simulation: Simulation, name: str) -> None:
    before = everything(simulation)
    clear(post(simulation, UNREADABLE[name], secret="not the secret"))
    assert everything(simulation) == before


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY_BYTES, 400), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_at_its_cap_is_read_and_one_byte_more_is_not(
    simulation: Simulation, size: int, status: int
) -> None:
    body = b'{"x": "' + b"a" * (size - 9) + b'"}'
    assert len(body) == size
    began = time.process_time()
    answer = post(simulation, body)
    assert answer.status_code == status
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "where",
    [
        "message",
        "email",
        *(pytest.param(each, marks=pytest.mark.long) for each in ("firstname", "company", "their own field")),
    ],
)
@pytest.mark.parametrize("name", NAUGHTY)
def test_naughty_words_of_a_lead_are_a_lead_or_a_clear_refusal(name: str, where: str) -> None:
    simulation = Simulation()
    fields = {**system.LEAD, where: NAUGHTY[name]}
    answer = post(simulation, payload(fields=fields))
    if where == "email":
        clear(answer)
        assert not system.jobs(simulation)
        simulation.close()
        return
    assert answer.status_code == 202
    simulation.run()
    for draft in system.drafts(simulation):
        assert not any(sign in draft.subject for sign in LINES)
        head = draft.raw.partition(b"\r\n\r\n")[0].decode("ascii")
        assert not any(line.lower().startswith(("bcc:", "cc:")) for line in head.split("\r\n"))
        assert draft.recipient == system.ANA
    assert all(job.status.value != "FAILED" for job in system.jobs(simulation))
    assert not system.dead_letters(simulation)
    simulation.close()


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff\\ud800", "x\\ud83d"])
def test_half_a_character_is_no_reason_to_lose_a_lead(escape: str) -> None:
    simulation = Simulation()
    body = lead_body(fields={**system.LEAD, "message": "HALF"}).replace(b"HALF", escape.encode())
    assert post(simulation, body).status_code == 202
    simulation.run()
    assert not system.dead_letters(simulation)
    assert len(system.jobs(simulation)) == 1
    simulation.close()


# The button to unsubscribe, and the page that lets a mailbox in

QUERIES = {
    "nothing": "",
    "no value": "?t=&start=&state=&code=",
    "twice": "?t=a&t=b&start=a&start=b",
    "thousands": "?" + "&".join(f"f{number}=1" for number in range(3000)),
    "long": "?t=" + "a" * 8000,
    "not UTF-8": "?t=%ff%fe&start=%ff&state=%ff&code=%ff",
    "half a character": "?t=%ed%a0%80&start=%ed%a0%80",
    "lines": "?t=%0d%0aSet-Cookie:%20x=1&start=%0d%0aLocation:%20//evil.example",
    "path": "?t=../../control&start=../../control/flags",
    **{f"naughty {name}": f"?t={quote(text)}&start={quote(text)}" for name, text in NAUGHTY.items()},
}


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("door", ["receive_opt_out", "connect_gmail"])
@pytest.mark.parametrize("query", QUERIES)
def test_no_link_of_ours_changes_nothing(simulation: Simulation, door: str, method: str, query: str) -> None:
    before = everything(simulation)
    answer = simulation.call(
        f"{door}{QUERIES[query]}",
        method=method,
        headers={"Content-Type": FORM},
        body=PRESSED if method == "POST" else b"",
    )
    clear(answer)
    assert "Set-Cookie" not in answer.headers
    assert "evil.example" not in answer.headers.get("Location", "")
    assert everything(simulation) == before


BODIES = {
    "nothing": (b"", FORM),
    "another button": (b"List-Unsubscribe=Two-Clicks", FORM),
    "in another case": (b"list-unsubscribe=one-click", FORM),
    "not ASCII": (PRESSED + "é".encode(), FORM),
    "not UTF-8": (b"\xff\xfe", FORM),
    "thousands of fields": (b"&".join(b"f=1" for _ in range(1000)), FORM),
    "JSON": (json.dumps({"List-Unsubscribe": "One-Click"}).encode(), "application/json"),
    "packed": (gzip.compress(PRESSED), FORM),
    "parts without an end": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
        "multipart/form-data; boundary=x",
    ),
    "parts without a boundary": (b"--x--", "multipart/form-data"),
    "a boundary with lines": (b"--x--", 'multipart/form-data; boundary="a b"; x="\x7f"'),
    "too long": (PRESSED + b"&" + b"a" * MAX_BUTTON_BYTES, FORM),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_press_that_is_none_stops_nobody(simulation: Simulation, name: str) -> None:
    before = everything(simulation)
    body, type_ = BODIES[name]
    clear(simulation.call(link(simulation), headers={"Content-Type": type_}, body=body))
    assert everything(simulation) == before


def test_a_press_that_is_one_stops_the_person(simulation: Simulation) -> None:
    """So that the tests above could fail."""
    before = everything(simulation)
    assert simulation.call(link(simulation), headers={"Content-Type": FORM}, body=PRESSED).status_code == 200
    assert everything(simulation)["suppressions"] != before["suppressions"]


@pytest.mark.parametrize("host", ["xn--zca", "xn--", "xn--rvg"])
@pytest.mark.parametrize("door", ["receive_hubspot", "receive_opt_out", "connect_gmail"])
def test_a_host_that_is_no_name_is_refused(simulation: Simulation, door: str, host: str) -> None:
    method = "POST" if door == "receive_hubspot" else "GET"
    environ = EnvironBuilder(f"/{door}", base_url=HOST, method=method).get_environ()
    environ["HTTP_HOST"] = host
    answer, status, _ = run_wsgi_app(mounted(simulation.catalogue), environ)
    assert 400 <= int(status.split()[0]) < 500, b"".join(answer)


TYPES = {
    "30,000 signs": "multipart/form-data; boundary=x" + ";" * 30_000,
    "thousands of parameters": "multipart/form-data; boundary=x" + "; a*0*=b" * 6_000,
    "a number that is too long": "multipart/form-data; boundary=x; name*" + "0" * 5_000 + "=x",
}


@pytest.mark.parametrize("name", TYPES)
def test_a_content_type_without_an_end_takes_no_time(simulation: Simulation, name: str) -> None:
    began = time.process_time()
    clear(simulation.call(link(simulation), headers={"Content-Type": TYPES[name]}, body=b"--x--"))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "disposition", ["(" * 3_800, "form-data; name*" + "0" * 3_000 + "=x", "form-data" + "; a*0*=b" * 450]
)
def test_a_part_with_such_a_header_stops_nobody(simulation: Simulation, disposition: str) -> None:
    before = everything(simulation)
    body = f"--x\r\nContent-Disposition: {disposition}\r\n\r\nOne-Click\r\n--x--\r\n".encode()
    began = time.process_time()
    clear(
        simulation.call(
            link(simulation), headers={"Content-Type": "multipart/form-data; boundary=x"}, body=body
        )
    )
    assert time.process_time() - began < 1
    assert everything(simulation) == before
