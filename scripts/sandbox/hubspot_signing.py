"""HubSpot's webhook signatures, as HubSpot makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_DECODED_IN_URI = {"3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B"}


def sign_v1(secret: str, body: bytes) -> str:
    """Hex SHA-256 of secret and body."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def sign_v2(secret: str, method: str, uri: str, body: bytes) -> str:
    """Hex SHA-256 of secret, method, URI and body, as workflow webhooks carry it."""
    return hashlib.sha256(secret.encode() + method.encode() + uri.encode() + body).hexdigest()


def sign_v3(secret: str, method: str, uri: str, body: bytes, timestamp_ms: int) -> str:
    """Base64 HMAC-SHA-256 over method, URI with a few escapes decoded, body and timestamp."""
    signed = method.encode() + _decoded(uri).encode() + body + str(timestamp_ms).encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def headers_v2(secret: str, uri: str, body: bytes) -> dict[str, str]:
    """The headers of a POST that a workflow makes."""
    return {
        "content-type": "application/json",
        "x-hubspot-signature": sign_v2(secret, "POST", uri, body),
        "x-hubspot-signature-version": "v2",
    }


def headers_v3(secret: str, uri: str, body: bytes, timestamp_ms: int) -> dict[str, str]:
    """The headers of a POST that a webhook subscription makes."""
    return {
        "content-type": "application/json",
        "x-hubspot-signature": sign_v1(secret, body),
        "x-hubspot-signature-version": "v1",
        "x-hubspot-signature-v3": sign_v3(secret, "POST", uri, body, timestamp_ms),
        "x-hubspot-request-timestamp": str(timestamp_ms),
    }


def _decoded(uri: str) -> str:
    def decode(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1].upper() in _DECODED_IN_URI else match[0]

    return re.sub(r"%([0-9A-Fa-f]{2})", decode, uri)
