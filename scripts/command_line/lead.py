"""`whisper lead`: submit."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from typing import Any, TextIO, cast

import click

from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import HOW_TO_CONNECT, Problem
from scripts.command_line.show import facts
from scripts.sandbox.hubspot_signing import headers_v3

SECRET = "hubspot-client-secret"


@click.group()
def lead() -> None:
    """What the world tells us."""


@lead.command("submit")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="FILE")
@click.option("--form", "form_id", help="The form's id, where FILE does not say; else the first one allowed.")
@click.option("--url", help="Where receive_hubspot is; else the local stack's, or RECEIVE_HUBSPOT_URL.")
@click.option("--secret-env", metavar="NAME", help="The variable that holds the app's client secret.")
@operation
def submit(
    connection: Connection, file: TextIO, form_id: str | None, url: str | None, secret_env: str | None
) -> Told:
    """Sign a form submission as HubSpot would, and post it to receive_hubspot; `-` reads it from the terminal.

    FILE is HubSpot's payload {portalId, formId, formSubmissionId, fieldValues}, or {"fields": {name: value}};
    what is missing is filled in from the tenant's settings.
    """
    payload = _payload(connection, _read(file), form_id)
    target = _url(connection, url)
    body = json.dumps(payload, ensure_ascii=False).encode()
    secret, now_s = _secret(connection, secret_env), _now_s(connection, url, secret_env)
    answer = connection.post(target, headers_v3(secret, target, body, round(now_s * 1000)), body)
    try:
        said: Any = answer.json()
    except ValueError:
        said = None
    said = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    if answer.status_code >= 300:
        reason = said.get("error") or "it gave no reason"
        raise Problem(f"receive_hubspot answered {answer.status_code}: {reason}")
    data = {"http_status": answer.status_code, "url": target, **said}
    job = said.get("job_id")
    human = facts(
        (
            ("answer", f"{answer.status_code} {said.get('status', '')}"),
            ("submission", said.get("submission_id")),
            ("job", job),
            ("look", f"whisper jobs show {job}" if job else ""),
        )
    )
    return Told(data, human)


def _read(file: TextIO) -> dict[str, Any]:
    try:
        payload: Any = json.load(file)
    except ValueError as error:
        raise Problem(f"{file.name} is not JSON: {error}") from error
    if not isinstance(payload, dict):
        raise Problem(f"{file.name} is not a JSON object; see `whisper lead submit --help`")
    return cast("dict[str, Any]", payload)


def _payload(connection: Connection, given: dict[str, Any], form_id: str | None) -> dict[str, Any]:
    """HubSpot's own shape. Only `{"fields": …}` is filled in; a whole payload goes as it is."""
    if "fieldValues" in given:
        return {**given, "formId": form_id} if form_id else given
    fields = given.get("fields")
    if not isinstance(fields, Mapping):
        raise Problem("the payload has neither fieldValues nor fields; see `whisper lead submit --help`")
    named = cast("Mapping[str, object]", fields)
    rest = {name: value for name, value in given.items() if name != "fields"}
    if form_id:
        rest["formId"] = form_id
    if not {"portalId", "formId"} <= set(rest):
        tenant = connection.tenant_settings()
        allowed = next((id_ for id_, form in sorted(tenant.forms.items()) if form.active), None)
        if allowed is None or not tenant.portal_ids:
            raise Problem(
                f"tenant {tenant.id} has no portal or no active form; name portalId and formId in FILE"
            )
        rest = {"portalId": tenant.portal_ids[0], "formId": allowed, **rest}
    return {
        "formSubmissionId": str(uuid.uuid4()),
        **rest,
        "fieldValues": [{"name": name, "value": value} for name, value in named.items()],
    }


def _url(connection: Connection, given: str | None) -> str:
    if given:
        return given
    found = connection.environment.functions.get("receive_hubspot") or connection.settings.receive_hubspot_url
    if not found:
        raise Problem("RECEIVE_HUBSPOT_URL is not set; set it, or name the address with --url")
    return found


def _secret(connection: Connection, variable: str | None) -> str:
    if variable:
        value = os.environ.get(variable, "")
        if not value:
            raise Problem(f"the variable {variable} is not set; put the app's client secret into it")
        return value
    local = connection.environment.secrets.get(SECRET)
    if local:
        return local
    from shared.runtime.wire.secrets import secrets

    if connection.settings.deployed:
        raise Problem(
            f"a deployed secret is not read for this; name it with --secret-env, or {HOW_TO_CONNECT}"
        )
    return secrets(connection.world).value(SECRET)


def _now_s(connection: Connection, url: str | None, secret_env: str | None) -> float:
    """A given world has its own clock; elsewhere the signature is made at this machine's time."""
    return time.time() if url and secret_env else connection.world.clock().timestamp()
