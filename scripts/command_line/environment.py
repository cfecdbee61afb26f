"""Where the command line connects: a running local stack, a file of variables, or the process's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from scripts.command_line.problem import HOW_TO_CONNECT, Problem

_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


@dataclass(frozen=True)
class Environment:
    """Variables for Settings, where they come from, and what only a local stack tells."""

    variables: Mapping[str, str]
    source: str
    functions: Mapping[str, str] = field(default_factory=dict[str, str])
    """URLs by function name."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Local secrets by name."""


def find(environ: Mapping[str, str], env_file: Path | None, run_file: Path) -> Environment:
    """`env_file` over the process's own variables; without it those, if they name a PROJECT; else the local
    stack that runs. Errors: Problem."""
    if env_file is not None:
        return Environment({**environ, **read_env_file(env_file)}, str(env_file))
    if environ.get("PROJECT"):
        return Environment(environ, "the environment")
    running = _running(run_file)
    if running is not None:
        return running
    raise Problem(f"no local stack is running, and the environment names no PROJECT; {HOW_TO_CONNECT}")


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; a value may be quoted. Errors: Problem naming the line."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeError) as error:
        raise Problem(f"{path} cannot be read ({type(error).__name__}); see .env.example") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise Problem(f"{path}, line {number}: it is not NAME=value; correct it or put # before it")
        found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)


def _running(run_file: Path) -> Environment | None:
    try:
        whole: Any = json.loads(run_file.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Problem(
            f"{run_file} cannot be read ({type(error).__name__}); start scripts/run again"
        ) from error
    parts = cast("Mapping[str, Any]", whole) if isinstance(whole, dict) else {}
    env, functions, secrets = (parts.get(name, {}) for name in ("env", "functions", "secrets"))
    if not isinstance(env, dict) or not isinstance(functions, dict) or not isinstance(secrets, dict):
        raise Problem(f"{run_file} is not what scripts/run writes; start it again")
    return Environment(
        cast("dict[str, str]", env),
        str(run_file),
        cast("dict[str, str]", functions),
        cast("dict[str, str]", secrets),
    )
