"""What Gmail does not document about sending a draft, and the sandbox can be told to do either way."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import GMAIL, Outside, encoded, header, mail, outside

ANA = "ana.ruiz@harborlogistics.example"
TO_ANA = mail(To=ANA, Subject="Twice", X_Draft="d-1", Message_ID="<ours@sandbox.example>")


@pytest.fixture
def world() -> Outside:
    return outside()


def told(world: Outside, **sending: Any) -> None:
    """Tell the sandbox how to send, as a test outside of its process does."""
    answer = world.google.post("http://sandbox.local/_admin/gmail/sending", json=sending)
    assert answer.status_code == 200, answer.text


def send(world: Outside, draft: dict[str, Any], raw: bytes | None = None) -> httpx.Response:
    message = {"message": {"raw": encoded(raw)}} if raw else {}
    return world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"], **message})


def shown(world: Outside, id_: str) -> dict[str, Any]:
    return world.google.get(f"{GMAIL}/messages/{id_}").json()


def thread_ids(world: Outside, id_: str) -> list[str]:
    answer = world.google.get(f"{GMAIL}/threads/{id_}", params={"format": "minimal"})
    return [each["id"] for each in answer.json()["messages"]] if answer.status_code == 200 else []


def sent(world: Outside) -> int:
    return len(world.sandbox.effects.entries("mail_sent"))


def test_the_bytes_in_the_request_take_the_place_of_the_drafts(world: Outside) -> None:
    draft = world.draft(mail(To="old@x.example", Subject="Old", body="Old words\n"))
    answer = send(world, draft, TO_ANA).json()
    assert answer["labelIds"] == ["SENT"]
    assert answer["threadId"] == draft["message"]["threadId"]
    assert answer["id"] != draft["message"]["id"]
    message = shown(world, answer["id"])
    assert (header(message, "To"), header(message, "Subject"), header(message, "X-Draft")) == (
        ANA,
        "Twice",
        "d-1",
    )
    assert base64.urlsafe_b64decode(message["payload"]["body"]["data"]) == b"Hello\n"
    assert header(message, "Message-ID").endswith("@mail.gmail.com>")
    assert thread_ids(world, draft["message"]["threadId"]) == [answer["id"]]
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").status_code == 404
    assert "draft_updated" not in {row["kind"] for row in world.sandbox.effects.entries()}


def test_bytes_that_cannot_be_sent_leave_the_draft_as_it_was(world: Outside) -> None:
    draft = world.draft(TO_ANA)
    assert send(world, draft, mail(Subject="To nobody")).status_code == 400
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").json()["message"]["id"] == draft["message"]["id"]
    assert sent(world) == 0


def test_a_second_send_finds_no_draft(world: Outside) -> None:
    draft = world.draft(TO_ANA)
    assert [send(world, draft, TO_ANA).status_code for _ in range(2)] == [200, 404]
    assert sent(world) == 1


@pytest.mark.parametrize("raw", [TO_ANA, None])
def test_told_so_a_second_send_soon_after_sends_again(world: Outside, raw: bytes | None) -> None:
    told(world, repeats="double", repeats_within_s=10)
    draft = world.draft(TO_ANA)
    first = send(world, draft, raw).json()
    world.clock.advance(10)
    second = send(world, draft, raw).json()
    assert first["id"] != second["id"]
    assert thread_ids(world, first["threadId"]) == [first["id"], second["id"]]
    ids = {header(shown(world, each["id"]), "Message-ID") for each in (first, second)}
    assert len(ids) == 2
    assert sent(world) == 2


def test_told_so_a_second_send_later_finds_no_draft(world: Outside) -> None:
    told(world, repeats="double", repeats_within_s=10)
    draft = world.draft(TO_ANA)
    send(world, draft, TO_ANA)
    world.clock.advance(10.5)
    assert send(world, draft, TO_ANA).status_code == 404
    assert world.google.post(f"{GMAIL}/drafts/send", json={"id": "r-never"}).status_code == 404
    assert sent(world) == 1


def test_a_deleted_draft_is_never_sent_again(world: Outside) -> None:
    told(world, repeats="double", repeats_within_s=60)
    draft = world.draft(TO_ANA)
    world.google.delete(f"{GMAIL}/drafts/{draft['id']}")
    assert send(world, draft, TO_ANA).status_code == 404


def test_told_so_a_sent_mail_shows_only_later_but_for_its_id(world: Outside) -> None:
    told(world, shown_after_s=5)
    draft = world.draft(TO_ANA)
    answer = send(world, draft, TO_ANA).json()
    search = {"q": f"in:sent to:{ANA} subject:Twice"}
    assert thread_ids(world, answer["threadId"]) == []
    assert "messages" not in world.google.get(f"{GMAIL}/messages", params=search).json()
    assert shown(world, answer["id"])["labelIds"] == ["SENT"]
    world.clock.advance(5)
    assert thread_ids(world, answer["threadId"]) == [answer["id"]]
    (found,) = world.google.get(f"{GMAIL}/messages", params=search).json()["messages"]
    assert found["id"] == answer["id"]


def test_an_answer_to_a_mail_that_does_not_show_yet_joins_its_thread(world: Outside) -> None:
    told(world, shown_after_s=60)
    to_marcus = mail(To=MARCUS, Subject="Twice")
    answer = send(world, world.draft(to_marcus), to_marcus).json()
    id_ = header(shown(world, answer["id"]), "Message-ID")
    reply = mail(From=MARCUS, To=ISABEL, Subject="Re: Twice", In_Reply_To=id_, References=id_)
    with world.sandbox.changing():
        came = world.sandbox.gmail.mailbox(ISABEL).arrive(reply, ["INBOX"])
    assert came["threadId"] == answer["threadId"]
    assert thread_ids(world, answer["threadId"]) == [came["id"]]


@pytest.mark.parametrize("keeps", [True, False])
def test_told_so_our_headers_are_kept_or_not(world: Outside, keeps: bool) -> None:
    told(world, keeps_custom_headers=keeps, keeps_message_id=keeps)
    message = shown(world, send(world, world.draft(TO_ANA), TO_ANA).json()["id"])
    assert header(message, "X-Draft") == ("d-1" if keeps else "")
    assert (header(message, "Message-ID") == "<ours@sandbox.example>") is keeps


def test_what_somebody_sends_to_themselves_is_one_mail_that_also_came_in(world: Outside) -> None:
    raw = mail(To=ISABEL, Subject="To me")
    answer = send(world, world.draft(raw), raw).json()
    assert sorted(answer["labelIds"]) == ["INBOX", "SENT", "UNREAD"]
    listed = world.google.get(f"{GMAIL}/messages", params={"q": 'subject:"To me"'}).json()["messages"]
    assert [each["id"] for each in listed] == [answer["id"]]


@pytest.mark.parametrize(
    "setting", [{"repeats": "thrice"}, {"shown_after_s": -1}, {"repeats_within_s": -1}, {"unknown": 1}]
)
def test_a_setting_without_sense_is_refused(world: Outside, setting: dict[str, Any]) -> None:
    answer = world.google.post("http://sandbox.local/_admin/gmail/sending", json=setting)
    assert answer.status_code == 400
    assert world.sandbox.gmail.sending == Sending()
    assert world.google.get("http://sandbox.local/_admin/gmail/sending").json()["repeats"] == "single"


@pytest.mark.parametrize(
    ("fault", "applied", "status"),
    [("429", False, 429), ("500", False, 500), ("500", True, 500), ("503", True, 503)],
)
def test_a_send_is_refused_or_fails_before_or_after_it_took_effect(
    world: Outside, fault: str, applied: bool, status: int
) -> None:
    draft = world.draft(TO_ANA)
    world.sandbox.faults.add(vendor="gmail", path_regex="drafts/send", kind=fault, applied=applied, nth=1)
    assert send(world, draft, TO_ANA).status_code == status
    assert sent(world) == int(applied)
    assert send(world, draft, TO_ANA).status_code == (404 if applied else 200)
    assert sent(world) == 1


def test_an_answer_that_is_lost_leaves_the_mail_sent(world: Outside) -> None:
    draft = world.draft(TO_ANA)
    world.sandbox.faults.add(vendor="gmail", path_regex="drafts/send", kind="lost_answer", nth=1)
    with pytest.raises(httpx.RemoteProtocolError):
        send(world, draft, TO_ANA)
    assert sent(world) == 1


def test_a_send_that_takes_effect_late_can_come_after_a_second_one(world: Outside) -> None:
    draft = world.draft(TO_ANA)
    world.sandbox.faults.add(vendor="gmail", path_regex="drafts/send", kind="late", delay_s=30, nth=1)
    with pytest.raises(httpx.RemoteProtocolError):
        send(world, draft, TO_ANA)
    assert sent(world) == 0
    world.clock.advance(31)
    assert send(world, draft, TO_ANA).status_code == 404
    assert sent(world) == 1
