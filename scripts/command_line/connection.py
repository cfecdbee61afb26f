"""The world that a command works on: made from settings as the functions make it, or given by a test."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from scripts.catalogue import ROOT
from scripts.command_line.environment import Environment, find
from scripts.command_line.problem import HOW_TO_CONNECT, Problem
from shared.runtime.settings import Settings, read_settings
from shared.runtime.world import World

if TYPE_CHECKING:
    from shared.connectors.cloud_tasks import TaskQueue
    from shared.jobs.tenant import Tenant
    from shared.store.database import Database

RUN_FILE = ROOT / ".local" / "run.json"
_REACH_S = 2.0


class Connection:
    """`world` and `http` take the place of the real ones; `http` carries posts to our own functions."""

    def __init__(
        self,
        *,
        world: World | None = None,
        http: httpx.BaseTransport | None = None,
        environ: Mapping[str, str] = os.environ,
        run_file: Path = RUN_FILE,
    ) -> None:
        self._given = world
        self._http = http
        self._environ = environ
        self._run_file = run_file
        self.env_file: Path | None = None
        self.tenant = "default"

    @cached_property
    def environment(self) -> Environment:
        """Errors: Problem when there is nothing to connect to."""
        if self._given is not None:
            return Environment({}, "a given world")
        return find(self._environ, self.env_file, self._run_file)

    @cached_property
    def settings(self) -> Settings:
        """Errors: Problem naming each bad variable."""
        if self._given is not None:
            return self._given.settings
        try:
            return read_settings(self.environment.variables)
        except ValueError as error:
            raise Problem(f"{error} (from {self.environment.source})") from error

    @cached_property
    def world(self) -> World:
        """The clients of a function. Errors: Problem when a local stack does not answer."""
        if self._given is not None:
            return self._given
        made = World(self.settings)
        if not made.settings.deployed:
            _reach(made.settings.firestore_host, self.environment.source)
        return made

    @property
    def database(self) -> Database:
        return self.world.database

    @property
    def queue(self) -> TaskQueue:
        from shared.runtime.queue import task_queue

        return task_queue(self.world)

    def tenant_settings(self) -> Tenant:
        """The settings of the tenant that was named. Errors: Permanent, Unreachable."""
        from shared.store.collections import StoredTenants

        return StoredTenants(self.database).get(self.tenant)

    def key_of(self, address: str) -> str:
        """The keyed hash that a person is kept under. Errors: BadAddress, Failure."""
        from shared.runtime.wire.secrets import address_key_of

        return address_key_of(self.world, address)

    def get(self, url: str) -> httpx.Response:
        """One GET of a page of ours. Errors: Problem when no answer came, without the query, which is secret."""
        try:
            with httpx.Client(transport=self._http, timeout=30.0, trust_env=False) as client:
                return client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            place = url.partition("?")[0]
            raise Problem(f"{place} gave no answer ({type(error).__name__}); {HOW_TO_CONNECT}") from error

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """One POST to one of our functions, sent once. Errors: Problem when no answer came."""
        try:
            with httpx.Client(transport=self._http, timeout=30.0, trust_env=False) as client:
                return client.post(url, headers=dict(headers), content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Problem(f"{url} gave no answer ({type(error).__name__}); {HOW_TO_CONNECT}") from error


def _reach(host: str, source: str) -> None:
    """A local stack that ended leaves its address behind; Google's client would try it for a minute."""
    name, _, port = host.rpartition(":")
    if not name or not port.isdigit():
        raise Problem(
            f"ENVIRONMENT is local, but FIRESTORE_EMULATOR_HOST is not host:port (from {source}); "
            f"{HOW_TO_CONNECT}"
        )
    try:
        socket.create_connection((name, int(port)), timeout=_REACH_S).close()
    except OSError as error:
        raise Problem(f"nothing listens at {host} (from {source}); {HOW_TO_CONNECT}") from error
