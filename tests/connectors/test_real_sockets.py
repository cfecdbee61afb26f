"""The same faults over a real socket: what httpx makes of them is what the policy was written for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.sandbox.sandbox import Sandbox
from shared.connectors import dialects
from shared.connectors.http import VendorHttp
from shared.connectors.hubspot import HubSpotCrm
from shared.errors import Failure, Retryable, Unclear
from tests.connectors.parts import ANA, NOW


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    made.serve()
    yield made
    made.stop()


def crm(sandbox: Sandbox) -> HubSpotCrm:
    base_url = sandbox.serve()
    key = sandbox.credentials(base_url)["hubspot_service_key"]
    http = VendorHttp(
        "hubspot",
        f"{base_url}/hubspot",
        auth=lambda: {"authorization": f"Bearer {key}"},
        dialect=dialects.hubspot,
        timeout_s=0.4,
        sleep=lambda seconds: None,
    )
    return HubSpotCrm(http)


def delay_s(kind: str) -> float:
    """A timeout is waited for; every other fault comes at once."""
    return 0.6 if kind == "timeout" else 0.0


def test_a_contact_is_read_over_a_socket(sandbox: Sandbox) -> None:
    found = crm(sandbox).find_contact(ANA)
    assert found is not None
    assert found.properties["firstname"] == "Ana"


@pytest.mark.parametrize("kind", ["lost_answer", "half", "garbage", "timeout", "drop_before", "500"])
def test_a_write_whose_answer_does_not_come_is_unclear_and_sent_once(sandbox: Sandbox, kind: str) -> None:
    tested = crm(sandbox)
    sandbox.faults.add(
        vendor="hubspot", method="POST", path_regex="/notes$", kind=kind, delay_s=delay_s(kind)
    )
    with pytest.raises(Unclear):
        tested.create_note("30106", None, "x", NOW)
    sent = [row for row in sandbox.requests.listed("hubspot") if row["path"].endswith("/notes")]
    assert len(sent) == 1


@pytest.mark.parametrize("kind", ["lost_answer", "half", "timeout", "500"])
def test_a_read_survives_one_broken_answer(sandbox: Sandbox, kind: str) -> None:
    tested = crm(sandbox)
    sandbox.faults.add(vendor="hubspot", kind=kind, nth=1, delay_s=delay_s(kind))
    assert tested.find_contact(ANA) is not None


def test_a_vendor_that_does_not_listen_was_sent_nothing(sandbox: Sandbox) -> None:
    tested = crm(sandbox)
    sandbox.stop()
    with pytest.raises(Failure) as caught:
        tested.create_note("30106", None, "x", NOW)
    assert type(caught.value) is Retryable
