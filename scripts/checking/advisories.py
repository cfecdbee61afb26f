"""Ask whether a pinned package has a known vulnerability, where the database of those can be reached.

`python -m scripts.checking.advisories` ends with 1 for each that has one. Where nobody can be asked it says so and
why, and ends with 0: a checkout without a network can still be checked.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PIP_AUDIT = "pip-audit==2.10.1"
LISTS = ("requirements.txt", "tests/requirements.txt")
ANSWER_MOST_S = 10
"""How long one answer of the database may take."""

MOST_S = 120
"""How long the whole may take."""


@dataclass(frozen=True)
class Audited:
    """What is known about the pinned packages; `skipped` says why nothing is, or not of all."""

    vulnerable: tuple[str, ...] = ()
    asked: int = 0
    skipped: str = ""


def command(root: Path) -> list[str]:
    """pip-audit, fetched and run apart from what is installed here."""
    uv = Path(sys.executable).with_name("uv")
    lists = [word for name in LISTS for word in ("-r", str(root / name))]
    how = [
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        str(ANSWER_MOST_S),
    ]
    return [str(uv), "tool", "run", "--quiet", "--from", PIP_AUDIT, "pip-audit", *how, *lists]


def audit(words: Sequence[str], *, most_s: float = MOST_S) -> Audited:
    """Run it and read its answer."""
    environ = {**os.environ, "NO_COLOR": "1"}
    try:
        done = subprocess.run(
            list(words),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=most_s,
            check=False,
            env=environ,
        )
    except subprocess.TimeoutExpired:
        return Audited(skipped=f"no answer within {most_s:g} s")
    except OSError as error:
        return Audited(skipped=f"it cannot be run: {error.strerror}")
    try:
        answer: Any = json.loads(done.stdout)
        packages: list[dict[str, Any]] = answer["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audited(skipped=_last_line(done.stderr) or f"it ended with {done.returncode} and no answer")
    vulnerable = [
        f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package.get("vulns", ())
    ]
    unasked = [package for package in packages if "skip_reason" in package]
    why = ""
    if unasked or not packages:
        first = str(unasked[0]["skip_reason"]) if unasked else "it named no package"
        why = f"{len(unasked)} of {len(packages)} packages are unknown to the database: {first}"
    return Audited(tuple(dict.fromkeys(vulnerable)), len(packages) - len(unasked), why)


def report(audited: Audited) -> int:
    """Say what was found; 1 for a vulnerability."""
    for one in audited.vulnerable:
        print(f"vulnerable: {one}", file=sys.stderr)
    if audited.skipped:
        part = f"for all but {audited.asked} packages" if audited.asked else "entirely"
        print(f"advisories: SKIPPED {part}: {audited.skipped}")
    elif not audited.vulnerable:
        print(f"advisories: none for {audited.asked} packages")
    return 1 if audited.vulnerable else 0


def _last_line(text: str) -> str:
    """The last words of a failure, without colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip()
    return plain.splitlines()[-1].strip()[:300] if plain else ""


if __name__ == "__main__":
    sys.exit(report(audit(command(ROOT))))
