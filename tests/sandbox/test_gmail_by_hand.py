"""What people do in Gmail's own window: drafts changed, sent, scheduled and thrown away; mail sorted."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.world import GMAIL, Outside, encoded, header, mail, outside

ANA = "ana.ruiz@harborlogistics.example"
TOM = "tom.byrne@lumenclinics.example"


@pytest.fixture
def world() -> Outside:
    return outside()


def _answer_to_ana(world: Outside) -> dict[str, Any]:
    """Our draft in the thread with Ana, as the API gave it."""
    query = {"q": f"from:{ANA}"}
    found = world.google.get(f"{GMAIL}/messages", params=query).json()["messages"][0]
    last = world.google.get(f"{GMAIL}/messages/{found['id']}").json()
    raw = mail(
        To=ANA,
        Subject=header(last, "Subject"),
        In_Reply_To=header(last, "Message-ID"),
        References=header(last, "Message-ID"),
        X_Whisper_Draft="d-1",
        body="Hi Ana\n",
    )
    draft = world.draft(raw, found["threadId"])
    assert draft["message"]["threadId"] == found["threadId"]
    return draft


def _shown(world: Outside, draft: dict[str, Any]) -> dict[str, Any]:
    return world.google.get(f"{GMAIL}/drafts/{draft['id']}").json()["message"]


def _raw(world: Outside, message_id: str) -> EmailMessage:
    answer = world.google.get(f"{GMAIL}/messages/{message_id}", params={"format": "raw"}).json()
    parsed = message_from_bytes(base64.urlsafe_b64decode(answer["raw"]), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_an_edit_rotates_the_message_adds_html_and_drops_our_headers(world: Outside) -> None:
    draft = _answer_to_ana(world)
    world.sandbox.people.edit_draft(ISABEL, draft["id"], "My own words,\n\nand <more> of them\n")
    message = _shown(world, draft)
    assert message["id"] != draft["message"]["id"]
    assert message["threadId"] == draft["message"]["threadId"]
    assert message["labelIds"] == ["DRAFT"]
    assert header(message, "X-Whisper-Draft") == ""
    assert message["payload"]["mimeType"] == "multipart/alternative"
    parsed = _raw(world, message["id"])
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["My own words,", "", "and <more> of them"]
    assert "<div>and &lt;more&gt; of them</div>" in html.get_content()
    assert parsed["In-Reply-To"] == header(message, "In-Reply-To") != ""
    assert world.google.get(f"{GMAIL}/messages/{draft['message']['id']}").status_code == 404


def test_an_edit_may_keep_our_headers_and_stay_plain(world: Outside) -> None:
    draft = _answer_to_ana(world)
    world.sandbox.people.edit_draft(ISABEL, draft["id"], "Plain\n", keeps_custom_headers=True, html=False)
    message = _shown(world, draft)
    assert header(message, "X-Whisper-Draft") == "d-1"
    assert base64.urlsafe_b64decode(message["payload"]["body"]["data"]).split() == [b"Plain"]


def test_recipients_and_subject_are_changed_by_hand(world: Outside) -> None:
    draft = _answer_to_ana(world)
    world.sandbox.people.edit_draft(ISABEL, draft["id"], to=TOM, cc=f"{ANA}, boss@x.example")
    message = _shown(world, draft)
    assert header(message, "To") == TOM
    assert header(message, "Cc") == f"{ANA}, boss@x.example"
    plain = message["payload"]["parts"][0]["body"]["data"]
    assert base64.urlsafe_b64decode(plain).split() == [b"Hi", b"Ana"]
    world.sandbox.people.edit_draft(ISABEL, draft["id"], subject="Something else", cc="")
    changed = _shown(world, draft)
    assert header(changed, "Subject") == "Something else"
    assert header(changed, "To") == TOM
    assert header(changed, "Cc") == ""
    assert changed["threadId"] != draft["message"]["threadId"], "another subject is another thread"


def test_a_draft_sent_by_hand_is_sent_mail_in_the_thread(world: Outside) -> None:
    draft = _answer_to_ana(world)
    answered = header(_shown(world, draft), "In-Reply-To")
    sent = world.sandbox.people.send_draft(ISABEL, draft["id"])
    assert sent["id"] != draft["message"]["id"]
    shown = world.google.get(f"{GMAIL}/messages/{sent['id']}").json()
    assert shown["labelIds"] == ["SENT"]
    assert shown["threadId"] == draft["message"]["threadId"]
    assert header(shown, "In-Reply-To") == answered
    assert header(shown, "X-Whisper-Draft") == "d-1"
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").status_code == 404
    assert world.sandbox.effects.by_person()[ANA]["sent"] == 1


def test_a_send_by_hand_may_drop_our_headers(world: Outside) -> None:
    draft = _answer_to_ana(world)
    sent = world.sandbox.people.send_draft(ISABEL, draft["id"], keeps_custom_headers=False)
    assert header(world.google.get(f"{GMAIL}/messages/{sent['id']}").json(), "X-Whisper-Draft") == ""


def test_a_draft_thrown_away_is_gone_and_a_trashed_one_is_only_out_of_sight(world: Outside) -> None:
    gone, trashed = world.draft(mail(To=ANA, Subject="1")), world.draft(mail(To=ANA, Subject="2"))
    world.sandbox.people.delete_draft(ISABEL, gone["id"])
    assert world.google.get(f"{GMAIL}/drafts/{gone['id']}").status_code == 404
    world.sandbox.people.trash_draft(ISABEL, trashed["id"])
    assert "drafts" not in world.google.get(f"{GMAIL}/drafts").json()
    shown = world.google.get(f"{GMAIL}/drafts/{trashed['id']}").json()
    assert set(shown["message"]["labelIds"]) == {"DRAFT", "TRASH"}
    listed = world.google.get(f"{GMAIL}/drafts", params={"includeSpamTrash": "true"}).json()
    assert [row["id"] for row in listed["drafts"]] == [trashed["id"]]


def test_a_scheduled_draft_is_no_draft_any_more_and_goes_out_in_time(world: Outside) -> None:
    draft = _answer_to_ana(world)
    at_s = world.clock.time_s() + 3_600
    world.sandbox.people.schedule_draft(ISABEL, draft["id"], at_s)
    assert world.google.get(f"{GMAIL}/drafts/{draft['id']}").status_code == 404
    waiting = world.google.get(f"{GMAIL}/messages/{draft['message']['id']}").json()
    assert waiting["labelIds"] == ["SCHEDULED"]
    assert world.sandbox.due_s() == at_s
    world.clock.advance(3_599)
    world.sandbox.settle()
    assert world.sandbox.gmail.mailbox(ISABEL).messages(f"in:sent to:{ANA} newer_than:1d") == []
    world.clock.advance(1)
    (sent,) = world.google.get(f"{GMAIL}/messages", params={"q": f"in:sent to:{ANA} newer_than:1d"}).json()[
        "messages"
    ]
    assert sent["threadId"] == draft["message"]["threadId"]
    assert sent["id"] != draft["message"]["id"]
    assert world.sandbox.due_s() is None


def test_a_scheduled_mail_that_is_thrown_away_is_not_sent(world: Outside) -> None:
    draft = world.draft(mail(To=ANA, Subject="Later"))
    world.sandbox.people.schedule_draft(ISABEL, draft["id"], world.clock.time_s() + 60)
    world.sandbox.people.trash(ISABEL, draft["message"]["id"])
    world.clock.advance(61)
    world.sandbox.settle()
    assert world.sandbox.gmail.mailbox(ISABEL).messages("in:sent subject:Later") == []


def _labels(world: Outside, id_: str) -> set[str]:
    return set(world.google.get(f"{GMAIL}/messages/{id_}", params={"format": "minimal"}).json()["labelIds"])


def test_mail_arrives_under_the_labels_that_gmail_gives_it(world: Outside) -> None:
    write = world.sandbox.people.write
    for labels in (["SPAM"], ["INBOX", "UNREAD", "CATEGORY_PROMOTIONS"], ["TRASH"]):
        arrived = write(ISABEL, sender=ANA, subject="x", text="x\n", labels=labels)
        assert _labels(world, arrived["id"]) == set(labels)
    thread = world.google.get(f"{GMAIL}/messages", params={"q": f"from:{ANA}"}).json()["messages"][-1]
    reply = world.sandbox.people.reply(ISABEL, thread["threadId"], text="y\n", labels=["SPAM"])
    assert _labels(world, reply["id"]) == {"SPAM"}
    raw = world.sandbox.people.deliver_raw(ISABEL, mail(From=ANA, Subject="z"), labels=["SPAM"])
    assert _labels(world, raw["id"]) == {"SPAM"}


def test_a_filter_lets_mail_skip_the_inbox(world: Outside) -> None:
    wanted = {"name": "Clients", "labelListVisibility": "labelShow", "messageListVisibility": "show"}
    label = world.google.post(f"{GMAIL}/labels", json=wanted).json()["id"]
    world.sandbox.people.add_filter(ISABEL, f"from:{ANA}", add=[label])
    write = world.sandbox.people.write
    filtered = write(ISABEL, sender=f"Ana <{ANA}>", subject="x", text="x\n")
    assert _labels(world, filtered["id"]) == {"UNREAD", label}
    assert _labels(world, write(ISABEL, sender=TOM, subject="x", text="x\n")["id"]) == {"INBOX", "UNREAD"}
    spam = write(ISABEL, sender=ANA, subject="x", text="x\n", labels=["SPAM"])
    assert _labels(world, spam["id"]) == {"SPAM"}


def test_an_owner_sorts_the_mail(world: Outside) -> None:
    people = world.sandbox.people
    id_ = people.write(ISABEL, sender=ANA, subject="x", text="x\n")["id"]
    people.mark_read(ISABEL, id_)
    assert _labels(world, id_) == {"INBOX"}
    people.archive(ISABEL, id_)
    assert _labels(world, id_) == set()
    people.mark_spam(ISABEL, id_)
    assert _labels(world, id_) == {"SPAM"}
    people.not_spam(ISABEL, id_)
    assert _labels(world, id_) == {"INBOX"}
    people.trash(ISABEL, id_)
    assert _labels(world, id_) == {"TRASH"}
    world.google.post(f"{GMAIL}/messages/{id_}/untrash")
    assert _labels(world, id_) == set()
    assert world.google.delete(f"{GMAIL}/messages/{id_}").status_code == 204
    assert world.google.get(f"{GMAIL}/messages/{id_}").status_code == 404


def test_no_one_can_make_a_mail_sent_or_a_draft_by_its_label(world: Outside) -> None:
    id_ = world.sandbox.people.write(ISABEL, sender=ANA, subject="x", text="x\n")["id"]
    for label in ("SENT", "DRAFT"):
        answer = world.google.post(f"{GMAIL}/messages/{id_}/modify", json={"addLabelIds": [label]})
        assert answer.status_code == 400
    draft = world.draft(mail(To=ANA, Subject="x"))["message"]["id"]
    body = {"removeLabelIds": ["DRAFT"]}
    assert world.google.post(f"{GMAIL}/messages/{draft}/modify", json=body).status_code == 400


def test_an_update_through_the_api_after_an_edit_by_hand_wins(world: Outside) -> None:
    draft = _answer_to_ana(world)
    world.sandbox.people.edit_draft(ISABEL, draft["id"], "By hand\n")
    body = {"message": {"raw": encoded(mail(To=ANA, Subject="x", body="By API\n"))}}
    world.google.put(f"{GMAIL}/drafts/{draft['id']}", json=body)
    assert base64.urlsafe_b64decode(_shown(world, draft)["payload"]["body"]["data"]) == b"By API\n"
