"""A lead that nobody wrote, followed from its signed webhook to where a person must decide; nothing may be sent."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem
from scripts.sandbox.hubspot_signing import headers_v3
from shared.connectors.gmail import SCOPES, GmailMailbox
from shared.errors import Failure
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Connection as By
from shared.jobs.job import Job, Status
from shared.jobs.rules import Mode
from shared.operators.drafts import show_draft
from shared.operators.flags import show_flags
from shared.operators.jobs import show_job
from shared.runtime.wire.secrets import secrets
from shared.runtime.wire.vendors import google_http

SECRET = "hubspot-client-secret"
SECRET_VARIABLE = "HUBSPOT_CLIENT_SECRET"
ADDRESS = "smoke.test@example.com"
LOOK_EVERY_S = 0.5
LEAVING = frozenset({DraftState.SENDING, DraftState.SENT, DraftState.SENT_BY_HAND})
_MESSAGE = "This is a synthetic lead that tries out a deployment. Could you show us a demo of it next week?"


@dataclass
class Outcome:
    """What was looked at, one after the other, and where the lead came to."""

    checks: dict[str, str] = field(default_factory=dict[str, str])
    failure: str = ""
    job: str = ""
    status: str = ""
    stage: str = ""
    draft: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failure

    def as_data(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "failure": self.failure,
            "job": self.job,
            "status": self.status,
            "stage": self.stage,
            "draft": self.draft,
            "seconds": round(self.seconds, 1),
            "checks": self.checks,
        }


class Failed(Exception):
    """What did not hold."""


def try_out(
    connection: Connection,
    *,
    address: str = ADDRESS,
    longest_s: float = 300.0,
    pause: Callable[[float], object] = time.sleep,
) -> Outcome:
    """Submit the lead and judge what comes of it; what does not hold stands in `failure`."""
    outcome = Outcome()
    began = time.monotonic()
    try:
        _refuse_where_mail_may_leave(connection, outcome)
        outcome.job = _submit(connection, address, outcome)
        owner = _follow(connection, outcome, began + longest_s, pause)
        _nothing_was_sent(connection, owner, outcome)
    except Failed as failed:
        outcome.failure = str(failed)
    except Problem as problem:
        outcome.failure = problem.message
    outcome.seconds = time.monotonic() - began
    return outcome


def _refuse_where_mail_may_leave(connection: Connection, outcome: Outcome) -> None:
    ceiling = connection.settings.mode_ceiling.value
    shown = show_flags(connection.database, connection.tenant, ceiling=ceiling)
    if shown.controls.garbage:
        raise Failed(
            f"tenant {connection.tenant} is stopped, for its controls are garbage: "
            + "; ".join(shown.controls.garbage)
        )
    if shown.controls.mode is not Mode.DRAFT_ONLY or shown.may_send:
        raise Failed(f"tenant {connection.tenant} may send: a synthetic lead is for one in DRAFT_ONLY")
    if shown.controls.stopped:
        raise Failed(f"the kill switch is on for tenant {connection.tenant}: no draft would be filed")
    outcome.checks["mode"] = Mode.DRAFT_ONLY.value


def _submit(connection: Connection, address: str, outcome: Outcome) -> str:
    tenant = connection.tenant_settings()
    form = next((id_ for id_, one in sorted(tenant.forms.items()) if one.active), None)
    if form is None or not tenant.portal_ids:
        raise Failed(f"tenant {tenant.id} has no portal or no active form")
    fields = {"email": address, "firstname": "Smoke", "lastname": "Test", "message": _MESSAGE}
    payload = {
        "portalId": tenant.portal_ids[0],
        "formId": form,
        "formSubmissionId": str(uuid.uuid4()),
        "fieldValues": [{"name": name, "value": value} for name, value in fields.items()],
    }
    body = json.dumps(payload).encode()
    url = connection.environment.functions.get("receive_hubspot") or connection.settings.receive_hubspot_url
    if not url:
        raise Failed("RECEIVE_HUBSPOT_URL is not set")
    forged = connection.post(url, headers_v3("not the secret", url, body, _now_ms(connection)), body)
    if forged.status_code != 401:
        raise Failed(f"a forged signature was answered {forged.status_code}, not 401")
    outcome.checks["forged signature"] = "401"
    answer = connection.post(url, headers_v3(_secret(connection), url, body, _now_ms(connection)), body)
    said = _object(answer.content)
    job = said.get("job_id")
    if answer.status_code != 202 or not isinstance(job, str):
        raise Failed(f"receive_hubspot answered {answer.status_code}: {said.get('error') or 'no reason'}")
    outcome.checks["signed submission"] = "202"
    return job


def _follow(connection: Connection, outcome: Outcome, until: float, pause: Callable[[float], object]) -> Job:
    """Until the job, or the one that took it up, has no next step."""
    while True:
        job = _job(connection, outcome.job)
        owner = _job(connection, job.merged_into) if job.merged_into else job
        outcome.status, outcome.stage = owner.status.value, owner.stage
        outcome.draft = owner.draft_id or ""
        if owner.next is None:
            break
        if time.monotonic() > until:
            raise Failed(f"the job did not come to a decision in time: {owner.status.value} at {owner.stage}")
        pause(LOOK_EVERY_S)
    why = "; ".join(owner.reasons) or (owner.steps[-1].error if owner.steps else "")
    if owner.status not in (Status.WAITING, Status.HELD):
        raise Failed(f"the job ended {owner.status.value} at {owner.stage}: {why or 'no reason given'}")
    outcome.checks["job"] = f"{owner.status.value} at {owner.stage}" + (f": {why}" if why else "")
    return owner


def _nothing_was_sent(connection: Connection, owner: Job, outcome: Outcome) -> None:
    """By our own word, and by the mailbox's: sending consumes the Gmail draft."""
    if owner.draft_id is None:
        if owner.status is Status.WAITING:
            raise Failed("the job waits, and has no draft to decide about")
        outcome.checks["draft"] = "none: held before it was written"
        return
    draft = show_draft(connection.database, connection.tenant, owner.draft_id)
    if draft is None:
        raise Failed(f"draft {owner.draft_id} is not there")
    if draft.state in LEAVING:
        raise Failed(f"draft {draft.id} is {draft.state.value}: mail left in DRAFT_ONLY")
    outcome.checks["draft"] = draft.state.value
    _has_a_way_out(connection, draft, outcome)
    if draft.gmail_draft_id:
        _still_in_the_mailbox(connection, draft, outcome)


def _has_a_way_out(connection: Connection, draft: Draft, outcome: Outcome) -> None:
    """The page of the link to unsubscribe is there; looking at it changes nothing."""
    if not draft.opt_out_url:
        raise Failed(f"draft {draft.id} carries no link to unsubscribe")
    status = connection.get(draft.opt_out_url).status_code
    if status != 200:
        raise Failed(f"the page to unsubscribe answered {status}, not 200")
    outcome.checks["way out"] = "200"


def _still_in_the_mailbox(connection: Connection, draft: Draft, outcome: Outcome) -> None:
    sender = connection.tenant_settings().senders.get(draft.sender.lower())
    by = sender.connection if sender else By.DELEGATION
    http = google_http(connection.world, connection.tenant, "gmail", draft.sender, SCOPES, by)
    try:
        filed = GmailMailbox(http).find_draft(draft.id)
    except Failure as failure:
        # Whoever tries out a deployment need not be allowed to read the mailbox.
        outcome.checks["mailbox"] = f"not looked at: {failure}"
        return
    if filed is None:
        raise Failed(f"draft {draft.id} is no longer in the mailbox: it was sent or deleted")
    outcome.checks["mailbox"] = "the draft is in it, unsent"


def _job(connection: Connection, job_id: str) -> Job:
    found = show_job(connection.database, connection.tenant, job_id)
    if found is None:
        raise Failed(f"job {job_id} is not there")
    return found


def _secret(connection: Connection) -> str:
    """From the environment, the local stack, or Secret Manager."""
    given = os.environ.get(SECRET_VARIABLE) or connection.environment.secrets.get(SECRET)
    return given or secrets(connection.world).value(SECRET)


def _now_ms(connection: Connection) -> int:
    return round(connection.world.clock().timestamp() * 1000)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
