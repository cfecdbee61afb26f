"""Tells the story of the system with several leads, good and refused ones: `scripts/demo`.

It runs on data of its own, and ends with 0 only if each lead ended as told.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from scripts.stack.demo_scenes import BY_RULE, PAUSED_RECHECK_S, WITH_MODEL
from scripts.stack.demo_stage import Scene, Theatre
from scripts.stack.processes import Options, Stack
from scripts.stack.run import EXPECTED, ended_by_signals
from scripts.stack.visitor import Visitor


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), help="Keep the data here, instead of forgetting it.")
def main(data: Path | None) -> None:
    console = Console(highlight=False)
    began = time.monotonic()
    kept = data.absolute() if data else Path(tempfile.mkdtemp(prefix="whisper-demo-"))
    try:
        with ended_by_signals():
            failures = play(console, kept)
    except KeyboardInterrupt:
        sys.exit(130)
    except EXPECTED as error:
        console.print(f"[bold red]failed:[/] {escape(str(error))}")
        sys.exit(1)
    finally:
        if data is None:
            shutil.rmtree(kept, ignore_errors=True)
    passed_s = time.monotonic() - began
    if failures:
        console.print(f"\n[bold red]{len(failures)} expectations did not hold[/], in {passed_s:.0f} s:")
        for failure in failures:
            console.print(f"  {escape(failure)}")
        sys.exit(1)
    console.print(f"\n[bold green]Every lead ended as told[/], in {passed_s:.0f} s. Now try scripts/run.")


def play(console: Console, data: Path) -> list[str]:
    """Both acts; returns what did not hold. Errors: StackFailed and the other EXPECTED ones."""
    recheck = {"PAUSED_RECHECK_S": str(PAUSED_RECHECK_S)}
    failures = _act(console, Options(data=data, fresh=True, paused=True, settings=recheck), BY_RULE)
    console.rule("[bold]Restart")
    console.print("Everything is ended, and started again on the same data, this time with a model.")
    model: Mapping[str, str] = {**recheck, "MODEL": "sandbox-model"}
    return failures + _act(console, Options(data=data, paused=True, settings=model), WITH_MODEL)


def _act(console: Console, options: Options, scenes: Sequence[Scene]) -> list[str]:
    with Stack(options) as stack, Visitor(stack.details()) as visitor:
        theatre = Theatre(stack, visitor, console)
        for scene in scenes:
            console.rule(f"[bold]{escape(scene.title)}")
            scene.play(theatre)
            stack.check()
        return theatre.failures


if __name__ == "__main__":
    main()
