"""A send on the real stack: approved, held at a call, killed there, and looked at from all sides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

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
from tests.faults.points_of_a_send import LATE_CLAIM, RECORDS, SEND_POINTS, UNANNOUNCED, Held, Rule, stands
from tests.faults.real_stack import MOST_S, RealStack
from tests.faults.test_kill import POINTS, die_and_come_back

ADMIN = Operator("tester", Role.ADMIN)


@dataclass(frozen=True)
class Ready:
    """A person to whom a draft lies ready, and the job that waits for its approval."""

    address: str
    job_id: str


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
