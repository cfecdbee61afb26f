"""What an operator sets, the stages understand; what they would not understand is never written (P8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.errors import Permanent
from shared.jobs.audit import AuditEntry
from shared.jobs.rules import Mode
from shared.operators.flags import (
    FIELDS,
    FlagSet,
    control_document,
    create_missing_controls,
    set_flag,
    show_flags,
)
from shared.operators.refusal import Forbidden, Refusal
from shared.operators.roles import Operator, Role
from shared.policy.flags import read_controls
from shared.store.database import Changed, Database

ANN = Operator("operator:ann", Role.ADMIN)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOUND = {"kill_switch": False, "mode": "DRAFT_ONLY"}


class Kept(Database):
    """One control document in memory, which counts what is written into it."""

    def __init__(self, document: dict[str, Any] | None) -> None:
        super().__init__(None)
        self.document = document
        self.written: list[tuple[str, str, object]] = []

    def raw_with_version(self, path: str) -> Any:
        return self.document, NOW

    def get(self, path: str, type_: Any) -> None:
        return None

    def commit(self, documents: Any, **more: Any) -> None:
        change, audit = documents
        assert isinstance(audit, AuditEntry)
        assert change.version == NOW
        said = change.model_dump()
        if "kill_switch" in said:
            assert (said.pop("note"), said.pop("updated_by")) == ("", ANN.name)
        ((field, value),) = said.items()
        self.written.append((change.path, field, value))


@given(
    field=st.one_of(st.sampled_from(FIELDS), st.text(max_size=12)),
    value=st.one_of(st.sampled_from(["true", "false", "DRAFT_ONLY", "SEND_ALLOWED"]), st.text(max_size=12)),
    percent=st.one_of(st.none(), st.integers()),
)
def test_whatever_is_typed_the_document_stays_understood(field: str, value: str, percent: int | None) -> None:
    database = Kept(dict(SOUND))
    done = set_flag(database, None, field, value, percent=percent, by=ANN, now=NOW)
    if isinstance(done, Refusal):
        assert not database.written
        return
    ((path, where, written),) = database.written
    assert path == "control/flags"
    outer, _, inner = where.partition(".")
    document = {**SOUND, outer: {inner: written} if inner else written}
    assert not read_controls(document, SOUND, ceiling=Mode.SEND_ALLOWED).garbage
    assert done.garbage == ()


@given(
    spoilt=st.dictionaries(
        st.sampled_from(["kill_switch", "mode", "features", "kil_switch"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.booleans())),
    )
)
def test_one_field_of_a_spoilt_document_can_always_be_mended(spoilt: dict[str, Any]) -> None:
    database = Kept({**SOUND, **spoilt})
    done = set_flag(database, TENANT, "kill_switch", "true", by=ANN, now=NOW)
    assert isinstance(done, FlagSet)
    assert database.written == [(f"tenants/{TENANT}/control/flags", "kill_switch", True)]
    assert not any("kill_switch is" in line for line in done.garbage)


def test_a_feature_takes_the_place_of_what_was_no_settings(simulation: Simulation) -> None:
    database = simulation.world.database
    database.client.document("control/flags").update({"features": "none"})
    done = set_flag(database, None, "STORY_PITCH_ENABLED", "true", percent=0, by=ANN, now=NOW)
    assert isinstance(done, FlagSet)
    assert show_flags(database, TENANT, ceiling="SEND_ALLOWED").controls.garbage == ()


def test_setting_a_field_of_no_document_writes_none(simulation: Simulation) -> None:
    database = simulation.world.database
    with pytest.raises(Permanent, match="does not exist"):
        database.set_field("tenants/acme/control/flags", "kill_switch", False)
    assert database.raw_many(["tenants/acme/control/flags"]) == [None]
    assert isinstance(set_flag(database, "acme", "kill_switch", "false", by=ANN, now=NOW), Refusal)


def test_created_documents_are_understood_and_stopped(simulation: Simulation) -> None:
    database = simulation.world.database
    assert create_missing_controls(database, "acme", by=ANN, now=NOW) == (control_document("acme"),)
    assert create_missing_controls(database, "acme", by=ANN, now=NOW) == ()
    shown = show_flags(database, "acme", ceiling="SEND_ALLOWED")
    assert (shown.controls.stopped, shown.controls.mode, shown.may_send) == (True, Mode.DRAFT_ONLY, False)
    assert shown.controls.garbage == ()


def test_only_an_admin_creates_control_documents(simulation: Simulation) -> None:
    database = simulation.world.database
    lee = Operator("operator:lee", Role.APPROVER)
    assert isinstance(create_missing_controls(database, "acme", by=lee, now=NOW), Forbidden)
    assert database.raw_many([control_document("acme")]) == [None]


def test_a_control_document_is_created_though_others_write_the_audit(simulation: Simulation) -> None:
    database = simulation.world.database
    real, lost = database.commit, [1]

    def commit(documents: Any, **more: Any) -> None:
        if lost:
            lost.pop()
            raise Changed("as if somebody else had written")
        real(documents, **more)

    database.commit = commit  # type: ignore[method-assign]
    assert create_missing_controls(database, "acme", by=ANN, now=NOW) == (control_document("acme"),)
