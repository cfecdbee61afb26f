"""What somebody edited by hand in Firestore is shown as it is, and hides nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore import GeoPoint

from scripts.stack.tenant import TENANT
from shared.jobs.job import Job
from tests import system
from tests.runtime.api.parts import Api, World


def written(api: Api, path: str, fields: dict[str, Any]) -> None:
    document = api.simulation.world.database.client.document(f"tenants/{TENANT}{path}")
    document.set(fields, merge=True)


def read(api: Api, path: str, key: str) -> Any:
    answer = api.ask("GET", path, key)
    assert answer.status_code == 200, (path, answer.get_data())

    def refused(name: str) -> None:
        raise AssertionError(f"{path} holds {name}, which is no JSON")

    return json.loads(answer.get_data(), parse_constant=refused)


def test_a_value_that_json_has_not_is_shown_as_text(world: World, api: Api, admin: str) -> None:
    odd = {
        "place": GeoPoint(1.5, 2.5),
        "bytes": b"\xff\xfe",
        "long": b"\xff" * 1000,
        "document": api.simulation.world.database.client.document("a/b"),
        "nan": float("nan"),
        "infinite": [{"deep": float("-inf")}],
        "plain": [1, 2.5, True, None, "text", {"at": api.simulation.clock.now()}],
    }
    written(api, "/control/flags", {"oops": odd})
    written(api, "/guardrails/hand", {"type": "EMPLOYEE_RANGE", "value": odd, "active": True})
    written(api, "/audit/hand-00000001", {"number": 1, "oops": odd})
    written(api, "", {"oops": odd, "forms": {world.form: {"oops": odd}}})
    (listed,) = (one for one in read(api, "/v1/guardrails", admin)["items"] if one["id"] == "hand")
    tenant = read(api, "/v1/tenant", admin)["settings"]
    shown = [
        read(api, "/v1/flags", admin)["fields"]["oops"],
        listed["fields"]["value"],
        read(api, "/v1/guardrails/hand", admin)["fields"]["value"],
        read(api, "/v1/audit/chains/hand", admin)["entries"][0]["oops"],
        tenant["oops"],
        tenant["forms"][world.form]["oops"],
    ]
    for one in shown:
        assert "1.5" in one["place"]
        assert "2.5" in one["place"]
        assert one["bytes"] == "bytes fffe"
        assert len(one["long"]) < 250
        assert one["document"] == "a/b"
        assert (one["nan"], one["infinite"]) == ("nan", [{"deep": "-inf"}])
        assert one["plain"][:5] == [1, 2.5, True, None, "text"]
        assert one["plain"][5]["at"].startswith(f"{api.simulation.clock.now():%Y-%m-%dT}")


@pytest.fixture(scope="module")
def jobs(world: World) -> list[str]:
    """Jobs, the newest first, among some whose time is none."""
    api = world.api
    first = next(job for job in system.jobs(api.simulation) if job.id != world.job)
    made = [
        Job.model_validate(
            {**dict(first), "id": f"job-{n}", "updated_at": first.updated_at - timedelta(days=1 + n)}
        )
        for n in range(5)
    ]
    api.simulation.world.database.commit(made)
    for name, value in (("t1", "soon"), ("t2", "later"), ("n1", 7), ("n2", None)):
        written(api, f"/jobs/by-hand-{name}", {"id": f"by-hand-{name}", "updated_at": value})
    return [job.id for job in made]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_a_document_without_a_time_ends_no_list(api: Api, admin: str, jobs: list[str], limit: int) -> None:
    found: list[str] = []
    unreadable: list[str] = []
    cursor = ""
    for _ in range(20):
        page = read(api, f"/v1/jobs?limit={limit}{cursor}", admin)
        found += [one["id"] for one in page["items"]]
        unreadable += page["unreadable"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    else:
        pytest.fail("the list has no end")
    assert [id_ for id_ in found if id_ in jobs] == jobs
    assert len(found) == len(set(found))
    assert f"tenants/{TENANT}/jobs/by-hand-t1" in unreadable
