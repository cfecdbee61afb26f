"""Any single change of a chain is found, and said to be what it is (P11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.audit import AuditEntry, AuditHead, hash_of, linked
from shared.jobs.stored_audit import StoredChain, StoredEntry
from shared.policy.audit_chain import Wrong, verify

T0 = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHAIN = "job-1"


def chain(size: int, *, salt: str = "") -> StoredChain:
    """A sound chain of so many entries."""
    head: AuditHead | None = None
    entries: list[StoredEntry] = []
    for number in range(size):
        entry = AuditEntry.of(
            tenant="t",
            kind="DRAFT_APPROVED",
            subject="draft-1",
            actor="ana",
            reason=f"reason {number}{salt}",
            before="PENDING",
            after="APPROVED",
            at=T0 + timedelta(minutes=number),
            job_id=CHAIN,
            draft_id="draft-1",
        )
        final, head = linked(entry, head)
        entries.append(StoredEntry("t", final.id, final.model_dump()))
    assert head is not None
    return StoredChain("t", CHAIN, tuple(entries), head.model_dump())


def with_entries(sound: StoredChain, entries: list[StoredEntry]) -> StoredChain:
    return replace(sound, entries=tuple(sorted(entries, key=lambda entry: entry.id)))


def changed(sound: StoredChain, at: int, /, **fields: object) -> StoredChain:
    entries = list(sound.entries)
    old = entries[at - 1]
    entries[at - 1] = replace(old, fields={**old.fields, **fields})
    return with_entries(sound, entries)


def rehashed(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "hash": hash_of(fields)}


def found(broken: StoredChain) -> list[tuple[int, Wrong]]:
    return [(one.number, one.wrong) for one in verify(broken)]


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_chain_as_it_was_written_is_sound(size: int) -> None:
    assert verify(chain(size)) == ()


def test_an_edited_entry_is_found() -> None:
    assert found(changed(chain(5), 3, reason="another")) == [(3, Wrong.EDITED)]


def test_an_edited_entry_that_was_hashed_anew_is_found_by_the_next() -> None:
    sound = chain(5)
    fields = rehashed({**sound.entries[2].fields, "reason": "another"})
    assert found(changed(sound, 3, **fields)) == [(4, Wrong.EDITED)]


def test_the_last_entry_hashed_anew_is_found_by_the_head() -> None:
    sound = chain(5)
    fields = rehashed({**sound.entries[4].fields, "reason": "another"})
    assert found(changed(sound, 5, **fields)) == [(5, Wrong.EDITED)]


def test_a_deleted_entry_is_found() -> None:
    sound = chain(5)
    assert found(replace(sound, entries=(*sound.entries[:2], *sound.entries[3:]))) == [(3, Wrong.DELETED)]
    assert found(replace(sound, entries=sound.entries[2:])) == [(1, Wrong.DELETED)]


def test_entries_that_changed_places_are_found() -> None:
    sound = chain(5)
    second, third = sound.entries[1:3]
    swapped = [replace(second, fields=third.fields), replace(third, fields=second.fields)]
    broken = with_entries(sound, [sound.entries[0], *swapped, *sound.entries[3:]])
    assert found(broken) == [(2, Wrong.REORDERED), (3, Wrong.REORDERED)]


def test_a_chain_that_was_cut_off_is_found() -> None:
    sound = chain(5)
    assert found(replace(sound, entries=sound.entries[:3])) == [(4, Wrong.TRUNCATED)]
    assert found(replace(sound, entries=())) == [(1, Wrong.TRUNCATED)]


def test_an_entry_past_the_head_is_found() -> None:
    sound = chain(5)
    longer = chain(6)
    assert found(replace(longer, head=sound.head)) == [(6, Wrong.FORKED)]


def test_two_entries_that_follow_the_same_one_are_found() -> None:
    sound = chain(5)
    second = sound.entries[1].fields
    twin = rehashed({**second, "number": 6, "reason": "another"})
    head = {**(sound.head or {}), "number": 6, "hash": twin["hash"]}
    broken = replace(sound, entries=(*sound.entries, StoredEntry("t", f"{CHAIN}-00000006", twin)), head=head)
    assert found(broken) == [(6, Wrong.FORKED)]


def test_a_chain_without_its_head_is_found() -> None:
    assert found(replace(chain(2), head=None)) == [(2, Wrong.NO_HEAD)]
    assert found(replace(chain(2), head={"number": "2", "hash": "x"})) == [(2, Wrong.NO_HEAD)]


def test_an_entry_of_another_chain_or_tenant_is_found() -> None:
    for field in ("chain", "tenant"):
        assert (2, Wrong.FOREIGN) in found(changed(chain(3), 2, **{field: "other"}))


def test_what_has_no_id_of_an_entry_is_found() -> None:
    stray = StoredEntry("t", "notes", {})
    assert [one.wrong for one in verify(StoredChain("t", "", (stray,), None))] == [Wrong.FOREIGN]


def test_an_entry_from_before_a_field_was_there_is_sound() -> None:
    """A release that adds a field reads what older ones hashed without it."""
    sound = chain(1)
    older = rehashed({name: value for name, value in sound.entries[0].fields.items() if name != "company_id"})
    head = {**(sound.head or {}), "hash": older["hash"]}
    assert verify(replace(sound, entries=(replace(sound.entries[0], fields=older),), head=head)) == ()


_VALUES = st.one_of(
    st.text(max_size=5), st.integers(), st.none(), st.booleans(), st.binary(max_size=3), st.floats(),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)  # fmt: skip


@given(st.integers(1, 6), st.data())
def test_any_single_change_of_a_field_is_found(size: int, data: st.DataObject) -> None:
    sound = chain(size)
    number = data.draw(st.integers(1, size))
    said = sound.entries[number - 1].fields
    name = data.draw(st.sampled_from([*sorted(said), "one more"]))
    value = data.draw(_VALUES)
    if name in said and type(value) is type(said[name]) and value == said[name]:
        return
    assert verify(changed(sound, number, **{name: value}))


@given(st.integers(1, 6), st.data())
def test_any_field_taken_away_is_found(size: int, data: st.DataObject) -> None:
    sound = chain(size)
    number = data.draw(st.integers(1, size))
    entry = sound.entries[number - 1]
    name = data.draw(st.sampled_from(sorted(entry.fields)))
    fields = {field: value for field, value in entry.fields.items() if field != name}
    entries = [*sound.entries[: number - 1], replace(entry, fields=fields), *sound.entries[number:]]
    assert verify(with_entries(sound, entries))


@given(st.integers(2, 6), st.data())
def test_any_entry_removed_moved_or_replaced_is_found(size: int, data: st.DataObject) -> None:
    sound, other = chain(size), chain(size, salt=" of another")
    one, two = data.draw(
        st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] != pair[1])
    )
    entries = list(sound.entries)
    assert verify(with_entries(sound, [entry for entry in entries if entry is not entries[one]]))
    moved = [*entries]
    moved[one], moved[two] = (
        replace(entries[one], fields=entries[two].fields),
        replace(entries[two], fields=entries[one].fields),
    )
    assert verify(with_entries(sound, moved))
    copied = StoredEntry("t", f"{CHAIN}-{size + 1:08d}", entries[one].fields)
    assert verify(with_entries(sound, [*entries, copied]))
    replaced = [*entries]
    replaced[one] = other.entries[one]
    assert verify(with_entries(sound, replaced))


@given(st.integers(1, 4), st.sampled_from(["number", "hash", "chain", "tenant"]), _VALUES)
def test_any_change_of_the_head_is_found(size: int, name: str, value: object) -> None:
    sound = chain(size)
    head = sound.head or {}
    if type(value) is type(head[name]) and value == head[name]:
        return
    assert verify(replace(sound, head={**head, name: value}))
