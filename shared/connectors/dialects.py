"""What a vendor's error answer means, in words that are safe to log (P11).

Only codes and ids are taken over, and only when they look like codes and ids: a vendor's own sentences quote
what we sent, addresses included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from shared.pattern import Pattern

_CODE = Pattern(r"[A-Za-z][A-Za-z_]{1,63}")
_ID = Pattern(r"[0-9a-fA-F-]{8,64}")


@dataclass(frozen=True)
class Meaning:
    """The vendor's reason as a code; `later` where it documents that nothing was applied and waiting helps.

    `wait_s` is how long its documents say to wait where the answer carries no Retry-After.
    """

    code: str = ""
    correlation_id: str = ""
    later: bool = False
    wait_s: float | None = None
    mend: str = ""


Dialect = Callable[[int, object], Meaning]
"""From status and decoded body (None when it is no JSON) to what it means."""


def plain(status: int, body: object) -> Meaning:
    """A vendor of which nothing is known but its status codes."""
    return Meaning()


_HUBSPOT_WAITS_S = {"TEN_SECONDLY_ROLLING": 10.5, "SECONDLY": 1.0, "DAILY": 3600.0}


def hubspot(status: int, body: object) -> Meaning:
    """HubSpot: `{status,message,correlationId,category,errorType?,policyName?}`."""
    code = _code(_at(body, "category")) or _code(_at(body, "errorType"))
    correlation_id = _id(_at(body, "correlationId"))
    if status == 429:
        wait_s = _HUBSPOT_WAITS_S.get(str(_at(body, "policyName")))
        return Meaning(code, correlation_id, later=True, wait_s=wait_s)
    if status == 423:
        return Meaning(code, correlation_id, later=True, wait_s=2.0)
    if status == 477:
        return Meaning(code, correlation_id, later=True)
    mend = {
        401: "put a valid service key into the secret",
        403: "give the service key the scope that this call needs",
    }.get(status, "")
    return Meaning(code, correlation_id, mend=mend)


_GOOGLE_LATER = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "dailyLimitExceeded"}
)
_BY_THE_DAY_S = 3600.0
"""A limit by the day: Google says at what time it ends in a sentence alone, so it is asked by the hour."""
_MAIL_SENDING = "(mail sending)"
"""How Gmail marks its limit of mails per day, whose reason is that of any other limit."""
_ALLOW_SCOPE = "allow the scope for the service account in the Workspace admin console"
_CHECK_DELEGATION = "check that domain-wide delegation covers the mailbox and the scope"
CONNECT_AGAIN = "connect the mailbox again with `whisper mailbox connect`"
_GOOGLE_MENDS = {
    "insufficientPermissions": _ALLOW_SCOPE,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _ALLOW_SCOPE,
    "domainPolicy": "the Workspace administrator has switched this off for the mailbox",
    "dailyLimitExceeded": "raise the project's daily quota for this API",
    "accessNotConfigured": "enable this API in the Google Cloud project",
    "SERVICE_DISABLED": "enable this API in the Google Cloud project",
    "failedPrecondition": "check that the mailbox exists and has a Gmail licence",
}


def google(status: int, body: object) -> Meaning:
    """Google's REST APIs: `{error:{code,message,errors:[{domain,reason}],status,details?}}`."""
    reasons = list(_google_reasons(body))
    code = reasons[0] if reasons else ""
    later = status == 429 or (status == 403 and any(reason in _GOOGLE_LATER for reason in reasons))
    mend = next((_GOOGLE_MENDS[reason] for reason in reasons if reason in _GOOGLE_MENDS), "")
    if not mend and status in (401, 403) and not later:
        mend = _CHECK_DELEGATION
    by_the_day = later and ("dailyLimitExceeded" in reasons or _MAIL_SENDING in _words(body).lower())
    return Meaning(code, later=later, wait_s=_BY_THE_DAY_S if by_the_day else None, mend=mend)


def google_by_consent(status: int, body: object) -> Meaning:
    """The same, where the mailbox's owner let us in and not the Workspace administrator."""
    meaning = google(status, body)
    if meaning.mend in (_ALLOW_SCOPE, _CHECK_DELEGATION):
        return replace(meaning, mend=CONNECT_AGAIN)
    return meaning


def _google_reasons(body: object) -> Iterator[str]:
    error = _at(body, "error")
    for each in [*_items(_at(error, "errors")), *_items(_at(error, "details"))]:
        if reason := _code(_at(each, "reason")):
            yield reason
    if status := _code(_at(error, "status")):
        yield status


def _words(body: object) -> str:
    """The vendor's own sentence, to look something up in and never to be passed on."""
    return str(_at(_at(body, "error"), "message") or "")


def _at(value: object, key: str) -> object:
    return cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _code(value: object) -> str:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _id(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
