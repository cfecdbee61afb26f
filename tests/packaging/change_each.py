"""Changes each nth file of shared/ in turn and prints which zips are others: a program for a copy of the sources."""

from __future__ import annotations

import json
import os
import sys

from scripts.catalogue import ROOT, load
from scripts.packaging.distributions import Pins
from scripts.packaging.package import REQUIREMENTS, packages


def main(every: int, *always: str) -> None:
    pins, functions = Pins(ROOT / REQUIREMENTS), list(load().functions)

    def hashes() -> dict[str, str]:
        return {name: package.sha256 for name, package in packages(functions, pins).items()}

    before = hashes()
    changed: dict[str, list[str]] = {}
    files = sorted(
        (ROOT / folder).joinpath(name)
        for folder, _, names in os.walk(ROOT / "shared")
        for name in names
        if name.endswith((".py", ".md"))
    )
    for path in sorted({*files[::every], *(ROOT / name for name in always)}):
        content = path.read_bytes()
        path.write_bytes(content + b"\n# changed\n")
        after = hashes()
        path.write_bytes(content)
        changed[path.relative_to(ROOT).as_posix()] = [n for n in functions if after[n] != before[n]]
    assert hashes() == before
    print(json.dumps(changed))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
