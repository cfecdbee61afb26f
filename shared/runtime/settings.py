"""Every setting of a function, read from its environment once, when the first request comes."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.jobs.moves import Route
from shared.jobs.rules import Mode


class Settings(BaseModel):
    """Environment variables by name. Errors: ValueError naming each bad variable and what it must be."""

    model_config = ConfigDict(frozen=True, populate_by_name=False, allow_inf_nan=False)

    project: Annotated[str, Field(alias="PROJECT", description="Google Cloud project id")]
    region: Annotated[str, Field(alias="REGION", description="Region of functions and queues")]
    environment: Annotated[str, Field(alias="ENVIRONMENT", description="dev, staging, prod or local")] = (
        "prod"
    )
    release: Annotated[str, Field(alias="RELEASE", description="What is deployed, for Sentry")] = ""
    function_name: Annotated[str, Field(alias="FUNCTION_NAME", description="This function's row")] = ""
    function_url: Annotated[
        str, Field(alias="FUNCTION_URL", description="A function's URL, with {name} where its name goes")
    ] = ""
    routing: Annotated[
        dict[str, Route], Field(alias="ROUTING", description="JSON: how each stage is reached (queue, times)")
    ] = Field(default_factory=dict[str, Route])
    callers: Annotated[
        dict[str, tuple[str, ...]],
        Field(alias="CALLERS", description="JSON: for each function the service accounts that may call it"),
    ] = Field(default_factory=dict[str, tuple[str, ...]])
    tasks_caller: Annotated[
        str, Field(alias="TASKS_CALLER", description="Service account under which tasks call functions")
    ] = ""
    mode_ceiling: Annotated[
        Mode, Field(alias="MODE_CEILING", description="The most that any mode may allow in this environment")
    ] = Mode.DRAFT_ONLY
    k_service: Annotated[
        str, Field(alias="K_SERVICE", description="Set by Cloud Run: a front end has checked the caller")
    ] = ""
    certs_url: Annotated[
        str,
        Field(alias="GOOGLE_CERTS_URL", description="Certificates of local callers; ignored when deployed"),
    ] = ""

    firestore_host: Annotated[
        str, Field(alias="FIRESTORE_EMULATOR_HOST", description="Local Firestore, host:port")
    ] = ""
    pubsub_host: Annotated[str, Field(alias="PUBSUB_EMULATOR_HOST", description="Local Pub/Sub")] = ""
    tasks_host: Annotated[str, Field(alias="TASKS_EMULATOR_HOST", description="Local Cloud Tasks")] = ""
    secrets_host: Annotated[str, Field(alias="SECRETS_EMULATOR_HOST", description="Local Secret Manager")] = (
        ""
    )

    hubspot_url: Annotated[str, Field(alias="HUBSPOT_URL", description="HubSpot's API")] = (
        "https://api.hubapi.com"
    )
    gmail_url: Annotated[str, Field(alias="GMAIL_URL", description="Gmail's API")] = (
        "https://gmail.googleapis.com"
    )
    calendar_url: Annotated[str, Field(alias="CALENDAR_URL", description="Google Calendar's API")] = (
        "https://www.googleapis.com"
    )
    google_oauth_url: Annotated[
        str, Field(alias="GOOGLE_OAUTH_URL", description="Where Google's access tokens come from")
    ] = "https://oauth2.googleapis.com"
    google_accounts_url: Annotated[
        str, Field(alias="GOOGLE_ACCOUNTS_URL", description="Where Google asks a mailbox's owner for consent")
    ] = "https://accounts.google.com"
    openai_url: Annotated[str, Field(alias="OPENAI_URL", description="An OpenAI-compatible API")] = (
        "https://api.openai.com/v1"
    )
    model: Annotated[
        str, Field(alias="MODEL", description="The model that reads, plans and writes; empty: by rule")
    ] = ""
    receive_hubspot_url: Annotated[
        str, Field(alias="RECEIVE_HUBSPOT_URL", description="The webhook URL as HubSpot knows and signs it")
    ] = ""
    connect_gmail_url: Annotated[
        str,
        Field(alias="CONNECT_GMAIL_URL", description="connect_gmail's URL as registered at the OAuth client"),
    ] = ""
    receive_opt_out_url: Annotated[
        str,
        Field(
            alias="RECEIVE_OPT_OUT_URL",
            description="Where the button to unsubscribe leads; empty: receive_opt_out's URL",
        ),
    ] = ""
    operators_client_id: Annotated[
        str,
        Field(
            alias="OPERATORS_CLIENT_ID",
            description="The OAuth client that operators sign in to at Google; empty: API keys only",
        ),
    ] = ""
    operators_domain: Annotated[
        str,
        Field(alias="OPERATORS_DOMAIN", description="The Workspace domain that operators must be of"),
    ] = ""
    sentry_dsn: Annotated[
        str, Field(alias="SENTRY_DSN", description="Where bugs are reported; empty: off")
    ] = ""

    max_attempts: Annotated[
        int, Field(alias="MAX_ATTEMPTS", ge=1, le=50, description="Runs of one stage before a dead letter")
    ] = 6
    retry_first_s: Annotated[
        float,
        Field(alias="RETRY_FIRST_S", gt=0, description="Pause before the second run; doubles each time"),
    ] = 5.0
    retry_most_s: Annotated[float, Field(alias="RETRY_MOST_S", gt=0, description="The longest pause")] = 600.0
    intent_lease_s: Annotated[
        float,
        Field(alias="INTENT_LEASE_S", gt=0, description="How long an effect may take before a rerun looks"),
    ] = 90.0
    paused_recheck_s: Annotated[
        float, Field(alias="PAUSED_RECHECK_S", gt=0, description="How soon a job asks if a stop is lifted")
    ] = 300.0
    crm_lag_s: Annotated[
        float, Field(alias="CRM_LAG_S", ge=0, description="Wait before the CRM is asked a second time")
    ] = 120.0
    sync_budget: Annotated[
        int,
        Field(
            alias="SYNC_BUDGET",
            ge=1,
            description="Messages of a mailbox that one run looks at; then the next",
        ),
    ] = 200

    audit_bucket: Annotated[
        str, Field(alias="AUDIT_BUCKET", description="S3 bucket that the audit is archived in; empty: off")
    ] = ""
    audit_bucket_region: Annotated[
        str, Field(alias="AUDIT_BUCKET_REGION", description="Region of the audit's bucket, as eu-central-1")
    ] = ""
    audit_endpoint: Annotated[
        str,
        Field(
            alias="AUDIT_ENDPOINT",
            description="Another API that speaks S3 with Object Lock, for the audit; empty: AWS",
        ),
    ] = ""
    audit_retention_days: Annotated[
        int,
        Field(
            alias="AUDIT_RETENTION_DAYS",
            ge=1,
            le=36500,
            description="Days for which nobody can delete an archived day of the audit",
        ),
    ] = 1095

    @property
    def deployed(self) -> bool:
        """Whether this runs on Cloud Run and not on a developer's machine."""
        return self.environment != "local"

    def url_of(self, function: str) -> str:
        """The URL of a function, which is also the audience of its callers' tokens."""
        return self.function_url.replace("{name}", function)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings. Errors: ValueError naming each bad variable, its rule and what to do."""
    given: dict[str, Any] = {}
    for field in Settings.model_fields.values():
        name = field.alias or ""
        if environ.get(name, "") != "":
            given[name] = environ[name]
    for name in ("ROUTING", "CALLERS"):
        if name in given:
            given[name] = _json(name, given[name])
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(f"bad settings: {wrong}. See .env.example for each variable") from None


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"bad settings: {name} is not JSON; it is generated from functions.yaml") from None
