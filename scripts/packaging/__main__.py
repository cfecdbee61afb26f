"""Packages every function for deployment: `scripts/package`.

One zip for each function, with nothing but what it imports, named by its content: the same sources give the same
bytes on every machine, and a change gives new zips to exactly the functions that it touches.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.packaging import manifest
from scripts.packaging.package import packages
from scripts.packaging.why import why


@click.command(help=__doc__)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Where the zips go; .local/packages by default."
)
@click.option(
    "--why", "asked", metavar="MODULE", help="Build nothing; say which functions carry it, and how."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(folder: Path | None, asked: str | None, as_json: bool) -> None:
    try:
        if asked is None:
            _build(folder or manifest.FOLDER, as_json)
        else:
            _explain(asked, why(asked, packages()), as_json)
    except (ValueError, OSError) as error:
        print(json.dumps({"error": str(error)}) if as_json else f"failed: {error}", file=sys.stderr)
        sys.exit(1)


def _build(folder: Path, as_json: bool) -> None:
    built = packages()
    before = manifest.read(folder)
    after = manifest.write(built, folder)
    if as_json:
        print(json.dumps(after, indent=1))
        return
    console = Console(highlight=False)
    table = Table("function", "", "zip")
    table.add_column("kB", justify="right")
    table.add_column("distributions", justify="right")
    for name, entry in after.items():
        same = name in before and before[name]["sha256"] == entry["sha256"]
        size, number = f"{entry['bytes'] / 1000:.0f}", str(len(entry["distributions"]))
        table.add_row(name, "" if same else "new", entry["sha256"][:12], size, number)
    console.print(table)
    console.print(f"[dim]{escape(str(folder / manifest.MANIFEST))}[/]", soft_wrap=True)


def _explain(asked: str, chains: Mapping[str, list[str]], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"asked": asked, "functions": chains}, indent=1))
        return
    if not chains:
        print(f"no function carries {asked}")
    for name, chain in chains.items():
        print("\n    → ".join([f"{name}\n    {chain[0]}", *chain[1:]]))


if __name__ == "__main__":
    main()
