"""Secrets that are written, by the real client on the local cloud's Secret Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.api_core import exceptions as google
from google.auth.exceptions import DefaultCredentialsError

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.in_process import secrets_client
from shared.connectors.secret_versions import DESTROYED_AFTER_S, SecretVersions
from shared.connectors.secrets import Secrets
from shared.errors import Failure, Permanent, Retryable
from tests.connectors.parts import NOW, Time

PROJECT = "test-project"


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    made = LocalCloud(None, clock=VirtualClock(NOW))
    yield made
    made.stop()


def versions(cloud: LocalCloud) -> SecretVersions:
    return SecretVersions(lambda: secrets_client(cloud.channel()), PROJECT)


def secrets(cloud: LocalCloud) -> Secrets:
    return Secrets(lambda: secrets_client(cloud.channel()), PROJECT, Time().clock)


def test_a_new_version_is_what_is_read(cloud: LocalCloud) -> None:
    tested = versions(cloud)
    assert tested.create("token", region="europe-west1", labels={"tenant": "acme"}) is True
    tested.add("token", "one")
    assert secrets(cloud).value("token") == "one"
    tested.add("token", "two")
    assert secrets(cloud).value("token") == "two"


def test_a_secret_is_made_once_and_stays_in_its_region(cloud: LocalCloud) -> None:
    tested = versions(cloud)
    tested.create("token", region="europe-west1", labels={"tenant": "acme"})
    tested.add("token", "kept")
    assert tested.create("token", region="us-central1", labels={}) is False
    made: Any = secrets_client(cloud.channel()).get_secret(name=f"projects/{PROJECT}/secrets/token")
    assert dict(made.labels) == {"tenant": "acme"}
    assert [each.location for each in made.replication.user_managed.replicas] == ["europe-west1"]
    assert made.version_destroy_ttl.total_seconds() == DESTROYED_AFTER_S
    assert secrets(cloud).value("token") == "kept"


def test_a_secret_that_does_not_exist_is_permanent(cloud: LocalCloud) -> None:
    with pytest.raises(Permanent, match="secret token does not exist"):
        versions(cloud).add("token", "one")


class Broken:
    """A client that only fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def add_secret_version(self, request: Any = None, *, retry: Any, timeout: float) -> Any:
        assert retry is None
        raise self.error

    create_secret = add_secret_version


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (google.PermissionDenied("canary"), Permanent, "grant"),
        (google.InvalidArgument("canary"), Permanent, "refused"),
        (google.ServiceUnavailable("canary"), Retryable, "ServiceUnavailable"),
        (google.DeadlineExceeded("canary"), Retryable, "DeadlineExceeded"),
        (DefaultCredentialsError("canary"), Retryable, "DefaultCredentialsError"),
    ],
)
def test_what_google_refuses_has_its_kind_and_never_shows_the_value(
    error: Exception, kind: type[Failure], words: str
) -> None:
    tested = SecretVersions(lambda: Broken(error), PROJECT)
    with pytest.raises(kind, match=words) as added:
        tested.add("token", "canary")
    with pytest.raises(kind, match=words) as made:
        tested.create("token", region="r", labels={})
    assert "canary" not in added.value.reason + made.value.reason


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError):
        SecretVersions(lambda: Broken(ZeroDivisionError()), PROJECT).add("token", "one")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "a" * 256])
def test_a_name_that_is_none_never_reaches_a_path(name: str) -> None:
    tested = SecretVersions(lambda: Broken(AssertionError("asked")), PROJECT)
    with pytest.raises(Permanent):
        tested.add(name, "one")
    with pytest.raises(Permanent):
        tested.create(name, region="r", labels={})
