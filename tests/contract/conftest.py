"""The same tests on the local cloud and, where they are installed, on Google's own emulators."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from scripts.stack.deployment import PROJECT
from scripts.stack.simulation import Simulation
from tests import emulators

BACKENDS = ["local cloud", "google"]


@pytest.fixture(scope="session")
def google() -> Iterator[dict[str, str]]:
    """Hosts of Google's Firestore and Pub/Sub emulators."""
    missing = [kind for kind in ("firestore", "pubsub") if emulators.command(kind) is None]
    if missing:
        pytest.skip(f"Google's {' and '.join(missing)} emulator is not installed (gcloud components, Java)")
    with emulators.running("firestore") as firestore, emulators.running("pubsub") as pubsub:
        yield {"firestore": firestore, "pubsub": pubsub}


@pytest.fixture(params=BACKENDS)
def system_on(request: pytest.FixtureRequest) -> Iterator[Simulation]:
    """The system with documents and messages on one backend; tasks and secrets have no emulator of Google's."""
    if request.param == "local cloud":
        made = Simulation()
    else:
        hosts: dict[str, str] = request.getfixturevalue("google")
        emulators.reset_firestore(hosts["firestore"], PROJECT)
        made = Simulation(channels={name: grpc.insecure_channel(host) for name, host in hosts.items()})
    yield made
    made.close()
