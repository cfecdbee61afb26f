"""A stage slower than the sweep's period, in real processes: the sweep sees it and leaves it alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.faults.real_stack import STAGES, RealStack, running

SLOW_S = 4.5
"""Longer than a job is left unlooked at here (2 s), shorter than a vendor is waited for (10 s)."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    settings = {"INTENT_LEASE_S": "30"}
    with running(tmp_path_factory.mktemp("slow"), "slow", settings=settings) as made:
        yield made


@pytest.mark.parametrize(
    ("stage", "vendor", "method", "path"),
    [
        ("gather_context", "calendar", "POST", "/freeBusy"),
        ("file_draft", "gmail", "POST", "/drafts"),
    ],
)
def test_a_stage_slower_than_the_sweep_runs_once_and_undisturbed(
    system: RealStack, stage: str, vendor: str, method: str, path: str
) -> None:
    (address,) = system.people(1)
    submitted = system.submitted(address)
    rule = {"vendor": vendor, "method": method, "path_regex": path, "delay_s": SLOW_S}
    system.hold_vendors([rule])
    assert system.deliver(submitted.form) == 202
    system.until_vendors_held()
    held = system.job(submitted.job_id)
    assert held is not None
    assert held.stage == stage
    assert held.next is not None
    swept: list[datetime] = []

    def over() -> bool:
        """Whether the slow stage is done; until then the sweep runs again and again."""
        assert system.sweep() == 200
        now = system.job(submitted.job_id)
        assert now is not None
        if now.stage == stage and now.epoch == held.epoch:
            swept.append(datetime.now(UTC))
        return now.stage != stage

    system.until(over, f"{stage} to end")
    if stage == "gather_context":
        assert swept[-1] > held.next.check_at
    (job,) = system.rest([submitted.job_id])
    assert [(step.stage, step.attempt, step.error) for step in job.steps] == [(s, 1, "") for s in STAGES]
    system.as_if_nothing_had_happened([submitted])
