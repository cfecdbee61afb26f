"""An S3 bucket with Object Lock: what is put there once, nobody deletes or replaces before its time (P11)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from shared.errors import Failure, Permanent, Retryable
from shared.pattern import Pattern

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
ATTEMPTS = 3
"""A put may be sent again: where the first one arrived, the second finds its own content there."""

_TAKEN = "PreconditionFailed"
_LATER = {"SlowDown", "RequestTimeout", "ConditionalRequestConflict", "OperationAborted", "Throttling"}
_CODE = Pattern(r"[A-Za-z]{1,60}")
_MENDS = {
    "AccessDenied": "allow the key what terraform/README.md lists, on this bucket",
    "InvalidAccessKeyId": "put a key that exists into audit-archive-key",
    "SignatureDoesNotMatch": "put the key's own secret into audit-archive-key",
    "NoSuchBucket": "make the bucket, or correct AUDIT_BUCKET",
    "InvalidRequest": "the bucket has no Object Lock: make one that has",
    "PermanentRedirect": "the bucket is elsewhere: correct AUDIT_BUCKET_REGION",
    "AuthorizationHeaderMalformed": "the bucket is elsewhere: correct AUDIT_BUCKET_REGION",
}


@dataclass(frozen=True)
class Bucket:
    """Where the archive is, and for how long each object of it cannot be deleted."""

    name: str
    region: str
    endpoint: str
    """Empty: AWS."""
    retention: timedelta


class S3Archive:
    """A bucket as `shared.ports.archive.Archive`. `key` gives the access key as JSON, and is asked on first use."""

    def __init__(self, bucket: Bucket, key: Callable[[], str], clock: Callable[[], datetime]) -> None:
        self._bucket = bucket
        self._key = key
        self._clock = clock

    def put(self, key: str, content: bytes) -> bytes:
        """Keep a content under a key, once; returns what is kept there."""
        try:
            self._called(
                "put_object",
                Key=key,
                Body=content,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=self._clock() + self._bucket.retention,
            )
        except _Taken:
            kept = self.get(key)
            if kept is None:
                raise Retryable(f"s3: {key} is there and cannot be found") from None
            return kept
        return content

    def get(self, key: str) -> bytes | None:
        """The first version of an object: who may write could put later ones, or a delete marker, on top."""
        first = [version for version in self._versions(key) if version["Key"] == key]
        if not first:
            return None
        # The newest of a key come first.
        found = self._called("get_object", Key=key, VersionId=first[-1]["VersionId"], ChecksumMode="ENABLED")
        try:
            return cast("bytes", found["Body"].read())
        except Exception as error:
            raise Retryable(f"s3: an object was not read to its end ({type(error).__name__})") from error

    def list(self, prefix: str) -> Iterator[str]:
        """Every key that begins so, also of what a delete marker hides."""
        last = ""
        for version in self._versions(prefix):
            if version["Key"] != last:
                last = version["Key"]
                yield last

    def _versions(self, prefix: str) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self._called("list_object_versions", Prefix=prefix, **after)
            yield from page.get("Versions", [])
            if not page.get("IsTruncated"):
                return
            after = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def _called(self, operation: str, **given: Any) -> dict[str, Any]:
        from botocore.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
            BotoCoreError,
            ClientError,
        )

        call = getattr(self._client, operation)
        try:
            return cast("dict[str, Any]", call(Bucket=self._bucket.name, **given))
        except ClientError as error:
            raise _translated(operation, cast("dict[str, Any]", error.response)) from None
        except BotoCoreError as error:
            raise Retryable(f"s3: {operation} had no answer ({type(error).__name__})") from error

    @cached_property
    def _client(self) -> Any:
        import boto3  # pyright: ignore[reportMissingTypeStubs]
        from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

        id_, secret = _read_key(self._key())
        configured = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            signature_version="s3v4",
            s3={"addressing_style": "path" if self._bucket.endpoint else "auto"},
        )
        made: Any = cast("Any", boto3).client(
            "s3",
            region_name=self._bucket.region,
            endpoint_url=self._bucket.endpoint or None,
            aws_access_key_id=id_,
            aws_secret_access_key=secret,
            config=configured,
        )
        return made


class _Taken(Exception):
    """There is something under the key."""


def _translated(operation: str, response: dict[str, Any]) -> Failure | _Taken:
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code == _TAKEN or (operation == "put_object" and status == 412):
        return _Taken()
    if code in _LATER or status >= 500 or status in (408, 429):
        return Retryable(f"s3: {operation} answered {status}")
    mend = _MENDS.get(code, "see terraform/README.md, the audit's archive")
    said = code if _CODE.fullmatch(code) else "without a code"
    return Permanent(f"s3: {operation} answered {status} {said}; {mend}")


def _read_key(text: str) -> tuple[str, str]:
    try:
        said: Any = json.loads(text)
        id_, secret = said["access_key_id"], said["secret_access_key"]
    except (ValueError, TypeError, KeyError):
        id_, secret = "", ""
    if not (isinstance(id_, str) and isinstance(secret, str) and id_ and secret):
        raise Permanent("secret audit-archive-key is not JSON with access_key_id and secret_access_key")
    return id_, secret
