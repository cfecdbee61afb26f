"""A known vulnerability fails the check; a database that cannot be reached is said, and fails nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.checking.advisories import LISTS, ROOT, Audited, audit, command, report

SOUND: dict[str, Any] = {"name": "flask", "version": "3.1.2", "vulns": []}
HIT: dict[str, Any] = {
    "name": "requests",
    "version": "2.0.0",
    "vulns": [{"id": "PYSEC-2018-28", "fix_versions": ["2.20.0"], "aliases": [], "description": "x"}],
}
UNKNOWN: dict[str, Any] = {"name": "six", "skip_reason": "Dependency not found on PyPI"}


def fake(tmp_path: Path, *, out: str = "", err: str = "", code: int = 0) -> list[str]:
    """A pip-audit that says just this."""
    script = tmp_path / "pip_audit.py"
    script.write_text(f"import sys\nprint({out!r})\nprint({err!r}, file=sys.stderr)\nsys.exit({code})\n")
    return [sys.executable, str(script)]


def answer(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_vulnerable_package_fails_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audited = audit(fake(tmp_path, out=answer(SOUND, HIT), code=1))
    assert report(audited) == 1
    assert "vulnerable: requests 2.0.0: PYSEC-2018-28, mended in 2.20.0" in capsys.readouterr().err


def test_a_vulnerable_package_fails_also_where_others_are_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(audit(fake(tmp_path, out=answer(UNKNOWN, HIT), code=1))) == 1
    assert "SKIPPED for all but 1 packages" in capsys.readouterr().out


def test_packages_without_one_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(fake(tmp_path, out=answer(SOUND, SOUND))) == Audited(asked=2)
    assert report(Audited(asked=2)) == 0
    assert "advisories: none for 2 packages" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("out", "err", "code", "why"),
    [
        ("", "ERROR: \x1b[31mConnection refused\x1b[0m", 1, "ERROR: Connection refused"),
        ("", "", 2, "it ended with 2 and no answer"),
        ("<html>", "", 0, "it ended with 0 and no answer"),
        (answer(UNKNOWN, UNKNOWN), "", 0, "2 of 2 packages are unknown to the database"),
        (answer(), "", 0, "0 of 0 packages are unknown to the database: it named no package"),
    ],
    ids=["no connection", "no word", "garbage", "unknown packages", "nothing"],
)
def test_where_nobody_can_be_asked_it_is_skipped_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, err: str, code: int, why: str
) -> None:
    assert report(audit(fake(tmp_path, out=out, err=err, code=code))) == 0
    said = capsys.readouterr().out
    assert "advisories: SKIPPED entirely" in said
    assert why in said


def test_a_slow_answer_and_a_missing_program_are_skipped_with_the_reason(tmp_path: Path) -> None:
    slow = [sys.executable, "-c", "import time\nwhile True: time.sleep(0.1)"]
    assert "no answer within 0.5 s" in audit(slow, most_s=0.5).skipped
    assert "cannot be run" in audit([str(tmp_path / "missing")]).skipped


def test_both_lists_are_asked_about_and_every_package_in_them_is_pinned() -> None:
    words = command(ROOT)
    assert [Path(each).relative_to(ROOT).as_posix() for each in words if each.endswith(".txt")] == list(LISTS)
    for name in LISTS:
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        packages = [line for line in lines if line and not line.startswith("-r")]
        assert packages
        assert [line for line in packages if "==" not in line] == []
