"""Gmail's pushes: one for a change, at most one a second, until the watch ends; and all that goes wrong."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.gmail_pushes import HELD_S, PushChaos
from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import GMAIL, Outside, mail, outside

ANA = "ana.ruiz@harborlogistics.example"
TOPIC = "projects/p/topics/mail"


class Listener:
    """A world with a watch on Isabel's mailbox, and what was pushed since."""

    def __init__(self, *, topic: str = TOPIC, chaos: PushChaos | None = None, **watch: Any) -> None:
        self.pushed: list[tuple[str, dict[str, Any]]] = []
        self.world: Outside = outside(on_mail_push=self._hear)
        self.watched = self.watch(topic, **watch)
        self.first = [*self.pushed]
        self.pushed.clear()
        self.world.sandbox.gmail.pushes.chaos = chaos or PushChaos()

    def _hear(self, topic: str, notice: dict[str, Any]) -> None:
        self.pushed.append((topic, notice))

    def watch(self, topic: str = TOPIC, **further: Any) -> dict[str, Any]:
        answer = self.world.google.post(f"{GMAIL}/watch", json={"topicName": topic, **further})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(self, mailbox: str = ISABEL) -> None:
        self.world.sandbox.people.write(mailbox, sender=ANA, subject="New", text="new\n")

    def newest(self) -> int:
        return int(self.world.google.get(f"{GMAIL}/profile").json()["historyId"])

    def ids(self) -> list[int]:
        return [notice["historyId"] for _, notice in self.pushed]

    def pass_time(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.world.sandbox.settle()

    def write_often(self, times: int) -> list[int]:
        """A mail every two seconds; the newest history id after each."""
        newest: list[int] = []
        for _ in range(times):
            self.pass_time(2)
            self.write()
            newest.append(self.newest())
        return newest


def test_a_watch_is_tested_at_once_and_tells_of_changes_until_it_expires() -> None:
    listener = Listener(labelIds=["INBOX"], labelFilterBehavior="include")
    world = listener.world
    assert int(listener.watched["expiration"]) == int((world.clock.time_s() + 7 * 24 * 3600) * 1000)
    tested = {"emailAddress": ISABEL, "historyId": int(listener.watched["historyId"])}
    assert listener.first == [(TOPIC, tested)]
    world.draft(mail(To=ANA, Subject="Not in the inbox"))
    assert listener.pushed == []
    listener.write()
    assert listener.pushed == [(TOPIC, {"emailAddress": ISABEL, "historyId": listener.newest()})]
    world.clock.advance(7 * 24 * 3600 - 10)
    listener.write()
    assert len(listener.pushed) == 2
    world.clock.advance(10)
    listener.write()
    assert len(listener.pushed) == 2


def test_a_watch_without_labels_tells_of_everything_and_one_that_excludes_of_the_rest() -> None:
    listener = Listener()
    listener.world.draft(mail(To=ANA, Subject="x"))
    assert len(listener.pushed) == 1
    listener.watch(labelIds=["DRAFT"], labelFilterBehavior="exclude")
    listener.pass_time(2)
    listener.pushed.clear()
    listener.world.draft(mail(To=ANA, Subject="y"))
    assert listener.pushed == []
    listener.write()
    assert len(listener.pushed) == 1


def test_a_new_watch_replaces_the_old_one_and_stop_ends_it() -> None:
    listener = Listener()
    listener.watch("projects/p/topics/other")
    listener.write()
    assert [topic for topic, _ in listener.pushed] == ["projects/p/topics/other"] * 2
    assert listener.world.google.post(f"{GMAIL}/stop").status_code == 204
    listener.pass_time(2)
    listener.write()
    assert len(listener.pushed) == 2


def test_changes_that_are_made_together_are_one_push_with_the_newest_id() -> None:
    listener = Listener()
    draft = listener.world.draft(mail(To=ANA, Subject="x"))
    listener.pass_time(2)
    listener.pushed.clear()
    listener.world.sandbox.people.edit_draft(ISABEL, draft["id"], "Other words\n")
    assert listener.ids() == [listener.newest()]


def test_changes_within_a_second_make_one_more_push_when_it_is_over() -> None:
    listener = Listener()
    for _ in range(3):
        listener.write()
        listener.pass_time(0.25)
    assert len(listener.pushed) == 1
    due_s = listener.world.sandbox.push_due_s()
    assert due_s == pytest.approx(listener.world.clock.time_s() + 0.25)
    listener.pass_time(0.25)
    assert listener.ids()[1:] == [listener.newest()]
    assert listener.world.sandbox.push_due_s() is None
    listener.write()
    assert len(listener.pushed) == 2, "the second of the merged one counts too"
    listener.pass_time(1)
    assert listener.ids()[2:] == [listener.newest()]


def test_more_than_one_push_a_second_for_a_user_may_be_dropped_and_the_mail_is_there() -> None:
    listener = Listener(chaos=PushChaos(drop_excess=True))
    start = listener.newest()
    for _ in range(3):
        listener.write()
        listener.pass_time(0.25)
    listener.pass_time(0.25)
    assert len(listener.pushed) == 1
    assert listener.world.sandbox.push_due_s() is None
    history = listener.world.google.get(f"{GMAIL}/history", params={"startHistoryId": start}).json()
    assert len(history["history"]) == 3
    outcomes = [row["outcome"] for row in listener.world.sandbox.state.all("gmail/pushes")]
    assert outcomes == ["sent", "sent", "dropped", "dropped"]
    listener.write()
    assert len(listener.pushed) == 2, "a second later the next is sent"


def test_another_user_has_a_second_of_their_own() -> None:
    listener = Listener()
    listener.world.as_mailbox(MARCUS).post(f"{GMAIL}/watch", json={"topicName": TOPIC})
    listener.pushed.clear()
    listener.write()
    listener.write(MARCUS)
    assert [notice["emailAddress"] for _, notice in listener.pushed] == [ISABEL, MARCUS]


def test_lost_pushes_never_arrive() -> None:
    listener = Listener(chaos=PushChaos(lose=1.0))
    listener.write_often(5)
    listener.pass_time(3600)
    assert listener.pushed == []


def test_doubled_pushes_arrive_twice() -> None:
    listener = Listener(chaos=PushChaos(duplicate=1.0))
    newest = listener.write_often(3)
    assert listener.ids() == [id_ for id_ in newest for _ in range(2)]


def test_delayed_pushes_arrive_later_each_in_its_time() -> None:
    listener = Listener(chaos=PushChaos(seed=4, delay_s=600.0))
    newest = listener.write_often(8)
    arrived: list[float] = []
    while (due_s := listener.world.sandbox.push_due_s()) is not None:
        listener.pass_time(due_s - listener.world.clock.time_s())
        arrived.append(due_s)
    assert sorted(listener.ids()) == newest
    assert listener.ids() != newest, "with such delays the order changes"
    assert arrived == sorted(arrived)
    assert arrived[-1] - arrived[0] > 60


def test_reordered_pushes_arrive_after_a_later_one() -> None:
    listener = Listener(chaos=PushChaos(seed=2, reorder=0.4))
    newest = listener.write_often(20)
    listener.pass_time(HELD_S)
    assert sorted(listener.ids()) == newest
    assert listener.ids() != newest


def test_the_same_seed_has_the_same_fate_and_another_seed_another() -> None:
    def fates(seed: int) -> list[Any]:
        chaos = PushChaos(seed=seed, lose=0.3, duplicate=0.3, delay_s=30.0, reorder=0.3)
        listener = Listener(chaos=chaos)
        newest = listener.write_often(20)
        listener.pass_time(600)
        return [newest, listener.ids()]

    assert fates(5) == fates(5)
    assert fates(5)[1] != fates(6)[1]


def test_chaos_that_makes_no_sense_is_refused() -> None:
    wrongs: list[dict[str, Any]] = [{"lose": 1.5}, {"reorder": -0.1}, {"delay_s": -1.0}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"share between|at least"):
            PushChaos(**wrong)
    world = outside()
    body = json.dumps({"lose": 0.5, "seed": 9}).encode()
    assert world.sandbox.handle("POST", "/_admin/gmail/push_chaos", body=body)[0] == 200
    assert world.sandbox.gmail.pushes.chaos == PushChaos(seed=9, lose=0.5)
    unknown = world.sandbox.handle("POST", "/_admin/gmail/push_chaos", body=b'{"loose": 1}')
    assert unknown[0] == 400


def test_a_push_on_its_way_survives_a_restart_of_the_sandbox(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.db"
    world = outside(data=data, push_chaos=PushChaos(delay_s=600.0))
    world.google.post(f"{GMAIL}/watch", json={"topicName": TOPIC})
    world.sandbox.people.write(ISABEL, sender=ANA, subject="New", text="new\n")
    newest = int(world.google.get(f"{GMAIL}/profile").json()["historyId"])
    world.sandbox.stop()
    pushed: list[dict[str, Any]] = []
    again = outside(data=data, on_mail_push=lambda _, notice: pushed.append(notice))
    again.clock.advance(600)
    again.sandbox.settle()
    assert newest in [notice["historyId"] for notice in pushed]
    again.sandbox.stop()


def test_who_is_told_of_a_change_can_use_the_sandbox_from_another_thread() -> None:
    found: list[int] = []

    def on_push(topic: str, notice: dict[str, Any]) -> None:
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(lambda: world.google.get(f"{GMAIL}/profile").status_code)
            found.append(asked.result(timeout=5))

    world = outside(on_mail_push=on_push)
    world.google.post(f"{GMAIL}/watch", json={"topicName": TOPIC})
    world.clock.advance(2)
    world.draft(mail(To=ANA, Subject="Hello"))
    world.clock.advance(2)
    world.sandbox.people.write(ISABEL, sender=ANA, subject="New", text="new\n")
    world.clock.advance(2)
    body = json.dumps({"mailbox": ISABEL, "sender": ANA, "subject": "Newer", "text": "newer"}).encode()
    assert world.sandbox.handle("POST", "/_admin/gmail/write", body=body)[0] == 200
    assert found == [200, 200, 200, 200]
