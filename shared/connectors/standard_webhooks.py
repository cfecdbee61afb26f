"""Whether a webhook that follows standardwebhooks.com was signed by its sender (HMAC, version v1). No I/O."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.connectors.signature import SignatureVerdict, judge_bytes, judge_time


def verify(
    *,
    secrets: Sequence[str],
    message_id: str | None,
    timestamp: str | None,
    body: bytes,
    signatures: str | None,
    now: datetime,
) -> SignatureVerdict:
    """Judge `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature` (several, space-separated).

    Secrets are base64, with or without `whsec_`. Errors: ValueError when there is none, or it is no base64.
    """
    keys = [_key(secret) for secret in secrets]
    if not keys:
        raise ValueError("a signature cannot be judged without a secret")
    if not signatures or not message_id:
        return SignatureVerdict.MISSING
    in_time = judge_time(timestamp, timedelta(seconds=1), now)
    if in_time is not SignatureVerdict.VALID:
        return in_time
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    expected = [b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    return judge_bytes(expected, signatures.split(" "))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("a webhook secret is not base64")
    return key
