"""Plays people who submit forms: the sandbox's HubSpot keeps the submission, its signed webhook is posted."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

import httpx

from scripts.sandbox.hubspot_signing import headers_v3
from scripts.stack.leads import Lead
from shared.connectors.hubspot import VERSION

TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Answered:
    """What the webhook was answered."""

    status: int
    body: Mapping[str, Any]

    @property
    def job_id(self) -> str | None:
        job: Any = self.body.get("job_id")
        return job if isinstance(job, str) else None

    @property
    def reason(self) -> str:
        """Why it was refused, as far as the answer says."""
        return str(self.body.get("error") or self.body.get("text") or self.body)


@dataclass(frozen=True)
class Signed:
    """One webhook request, ready to be posted, once or many times."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class Unreachable(Exception):
    """Something that should answer does not; the message says what."""


class Visitor:
    """`details` is what run.json holds; `secrets` may add those that it must not hold."""

    def __init__(self, details: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> None:
        self._url: str = details["functions"]["receive_hubspot"]
        self._sandbox: Mapping[str, str] = details["sandbox"]
        self._secrets: Mapping[str, str] = {**details["secrets"], **(secrets or {})}
        self._client = httpx.Client(trust_env=False, timeout=TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def play(self, lead: Lead) -> Answered:
        """Submit a lead and post the webhook that follows."""
        return self.post(self.signed(lead))

    def signed(self, lead: Lead) -> Signed:
        """The submission's webhook; a lead with a payload is signed as it is, with the time of now."""
        if lead.payload is not None:
            if "hubspot" in self._sandbox:
                self._make_known(lead)
            return self.sign(lead.payload)
        return self.submitted(lead)["form"]

    def submitted(self, lead: Lead) -> dict[str, Signed]:
        """Submit a form at the sandbox; the signed requests by kind, `form` and mostly `workflow`."""
        if "hubspot" not in self._sandbox:
            raise Unreachable("HubSpot is real here: submit its form, or give a payload with --lead")
        answer = self._send(
            "POST",
            f"{self._sandbox['admin']}/hubspot/submit",
            json.dumps(
                {
                    "formId": lead.form,
                    "fields": dict(lead.fields),
                    "webhook_url": self._url,
                    "workflow_url": self._url,
                }
            ).encode(),
            {"content-type": "application/json"},
        )
        if answer.status >= 400:
            raise Unreachable(f"the sandbox did not take the submission: {answer.reason}")
        requests = cast("dict[str, dict[str, Any]]", answer.body["requests"])
        return {
            kind: Signed(one["uri"], str(one["body"]).encode(), one["headers"])
            for kind, one in requests.items()
        }

    def sign(self, body: bytes, *, age_s: float = 0.0, secret: str | None = None) -> Signed:
        """A body signed as HubSpot signs it, `age_s` seconds ago."""
        key = self._secrets.get("hubspot-client-secret", "") if secret is None else secret
        timestamp_ms = int((time.time() - age_s) * 1000)
        return Signed(self._url, body, headers_v3(key, self._url, body, timestamp_ms))

    def post(self, signed: Signed) -> Answered:
        """Post it to the front end, as HubSpot would."""
        return self._send("POST", signed.url, signed.body, signed.headers)

    def _make_known(self, lead: Lead) -> None:
        """HubSpot creates the contact with the submission; one that is known already is left as it is."""
        if not lead.address:
            return
        known = ("email", "firstname", "lastname", "company", "jobtitle")
        properties = {name: lead.fields[name] for name in known if lead.fields.get(name)}
        key = self._secrets.get("hubspot-service-key-default", "")
        self._send(
            "POST",
            f"{self._sandbox['hubspot']}/crm/objects/{VERSION}/contacts",
            json.dumps({"properties": properties, "associations": []}).encode(),
            {"content-type": "application/json", "authorization": f"Bearer {key}"},
        )

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        try:
            answer = self._client.request(method, url, content=body, headers=dict(headers))
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{url} does not answer ({type(error).__name__}): is scripts/run up?"
            ) from error
        try:
            value: Any = answer.json()
        except ValueError:
            value = {"text": answer.text[:500]}
        return Answered(answer.status_code, value if isinstance(value, dict) else {"text": str(value)})
