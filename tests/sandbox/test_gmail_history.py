"""Gmail's history: what it lists, how long, and how its ids behave when something is wrong with a mailbox."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox.gmail_history import KEPT_S
from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.world import GMAIL, Outside, mail, outside

ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture
def world() -> Outside:
    return outside()


def _newest(world: Outside) -> int:
    return int(world.google.get(f"{GMAIL}/profile").json()["historyId"])


def _history(world: Outside, start: int, **params: Any) -> dict[str, Any]:
    answer = world.google.get(f"{GMAIL}/history", params={"startHistoryId": start, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _status(world: Outside, start: int) -> int:
    return world.google.get(f"{GMAIL}/history", params={"startHistoryId": start}).status_code


def _write(world: Outside, number: int = 0) -> str:
    text = f"Mail number {number}\n"
    return world.sandbox.people.write(ISABEL, sender=ANA, subject=f"No {number}", text=text)["id"]


def _changes(history: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and message of every change."""
    return [
        (kind, change["message"]["id"])
        for row in history.get("history", [])
        for kind in row
        if kind not in ("id", "messages")
        for change in row[kind]
    ]


def test_each_save_of_a_draft_and_its_send_are_changes_of_their_own(world: Outside) -> None:
    start = _newest(world)
    draft = world.draft(mail(To=ANA, Subject="Hello"))
    first = draft["message"]["id"]
    second = world.sandbox.people.edit_draft(ISABEL, draft["id"], "Other words\n")["messageId"]
    sent = world.google.post(f"{GMAIL}/drafts/send", json={"id": draft["id"]}).json()
    history = _history(world, start)
    assert _changes(history) == [
        ("messagesAdded", first),
        ("messagesDeleted", first),
        ("messagesAdded", second),
        ("messagesDeleted", second),
        ("messagesAdded", sent["id"]),
    ]
    added = [
        row["messagesAdded"][0]["message"]["labelIds"] for row in history["history"] if "messagesAdded" in row
    ]
    assert added == [["DRAFT"], ["DRAFT"], ["SENT"]]
    assert [int(row["id"]) for row in history["history"]] == sorted(
        int(row["id"]) for row in history["history"]
    )
    assert int(history["historyId"]) == int(history["history"][-1]["id"])


def test_a_message_that_was_deleted_is_still_listed_and_can_no_longer_be_read(world: Outside) -> None:
    start = _newest(world)
    id_ = _write(world)
    world.sandbox.people.delete_message(ISABEL, id_)
    assert _changes(_history(world, start)) == [("messagesAdded", id_), ("messagesDeleted", id_)]
    assert world.google.get(f"{GMAIL}/messages/{id_}").status_code == 404


def test_labels_that_are_put_on_and_taken_off_are_changes(world: Outside) -> None:
    id_ = _write(world)
    start = _newest(world)
    world.sandbox.people.archive(ISABEL, id_)
    world.sandbox.people.relabel(ISABEL, id_, add=["STARRED"], remove=["UNREAD"])
    history = _history(world, start)["history"]
    assert [row["labelsRemoved"][0]["labelIds"] for row in history if "labelsRemoved" in row] == [
        ["INBOX"],
        ["UNREAD"],
    ]
    assert [row["labelsAdded"][0]["labelIds"] for row in history if "labelsAdded" in row] == [["STARRED"]]


def test_history_is_read_page_by_page_while_mail_comes_in(world: Outside) -> None:
    start = _newest(world)
    ids = [_write(world, number) for number in range(5)]
    params = {"startHistoryId": start, "maxResults": 2}
    found: list[str] = []
    while True:
        answer = world.google.get(f"{GMAIL}/history", params=params).json()
        found += [message for _, message in _changes(answer)]
        if "nextPageToken" not in answer:
            break
        if len(ids) == 5:
            ids.append(_write(world, 6))
        params["pageToken"] = answer["nextPageToken"]
    assert found == ids
    assert int(answer["historyId"]) == _newest(world)
    tall = world.google.get(f"{GMAIL}/history", params={"startHistoryId": start, "maxResults": 500}).json()
    assert len(tall["history"]) == 6


def test_history_is_narrowed_to_types_and_to_a_label(world: Outside) -> None:
    start = _newest(world)
    spam = world.sandbox.people.write(ISABEL, sender=ANA, subject="x", text="x\n", labels=["SPAM"])["id"]
    plain = _write(world)
    world.sandbox.people.mark_read(ISABEL, plain)
    assert _changes(_history(world, start, historyTypes="messageAdded")) == [
        ("messagesAdded", spam),
        ("messagesAdded", plain),
    ]
    assert _changes(_history(world, start, labelId="SPAM")) == [("messagesAdded", spam)]
    both = _history(world, start, historyTypes=["messageAdded", "labelRemoved"], labelId="INBOX")
    assert [kind for kind, _ in _changes(both)] == ["messagesAdded", "labelsRemoved"]


def test_changes_are_forgotten_after_a_month_and_an_older_start_is_404(world: Outside) -> None:
    start = _newest(world)
    _write(world, 1)
    between = _newest(world)
    world.clock.advance(KEPT_S + 1)
    late = _write(world, 2)
    assert _status(world, start) == 404
    assert _changes(_history(world, between)) == [("messagesAdded", late)]


def test_forgetting_early_makes_only_older_starts_404(world: Outside) -> None:
    start = _newest(world)
    _write(world, 1)
    between = _newest(world)
    world.clock.advance(3600)
    late = _write(world, 2)
    world.sandbox.people.expire_history(ISABEL, older_than_s=600)
    assert _status(world, start) == 404
    assert _changes(_history(world, between)) == [("messagesAdded", late)]


def test_history_that_was_forgotten_altogether_is_404_from_any_start(world: Outside) -> None:
    start = _newest(world)
    world.sandbox.people.forget_history(ISABEL)
    for history_id in (1, start, 999_999):
        answer = world.google.get(f"{GMAIL}/history", params={"startHistoryId": history_id})
        assert answer.status_code == 404
        assert answer.json()["error"]["errors"][0]["reason"] == "notFound"
    assert _status(world, _newest(world)) == 200


def test_ids_may_jump_far_ahead_without_a_change(world: Outside) -> None:
    start = _newest(world)
    assert world.sandbox.people.skip_history(ISABEL, 10_000) == start + 10_000
    id_ = _write(world)
    history = _history(world, start)
    assert _changes(history) == [("messagesAdded", id_)]
    assert int(history["historyId"]) > start + 10_000


@pytest.mark.parametrize("ahead", ["not_found", "empty"])
def test_a_restored_mailbox_starts_again_at_smaller_ids(world: Outside, ahead: Any) -> None:
    world.sandbox.people.skip_history(ISABEL, 1_000)
    before = _write(world, 1)
    cursor = _newest(world)
    newest = world.sandbox.people.rewind_history(ISABEL, ahead=ahead)
    assert newest == _newest(world) == cursor // 2
    assert int(world.google.get(f"{GMAIL}/messages/{before}").json()["historyId"]) <= newest
    missed = _write(world, 2)
    if ahead == "not_found":
        assert _status(world, cursor) == 404
    else:
        answer = _history(world, cursor)
        assert "history" not in answer
        assert int(answer["historyId"]) < cursor
    world.sandbox.people.skip_history(ISABEL, cursor)
    late = _write(world, 3)
    assert _changes(_history(world, cursor)) == [("messagesAdded", late)], "what came before is not seen"
    assert ("messagesAdded", missed) in _changes(_history(world, newest))


def test_a_mailbox_restored_after_its_history_was_forgotten_can_be_read_from_its_newest_id(
    world: Outside,
) -> None:
    world.sandbox.people.forget_history(ISABEL)
    newest = world.sandbox.people.rewind_history(ISABEL)
    id_ = _write(world)
    assert _changes(_history(world, newest)) == [("messagesAdded", id_)]


def test_what_history_cannot_mean_is_refused(world: Outside) -> None:
    people = world.sandbox.people
    with pytest.raises(ValueError, match="only skips ahead"):
        people.skip_history(ISABEL, 0)
    with pytest.raises(ValueError, match="less than the newest"):
        people.rewind_history(ISABEL, to=_newest(world))
    answer = world.sandbox.handle("GET", "/gmail/gmail/v1/users/me/history", {"startHistoryId": "x"})
    assert answer[0] == 401


def test_search_by_time_place_and_people_finds_what_a_resync_needs(world: Outside) -> None:
    now_s = int(world.clock.time_s())
    write = world.sandbox.people.write
    spam = write(ISABEL, sender=ANA, subject="a", text="a\n", labels=["SPAM"])["id"]
    world.clock.advance(10)
    inbox = write(ISABEL, sender=ANA, subject="b", text="b\n")["id"]
    filtered = write(ISABEL, sender=ANA, subject="c", text="c\n", labels=["UNREAD", "CATEGORY_UPDATES"])["id"]
    draft = world.draft(mail(To=ANA, Subject="d"))["message"]["id"]
    world.clock.advance(10)
    late = write(ISABEL, sender=ANA, subject="e", text="e\n")["id"]

    def found(query: str, **params: Any) -> set[str]:
        answer = world.google.get(f"{GMAIL}/messages", params={"q": query, **params}).json()
        return {row["id"] for row in answer.get("messages", [])}

    window = f"after:{now_s} before:{now_s + 20}"
    resync = f"{window} -in:drafts -in:sent -in:chats"
    assert found(resync, includeSpamTrash="true") == {spam, inbox, filtered}
    assert found(resync) == {inbox, filtered}
    assert found(f"{window} in:anywhere") == {spam, inbox, filtered, draft}
    assert found(f"{window} in:spam") == {spam}
    assert found(f"{window} -in:inbox -in:drafts") == {filtered}
    assert found(f"{window} category:updates") == {filtered}
    assert found(f'after:{now_s} from:"{ANA}" -in:spam') == {inbox, filtered, late}
    assert found(f"to:{ANA} in:drafts") == {draft}
    assert found("", labelIds="SPAM") == {spam}
