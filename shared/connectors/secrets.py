"""Secrets from Secret Manager, read when first needed and kept for one hour."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from shared.errors import Failure, Permanent, Retryable
from shared.pattern import Pattern

KEPT_S = 3600.0
TIMEOUT_S = 5.0
VERSIONS_LOOKED_BACK = 5
"""How far below the newest version the one before it is looked for: disabled ones lie between."""

_NAME = Pattern(r"[A-Za-z0-9_-]{1,255}")
_VERSION = Pattern(r"/versions/([0-9]{1,9})$")


class SecretManagerClient(Protocol):
    """The one call that we make of google.cloud.secretmanager's client."""

    def access_secret_version(self, request: Any = None, *, retry: Any, timeout: float) -> Any: ...


class Secrets:
    """The secrets of one project. The client is made on first use; `clock` gives seconds."""

    def __init__(
        self, client_factory: Callable[[], SecretManagerClient], project: str, clock: Callable[[], float]
    ) -> None:
        self._client_factory = client_factory
        self._project = project
        self._clock = clock
        self._client: SecretManagerClient | None = None
        self._kept: dict[str, tuple[tuple[str, ...], float]] = {}
        self._lock = threading.Lock()

    def value(self, name: str) -> str:
        """The newest version. Errors: Permanent naming the secret, Retryable when it cannot be reached."""
        return self._read(name, 1)[0]

    def values(self, name: str, *, kept_s: float = KEPT_S) -> tuple[str, ...]:
        """The newest version and, during a rotation, the enabled one before it; newest first.

        They were read at most `kept_s` seconds ago, or are read now. Errors: as `value`.
        """
        return self._read(name, 2, kept_s)

    def reach(self, name: str) -> None:
        """Read a secret now, whatever is kept. Errors: as `value`."""
        self._access(name, "latest")

    def forget(self, name: str) -> None:
        """Read it again next time, because what was read was refused somewhere."""
        with self._lock:
            for wanted in (1, 2):
                self._kept.pop(f"{name}#{wanted}", None)

    def _read(self, name: str, wanted: int, kept_s: float = KEPT_S) -> tuple[str, ...]:
        if not _NAME.fullmatch(name):
            raise Permanent("secret manager: a secret's name is letters, digits, dashes and underscores")
        key = f"{name}#{wanted}"
        with self._lock:
            values, held_s = self._kept.get(key, ((), 0.0))
        if values and self._clock() < held_s + kept_s:
            return values
        read_s = self._clock()
        values = self._versions(name, wanted)
        with self._lock:
            self._kept[key] = (values, read_s)
        return values

    def _versions(self, name: str, wanted: int) -> tuple[str, ...]:
        newest, number = self._access(name, "latest")
        values = [newest]
        # Listing versions takes a further role; asking for the ones below takes none but ours.
        for below in range(number - 1, max(0, number - 1 - VERSIONS_LOOKED_BACK), -1):
            if len(values) == wanted:
                break
            try:
                values.append(self._access(name, str(below))[0])
            except Permanent:
                continue
        return tuple(values)

    def _access(self, name: str, version: str) -> tuple[str, int]:
        """A version's value and number."""
        path = f"projects/{self._project}/secrets/{name}/versions/{version}"
        try:
            answer = self._opened().access_secret_version({"name": path}, retry=None, timeout=TIMEOUT_S)
            text: str = answer.payload.data.decode("utf-8")
            found = _VERSION.search(answer.name)
        except Exception as error:
            failure = _translated(name, error)
            if failure is None:
                raise
        else:
            if text.strip():
                # An editor's last line break is no part of a key, and not allowed in a header.
                return text.strip(), int(found[1]) if found else 1
            failure = Permanent(f"secret manager: secret {name} is empty")
        raise failure

    def _opened(self) -> SecretManagerClient:
        with self._lock:
            if self._client is None:
                self._client = self._client_factory()
            return self._client


def _translated(name: str, error: Exception) -> Failure | None:
    """Our kind of failure; None for what is a bug."""
    from google.api_core import exceptions as google  # pyright: ignore[reportMissingTypeStubs]
    from google.auth.exceptions import GoogleAuthError  # pyright: ignore[reportMissingTypeStubs]

    if isinstance(error, google.NotFound):
        return Permanent(f"secret manager: secret {name} does not exist or has no version; add one")
    if isinstance(error, google.FailedPrecondition):
        return Permanent(
            f"secret manager: the version of secret {name} is disabled or destroyed; add a new one"
        )
    if isinstance(error, google.Forbidden):
        return Permanent(f"secret manager: secret {name} may not be read; grant secretAccessor on it")
    if isinstance(error, google.BadRequest):
        return Permanent(f"secret manager: secret {name} was asked for in a way that is refused")
    if isinstance(error, UnicodeDecodeError):
        return Permanent(f"secret manager: secret {name} is not text")
    if isinstance(error, google.GoogleAPIError | GoogleAuthError):
        return Retryable(f"secret manager: secret {name} could not be read ({type(error).__name__})")
    return None
