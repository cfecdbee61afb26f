"""Changes each file of shared/ in turn and prints which zips are others: a program for a copy of the sources."""

from __future__ import annotations

import json
import os

from scripts.catalogue import ROOT, load
from scripts.packaging.distributions import Pins
from scripts.packaging.package import REQUIREMENTS, packages


def main() -> None:
    pins, functions = Pins(ROOT / REQUIREMENTS), list(load().functions)

    def hashes() -> dict[str, str]:
        return {name: package.sha256 for name, package in packages(functions, pins).items()}

    before = hashes()
    changed: dict[str, list[str]] = {}
    for folder, _, names in os.walk(ROOT / "shared"):
        for name in sorted(n for n in names if n.endswith((".py", ".md"))):
            path = (ROOT / folder).joinpath(name)
            content = path.read_bytes()
            path.write_bytes(content + b"\n# changed\n")
            after = hashes()
            path.write_bytes(content)
            changed[path.relative_to(ROOT).as_posix()] = [n for n in functions if after[n] != before[n]]
    assert hashes() == before
    print(json.dumps(changed))


if __name__ == "__main__":
    main()
