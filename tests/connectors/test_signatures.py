from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.sandbox import hubspot_signing
from shared.connectors import standard_webhooks
from shared.connectors.hubspot_signature import verify_v2, verify_v3
from shared.connectors.signature import SignatureVerdict as Verdict

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
OTHER = "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
V3_AT = EPOCH + timedelta(milliseconds=1693657560000)
V3: Mapping[str, Any] = {
    "secrets": (SECRET,),
    "method": "POST",
    "uri": "https://www.example.com/webhook_uri",
    "body": b"{'example_field':'example_value'}",
    "timestamp": "1693657560000",
    "signature": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
    "now": V3_AT,
}
STANDARD_AT = EPOCH + timedelta(seconds=1614265330)
STANDARD: Mapping[str, Any] = {
    "secrets": ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
    "message_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": "1614265330",
    "body": b'{"test": 2432232314}',
    "signatures": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    "now": STANDARD_AT,
}


def v3(**changes: Any) -> Verdict:
    return verify_v3(**{**V3, **changes})


def standard(**changes: Any) -> Verdict:
    return standard_webhooks.verify(**{**STANDARD, **changes})


def test_hubspots_own_v3_vector_is_valid() -> None:
    assert v3() is Verdict.VALID


def test_the_standard_webhooks_vector_is_valid() -> None:
    assert standard() is Verdict.VALID


@pytest.mark.parametrize("away_s", [-300, 300])
def test_three_hundred_seconds_away_is_in_time_on_both_sides(away_s: int) -> None:
    assert v3(now=V3_AT + timedelta(seconds=away_s)) is Verdict.VALID
    assert standard(now=STANDARD_AT + timedelta(seconds=away_s)) is Verdict.VALID


@pytest.mark.parametrize("away_s", [-301, 301, -300.001, 300.001])
def test_more_than_three_hundred_seconds_away_is_stale_on_both_sides(away_s: float) -> None:
    assert v3(now=V3_AT + timedelta(seconds=away_s)) is Verdict.STALE
    assert standard(now=STANDARD_AT + timedelta(seconds=away_s)) is Verdict.STALE


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        " 1693657560000",
        "1693657560000.0",
        "+1693657560000",
        "-1693657560000",
        "1_693_657_560_000",
        "1e12",
        "１６９３６５７５６００００",
        "0x18a5",
        "nan",
        "1693657560000\n",
        "9" * 17,
        None,
    ],
)
def test_a_timestamp_is_ascii_digits_only(timestamp: str | None) -> None:
    assert v3(timestamp=timestamp) is Verdict.BAD_TIMESTAMP
    assert standard(timestamp=timestamp) is Verdict.BAD_TIMESTAMP


@pytest.mark.parametrize(
    "change",
    [
        {"secrets": (OTHER,)},
        {"method": "PUT"},
        {"uri": "https://www.example.com/webhook_uri?"},
        {"uri": "http://www.example.com/webhook_uri"},
        {"body": b"{'example_field':'example_value'} "},
        {"timestamp": "1693657560001"},
        {"signature": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y"},
        {"signature": " K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="},
        {"signature": "ü"},
        {"signature": "\udcff"},
    ],
)
def test_any_change_makes_v3_a_forgery(change: dict[str, Any]) -> None:
    assert v3(**change) is Verdict.FORGED


@pytest.mark.parametrize(
    "change",
    [
        {"secrets": ("whsec_" + base64.b64encode(b"another secret").decode(),)},
        {"message_id": "msg_other"},
        {"timestamp": "1614265331"},
        {"body": b'{"test": 2432232315}'},
        {"signatures": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signatures": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signatures": "v1,ü v1,\udcff"},
    ],
)
def test_any_change_makes_a_standard_webhook_a_forgery(change: dict[str, Any]) -> None:
    assert standard(**change) is Verdict.FORGED


def test_no_signature_is_told_from_a_wrong_one() -> None:
    assert v3(signature=None) is v3(signature="") is Verdict.MISSING
    assert standard(signatures=None) is standard(message_id="") is Verdict.MISSING
    assert verify_v2(secrets=(SECRET,), method="POST", uri="u", body=b"", signature=None) is Verdict.MISSING


def test_two_secrets_are_accepted_during_rotation_in_any_order() -> None:
    assert v3(secrets=(OTHER, SECRET)) is v3(secrets=(SECRET, OTHER)) is Verdict.VALID
    newer = "whsec_" + base64.b64encode(b"another secret").decode()
    assert standard(secrets=(newer, *STANDARD["secrets"])) is Verdict.VALID
    signatures = f"v1,AAAA v1a,BBBB {STANDARD['signatures']}"
    assert standard(signatures=signatures) is Verdict.VALID


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET, "")])
def test_without_a_secret_nothing_is_judged(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="without a secret"):
        v3(secrets=secrets)
    with pytest.raises(ValueError, match="without a secret"):
        verify_v2(secrets=secrets, method="POST", uri="u", body=b"", signature="x")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!"])
def test_a_webhook_secret_that_is_no_base64_is_not_judged_by(secret: str) -> None:
    with pytest.raises(ValueError, match="not base64"):
        standard(secrets=(secret,))


def test_only_the_documented_escapes_are_decoded_before_v3_is_judged() -> None:
    listed = "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B"
    decoded = ":/?@!$'()*,;"
    kept = "%20%25%26%3D%2B%23%C3%BC"
    signature = signed_plainly(f"https://a.example/x?q={decoded}{kept}")
    assert v3(uri=f"https://a.example/x?q={listed}{kept}", signature=signature) is Verdict.VALID
    assert v3(uri=f"https://a.example/x?q={listed}%2520", signature=signature) is Verdict.FORGED


def test_decoding_happens_once() -> None:
    assert (
        v3(uri="https://a.example/%2540", signature=signed_plainly("https://a.example/%2540"))
        is Verdict.VALID
    )
    assert (
        v3(uri="https://a.example/%2540", signature=signed_plainly("https://a.example/@")) is Verdict.FORGED
    )


def signed_plainly(uri: str) -> str:
    import hashlib
    import hmac

    text = b"POST" + uri.encode() + V3["body"] + V3["timestamp"].encode()
    return base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()


@given(body=st.binary(max_size=200), path=st.text(max_size=30), secret=st.text(min_size=1, max_size=40))
def test_what_the_sandbox_signs_is_valid_and_a_changed_byte_is_not(
    body: bytes, path: str, secret: str
) -> None:
    uri = f"https://hooks.example/{path}"
    try:
        uri.encode()
        secret.encode()
    except UnicodeEncodeError:
        return
    headers = hubspot_signing.headers_v3(secret, uri, body, 1693657560000)
    given_v3: dict[str, Any] = {
        "secrets": (secret,),
        "method": "POST",
        "uri": uri,
        "timestamp": headers["x-hubspot-request-timestamp"],
        "signature": headers["x-hubspot-signature-v3"],
        "now": V3_AT,
    }
    assert verify_v3(body=body, **given_v3) is Verdict.VALID
    assert verify_v3(body=body + b"x", **given_v3) is Verdict.FORGED
    v2 = hubspot_signing.headers_v2(secret, uri, body)["x-hubspot-signature"]
    assert verify_v2(secrets=(secret,), method="POST", uri=uri, body=body, signature=v2) is Verdict.VALID
    assert verify_v2(secrets=(secret,), method="GET", uri=uri, body=body, signature=v2) is Verdict.FORGED


def test_hubspots_documented_v2_example_is_valid() -> None:
    # hex(sha256(secret + method + URI + body)), from HubSpot's page on validating requests.
    assert (
        verify_v2(
            secrets=(SECRET,),
            method="POST",
            uri="https://www.example.com/webhook_uri",
            body=b'{"example_field":"example_value"}',
            signature="9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
        )
        is Verdict.VALID
    )
