from __future__ import annotations

from typing import Any

import pytest
from google.api_core import exceptions as google

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.faults import Fault
from scripts.local_cloud.in_process import secrets_client
from shared.connectors.secrets import Secrets
from shared.errors import Permanent, Retryable
from tests.connectors.parts import NOW, Time

PROJECT = "test-project"
SECRET = f"projects/{PROJECT}/secrets/hubspot-key"


class Cloud:
    """The real client on the local cloud's Secret Manager, with every call counted."""

    def __init__(self) -> None:
        self.local = LocalCloud(None, clock=VirtualClock(NOW))
        self.client = secrets_client(self.local.channel())
        parent = f"projects/{PROJECT}"
        replication = {"automatic": {}}
        self.client.create_secret(
            request={"parent": parent, "secret_id": "hubspot-key", "secret": {"replication": replication}}
        )
        self.time = Time()
        self.reads: list[str] = []
        self.made = 0
        self.secrets = Secrets(self._make, PROJECT, self.time.clock)

    def add(self, value: bytes) -> str:
        return self.client.add_secret_version(request={"parent": SECRET, "payload": {"data": value}}).name

    def access_secret_version(self, request: Any = None, *, retry: Any, timeout: float) -> Any:
        assert retry is None
        assert 0 < timeout <= 10
        self.reads.append(request["name"].rpartition("/")[2])
        return self.client.access_secret_version(request, retry=retry, timeout=timeout)

    def _make(self) -> Cloud:
        self.made += 1
        return self


@pytest.fixture
def cloud() -> Any:
    made = Cloud()
    yield made
    made.local.stop()


def test_the_newest_version_is_the_value(cloud: Cloud) -> None:
    cloud.add(b"old")
    cloud.add(b"new")
    assert cloud.secrets.value("hubspot-key") == "new"


def test_no_client_is_made_before_a_secret_is_needed(cloud: Cloud) -> None:
    assert cloud.made == 0
    cloud.add(b"x")
    cloud.secrets.value("hubspot-key")
    cloud.secrets.values("hubspot-key")
    assert cloud.made == 1


def test_a_secret_is_kept_for_one_hour(cloud: Cloud) -> None:
    cloud.add(b"one")
    assert cloud.secrets.value("hubspot-key") == "one"
    cloud.add(b"two")
    cloud.time.now_s += 3599
    assert cloud.secrets.value("hubspot-key") == "one"
    cloud.time.now_s += 1
    assert cloud.secrets.value("hubspot-key") == "two"
    assert cloud.reads == ["latest", "latest"]


def test_during_rotation_both_versions_are_given_newest_first(cloud: Cloud) -> None:
    cloud.add(b"old")
    assert cloud.secrets.values("hubspot-key") == ("old",)
    cloud.secrets.forget("hubspot-key")
    cloud.add(b"new")
    assert cloud.secrets.values("hubspot-key") == ("new", "old")


def test_an_old_version_that_was_disabled_is_not_accepted_any_more(cloud: Cloud) -> None:
    old = cloud.add(b"old")
    cloud.add(b"new")
    cloud.client.disable_secret_version(request={"name": old})
    assert cloud.secrets.values("hubspot-key") == ("new",)


def test_disabled_versions_in_between_are_stepped_over(cloud: Cloud) -> None:
    cloud.add(b"old")
    between = cloud.add(b"mistake")
    cloud.add(b"new")
    cloud.client.destroy_secret_version(request={"name": between})
    assert cloud.secrets.values("hubspot-key") == ("new", "old")


def test_a_refused_secret_is_read_again(cloud: Cloud) -> None:
    cloud.add(b"one")
    cloud.secrets.value("hubspot-key")
    cloud.add(b"two")
    cloud.secrets.forget("hubspot-key")
    assert cloud.secrets.value("hubspot-key") == "two"


def test_a_secret_that_is_missing_empty_or_disabled_is_permanent_and_named(cloud: Cloud) -> None:
    with pytest.raises(Permanent, match="secret nowhere does not exist"):
        cloud.secrets.value("nowhere")
    with pytest.raises(Permanent, match="secret hubspot-key does not exist or has no version"):
        cloud.secrets.value("hubspot-key")
    version = cloud.add(b"x")
    cloud.client.disable_secret_version(request={"name": version})
    with pytest.raises(Permanent, match="secret hubspot-key is disabled"):
        cloud.secrets.value("hubspot-key")


@pytest.mark.parametrize(("data", "words"), [(b" \n", "is empty"), (b"\xff\xfe", "is not text")])
def test_a_secret_that_can_be_no_key_is_permanent(cloud: Cloud, data: bytes, words: str) -> None:
    cloud.add(data)
    with pytest.raises(Permanent, match=words) as caught:
        cloud.secrets.value("hubspot-key")
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_an_editors_line_break_is_no_part_of_a_key(cloud: Cloud) -> None:
    cloud.add(b"abc\n")
    assert cloud.secrets.value("hubspot-key") == "abc"


@pytest.mark.parametrize(
    "code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "RESOURCE_EXHAUSTED", "ABORTED"]
)
def test_an_outage_is_retryable_and_nothing_is_kept(cloud: Cloud, code: str) -> None:
    cloud.add(b"x")
    cloud.local.faults.add(Fault("refuse", service="SecretManagerService", code=code))
    with pytest.raises(Retryable, match="hubspot-key could not be read"):
        cloud.secrets.value("hubspot-key")
    assert cloud.secrets.value("hubspot-key") == "x"


def test_an_outage_while_the_older_version_is_read_is_retryable(cloud: Cloud) -> None:
    cloud.add(b"old")
    cloud.add(b"new")
    cloud.local.faults.add(Fault("refuse", service="SecretManagerService", nth=2))
    with pytest.raises(Retryable):
        cloud.secrets.values("hubspot-key")


def test_a_secret_that_may_not_be_read_says_what_to_grant(cloud: Cloud) -> None:
    cloud.local.faults.add(Fault("refuse", service="SecretManagerService", code="PERMISSION_DENIED"))
    with pytest.raises(Permanent, match="grant secretAccessor"):
        cloud.secrets.value("hubspot-key")


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", "a" * 256])
def test_a_name_that_is_none_is_never_asked_for(cloud: Cloud, name: str) -> None:
    with pytest.raises(Permanent):
        cloud.secrets.value(name)
    assert cloud.reads == []


def test_a_bug_stays_a_bug() -> None:
    class Broken:
        def access_secret_version(self, request: Any = None, *, retry: Any, timeout: float) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Secrets(Broken, PROJECT, Time().clock).value("x")


def test_every_error_of_the_client_is_one_of_ours() -> None:
    for kind in (google.Unauthenticated, google.Cancelled, google.Unknown, google.RetryError):

        class Failing:
            def access_secret_version(
                self, request: Any = None, *, retry: Any, timeout: float, kind: Any = kind
            ) -> Any:
                raise kind("canary", cause=None) if kind is google.RetryError else kind("canary")

        with pytest.raises((Retryable, Permanent)) as caught:
            Secrets(Failing, PROJECT, Time().clock).value("x")
        assert "canary" not in caught.value.reason
