"""Secrets that are written: their containers, and new versions in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from shared.errors import Failure, Permanent, Retryable
from shared.pattern import Pattern

TIMEOUT_S = 10.0
DESTROYED_AFTER_S = 604_800
"""A version that was destroyed by mistake can be had back for a week."""

_NAME = Pattern(r"[A-Za-z0-9_-]{1,255}")


class SecretWriterClient(Protocol):
    """The two calls that we make of google.cloud.secretmanager's client."""

    def add_secret_version(self, request: Any = None, *, retry: Any, timeout: float) -> Any: ...

    def create_secret(self, request: Any = None, *, retry: Any, timeout: float) -> Any: ...


class SecretVersions:
    """The secrets of one project, to write to. The client is made on first use."""

    def __init__(self, client_factory: Callable[[], SecretWriterClient], project: str) -> None:
        self._client_factory = client_factory
        self._project = project

    def create(self, name: str, *, region: str, labels: Mapping[str, str]) -> bool:
        """Make a secret without a value, kept in one region; False when it is there already.

        Errors: Retryable, Permanent.
        """
        secret = {
            "labels": dict(labels),
            "replication": {"user_managed": {"replicas": [{"location": region}]}},
            "version_destroy_ttl": {"seconds": DESTROYED_AFTER_S},
        }
        request = {"parent": f"projects/{self._project}", "secret_id": _checked(name), "secret": secret}
        try:
            self._client_factory().create_secret(request, retry=None, timeout=TIMEOUT_S)
        except Exception as error:
            if _is_there(error):
                return False
            failure = _translated(name, "created", "secretmanager.secrets.create in the project", error)
            if failure is None:
                raise
        else:
            return True
        raise failure

    def add(self, name: str, value: str) -> None:
        """Make a value the newest version. Added twice it does no harm: the newest one counts.

        Errors: Retryable (it may have been added), Permanent.
        """
        parent = f"projects/{self._project}/secrets/{_checked(name)}"
        request = {"parent": parent, "payload": {"data": value.encode()}}
        try:
            self._client_factory().add_secret_version(request, retry=None, timeout=TIMEOUT_S)
        except Exception as error:
            failure = _translated(name, "written", "secretVersionAdder on it", error)
            if failure is None:
                raise
        else:
            return
        raise failure


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Permanent("secret manager: a secret's name is letters, digits, dashes and underscores")
    return name


def _is_there(error: Exception) -> bool:
    from google.api_core import exceptions as google  # pyright: ignore[reportMissingTypeStubs]

    return isinstance(error, google.AlreadyExists)


def _translated(name: str, done: str, right: str, error: Exception) -> Failure | None:
    """Our kind of failure; None for what is a bug."""
    from google.api_core import exceptions as google  # pyright: ignore[reportMissingTypeStubs]
    from google.auth.exceptions import GoogleAuthError  # pyright: ignore[reportMissingTypeStubs]

    if isinstance(error, google.NotFound):
        return Permanent(f"secret manager: secret {name} does not exist; create it")
    if isinstance(error, google.Forbidden):
        return Permanent(f"secret manager: secret {name} may not be {done}; grant {right}")
    if isinstance(error, google.BadRequest):
        return Permanent(f"secret manager: secret {name} could not be {done}: the request is refused")
    if isinstance(error, google.GoogleAPIError | GoogleAuthError):
        return Retryable(f"secret manager: secret {name} could not be {done} ({type(error).__name__})")
    return None
