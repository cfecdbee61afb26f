"""`scripts/rollback`: an earlier set of zips runs again, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.deploy.terminal import Terminal, made
from tests.packaging.checkouts import Checkout

ZIPS = ("--zips", ".local/packages")
EARLIER = "20260101T000000Z"


@pytest.fixture(scope="session")
def deployed_twice(tmp_path_factory: pytest.TempPathFactory, packaged: Path) -> Path:
    """Two deployments, of which the newer has another log_note; the older one's zips are in the bucket alone."""
    folder = tmp_path_factory.mktemp("deployed_twice")
    terminal = made(folder)
    shutil.copytree(packaged, terminal.checkout.root / ".local/packages")
    terminal.deploys(*ZIPS)
    (first,) = terminal.records()
    first.rename(first.with_name(f"{EARLIER}.json"))
    old = terminal.running()["log_note"]
    (terminal.checkout.root / f".local/packages/log_note-{old}.zip").unlink()
    terminal.checkout.append("shared/stages/log_note.py", "\n# changed\n")
    terminal.deploys()
    assert terminal.running()["log_note"] != old
    return folder


@pytest.fixture
def changed(deployed_twice: Path, tmp_path: Path) -> Terminal:
    """The terminal after both deployments, to do with as one likes."""
    shutil.copytree(deployed_twice, tmp_path / "twice")
    return Terminal(Checkout(tmp_path / "twice/checkout"), tmp_path / "twice/cloud")


def earlier(terminal: Terminal) -> dict[str, str]:
    found: dict[str, str] = json.loads(terminal.records()[0].read_text())["functions"]
    return found


def rolls_back(terminal: Terminal, *words: str, **environ: str) -> str:
    done = terminal("rollback", "dev", "--yes", "--no-smoke", *words, **environ)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_last_set_that_differs_runs_again(changed: Terminal) -> None:
    wanted = earlier(changed)
    said = rolls_back(changed)
    assert changed.running() == wanted
    assert "log_note" in said
    assert "gate_draft" not in said
    zips = next(call["zips"] for call in reversed(changed.calls()) if "plan" in call["words"])
    assert zips["log_note"] == {"sha256": wanted["log_note"]}, "no file: the zip is in the bucket"
    # A roll back is a deployment too: it can be taken back.
    assert json.loads(changed.records()[-1].read_text())["functions"] == wanted


@pytest.mark.parametrize("by", ["time", "file", "digits"])
def test_the_set_can_be_named(changed: Terminal, by: str) -> None:
    wanted = earlier(changed)
    name = {
        "time": EARLIER,
        "file": str(changed.records()[0]),
        "digits": f"log_note={wanted['log_note'][:12]}",
    }[by]
    rolls_back(changed, "--to", name)
    assert changed.running() == wanted


def test_it_finds_what_another_machine_deployed_in_the_bucket(changed: Terminal, tmp_path: Path) -> None:
    wanted = earlier(changed)
    folder = changed.cloud / "buckets/kept/deployments/dev"
    folder.mkdir(parents=True)
    for record in changed.records():
        record.rename(folder / record.name)
    rolls_back(changed, RELEASES="kept")
    assert changed.running() == wanted


def test_plan_only_applies_nothing(changed: Terminal) -> None:
    before = changed.asked().count("apply")
    rolls_back(changed, "--plan-only")
    assert changed.asked().count("apply") == before


def test_the_deployments_are_listed_newest_first(changed: Terminal) -> None:
    done = changed("rollback", "dev", "--list")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        record.stem for record in reversed(changed.records())
    ]


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("no-such-file", "is no manifest"),
        ("log_note=abc", "0 zips begin so"),
        ("log_note=", "0 zips begin so"),
        ("forward_draft=" + "0" * 64, "forward_draft is not deployed"),
    ],
)
def test_a_set_that_is_not_known_is_refused(changed: Terminal, to: str, reason: str) -> None:
    before = changed.asked().count("plan")
    done = changed("rollback", "dev", "--yes", "--to", to)
    assert done.returncode == 1
    assert reason in done.stderr
    assert changed.asked().count("plan") == before


def test_a_function_that_is_gone_since_cannot_be_brought_back_so(changed: Terminal) -> None:
    record = changed.records()[0]
    found = json.loads(record.read_text())
    found["functions"]["forward_draft"] = "0" * 64
    record.write_text(json.dumps(found))
    done = changed("rollback", "dev", "--yes", "--to", EARLIER)
    assert done.returncode == 1
    assert "forward_draft had a row then and has none now" in done.stderr


def test_where_nothing_is_deployed_there_is_nothing_to_roll_back(terminal: Terminal) -> None:
    done = terminal("rollback", "dev", "--yes")
    assert done.returncode == 1
    assert "dev is not deployed" in done.stderr
