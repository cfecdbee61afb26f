"""Which tests share a worker, and which begin first: the longest, so that no worker is idle at the end.

pytest-xdist's own `xdist_group` says nothing to pytest 9.2, whose ids it cannot change; this goes by paths.
"""

from __future__ import annotations

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "deaths while mail is heard": r"tests/faults/test_kill_hearing\.py",
    "deaths while mail is sent": r"tests/faults/test_kill_send\.py",
    "deaths": r"tests/faults/test_kill\.py",
    "packages": r"tests/packaging/",
    "terraform": r"tests/terraform/|tests/deploy/test_changes\.py",
    "stack": r"tests/stack/test_run\.py",
    "deploy": r"tests/deploy/test_(deploy|rollback|cloud_build)\.py",
    "emulators": r"tests/contract/.*\[google\b",
    "demo": r"tests/stack/test_demo\.py",
    "storm": r"tests/faults/test_storm\.py",
    "same moment": r"tests/faults/test_same_moment\.py",
    "slow stage": r"tests/faults/test_slow_stage\.py",
    "costs": r"tests/deploy/test_costs\.py",
}
"""What is set up once is used by all of a group, one after another; the longest group comes first."""

LONG_ALONE = r"tests/faults/"
"""Long tests that need no company: they begin after the groups, and before everything else."""

_GROUPS = {name: re.compile(path) for name, path in TOGETHER.items()}
_RANKS = {name: rank for rank, name in enumerate(TOGETHER)}
_LONG_ALONE = re.compile(LONG_ALONE)


def group_of(nodeid: str) -> str | None:
    """The group that a test belongs to, if any."""
    return next((name for name, path in _GROUPS.items() if path.match(nodeid)), None)


def turn_of(nodeid: str) -> int:
    """The rank of a test in a run: lower ones begin earlier."""
    group = group_of(nodeid)
    if group is not None:
        return _RANKS[group]
    return len(_RANKS) + (not _LONG_ALONE.match(nodeid))


class Together(LoadScopeScheduling):
    """Deals out whole groups, and everything else test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first; within a group and a module nothing changes place."""
    items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    """The scheduler of `--dist loadgroup`."""
    if config.getoption("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False  # not by the number of tests: the order of the collection holds
    return Together(config, log)
