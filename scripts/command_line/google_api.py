"""Google's REST APIs as the doctor asks them: by application default credentials, reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

import httpx

from scripts.command_line.checking import CannotTell, Wrong

SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only"
PAGES_MOST = 50
_TIMEOUT_S = 20.0
_SIGN_IN = "run `gcloud auth application-default login`"

Json = Mapping[str, Any]
Query = Mapping[str, str | Sequence[str]]
"""Parameters by name; several values of one are a sequence."""


class GoogleApi(Protocol):
    """One read of one of Google's APIs."""

    def get(self, url: str, query: Query | None = None) -> Json | None:
        """The answer; None where there is no such thing (404).

        Errors: Wrong when the API is not enabled, CannotTell when there is no answer to go by.
        """
        ...


class HttpGoogleApi:
    """Google's APIs over HTTP. `token` gives an access token; errors: CannotTell."""

    def __init__(
        self, project: str, token: Callable[[], str], transport: httpx.BaseTransport | None = None
    ) -> None:
        self._project = project
        self._token = token
        # User credentials carry no project, and Service Usage wants one to charge.
        self._client = httpx.Client(
            transport=transport, timeout=_TIMEOUT_S, headers={"x-goog-user-project": project}
        )

    def get(self, url: str, query: Query | None = None) -> Json | None:
        headers = {"authorization": f"Bearer {self._token()}"}
        try:
            answer = self._client.get(url, params=dict(query or {}), headers=headers)
        except httpx.HTTPError as error:
            raise CannotTell(
                f"{httpx.URL(url).host} gave no answer ({type(error).__name__})", "check the network"
            ) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code == httpx.codes.OK:
            return _object(answer)
        raise self._refused(answer)

    def _refused(self, answer: httpx.Response) -> Exception:
        """What a refusal says about the project, or that it says nothing about it."""
        error = _at(_object(answer, strict=False), "error")
        for detail in cast("list[Json]", error.get("details") or []):
            if detail.get("reason") == "SERVICE_DISABLED":
                service = str(_at(detail, "metadata").get("service") or answer.url.host)
                return Wrong(
                    f"the API {service} is not enabled",
                    f"gcloud services enable {service} --project={self._project}",
                )
        said = f"{answer.url.host} answered {answer.status_code} {error.get('status', '')}".strip()
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return CannotTell(said, _SIGN_IN)
        if answer.status_code == httpx.codes.FORBIDDEN:
            return CannotTell(
                f"{said}: these credentials may not look",
                f"gcloud projects add-iam-policy-binding {self._project} --member=user:YOU --role=roles/viewer",
            )
        return CannotTell(said, "try again in a minute")


def listed(api: GoogleApi, url: str, field: str, query: Query | None = None) -> Iterator[Json] | None:
    """All entries of a list, page by page; None where its parent does not exist. Errors: as `get`."""
    first = api.get(url, query)
    return None if first is None else _pages(api, url, field, query or {}, first)


def _pages(api: GoogleApi, url: str, field: str, query: Query, page: Json) -> Iterator[Json]:
    for _ in range(PAGES_MOST):
        yield from cast("list[Json]", page.get(field) or [])
        token = str(page.get("nextPageToken") or "")
        if not token:
            return
        page = api.get(url, {**query, "pageToken": token}) or {}
    raise CannotTell(f"{httpx.URL(url).host} has more pages than {PAGES_MOST}", "look there by hand")


def default_token() -> Callable[[], str]:
    """Tokens of the application default credentials. Errors, when one is asked for: CannotTell."""
    kept: list[Any] = []

    def token() -> str:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        try:
            if not kept:
                kept.append(google.auth.default(scopes=[SCOPE])[0])
            if not kept[0].valid:
                kept[0].refresh(Request())
        except GoogleAuthError as error:
            raise CannotTell(
                f"there are no usable application default credentials ({type(error).__name__})", _SIGN_IN
            ) from error
        return str(kept[0].token)

    return token


def _object(answer: httpx.Response, *, strict: bool = True) -> Json:
    try:
        body: Any = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        return cast("Json", body)
    if strict:
        raise CannotTell(f"{answer.url.host} answered something that is no JSON object", "try again")
    return {}


def _at(holder: Json, key: str) -> Json:
    found = holder.get(key)
    return cast("Json", found) if isinstance(found, dict) else {}
