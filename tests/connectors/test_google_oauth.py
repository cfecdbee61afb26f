"""An owner's consent and the tokens it gives: what is asked, what is kept, what every refusal means."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from shared.connectors import dialects
from shared.connectors.gmail_feed import GmailFeed
from shared.connectors.google_oauth import (
    Consent,
    OauthClient,
    RefreshedTokens,
    challenge_of,
    read_client,
    token_secret,
)
from shared.errors import Failure, Permanent, Retryable
from tests.connectors.parts import ISABEL, Script, Time, answer, vendor_http

CLIENT = OauthClient("123.apps.example", "canary-secret")
REDIRECT = "https://functions.example/connect_gmail"


def consent(*answers: httpx.Response | Exception) -> tuple[Consent, Script]:
    script = Script(*answers)
    made = Consent(lambda: CLIENT, vendor_http(script), redirect_uri=REDIRECT)
    return made, script


def form_of(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


def minted(token: str = "ya29.one", expires_in: float = 3600) -> httpx.Response:
    return answer(200, {"access_token": token, "expires_in": expires_in, "token_type": "Bearer"})


class Tokens:
    """Tokens on a script, with credentials that a test replaces."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.time, self.script = Time(), Script(*answers)
        self.refresh_token, self.stored, self.reads = "1//old", "1//old", 0
        self.tested = RefreshedTokens(
            lambda: CLIENT,
            lambda: self.refresh_token,
            vendor_http(self.script, self.time),
            reread=self._reread,
            clock=self.time.clock,
        )

    def _reread(self) -> None:
        self.reads += 1
        self.refresh_token = self.stored

    def token(self) -> str:
        return self.tested.headers()["authorization"].removeprefix("Bearer ")


# Asking


def test_the_owner_is_asked_for_lasting_access_with_a_challenge_and_a_hint() -> None:
    url = consent()[0].url(scopes=["a", "b"], state="s.1", verifier="v" * 43, login_hint=ISABEL)
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://accounts.google.com/o/oauth2/v2/auth"
    assert parse_qs(parts.query) == {
        "client_id": ["123.apps.example"],
        "redirect_uri": [REDIRECT],
        "response_type": ["code"],
        "scope": ["a b"],
        "state": ["s.1"],
        "code_challenge": [challenge_of("v" * 43)],
        "code_challenge_method": ["S256"],
        "access_type": ["offline"],
        "prompt": ["consent"],
        "login_hint": [ISABEL],
    }
    assert "canary" not in url
    assert "v" * 43 not in url


def test_the_challenge_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_exchanged_with_its_verifier() -> None:
    given = {"access_token": "ya29.x", "expires_in": 3599, "refresh_token": "1//r", "scope": "a b"}
    tested, script = consent(answer(200, given))
    granted = tested.exchange("4/code", "verifier")
    assert (granted.refresh_token, granted.access_token, granted.scopes) == ("1//r", "ya29.x", {"a", "b"})
    assert script.requests[0].url.path == "/token"
    assert form_of(script.requests[0]) == {
        "grant_type": "authorization_code",
        "code": "4/code",
        "code_verifier": "verifier",
        "redirect_uri": REDIRECT,
        "client_id": CLIENT.client_id,
        "client_secret": CLIENT.client_secret,
    }
    assert "1//r" not in repr(granted)
    assert "ya29" not in repr(granted)


def test_an_exchange_without_a_refresh_token_is_of_no_use() -> None:
    tested, _ = consent(minted())
    with pytest.raises(Permanent, match="no refresh token"):
        tested.exchange("4/code", "verifier")


@pytest.mark.parametrize(
    ("status", "error", "kind", "words"),
    [
        (400, "invalid_grant", Permanent, "begin again with `whisper mailbox connect`"),
        (400, "redirect_uri_mismatch", Permanent, "CONNECT_GMAIL_URL"),
        (401, "invalid_client", Permanent, "gmail-oauth-client"),
        (400, "brand_new_error", Permanent, "an error that we do not know"),
        (400, "temporarily_unavailable", Retryable, "temporarily_unavailable"),
        (500, "x", Retryable, "500"),
        (429, "x", Retryable, "429"),
    ],
)
def test_a_refused_exchange_says_what_to_mend(
    status: int, error: str, kind: type[Failure], words: str
) -> None:
    tested, _ = consent(answer(status, {"error": error, "error_description": f"canary {ISABEL}"}))
    with pytest.raises(kind, match=words) as caught:
        tested.exchange("4/canary", "canary")
    assert "canary" not in caught.value.reason
    assert ISABEL not in caught.value.reason


def test_a_consent_is_given_back_and_one_that_is_over_is_no_failure() -> None:
    tested, script = consent(
        answer(200), answer(400, {"error": "invalid_token"}), answer(400, {"error": "x"})
    )
    tested.revoke("1//r")
    assert (script.requests[0].url.path, form_of(script.requests[0])) == ("/revoke", {"token": "1//r"})
    tested.revoke("1//r")
    with pytest.raises(Permanent):
        tested.revoke("1//r")


# Tokens


def test_a_token_is_kept_until_five_minutes_before_it_expires() -> None:
    world = Tokens(minted("one"), minted("two"))
    assert world.token() == "one"
    world.time.now_s += 3299
    assert world.token() == "one"
    world.time.now_s += 1
    assert world.token() == "two"
    assert len(world.script.requests) == 2
    assert form_of(world.script.requests[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": "1//old",
        "client_id": CLIENT.client_id,
        "client_secret": CLIENT.client_secret,
    }


def test_a_token_that_was_refused_is_forgotten() -> None:
    world = Tokens(minted("one"), minted("two"))
    assert world.token() == "one"
    world.tested.forget()
    assert world.token() == "two"


def test_a_mailbox_that_took_our_access_back_says_to_connect_it_again() -> None:
    world = Tokens(answer(400, {"error": "invalid_grant", "error_description": f"canary {ISABEL}"}))
    with pytest.raises(Permanent, match=r"invalid_grant.*`whisper mailbox connect`") as caught:
        world.token()
    assert "canary" not in caught.value.reason
    assert world.reads == 1
    assert len(world.script.requests) == 1


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_a_credential_that_was_replaced_meanwhile_is_taken_up_at_once(error: str) -> None:
    world = Tokens(answer(400, {"error": error}), minted("two"))
    world.stored = "1//new"
    assert world.token() == "two"
    assert form_of(world.script.requests[1])["refresh_token"] == "1//new"


def test_a_replaced_credential_that_is_refused_too_is_not_tried_for_ever() -> None:
    world = Tokens(answer(400, {"error": "invalid_grant"}))
    world.stored = "1//new"
    with pytest.raises(Permanent, match="invalid_grant"):
        world.token()
    assert len(world.script.requests) == 2


@pytest.mark.parametrize(
    ("status", "error", "kind", "words"),
    [
        (401, "invalid_client", Permanent, "gmail-oauth-client"),
        (400, "admin_policy_enforced", Permanent, "administrator"),
        (400, "brand_new_error", Permanent, "whisper mailbox connect"),
        (400, "internal_failure", Retryable, "internal_failure"),
        (503, "x", Retryable, "503"),
    ],
)
def test_a_refused_refresh_says_what_to_mend(
    status: int, error: str, kind: type[Failure], words: str
) -> None:
    with pytest.raises(kind, match=words):
        Tokens(answer(status, {"error": error})).token()


@pytest.mark.parametrize("body", [{"expires_in": 3600}, {"access_token": "x"}, [], "x"])
def test_an_answer_without_a_token_is_retryable(body: object) -> None:
    with pytest.raises(Retryable):
        Tokens(httpx.Response(200, content=json.dumps(body))).token()


def test_a_refused_token_is_made_anew_for_gmail() -> None:
    world = Tokens(minted("one"), minted("two"))
    gmail = Script(answer(401), answer(200, {"emailAddress": ISABEL.title(), "historyId": "7"}))
    http = vendor_http(
        gmail, auth=world.tested.headers, renew=world.tested.forget, dialect=dialects.google_by_consent
    )
    assert GmailFeed(http).address() == ISABEL
    assert [request.headers["authorization"] for request in gmail.requests] == ["Bearer one", "Bearer two"]


def test_what_google_refuses_an_owners_token_is_mended_by_connecting_again() -> None:
    for reason in ("insufficientPermissions", "authError"):
        error = {"code": 403, "message": "no", "errors": [{"domain": "global", "reason": reason}]}
        http = vendor_http(Script(answer(403, {"error": error})), dialect=dialects.google_by_consent)
        with pytest.raises(Permanent, match="whisper mailbox connect") as caught:
            GmailFeed(http).place()
        assert "delegation" not in caught.value.reason


# The client and the names


@pytest.mark.parametrize("wrap", [lambda client: client, lambda client: {"web": client}])
def test_the_client_is_read_as_we_and_as_google_write_it(wrap: Callable[[Any], Any]) -> None:
    text = json.dumps(wrap({"client_id": "a", "client_secret": "canary", "project_id": "p"}))
    assert read_client(text) == OauthClient("a", "canary")
    assert "canary" not in repr(read_client(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "canary",
        "[]",
        '{"web": 7}',
        '{"client_id": "canary"}',
        '{"client_id": "a", "client_secret": "b\\n"}',
    ],
)
def test_a_client_that_is_none_is_permanent_and_not_shown(text: str) -> None:
    with pytest.raises(Permanent, match="gmail-oauth-client") as caught:
        read_client(text)
    assert "canary" not in caught.value.reason


def test_the_secret_of_a_token_shows_no_address() -> None:
    name = token_secret("default", ISABEL)
    assert name.startswith("gmail-token-default-")
    assert "isabel" not in name
    assert name == token_secret("default", f" {ISABEL.title()} ")
