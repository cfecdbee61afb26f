"""Google's consent for OAuth clients: an account owner lets an application in, and may throw it out again."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlencode

from scripts.sandbox.exchange import Answer, Json, Refused, Request, json_answer
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

CODE_LIFE_S = 600.0
EXPIRES_IN_S = 3599
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SCOPE = re.compile(r"https://www\.googleapis\.com/auth/[a-z._-]+|https://mail\.google\.com/|openid")
_LONG_SCOPES = {name: f"https://www.googleapis.com/auth/userinfo.{name}" for name in ("email", "profile")}

Mint = Callable[[str, list[str], str], str]
"""Makes an access token for a mailbox with scopes, under the refresh token that it belongs to."""


class GoogleConsent:
    """The page that asks, and the codes and refresh tokens that come of it.

    `choice` is what the person at the page will do, without being asked: `{account, scopes}`, or
    `{account: ""}` to refuse; without one the page is shown.
    """

    def __init__(self, world: Surroundings, mint: Mint) -> None:
        self._world = world
        self._state = world.state
        self._mint = mint

    # The client

    def client(self) -> Json:
        """The one application that is registered: client_id, client_secret, redirect_uris."""
        kept = self._state.get("google/clients", "web")
        if kept is None:
            number = int(self._world.digest("oauth client number")[:12], 16) % 10**12
            kept = self._state.put(
                "google/clients",
                "web",
                {
                    "client_id": f"{number}-{self._world.digest('oauth client')[:32]}.apps.googleusercontent.com",
                    "client_secret": f"GOCSPX-{self._world.digest('oauth secret')[:28]}",
                    "redirect_uris": [],
                },
            )
        return kept

    def add_redirect(self, uri: str) -> None:
        """Register one more address that people may be sent back to."""
        client = self.client()
        if uri not in client["redirect_uris"]:
            uris = [*client["redirect_uris"], uri]
            self._state.put("google/clients", "web", {**client, "redirect_uris": uris})

    # What the account's owner does

    def choose(self, choice: Json | None) -> None:
        """Decide what everyone at the page does from now on; None shows the page again."""
        self._state.delete("google/consent", "choice")
        if choice is not None:
            self._state.put("google/consent", "choice", choice)

    def revoke(self, account: str) -> int:
        """The owner throws the application out; gives the number of refresh tokens that died."""
        dead = 0
        for token in self._state.keys("google/refresh_tokens"):
            row = self._state.get("google/refresh_tokens", token) or {}
            if row["account"] == account and not row["revoked"]:
                self._kill(token, row)
                dead += 1
        return dead

    # The page

    def authorize(self, request: Request) -> Answer:
        """`GET /o/oauth2/v2/auth`: back to the application with a code or an error, or a page."""
        asked = self._asked(request)
        choice = self._choice(request)
        if choice is None:
            return self._page(request, asked["scopes"])
        account = str(choice.get("account") or "").lower()
        if account and self._state.get("google/mailboxes", account) is None:
            return _refusal_page(400, "invalid_account", f"Couldn't find your Google Account {account}")
        wanted = choice.get("scopes")
        granted = [scope for scope in asked["scopes"] if wanted is None or scope in wanted]
        back: dict[str, str] = {"state": asked["state"]} if asked["state"] else {}
        if not account or not granted:
            back["error"] = "access_denied"
        else:
            number = self._state.next_number("google/code number")
            code = f"4/0A{self._world.digest('code', number)[:60]}"
            row = {**asked, "account": account, "scopes": granted, "used": False}
            row["expires_s"] = self._world.clock.time_s() + CODE_LIFE_S
            self._state.put("google/codes", code, row)
            back |= {"code": code, "scope": " ".join(granted), "authuser": "0", "prompt": "consent"}
        uri = asked["redirect_uri"]
        return Answer(302, b"", {"location": f"{uri}{'&' if '?' in uri else '?'}{urlencode(back)}"})

    def _asked(self, request: Request) -> Doc:
        """What the application asks for; what is wrong with that is told to the person, not to it."""
        client = self.client()
        if request.one("client_id") != client["client_id"]:
            raise Refused(_refusal_page(401, "invalid_client", "The OAuth client was not found."))
        if request.one("redirect_uri") not in client["redirect_uris"]:
            raise Refused(_refusal_page(400, "redirect_uri_mismatch", "The redirect URI is not registered."))
        if request.one("response_type") != "code":
            raise _bad_request("Invalid response_type")
        scopes = [_LONG_SCOPES.get(scope, scope) for scope in request.one("scope").split()]
        if not scopes:
            raise _bad_request("Missing required parameter: scope")
        if unknown := [scope for scope in scopes if not _SCOPE.fullmatch(scope)]:
            raise Refused(
                _refusal_page(400, "invalid_scope", f"Some requested scopes were invalid: {unknown}")
            )
        challenge, method = request.one("code_challenge"), request.one("code_challenge_method", "plain")
        if challenge and (method not in ("S256", "plain") or not _CHALLENGE.fullmatch(challenge)):
            raise _bad_request("Invalid code_challenge or code_challenge_method")
        return {
            "client_id": client["client_id"],
            "redirect_uri": request.one("redirect_uri"),
            "scopes": list(dict.fromkeys(scopes)),
            "state": request.one("state"),
            "challenge": challenge,
            "method": method,
            "offline": request.one("access_type") == "offline",
            "consents": "consent" in request.one("prompt").split(),
        }

    def _choice(self, request: Request) -> Json | None:
        pressed = request.one("pressed")
        if pressed == "cancel":
            return {"account": ""}
        if pressed:
            return {"account": request.one("account"), "scopes": request.repeated("granted")}
        return self._state.get("google/consent", "choice")

    def _page(self, request: Request, scopes: list[str]) -> Answer:
        hint = request.one("login_hint").lower()
        lines = [
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in request.query
        ]
        for place, account in enumerate(self._state.keys("google/mailboxes")):
            checked = " checked" if account == hint or (not hint and place == 0) else ""
            shown = html.escape(account)
            lines.append(
                f'<p><label><input type="radio" name="account" value="{shown}"{checked}> {shown}</label></p>'
            )
        for scope in scopes:
            shown = html.escape(scope)
            lines.append(
                f'<p><label><input type="checkbox" name="granted" value="{shown}" checked> {shown}</label></p>'
            )
        for value, words in (("continue", "Continue"), ("cancel", "Cancel")):
            lines.append(f'<button name="pressed" value="{value}">{words}</button>')
        return _html(200, f"<h1>Choose an account</h1><form>{''.join(lines)}</form>")

    # Tokens

    def exchange(self, request: Request, form: dict[str, str]) -> Answer:
        """`POST /token` with `grant_type=authorization_code`."""
        client = self._checked_client(request, form)
        if not form.get("code"):
            raise refused("invalid_request", "Missing required parameter: code")
        code = self._state.get("google/codes", form["code"])
        if code is None:
            raise refused("invalid_grant", "Malformed auth code.")
        if code["used"] or code["expires_s"] <= self._world.clock.time_s():
            raise refused("invalid_grant", "Bad Request")
        if code["client_id"] != client["client_id"]:
            raise refused("invalid_grant", "Bad Request")
        if form.get("redirect_uri") != code["redirect_uri"]:
            raise refused("redirect_uri_mismatch", "Bad Request")
        _check_verifier(code, form.get("code_verifier", ""))
        self._state.put("google/codes", form["code"], {**code, "used": True})
        refresh_token = self._refresh_token(code) if code["offline"] else ""
        answer = self._tokens(code["account"], code["scopes"], refresh_token)
        return json_answer(answer | ({"refresh_token": refresh_token} if refresh_token else {}))

    def refresh(self, request: Request, form: dict[str, str]) -> Answer:
        """`POST /token` with `grant_type=refresh_token`."""
        client = self._checked_client(request, form)
        token = form.get("refresh_token", "")
        if not token:
            raise refused("invalid_request", "Missing required parameter: refresh_token")
        row = self._state.get("google/refresh_tokens", token)
        if row is None:
            raise refused("invalid_grant", "Bad Request")
        if row["client_id"] != client["client_id"]:
            raise refused("unauthorized_client", "Unauthorized", 401)
        if row["revoked"]:
            raise refused("invalid_grant", "Token has been expired or revoked.")
        wanted = form.get("scope", "").split() or row["scopes"]
        if not set(wanted) <= set(row["scopes"]):
            raise refused("invalid_scope", "Some requested scopes were invalid.")
        return json_answer(self._tokens(row["account"], wanted, token))

    def end(self, form: dict[str, str]) -> Answer:
        """`POST /revoke`: a refresh token, or the one that an access token belongs to, dies."""
        given = form.get("token", "")
        token = (self._state.get("google/tokens", given) or {}).get("refresh_token") or given
        row = self._state.get("google/refresh_tokens", token)
        if row is not None and not row["revoked"]:
            self._kill(token, row)
        elif self._state.get("google/tokens", given) is not None:
            self._state.delete("google/tokens", given)
        else:
            raise refused("invalid_token", "Token expired or revoked")
        return json_answer({})

    def _checked_client(self, request: Request, form: dict[str, str]) -> Json:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, basic = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                words = base64.b64decode(basic).decode().partition(":")
            except ValueError:
                raise refused("invalid_client", "Unauthorized", 401) from None
            client_id, secret = unquote(words[0]), unquote(words[2])
        if not client_id:
            raise refused("invalid_request", "Could not determine client ID from request.")
        client = self.client()
        if client_id != client["client_id"]:
            raise refused("invalid_client", "The OAuth client was not found.", 401)
        if secret != client["client_secret"]:
            raise refused("invalid_client", "The provided client secret is invalid.", 401)
        return client

    def _refresh_token(self, code: Doc) -> str:
        """A new one when the person was asked anew or none lives; else Google gives none."""
        lives = any(
            row["account"] == code["account"] and not row["revoked"]
            for row in self._state.all("google/refresh_tokens")
        )
        if lives and not code["consents"]:
            return ""
        number = self._state.next_number("google/refresh token number")
        token = f"1//0{self._world.digest('refresh token', number)[:60]}"
        row = {"client_id": code["client_id"], "account": code["account"], "scopes": code["scopes"]}
        self._state.put("google/refresh_tokens", token, {**row, "revoked": False})
        return token

    def _tokens(self, account: str, scopes: list[str], refresh_token: str) -> Json:
        return {
            "access_token": self._mint(account, scopes, refresh_token),
            "expires_in": EXPIRES_IN_S,
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }

    def _kill(self, token: str, row: Doc) -> None:
        self._state.put("google/refresh_tokens", token, {**row, "revoked": True})
        for access in self._state.keys("google/tokens"):
            if (self._state.get("google/tokens", access) or {}).get("refresh_token") == token:
                self._state.delete("google/tokens", access)


def refused(error: str, description: str, status: int = 400) -> Refused:
    """How the token endpoint says no."""
    payload: dict[str, Any] = {"error": error, "error_description": description}
    return Refused(json_answer(payload, status))


def _check_verifier(code: Doc, verifier: str) -> None:
    if not code["challenge"]:
        return
    if not verifier:
        raise refused("invalid_grant", "Missing code verifier.")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    if code["challenge"] != (digest if code["method"] == "S256" else verifier):
        raise refused("invalid_grant", "Invalid code verifier.")


def _bad_request(words: str) -> Refused:
    return Refused(_refusal_page(400, "invalid_request", words))


def _refusal_page(status: int, error: str, words: str) -> Answer:
    return _html(status, f"<h1>Access blocked</h1><p>{html.escape(words)}</p><p>Error {status}: {error}</p>")


def _html(status: int, body: str) -> Answer:
    page = f"<!doctype html><html><head><title>Sandbox accounts</title></head><body>{body}</body></html>"
    return Answer(status, page.encode(), {"content-type": "text/html; charset=utf-8"})
