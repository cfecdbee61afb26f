from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scripts.sandbox.world import CONTACT_FORM, PORTAL
from shared.connectors.hubspot_forms import HubSpotForms
from shared.errors import Permanent, Retryable
from tests.connectors.parts import NOW, Rig, Script, answer, rig, vendor_http


@pytest.fixture
def world() -> Rig:
    return rig()


def test_submissions_come_newest_first_until_they_are_too_old(world: Rig) -> None:
    times: list[datetime] = []
    for number in range(130):
        world.sandbox.people.submit_form(CONTACT_FORM, {"email": "z@x.example", "message": f"no {number}"})
        times.append(world.clock.now())
        world.clock.advance(60)
    taken = list(world.forms.submissions(CONTACT_FORM, times[10]))
    assert [each.fields["message"] for each in taken] == [f"no {number}" for number in range(129, 9, -1)]
    assert taken[-1].submitted_at == times[10]
    assert {(each.portal_id, each.form_id) for each in taken} == {(PORTAL, CONTACT_FORM)}


def test_only_the_pages_that_are_needed_are_asked_for(world: Rig) -> None:
    for _ in range(60):
        world.sandbox.people.submit_form(CONTACT_FORM, {"email": "z@x.example"})
    before = world.count("hubspot")
    next(iter(world.forms.submissions(CONTACT_FORM, NOW - timedelta(days=1))))
    assert world.count("hubspot") == before + 1


def test_a_form_that_does_not_exist_is_permanent_and_not_empty(world: Rig) -> None:
    with pytest.raises(Permanent):
        list(world.forms.submissions("00000000-0000-0000-0000-000000000000", NOW))
    with pytest.raises(Permanent):
        list(world.forms.submissions("../x", NOW))


def test_pages_that_go_round_in_a_circle_end() -> None:
    row = {"conversionId": "c", "submittedAt": int(NOW.timestamp() * 1000), "values": []}
    script = Script(answer(200, {"results": [row], "paging": {"next": {"after": "same"}}}))
    forms = HubSpotForms(vendor_http(script), PORTAL)
    with pytest.raises(Retryable):
        list(forms.submissions("abc", NOW - timedelta(days=1)))
    assert len(script.requests) == 2


def test_a_field_with_several_values_is_joined() -> None:
    values = [{"name": "topic", "value": "a"}, {"name": "topic", "value": "b"}, {"name": "size", "value": 12}]
    row = {"conversionId": "c", "submittedAt": int(NOW.timestamp() * 1000), "values": values}
    forms = HubSpotForms(vendor_http(Script(answer(200, {"results": [row]}))), PORTAL)
    (taken,) = forms.submissions("abc", NOW)
    assert taken.fields == {"topic": "a;b", "size": "12"}
