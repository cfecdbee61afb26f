"""Settings from the environment: every default stands here, and a bad value is named with what it must be."""

from __future__ import annotations

import json

import pytest

from shared.jobs.rules import Mode
from shared.runtime.settings import Settings, read_settings
from tests.conftest import CANARY

NEEDED = {"PROJECT": "acme", "REGION": "us-central1"}

DEFAULTS: dict[str, object] = {
    "ENVIRONMENT": "prod",
    "RELEASE": "",
    "FUNCTION_NAME": "",
    "SYNC_BUDGET": 200,
    "FUNCTION_URL": "",
    "ROUTING": {},
    "CALLERS": {},
    "TASKS_CALLER": "",
    "MODE_CEILING": Mode.DRAFT_ONLY,
    "K_SERVICE": "",
    "GOOGLE_CERTS_URL": "",
    "FIRESTORE_EMULATOR_HOST": "",
    "PUBSUB_EMULATOR_HOST": "",
    "TASKS_EMULATOR_HOST": "",
    "SECRETS_EMULATOR_HOST": "",
    "HUBSPOT_URL": "https://api.hubapi.com",
    "GMAIL_URL": "https://gmail.googleapis.com",
    "CALENDAR_URL": "https://www.googleapis.com",
    "GOOGLE_OAUTH_URL": "https://oauth2.googleapis.com",
    "GOOGLE_ACCOUNTS_URL": "https://accounts.google.com",
    "OPENAI_URL": "https://api.openai.com/v1",
    "MODEL": "",
    "RECEIVE_HUBSPOT_URL": "",
    "CONNECT_GMAIL_URL": "",
    "RECEIVE_OPT_OUT_URL": "",
    "OPERATORS_CLIENT_ID": "",
    "OPERATORS_DOMAIN": "",
    "AUDIT_BUCKET": "",
    "AUDIT_BUCKET_REGION": "",
    "AUDIT_ENDPOINT": "",
    "AUDIT_RETENTION_DAYS": 1095,
    "SENTRY_DSN": "",
    "MAX_ATTEMPTS": 6,
    "RETRY_FIRST_S": 5.0,
    "RETRY_MOST_S": 600.0,
    "INTENT_LEASE_S": 90.0,
    "PAUSED_RECHECK_S": 300.0,
    "CRM_LAG_S": 120.0,
}
FIELDS = {field.alias or "": name for name, field in Settings.model_fields.items()}


def value_of(settings: Settings, variable: str) -> object:
    return getattr(settings, FIELDS[variable])


def test_every_setting_has_a_variable_and_every_default_stands_here() -> None:
    assert set(FIELDS) == {*NEEDED, *DEFAULTS}
    found = read_settings(NEEDED)
    assert {variable: value_of(found, variable) for variable in DEFAULTS} == DEFAULTS


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_nothing_may_be_sent_unless_the_environment_says_so() -> None:
    assert read_settings(NEEDED).mode_ceiling is Mode.DRAFT_ONLY
    assert read_settings({**NEEDED, "MODE_CEILING": "SEND_ALLOWED"}).mode_ceiling is Mode.SEND_ALLOWED


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read_settings({**NEEDED, "MAX_ATTEMPTS": "", "MODE_CEILING": ""}) == read_settings(NEEDED)


def test_variables_of_others_are_left_alone() -> None:
    assert read_settings({**NEEDED, "PATH": "/bin", "model": "x"}) == read_settings(NEEDED)


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_needed_is_asked_for_by_its_name(missing: str) -> None:
    given = {name: value for name, value in NEEDED.items() if name != missing}
    with pytest.raises(ValueError, match=f"bad settings: {missing}: Field required. See .env.example"):
        read_settings(given)


@pytest.mark.parametrize(
    ("variable", "value", "rule"),
    [
        ("MAX_ATTEMPTS", "0", "greater than or equal to 1"),
        ("MAX_ATTEMPTS", "51", "less than or equal to 50"),
        ("MAX_ATTEMPTS", "many", "a valid integer"),
        ("MAX_ATTEMPTS", "2.5", "a valid integer"),
        ("RETRY_FIRST_S", "0", "greater than 0"),
        ("RETRY_FIRST_S", "-1", "greater than 0"),
        ("RETRY_FIRST_S", "nan", "a finite number"),
        ("RETRY_MOST_S", "inf", "a finite number"),
        ("RETRY_MOST_S", "soon", "a valid number"),
        ("INTENT_LEASE_S", "0", "greater than 0"),
        ("PAUSED_RECHECK_S", "0", "greater than 0"),
        ("CRM_LAG_S", "-0.1", "greater than or equal to 0"),
        ("MODE_CEILING", "send_allowed", "'DRAFT_ONLY' or 'SEND_ALLOWED'"),
        ("MODE_CEILING", "SEND_ALLOWED ", "'DRAFT_ONLY' or 'SEND_ALLOWED'"),
        ("ROUTING", "{", "is not JSON"),
        ("ROUTING", "[]", "a valid dictionary"),
        ("ROUTING", '{"gate_draft": {"queue": "q"}}', "deadline_s"),
        ("CALLERS", "nobody", "is not JSON"),
        ("CALLERS", '{"gate_draft": "tasks"}', "gate_draft"),
    ],
)
def test_a_bad_value_is_refused_by_name_with_what_it_must_be(variable: str, value: str, rule: str) -> None:
    with pytest.raises(ValueError, match="bad settings: ") as refused:
        read_settings({**NEEDED, variable: value})
    assert variable in str(refused.value)
    assert rule in str(refused.value)


def test_all_bad_values_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="MAX_ATTEMPTS") as refused:
        read_settings({**NEEDED, "MAX_ATTEMPTS": "0", "CRM_LAG_S": "-1", "MODE_CEILING": "maybe"})
    assert "CRM_LAG_S" in str(refused.value)
    assert "MODE_CEILING" in str(refused.value)


@pytest.mark.parametrize("variable", [n for n, d in DEFAULTS.items() if isinstance(d, int | float | Mode)])
def test_a_refusal_never_shows_the_value(variable: str) -> None:
    with pytest.raises(ValueError, match=variable) as refused:
        read_settings({**NEEDED, variable: CANARY})
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("variable", ["ROUTING", "CALLERS"])
def test_a_refusal_of_generated_json_never_shows_it(variable: str) -> None:
    for value in (f"{{{CANARY}", json.dumps([CANARY]), json.dumps({"gate_draft": CANARY})):
        with pytest.raises(ValueError, match=variable) as refused:
            read_settings({**NEEDED, variable: value})
        assert CANARY not in str(refused.value)


def test_generated_json_is_read_into_its_shapes() -> None:
    routing = {"gate_draft": {"queue": "stages", "deadline_s": 60, "patience_s": 300}}
    found = read_settings(
        {**NEEDED, "ROUTING": json.dumps(routing), "CALLERS": '{"gate_draft": ["a@b", "c@d"]}'}
    )
    assert found.routing["gate_draft"].patience_s == 300
    assert found.callers == {"gate_draft": ("a@b", "c@d")}


def test_only_a_machine_that_says_local_is_not_deployed() -> None:
    assert read_settings(NEEDED).deployed
    assert read_settings({**NEEDED, "ENVIRONMENT": "dev"}).deployed
    assert not read_settings({**NEEDED, "ENVIRONMENT": "local"}).deployed


def test_a_functions_url_has_its_name_in_it() -> None:
    found = read_settings({**NEEDED, "FUNCTION_URL": "https://{name}-x.run.app"})
    assert found.url_of("gate_draft") == "https://gate_draft-x.run.app"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings(NEEDED).model = "gpt"  # pyright: ignore[reportAttributeAccessIssue]
