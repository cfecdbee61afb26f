"""Who may call a private function: the exact service account with a good token, and nobody else."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from scripts.stack.deployment import ACCOUNTS
from scripts.stack.simulation import Simulation
from shared.runtime.callers import (
    MARKER,
    CannotTell,
    Certificates,
    fetch_certificates,
    verified_claims,
)
from shared.runtime.settings import read_settings
from shared.runtime.world import World, install

BODY = json.dumps({"tenant": "default", "job": "none", "stage": "read_thread", "epoch": 1}).encode()


def call(simulation: Simulation, token: str, *, function: str = "read_thread") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return int(simulation.call(function, headers=headers, body=BODY).status_code)


def token(simulation: Simulation, *, account: str = "tasks", function: str = "read_thread") -> str:
    return simulation.cloud.issuer.token(ACCOUNTS[account], simulation.places.url_of(function))


def claims(simulation: Simulation, **changes: Any) -> str:
    """A token signed by the right key with other claims."""
    now = int(simulation.clock.now().timestamp())
    good = {
        "iss": "https://accounts.google.com",
        "aud": simulation.places.url_of("read_thread"),
        "email": ACCOUNTS["tasks"],
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
    }
    return simulation.cloud.issuer.sign({k: v for k, v in (good | changes).items() if v is not None})


def test_the_right_caller_comes_in(simulation: Simulation) -> None:
    assert call(simulation, token(simulation)) == 200
    assert call(simulation, claims(simulation)) == 200


@pytest.mark.parametrize("name", ["", "a", "a.b", "a.b.c", "....", "null"])
def test_no_token_or_a_broken_one(simulation: Simulation, name: str) -> None:
    assert call(simulation, name) == 401


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "http://functions.local/write_draft"},
        {"aud": None},
        {"iss": "https://accounts.example.com"},
        {"email": "scheduler@local.iam.gserviceaccount.com"},
        {"email": "TASKS@local.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"exp": 0},
        {"exp": None},
        {"exp": "9999999999"},
        {"iat": 99999999999},
    ],
)
def test_a_token_with_one_wrong_claim(simulation: Simulation, change: dict[str, Any]) -> None:
    assert call(simulation, claims(simulation, **change)) == 401


def test_an_expired_token(simulation: Simulation) -> None:
    old = token(simulation)
    simulation.clock.advance(3700)
    assert call(simulation, old) == 401


def test_a_changed_payload_or_algorithm(simulation: Simulation) -> None:
    head, payload, signature = token(simulation).split(".")
    other = claims(simulation, sub="another").split(".")[1]
    assert call(simulation, f"{head}.{other}.{signature}") == 401
    none = "eyJhbGciOiJub25lIn0"
    assert call(simulation, f"{none}.{payload}.") == 401


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"\xff", b"[]", b'{"k": 1}', b'{"k": "no certificate"}', None]
)
def test_certificates_that_are_none_prove_and_refute_nobody(
    simulation: Simulation, answer: bytes | None, tmp_path: Path
) -> None:
    good = claims(simulation)
    key_id = json.loads(base64.urlsafe_b64decode(good.split(".")[0] + "=="))["kid"]
    file = tmp_path / "certs"
    file.write_bytes((answer or b"").replace(b'"k"', json.dumps(key_id).encode()))

    def fetch(url: str) -> Any:
        if answer is None:
            raise http.client.IncompleteRead(b"")
        return fetch_certificates(url)

    with pytest.raises(CannotTell):
        verified_claims(good, Certificates(file.as_uri(), fetch))


def test_the_marker_is_refused_outside_cloud_run(simulation: Simulation) -> None:
    head, payload, _ = token(simulation).split(".")
    assert call(simulation, f"{head}.{payload}.{MARKER}") == 401


def test_behind_cloud_run_the_marker_is_accepted_with_good_claims_only(simulation: Simulation) -> None:
    here = simulation.world
    settings = read_settings(simulation.environ | {"K_SERVICE": "read-thread"})
    install(World(settings, clock=here.clock, channel=here.channel, http=here.http))
    head, payload, _ = token(simulation).split(".")
    assert call(simulation, f"{head}.{payload}.{MARKER}") == 200
    wrong = claims(simulation, email=ACCOUNTS["scheduler"]).split(".")[1]
    assert call(simulation, f"{head}.{wrong}.{MARKER}") == 401


def test_each_trigger_has_its_own_caller(simulation: Simulation) -> None:
    for name in simulation.catalogue.functions:
        if simulation.catalogue.functions[name].trigger.public:
            continue
        allowed = simulation.catalogue.callers(name)
        for account in ACCOUNTS:
            if account not in allowed:
                assert (
                    call(simulation, token(simulation, account=account, function=name), function=name) == 401
                )


def test_deployed_settings_never_take_another_place_for_certificates() -> None:
    settings = read_settings({"PROJECT": "p", "REGION": "r", "GOOGLE_CERTS_URL": "http://evil.example"})
    assert settings.deployed


def test_a_deployed_world_refuses_simulated_parts() -> None:
    settings = read_settings({"PROJECT": "p", "REGION": "r"})
    with pytest.raises(ValueError, match="real world only"):
        World(settings, channel=lambda _: None)
