"""The ways in which Google's APIs say no."""

from __future__ import annotations

from typing import Any

from scripts.sandbox.exchange import Answer, Json, Refused, Request, as_object, json_answer


def error_answer(
    code: int,
    message: str,
    reason: str,
    status: str,
    *,
    domain: str = "global",
    retry_after_s: float | None = None,
) -> Answer:
    """Google's error shape, with the reason that tells a limit from a ban."""
    problem: Json = {"message": message, "domain": domain, "reason": reason}
    if code == 401:
        problem |= {"location": "Authorization", "locationType": "header"}
    payload = {"error": {"code": code, "message": message, "errors": [problem], "status": status}}
    headers = {} if retry_after_s is None else {"retry-after": f"{retry_after_s:g}"}
    return json_answer(payload, code, headers)


def unauthenticated() -> Refused:
    return Refused(error_answer(401, "Invalid Credentials", "authError", "UNAUTHENTICATED"))


def scope_missing() -> Refused:
    return Refused(
        error_answer(
            403,
            "Request had insufficient authentication scopes.",
            "insufficientPermissions",
            "PERMISSION_DENIED",
        )
    )


def forbidden(message: str) -> Refused:
    return Refused(error_answer(403, message, "forbidden", "PERMISSION_DENIED"))


def not_found(message: str = "Requested entity was not found.") -> Refused:
    return Refused(error_answer(404, message, "notFound", "NOT_FOUND"))


def invalid(message: str, reason: str = "invalidArgument") -> Refused:
    return Refused(error_answer(400, message, reason, "INVALID_ARGUMENT"))


def limited(kind: str, retry_after_s: float | None) -> Answer:
    """What an exhausted quota looks like (`429` or `403_rate`), or a broken server (`500`, `503`)."""
    if kind == "429":
        return error_answer(
            429,
            "Too many concurrent requests for user",
            "rateLimitExceeded",
            "RESOURCE_EXHAUSTED",
            domain="usageLimits",
            retry_after_s=retry_after_s,
        )
    if kind == "403_rate":
        return error_answer(
            403,
            "User-rate limit exceeded.  Retry later.",
            "userRateLimitExceeded",
            "PERMISSION_DENIED",
            domain="usageLimits",
            retry_after_s=retry_after_s,
        )
    if kind == "503":
        return error_answer(503, "The service is currently unavailable.", "backendError", "UNAVAILABLE")
    return error_answer(500, "Internal error encountered.", "backendError", "INTERNAL")


def json_body(request: Request) -> Json:
    """The body as a JSON object; 400 in Google's words for anything else."""
    try:
        body: Any = request.json()
    except ValueError:
        raise invalid("Invalid JSON payload received.", "parseError") from None
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. Unexpected token.", "parseError")
    return as_object(body)
