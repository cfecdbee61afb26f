"""kill -9 of a real process while approved mails are sent and recorded: each goes out once, or is held (P1, P2, P6).

Many mails are held at once, each at another point, so that one death meets all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from scripts.catalogue import Catalogue
from scripts.sandbox import world as vendors
from scripts.stack import tenant
from scripts.stack.tenant import TENANT
from shared.connectors.hubspot import VERSION
from shared.jobs.announcement import Announcement
from shared.jobs.audit import DRAFT_SENT, SEND_CLAIMED, AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.mailbox import mailbox_id
from shared.jobs.tenant import Tenant
from shared.operators import decisions
from shared.operators.audit_verifying import Verified, verify_audit
from shared.operators.decisions import Asked, Decided
from shared.operators.flags import FlagSet, set_flag
from shared.operators.probing import Probed, probe_gmail
from shared.operators.refusal import Refusal
from shared.operators.replay import queued
from shared.operators.roles import Operator, Role
from shared.runtime.publish import publish
from shared.runtime.queue import task_queue
from shared.runtime.repair import OUTBOX_PATIENCE
from shared.runtime.wire.mailbox import mailbox_of
from shared.store.due import left_in_outbox
from tests.faults.real_stack import CLOUD, FUNCTIONS, MOST_S, SANDBOX, RealStack, quick, running
from tests.faults.test_kill import POINTS, die_and_come_back

ADMIN = Operator("tester", Role.ADMIN)
AT_ONCE = 64
"""Sends and records that are under way at once, so that one death meets many of them."""
LEASE = {"INTENT_LEASE_S": "3"}
"""A busy machine comes to the send within it, so that each call has the number that its point says."""
RECORDS = ("log_send", "log_outcome", "close_task")
VICTIMS = (FUNCTIONS, CLOUD, SANDBOX)
ROUNDS = 3
LONGEST_S = 600.0
"""A send of which nothing is known is looked for three times, a minute apart; a mailbox that does not answer is
asked again after two minutes, then four."""

Rule = dict[str, Any]
READ, COMMIT = "BatchGetDocuments", "Commit"


def _rule(mode: str, service: str, method: str, nth: int = 1) -> Rule:
    return {"mode": mode, "service": service, "method": method, "nth": nth}


_stored = partial(_rule, service="Firestore")

SEND_POINTS: dict[str, Rule] = {
    "before anything was read": _stored("refuse", method=READ),
    "with its intent on the way": _stored("delay", method=COMMIT),
    "its intent recorded, before its draft was read": _stored("refuse", method=READ, nth=3),
    "before anything was read for the claim": _stored("refuse", method=READ, nth=4),
    "the quota read, the claim open": _stored("refuse", method="RunQuery"),
    "before its claim": _stored("refuse", method=COMMIT, nth=2),
    "while its claim is applied late": _stored("delay", method=COMMIT, nth=2),
    "claimed, before the answer": _stored("lost_answer", method=COMMIT, nth=2),
    "claimed, before the last look": _stored("refuse", method=READ, nth=6),
    "sent, before anything was told": _stored("refuse", method=READ, nth=7),
    "sent, before its commit": _stored("refuse", method=COMMIT, nth=3),
    "sent, while its commit is applied late": _stored("delay", method=COMMIT, nth=3),
    "sent and committed, before the answer": _stored("lost_answer", method=COMMIT, nth=3),
    "sent and committed, before the enqueue": _rule("refuse", "CloudTasks", "CreateTask"),
    "sent and committed, before it was announced": _rule("refuse", "Publisher", "Publish"),
    "announced, before it left the outbox": _stored("refuse", method=COMMIT, nth=4),
}
"""Where a send is held when a process dies: the boundaries of every call, in their order."""

CLAIMED = frozenset(point for point in SEND_POINTS if point.startswith("claimed"))
"""Points at which a claim stands, and nothing went out."""

LATE_CLAIM = "while its claim is applied late"
"""Another send that goes through meanwhile changes the quota, and voids such a claim: one held last is applied."""

UNANNOUNCED = frozenset(point for point in SEND_POINTS if point.startswith(("sent", "announced")))
"""Points at which a mail went out that nobody was told of yet, or of which the outbox still says so."""


def stands(point: str) -> tuple[DraftState, int]:
    """The draft's state and the number of mails while a send is held at this point."""
    if point in CLAIMED:
        return DraftState.SENDING, 0
    if point.startswith("sent,"):
        return DraftState.SENDING, 1
    if point in UNANNOUNCED:
        return DraftState.SENT, 1
    return DraftState.APPROVED, 0


@dataclass(frozen=True)
class Ready:
    """A person to whom a draft lies ready, and the job that waits for its approval."""

    address: str
    job_id: str


Held = tuple[str, str]
"""A stage, and the point at which it is held."""

RECORD_POINTS: tuple[Held, ...] = tuple(
    (stage, point)
    for stage in RECORDS
    for point in POINTS
    # The last stage enqueues nothing.
    if not (stage == RECORDS[-1] and point.endswith("enqueue"))
)
EACH_POINT_ONCE: tuple[Held, ...] = (
    ("log_send", "before its effect, its intent recorded"),
    ("log_send", "after its effect, before its commit"),
    ("log_send", "after its commit, before the enqueue"),
    ("log_outcome", "with its intent on the way"),
    ("log_outcome", "after its effect, before its commit"),
    ("log_outcome", "after its commit, before the answer"),
    ("close_task", "before anything was read"),
    ("close_task", "after its effect, before its commit"),
    ("close_task", "while its commit is applied late"),
)
OPEN_CLAIM = ("the quota read, the claim open", "before its claim", LATE_CLAIM)
EVERY_SEND: tuple[Held, ...] = tuple(
    ("send_draft", point) for point in sorted(SEND_POINTS, key=lambda point: point in OPEN_CLAIM)
)
"""Those that hold an open transaction on the quota come last: nobody has to wait in line behind them."""


def wide(catalogue: Catalogue) -> Catalogue:
    """Queues that let as many through at once as a test holds."""
    short = quick(catalogue)
    queues = {
        name: queue.model_copy(update={"max_concurrent_dispatches": AT_ONCE})
        for name, queue in short.queues.items()
    }
    return short.model_copy(update={"queues": queues})


@pytest.fixture(scope="module")
def unproven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    """Everybody lets mail out; what two sends of one draft do in the mailbox is not known."""
    with running(tmp_path_factory.mktemp("unproven"), "unproven", catalogue=wide, settings=LEASE) as made:
        let_mail_out(made)
        yield made


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    """Everybody lets mail out, and two sends of one draft were seen to give one mail."""
    with running(tmp_path_factory.mktemp("sending"), "sending", catalogue=wide, settings=LEASE) as made:
        let_mail_out(made)
        assert made.sweep("renew_watch") == 200
        prove(made)
        yield made


@pytest.fixture(autouse=True)
def _whole_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a failed test left broken is mended for the next one."""
    yield
    for fixture in ("system", "unproven"):
        if fixture in request.fixturenames:
            made: RealStack = request.getfixturevalue(fixture)
            for name, child in made.stack.children.items():
                if child.has_ended():
                    made.stack.start_again(name)
            made.let_go()


def let_mail_out(system: RealStack) -> None:
    """Both control documents allow it, and the quota is no limit."""
    world = system.stack.world
    for whose in (None, TENANT):
        done = set_flag(world.database, whose, "mode", "SEND_ALLOWED", by=ADMIN, now=world.clock())
        assert isinstance(done, FlagSet), str(done)
    tenant.change(world.database, lambda found: found.but(sends_a_day=10_000, sends_a_week=10_000))


def prove(system: RealStack) -> None:
    """An operator has the mailbox probed."""
    world = system.stack.world
    settings = settings_of(system)
    probed = probe_gmail(
        world.database,
        settings,
        vendors.ISABEL,
        open_mailbox=partial(mailbox_of, world, settings),
        by=ADMIN,
        clock=world.clock,
        sleep=lambda _: None,
    )
    assert isinstance(probed, Probed), str(probed)
    assert probed.probe.single_send


def settings_of(system: RealStack) -> Tenant:
    found = system.stack.world.database.get(f"tenants/{TENANT}", Tenant)
    assert found is not None
    return found


# What happens


def with_drafts(system: RealStack, number: int) -> list[Ready]:
    """So many people to whom a draft lies ready."""
    submissions = [system.submitted(address) for address in system.people(number)]
    for one in submissions:
        assert system.deliver(one.form) == 202
    system.rest([one.job_id for one in submissions])
    return [Ready(one.address, one.job_id) for one in submissions]


def approved(system: RealStack, one: Ready) -> Asked:
    """A person approves the draft; what they say next, they say at the same moment."""
    world = system.stack.world
    (draft,) = system.drafts_to(one.address)
    asked = Asked(TENANT, draft.id, draft.revision, ADMIN, world.clock(), world.settings.routing)
    granted(decisions.approve(world.database, asked))
    return asked


def send_now(system: RealStack, asked: Asked) -> None:
    """They have it sent whatever the hour is."""
    world = system.stack.world
    forced = granted(decisions.force(world.database, asked, why="it is urgent"))
    assert forced.job is not None
    assert queued(task_queue(world), forced.job, world.clock())


def settled_as_not_sent(system: RealStack, one: Ready) -> None:
    """A person looked among the sent mails, and found none."""
    world = system.stack.world
    (draft,) = system.drafts_to(one.address)
    asked = Asked(TENANT, draft.id, draft.revision, ADMIN, world.clock(), world.settings.routing)
    settled = granted(
        decisions.settle(world.database, asked, was_sent=False, evidence="no such mail was sent")
    )
    assert settled.job is not None
    assert queued(task_queue(world), settled.job, world.clock())


def state_of(system: RealStack, one: Ready) -> DraftState:
    (draft,) = system.drafts_to(one.address)
    return draft.state


def fence_of(system: RealStack, one: Ready) -> int:
    (draft,) = system.drafts_to(one.address)
    return draft.fence


def granted(answer: Decided | Refusal) -> Decided:
    assert isinstance(answer, Decided), str(answer)
    return answer


def rule_at(held: Held, job_id: str) -> Rule:
    stage, point = held
    if stage == "send_draft":
        return {**SEND_POINTS[point], "work": f"{job_id}/{stage}"}
    return POINTS[point](stage, job_id)


def killed_at(system: RealStack, victim: str, points: Sequence[Held]) -> list[Ready]:
    """The victim dies while a mail is held at each of the points."""
    people = with_drafts(system, len(points))
    asked = [approved(system, one) for one in people]
    for one, word, held in zip(people, asked, points, strict=True):
        hold_at(system, one, word, held)
        if held[0] == "send_draft":
            # One after another: the n-th call is only known of a claim that races with no other one.
            system.until_held()
    system.until_held()
    stood_as_named(system, people, points)
    die_and_come_back(system, victim)
    return people


def hold_at(system: RealStack, one: Ready, asked: Asked, held: Held) -> None:
    system.hold([rule_at(held, one.job_id)])
    send_now(system, asked)


def stood_as_named(system: RealStack, people: Sequence[Ready], points: Sequence[Held]) -> None:
    """Each send is held where its point says: no death is at another place than it is thought to be."""
    went_out = Counter(str(each["person"]) for each in mails(system))
    wrong: dict[str, object] = {}
    for one, (stage, point) in zip(people, points, strict=True):
        if stage == "send_draft":
            (draft,) = system.drafts_to(one.address)
            if (draft.state, went_out[one.address]) != stands(point):
                wrong[point] = (draft.state, went_out[one.address])
    assert not wrong, wrong


def killed_at_vendors(system: RealStack, victim: str, *, applied: bool) -> list[Ready]:
    """The victim dies while requests to vendors are on their way: they took effect already, or never will.

    The last one's claim is on its way at the same time, and is applied.
    """
    *people, late = with_drafts(system, 2 + len(RECORDS))
    drafts = [draft for one in people for draft in system.drafts_to(one.address)]
    calls = (
        {"vendor": "gmail", "method": "POST", "path_regex": r"/drafts/send"},
        {"vendor": "hubspot", "method": "POST", "path_regex": r"/emails$"},
        {"vendor": "hubspot", "method": "PATCH", "path_regex": rf"/notes/{drafts[2].note_id}$"},
        {"vendor": "hubspot", "method": "PATCH", "path_regex": rf"/tasks/{drafts[3].task_id}$"},
    )
    for one, call in zip(people, calls, strict=True):
        system.hold_vendors([{**call, "applied": applied}])
        send_now(system, approved(system, one))
        system.until_vendors_held()
    hold_at(system, late, approved(system, late), ("send_draft", LATE_CLAIM))
    system.until_held()
    die_and_come_back(system, victim)
    return [*people, late]


# What is to be found afterwards


def sent_once(system: RealStack, people: Sequence[Ready], most_s: float = MOST_S) -> None:
    """Each mail went out once, is told once at the CRM, and nothing of it is left to do."""
    system.rest([one.job_id for one in people], most_s)
    went_out = Counter(str(each["draft_id"]) for each in mails(system))
    entries = system.every("audit", AuditEntry)
    wrong: dict[str, object] = {}
    for one in people:
        (draft,) = system.drafts_to(one.address)
        job = system.job(one.job_id)
        assert job is not None
        kinds = Counter(entry.kind for entry in entries if entry.draft_id == draft.id)
        found = {
            "job": (job.status, job.reasons) == (Status.DONE, ("the draft is SENT",)),
            "draft": (draft.state, draft.revision, draft.claim) == (DraftState.SENT, 1, None),
            "approval": draft.approval is not None and draft.approval.hash == draft.hash,
            "mails": went_out[draft.gmail_draft_id or ""] == 1,
            "made": made_for(system, one) == {"drafts": 1, "sent": 1, "notes": 1, "tasks": 1, "records": 1},
            "audit": (kinds[SEND_CLAIMED], kinds[DRAFT_SENT]) == (draft.fence, 1),
            "crm": draft.crm_mail_id is not None and told_in_crm(system, draft),
            "contact": is_free(system, draft),
        }
        if not all(found.values()):
            steps = [(step.stage, step.status, step.error) for step in job.steps]
            wrong[one.job_id] = ([name for name, good in found.items() if not good], draft.state, steps)
    assert not wrong, wrong
    in_order(system)


def in_order(system: RealStack) -> None:
    """No mail went out twice; quota, audit and outbox agree with what went out."""
    went_out = Counter(str(each["draft_id"]) for each in mails(system))
    assert [id_ for id_, number in went_out.items() if number > 1] == []
    drafts: list[Draft] = system.every("drafts", Draft)
    sent = sum(draft.state is DraftState.SENT for draft in drafts)
    unclear = sum(draft.state in (DraftState.SENDING, DraftState.HELD) for draft in drafts)
    assert counted(system) == dict.fromkeys(("day", "week"), (sent, unclear))
    verified = verify_audit(system.stack.world.database, TENANT, archive=None, by=ADMIN)
    assert isinstance(verified, Verified), str(verified)
    assert verified.breaks == ()
    assert not system.dead_letters()


def announced(system: RealStack, people: Sequence[Ready], points: Sequence[Held]) -> None:
    """Only what died on its way to be announced is still to be, and it can be."""
    world = system.stack.world
    left = [each for each in left_in_outbox(world.database, world.clock()) if each.type == "sent"]
    died = {one.job_id for one, (_, point) in zip(people, points, strict=True) if point in UNANNOUNCED}
    assert {each.job_id for each in left} <= died
    assert publish(world, left) == len(left)


def outbox_drains(system: RealStack) -> None:
    """What a death kept from being announced is published by the sweep, and taken out."""

    def drained() -> bool:
        system.sweep()
        return not system.every("outbox", Announcement)

    system.until(drained, "the outbox to drain", OUTBOX_PATIENCE.total_seconds() + 60)


def mails(system: RealStack) -> list[dict[str, Any]]:
    """What went out of drafts to people; the probe's mail is to ourselves."""
    entries = system.stack.ask_sandbox("GET", "/effects")["entries"]
    return [
        each
        for each in entries
        if each["kind"] == "mail_sent" and each["draft_id"] and each["person"] != vendors.ISABEL
    ]


def made_for(system: RealStack, one: Ready) -> dict[str, int]:
    row = system.stack.ask_sandbox("GET", "/effects")["by_person"].get(one.address, {})
    return {**system.made_for(one.address), "records": row.get("records", 0)}


def counted(system: RealStack) -> dict[str, tuple[int, int]]:
    """Used and reserved of the mailbox, over all days and all weeks."""
    found = system.stack.world.database.collection(f"tenants/{TENANT}/quotas")
    totals = {"day": (0, 0), "week": (0, 0)}
    for id_, fields in found.items():
        if id_.startswith(mailbox_id(vendors.ISABEL)):
            period = "week" if "-W" in id_ else "day"
            used, reserved = totals[period]
            totals[period] = used + int(fields.get("used", 0)), reserved + int(fields.get("reserved", 0))
    return totals


def told_in_crm(system: RealStack, draft: Draft) -> bool:
    """Whether the note says that it was sent, and the task is done."""
    url = f"{system.stack.places.vendors['hubspot']}/crm/objects/{VERSION}"
    key = system.stack.secrets[f"hubspot-service-key-{TENANT}"]
    with httpx.Client(trust_env=False, headers={"authorization": f"Bearer {key}"}) as client:
        note = client.get(f"{url}/notes/{draft.note_id}", params={"properties": "hs_note_body"}).json()
        task = client.get(f"{url}/tasks/{draft.task_id}", params={"properties": "hs_task_status"}).json()
    told = "The draft was sent on" in note["properties"]["hs_note_body"]
    return told and task["properties"]["hs_task_status"] == "COMPLETED"


def is_free(system: RealStack, draft: Draft) -> bool:
    """Whether the next draft to them may be written."""
    path = f"tenants/{TENANT}/contacts/{draft.contact_id}"
    contact = system.stack.world.database.get(path, Contact)
    return contact is not None and contact.open_draft is None


# Tests


@pytest.mark.timeout(300)
def test_a_death_at_each_call_of_a_send_sends_each_mail_once(system: RealStack) -> None:
    points = [*EVERY_SEND, *EACH_POINT_ONCE]
    people = killed_at(system, FUNCTIONS, points)
    sent_once(system, people)
    announced(system, people, points)
    again = {point for one, (_, point) in zip(people, points, strict=True) if fence_of(system, one) > 1}
    assert again >= CLAIMED, "what a dead process claimed is claimed anew before it is sent"


@pytest.mark.timeout(300)
def test_a_death_while_vendors_have_done_it_and_their_answers_are_on_the_way(system: RealStack) -> None:
    people = killed_at_vendors(system, FUNCTIONS, applied=True)
    sent_once(system, people)
    assert [fence_of(system, one) for one in people] == [1, 1, 1, 1, 2], (
        "only the late claim was claimed anew"
    )


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("points", [EVERY_SEND, RECORD_POINTS], ids=["send", "records"])
@pytest.mark.parametrize("victim", VICTIMS)
def test_the_whole_matrix_of_deaths_in_a_send(
    system: RealStack, victim: str, points: tuple[Held, ...], round_: int
) -> None:
    sent_once(system, killed_at(system, victim, points), LONGEST_S)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "never applied"])
@pytest.mark.parametrize("victim", VICTIMS)
def test_a_death_while_requests_to_vendors_are_on_their_way(
    system: RealStack, victim: str, applied: bool, round_: int
) -> None:
    sent_once(system, killed_at_vendors(system, victim, applied=applied), LONGEST_S)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_sweep_announces_what_deaths_left_in_the_outbox(system: RealStack) -> None:
    sent_once(system, killed_at(system, FUNCTIONS, EVERY_SEND), LONGEST_S)
    outbox_drains(system)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_send_of_which_nothing_is_known_is_held_for_a_person_who_settles_it(unproven: RealStack) -> None:
    """Nobody knows whether a second send would be a second mail: none is tried."""
    people = killed_at(unproven, FUNCTIONS, EVERY_SEND)
    unproven.rest([one.job_id for one in people], LONGEST_S)
    unknown = [one for one in people if state_of(unproven, one) is not DraftState.SENT]
    points = {point for one, (_, point) in zip(people, EVERY_SEND, strict=True) if one in unknown}
    assert points - {LATE_CLAIM} == CLAIMED
    sent_once(unproven, [one for one in people if one not in unknown])
    for one in unknown:
        job = unproven.job(one.job_id)
        assert job is not None
        assert (state_of(unproven, one), job.status) == (DraftState.HELD, Status.HELD)
        assert fence_of(unproven, one) == 1
        assert made_for(unproven, one) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1, "records": 0}
    in_order(unproven)
    for one in unknown:
        settled_as_not_sent(unproven, one)
    unproven.rest([one.job_id for one in unknown])
    for one in unknown:
        send_now(unproven, approved(unproven, one))
    sent_once(unproven, unknown)
    outbox_drains(unproven)
