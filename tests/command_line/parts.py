"""The command line on a simulated system: what was typed, what was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
from click.testing import CliRunner

from scripts.command_line.connection import Connection
from scripts.command_line.whisper import whisper
from scripts.stack.simulation import Simulation


@dataclass(frozen=True)
class Answer:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The whole of stdout as JSON: it must be nothing else."""
        return json.loads(self.out)


def front_end(simulation: Simulation) -> httpx.MockTransport:
    """Our own functions, reached without a socket."""

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.raw_path.decode().lstrip("/")
        got = simulation.call(
            name, method=request.method, headers=dict(request.headers), body=request.content
        )
        return httpx.Response(got.status_code, content=got.get_data(), headers=dict(got.headers))

    return httpx.MockTransport(answer)


def type_in(connection: Connection, *words: str, stdin: str | None = None) -> Answer:
    """Run `whisper` with these words."""
    result = CliRunner(env={"COLUMNS": "240"}).invoke(whisper, list(words), obj=connection, input=stdin)
    return Answer(result.exit_code, result.stdout, result.stderr)


class Terminal:
    """An operator's terminal at a simulated system; each command connects anew."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    def __call__(self, *words: str, stdin: str | None = None) -> Answer:
        """A command for people that must succeed or fail in words, never with a traceback."""
        connection = Connection(world=self.simulation.world, http=front_end(self.simulation))
        answer = type_in(connection, *words, stdin=stdin)
        assert "Traceback" not in answer.out + answer.err, answer.err
        return answer

    def json(self, *words: str, stdin: str | None = None) -> Any:
        """What a command that must succeed answers with --json."""
        answer = self(*words, "--json", stdin=stdin)
        assert answer.code == 0, answer
        return answer.data

    def refused(self, *words: str, stdin: str | None = None) -> str:
        """The error of a command that must fail, the same for people and for programs."""
        told, shown = self(*words, "--json", stdin=stdin), self(*words, stdin=stdin)
        assert told.code == shown.code != 0, (told, shown)
        error: str = told.data["error"]
        assert error in shown.err
        return error
