from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from scripts.local_cloud.clock import RealClock, VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.oidc import BadToken, Issuer

AUDIENCE = "https://stage.example"
EMAIL = "stages@local.iam.gserviceaccount.com"


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(Disk(None), RealClock(), on_disk=False)


def test_googles_own_library_accepts_a_token_against_the_certificate_endpoint() -> None:
    cloud = LocalCloud(None)
    admin = cloud.serve().admin
    answer = httpx.post(f"{admin}/oidc/token", json={"email": EMAIL, "audience": AUDIENCE})
    token = answer.json()["token"]
    claims = id_token.verify_token(token, Request(), AUDIENCE, certs_url=f"{admin}/oidc/certs")
    assert claims["iss"] == "https://accounts.google.com"
    assert (claims["email"], claims["email_verified"], claims["aud"]) == (EMAIL, True, AUDIENCE)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["azp"] == claims["sub"]
    with pytest.raises(ValueError, match="audience"):
        id_token.verify_token(token, Request(), "https://other", certs_url=f"{admin}/oidc/certs")
    cloud.stop()


def test_a_token_for_another_audience_is_refused(issuer: Issuer) -> None:
    with pytest.raises(BadToken, match="audience"):
        issuer.verify(issuer.token(EMAIL, "https://other"), AUDIENCE)


def test_a_changed_or_unsigned_token_is_refused(issuer: Issuer) -> None:
    header, claims, signature = issuer.token(EMAIL, AUDIENCE).split(".")
    others_claims = issuer.token("else@local", AUDIENCE).split(".")[1]
    unsigned = "SIGNATURE_REMOVED_BY_GOOGLE"
    for token in (
        f"{header}.{others_claims}.{signature}",
        f"{header}.{claims}.{unsigned}",
        f"{header}.{claims}.",
        f"{header}.{claims}",
        "garbage",
        "",
        "a.b.c",
    ):
        with pytest.raises(BadToken):
            issuer.verify(token, AUDIENCE)


def test_a_token_of_another_cloud_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    other = Issuer(Disk(tmp_path / "other.db"), RealClock())
    with pytest.raises(BadToken, match="another key"):
        issuer.verify(other.token(EMAIL, AUDIENCE), AUDIENCE)


def test_a_token_is_good_for_an_hour_and_renewed_before_that() -> None:
    clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))
    issuer = Issuer(Disk(None), clock, on_disk=False)
    token = issuer.token(EMAIL, AUDIENCE)
    clock.advance(3000)
    assert issuer.token(EMAIL, AUDIENCE) == token
    clock.advance(400)
    assert issuer.token(EMAIL, AUDIENCE) != token
    issuer.verify(token, AUDIENCE)
    clock.advance(300)
    with pytest.raises(BadToken, match="expired"):
        issuer.verify(token, AUDIENCE)


def test_tokens_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    token = Issuer(Disk(path), RealClock()).token(EMAIL, AUDIENCE)
    assert Issuer(Disk(path), RealClock()).verify(token, AUDIENCE)["email"] == EMAIL
