"""Who asks: a program by its key, a person by Google's ID token; everybody else is told nothing (401)."""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from shared.connectors.google_sign_in import NotSignedIn, SignedIn, signed_in
from shared.operators.api_keys import holder_of, looks_like_key
from shared.operators.people import operator_of
from shared.operators.roles import Operator
from shared.policy.addresses import BadAddress
from shared.runtime.api.answer import Problem
from shared.runtime.api.limits import SIGN_IN, Buckets
from shared.runtime.callers import (
    CannotTell,
    Certificates,
    Refused,
    certificates_url,
    fetch_certificates,
    verified_claims,
)
from shared.runtime.entry import Call
from shared.runtime.logs import log
from shared.runtime.wire.secrets import address_key_of

Kept = TypeVar("Kept")

_MOST_KNOWN = 2_000
_LONGEST_TOKEN = 8_192
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="whisper"'}
_NOBODY = "no valid key or sign-in came with this; send Authorization: Bearer, with one that is not over"


@dataclass(frozen=True)
class Caller:
    """Somebody who was let in, with what they may reach."""

    operator: Operator
    tenant: str
    bucket: str
    """Whose requests are counted together."""
    scopes: tuple[str, ...] = ()


class Doorkeeper:
    """Lets in who may come in. One for each process: it knows who came before, and who failed too often."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, SignedIn] = OrderedDict()
        self._keys: OrderedDict[str, None] = OrderedDict()

    def who(self, call: Call) -> Caller:
        """The caller. Errors: Problem 401 and 429; 503 where it cannot be told."""
        scheme, _, credential = call.post.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise Problem(401, _NOBODY, headers=_CHALLENGE)
        address = address_of(call)
        if len(credential) <= _LONGEST_TOKEN and credential.isascii():
            if looks_like_key(credential):
                return self._by_key(call, credential, address)
            if credential.count(".") == 2:
                return self._by_token(call, credential, address)
        self._check(address, call)
        raise self._refused(address, call, "neither a key nor an ID token")

    def _by_key(self, call: Call, secret: str, address: str) -> Caller:
        mark = hashlib.sha256(secret.encode()).hexdigest()
        with self._lock:
            known = mark in self._keys
        if not known:
            self._check(address, call)
        holder = holder_of(call.world.database, secret, now=call.now)
        with self._lock:
            if holder is None:
                self._keys.pop(mark, None)
            else:
                _remember(self._keys, mark, None)
        if holder is None:
            raise self._refused(address, call, "key unknown, expired or revoked")
        return Caller(holder.operator, holder.tenant, f"key:{holder.key_id}", holder.scopes)

    def _by_token(self, call: Call, token: str, address: str) -> Caller:
        mark = hashlib.sha256(token.encode()).hexdigest()
        now_s = call.now.timestamp()
        with self._lock:
            person = self._tokens.get(mark)
        if person is None or person.until_s < now_s:
            wait_s = self._buckets.take(SIGN_IN, address, now_s)
            if wait_s:
                raise too_often(wait_s, f"{SIGN_IN.per_minute} sign-ins a minute from one address")
            person = self._verified(call, token, now_s)
            with self._lock:
                _remember(self._tokens, mark, person)
        try:
            key = address_key_of(call.world, person.address)
        except BadAddress:
            raise self._refused(None, call, "the address is none") from None
        found = operator_of(call.world.database, key)
        if found is None:
            raise self._refused(None, call, "signed in, but nobody's operator")
        operator, tenant = found
        return Caller(operator, tenant, f"person:{key}")

    def _verified(self, call: Call, token: str, now_s: float) -> SignedIn:
        world = call.world
        url = certificates_url(world.settings)
        certificates = world.once(("certificates", url), lambda: Certificates(url, fetch_certificates))
        try:
            return signed_in(
                verified_claims(token, certificates),
                client_id=world.settings.operators_client_id,
                domain=world.settings.operators_domain,
                now_s=now_s,
            )
        except CannotTell as error:
            log("caller_unclear", "ERROR", function="serve_api", reason=str(error))
            raise Problem(
                503, "it cannot be told who asks now; try again", headers={"Retry-After": "5"}
            ) from None
        except (Refused, NotSignedIn) as error:
            raise self._refused(None, call, str(error)) from None

    def _check(self, address: str, call: Call) -> None:
        wait_s = self._buckets.wait_s(SIGN_IN, address, call.now.timestamp())
        if wait_s:
            raise too_often(wait_s, f"{SIGN_IN.per_minute} failed sign-ins a minute from one address")

    def _refused(self, address: str | None, call: Call, reason: str) -> Problem:
        """The 401, counted for the address where it was not counted yet."""
        if address is not None:
            self._buckets.take(SIGN_IN, address, call.now.timestamp())
        log("caller_refused", "WARNING", function="serve_api", reason=reason)
        return Problem(401, _NOBODY, headers=_CHALLENGE)


def too_often(wait_s: int, rule: str) -> Problem:
    """The 429 that says when to come again."""
    detail = f"that is more than {rule}; come again in {wait_s} s"
    return Problem(429, detail, headers={"Retry-After": str(wait_s)})


def address_of(call: Call) -> str:
    """The network that asks, by what Google's front end appended last: what stands before, anybody can write.

    An IPv6 network of one customer has 2^64 addresses and counts as one.
    """
    last = call.post.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(last)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def check_origin(call: Call) -> None:
    """A page of another origin changes nothing. Errors: Problem 403."""
    origin = call.post.headers.get("Origin", "")
    if not origin:
        return
    own = urlsplit(call.world.settings.url_of("serve_api"))
    if origin != f"{own.scheme}://{own.netloc}":
        raise Problem(403, "a page of another origin may change nothing here; call from a program")


def _remember(kept: OrderedDict[str, Kept], mark: str, value: Kept) -> None:
    kept[mark] = value
    kept.move_to_end(mark)
    while len(kept) > _MOST_KNOWN:
        kept.popitem(last=False)
