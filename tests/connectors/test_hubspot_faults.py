"""What becomes of each call to HubSpot when its answer does not come, or comes broken."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from scripts.sandbox.world import CONTACT_FORM, PORTAL
from shared.connectors import dialects
from shared.connectors.hubspot import HubSpotCrm
from shared.errors import Failure, Permanent, Retryable, Unclear
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, answer, rig, vendor_http


@pytest.fixture
def world() -> Rig:
    return rig()


def recorded(world: Rig, contact_id: str) -> str:
    return world.crm.create_mail(
        contact_id,
        None,
        subject="s",
        body="b\n\n[draft-12]",
        sent_at=NOW,
        sender=ISABEL,
        recipient=ANA,
        owner_id=None,
    )


READS: dict[str, Callable[[Rig], object]] = {
    "find_contact": lambda world: world.crm.find_contact(ANA),
    "find_company": lambda world: world.crm.find_company("harborlogistics.example"),
    "opted_out": lambda world: world.crm.opted_out(ANA),
    "find_note": lambda world: world.crm.find_note("30106", "m"),
    "update_note": lambda world: world.crm.update_note("999999", "x"),
    "complete_task": lambda world: world.crm.complete_task("999999"),
    "find_mail": lambda world: world.crm.find_mail("30106", "m"),
    "submissions": lambda world: list(world.forms.submissions(CONTACT_FORM, NOW)),
}
WRITES: dict[str, Callable[[Rig], object]] = {
    "create_contact": lambda world: world.crm.create_contact("new@x.example", {}),
    "create_note": lambda world: world.crm.create_note("30106", None, "x", NOW),
    "create_task": lambda world: world.crm.create_task(
        "30106", subject="s", body="b", due=NOW, owner_id=None
    ),
    "create_mail": lambda world: recorded(world, "30106"),
}


def crm(given: httpx.Response) -> HubSpotCrm:
    return HubSpotCrm(vendor_http(Script(given), dialect=dialects.hubspot))


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("fault", ["500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage"])
def test_a_read_that_stays_broken_is_retryable_after_three_tries(name: str, fault: str) -> None:
    world = rig()
    world.sandbox.faults.add(vendor="hubspot", kind=fault)
    with pytest.raises(Retryable):
        READS[name](world)
    assert world.count("hubspot") == 3


@pytest.mark.parametrize("name", READS)
def test_a_read_survives_one_broken_answer(name: str) -> None:
    world = rig()
    world.sandbox.faults.add(vendor="hubspot", kind="timeout", nth=1)
    answer = READS[name](world)
    if name in ("update_note", "complete_task"):
        assert answer is False, "it does not exist"


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", Retryable),
        ("429_retry_after", Retryable),
        ("500", Unclear),
        ("503", Unclear),
        ("timeout", Unclear),
        ("drop_before", Unclear),
        ("lost_answer", Unclear),
        ("half", Unclear),
        ("garbage", Unclear),
    ],
)
def test_a_write_goes_out_once_whatever_happens(name: str, fault: str, kind: type[Failure]) -> None:
    world = rig()
    world.sandbox.faults.add(vendor="hubspot", kind=fault)
    with pytest.raises(Failure) as caught:
        WRITES[name](world)
    assert type(caught.value) is kind
    assert world.count("hubspot") == 1


def test_a_note_whose_answer_was_lost_is_found_instead_of_made_again(world: Rig) -> None:
    found = world.crm.find_contact(ANA)
    assert found is not None
    world.sandbox.faults.add(vendor="hubspot", method="POST", path_regex="/notes$", kind="lost_answer", nth=1)
    with pytest.raises(Unclear):
        world.crm.create_note(found.id, None, "[draft-12]", NOW)
    assert world.crm.find_note(found.id, "draft-12") is not None


def test_a_mail_whose_record_was_made_without_an_answer_is_found_though_search_lags(world: Rig) -> None:
    found = world.crm.find_contact(ANA)
    assert found is not None
    world.sandbox.hubspot.search_lag_s = 3600
    world.sandbox.faults.add(
        vendor="hubspot", method="POST", path_regex="/emails$", kind="lost_answer", nth=1
    )
    with pytest.raises(Unclear):
        recorded(world, found.id)
    made = world.crm.find_mail(found.id, "draft-12")
    with world.sandbox.changing():
        (kept,) = world.sandbox.hubspot.records(PORTAL).all("emails")
    assert kept["id"] == made


def test_the_ten_second_limit_is_left_to_the_queue(world: Rig) -> None:
    world.sandbox.faults.add(vendor="hubspot", kind="429")
    with pytest.raises(Retryable) as caught:
        world.crm.find_contact(ANA)
    assert caught.value.retry_after_s == 10.5
    assert world.time.slept == []


def test_a_refused_key_says_what_to_mend() -> None:
    tested = crm(answer(401, {"category": "INVALID_AUTHENTICATION", "message": "secret stuff"}))
    with pytest.raises(Permanent, match=r"401 INVALID_AUTHENTICATION.*; put a valid service key") as caught:
        tested.find_contact(ANA)
    assert "stuff" not in caught.value.reason
    tested = crm(answer(403, {"category": "MISSING_SCOPES", "correlationId": "aaaaaaaa-1111-bbbb"}))
    with pytest.raises(
        Permanent, match=r"MISSING_SCOPES \(correlation id aaaaaaaa-1111-bbbb\); give the service"
    ):
        tested.find_contact(ANA)
