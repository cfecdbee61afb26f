"""What is in the audit's bucket cannot be taken back, and every answer of it is understood (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from shared.connectors.s3_archive import Bucket, S3Archive
from shared.errors import Permanent, Retryable
from tests.s3 import BUCKET, KEY, NOW, REGION, RETENTION, Store, s3_server


@pytest.fixture
def store() -> Iterator[Store]:
    with s3_server() as made:
        yield made


def test_what_is_put_is_locked_until_its_time(store: Store) -> None:
    assert store.archive().put("a", b"one") == b"one"
    head = store.client.head_object(Bucket=BUCKET, Key="a", ChecksumMode="ENABLED")
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert head["ObjectLockRetainUntilDate"] == NOW + RETENTION
    assert head["ChecksumSHA256"]
    with pytest.raises(ClientError, match="AccessDenied"):
        store.client.delete_object(Bucket=BUCKET, Key="a", VersionId=head["VersionId"])


def test_a_second_put_changes_nothing_and_says_what_is_kept(store: Store) -> None:
    archive = store.archive()
    archive.put("a", b"one")
    assert archive.put("a", b"one") == b"one"
    assert archive.put("a", b"two") == b"one"
    assert len(store.client.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_the_first_version_counts_whatever_is_laid_on_top(store: Store) -> None:
    archive = store.archive()
    archive.put("a", b"one")
    archive.put("ab", b"another")
    store.client.put_object(Bucket=BUCKET, Key="a", Body=b"forged")
    assert archive.get("a") == b"one"
    store.client.delete_object(Bucket=BUCKET, Key="a")
    assert store.kept() == ["ab"]
    assert archive.get("a") == b"one"
    assert list(archive.list("")) == ["a", "ab"]
    assert list(archive.list("ab")) == ["ab"]


def test_what_was_never_there_is_none(store: Store) -> None:
    assert store.archive().get("a") is None
    assert list(store.archive().list("a")) == []


def test_lists_go_on_over_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = store.archive()
    keys = [f"k{number:02d}" for number in range(7)]
    for key in keys:
        archive.put(key, b"")
    called = archive._called
    asked: list[str] = []

    def two_at_once(operation: str, **given: object) -> dict[str, object]:
        asked.append(operation)
        return called(operation, **given, MaxKeys=2)

    monkeypatch.setattr(archive, "_called", two_at_once)
    assert list(archive.list("k")) == keys
    assert len(asked) == 4


def test_a_bucket_that_is_not_there_is_named_with_its_mend(store: Store) -> None:
    with pytest.raises(Permanent, match="AUDIT_BUCKET"):
        store.archive(bucket="nobodys-bucket").put("a", b"one")


def test_a_bucket_without_object_lock_is_refused(store: Store) -> None:
    store.client.create_bucket(Bucket="open-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    with pytest.raises(Permanent, match="Object Lock"):
        store.archive(bucket="open-bucket").put("a", b"one")


@pytest.mark.parametrize("key", ["", "{}", "[]", '{"access_key_id": "x"}', '{"access_key_id": 1}'])
def test_a_key_that_is_none_is_named_without_its_text(store: Store, key: str) -> None:
    with pytest.raises(Permanent, match="audit-archive-key is not JSON"):
        store.archive(key=key).get("a")


def test_a_server_that_does_not_answer_is_asked_again_later() -> None:
    bucket = Bucket(BUCKET, REGION, "http://127.0.0.1:9", timedelta(days=1))
    with pytest.raises(Retryable, match="had no answer"):
        S3Archive(bucket, lambda: KEY, lambda: NOW).get("a")
