"""The ways in which HubSpot says no."""

from __future__ import annotations

from typing import Any

from scripts.sandbox.exchange import Answer, Refused, json_answer


def error(
    status: int, message: str, category: str, *, errors: list[Any] | None = None, context: Any = None
) -> Refused:
    """HubSpot's error shape; the correlation id is filled in where the answer leaves."""
    payload: dict[str, Any] = {
        "status": "error",
        "message": message,
        "correlationId": "",
        "category": category,
    }
    if errors:
        payload["errors"] = errors
    if context:
        payload["context"] = context
    return Refused(json_answer(payload, status))


def unauthorized() -> Refused:
    return error(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find "
        "more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def not_found(what: str = "resource not found") -> Refused:
    return error(404, what, "OBJECT_NOT_FOUND")


def invalid(message: str, errors: list[Any] | None = None) -> Refused:
    return error(400, message, "VALIDATION_ERROR", errors=errors)


def invalid_properties(problems: list[dict[str, Any]]) -> Refused:
    """A 400 that names each property that is wrong, as create and update give it."""
    first = "; ".join(f"{problem['name']}: {problem['message']}" for problem in problems)
    return error(
        400,
        f"Property values were not valid: {first}",
        "VALIDATION_ERROR",
        errors=[
            {
                "message": problem["message"],
                "code": problem["error"],
                "context": {"propertyName": [problem["name"]]},
            }
            for problem in problems
        ],
    )


def conflict(existing_id: str) -> Refused:
    return error(409, f"Contact already exists. Existing ID: {existing_id}", "CONFLICT")


def rate_limited(retry_after_s: float | None) -> Answer:
    headers = {} if retry_after_s is None else {"retry-after": f"{retry_after_s:g}"}
    return json_answer(
        {
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": "",
            "policyName": "TEN_SECONDLY_ROLLING",
        },
        429,
        headers,
    )


def broken(status: int) -> Answer:
    return json_answer({"status": "error", "message": "internal error", "correlationId": ""}, status)
