"""What all commands share: their options, how they answer people and programs, and how they fail."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console, RenderableType

from scripts.command_line.connection import Connection
from scripts.command_line.problem import expected
from shared.runtime.logs import quieten

BUG = 70
"""The exit code of a bug (EX_SOFTWARE); expected errors have 1, wrong usage has 2."""

_PIPED = 200
"""Columns of what is not written to a terminal."""


@dataclass(frozen=True)
class Told:
    """What a command says: plain data for programs, something to look at for people."""

    data: object
    human: RenderableType
    exit_code: int = 0


class Whisper(click.Group):
    """A group whose every error is one line, or with --json one `{"error": …}`."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in given
        try:
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            if as_json:
                _print_json({"error": error.format_message()})
            else:
                error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _say("stopped", as_json)
            sys.exit(130)
        except Exception as error:
            traceback.print_exc()
            if as_json:
                _print_json({"error": f"a bug: {type(error).__name__}; its traceback is on stderr"})
            sys.exit(BUG)
        sys.exit(code if isinstance(code, int) else 0)


def operation(function: Callable[..., Told]) -> Callable[..., Any]:
    """A command `function(connection, **options) -> Told` with the options that every command has."""

    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout, errors too.")
    @click.option("--tenant", "tenant", metavar="ID", help="The tenant to work on; `default` is the default.")
    @click.option(
        "--env-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Variables to connect by, in place of the local stack that runs.",
    )
    @click.pass_context
    @wraps(function)
    def command(
        context: click.Context, as_json: bool, tenant: str | None, env_file: Path | None, **options: Any
    ) -> None:
        connection = context.find_object(Connection) or Connection()
        if tenant is not None:
            connection.tenant = tenant
        if env_file is not None:
            connection.env_file = env_file
        as_json = as_json or bool(context.find_root().params.get("as_json"))
        quieten()
        # The functions' log lines go to stdout, which here belongs to the answer.
        with expected(), redirect_stdout(io.StringIO()):
            told = function(connection, **options)
        if as_json:
            _print_json(told.data)
        else:
            _console().print(told.human)
        context.exit(told.exit_code)

    return command


def _console() -> Console:
    """As wide as the terminal; where there is none, wide enough that nothing is broken into pieces."""
    made = Console(highlight=False)
    return made if made.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=_PIPED)


def _say(text: str, as_json: bool) -> None:
    if as_json:
        _print_json({"error": text})
    else:
        click.echo(text, err=True)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
