"""HubSpot's webhook: who signed it and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from shared.connectors.hubspot_payloads import FormSubmitted, parse_submission_payloads
from shared.connectors.hubspot_signature import SignatureVerdict, verify_v2, verify_v3
from shared.jobs.facts import Submission
from shared.ports.documents import ContactTouched
from shared.ports.door import Post, Proof
from shared.strict_json import Unreadable, read_json


class HubSpotDoor:
    """Checks v3 signatures, and v2 ones, which workflows send and which prove no time.

    `secrets` gives the client secret, newest first; `url` is the webhook's address as HubSpot knows it, empty
    to take the request's own.
    """

    def __init__(
        self, *, secrets: Callable[[], Sequence[str]], url: str, clock: Callable[[], datetime]
    ) -> None:
        self._secrets = secrets
        self._url = url
        self._clock = clock

    def check(self, post: Post, now: datetime) -> Proof:
        headers = {name.lower(): value for name, value in post.headers.items()}
        v3, v2 = headers.get("x-hubspot-signature-v3"), headers.get("x-hubspot-signature")
        if v3 is None and (v2 is None or headers.get("x-hubspot-signature-version", "v2") != "v2"):
            return Proof.FORGED
        known, uri = self._secrets(), self._uri(post)
        if v3 is not None:
            verdict = verify_v3(
                secrets=known,
                method=post.method,
                uri=uri,
                body=post.body,
                timestamp=headers.get("x-hubspot-request-timestamp"),
                signature=v3,
                now=now,
            )
            return Proof.FULL if verdict is SignatureVerdict.VALID else Proof.FORGED
        verdict = verify_v2(secrets=known, method=post.method, uri=uri, body=post.body, signature=v2)
        return Proof.TOUCH_ONLY if verdict is SignatureVerdict.VALID else Proof.FORGED

    def read(self, body: bytes) -> Sequence[Submission | ContactTouched]:
        try:
            payload: object = read_json(body)
        except Unreadable as error:
            raise ValueError(f"{error}; HubSpot's own payload is expected") from None
        said = parse_submission_payloads(payload, received_at=self._clock())
        return [
            item.submission
            if isinstance(item, FormSubmitted)
            else ContactTouched(item.portal_id, item.address or None)
            for item in said
        ]

    def _uri(self, post: Post) -> str:
        """The address that was signed: the one registered at HubSpot, with this request's query."""
        if not self._url:
            return post.url
        query = urlsplit(post.url).query
        return f"{self._url}?{query}" if query else self._url
