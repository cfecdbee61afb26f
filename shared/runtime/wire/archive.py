"""Where the audit is archived, off this cloud."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from shared.connectors.s3_archive import Bucket, S3Archive
from shared.errors import Permanent
from shared.runtime.wire.secrets import secrets
from shared.runtime.world import World

KEY = "audit-archive-key"


def archive(world: World) -> S3Archive | None:
    """The archive; None where no bucket is set. Errors: Permanent for settings that cannot be meant."""
    settings = world.settings
    if not settings.audit_bucket:
        return None
    if not settings.audit_bucket_region:
        raise Permanent("AUDIT_BUCKET is set without AUDIT_BUCKET_REGION: set it")
    if settings.audit_endpoint and settings.deployed and urlsplit(settings.audit_endpoint).scheme != "https":
        raise Permanent("AUDIT_ENDPOINT is no https address: correct it")
    bucket = Bucket(
        name=settings.audit_bucket,
        region=settings.audit_bucket_region,
        endpoint=settings.audit_endpoint,
        retention=timedelta(days=settings.audit_retention_days),
    )
    return world.once("archive", lambda: S3Archive(bucket, lambda: secrets(world).value(KEY), world.clock))
