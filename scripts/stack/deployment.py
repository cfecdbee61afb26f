"""functions.yaml as the local cloud needs it: what to provision, and the environment of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.catalogue import Catalogue
from scripts.local_cloud.spec import CloudSpec, FunctionSpec, QueueSpec, ScheduleSpec, SubscriptionSpec

PROJECT = "local"
REGION = "us-central1"
ACCOUNTS = {name: f"{name}@{PROJECT}.iam.gserviceaccount.com" for name in ("tasks", "scheduler", "pubsub")}


@dataclass(frozen=True)
class Places:
    """Where the parts of a local stack are: host:port for Google, URLs for the rest."""

    google: str
    front_end: str
    functions: str
    certs: str
    vendors: Mapping[str, str]
    separate: Mapping[str, str] = field(default_factory=dict[str, str])
    """The URLs of functions that have a process of their own."""

    def serves(self, function: str) -> str:
        """Where a function itself listens, behind the front end."""
        return self.separate.get(function) or f"{self.functions}/{function}"

    def url_of(self, function: str) -> str:
        """The public URL of a function."""
        return f"{self.front_end}/{function}"


def spec(
    catalogue: Catalogue, places: Places, secrets: Mapping[str, str], *, paused: bool = False
) -> CloudSpec:
    """What Terraform would create. `paused`: schedules only run when they are told to."""
    rows = catalogue.functions.items()
    return CloudSpec(
        project=PROJECT,
        location=REGION,
        queues=[
            QueueSpec(
                name=name,
                max_dispatches_per_second=queue.max_dispatches_per_second,
                max_concurrent_dispatches=queue.max_concurrent_dispatches,
                max_attempts=queue.max_attempts,
                min_backoff_s=queue.min_backoff_s,
                max_backoff_s=queue.max_backoff_s,
                max_doublings=queue.max_doublings,
            )
            for name, queue in catalogue.queues.items()
        ],
        topics=[*catalogue.topics, *(f"{topic}-dead" for topic in catalogue.topics)],
        subscriptions=[
            SubscriptionSpec(
                name=name,
                topic=row.trigger.topic,
                endpoint=places.url_of(name),
                service_account=ACCOUNTS["pubsub"],
                audience=places.url_of(name),
                filter=row.trigger.filter,
                dead_letter_topic=f"{row.trigger.topic}-dead",
                max_delivery_attempts=row.trigger.max_delivery_attempts or 5,
                min_backoff_s=10.0,
                max_backoff_s=600.0,
                ack_deadline_s=row.trigger.ack_deadline_s or 60,
            )
            for name, row in rows
            if row.trigger.topic
        ],
        schedules=[
            ScheduleSpec(
                name=name,
                cron=row.trigger.schedule,
                url=places.url_of(name),
                service_account=ACCOUNTS["scheduler"],
                audience=places.url_of(name),
                attempt_deadline_s=float(row.trigger.deadline_s or 180),
                retry_count=3,
                min_backoff_s=10.0,
                max_backoff_s=60.0,
                max_doublings=2,
                paused=paused,
            )
            for name, row in rows
            if row.trigger.schedule
        ],
        functions=[
            FunctionSpec(
                name=name,
                url=places.serves(name),
                public=row.trigger.public,
                audience=places.url_of(name),
                callers=[ACCOUNTS[caller] for caller in catalogue.callers(name)],
            )
            for name, row in rows
        ],
        secrets=dict(secrets),
    )


def environment(catalogue: Catalogue, places: Places, *, behind_front_end: bool) -> dict[str, str]:
    """The settings of all functions of a local stack."""
    found = {
        "PROJECT": PROJECT,
        "REGION": REGION,
        "ENVIRONMENT": "local",
        # Into the sandbox mail may go out, once a person says so in the control documents: they begin DRAFT_ONLY.
        "MODE_CEILING": "SEND_ALLOWED",
        "FUNCTION_URL": f"{places.front_end}/{{name}}",
        "ROUTING": json.dumps(catalogue.routing()),
        "CALLERS": json.dumps({n: [ACCOUNTS[c] for c in catalogue.callers(n)] for n in catalogue.functions}),
        "TASKS_CALLER": ACCOUNTS["tasks"],
        "GOOGLE_CERTS_URL": places.certs,
        "FIRESTORE_EMULATOR_HOST": places.google,
        "PUBSUB_EMULATOR_HOST": places.google,
        "TASKS_EMULATOR_HOST": places.google,
        "SECRETS_EMULATOR_HOST": places.google,
        "RECEIVE_HUBSPOT_URL": places.url_of("receive_hubspot"),
        "HUBSPOT_URL": places.vendors["hubspot"],
        "GMAIL_URL": places.vendors["gmail"],
        "CALENDAR_URL": places.vendors["calendar"],
        "GOOGLE_OAUTH_URL": places.vendors["google-oauth"],
        "GOOGLE_ACCOUNTS_URL": places.vendors["google-oauth"],
        "CONNECT_GMAIL_URL": places.url_of("connect_gmail"),
        "RECEIVE_OPT_OUT_URL": places.url_of("receive_opt_out"),
        "OPENAI_URL": places.vendors["openai"] + "/v1",
    }
    if behind_front_end:
        found["K_SERVICE"] = "local"
    return found
