"""An S3 server on loopback (moto's), with a bucket that has Object Lock."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from shared.connectors.s3_archive import Bucket, S3Archive

BUCKET, REGION = "whisper-audit", "eu-central-1"
KEY = json.dumps({"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret"})
NOW = datetime(2026, 11, 24, 1, 37, tzinfo=UTC)
RETENTION = timedelta(days=1095)


@dataclass(frozen=True)
class Store:
    """A running server with the bucket; `client` is whoever has all rights at AWS."""

    endpoint: str
    client: Any

    def archive(self, *, bucket: str = BUCKET, key: str = KEY) -> S3Archive:
        return S3Archive(Bucket(bucket, REGION, self.endpoint, RETENTION), lambda: key, lambda: NOW)

    def kept(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [one["Key"] for one in found]

    def settings(self) -> dict[str, str]:
        """The settings of functions that archive here."""
        return {
            "AUDIT_BUCKET": BUCKET,
            "AUDIT_BUCKET_REGION": REGION,
            "AUDIT_ENDPOINT": self.endpoint,
            "AUDIT_RETENTION_DAYS": str(RETENTION.days),
        }


@contextmanager
def s3_server() -> Iterator[Store]:
    """The server, ended afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what other services would need
        from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="root",
            aws_secret_access_key="root",
        )
        client.create_bucket(
            Bucket=BUCKET,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        yield Store(endpoint, client)
    finally:
        server.stop()
        # What it kept is the process's, not the server's.
        from moto.s3.models import s3_backends

        s3_backends.reset()
