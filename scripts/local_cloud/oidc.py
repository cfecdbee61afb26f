"""The local cloud's identity: service account tokens as Google signs them, and the certificates for them."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import threading
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.disk import Disk

ISSUER = "https://accounts.google.com"
LIFETIME_S = 3600
REFRESH_BEFORE_EXPIRY_S = 300
CLOCK_SKEW_S = 10


class BadToken(Exception):
    """A token that is not ours, not for this audience, or out of its time."""


class Issuer:
    """Signs with one RSA key, kept on disk so that tokens outlive a restart."""

    def __init__(self, disk: Disk, clock: Clock, *, on_disk: bool = True) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}
        # In memory one key serves the whole process: making one takes longer than a whole simulated run.
        self._key = _kept_key(disk) if on_disk else _key_of_this_process()
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = hashlib.sha256(public).hexdigest()[:40]
        self._certificate: str | None = None

    def token(self, email: str, audience: str) -> str:
        """A token for a service account; the same one is given again until five minutes before it expires."""
        now_s = self._clock.time_s()
        with self._lock:
            good_until_s, kept = self._tokens.get((email, audience), (0.0, ""))
            if now_s < good_until_s:
                return kept
            issued_s = int(now_s)
            token = self.sign(
                {
                    "iss": ISSUER,
                    "aud": audience,
                    "azp": _subject(email),
                    "sub": _subject(email),
                    "email": email,
                    "email_verified": True,
                    "iat": issued_s,
                    "exp": issued_s + LIFETIME_S,
                }
            )
            self._tokens[(email, audience)] = (issued_s + LIFETIME_S - REFRESH_BEFORE_EXPIRY_S, token)
            return token

    def sign(self, claims: dict[str, Any]) -> str:
        """Any claims as a JWT under our key."""
        header = {"alg": "RS256", "kid": self.kid, "typ": "JWT"}
        signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encode(signature)}"

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token that is ours, in its time and for this audience. Errors: BadToken."""
        try:
            signed, _, signature = token.rpartition(".")
            head, _, body = signed.partition(".")
            header, claims = json.loads(_decode(head)), json.loads(_decode(body))
            if header["alg"] != "RS256" or header["kid"] != self.kid:
                raise BadToken("signed by another key")
            self._key.public_key().verify(
                _decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            issued_s, expires_s = float(claims["iat"]), float(claims["exp"])
        except (ValueError, KeyError, TypeError, InvalidSignature) as error:
            raise BadToken(f"not a token of this cloud: {type(error).__name__}") from error
        now_s = self._clock.time_s()
        if not issued_s - CLOCK_SKEW_S <= now_s <= expires_s + CLOCK_SKEW_S:
            raise BadToken("expired, or not valid yet")
        if claims.get("iss") != ISSUER or claims.get("aud") != audience:
            raise BadToken("for another audience")
        return claims

    def certificates(self) -> dict[str, str]:
        """PEM certificates by key id, as https://www.googleapis.com/oauth2/v1/certs answers."""
        if self._certificate is None:
            self._certificate = _self_signed(self._key)
        return {self.kid: self._certificate}


def _subject(email: str) -> str:
    """A 21-digit account number, stable for an address."""
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()[:8], "big"))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@functools.cache
def _key_of_this_process() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _kept_key(disk: Disk) -> rsa.RSAPrivateKey:
    disk.create("CREATE TABLE IF NOT EXISTS oidc_keys (pem BLOB NOT NULL)")
    with disk.transaction():
        rows = disk.rows("SELECT pem FROM oidc_keys")
        if rows:
            # The key is our own; to check it again would take longer than the rest of the start.
            kept = serialization.load_pem_private_key(rows[0][0], None, unsafe_skip_rsa_key_validation=True)
            assert isinstance(kept, rsa.RSAPrivateKey)
            return kept
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        disk.write("INSERT INTO oidc_keys VALUES (?)", (pem,))
        return key


def _self_signed(key: rsa.RSAPrivateKey) -> str:
    # Valid through any virtual time a simulation may choose.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.local-cloud")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
