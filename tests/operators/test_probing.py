"""What Gmail does with two sends of one draft is found out once, by a person, and kept at the mailbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.world import ISABEL, MARCUS
from scripts.stack.simulation import START, Simulation
from scripts.stack.tenant import TENANT
from shared.errors import Failure, Permanent, Retryable, Unclear
from shared.jobs.audit import MAILBOX_PROBED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.facts import Sender
from shared.jobs.mailbox import GmailProbe, MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.tenant import Tenant
from shared.operators.mailboxes import TRIES
from shared.operators.probing import LOOKS_EVERY_S, Probed, probe_gmail
from shared.operators.refusal import Forbidden, Refusal
from shared.operators.roles import Operator, Role
from shared.ports.mailbox import Mailbox, SentMail, SentReceipt
from shared.runtime.wire.mailbox import mailbox_of
from shared.store.database import Database
from tests import system
from tests.fake_mailbox import FakeMailbox
from tests.trouble import Trouble

ADA = Operator("operator:ada", Role.ADMIN)
PATH = f"tenants/{TENANT}/mailboxes/{mailbox_id(ISABEL)}"


@dataclass
class Bench:
    """A mailbox of a tenant that is heard, with a clock that only waiting moves."""

    simulation: Simulation
    slept: list[float] = field(default_factory=list[float])

    def __post_init__(self) -> None:
        record = MailboxRecord(
            id=mailbox_id(ISABEL),
            tenant=TENANT,
            address=ISABEL,
            heard_since=START,
            history_id=7,
            synced_through=START,
            updated_at=START,
        )
        self.database.commit([record])

    @property
    def database(self) -> Database:
        return self.simulation.world.database

    @property
    def record(self) -> MailboxRecord:
        found = self.database.get(PATH, MailboxRecord)
        assert found is not None
        return found

    @property
    def tenant(self) -> Tenant:
        found = self.database.get(f"tenants/{TENANT}", Tenant)
        assert found is not None
        return found

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.simulation.clock.advance(seconds)

    def probe(
        self,
        mailbox: Mailbox | None = None,
        *,
        database: Database | None = None,
        address: str = ISABEL,
        by: Operator = ADA,
        waits_s: float = 10.0,
    ) -> Probed | Refusal:
        """Probe this mailbox, else the one in the sandbox."""

        def opened(sender: Sender) -> Mailbox:
            return mailbox or mailbox_of(self.simulation.world, self.tenant, sender)

        return probe_gmail(
            database or self.database,
            self.tenant,
            address,
            open_mailbox=opened,
            by=by,
            clock=self.simulation.clock.now,
            sleep=self.sleep,
            waits_s=waits_s,
        )

    def fake(self, **settings: Any) -> FakeMailbox:
        return FakeMailbox(now=self.simulation.clock.now, **settings)


@pytest.fixture
def bench(simulation: Simulation) -> Bench:
    return Bench(simulation)


def shown(result: Probed | Refusal) -> tuple[bool, bool, bool, int]:
    assert isinstance(result, Probed), result
    probe = result.probe
    return probe.single_send, probe.keeps_marker, probe.replaces_message_id, result.mails


def unkept(bench: Bench, result: Probed | Refusal) -> str:
    """The reason of a probe that found out nothing, and kept nothing."""
    assert isinstance(result, Refusal), result
    assert bench.record.probe is None
    assert system.every(bench.simulation, "audit", AuditEntry) == []
    return result.reason


# What it finds out of the sandbox, both ways


@pytest.mark.parametrize("keeps_headers", [True, False])
@pytest.mark.parametrize("keeps_message_id", [True, False])
@pytest.mark.parametrize("shown_after_s", [0.0, 6.0])
@pytest.mark.parametrize("repeats", ["single", "double"])
def test_it_finds_out_how_the_mailbox_sends(
    bench: Bench, repeats: Any, shown_after_s: float, keeps_message_id: bool, keeps_headers: bool
) -> None:
    bench.simulation.sandbox.gmail.sending = Sending(
        repeats=repeats,
        shown_after_s=shown_after_s,
        keeps_message_id=keeps_message_id,
        keeps_custom_headers=keeps_headers,
    )
    mails = {"single": 1, "double": 2}[repeats]
    assert shown(bench.probe()) == (mails == 1, keeps_headers, not keeps_message_id, mails)
    sent = bench.simulation.sandbox.effects.entries("mail_sent")
    assert [row["person"] for row in sent] == [ISABEL] * mails
    assert bench.simulation.sandbox.gmail.mailbox(ISABEL).drafts() == []


def test_what_it_found_is_kept_at_the_mailbox_and_in_the_audit(bench: Bench) -> None:
    before = bench.record
    result = bench.probe()
    assert isinstance(result, Probed)
    now = bench.simulation.clock.now()
    assert result.probe == GmailProbe(
        probed_at=now, single_send=True, keeps_marker=True, replaces_message_id=True
    )
    assert dict(bench.record) == {**dict(before), "probe": result.probe, "updated_at": now}
    (entry,) = system.every(bench.simulation, "audit", AuditEntry)
    assert (entry.kind, entry.subject, entry.actor) == (MAILBOX_PROBED, mailbox_id(ISABEL), "operator:ada")
    assert entry.before == "not probed"
    assert entry.after == "one mail of two sends, marker kept, Message-ID replaced"
    assert "@" not in f"{entry.reason}{entry.after}"


def test_a_later_probe_takes_the_place_of_the_first(bench: Bench) -> None:
    bench.probe()
    bench.simulation.sandbox.gmail.sending = Sending(repeats="double")
    bench.probe()
    assert bench.record.probe is not None
    assert not bench.record.probe.single_send
    entries = system.every(bench.simulation, "audit", AuditEntry)
    assert sorted(entry.before.split(",")[0] for entry in entries) == ["not probed", "one mail of two sends"]


# When a mail is seen only later


def test_it_waits_to_the_end_before_it_says_that_one_mail_went_out(bench: Bench) -> None:
    assert shown(bench.probe(bench.fake(), waits_s=20))[0]
    assert bench.slept == [LOOKS_EVERY_S] * 4


def test_it_waits_no_longer_than_it_is_told(bench: Bench) -> None:
    bench.probe(bench.fake(), waits_s=6)
    assert bench.slept == [3.0, 3.0]


def test_two_mails_need_no_longer_wait(bench: Bench) -> None:
    assert not shown(bench.probe(bench.fake(sends_twice=True), waits_s=20))[0]
    assert bench.slept == []


@dataclass
class SecondUnseen(FakeMailbox):
    """Both sends count as one by their answers; the second mail shows up in the thread later."""

    def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> SentReceipt | None:
        receipt = super().send_draft(draft_id, raw, thread_id)
        return receipt if receipt is None or receipt.message_id == "sent-1" else None


def test_a_second_mail_that_no_answer_told_of_is_counted(bench: Bench) -> None:
    mailbox = SecondUnseen(now=bench.simulation.clock.now, sends_twice=True)
    assert shown(bench.probe(mailbox))[0] is False


def test_mails_of_others_are_not_counted(bench: Bench) -> None:
    now = bench.simulation.clock.now()
    others = [SentMail("m-1", "t-1", now, "Probe of my own", (ISABEL,), "d-7")]
    assert shown(bench.probe(bench.fake(sent=others)))[3] == 1


# When it finds out nothing


@pytest.mark.parametrize("failure", [Retryable("gmail: send_draft answered 429"), Permanent("gmail: no")])
def test_when_no_send_is_taken_nothing_is_kept_and_the_draft_is_deleted(
    bench: Bench, failure: Failure
) -> None:
    mailbox = bench.fake(trouble=Trouble(fails={"send_draft": failure}))
    assert failure.reason in unkept(bench, bench.probe(mailbox))
    assert mailbox.drafts == {}
    assert mailbox.taken == []


def test_an_answer_that_is_lost_leaves_it_open_even_where_one_mail_is_seen(bench: Bench) -> None:
    mailbox = bench.fake(trouble=Trouble(loses={"send_draft"}))
    assert "nothing sure" in unkept(bench, bench.probe(mailbox))
    assert len(mailbox.taken) == 1


def test_two_mails_are_two_whatever_was_answered(bench: Bench) -> None:
    mailbox = bench.fake(sends_twice=True, trouble=Trouble(loses={"send_draft"}))
    assert shown(bench.probe(mailbox))[3] == 2


def test_a_mail_that_was_taken_and_is_never_seen_proves_nothing(bench: Bench) -> None:
    bench.simulation.sandbox.gmail.sending = Sending(shown_after_s=3600)
    assert "does not show" in unkept(bench, bench.probe())


def test_a_draft_whose_answer_was_lost_is_found_and_deleted(bench: Bench) -> None:
    mailbox = bench.fake(trouble=Trouble(loses={"create_draft"}))
    with pytest.raises(Unclear):
        bench.probe(mailbox)
    assert (mailbox.made, mailbox.drafts, mailbox.taken) == (1, {}, [])
    assert bench.record.probe is None


def test_evidence_that_cannot_be_read_is_a_failure_and_the_draft_is_deleted(bench: Bench) -> None:
    mailbox = bench.fake(trouble=Trouble(fails={"sent_in": Retryable("gmail: sent_in answered 503")}))
    with pytest.raises(Retryable):
        bench.probe(mailbox)
    assert mailbox.drafts == {}
    assert bench.record.probe is None


def test_a_draft_that_could_not_be_deleted_is_told(bench: Bench) -> None:
    result = bench.probe(bench.fake(trouble=Trouble(fails={"delete_draft": Retryable("gmail: 503")})))
    assert isinstance(result, Probed)
    assert result.left_draft


# Who may, and where


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_only_an_admin_may(bench: Bench, role: Role) -> None:
    mailbox = bench.fake()
    assert isinstance(bench.probe(mailbox, by=Operator("operator:ben", role)), Forbidden)
    assert mailbox.made == 0


def test_an_actor_with_an_address_is_refused_before_anything_is_sent(bench: Bench) -> None:
    mailbox = bench.fake()
    assert isinstance(bench.probe(mailbox, by=Operator("ada@x.example", Role.ADMIN)), Refusal)
    assert mailbox.made == 0


@pytest.mark.parametrize("address", ["nobody@x.example", MARCUS])
def test_a_mailbox_that_is_not_the_tenants_or_was_never_heard_is_refused(bench: Bench, address: str) -> None:
    mailbox = bench.fake()
    assert isinstance(bench.probe(mailbox, address=address), Refusal)
    assert mailbox.made == 0


def test_a_mailbox_that_does_not_let_us_in_is_refused(bench: Bench) -> None:
    bench.database.commit([bench.record.but(status=MailboxStatus.RECONNECT, reason="refused")])
    mailbox = bench.fake()
    assert isinstance(bench.probe(mailbox), Refusal)
    assert mailbox.made == 0


# While the sweeps write the same document


class Interrupted(Database):
    """Somebody else writes the mailbox before each of our commits."""

    def __init__(self, inner: Database, meanwhile: Callable[[], None], times: int) -> None:
        super().__init__(inner.client)
        self._meanwhile, self._left = meanwhile, times

    def commit(self, documents: Any, **more: Any) -> None:
        if self._left:
            self._left -= 1
            self._meanwhile()
        super().commit(documents, **more)


def heard_on(bench: Bench) -> Callable[[], None]:
    def sync() -> None:
        record: Document = bench.record.but(history_id=(bench.record.history_id or 0) + 1)
        bench.database.commit([record])

    return sync


def test_what_a_sweep_wrote_meanwhile_is_not_lost(bench: Bench) -> None:
    result = bench.probe(database=Interrupted(bench.database, heard_on(bench), TRIES - 1))
    assert isinstance(result, Probed)
    assert bench.record.probe == result.probe
    assert bench.record.history_id == 7 + TRIES - 1


def test_who_is_always_beaten_is_told_so(bench: Bench) -> None:
    result = bench.probe(database=Interrupted(bench.database, heard_on(bench), TRIES))
    assert isinstance(result, Refusal)
    assert bench.record.probe is None
