"""Two runs of one outward stage that overlap, by a merge or by slowness: the effect is not made twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.stack.simulation import Simulation
from shared.connectors.hubspot import VERSION
from shared.jobs.job import Status
from tests import system

UNDER_WAY_S = 5
"""How long the vendor takes: less than our patience with it, and much less than the intent's lease."""


class Interrupted(httpx.BaseTransport):
    """Does something else while one chosen request is on its way."""

    def __init__(
        self, inner: httpx.BaseTransport, method: str, path: str, meanwhile: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._chosen = (method, path)
        self._meanwhile: Callable[[], None] | None = meanwhile

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        method, path = self._chosen
        meanwhile = self._meanwhile
        if meanwhile is not None and request.method == method and request.url.path.endswith(path):
            self._meanwhile = None
            meanwhile()
        return self._inner.handle_request(request)


@pytest.mark.parametrize("path", ["/drafts", "/notes", "/tasks"])
def test_a_merge_into_a_job_whose_effect_is_under_way_doubles_nothing(
    simulation: Simulation, path: str
) -> None:
    second = simulation.submit(system.lead(message="Does it also cover customs papers?"))["requests"]["form"]

    def meanwhile() -> None:
        assert simulation.deliver(second).status_code == 202
        simulation.run(until=simulation.clock.now() + timedelta(seconds=UNDER_WAY_S))

    inner = simulation.world.http
    assert inner is not None
    simulation.world.http = Interrupted(inner, "POST", path, meanwhile)
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    statuses = {job.status for job in system.jobs(simulation)}
    assert statuses == {Status.WAITING, Status.MERGED}
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}
    (draft,) = system.drafts(simulation)
    assert draft.revision == draft.gmail_revision == draft.note_revision == 2


def test_a_run_that_outlives_its_lease_leaves_the_effect_to_the_rerun(simulation: Simulation) -> None:
    """It hangs between its intent and its effect, Cloud Tasks delivers again, and then it goes on."""
    delivered: list[HttpRequest] = []
    simulation.on_request = delivered.append

    def meanwhile() -> None:
        assert delivered[-1].url.endswith("/log_task")
        assert simulation.redeliver(delivered[-1]).status == 200
        lease = timedelta(seconds=simulation.world.settings.intent_lease_s)
        simulation.run(until=simulation.clock.now() + lease + timedelta(seconds=1))
        assert system.effects(simulation)["tasks"] == 1

    inner = simulation.world.http
    assert inner is not None
    simulation.world.http = Interrupted(inner, "GET", f"/owners/{VERSION}", meanwhile)
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    assert system.job(simulation).status is Status.WAITING
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}
