"""The claim when what it needs answers badly: nothing is sent twice, and nothing stays where it is for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import httpx
import pytest

from scripts.local_cloud.grpc_door import RpcError
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.stages.send_draft import HANDLED
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.sending import ReadyToSend


@pytest.fixture
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend()
    yield made
    made.simulation.close()


def commits_of(ready: ReadyToSend, unanswered: int) -> list[str]:
    """Lose the answer to one commit from now on, so that Google's client sends it again by itself."""
    door, seen = ready.simulation.cloud.door, list[str]()
    inner = door.interceptor

    def intercept(service: str, method: str, request: Any, call: Any, proceed: Any) -> Any:
        answer = inner(service, method, request, call, proceed) if inner else proceed()
        if method == "Commit":
            seen.append(method)
            if len(seen) == unanswered:
                raise RpcError(grpc.StatusCode.UNAVAILABLE, "connection reset")
        return answer

    door.interceptor = intercept
    return seen


def test_a_commit_that_the_client_sent_again_is_no_reason_to_hold(ready: ReadyToSend) -> None:
    def sent(unanswered: int) -> tuple[int, str, int, list[str]]:
        seen = commits_of(ready, unanswered)
        for _ in range(4):
            ready.go(minutes=60)
            ready.simulation.sweep("requeue_stuck")
        mails = len(ready.simulation.sandbox.effects.entries("mail_sent"))
        return len(seen), ready.draft.state.value, mails, ready.witness.violations()

    for unanswered in range(1, 8):
        commits, state, mails, broken = in_a_copy(lambda unanswered=unanswered: sent(unanswered))
        assert commits >= unanswered
        assert (state, mails, broken) == (DraftState.SENT.value, 1, []), f"commit {unanswered}"


def test_settings_that_somebody_mistyped_stop_the_send_until_they_are_mended(
    ready: ReadyToSend, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ready.simulation.world.database.client.document("tenants/default")
    good = settings.get().to_dict()["sends_a_day"]
    settings.update({"sends_a_day": "sixty"})
    ready.go(minutes=30)
    assert ready.draft.state is DraftState.APPROVED
    assert ready.job.status is Status.WAITING
    assert "sends_a_day" in "; ".join(ready.job.reasons)
    assert "control_garbage" in capsys.readouterr().out
    settings.update({"sends_a_day": good})
    ready.go(minutes=60)
    assert ready.draft.state is DraftState.SENT
    assert system.dead_letters(ready.simulation) == []


class OnceGone(httpx.BaseTransport):
    """Gmail answers once that there is no such draft."""

    def __init__(self, inner: httpx.BaseTransport, draft_id: str) -> None:
        self.inner = inner
        self.draft_id = draft_id
        self.answered = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = request.method == "GET" and request.url.path.endswith(f"/drafts/{self.draft_id}")
        if asked and not self.answered:
            self.answered += 1
            error = {
                "error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
            }
            return httpx.Response(404, json=error, request=request)
        return self.inner.handle_request(request)


def test_a_draft_that_gmail_did_not_find_for_once_goes_out_all_the_same(ready: ReadyToSend) -> None:
    world = ready.simulation.world
    seam: Any = world.http
    seam._inner = gone = OnceGone(seam._inner, ready.draft.gmail_draft_id or "")
    ready.go(minutes=4)
    assert gone.answered == 1
    assert ready.job.reasons == (HANDLED,)
    for _ in range(4):
        ready.simulation.sweep("watch_drafts")
        ready.go(minutes=10)
    assert ready.draft.state is DraftState.SENT
    ready.rest()
    assert ready.witness.violations() == []


def test_a_lost_answer_is_looked_after_however_many_attempts_went_before(ready: ReadyToSend) -> None:
    simulation, job = ready.simulation, ready.job
    tried = simulation.world.settings.max_attempts - 1
    simulation.world.database.commit([job.but(attempts=tried)])
    simulation.sandbox.faults.add(kind="lost_answer", path_regex="/drafts/send", nth=1)
    ready.go(minutes=15)
    assert ready.draft.state is DraftState.SENT
    assert any(step.attempt > tried and step.status == "retrying" for step in ready.job.steps)
