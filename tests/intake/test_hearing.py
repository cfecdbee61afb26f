"""From a mail in the mailbox to a filed draft: what people write and do in Gmail is heard, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from shared.jobs.audit import AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Kind, Status
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from shared.jobs.rules import Suppression
from tests.system import ANA, drafts, effects, every, job, jobs, lead

ISABEL = vendors.ISABEL
ANSWER = "Thanks for coming back to me. Does it work with SAP Business One? We would need it by January.\n"


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    made = Simulation()
    made.sweep("renew_watch")
    made.run()
    yield made
    made.close()


def drafted(simulation: Simulation) -> Draft:
    """Ana's form, answered with a filed draft."""
    simulation.deliver(simulation.submit(lead())["requests"]["form"])
    simulation.run()
    (draft,) = drafts(simulation)
    assert draft.gmail_draft_id is not None
    return draft


def sent_by_hand(simulation: Simulation, draft: Draft) -> str:
    """Isabel presses Send in Gmail, and the sweep sees it. Returns the thread's id."""
    sent = simulation.sandbox.people.send_draft(draft.sender, draft.gmail_draft_id or "")
    simulation.sweep("watch_drafts")
    simulation.run()
    return str(sent["threadId"])


def the(simulation: Simulation, draft: Draft) -> Draft:
    """The draft as it is now."""
    return next(each for each in drafts(simulation) if each.id == draft.id)


def contact(simulation: Simulation) -> Contact:
    (found,) = every(simulation, "contacts", Contact)
    return found


def note(simulation: Simulation) -> str:
    """The text of the only note that we made in the CRM."""
    notes = simulation.sandbox.hubspot.records(vendors.PORTAL).all("notes")
    (found,) = (text for each in notes if "whisper:" in (text := str(each["properties"].get("hs_note_body"))))
    return found


def replies(simulation: Simulation) -> list[Job]:
    return [each for each in jobs(simulation) if each.kind is Kind.REPLY]


def test_each_sender_is_listened_to_from_the_first_day_on(simulation: Simulation) -> None:
    records = every(simulation, "mailboxes", MailboxRecord)
    assert {record.address for record in records} == {vendors.ISABEL, vendors.MARCUS}
    assert all(record.watch_expires_at is not None for record in records)
    assert all(record.status is MailboxStatus.CONNECTED for record in records)


def test_a_person_answers_a_mail_and_is_answered_in_the_same_thread(simulation: Simulation) -> None:
    first = drafted(simulation)
    thread_id = sent_by_hand(simulation, first)
    simulation.sandbox.people.reply(first.sender, thread_id, text=ANSWER)
    simulation.run()
    (reply,) = replies(simulation)
    assert reply.status is Status.WAITING, (reply.status, reply.reasons)
    second = next(each for each in drafts(simulation) if each.id != first.id)
    assert second.job_id == reply.id
    assert second.gmail_thread_id == thread_id
    assert second.recipient == ANA
    assert contact(simulation).open_draft == second.id
    assert effects(simulation)["sent"] == 1, "only the person's own sending"


def test_a_draft_that_was_sent_by_hand_is_known_as_such_everywhere(simulation: Simulation) -> None:
    draft = drafted(simulation)
    sent_by_hand(simulation, draft)
    after = the(simulation, draft)
    assert after.state is DraftState.SENT_BY_HAND
    assert after.sent_at is not None
    assert contact(simulation).open_draft is None
    assert contact(simulation).last_mailed_at == after.sent_at
    assert job(simulation).status is Status.DONE
    assert "sent by hand" in note(simulation)
    quota = simulation.world.database.collection("tenants/default/quotas")
    assert [period["by_hand"] for period in quota.values()] == [1, 1], "the day and the week"
    assert "DRAFT_SENT" in {entry.kind for entry in every(simulation, "audit", AuditEntry)}


def test_a_draft_that_was_deleted_by_hand_is_rejected(simulation: Simulation) -> None:
    draft = drafted(simulation)
    simulation.sandbox.people.delete_draft(draft.sender, draft.gmail_draft_id or "")
    simulation.sweep("watch_drafts")
    simulation.run()
    assert the(simulation, draft).state is DraftState.REJECTED
    assert contact(simulation).open_draft is None
    assert job(simulation).status is Status.STOPPED
    assert "not sent" in note(simulation)


def test_a_draft_that_was_rewritten_by_hand_becomes_a_revision_and_is_judged_again(
    simulation: Simulation,
) -> None:
    draft = drafted(simulation)
    text = "Hi Ana,\n\nthanks for your message. Shall we talk about your delivery notes this week?\n"
    simulation.sandbox.people.edit_draft(draft.sender, draft.gmail_draft_id or "", text)
    simulation.sweep("watch_drafts")
    simulation.run()
    after = the(simulation, draft)
    assert after.state is DraftState.PENDING
    assert after.revision == draft.revision + 1
    assert after.written_by == "hand"
    assert "delivery notes this week" in after.body
    assert b"delivery notes this week" in after.raw
    assert after.verdict is not None
    assert after.verdict.revision == after.revision
    assert after.gmail_revision == after.revision
    assert after.raw != draft.raw


def test_an_answer_to_an_open_draft_s_thread_revises_that_draft(simulation: Simulation) -> None:
    first = drafted(simulation)
    thread_id = sent_by_hand(simulation, first)
    simulation.sandbox.people.reply(first.sender, thread_id, text=ANSWER)
    simulation.run()
    second = next(each for each in drafts(simulation) if each.id != first.id)
    simulation.sandbox.people.reply(
        first.sender, thread_id, text="One more thing: could you show us how the stock levels look?\n"
    )
    simulation.run()
    after = the(simulation, second)
    assert len(drafts(simulation)) == 2
    assert after.revision == second.revision + 1
    assert [each.status for each in replies(simulation)] == [Status.WAITING, Status.MERGED]


def test_whoever_says_stop_is_never_mailed_again_and_the_draft_is_taken_back(simulation: Simulation) -> None:
    first = drafted(simulation)
    thread_id = sent_by_hand(simulation, first)
    simulation.sandbox.people.reply(first.sender, thread_id, text=ANSWER)
    simulation.run()
    second = next(each for each in drafts(simulation) if each.id != first.id)
    simulation.sandbox.people.reply(first.sender, thread_id, text="Please stop writing to me.\n")
    simulation.run()
    (entry,) = every(simulation, "suppressions", Suppression)
    assert entry.reason == "OPT_OUT"
    assert entry.id == contact(simulation).id
    assert the(simulation, second).state is DraftState.REJECTED
    assert simulation.sandbox.gmail.mailbox(ISABEL).drafts() == [] or all(
        each["id"] != second.gmail_draft_id
        for each in simulation.sandbox.gmail.mailbox(second.sender).drafts()
    )


def test_one_person_never_has_two_drafts_because_they_wrote_to_two_mailboxes_of_ours(
    simulation: Simulation,
) -> None:
    first = drafted(simulation)
    other = vendors.MARCUS if first.sender == ISABEL else ISABEL
    simulation.sandbox.people.write(
        other, sender=ANA, subject="Stock levels", text="Could you show us how the stock levels look?\n"
    )
    simulation.run()
    boxes = [simulation.sandbox.gmail.mailbox(address) for address in (ISABEL, vendors.MARCUS)]
    assert sum(len(box.drafts()) for box in boxes) == 1
    assert the(simulation, first) == first
    (reply,) = replies(simulation)
    assert reply.status is Status.HELD
    sent_by_hand(simulation, first)
    assert the(simulation, first).state is DraftState.SENT_BY_HAND


def test_a_revision_never_takes_the_place_of_what_a_person_writes_in_gmail_meanwhile(
    simulation: Simulation,
) -> None:
    first = drafted(simulation)
    simulation.sandbox.people.edit_draft(first.sender, first.gmail_draft_id or "", "Hi Ana,\n\nmine.\n")
    simulation.deliver(simulation.submit(lead(message="And what does it cost?"))["requests"]["form"])
    simulation.run()
    held = next(each for each in jobs(simulation) if each.id == first.job_id)
    assert held.status is Status.HELD
    lying = simulation.sandbox.gmail.mailbox(first.sender).draft(first.gmail_draft_id or "")
    words = simulation.sandbox.gmail.mailbox(first.sender).message(lying["messageId"])["text"]
    assert "mine." in words
    simulation.sweep("watch_drafts")
    simulation.run()
    assert "mine." in the(simulation, first).body


def test_what_we_send_and_file_starts_nothing(simulation: Simulation) -> None:
    draft = drafted(simulation)
    sent_by_hand(simulation, draft)
    for _ in range(3):
        simulation.sweep("sync_mailboxes")
        simulation.run()
    assert replies(simulation) == []
