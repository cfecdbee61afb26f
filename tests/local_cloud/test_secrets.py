from __future__ import annotations

from collections.abc import Iterator

import google.cloud.secretmanager_v1 as secretmanager
import pytest
from google.api_core import exceptions

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.in_process import secrets_client
from scripts.local_cloud.secret_manager.crc32c import crc32c
from scripts.local_cloud.spec import CloudSpec

PROJECT = "projects/local"
SECRET = f"{PROJECT}/secrets/hubspot-key"


@pytest.fixture
def client() -> Iterator[secretmanager.SecretManagerServiceClient]:
    cloud = LocalCloud(None)
    client = secrets_client(cloud.channel())
    client.create_secret(parent=PROJECT, secret_id="hubspot-key", secret={"replication": {"automatic": {}}})
    yield client
    cloud.stop()


def add(client: secretmanager.SecretManagerServiceClient, data: bytes) -> str:
    return client.add_secret_version(parent=SECRET, payload={"data": data}).name


def read(client: secretmanager.SecretManagerServiceClient, version: str = "latest") -> bytes:
    return client.access_secret_version(name=f"{SECRET}/versions/{version}").payload.data


def test_latest_is_the_newest_version_and_older_ones_stay_readable(
    client: secretmanager.SecretManagerServiceClient,
) -> None:
    assert add(client, b"one") == f"{SECRET}/versions/1"
    add(client, b"two\0\xff")
    assert (read(client), read(client, "1")) == (b"two\0\xff", b"one")
    answer = client.access_secret_version(name=f"{SECRET}/versions/latest")
    assert answer.name == f"{SECRET}/versions/2"
    assert answer.payload.data_crc32c == crc32c(b"two\0\xff")


def test_the_checksum_is_crc32c() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_a_payload_that_does_not_match_its_checksum_is_refused(
    client: secretmanager.SecretManagerServiceClient,
) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        client.add_secret_version(parent=SECRET, payload={"data": b"one", "data_crc32c": 1})
    payload = {"data": b"one", "data_crc32c": crc32c(b"one")}
    assert client.add_secret_version(parent=SECRET, payload=payload).name.endswith("/versions/1")


def test_a_disabled_or_destroyed_version_cannot_be_read(
    client: secretmanager.SecretManagerServiceClient,
) -> None:
    name = add(client, b"one")
    client.disable_secret_version(name=name)
    with pytest.raises(exceptions.FailedPrecondition, match="DISABLED"):
        read(client)
    client.enable_secret_version(name=name)
    assert read(client) == b"one"
    client.destroy_secret_version(name=name)
    with pytest.raises(exceptions.FailedPrecondition, match="DESTROYED"):
        read(client)
    with pytest.raises(exceptions.FailedPrecondition):
        client.enable_secret_version(name=name)


def test_what_is_not_there_is_not_found(client: secretmanager.SecretManagerServiceClient) -> None:
    for version in ("latest", "1", "x"):
        with pytest.raises(exceptions.NotFound):
            read(client, version)
    with pytest.raises(exceptions.NotFound):
        client.access_secret_version(name=f"{PROJECT}/secrets/none/versions/latest")
    with pytest.raises(exceptions.NotFound):
        client.add_secret_version(parent=f"{PROJECT}/secrets/none", payload={"data": b"x"})


def test_secrets_are_created_once_listed_labelled_and_deleted_with_their_versions(
    client: secretmanager.SecretManagerServiceClient,
) -> None:
    with pytest.raises(exceptions.AlreadyExists):
        client.create_secret(parent=PROJECT, secret_id="hubspot-key", secret={})
    add(client, b"one")
    add(client, b"two")
    numbers = [version.name[-1] for version in client.list_secret_versions(parent=SECRET)]
    assert numbers == ["2", "1"]
    client.update_secret(
        secret={"name": SECRET, "labels": {"used": "yes"}}, update_mask={"paths": ["labels"]}
    )
    assert [dict(secret.labels) for secret in client.list_secrets(parent=PROJECT)] == [{"used": "yes"}]
    client.delete_secret(name=SECRET)
    with pytest.raises(exceptions.NotFound):
        client.get_secret(name=SECRET)


def test_provisioning_adds_a_version_only_when_the_value_changed() -> None:
    cloud = LocalCloud(None)
    for value in ("a", "a", "b"):
        cloud.provision(CloudSpec(secrets={"key": value}))
    versions = secrets_client(cloud.channel()).list_secret_versions(parent=f"{PROJECT}/secrets/key")
    assert len(list(versions)) == 2
    cloud.stop()
