"""Mail that is broken or hostile in its form is passed by or held with a reason; its neighbours are answered (P7)."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator

import pytest

from scripts.catalogue import load
from scripts.stack.tenant import TENANT
from shared.jobs.contact import Contact
from shared.jobs.job import Job, Kind, Status
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from shared.runtime.wire.secrets import address_key_of
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.test_replies import ANSWER, Thread
from tests.mail import broken

MEI = "mei.tan@harborlogistics.example"
Found = tuple[list[str], float, float]


@pytest.fixture(scope="module")
def thread() -> Iterator[Thread]:
    """A thread with Ana in Isabel's mailbox, who knows Mei too."""
    made = Thread()
    simulation = made.simulation
    now = simulation.clock.now()
    mei = Contact(
        id=address_key_of(simulation.world, MEI), tenant=TENANT, address=MEI, created_at=now, updated_at=now
    )
    simulation.world.database.commit([mei])
    yield made
    made.simulation.close()


def delivered(thread: Thread, mails: list[bytes]) -> Found:
    """What is wrong after they came in between a good mail beside their thread and one in it.

    Beside it the seconds of the processor that all took, and the MB of memory by which the process grew.
    """
    simulation, sandbox = thread.simulation, thread.simulation.sandbox
    text = "Could you show us how it works with SAP?\n"
    sandbox.people.write(thread.mailbox, sender=MEI, subject="Delivery notes", text=text)
    with sandbox.changing():
        box = sandbox.gmail.mailbox(thread.mailbox)
        ids = {box.add(raw, ["INBOX", "UNREAD"], thread.thread_id)["id"] for raw in mails}
    thread.writes(ANSWER)
    began_s, before_mb = time.process_time(), _peak_mb()
    simulation.run()
    thread.rest()
    spent_s, grown_mb = time.process_time() - began_s, _peak_mb() - before_mb
    return _wrong(thread, ids), spent_s, grown_mb


def _wrong(thread: Thread, ids: set[str]) -> list[str]:
    found: list[str] = []
    heard: set[str] = set()
    for job in (each for each in system.jobs(thread.simulation) if each.kind is Kind.REPLY):
        if {mail.message_id for mail in job.mails} & ids:
            heard |= {mail.message_id for mail in job.mails} & ids
            found += _unclear(job)
    # A mail that a job took over is with that job.
    if heard != ids:
        found.append(f"{len(ids - heard)} of {len(ids)} were not heard")
    for draft_of in (system.ANA, MEI):
        drafts = [draft for draft in system.drafts(thread.simulation) if draft.recipient == draft_of]
        if not any(draft.is_open and draft.gmail_draft_id for draft in drafts):
            held = [(job.status, job.stage, job.reasons) for job in system.jobs(thread.simulation)]
            found.append(f"{draft_of} was not answered: {held}")
    found += [
        f"dead letter at {each.stage}: {each.reason}" for each in system.dead_letters(thread.simulation)
    ]
    records = system.every(thread.simulation, "mailboxes", MailboxRecord)
    found += [each.reason for each in records if each.status is not MailboxStatus.CONNECTED]
    return found


def _unclear(job: Job) -> list[str]:
    """A job that rests, and says why where it does not wait for a person's decision about a draft."""
    if job.next is not None:
        return [f"{job.status} at {job.stage}, not at rest"]
    if job.status in (Status.WAITING, Status.MERGED) or job.reasons:
        return []
    return [f"{job.status} at {job.stage} without a reason"]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.timeout(300)
@pytest.mark.parametrize("maker", broken.THROUGH_ALL)
def test_a_broken_mail_between_two_good_ones(thread: Thread, maker: Callable[[], bytes]) -> None:
    wrong, spent_s, grown_mb = in_a_copy(lambda: delivered(thread, [maker()]))
    print(f"{maker.__name__}: {spent_s:.1f} s, {grown_mb:.0f} MB")
    assert wrong == []
    reads = load().functions["read_reply"]
    # The sandbox's part of both is in them too.
    assert spent_s < reads.timeout_s
    assert grown_mb < reads.memory_mb


@pytest.mark.timeout(300)
def test_a_mail_that_was_cut_off_anywhere(thread: Thread) -> None:
    cuts = list(broken.truncated())
    wrong, _, _ = in_a_copy(lambda: delivered(thread, cuts[:: len(cuts) // 40]))
    assert wrong == []
