"""One way to call a vendor over HTTP: when to try again, when not to, and what every failure means.

Keeps P2 and P6 (a write is never repeated once it may have been sent) and P11 (no vendor text in a reason).
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.connectors.breaker import Breaker
from shared.connectors.dialects import Dialect, Meaning, plain
from shared.connectors.lease import effects_until_s
from shared.connectors.sound_text import sound
from shared.errors import Failure, Permanent, Retryable, Unclear

if TYPE_CHECKING:
    # Its import is a good part of a cold start, and many runs end before they call a vendor.
    import httpx

TRIES = 3
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 10.0
"""The most that one call waits between its tries, altogether."""

Shape = TypeVar("Shape", bound=BaseModel)
Query = Mapping[str, str | int] | list[tuple[str, str]]
Auth = Callable[[], Mapping[str, str]]

_RANDOM = random.SystemRandom()

# httpx logs every URL at INFO, and ours have addresses in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Reply:
    """A vendor's answer: a 2xx, or a status that the caller said it can deal with."""

    status: int
    body: Any
    """The decoded JSON, None when there was none."""
    _failure: Callable[[str], Failure] = field(repr=False)

    def parsed(self, shape: type[Shape]) -> Shape:
        """The body in the shape that we rely on. Errors if it has not: Retryable, Unclear after a write."""
        try:
            return shape.model_validate(self.body)
        except ValidationError:
            failure = self._failure("answered in a shape that we do not know")
        raise failure


@dataclass(frozen=True)
class _Request:
    operation: str
    method: str
    path: str
    query: Query | None
    body: object
    form: Mapping[str, str] | None
    allowed: tuple[int, ...]
    once: bool


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: Any


class Oversized(Permanent):
    """What was read is over the cap, so that asking for less of it may work."""


class _TooLarge(Exception):
    """The answer is over the cap, which says nothing about the vendor's health."""


class _Lost(Exception):
    """No sound answer came; `sent` says whether the request may have reached the vendor."""

    def __init__(self, what: str, *, sent: bool) -> None:
        super().__init__(what)
        self.what = what
        self.sent = sent


class VendorHttp:
    """Calls to one vendor under one base URL, with one policy for retries, failures and rest.

    `auth` gives the headers that prove who we are; `renew` drops what it remembers, and is called once when
    the vendor answers 401. `on_call(vendor, operation)` is told of every request before it goes out.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        *,
        auth: Auth | None = None,
        renew: Callable[[], None] | None = None,
        dialect: Dialect = plain,
        timeout_s: float = 10.0,
        max_bytes: int = 16 * 1024 * 1024,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = _RANDOM.uniform,
        breaker: Breaker | None = None,
        on_call: Callable[[str, str], None] | None = None,
    ) -> None:
        self.vendor = vendor
        self._base_url = base_url.rstrip("/")
        self._auth = auth
        self._renew = renew
        self._dialect = dialect
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._breaker = breaker or Breaker(vendor, clock)
        self._on_call = on_call
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def read(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        form: Mapping[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> Reply:
        """A call that may be repeated: a read, a search, or a write that replaces.

        Errors: Retryable, Permanent.
        `path` is percent-encoded already; statuses in `allowed` come back as replies.
        """
        return self._call(_Request(operation, method, path, query, body, form, allowed, once=False))

    def write(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        allowed: tuple[int, ...] = (),
    ) -> Reply:
        """A call that takes effect each time it arrives, so it goes out once.

        Errors: Retryable (never sent, or refused for now), Permanent (refused), Unclear (anything else).
        """
        return self._call(_Request(operation, method, path, query, body, None, allowed, once=True))

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _call(self, request: _Request) -> Reply:
        tried, waited_s, renewed = 0, 0.0, False
        while True:
            outcome, status = self._attempt(request)
            if isinstance(outcome, Reply):
                return outcome
            if status == 401 and self._renew is not None and not renewed:
                # Refused for its credentials, so nothing was done, not even by a write.
                self._renew()
                renewed = True
                continue
            tried += 1
            if request.once or tried == TRIES or not isinstance(outcome, Retryable):
                raise outcome
            wait_s = FIRST_WAIT_S * 2 ** (tried - 1) * self._jitter(0.9, 1.1)
            wait_s = max(wait_s, outcome.retry_after_s or 0.0)
            if waited_s + wait_s > LONGEST_WAIT_S:
                raise outcome
            self._sleep(wait_s)
            waited_s += wait_s

    def _attempt(self, request: _Request) -> tuple[Reply | Failure, int | None]:
        """One request: its reply or what became of it, and the status where there was one."""
        headers = dict(self._auth()) if self._auth is not None else {}
        timeout_s = self._time_for(request)
        self._breaker.admit()
        if self._on_call is not None:
            self._on_call(self.vendor, request.operation)
        try:
            answer = self._exchange(request, headers, timeout_s)
        except _Lost as lost:
            self._breaker.failed()
            return self._failure(request, lost.what, unclear=lost.sent), None
        except _TooLarge:
            what = f"{request.operation} answered with more than {self._max_bytes} bytes"
            if request.once:
                return Unclear(f"{self.vendor}: {what}"), None
            return Oversized(f"{self.vendor}: {what}"), None
        if answer.status >= 500:
            self._breaker.failed()
        else:
            self._breaker.worked()
        if 200 <= answer.status < 300 or answer.status in request.allowed:
            return Reply(answer.status, answer.body, lambda what: self._failure(request, what)), answer.status
        return self._refusal(request, answer), answer.status

    def _time_for(self, request: _Request) -> float:
        """Seconds to wait: an effect neither begins nor goes on after the lease of its intent."""
        until_s = effects_until_s.get() if request.once else None
        if until_s is None:
            return self._timeout_s
        left_s = until_s - self._clock()
        if left_s <= 0:
            raise Retryable(
                f"{self.vendor}: {request.operation} was not begun, because the lease of its intent is over"
            )
        return min(self._timeout_s, left_s)

    def _exchange(self, request: _Request, headers: dict[str, str], timeout_s: float) -> _Answer:
        import httpx

        try:
            prepared = self._prepared(request, headers, timeout_s)
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError, ValueError, TypeError):
            prepared = None
        if prepared is None:
            raise Permanent(f"{self.vendor}: {request.operation} does not make a valid request")
        started = self._clock()
        try:
            with closing(self._opened().send(prepared, stream=True)) as response:
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > self._max_bytes:
                        raise _TooLarge
                    if self._clock() - started > timeout_s:
                        raise _Lost(f"was not finished within {timeout_s:g} s", sent=True)
                return _Answer(
                    response.status_code, response.headers, _decoded(response.status_code, content)
                )
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            pass
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
            raise _Lost("could not connect", sent=False) from None
        except httpx.TimeoutException:
            raise _Lost(f"gave no answer within {timeout_s:g} s", sent=True) from None
        except (httpx.HTTPError, httpx.StreamError, OSError):
            raise _Lost("lost the connection", sent=True) from None
        raise Permanent(f"{self.vendor}: {request.operation} has a header or scheme that HTTP does not allow")

    def _prepared(self, request: _Request, headers: dict[str, str], timeout_s: float) -> httpx.Request:
        import httpx

        if not request.path.startswith("/"):
            raise ValueError("a path starts with a slash")
        if any(not value.isprintable() for value in headers.values()):
            # Typically a line break at the end of a credential; the HTTP library would show it.
            raise ValueError("a header is one line")
        sent: dict[str, Any] = {}
        if request.form is not None:
            sent["data"] = dict(request.form)
        elif request.body is not None:
            sent["json"] = request.body
        return self._opened().build_request(
            request.method,
            self._base_url + request.path,
            params=None if request.query is None else httpx.QueryParams(request.query),  # pyright: ignore[reportArgumentType]
            headers={"accept": "application/json", **headers},
            timeout=timeout_s,
            **sent,
        )

    def _opened(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    transport=self._transport,
                    timeout=self._timeout_s,
                    follow_redirects=False,
                    trust_env=False,
                )
            return self._client

    def _refusal(self, request: _Request, answer: _Answer) -> Failure:
        status, meaning = answer.status, self._dialect(answer.status, answer.body)
        what = _worded(status, meaning)
        wait_s = _retry_after_s(answer.headers)
        if meaning.later or status == 429:
            return self._failure(
                request, what, unclear=False, wait_s=meaning.wait_s if wait_s is None else wait_s
            )
        if status >= 500 or status == 408:
            return self._failure(request, what, wait_s=wait_s)
        if 300 <= status < 400:
            if request.once and status not in (307, 308):
                return self._failure(request, what)
            what += "; redirects are not followed: mend the base URL"
        return self._refused(request, what)

    def _refused(self, request: _Request, what: str) -> Permanent:
        return Permanent(f"{self.vendor}: {request.operation} {what}")

    def _failure(
        self,
        request: _Request,
        what: str,
        *,
        unclear: bool = True,
        wait_s: float | None = None,
    ) -> Failure:
        """Retryable, unless a write went out and may have been applied."""
        reason = f"{self.vendor}: {request.operation} {what}"
        if request.once and unclear:
            return Unclear(reason)
        return Retryable(reason, retry_after_s=wait_s)


def _decoded(status: int, content: bytearray) -> Any:
    """The JSON in an answer. Garbage is as good as no answer, except where the status alone says enough."""
    if not content:
        return None
    try:
        body = json.loads(content)
        # Half a character can only be written as an escape.
        return sound(body) if b"\\u" in content else body
    except (ValueError, RecursionError):
        if 200 <= status < 300:
            raise _Lost("answered with something that is not JSON", sent=True) from None
        return None


def _worded(status: int, meaning: Meaning) -> str:
    what = f"answered {status}"
    if meaning.code:
        what += f" {meaning.code}"
    if meaning.correlation_id:
        what += f" (correlation id {meaning.correlation_id})"
    mend = meaning.mend
    if not mend and status in (401, 403) and not meaning.later:
        mend = "check the credential and what it may do"
    return f"{what}; {mend}" if mend else what


def _retry_after_s(headers: httpx.Headers) -> float | None:
    """Retry-After in seconds; as a date it counts from the vendor's own clock."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until, now = _moment(value), _moment(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds()) if until and now else None
    return seconds if 0 <= seconds < 86_400 * 30 else None


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
