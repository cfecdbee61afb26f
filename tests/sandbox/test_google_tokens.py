"""Google's token endpoint: google-auth signs the assertion, and only what is right gets a token."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from google.auth import crypt, jwt
from google.auth import exceptions as google_exceptions
from google.auth import transport as google_transport
from google.oauth2 import service_account

from scripts.sandbox.google_oauth import GRANT
from scripts.sandbox.in_process import transport
from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import GMAIL, Outside, outside

TOKEN_URI = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/gmail.compose"


class _Response(google_transport.Response):
    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    @property
    def data(self) -> bytes:
        return self._response.content


class _Transport(google_transport.Request):
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> _Response:
        return _Response(self._client.request(method, url, content=body, headers=headers))


@pytest.fixture(scope="module")
def world() -> Outside:
    return outside()


def _client(world: Outside) -> httpx.Client:
    return httpx.Client(transport=transport(world.sandbox))


def _credentials(world: Outside, **changes: str) -> service_account.Credentials:
    with world.sandbox.changing():
        info = {**world.sandbox.google_oauth.service_account(TOKEN_URI), **changes}
    return service_account.Credentials.from_service_account_info(info, scopes=[SCOPE])


def _assertion(world: Outside, **changes: Any) -> str:
    with world.sandbox.changing():
        info = world.sandbox.google_oauth.service_account(TOKEN_URI)
    now = int(time.time())
    claims = {"iss": info["client_email"], "sub": ISABEL, "scope": SCOPE, "aud": TOKEN_URI, "iat": now}
    claims = {**claims, "exp": now + 600, **changes}
    signer = crypt.RSASigner.from_service_account_info(info)
    return jwt.encode(signer, {name: value for name, value in claims.items() if value is not None}).decode()


def _exchange(world: Outside, assertion: str, grant: str = GRANT) -> httpx.Response:
    return _client(world).post(TOKEN_URI, data={"grant_type": grant, "assertion": assertion})


@pytest.mark.parametrize("mailbox", [ISABEL, MARCUS])
def test_a_token_is_bound_to_the_mailbox_it_was_asked_for(world: Outside, mailbox: str) -> None:
    client = _client(world)
    credentials = _credentials(world).with_subject(mailbox)
    credentials.refresh(_Transport(client))
    profile = client.get(f"{GMAIL}/profile", headers={"authorization": f"Bearer {credentials.token}"})
    assert profile.json()["emailAddress"] == mailbox


def test_a_mailbox_outside_the_domain_gets_no_token(world: Outside) -> None:
    credentials = _credentials(world).with_subject("someone@elsewhere.example")
    with pytest.raises(google_exceptions.RefreshError, match="Invalid email or User ID"):
        credentials.refresh(_Transport(_client(world)))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other@sandbox.example"},
        {"aud": "https://elsewhere.example/"},
        {"scope": None},
        {"sub": None},
        {"exp": 1_000_000, "iat": 999_000},
        {"exp": int(time.time()) + 9_000},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_assertion_that_is_wrong_in_one_claim_is_refused(world: Outside, changes: dict[str, Any]) -> None:
    answer = _exchange(world, _assertion(world, **changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_forged_assertion_is_refused(world: Outside) -> None:
    head, body, signature = _assertion(world).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "sub": MARCUS}).encode()).decode().rstrip("=")
    for assertion in (f"{head}.{forged}.{signature}", f"{head}.{body}.AAAA", "nonsense", ""):
        answer = _exchange(world, assertion)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert _exchange(world, _assertion(world)).status_code == 200
    assert _exchange(world, _assertion(world), "password").json()["error"] == "unsupported_grant_type"


def test_revoked_tokens_are_refused(world: Outside) -> None:
    token = _exchange(world, _assertion(world)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert _client(world).get(f"{GMAIL}/profile", headers=headers).status_code == 200
    with world.sandbox.changing():
        world.sandbox.google_oauth.revoke_all()
    assert _client(world).get(f"{GMAIL}/profile", headers=headers).status_code == 401


def test_neither_tokens_nor_assertions_are_in_the_log(world: Outside) -> None:
    assertion = _assertion(world)
    token = _exchange(world, assertion).json()["access_token"]
    _client(world).get(f"{GMAIL}/profile", headers={"authorization": f"Bearer {token}"})
    log = json.dumps(world.sandbox.requests.listed())
    assert token not in log
    assert assertion not in log
