"""Gmail in the sandbox: threads, drafts, sending and history, each answer judged by Google's description."""

from __future__ import annotations

import base64
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import GMAIL, Outside, encoded, header, mail, outside

ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture
def world() -> Outside:
    return outside()


def _thread_with(world: Outside, address: str) -> dict[str, Any]:
    query = f"{{from:{address} to:{address}}} newer_than:90d"
    listed = world.google.get(f"{GMAIL}/threads", params={"q": query}).json()
    return world.google.get(f"{GMAIL}/threads/{listed['threads'][0]['id']}").json()


def _reply_headers(thread: dict[str, Any]) -> dict[str, str]:
    last = thread["messages"][-1]
    return {
        "From": ISABEL,
        "To": ANA,
        "Subject": header(last, "Subject"),
        "In_Reply_To": header(last, "Message-ID"),
        "References": f"{header(last, 'References')} {header(last, 'Message-ID')}".strip(),
    }


def _ids(world: Outside, query: str) -> list[str]:
    answer = world.google.get(f"{GMAIL}/messages", params={"q": query}).json()
    return [message["id"] for message in answer.get("messages", [])]


def test_a_thread_with_a_person_is_found_and_read(world: Outside) -> None:
    thread = _thread_with(world, ANA)
    assert [header(message, "From") for message in thread["messages"]] == [
        f"Isabel Perez <{ISABEL}>",
        f"Ana Ruiz <{ANA}>",
    ]
    body = base64.urlsafe_b64decode(thread["messages"][1]["payload"]["body"]["data"]).decode()
    assert "what does a pilot cost?" in body
    assert "> Dear Ana," in body


def test_a_draft_in_a_thread_is_sent_once_and_is_gone_then(world: Outside) -> None:
    thread = _thread_with(world, ANA)
    raw = mail(**_reply_headers(thread), X_Draft="d-1", Message_ID="<ours@sandbox.example>", body="Hi Ana\n")
    draft = world.draft(raw, thread["id"])
    assert draft["message"]["threadId"] == thread["id"]

    sending = {"id": draft["id"], "message": {"raw": encoded(raw), "threadId": thread["id"]}}
    sent = world.google.post(f"{GMAIL}/drafts/send", json=sending).json()
    assert sent["labelIds"] == ["SENT"]
    assert sent["threadId"] == thread["id"]
    assert sent["id"] != draft["message"]["id"]

    params = {"format": "metadata", "metadataHeaders": ["Message-ID", "X-Draft"]}
    shown = world.google.get(f"{GMAIL}/messages/{sent['id']}", params=params).json()
    assert header(shown, "X-Draft") == "d-1"
    assert header(shown, "Message-ID").endswith("@mail.gmail.com>")
    assert header(shown, "Subject") == ""

    assert world.sandbox.gmail.mailbox(ISABEL).drafts() == []
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").status_code == 404
    assert world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]}).status_code == 404
    assert world.sandbox.effects.by_person()[ANA] == {
        "drafts": 1,
        "sent": 1,
        "notes": 0,
        "tasks": 0,
        "contacts": 0,
        "records": 0,
    }


@pytest.mark.parametrize("spoiled", ["Subject", "references", "thread"])
def test_a_draft_joins_a_thread_only_with_id_references_and_subject(world: Outside, spoiled: str) -> None:
    thread = _thread_with(world, ANA)
    headers = _reply_headers(thread)
    if spoiled == "Subject":
        headers["Subject"] = "Something else"
    if spoiled == "references":
        headers = {
            name: value for name, value in headers.items() if name not in ("In_Reply_To", "References")
        }
    draft = world.draft(mail(**headers), "" if spoiled == "thread" else thread["id"])
    assert draft["message"]["threadId"] != thread["id"]


def test_a_thread_id_that_is_unknown_or_malformed_is_refused(world: Outside) -> None:
    raw = encoded(mail(To=ANA, Subject="Hello"))
    for thread_id, status in (("19ffffffffffffff", 404), ("not-a-thread", 400)):
        answer = world.google.post(f"{GMAIL}/drafts", json={"message": {"raw": raw, "threadId": thread_id}})
        assert answer.status_code == status, answer.text


def test_an_updated_draft_keeps_its_id_and_its_custom_headers_are_kept(world: Outside) -> None:
    draft = world.draft(mail(To=ANA, Subject="Hello", X_Draft="d-2"))
    changed = {"message": {"raw": encoded(mail(To=ANA, Subject="Hello", X_Draft="d-2", body="Again\n"))}}
    updated = world.google.put(f"{GMAIL}/drafts/{draft['id']}", json=changed).json()
    assert updated["id"] == draft["id"]
    assert updated["message"]["id"] != draft["message"]["id"]
    shown = world.google.get(f"{GMAIL}/drafts/{draft['id']}", params={"format": "full"}).json()
    assert header(shown["message"], "X-Draft") == "d-2"
    raw = world.google.get(f"{GMAIL}/drafts/{draft['id']}", params={"format": "raw"}).json()["message"]["raw"]
    kept = message_from_bytes(base64.urlsafe_b64decode(raw), policy=policy.default)
    assert kept.get_content() == "Again\n"


def test_drafts_are_listed_searched_and_deleted(world: Outside) -> None:
    first = world.draft(mail(To=ANA, Subject="One"))
    second = world.draft(mail(To="tom.byrne@lumenclinics.example", Subject="Two"))
    listed = world.google.get(f"{GMAIL}/drafts").json()["drafts"]
    assert [draft["id"] for draft in listed] == [second["id"], first["id"]]
    found = world.google.get(f"{GMAIL}/drafts", params={"q": f"to:{ANA}"}).json()["drafts"]
    assert [draft["id"] for draft in found] == [first["id"]]
    page = world.google.get(f"{GMAIL}/drafts", params={"maxResults": 1}).json()
    rest = world.google.get(f"{GMAIL}/drafts", params={"pageToken": page["nextPageToken"]}).json()
    assert [draft["id"] for draft in rest["drafts"]] == [first["id"]]
    assert world.google.delete(f"{GMAIL}/drafts/{first['id']}").status_code == 204
    assert _ids(world, "in:drafts") == [second["message"]["id"]]


def test_a_draft_without_a_recipient_cannot_be_sent(world: Outside) -> None:
    draft = world.draft(mail(Subject="To nobody"))
    answer = world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]})
    assert answer.status_code == 400
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").status_code == 200


def test_the_sender_is_always_the_mailbox_itself(world: Outside) -> None:
    draft = world.draft(mail(From="Someone <ceo@elsewhere.example>", To=ANA, Subject="Hello"))
    sent = world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]}).json()
    assert header(world.google.get(f"{GMAIL}/messages/{sent['id']}").json(), "From") == ISABEL


def test_what_is_sent_to_a_colleague_arrives_there(world: Outside) -> None:
    draft = world.draft(mail(From=ISABEL, To=MARCUS, Subject="A lead for you"))
    world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]})
    marcus = world.as_mailbox(MARCUS)
    listed = marcus.get(f"{GMAIL}/messages", params={"q": "subject:lead is:unread"}).json()
    assert listed["resultSizeEstimate"] == 1


def test_search_understands_its_operators(world: Outside) -> None:
    person = "zoe@studio.example"
    world.sandbox.people.write(ISABEL, sender=f"Zoe <{person}>", subject="Blue whale", text="about krill\n")
    id_ = _ids(world, f"from:{person}")[0]
    message = world.google.get(f"{GMAIL}/messages/{id_}").json()
    for query in (
        f"rfc822msgid:{header(message, 'Message-ID')}",
        f"{{from:{person} to:{person}}}",
        f"from:(nobody@x.example OR {person})",
        'subject:"blue whale" krill',
        "whale -squid is:unread in:inbox newer_than:1d",
        "from:zoe OR from:nobody",
        "from:studio.example after:2026/03/01",
    ):
        assert _ids(world, query) == [id_], query
    for query in (
        f"to:{person}",
        "krill squid",
        "whale -krill",
        "whale in:drafts",
        "whale before:2026/03/01",
    ):
        assert _ids(world, query) == [], query
    world.clock.advance(timedelta(days=2).total_seconds())
    assert _ids(world, f"from:{person} newer_than:1d") == []


def test_an_address_in_a_search_matches_whole_addresses_only(world: Outside) -> None:
    world.sandbox.people.write(ISABEL, sender="joanna@x.example", subject="Hello", text="hello\n")
    assert _ids(world, "from:anna@x.example") == []


def test_an_answer_lands_in_its_thread_and_in_the_history(world: Outside) -> None:
    thread = _thread_with(world, ANA)
    start = world.google.get(f"{GMAIL}/profile").json()["historyId"]
    reply = world.sandbox.people.reply(ISABEL, thread["id"], text="And one more thing.\n")
    history = world.google.get(
        f"{GMAIL}/history", params={"startHistoryId": start, "historyTypes": "messageAdded"}
    ).json()
    added = [entry["message"] for row in history["history"] for entry in row["messagesAdded"]]
    assert [(message["id"], message["threadId"]) for message in added] == [(reply["id"], thread["id"])]
    assert int(history["historyId"]) > int(start)
    params = {"startHistoryId": history["historyId"]}
    assert "history" not in world.google.get(f"{GMAIL}/history", params=params).json()


def test_parts_and_attachments_are_taken_apart(world: Outside) -> None:
    raw = (
        b"From: Ana <ana@x.example>\r\nTo: x\r\nSubject: =?utf-8?q?A=C3=B1o?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
        b'Content-Type: multipart/alternative; boundary="a"\r\n\r\n--a\r\n'
        b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nma\xf1ana\r\n--a\r\n"
        b"Content-Type: text/html\r\n\r\n<p>manana</p>\r\n--a--\r\n--m\r\n"
        b'Content-Type: application/pdf; name="a.pdf"\r\n'
        b'Content-Disposition: attachment; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--m--\r\n"
    )
    arrived = world.sandbox.people.deliver_raw(ISABEL, raw)
    payload = world.google.get(f"{GMAIL}/messages/{arrived['id']}").json()["payload"]
    assert [part["mimeType"] for part in payload["parts"]] == ["multipart/alternative", "application/pdf"]
    plain = payload["parts"][0]["parts"][0]
    assert plain["partId"] == "0.0"
    assert base64.urlsafe_b64decode(plain["body"]["data"]).decode().strip() == "mañana"
    assert header({"payload": payload}, "Subject") == "Año"
    attachment = payload["parts"][1]["body"]
    assert "data" not in attachment
    url = f"{GMAIL}/messages/{arrived['id']}/attachments/{attachment['attachmentId']}"
    assert base64.urlsafe_b64decode(world.google.get(url).json()["data"]) == b"%PDF"


def test_a_bounce_is_a_delivery_report_in_the_thread_of_the_mail(world: Outside) -> None:
    draft = world.draft(mail(To="gone@nowhere.example", Subject="Hello"))
    sent = world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]}).json()
    bounce = world.sandbox.people.bounce(ISABEL, sent["id"])
    shown = world.google.get(f"{GMAIL}/messages/{bounce['id']}", params={"format": "raw"}).json()
    report = message_from_bytes(base64.urlsafe_b64decode(shown["raw"]), policy=policy.default)
    assert shown["threadId"] == sent["threadId"]
    assert report.get_content_type() == "multipart/report"
    recipient = list(list(report.iter_parts())[1].walk())[2]
    assert (recipient["Final-Recipient"], recipient["Status"]) == ("rfc822; gone@nowhere.example", "5.1.1")


def test_labels_are_made_put_on_and_taken_off(world: Outside) -> None:
    wanted = {"name": "Whisperer", "labelListVisibility": "labelShow", "messageListVisibility": "show"}
    label = world.google.post(f"{GMAIL}/labels", json=wanted).json()
    id_ = _ids(world, f"from:{ANA}")[0]
    world.google.post(f"{GMAIL}/messages/{id_}/modify", json={"addLabelIds": [label["id"]]})
    listed = world.google.get(f"{GMAIL}/messages", params={"labelIds": label["id"]}).json()
    assert [message["id"] for message in listed["messages"]] == [id_]
    counts = world.google.get(f"{GMAIL}/labels/{label['id']}").json()
    assert (counts["messagesTotal"], counts["threadsTotal"]) == (1, 1)
    bad = world.google.post(f"{GMAIL}/messages/{id_}/modify", json={"addLabelIds": ["nothing"]})
    assert bad.status_code == 400


def test_each_door_wants_its_scope_and_its_own_mailbox(world: Outside) -> None:
    reader = world.as_mailbox(ISABEL, ["https://www.googleapis.com/auth/gmail.readonly"])
    body = {"message": {"raw": encoded(mail(To=ANA, Subject="Hello"))}}
    refused = reader.post(f"{GMAIL}/drafts", json=body)
    assert refused.status_code == 403
    assert refused.json()["error"]["errors"][0]["reason"] == "insufficientPermissions"
    other = world.google.get(GMAIL.replace("users/me", f"users/{MARCUS}") + "/profile")
    assert other.status_code == 403
    nobody = world.google.get(f"{GMAIL}/profile", headers={"authorization": "Bearer nonsense"})
    assert nobody.status_code == 401
    assert nobody.json()["error"]["errors"][0]["reason"] == "authError"
