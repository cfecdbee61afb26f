from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.rules import Controls, Mode
from shared.policy.flags import Flag, is_on, may_send, read_controls, stopped_by, strictest
from shared.policy.limits import DEFAULTS

GOOD: dict[str, Any] = {"kill_switch": False, "mode": "SEND_ALLOWED"}


def read(
    global_doc: dict[str, Any] | None = None,
    tenant_doc: dict[str, Any] | None = None,
    ceiling: str = "SEND_ALLOWED",
) -> Controls:
    return read_controls(
        GOOD if global_doc is None else global_doc,
        GOOD if tenant_doc is None else tenant_doc,
        ceiling=ceiling,
    )


def test_two_good_documents_let_mail_out() -> None:
    controls = read()
    assert controls == Controls(
        stopped=False,
        mode=Mode.SEND_ALLOWED,
        rollout={"STORY_PITCH_ENABLED": 0, "AUTO_SEND_FOLLOWUP": 0, "LONG_MEMORY_ENABLED": 100},
    )
    assert may_send(controls)


@pytest.mark.parametrize(
    ("global_mode", "tenant_mode", "ceiling"),
    [
        ("DRAFT_ONLY", "SEND_ALLOWED", "SEND_ALLOWED"),
        ("SEND_ALLOWED", "DRAFT_ONLY", "SEND_ALLOWED"),
        ("SEND_ALLOWED", "SEND_ALLOWED", "DRAFT_ONLY"),
    ],
)
def test_the_strictest_mode_wins_and_says_who_set_it(
    global_mode: str, tenant_mode: str, ceiling: str
) -> None:
    controls = read({**GOOD, "mode": global_mode}, {**GOOD, "mode": tenant_mode}, ceiling)
    assert controls.mode is Mode.DRAFT_ONLY
    assert not controls.stopped
    assert not may_send(controls)
    assert len(controls.reasons) == 1
    assert "DRAFT_ONLY" in controls.reasons[0]


@pytest.mark.parametrize("which", ["global", "tenant"])
def test_either_kill_switch_stops(which: str) -> None:
    stop = {**GOOD, "kill_switch": True}
    controls = read(stop) if which == "global" else read(None, stop)
    assert controls.stopped
    assert not controls.garbage
    assert not may_send(controls)


GARBAGE: list[tuple[str, dict[str, Any]]] = [
    ("kill_switch", {"mode": "SEND_ALLOWED"}),
    ("mode", {"kill_switch": False}),
    ("kill_switch", {**GOOD, "kill_switch": "False"}),
    ("kill_switch", {**GOOD, "kill_switch": "yes "}),
    ("kill_switch", {**GOOD, "kill_switch": 0}),
    ("kill_switch", {**GOOD, "kill_switch": 1}),
    ("kill_switch", {**GOOD, "kill_switch": None}),
    ("kill_switch", {**GOOD, "kill_switch": []}),
    ("mode", {**GOOD, "mode": "send_allowed"}),
    ("mode", {**GOOD, "mode": "SEND_ALLOWED "}),
    ("mode", {**GOOD, "mode": True}),
    ("mode", {**GOOD, "mode": None}),
    ("mode", {**GOOD, "mode": ["SEND_ALLOWED"]}),
    ("kil_switch", {**GOOD, "kil_switch": True}),
    ("Mode", {**GOOD, "Mode": "DRAFT_ONLY"}),
    ("features", {**GOOD, "features": None}),
    ("features", {**GOOD, "features": ["AUTO_SEND_FOLLOWUP"]}),
    ("features.AUTO_SEND", {**GOOD, "features": {"AUTO_SEND": {"enabled": True, "rollout_percent": 1}}}),
    ("features.AUTO_SEND_FOLLOWUP", {**GOOD, "features": {"AUTO_SEND_FOLLOWUP": True}}),
    (
        "features.AUTO_SEND_FOLLOWUP.enabled",
        {**GOOD, "features": {"AUTO_SEND_FOLLOWUP": {"enabled": "true", "rollout_percent": 1}}},
    ),
    (
        "features.AUTO_SEND_FOLLOWUP.rollout_percent",
        {**GOOD, "features": {"AUTO_SEND_FOLLOWUP": {"enabled": True}}},
    ),
    *(
        (
            "features.AUTO_SEND_FOLLOWUP.rollout_percent",
            {**GOOD, "features": {"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": percent}}},
        )
        for percent in (-1, 101, 50.0, "50", True, None)
    ),
    (
        "features.AUTO_SEND_FOLLOWUP.rollout",
        {**GOOD, "features": {"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": 5, "rollout": 5}}},
    ),
]


@pytest.mark.parametrize("which", ["global", "tenant"])
@pytest.mark.parametrize(("field", "document"), GARBAGE)
def test_garbage_stops_everything_and_names_the_field(
    field: str, document: dict[str, Any], which: str
) -> None:
    controls = read(document) if which == "global" else read(None, document)
    assert controls.stopped
    assert controls.mode is Mode.DRAFT_ONLY
    assert not may_send(controls)
    assert len(controls.garbage) == 1
    assert f": {field} is " in controls.garbage[0]
    assert controls.garbage[0].startswith("control/flags" if which == "global" else "tenant control/flags")
    assert not any(is_on(controls, flag, "c1") for flag in Flag)


def test_garbage_is_shown_with_its_type_and_cut_short() -> None:
    controls = read({**GOOD, "kill_switch": "x" * 500})
    assert "(str)" in controls.garbage[0]
    assert "x" * (DEFAULTS.garbage_shown_chars - 1) in controls.garbage[0]
    assert "x" * (DEFAULTS.garbage_shown_chars + 1) not in controls.garbage[0]
    assert "set it as a boolean" in controls.garbage[0]


@pytest.mark.parametrize("documents", [(None, GOOD), (GOOD, None), (None, None)])
def test_a_missing_document_stops_everything(documents: tuple[Any, Any]) -> None:
    controls = read_controls(*documents, ceiling="SEND_ALLOWED")
    assert controls.stopped
    assert len(controls.garbage) == documents.count(None)
    assert "missing" in controls.garbage[0]


@pytest.mark.parametrize("ceiling", ["", "send_allowed", "ANYTHING"])
def test_a_ceiling_that_is_no_mode_stops_everything(ceiling: str) -> None:
    controls = read(ceiling=ceiling)
    assert controls.stopped
    assert "ceiling" in controls.garbage[0]


def test_remarks_of_operators_are_not_garbage() -> None:
    assert may_send(read({**GOOD, "note": "back on after the incident", "updated_by": "ann"}))


@given(
    st.dictionaries(
        st.sampled_from(["kill_switch", "mode", "features", "note", "x"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(allow_nan=False),
            st.sampled_from(["SEND_ALLOWED", "DRAFT_ONLY", "False", "", "no"]),
            st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
            st.lists(st.booleans(), max_size=2),
        ),
    )
)
def test_only_a_document_that_clearly_says_so_lets_mail_out(document: dict[str, Any]) -> None:
    if may_send(read(document)):
        assert document.get("kill_switch") is False
        assert document.get("mode") == "SEND_ALLOWED"
        assert "x" not in document


@given(st.text(min_size=1, max_size=20), st.integers(0, 100), st.integers(0, 100))
def test_who_is_in_at_a_lower_percentage_is_in_at_a_higher_one(contact_id: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    flag = Flag.STORY_PITCH_ENABLED

    def on(percent: int) -> bool:
        return is_on(
            read({**GOOD, "features": {flag: {"enabled": True, "rollout_percent": percent}}}),
            flag,
            contact_id,
        )

    assert on(high) or not on(low)
    assert on(100)
    assert not on(0)


def test_a_fifth_of_the_contacts_is_in_at_twenty_percent() -> None:
    controls = Controls(stopped=False, mode=Mode.SEND_ALLOWED, rollout={Flag.AUTO_SEND_FOLLOWUP: 20})
    inside = sum(is_on(controls, Flag.AUTO_SEND_FOLLOWUP, f"contact-{n}") for n in range(5000))
    assert 850 <= inside <= 1150


def test_flags_do_not_choose_the_same_contacts() -> None:
    controls = Controls(
        stopped=False,
        mode=Mode.SEND_ALLOWED,
        rollout={Flag.AUTO_SEND_FOLLOWUP: 50, Flag.STORY_PITCH_ENABLED: 50},
    )
    both = [
        (
            is_on(controls, Flag.AUTO_SEND_FOLLOWUP, f"c{n}"),
            is_on(controls, Flag.STORY_PITCH_ENABLED, f"c{n}"),
        )
        for n in range(400)
    ]
    assert set(both) == {(True, True), (True, False), (False, True), (False, False)}


def test_the_smaller_rollout_of_two_documents_counts() -> None:
    def features(percent: int, enabled: bool = True) -> dict[str, Any]:
        return {**GOOD, "features": {"STORY_PITCH_ENABLED": {"enabled": enabled, "rollout_percent": percent}}}

    assert read(features(50), features(20)).rollout["STORY_PITCH_ENABLED"] == 20
    assert read(features(50)).rollout["STORY_PITCH_ENABLED"] == 50
    assert read(features(50), features(100, enabled=False)).rollout["STORY_PITCH_ENABLED"] == 0


def test_an_unknown_flag_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="STORY_PITCH_ENABLED"):
        is_on(read(), "STORY_PITCH", "c1")


def test_garbage_elsewhere_stops_good_controls_too() -> None:
    stopped = stopped_by(read(), ("guardrails/g1: type is 'X'",))
    assert stopped.stopped
    assert stopped.mode is Mode.DRAFT_ONLY
    assert stopped.garbage == ("guardrails/g1: type is 'X'",)
    assert stopped_by(read(), ()) == read()


def test_the_strictest_of_several_modes_wins_and_none_is_strict() -> None:
    assert strictest(Mode.SEND_ALLOWED, Mode.SEND_ALLOWED) is Mode.SEND_ALLOWED
    assert strictest(Mode.SEND_ALLOWED, Mode.DRAFT_ONLY) is Mode.DRAFT_ONLY
    assert strictest() is Mode.DRAFT_ONLY
