"""A mailbox that its owner let us into: Google's consent (OAuth 2.0 with PKCE), and the tokens it gives."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from shared.connectors.dialects import CONNECT_AGAIN
from shared.connectors.google_auth import RENEW_BEFORE_S, AccessToken, error_of, refused
from shared.connectors.http import VendorHttp
from shared.errors import Permanent
from shared.jobs.mailbox import mailbox_id

ACCOUNTS_URL = "https://accounts.google.com"

_CLIENT = "put the OAuth client's JSON into the secret gmail-oauth-client"
_EXCHANGE_MENDS = {
    "invalid_grant": "the consent was used already or is too old; begin again with `whisper mailbox connect`",
    "redirect_uri_mismatch": "add CONNECT_GMAIL_URL to the redirect URIs of the OAuth client",
    "invalid_client": _CLIENT,
    "unauthorized_client": _CLIENT,
}
_REFRESH_MENDS = {
    "invalid_grant": f"its owner or Google took our access back; {CONNECT_AGAIN}",
    "invalid_client": _CLIENT,
    "unauthorized_client": _CLIENT,
    "admin_policy_enforced": "a policy of the Workspace administrator forbids this",
}
_CHANGED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
"""What Google answers to a credential that has been replaced since we read it."""


@dataclass(frozen=True)
class OauthClient:
    """Who we are to Google."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Granted:
    """What an owner's consent gave us."""

    refresh_token: str = field(repr=False)
    access_token: str = field(repr=False)
    scopes: frozenset[str]


class _Exchanged(AccessToken):
    refresh_token: str = Field(default="", repr=False)
    scope: str = ""


class _ClientFile(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)
    client_id: str = Field(min_length=1, pattern=r"^[!-~]+$")
    client_secret: str = Field(min_length=1, pattern=r"^[!-~]+$")


def read_client(text: str) -> OauthClient:
    """The client in `{"client_id", "client_secret"}`, or in the file that Google's console gives.

    Errors: Permanent, without showing it.
    """
    try:
        given: object = json.loads(text)
        if isinstance(given, dict):
            given = cast("dict[str, object]", given).get("web", cast("object", given))
        read = _ClientFile.model_validate(given)
    except ValueError:
        raise Permanent(f"google-oauth: the OAuth client is not valid; {_CLIENT}") from None
    return OauthClient(read.client_id, read.client_secret)


def token_secret(tenant: str, mailbox: str) -> str:
    """The name of the secret with a mailbox's refresh token; it shows no address."""
    return f"gmail-token-{tenant}-{mailbox_id(mailbox)}"


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


class Consent:
    """The way to an owner's consent and from it to tokens.

    `http` leads to Google's token endpoint; `redirect_uri` is where the owner's browser comes back to.
    """

    def __init__(
        self,
        client: Callable[[], OauthClient],
        http: VendorHttp,
        *,
        redirect_uri: str,
        accounts_url: str = ACCOUNTS_URL,
    ) -> None:
        self._client = client
        self._http = http
        self._redirect_uri = redirect_uri
        self._accounts_url = accounts_url.rstrip("/")

    def url(self, *, scopes: Sequence[str], state: str, verifier: str, login_hint: str) -> str:
        """Where the owner is asked. Errors: as the client's secret has."""
        query = {
            "client_id": self._client().client_id,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            "access_type": "offline",
            # Without it Google gives a refresh token to the first consent only.
            "prompt": "consent",
            "login_hint": login_hint,
        }
        return f"{self._accounts_url}/o/oauth2/v2/auth?{urlencode(query)}"

    def exchange(self, code: str, verifier: str) -> Granted:
        """The tokens for a consent, once. Errors: Retryable, Permanent with what to mend."""
        client = self._client()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self._redirect_uri,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
        reply = self._http.read("exchange", "POST", "/token", form=form, allowed=(400, 401, 403))
        if reply.status != 200:
            raise refused(reply, "exchange", _EXCHANGE_MENDS, "begin again with `whisper mailbox connect`")
        given = reply.parsed(_Exchanged)
        if not given.refresh_token:
            raise Permanent(
                "google-oauth: exchange gave no refresh token; begin again with `whisper mailbox connect`"
            )
        return Granted(given.refresh_token, given.access_token, frozenset(given.scope.split()))

    def revoke(self, refresh_token: str) -> None:
        """Give the owner's consent back; one that is over already is no failure. Errors: Retryable, Permanent."""
        reply = self._http.read("revoke", "POST", "/revoke", form={"token": refresh_token}, allowed=(400,))
        if reply.status != 200 and error_of(reply) not in ("invalid_token", "invalid_grant"):
            raise refused(reply, "revoke", {}, "the owner can take it back in their Google account")


class RefreshedTokens:
    """One mailbox's access tokens by its owner's consent, each kept until five minutes before it expires.

    `client` and `refresh_token` give the credentials whenever a token is made; `reread` makes them look anew,
    and is called once when Google refuses what they gave. `clock` is the time in seconds since 1970.
    """

    def __init__(
        self,
        client: Callable[[], OauthClient],
        refresh_token: Callable[[], str],
        http: VendorHttp,
        *,
        reread: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._refresh_token = refresh_token
        self._http = http
        self._reread = reread
        self._clock = clock
        self._kept = ("", 0.0)
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        """Errors: Retryable, Permanent with what to mend."""
        return {"authorization": f"Bearer {self._token()}"}

    def forget(self) -> None:
        """Drop a token that was refused."""
        with self._lock:
            self._kept = ("", 0.0)

    def _token(self) -> str:
        with self._lock:
            token, until_s = self._kept
        if self._clock() < until_s:
            return token
        asked_s = self._clock()
        credentials = self._credentials()
        reply = self._http.read("refresh_token", "POST", "/token", form=credentials, allowed=(400, 401, 403))
        if reply.status != 200 and error_of(reply) in _CHANGED:
            self._reread()
            if (newer := self._credentials()) != credentials:
                reply = self._http.read(
                    "refresh_token", "POST", "/token", form=newer, allowed=(400, 401, 403)
                )
        if reply.status != 200:
            raise refused(reply, "refresh_token", _REFRESH_MENDS, CONNECT_AGAIN)
        minted = reply.parsed(AccessToken)
        with self._lock:
            self._kept = (minted.access_token, asked_s + minted.expires_in - RENEW_BEFORE_S)
        return minted.access_token

    def _credentials(self) -> Mapping[str, str]:
        client = self._client()
        return {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token(),
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
