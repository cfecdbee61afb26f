from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from google.auth import jwt
from google.oauth2 import service_account

from shared.connectors import gmail
from shared.connectors.google_auth import DelegatedTokens
from shared.errors import Failure, Permanent, Retryable
from tests.connectors.parts import ISABEL, Script, Time, answer, rig, vendor_http

KEY: dict[str, Any] = {
    **rig().sandbox.credentials("")["google_service_account"],
    "token_uri": "https://oauth2.googleapis.com/token",
}
SCOPES = ("https://example.com/a", "https://example.com/b")


def tokens(script: Script, time: Time, key: dict[str, Any] | None = None) -> DelegatedTokens:
    return DelegatedTokens(lambda: key or KEY, vendor_http(script, time), clock=time.clock)


def minted(token: str = "ya29.one", expires_in: float = 3600) -> httpx.Response:
    return answer(200, {"access_token": token, "expires_in": expires_in, "token_type": "Bearer"})


def claims(request: httpx.Request) -> dict[str, Any]:
    form = dict(parse_qsl(request.content.decode()))
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return dict(jwt.decode(form["assertion"], verify=False))


def test_the_sandbox_accepts_our_assertion_for_a_mailbox() -> None:
    world = rig()
    assert world.tokens.token(ISABEL, gmail.SCOPES).startswith("ya29.")


def test_our_assertion_says_what_googles_own_library_says() -> None:
    time, script = Time(), Script(minted())
    tokens(script, time).as_user(ISABEL, SCOPES).headers()
    sent: list[httpx.Request] = []

    class Response:
        status, headers, data = (
            200,
            {"content-type": "application/json"},
            b'{"access_token":"x","expires_in":3599}',
        )

    def google_transport(url: str, method: str, headers: dict[str, str], body: bytes, **_: Any) -> Response:
        sent.append(httpx.Request(method, url, headers=headers, content=body))
        return Response()

    theirs = service_account.Credentials.from_service_account_info(KEY, scopes=SCOPES, subject=ISABEL)
    theirs.refresh(google_transport)
    ours, googles = claims(script.requests[0]), claims(sent[0])
    assert str(script.requests[0].url).startswith("https://api.vendor.example/token")
    assert str(sent[0].url) == "https://oauth2.googleapis.com/token"
    for volatile in ("iat", "exp"):
        assert isinstance(ours[volatile], int)
    assert ours["exp"] - ours["iat"] == googles["exp"] - googles["iat"] == 3600
    keep = {"iss", "sub", "scope", "aud"}
    assert {name: ours[name] for name in keep} == {name: googles[name] for name in keep}
    assert set(ours) == set(googles)


def test_a_token_is_kept_until_five_minutes_before_it_expires() -> None:
    time, script = Time(), Script(minted("one"), minted("two"))
    tested = tokens(script, time)
    assert tested.token(ISABEL, SCOPES) == "one"
    time.now_s += 3299
    assert tested.token(ISABEL, SCOPES) == "one"
    time.now_s += 1
    assert tested.token(ISABEL, SCOPES) == "two"
    assert len(script.requests) == 2


def test_users_and_scopes_have_tokens_of_their_own() -> None:
    script = Script(minted("one"), minted("two"), minted("three"))
    tested = tokens(script, Time())
    assert tested.token("a@x.example", SCOPES) == "one"
    assert tested.token("b@x.example", SCOPES) == "two"
    assert tested.token("a@x.example", SCOPES[:1]) == "three"
    assert tested.token("a@x.example", SCOPES) == "one"
    assert [claims(request)["sub"] for request in script.requests] == [
        "a@x.example",
        "b@x.example",
        "a@x.example",
    ]


def test_a_token_that_was_refused_is_forgotten() -> None:
    script = Script(minted("one"), minted("two"))
    user = tokens(script, Time()).as_user(ISABEL, SCOPES)
    assert user.headers()["authorization"] == "Bearer one"
    user.forget()
    assert user.headers()["authorization"] == "Bearer two"


@pytest.mark.parametrize(
    ("status", "error", "kind", "words"),
    [
        (400, "invalid_grant", Permanent, "check that the user exists"),
        (401, "unauthorized_client", Permanent, "domain-wide delegation"),
        (403, "access_denied", Permanent, "domain-wide delegation"),
        (400, "invalid_scope", Permanent, "scopes does not exist"),
        (400, "brand_new_error", Permanent, "an error that we do not know"),
        (400, "internal_failure", Retryable, "internal_failure"),
        (500, "x", Retryable, "500"),
        (503, "x", Retryable, "503"),
        (429, "x", Retryable, "429"),
    ],
)
def test_refusals_have_their_kind_and_say_what_to_mend(
    status: int, error: str, kind: type[Failure], words: str
) -> None:
    script = Script(answer(status, {"error": error, "error_description": f"canary {ISABEL}"}))
    with pytest.raises(kind, match=words) as caught:
        tokens(script, Time()).token(ISABEL, SCOPES)
    assert "canary" not in caught.value.reason
    assert ISABEL not in caught.value.reason


@pytest.mark.parametrize(
    "body", [{"expires_in": 3600}, {"access_token": "", "expires_in": 9}, {"access_token": "x"}, [], "x"]
)
def test_an_answer_without_a_token_is_retryable(body: object) -> None:
    script = Script(httpx.Response(200, content=json.dumps(body)))
    with pytest.raises(Retryable):
        tokens(script, Time()).token(ISABEL, SCOPES)


@pytest.mark.parametrize(
    "key",
    [
        {"client_email": "x@y.example"},
        {**KEY, "private_key": "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"},
        {name: value for name, value in KEY.items() if name != "client_email"},
    ],
)
def test_a_key_file_that_is_none_is_permanent_and_not_shown(key: dict[str, Any]) -> None:
    script = Script(minted())
    with pytest.raises(Permanent, match="mend its secret") as caught:
        tokens(script, Time(), key).token(ISABEL, SCOPES)
    assert "canary" not in str(caught.value)
    assert script.requests == []


def test_a_rotated_key_is_taken_up_with_the_next_token() -> None:
    asked: list[int] = []
    time = Time()

    def key() -> dict[str, Any]:
        asked.append(1)
        return KEY

    tested = DelegatedTokens(key, vendor_http(Script(minted()), time), clock=time.clock)
    tested.token(ISABEL, SCOPES)
    time.now_s += 3600
    tested.token(ISABEL, SCOPES)
    assert len(asked) == 2
