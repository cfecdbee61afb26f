"""scripts/demo judges itself: it ends with 0 only if every lead ended as told."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts.catalogue import ROOT


def test_every_lead_of_the_story_ends_as_told() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "scripts.stack.demo"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every lead ended as told" in done.stdout
    assert "\u2717" not in done.stdout
