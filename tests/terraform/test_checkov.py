"""checkov finds nothing in terraform/ but what is skipped there with its reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.catalogue import ROOT

VERSION = "3.3.30"
_TIMEOUT_S = 600


@pytest.mark.long
@pytest.mark.timeout(_TIMEOUT_S)
def test_checkov_finds_nothing_that_is_not_justified() -> None:
    uv = Path(sys.executable).parent / "uv"
    if not uv.is_file():
        pytest.skip("uv is not installed: checkov needs an environment of its own")
    run = [str(uv), "tool", "run", "--quiet", "--from", f"checkov=={VERSION}", "checkov"]
    have = subprocess.run(
        [*run, "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    if have.returncode:
        pytest.skip(f"checkov {VERSION} cannot be installed: {have.stderr.strip()[-200:]}")
    scan = [
        "--framework",
        "terraform",
        "--skip-download",
        "--quiet",
        "--compact",
        "--output",
        "json",
        "--directory",
    ]
    done = subprocess.run(
        [*run, *scan, str(ROOT / "terraform")],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    report = json.loads(done.stdout[done.stdout.index("{") :])
    found = [f"{one['check_id']} {one['resource']}" for one in report["results"]["failed_checks"]]
    assert found == []
    assert report["summary"]["passed"] >= 20


def test_every_skip_of_checkov_has_its_reason() -> None:
    for path in (ROOT / "terraform").rglob("*.tf"):
        for skip in re.findall(r"checkov:skip=(.*)", path.read_text()):
            assert re.fullmatch(r"CKV\w*_\d+:.{30,}", skip), f"{path.name}: {skip}"
