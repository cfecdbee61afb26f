"""kill -9 of a real process while mails are heard and answered: they end as if nothing happened.

Ten answers are held at once, each at another stage, so that one death meets every stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from scripts.sandbox import world as vendors
from shared.jobs.draft import Draft, DraftState
from shared.jobs.event import event_id
from shared.jobs.job import Job, Kind, Status
from shared.jobs.mailbox import mailbox_id
from shared.jobs.playbooks import PLAYBOOKS
from shared.runtime.mail_inbox import SOURCE
from tests.faults.real_stack import CLOUD, FUNCTIONS, SANDBOX, RealStack, running
from tests.faults.test_kill import MATRIX, POINTS, die_and_come_back, in_background

OFF_THE_WAY = ("create_contact", "withdraw_draft", "send_draft", "log_send", "log_outcome", "close_task")
STAGES = tuple(stage for stage in PLAYBOOKS[Kind.REPLY].stages if stage not in OFF_THE_WAY)
"""Those that a question by a person whom the CRM knows passes through."""

NORMAL = [
    (FUNCTIONS, "after its effect, before its commit"),
    (SANDBOX, "before its effect, its intent recorded"),
]
LEASE = {"INTENT_LEASE_S": "5"}
"""No effect begins after its lease: on a busy machine two seconds are over before it, for one of so many stages."""
QUESTION = "Thanks for coming back to me. Does it work with SAP Business One?\n"


@dataclass(frozen=True)
class Written:
    """A person's answer, and the job that it will be."""

    address: str
    job_id: str


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    with running(tmp_path_factory.mktemp("hearing"), "hearing", settings=LEASE) as made:
        assert made.sweep("renew_watch") == 200
        yield made


@pytest.fixture(autouse=True)
def _whole_again(system: RealStack) -> Iterator[None]:
    """What a failed test left broken is mended for the next one."""
    yield
    for name, child in system.stack.children.items():
        if child.has_ended():
            system.stack.start_again(name)
    system.let_go()


def with_sent_drafts(system: RealStack, number: int) -> list[Draft]:
    """So many people whose form was answered with a draft that a person sent by hand."""
    submissions = [system.submitted(address) for address in system.people(number)]
    for one in submissions:
        assert system.deliver(one.form) == 202
    system.rest([one.job_id for one in submissions])
    for one in submissions:
        send_by_hand(system, one.address)
    system.until(lambda: all_sent(system, [one.address for one in submissions]), "drafts to be seen as sent")
    system.rest([one.job_id for one in submissions])
    return [draft for one in submissions for draft in system.drafts_to(one.address)]


def send_by_hand(system: RealStack, address: str) -> None:
    (draft,) = system.drafts_to(address)
    sent = {"mailbox": draft.sender, "draft_id": draft.gmail_draft_id}
    system.stack.ask_sandbox("POST", "/gmail/send_draft", sent)


def all_sent(system: RealStack, addresses: Sequence[str]) -> bool:
    """Whether the sweep, run now, sees what was sent by hand."""
    system.sweep("watch_drafts")
    drafts = [draft for address in addresses for draft in system.drafts_to(address)]
    return all(draft.state is DraftState.SENT_BY_HAND for draft in drafts)


def answered(system: RealStack, drafts: Sequence[Draft]) -> list[Written]:
    """Each person answers; no push tells of it, so that nothing runs before the sweep."""
    system.stack.ask_sandbox("POST", "/gmail/push_chaos", {"lose": 1.0})
    written: list[Written] = []
    for draft in drafts:
        reply = {"mailbox": draft.sender, "thread_id": draft.gmail_thread_id, "text": QUESTION}
        mail = system.stack.ask_sandbox("POST", "/gmail/reply", {**reply, "sender": draft.recipient})
        heard = event_id(SOURCE, mailbox_id(draft.sender), str(mail["id"]))
        written.append(Written(draft.recipient, f"job-{heard}"))
    return written


def as_if_nothing_had_happened(system: RealStack, written: Sequence[Written]) -> None:
    """Each answer was heard once, and has one draft, one note and one task of its own."""
    wrong: dict[str, object] = {}
    for one in written:
        jobs = [job for job in system.every("jobs", Job) if job.address == one.address]
        replies = [(job.id, job.status, job.stage) for job in jobs if job.kind is Kind.REPLY]
        states = sorted(draft.state for draft in system.drafts_to(one.address))
        found = (
            replies == [(one.job_id, Status.WAITING, "await_approval")],
            states == [DraftState.PENDING, DraftState.SENT_BY_HAND],
            len(system.events_of(one.job_id)) == 1,
            system.made_for(one.address) == {"drafts": 2, "sent": 1, "notes": 2, "tasks": 2},
        )
        if not all(found):
            wrong[one.job_id] = (found, replies, states, system.made_for(one.address))
    assert not wrong, wrong
    assert not system.dead_letters()


def killed_at(system: RealStack, victim: str, point: str) -> None:
    stages = STAGES[:-1] if point.endswith("enqueue") else STAGES
    written = answered(system, with_sent_drafts(system, len(stages)))
    rule_of = POINTS[point]
    system.hold([rule_of(stage, one.job_id) for stage, one in zip(stages, written, strict=True)])
    assert system.sweep("sync_mailboxes") == 200
    system.until_held()
    die_and_come_back(system, victim)
    system.rest([one.job_id for one in written])
    as_if_nothing_had_happened(system, written)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("victim", "point"), NORMAL)
def test_a_death_at_each_stage_of_a_reply_changes_nothing(system: RealStack, victim: str, point: str) -> None:
    killed_at(system, victim, point)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("mode", "victim"),
    [
        ("lost_answer", FUNCTIONS),
        pytest.param("lost_answer", CLOUD, marks=pytest.mark.long),
        pytest.param("refuse", FUNCTIONS, marks=pytest.mark.long),
        pytest.param("refuse", CLOUD, marks=pytest.mark.long),
        pytest.param("refuse", SANDBOX, marks=pytest.mark.long),
        pytest.param("lost_answer", SANDBOX, marks=pytest.mark.long),
    ],
)
def test_a_death_while_mailboxes_are_heard_loses_and_doubles_nothing(
    system: RealStack, victim: str, mode: str
) -> None:
    """At the second mail's commit: the first one's job is under way already."""
    written = answered(system, with_sent_drafts(system, 3))
    rule = {"mode": mode, "service": "Firestore", "method": "Commit", "nth": 2, "work": "/sync_mailboxes"}
    system.hold([rule])
    swept = in_background(lambda: system.sweep("sync_mailboxes") or 0)
    system.until_held()
    die_and_come_back(system, victim)
    swept()
    system.until(lambda: system.sweep("sync_mailboxes") == 200, "a whole sweep")
    system.rest([one.job_id for one in written])
    as_if_nothing_had_happened(system, written)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["lost_answer", pytest.param("refuse", marks=pytest.mark.long)])
def test_a_death_while_it_is_seen_what_was_sent_by_hand_counts_it_once(system: RealStack, mode: str) -> None:
    (address,) = system.people(1)
    submitted = system.submitted(address)
    assert system.deliver(submitted.form) == 202
    system.rest([submitted.job_id])
    before = counted(system)
    send_by_hand(system, address)
    system.hold([{"mode": mode, "service": "Firestore", "method": "Commit", "work": "/watch_drafts"}])
    swept = in_background(lambda: system.sweep("watch_drafts") or 0)
    system.until_held()
    die_and_come_back(system, FUNCTIONS)
    swept()
    system.until(lambda: all_sent(system, [address]), "the sending to be seen")
    (job,) = system.rest([submitted.job_id])
    assert job.status is Status.DONE
    assert counted(system) == before + 1
    assert system.made_for(address) == {"drafts": 1, "sent": 1, "notes": 1, "tasks": 1}


def counted(system: RealStack) -> int:
    """How many drafts were counted as sent by hand."""
    quotas = system.stack.world.database.collection("tenants/default/quotas")
    mine = (mailbox_id(vendors.ISABEL), mailbox_id(vendors.MARCUS))
    days = {name: day for name, day in quotas.items() if name.startswith(mine) and "-W" not in name}
    return sum(int(day.get("by_hand", 0)) for day in days.values())


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("victim", "point"), MATRIX)
def test_the_whole_matrix_of_deaths_in_a_reply(system: RealStack, victim: str, point: str) -> None:
    killed_at(system, victim, point)
