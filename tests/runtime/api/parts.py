"""The API on a simulated system: who asks, how, and one example of every route."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.event import Event, EventStatus
from shared.jobs.job import Job, Status
from shared.jobs.mailbox import mailbox_id
from shared.operators.api_keys import GLOBAL, create_api_key
from shared.operators.flags import create_missing_controls
from shared.operators.people import admit_person
from shared.operators.roles import Operator, Role
from shared.runtime.wire.secrets import address_key_of
from tests import system

CLIENT_ID = "operators-client.apps.example"
DOMAIN = "brightpath.example"
SETTINGS = {"OPERATORS_CLIENT_ID": CLIENT_ID, "OPERATORS_DOMAIN": DOMAIN}
OTHER = "acme"
DANA = f"dana@{DOMAIN}"
INDUSTRY = {"type": "ALLOWED_INDUSTRY", "value": ["logistics"], "reason": "our market"}
MAKER = Operator("operator:ann", Role.ADMIN)


@dataclass
class Api:
    """Requests to serve_api; each comes from an address of its own unless one is named."""

    simulation: Simulation
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def key(
        self,
        role: Role = Role.ADMIN,
        *,
        tenant: str = TENANT,
        scopes: tuple[str, ...] = (),
        days: int = 30,
    ) -> str:
        """A new key's secret."""
        world = self.simulation.world
        made = create_api_key(
            world.database,
            tenant,
            name=f"test {next(self._numbers)}",
            role=role,
            scopes=scopes,
            valid_days=days,
            within=None,
            by=MAKER,
            now=world.clock(),
        )
        secret: str = made.secret  # type: ignore[union-attr]
        return secret

    def person(self, address: str = DANA, role: Role = Role.ADMIN, *, tenant: str = TENANT) -> None:
        """Let somebody in who signs in at Google."""
        world = self.simulation.world
        key = address_key_of(world, address)
        admit_person(world.database, tenant, key, name="Dana Reyes", role=role, by=MAKER, now=world.clock())

    def token(self, **changes: Any) -> str:
        """Google's ID token for Dana, with other claims; None leaves one out."""
        now = int(self.simulation.clock.now().timestamp())
        good = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT_ID,
            "azp": CLIENT_ID,
            "sub": "1234567890",
            "email": DANA,
            "email_verified": True,
            "hd": DOMAIN,
            "iat": now,
            "exp": now + 3600,
        }
        return self.simulation.cloud.issuer.sign({k: v for k, v in (good | changes).items() if v is not None})

    def ask(
        self,
        method: str,
        path: str,
        credential: str | None = None,
        *,
        body: Any = None,
        raw: bytes | None = None,
        address: str | None = None,
        **headers: str,
    ) -> Any:
        """One request; `body` is sent as JSON, `raw` as it is. Header names may have _ for -."""
        number = next(self._numbers)
        sent = {"X-Forwarded-For": address or f"203.0.{number // 250 % 250}.{number % 250 + 1}"}
        if credential is not None:
            sent["Authorization"] = f"Bearer {credential}"
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        if body is not None or raw is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.simulation.call(f"serve_api{path}", method=method, headers=sent, body=data)

    def etag(self, path: str, credential: str) -> str:
        """The ETag of what is there now."""
        return str(self.ask("GET", path, credential).headers["ETag"])

    @property
    def writes(self) -> int:
        """Documents that the API wrote so far."""
        return self.simulation.cloud.counts.by_work().get("/serve_api", {}).get("writes", 0)


@dataclass(frozen=True)
class Example:
    """How a route is asked so that nothing but who asks can be wrong."""

    path: str
    body: Any = None
    guards: str = ""
    """Where its ETag is shown."""


@dataclass(frozen=True)
class World:
    """A system with one of everything, and the ids."""

    api: Api
    job: str
    draft: str
    letter: str
    event: str
    mailbox: str
    form: str
    key_id: str
    person_id: str
    guardrail: str
    contact: str
    company: str
    chain: str
    erased: str
    looker: str
    """A key that may only look."""


def furnished(simulation: Simulation) -> World:
    """One finished job with its draft, one failed job with its dead letter, one refused event."""
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    world = simulation.world
    job = system.job(simulation)
    assert job.draft_id is not None
    now = world.clock()
    failed = Job.model_validate(
        {**dict(job), "id": "job-failed", "status": Status.FAILED, "next": None, "draft_id": None}
    )
    letter = DeadLetter(
        id=f"job-failed-{failed.epoch}",
        tenant=TENANT,
        job_id=failed.id,
        stage=failed.stage,
        epoch=failed.epoch,
        kind="permanent",
        reason="spoilt",
        attempts=1,
        created_at=now,
    )
    event = Event(
        id="event-refused",
        tenant=TENANT,
        source="hubspot_form",
        via="webhook",
        status=EventStatus.REFUSED,
        reason="no address",
        received_at=now,
        expire_at=now + timedelta(days=30),
    )
    world.database.commit([failed, letter, event])
    create_missing_controls(world.database, OTHER, by=MAKER, now=now)
    api = Api(simulation)
    viewer = api.key(Role.ADMIN)
    api.person(f"lee@{DOMAIN}", Role.VIEWER)
    (kept,) = api.ask("GET", "/v1/api-keys", viewer).json["items"]
    (person,) = api.ask("GET", "/v1/operators", viewer).json["items"]
    rule = api.ask("POST", "/v1/guardrails", viewer, body=INDUSTRY).json
    gone = {"address": "gone@outside.example", "reason": "they asked"}
    erased = api.ask("POST", "/v1/erasures", viewer, body=gone).json
    api.ask("POST", "/v1/companies/7001/pause", viewer, body={"reason": "they asked"})
    tenant = api.ask("GET", "/v1/tenant", viewer).json["settings"]
    return World(
        api=api,
        looker=api.key(Role.VIEWER),
        job=failed.id,
        draft=job.draft_id,
        letter=letter.id,
        event=event.id,
        mailbox=mailbox_id(next(iter(tenant["senders"]))),
        form=next(iter(tenant["forms"])),
        key_id=kept["id"],
        person_id=person["id"],
        guardrail=rule["id"],
        contact=job.contact_id,
        company="7001",
        chain=job.id,
        erased=erased["id"],
    )


def examples(world: World) -> dict[str, Example]:
    """One for each route, by its name: a route without one fails the tests."""
    somebody = {"address": "somebody@outside.example"}
    day = f"/v1/quotas/{world.mailbox}/day"
    flag = {"field": "mode", "value": "DRAFT_ONLY"}
    return {
        "GET /v1/openapi.json": Example("/v1/openapi.json"),
        "GET /v1/health": Example("/v1/health"),
        "GET /v1/ready": Example("/v1/ready"),
        "GET /metrics": Example("/metrics"),
        "GET /v1/stats/daily": Example("/v1/stats/daily"),
        "GET /v1/stats/outcomes": Example("/v1/stats/outcomes"),
        "GET /v1/stats/contacts": Example("/v1/stats/contacts"),
        "GET /v1/drafts": Example("/v1/drafts"),
        "GET /v1/drafts/{draft_id}": Example(f"/v1/drafts/{world.draft}"),
        "GET /v1/drafts/{draft_id}/preview": Example(f"/v1/drafts/{world.draft}/preview"),
        "GET /v1/drafts/{draft_id}/suggestions": Example(f"/v1/drafts/{world.draft}/suggestions"),
        "POST /v1/drafts/{draft_id}/approve": Example(f"/v1/drafts/{world.draft}/approve", {"revision": 9}),
        "POST /v1/drafts/{draft_id}/reject": Example(
            f"/v1/drafts/{world.draft}/reject", {"revision": 9, "reason": "no"}
        ),
        "POST /v1/drafts/{draft_id}/edit": Example(
            f"/v1/drafts/{world.draft}/edit", {"revision": 9, "subject": "Hello", "body": "Shall we talk?"}
        ),
        "POST /v1/drafts/{draft_id}/snooze": Example(
            f"/v1/drafts/{world.draft}/snooze", {"revision": 9, "until": "2026-12-01T09:00:00Z"}
        ),
        "POST /v1/drafts/{draft_id}/force": Example(
            f"/v1/drafts/{world.draft}/force", {"revision": 9, "reason": "they wait"}
        ),
        "POST /v1/drafts/{draft_id}/settle": Example(
            f"/v1/drafts/{world.draft}/settle", {"revision": 9, "was_sent": True, "evidence": "in Sent"}
        ),
        "GET /v1/guardrails": Example("/v1/guardrails"),
        "GET /v1/guardrails/{guardrail_id}": Example(f"/v1/guardrails/{world.guardrail}"),
        "POST /v1/guardrails": Example("/v1/guardrails", INDUSTRY),
        "POST /v1/guardrails/{guardrail_id}/deactivate": Example(
            f"/v1/guardrails/{world.guardrail}/deactivate",
            {"reason": "too strict"},
            guards=f"/v1/guardrails/{world.guardrail}",
        ),
        "GET /v1/quotas": Example("/v1/quotas"),
        "GET /v1/quotas/{mailbox_id}/{span}": Example(day),
        "PUT /v1/quotas/{mailbox_id}/{span}": Example(day, {"limit": 60, "reason": "a fair"}, guards=day),
        "POST /v1/quotas/{mailbox_id}/{span}/reset": Example(f"{day}/reset", {"reason": "over"}, guards=day),
        "GET /v1/contacts/{contact_id}": Example(f"/v1/contacts/{world.contact}"),
        "GET /v1/contacts/{contact_id}/history": Example(f"/v1/contacts/{world.contact}/history"),
        "POST /v1/contacts/show": Example("/v1/contacts/show", {"address": system.ANA}),
        "POST /v1/contacts/check": Example("/v1/contacts/check", {"address": system.ANA}),
        "GET /v1/companies": Example("/v1/companies"),
        "GET /v1/companies/{company_id}": Example(f"/v1/companies/{world.company}"),
        "POST /v1/companies/{company_id}/pause": Example(
            f"/v1/companies/{world.company}/pause", {"reason": "they asked"}
        ),
        "POST /v1/companies/{company_id}/resume": Example(
            f"/v1/companies/{world.company}/resume",
            {"reason": "agreed"},
            guards=f"/v1/companies/{world.company}",
        ),
        "GET /v1/erasures": Example("/v1/erasures"),
        "GET /v1/erasures/{contact_id}": Example(f"/v1/erasures/{world.erased}"),
        "POST /v1/erasures": Example("/v1/erasures", {**somebody, "reason": "they asked"}),
        "GET /v1/audit": Example("/v1/audit"),
        "GET /v1/audit/export": Example("/v1/audit/export"),
        "GET /v1/audit/chains/{chain}": Example(f"/v1/audit/chains/{world.chain}"),
        "GET /v1/jobs": Example("/v1/jobs"),
        "GET /v1/jobs/{job_id}": Example(f"/v1/jobs/{world.job}"),
        "POST /v1/jobs/{job_id}/replay": Example(f"/v1/jobs/{world.job}/replay", {}),
        "POST /v1/jobs/retry-failed": Example("/v1/jobs/retry-failed", {"dry_run": True}),
        "GET /v1/events": Example("/v1/events"),
        "POST /v1/events/{event_id}/replay": Example(f"/v1/events/{world.event}/replay"),
        "GET /v1/dead-letters": Example("/v1/dead-letters"),
        "GET /v1/dead-letters/{letter_id}": Example(f"/v1/dead-letters/{world.letter}"),
        "POST /v1/dead-letters/{letter_id}/replay": Example(
            f"/v1/dead-letters/{world.letter}/replay", {"dry_run": True}
        ),
        "POST /v1/dead-letters/replay": Example("/v1/dead-letters/replay", {"all": True, "dry_run": True}),
        "GET /v1/flags": Example("/v1/flags"),
        "PATCH /v1/flags": Example("/v1/flags", flag, guards="/v1/flags"),
        "GET /v1/flags/global": Example("/v1/flags/global"),
        "PATCH /v1/flags/global": Example("/v1/flags/global", flag, guards="/v1/flags/global"),
        "POST /v1/suppressions/check": Example("/v1/suppressions/check", somebody),
        "POST /v1/suppressions": Example("/v1/suppressions", {**somebody, "reason": "asked on the phone"}),
        "POST /v1/suppressions/remove": Example(
            "/v1/suppressions/remove", {**somebody, "reason": "mistaken"}
        ),
        "GET /v1/tenant": Example("/v1/tenant"),
        "GET /v1/mailboxes": Example("/v1/mailboxes"),
        "POST /v1/mailboxes/{mailbox_id}/sync": Example(f"/v1/mailboxes/{world.mailbox}/sync"),
        "GET /v1/forms": Example("/v1/forms"),
        "PUT /v1/forms/{form_id}": Example(
            f"/v1/forms/{world.form}", {"name": "Contact"}, guards="/v1/tenant"
        ),
        "DELETE /v1/forms/{form_id}": Example(f"/v1/forms/{world.form}", guards="/v1/tenant"),
        "GET /v1/api-keys": Example("/v1/api-keys"),
        "POST /v1/api-keys": Example("/v1/api-keys", {"name": "a program"}),
        "POST /v1/api-keys/{key_id}/revoke": Example(
            f"/v1/api-keys/{world.key_id}/revoke", {"reason": "old"}
        ),
        "GET /v1/operators": Example("/v1/operators"),
        "POST /v1/operators": Example("/v1/operators", {"address": f"sam@{DOMAIN}", "name": "Sam Oduya"}),
        "POST /v1/operators/{person_id}/remove": Example(
            f"/v1/operators/{world.person_id}/remove", {"reason": "left"}
        ),
    }


__all__ = (
    "CLIENT_ID",
    "DANA",
    "DOMAIN",
    "GLOBAL",
    "OTHER",
    "SETTINGS",
    "Api",
    "Example",
    "World",
    "examples",
    "furnished",
)
