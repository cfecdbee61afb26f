"""Whether HubSpot signed what came in, as its documents describe signatures v3 and v2. No I/O.

Keeps "At the door": only what is proven to be forged is refused as such, so every verdict says why.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.connectors.signature import SignatureVerdict, judge_bytes, judge_time
from shared.pattern import Pattern

_DECODED = Pattern(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def verify_v3(
    *,
    secrets: Sequence[str],
    method: str,
    uri: str,
    body: bytes,
    timestamp: str | None,
    signature: str | None,
    now: datetime,
) -> SignatureVerdict:
    """Judge `X-HubSpot-Signature-v3`: base64(HMAC-SHA256(secret, METHOD + URI + raw body + timestamp)).

    `uri` is the public one, with scheme, host and query; `timestamp` is in milliseconds. During rotation
    several secrets are accepted. Errors: ValueError when there is no secret to judge by.
    """
    keys = _keys(secrets)
    if not signature:
        return SignatureVerdict.MISSING
    in_time = judge_time(timestamp, timedelta(milliseconds=1), now)
    if timestamp is None or in_time is not SignatureVerdict.VALID:
        return in_time
    signed = method.upper().encode() + _decoded(uri).encode() + body + timestamp.encode()
    expected = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    return judge_bytes(expected, [signature])


def verify_v2(
    *, secrets: Sequence[str], method: str, uri: str, body: bytes, signature: str | None
) -> SignatureVerdict:
    """Judge `X-HubSpot-Signature` v2, which workflows send: hex SHA-256(secret + METHOD + URI + raw body).

    It carries no time, so that a replay is only caught by the event's dedupe id.
    """
    keys = _keys(secrets)
    if not signature:
        return SignatureVerdict.MISSING
    signed = method.upper().encode() + uri.encode() + body
    return judge_bytes([hashlib.sha256(key + signed).hexdigest().encode() for key in keys], [signature])


def _keys(secrets: Sequence[str]) -> list[bytes]:
    if not secrets or not all(secrets):
        raise ValueError("a signature cannot be judged without a secret")
    return [secret.encode() for secret in secrets]


def _decoded(uri: str) -> str:
    return _DECODED.sub(lambda match: chr(int(match[1], 16)), uri)
