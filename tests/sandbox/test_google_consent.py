"""Google's consent: codes and refresh tokens as an application gets them, and as it loses them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from scripts.sandbox.google_consent import CODE_LIFE_S
from scripts.sandbox.in_process import transport
from scripts.sandbox.world_mail import ISABEL, MARCUS
from tests.sandbox.world import GMAIL, Outside, outside

AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"
REVOKE = "https://oauth2.googleapis.com/revoke"
BACK = "https://functions.example/connect_gmail"
READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
VERIFIER = "v" * 20 + "-._~" + "1" * 40
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


class Application:
    """An application that is registered with Google, and the world that it lives in."""

    def __init__(self) -> None:
        self.world: Outside = outside(oauth_redirects=[BACK])
        self.http = httpx.Client(transport=transport(self.world.sandbox))
        self.client = self.world.sandbox.credentials("http://x")["google_oauth_client"]
        self.people = self.world.sandbox.people

    def ask(self, **changes: str) -> httpx.Response:
        params = {
            "client_id": self.client["client_id"],
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": f"{READ} {COMPOSE}",
            "state": "s-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
            "login_hint": ISABEL,
            **changes,
        }
        return self.http.get(AUTHORIZE, params={name: value for name, value in params.items() if value})

    def code(self, **changes: str) -> str:
        return came_back(self.ask(**changes))["code"]

    def exchange(self, code: str, **changes: str) -> httpx.Response:
        fields = {"code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.post("authorization_code", **{**fields, **changes})

    def refresh(self, token: str, **changes: str) -> httpx.Response:
        return self.post("refresh_token", refresh_token=token, **changes)

    def post(self, grant_type: str, **fields: str) -> httpx.Response:
        own = {"client_id": self.client["client_id"], "client_secret": self.client["client_secret"]}
        return self.http.post(TOKEN, data={"grant_type": grant_type, **own, **fields})

    def connected(self) -> dict[str, Any]:
        """Tokens for Isabel's mailbox."""
        self.people.consent(ISABEL)
        answer = self.exchange(self.code())
        assert answer.status_code == 200, answer.text
        return answer.json()

    def profile(self, token: str) -> httpx.Response:
        return self.http.get(f"{GMAIL}/profile", headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def app() -> Application:
    return Application()


def came_back(answer: httpx.Response) -> dict[str, str]:
    """What the application is told in the query that the person comes back with."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{BACK}?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def test_who_consents_comes_back_with_a_code_that_buys_tokens_for_their_mailbox(app: Application) -> None:
    app.people.consent(ISABEL)
    back = came_back(app.ask())
    assert back["state"] == "s-1"
    assert back["scope"] == f"{READ} {COMPOSE}"
    tokens = app.exchange(back["code"]).json()
    assert set(tokens) == {"access_token", "expires_in", "refresh_token", "scope", "token_type"}
    assert tokens["scope"] == f"{READ} {COMPOSE}"
    assert app.profile(tokens["access_token"]).json()["emailAddress"] == ISABEL
    again = app.refresh(tokens["refresh_token"]).json()
    assert set(again) == {"access_token", "expires_in", "scope", "token_type"}
    assert app.profile(again["access_token"]).status_code == 200


def test_the_page_lets_a_person_choose_the_account_and_the_scopes(app: Application) -> None:
    page = app.ask(login_hint=MARCUS)
    assert page.status_code == 200
    assert f'value="{MARCUS}" checked' in page.text
    back = came_back(app.ask(pressed="continue", account=MARCUS, granted=READ))
    tokens = app.exchange(back["code"]).json()
    assert tokens["scope"] == READ
    assert app.profile(tokens["access_token"]).json()["emailAddress"] == MARCUS
    assert came_back(app.ask(pressed="cancel")) == {"state": "s-1", "error": "access_denied"}


def test_who_refuses_or_ticks_nothing_comes_back_with_an_error(app: Application) -> None:
    app.people.refuse_consent()
    assert came_back(app.ask()) == {"state": "s-1", "error": "access_denied"}
    app.people.consent(ISABEL, scopes=[])
    assert came_back(app.ask()) == {"state": "s-1", "error": "access_denied"}
    app.people.ask_for_consent()
    assert app.ask().status_code == 200


def test_partial_consent_gives_a_token_that_only_does_what_was_ticked(app: Application) -> None:
    app.people.consent(ISABEL, scopes=[READ])
    tokens = app.exchange(app.code()).json()
    assert tokens["scope"] == READ
    assert app.profile(tokens["access_token"]).status_code == 200
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    body = {"message": {"raw": base64.urlsafe_b64encode(b"To: a@b.example\n\nx\n").decode()}}
    refused = app.http.post(f"{GMAIL}/drafts", headers=headers, json=body)
    assert refused.status_code == 403
    assert app.refresh(tokens["refresh_token"]).json()["scope"] == READ


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "someone"}, 401, "invalid_client"),
        ({"redirect_uri": f"{BACK}/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://evil.example/"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"scope": ""}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"code_challenge": "short"}, 400, "invalid_request"),
        ({"code_challenge_method": "S512"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_question_is_answered_to_the_person_and_goes_nowhere(
    app: Application, changes: dict[str, str], status: int, error: str
) -> None:
    app.people.consent(ISABEL)
    answer = app.ask(**changes)
    assert answer.status_code == status
    assert error in answer.text
    assert "location" not in answer.headers


def test_an_account_that_is_not_there_cannot_consent(app: Application) -> None:
    app.people.consent("nobody@elsewhere.example")
    assert app.ask().status_code == 400


def _error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_code_is_good_once_and_for_ten_minutes(app: Application) -> None:
    app.people.consent(ISABEL)
    used, late, kept = app.code(), app.code(), app.code()
    assert app.exchange(used).status_code == 200
    assert _error(app.exchange(used)) == (400, "invalid_grant")
    app.world.clock.advance(CODE_LIFE_S - 1)
    assert app.exchange(kept).status_code == 200
    app.world.clock.advance(1)
    assert _error(app.exchange(late)) == (400, "invalid_grant")
    assert _error(app.exchange("4/0Amade-up")) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "w" * 64}, (400, "invalid_grant")),
        ({"code_verifier": ""}, (400, "invalid_grant")),
        ({"redirect_uri": f"{BACK}2"}, (400, "redirect_uri_mismatch")),
        ({"client_secret": "guess"}, (401, "invalid_client")),
        ({"client_id": "someone"}, (401, "invalid_client")),
        ({"client_id": ""}, (400, "invalid_request")),
        ({"code": ""}, (400, "invalid_request")),
    ],
)
def test_a_code_is_only_good_for_who_asked_for_it(
    app: Application, changes: dict[str, str], expected: tuple[int, str]
) -> None:
    app.people.consent(ISABEL)
    fields = {"code": app.code(), "redirect_uri": BACK, "code_verifier": VERIFIER}
    assert _error(app.post("authorization_code", **{**fields, **changes})) == expected
    assert app.post("authorization_code", **fields).status_code == 200, "a failed try costs nothing"


def test_a_code_that_was_asked_for_without_a_challenge_needs_no_verifier(app: Application) -> None:
    app.people.consent(ISABEL)
    code = app.code(code_challenge="", code_challenge_method="")
    assert app.exchange(code, code_verifier="").status_code == 200


def test_the_secret_may_come_as_basic_authorization(app: Application) -> None:
    tokens = app.connected()
    pair = httpx.BasicAuth(app.client["client_id"], app.client["client_secret"])
    data = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert app.http.post(TOKEN, data=data, auth=pair).status_code == 200


def test_a_refresh_token_is_given_at_first_and_then_only_when_asked_anew(app: Application) -> None:
    app.people.consent(ISABEL)
    assert "refresh_token" not in app.exchange(app.code(access_type="online")).json()
    first = app.exchange(app.code(prompt="")).json()
    assert "refresh_token" in first
    assert "refresh_token" not in app.exchange(app.code(prompt="")).json()
    second = app.exchange(app.code()).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert app.refresh(first["refresh_token"]).status_code == 200


def test_a_grant_that_its_owner_takes_back_ends_refreshes_and_tokens(app: Application) -> None:
    tokens = app.connected()
    delegated = app.world.sandbox.access_token(ISABEL)
    assert app.people.revoke_grant(ISABEL) == 1
    answer = app.refresh(tokens["refresh_token"])
    assert _error(answer) == (400, "invalid_grant")
    assert answer.json()["error_description"] == "Token has been expired or revoked."
    assert app.profile(tokens["access_token"]).status_code == 401
    assert app.profile(delegated).status_code == 200
    assert app.people.revoke_grant(ISABEL) == 0
    assert app.refresh(app.connected()["refresh_token"]).status_code == 200


@pytest.mark.parametrize("given", ["refresh_token", "access_token"])
def test_an_application_can_give_its_tokens_up(app: Application, given: str) -> None:
    tokens = app.connected()
    assert app.http.post(REVOKE, data={"token": tokens[given]}).status_code == 200
    assert _error(app.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert app.profile(tokens["access_token"]).status_code == 401
    assert _error(app.http.post(REVOKE, data={"token": tokens["refresh_token"]})) == (400, "invalid_token")


def test_other_refreshes_and_grants_are_refused(app: Application) -> None:
    tokens = app.connected()
    assert _error(app.refresh("1//made-up")) == (400, "invalid_grant")
    assert _error(app.refresh("")) == (400, "invalid_request")
    assert _error(app.post("password", username="x")) == (400, "unsupported_grant_type")
    wide = app.refresh(tokens["refresh_token"], scope="https://mail.google.com/")
    assert _error(wide) == (400, "invalid_scope")
    assert app.refresh(tokens["refresh_token"], scope=READ).json()["scope"] == READ


def test_the_owner_s_decisions_are_also_made_over_http(app: Application) -> None:
    sandbox = app.world.sandbox
    body = json.dumps({"account": MARCUS}).encode()
    assert sandbox.handle("POST", "/_admin/google/consent", body=body)[0] == 200
    assert "code" in came_back(app.ask())
    assert sandbox.handle("POST", "/_admin/google/refuse_consent", body=b"{}")[0] == 200
    assert came_back(app.ask())["error"] == "access_denied"
    assert sandbox.handle("POST", "/_admin/google/revoke_grant", body=body)[0] == 200
