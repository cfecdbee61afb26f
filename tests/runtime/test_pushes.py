"""A push of Pub/Sub's that cannot be read: 400 with the reason, nothing done, and in the end a dead letter."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.sandbox.world import ISABEL
from scripts.stack.deployment import ACCOUNTS
from scripts.stack.simulation import Simulation
from shared.runtime.world import install
from tests.stored import stored

CHANGED = b'{"emailAddress": "%s", "historyId": 1234567}' % ISABEL.encode()
SUBSCRIBERS = ("receive_gmail", "roll_up_stats")


@pytest.fixture(scope="module")
def _made() -> Iterator[Simulation]:
    made = Simulation()
    yield made
    made.close()


@pytest.fixture
def simulation(_made: Simulation) -> Simulation:
    install(_made.world)
    return _made


def pushed(said: bytes = CHANGED, **changes: Any) -> bytes:
    message = {"messageId": "1", "attributes": {}, "data": base64.b64encode(said).decode()}
    return json.dumps({"message": message | changes, "subscription": "s"}).encode()


def push(simulation: Simulation, body: bytes, function: str = "receive_gmail") -> Any:
    token = simulation.cloud.issuer.token(ACCOUNTS["pubsub"], simulation.places.url_of(function))
    return simulation.call(function, headers={"Authorization": f"Bearer {token}"}, body=body)


def kept(simulation: Simulation) -> dict[str, list[str]]:
    return {
        name: [f"{each.path} {each.message.update_time}" for each in stored(simulation, name)]
        for name in ("jobs", "events", "mailboxes", "stats", "outbox", "dead_letters")
    }


BODIES = {
    "nothing": b"",
    "no JSON": b"message=1",
    "a list": b"[]",
    "no message": b'{"subscription": "s"}',
    "a text as message": b'{"message": "hello"}',
    "twice": pushed()[:-1] + b', "message": {}}',
    "no data": pushed(data=None),
    "data in a list": pushed(data=["e30="]),
    "no base64": pushed(data="{}"),
    "no id": pushed(messageId=None),
    "attributes in a list": pushed(attributes=["a"]),
    "deep": pushed(attributes=json.loads("[" * 900 + "]" * 900)),
}
DATA = {
    "nothing": b"",
    "no JSON": b"emailAddress",
    "pairs": b'[["emailAddress", "%s"]]' % ISABEL.encode(),
    "a key twice": CHANGED[:-1] + b', "historyId": 2}',
    "NaN": CHANGED[:-1] + b', "x": NaN}',
    "half a character": CHANGED[:-1] + b', "x": "\\ud800"}',
    "not UTF-8": CHANGED[:-1] + b', "x": "\xff"}',
    "depth 10,000": CHANGED[:-1] + b', "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
}
NOBODY = {
    "no mailbox": b"{}",
    "a number": b'{"emailAddress": 7}',
    "no address": b'{"emailAddress": "marcus"}',
}


def refused(simulation: Simulation, body: bytes, function: str) -> None:
    before = kept(simulation)
    answer = push(simulation, body, function)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.json["error"]
    assert kept(simulation) == before


@pytest.mark.parametrize("function", SUBSCRIBERS)
@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_push_is_refused(simulation: Simulation, name: str, function: str) -> None:
    refused(simulation, BODIES[name], function)


@pytest.mark.parametrize("function", SUBSCRIBERS)
@pytest.mark.parametrize("name", DATA)
def test_what_says_nothing_certain_is_refused(simulation: Simulation, name: str, function: str) -> None:
    refused(simulation, pushed(DATA[name]), function)


@pytest.mark.parametrize("name", NOBODY)
def test_a_push_that_names_no_mailbox_is_refused(simulation: Simulation, name: str) -> None:
    refused(simulation, pushed(NOBODY[name]), "receive_gmail")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_push_is_read_in_either_alphabet(simulation: Simulation, encode: Any) -> None:
    data = CHANGED[:-1] + b', "x": "\xc3\xbe\xc3\xbf?~>"}'
    assert set(encode(data)) & set(b"+/-_")
    assert push(simulation, pushed(data=encode(data).decode())).status_code == 200


def test_a_good_push_has_the_mailbox_looked_at(simulation: Simulation) -> None:
    """So that the tests above could fail."""
    simulation.sweep("renew_watch")
    simulation.run()
    asked: list[HttpRequest] = []
    simulation.on_request = asked.append
    assert push(simulation, pushed()).status_code == 200
    simulation.run()
    assert any(each.url.endswith("/sync_mailboxes") for each in asked)
