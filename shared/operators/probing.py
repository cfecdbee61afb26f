"""Find out what Gmail does with two sends of one draft, by a mail from a mailbox to itself (P2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from math import ceil
from threading import Barrier

from shared.errors import Failure, Permanent
from shared.jobs.audit import MAILBOX_PROBED, AuditEntry
from shared.jobs.facts import Sender
from shared.jobs.mailbox import GmailProbe, MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.tenant import Tenant
from shared.operators.audit import refused_words
from shared.operators.mailboxes import TRIES, find_sender
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy.letter import DRAFT_HEADER
from shared.ports.mailbox import FiledDraft, Mailbox, SentMail, SentReceipt
from shared.store.database import Changed, Database

WAITS_S = 30.0
"""How long a second mail is waited for: what was just sent is not in its thread at once."""
LOOKS_EVERY_S = 5.0
"""The longest pause between two looks."""

_SENDS = 2
_CLOCKS_APART = timedelta(minutes=10)
_REASON = "an operator had it probed"
_UNDECIDED = "nothing is kept; try again in a few minutes"

Answered = SentReceipt | Failure | None
"""What came of one send: taken, failed, or no such draft."""


@dataclass(frozen=True)
class Probed:
    """What was found and is kept; `mails` went out, and stay in the mailbox with their draft if it `left` one."""

    mailbox: str
    probe: GmailProbe
    mails: int
    left_draft: bool = False


@dataclass(frozen=True)
class _Letter:
    """The mail that is sent, and how it is known again."""

    marker: str
    message_id: str
    subject: str
    raw: bytes


def probe_gmail(
    database: Database,
    tenant: Tenant,
    address: str,
    *,
    open_mailbox: Callable[[Sender], Mailbox],
    by: Operator,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    waits_s: float = WAITS_S,
) -> Probed | Refusal:
    """Draft a mail to oneself, send the draft twice at once, count what went out, and keep what that shows.

    It sends: only a person starts it. Errors: Failure, Unreachable.
    """
    refusal = refuses(by, Role.ADMIN) or refused_words("the actor", by.name)
    if refusal is not None:
        return refusal
    sender = find_sender(tenant, address)
    if isinstance(sender, Refusal):
        return sender
    record = _record(database, tenant, sender)
    if isinstance(record, Refusal):
        return record
    mailbox, letter, begun_at = open_mailbox(sender), _letter(sender.mailbox), clock()
    draft: FiledDraft | None = None
    left = False
    try:
        draft = mailbox.create_draft(letter.raw, None)
        answers = _sent_at_once(mailbox, draft, letter)
        threads = {draft.thread_id, *(each.thread_id for each in answers if isinstance(each, SentReceipt))}
        since = begun_at - _CLOCKS_APART
        found = _evidence(mailbox, sender.mailbox, letter, threads, since, sleep=sleep, waits_s=waits_s)
    finally:
        left = not _cleared(mailbox, draft, letter)
    probe = _judged(answers, found, letter, clock())
    if isinstance(probe, Refusal):
        return probe
    mails = len(_ids(answers, found))
    kept = _keep(database, tenant, sender, Probed(sender.mailbox, probe, mails), by)
    return kept if isinstance(kept, Refusal) else replace(kept, left_draft=left)


def _record(database: Database, tenant: Tenant, sender: Sender) -> MailboxRecord | Refusal:
    key = mailbox_id(sender.mailbox)
    record = database.get(f"tenants/{tenant.id}/mailboxes/{key}", MailboxRecord)
    if record is None:
        return Refusal("the mailbox was not heard yet", "wait for the sweep that begins it, then try again")
    if record.status is not MailboxStatus.CONNECTED:
        return Refusal("Google does not let us into the mailbox", "connect it with `whisper mailbox connect`")
    return record


def _letter(address: str) -> _Letter:
    token = secrets.token_hex(8)
    domain = address.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = mail["To"] = address
    mail["Subject"] = subject = f"Probe {token}: sent twice at once"
    mail["Message-ID"] = message_id = f"<probe-{token}@{domain}>"
    mail[DRAFT_HEADER] = marker = f"probe-{token}"
    mail.set_content(
        "This mail was sent to find out what Gmail does when one draft is sent twice at once.\n"
        "It can be deleted, and so can a second one of the same subject.\n"
    )
    return _Letter(marker, message_id, subject, mail.as_bytes())


def _sent_at_once(mailbox: Mailbox, draft: FiledDraft, letter: _Letter) -> list[Answered]:
    together = Barrier(_SENDS)

    def send(_: int) -> Answered:
        together.wait()
        try:
            return mailbox.send_draft(draft.id, letter.raw, None)
        except Failure as failure:
            return failure

    with ThreadPoolExecutor(_SENDS) as threads:
        return list(threads.map(send, range(_SENDS)))


def _evidence(
    mailbox: Mailbox,
    address: str,
    letter: _Letter,
    threads: set[str],
    since: datetime,
    *,
    sleep: Callable[[float], None],
    waits_s: float,
) -> dict[str, SentMail]:
    """The mails that went out, by id. One is no end of the search: the second may be seen only later."""
    found: dict[str, SentMail] = {}
    pauses = ceil(waits_s / LOOKS_EVERY_S)
    for left in reversed(range(pauses + 1)):
        lists = [mailbox.sent_in(thread, since) for thread in sorted(threads)]
        lists.append(mailbox.sent_mails(address, since))
        seen = (mail for mails in lists for mail in mails)
        found |= {mail.message_id: mail for mail in seen if _is_ours(mail, letter)}
        if len(found) >= _SENDS:
            break
        if left:
            sleep(waits_s / pauses)
    return found


def _is_ours(mail: SentMail, letter: _Letter) -> bool:
    return mail.subject == letter.subject or mail.marker == letter.marker


def _cleared(mailbox: Mailbox, draft: FiledDraft | None, letter: _Letter) -> bool:
    """Whether no draft of the probe is left; one whose answer was lost is found by its marker."""
    try:
        there = draft or mailbox.find_draft(letter.marker)
        if there is not None:
            mailbox.delete_draft(there.id)
    except Failure:
        return False
    return True


def _ids(answers: Sequence[Answered], found: dict[str, SentMail]) -> set[str]:
    return {each.message_id for each in answers if isinstance(each, SentReceipt)} | set(found)


def _judged(
    answers: Sequence[Answered], found: dict[str, SentMail], letter: _Letter, now: datetime
) -> GmailProbe | Refusal:
    """What it shows. That one mail went out means something only when both sends were answered for good."""
    mails = _ids(answers, found)
    taken = [each for each in answers if isinstance(each, SentReceipt)]
    open_ones = [each for each in answers if isinstance(each, Failure) and not isinstance(each, Permanent)]
    if len(mails) < _SENDS and open_ones:
        return Refusal(f"one of the two sends came to nothing sure ({open_ones[0].reason})", _UNDECIDED)
    if not taken:
        refused = [each.reason for each in answers if isinstance(each, Failure)]
        why = f" ({refused[0]})" if refused else ""
        return Refusal(f"neither of the two sends was taken{why}", _UNDECIDED)
    if not found:
        return Refusal("the mail was taken, and does not show in the mailbox", _UNDECIDED)
    return GmailProbe(
        probed_at=now,
        single_send=len(mails) < _SENDS,
        keeps_marker=all(mail.marker == letter.marker for mail in found.values()),
        replaces_message_id=all(mail.message_id_header != letter.message_id for mail in found.values()),
    )


def _keep(
    database: Database, tenant: Tenant, sender: Sender, probed: Probed, by: Operator
) -> Probed | Refusal:
    """Write it at the mailbox, which the sweeps write all the time."""
    for _ in range(TRIES):
        record = _record(database, tenant, sender)
        if isinstance(record, Refusal):
            return record
        now = probed.probe.probed_at
        audit = AuditEntry.of(
            tenant=tenant.id,
            kind=MAILBOX_PROBED,
            subject=record.id,
            actor=by.name,
            reason=_REASON,
            before=_told(record.probe),
            after=_told(probed.probe),
            at=now,
        )
        try:
            database.commit([record.but(probe=probed.probe, updated_at=max(now, record.updated_at)), audit])
        except Changed:
            continue
        return probed
    return Refusal("the mailbox was changed again and again at this moment", "try again in a minute")


def _told(probe: GmailProbe | None) -> str:
    if probe is None:
        return "not probed"
    sends = "one mail of two sends" if probe.single_send else "two mails of two sends"
    marker = "marker kept" if probe.keeps_marker else "marker dropped"
    return f"{sends}, {marker}, Message-ID {'replaced' if probe.replaces_message_id else 'kept'}"
