"""An erasure that says it is done has left the person's address nowhere, and everybody else's as it was (P12)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT, settings
from shared.jobs.draft import Draft, DraftState
from shared.jobs.erasure import Erasure, ErasureState, erasure_path
from shared.operators.erasing import AGAIN
from shared.operators.erasure import begin_erasure
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.policy import letter
from shared.policy.erasing import ERASED, texts
from shared.runtime.erasures import go_on
from shared.runtime.inbox import FormInbox
from shared.runtime.wire.secrets import address_key_of
from tests import system

PERSON = "kate.o'brien@harbor.example"
NEIGHBOUR = "mary.kate.o'brien@harbor.example"
ADMIN = Operator("operator:ann", Role.ADMIN)


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    made = Simulation()
    yield made
    made.close()


def erase(simulation: Simulation, person: str = PERSON) -> Erasure:
    """Begin it, or go on with it, for some passes of the sweep."""
    world = simulation.world
    key = address_key_of(world, person)
    done = begin_erasure(world.database, TENANT, key, by=ADMIN, why="asked", now=world.clock())
    assert not isinstance(done, Refusal), done
    for _ in range(4):
        stored = world.database.get(erasure_path(TENANT, key), Erasure)
        assert stored is not None
        done = go_on(world, stored)
        if done.state is ErasureState.DONE:
            break
        simulation.clock.advance(AGAIN.total_seconds())
    return done


def kept(simulation: Simulation) -> Iterator[tuple[str, str]]:
    """Every text of the tenant, with the document that it stands in."""
    tenant = simulation.world.database.client.document(f"tenants/{TENANT}")
    for collection in tenant.collections():
        for snapshot in collection.stream():
            for text in texts(snapshot.to_dict() or {}):
                yield snapshot.reference.path, text


def answered(simulation: Simulation, message: str) -> Draft:
    """The draft for somebody whose words name others."""
    simulation.deliver(simulation.submit(system.lead(message=message))["requests"]["form"])
    simulation.run()
    return system.drafts(simulation)[0]


@pytest.mark.parametrize("said", ["Please copy {} as well.", "Please copy “{}”…", "to={}", "%3C{}%3E"])
def test_what_somebody_else_said_keeps_neither_the_address_nor_less_than_the_rest(
    simulation: Simulation, said: str
) -> None:
    answered(simulation, f"{said.format(PERSON)} Not {NEIGHBOUR}, nor {PERSON}.au")
    assert erase(simulation).state is ErasureState.DONE
    rest = f"{said.format(ERASED)} Not {NEIGHBOUR}, nor {PERSON}.au"
    found = [text for _, text in kept(simulation) if NEIGHBOUR in text]
    assert found
    assert all(rest in text for text in found)


def with_words(simulation: Simulation, state: DraftState, body: str) -> Draft:
    """Somebody else's draft in a state, whose bytes break a line within the person's address."""
    draft = answered(simulation, "Does it work with SAP?")
    raw = letter.compose(
        draft_id=draft.id,
        sender=next(sender for sender in settings().senders.values() if sender.mailbox == draft.sender),
        recipient=draft.recipient,
        subject=draft.subject,
        body=body,
        footer=draft.footer,
    )
    assert f"copy {PERSON}".encode() not in raw
    simulation.world.database.commit([draft.but(state=state, body=body, raw=raw)])
    return draft


BODY = f"{'x' * 50} please copy {PERSON} as well, and {NEIGHBOUR} – that is all."


def test_the_frozen_bytes_of_a_closed_draft_keep_no_address_that_a_line_breaks(
    simulation: Simulation,
) -> None:
    draft = with_words(simulation, DraftState.REJECTED, BODY)
    assert erase(simulation).state is ErasureState.DONE
    after = simulation.world.database.get(draft.path, Draft)
    assert after is not None
    assert after.body == BODY.replace(f"copy {PERSON}", f"copy {ERASED}")
    assert letter.read(after.raw).text == letter.text_of(after.body, after.footer)


def test_an_open_draft_whose_bytes_name_the_person_waits_for_its_decision(simulation: Simulation) -> None:
    draft = with_words(simulation, DraftState.PENDING, BODY)
    before = simulation.world.database.get(draft.path, Draft)
    assert before is not None
    erasure = erase(simulation)
    assert erasure.state is ErasureState.BEGUN
    assert any(draft.id in left for left in erasure.left)
    assert simulation.world.database.get(draft.path, Draft) == before
    simulation.world.database.commit([before.moved(DraftState.REJECTED)])
    assert erase(simulation).state is ErasureState.DONE
    after = simulation.world.database.get(draft.path, Draft)
    assert after is not None
    assert f"copy {ERASED} as well, and {NEIGHBOUR}" in letter.read(after.raw).text


@pytest.mark.parametrize("field", ["email", "message"])
def test_what_an_erased_person_sends_is_refused_without_a_word(simulation: Simulation, field: str) -> None:
    erase(simulation)
    many = " ".join(f"aa{number}@harbor.example" for number in range(15))
    fields = {"message": many, field: PERSON}
    FormInbox(simulation.world, "0" * 32).refuse(
        TENANT, "c-9", via="webhook", reason="form x is not allowed", payload={"fields": fields}
    )
    assert [event.payload for event in system.events(simulation)] == [{}]
