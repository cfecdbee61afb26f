"""Which addresses a mail server says it could not reach, and whether they are dead or only hard to reach (P9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from shared.jobs.mail import Mail, MailKind, Reading, Report
from shared.pattern import Pattern
from shared.policy.mail_kind.bounce_words import ABOUT_US, ALIVE, COPY_BEGINS, DEAD, DELAY, NOTICE
from shared.policy.mail_kind.folded import shortened
from shared.policy.mail_kind.known import Known

_DAEMONS = Pattern(
    r"mailer-?daemon|mail-?daemon|postmaster|mailerdaemon|mail-?delivery(?:-?system|-?subsystem)?|mdaemon|"
    r"microsoftexchange[0-9a-f]{32}|double-?bounce|bounces?|mail-?system|mmdf|smtp-?error|nondelivery"
)
_DAEMON_NAMES = Pattern(
    r"mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|postmaster|mail administrator|internet mail delivery|"
    r"system administrator|delivery notification|delivery status"
)
_ADDRESS = Pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z][\w-]{0,62}", re.IGNORECASE)
_CODE = Pattern(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_REPLY = Pattern(r"(?:^|[;\s(<:'\"])([245])\d\d(?=[\s-])")
_MOST_CHARS = 4_000
_MOST_FAILED = 50

_DEAD_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4", "5.4.310"})
_AT_REST = frozenset({"delivered", "relayed", "expanded"})
_OUR_ADDRESS_CODES = frozenset({"5.1.7", "5.1.8", "5.1.9"})


class Fate(IntEnum):
    """What became of a mail to one address, from good to bad."""

    ARRIVED = 0
    DELAYED = 1
    REFUSED = 2
    DEAD = 3


@dataclass(frozen=True)
class _Failure:
    address: str
    fate: Fate


def read_bounce(mail: Mail, known: Known) -> Reading | None:
    """The reading of a mail server's notice; None when the mail is none.

    What cannot be told apart is soft: only an answer that says that an address is dead makes it hard.
    """
    if not _is_notice(mail):
        return None
    failures = _of_reports(mail) or _of_text(mail, known)
    worst = max((failure.fate for failure in failures), default=Fate.REFUSED)
    if worst is Fate.ARRIVED:
        return Reading(kind=MailKind.AUTO_REPLY, reason="a mail server reports that our mail arrived")
    if worst is Fate.DELAYED:
        return Reading(kind=MailKind.SOFT_BOUNCE, reason="a mail server still tries to deliver our mail")
    named = tuple(dict.fromkeys(each.address for each in failures if each.fate is worst and each.address))
    failed = named or _fallen_back(mail, known)
    if worst is Fate.DEAD:
        reason = "a mail server says that the address, its account or its domain does not exist"
        return Reading(kind=MailKind.HARD_BOUNCE, reason=reason, failed=failed[:_MOST_FAILED])
    reason = "a mail server did not deliver our mail, and does not say that the address is dead"
    return Reading(kind=MailKind.SOFT_BOUNCE, reason=reason, failed=failed[:_MOST_FAILED])


def fate_of(action: str, status: str, answer: str) -> Fate:
    """What became of a mail, by the fields of RFC 3464 and what the other server answered."""
    action, answer = action.strip().lower(), answer[:_MOST_CHARS]
    if action in _AT_REST:
        return Fate.ARRIVED
    codes = [".".join(found) for found in _CODE.findall(f"{status} {answer}")]
    if action == "delayed":
        return Fate.DELAYED
    said = next((code for code in reversed(codes) if not code.endswith(".0.0")), "")
    replies = _REPLY.findall(answer)
    for_now = bool(said.startswith("4") or (replies and set(replies) == {"4"}))
    if for_now or (codes and all(code.startswith("4") for code in codes)):
        return Fate.REFUSED
    if said in _OUR_ADDRESS_CODES or said == "5.2.2" or ALIVE.search(answer):
        return Fate.REFUSED
    dead = DEAD.search(answer) is not None
    if ABOUT_US.search(answer):
        # "User unknown" in a reason is believed beside such a word only where the code says the same.
        return Fate.DEAD if dead and said in _DEAD_CODES else Fate.REFUSED
    return Fate.DEAD if dead or said in _DEAD_CODES else Fate.REFUSED


def _is_notice(mail: Mail) -> bool:
    if any(report.type == "delivery-status" for report in mail.reports):
        return mail.header("content-type").lower().startswith("multipart/report") or _is_by_a_server(mail)
    if mail.header("x-failed-recipients") or "x-ms-exchange-message-is-ndr" in mail.headers:
        return True
    if not _is_by_a_server(mail):
        return False
    return NOTICE.search(f"{mail.subject[:500]}\n{shortened(mail.text)}") is not None


def _is_by_a_server(mail: Mail) -> bool:
    local = mail.sender.address.partition("@")[0].lower()
    if _DAEMONS.fullmatch(local.strip("_.-")):
        return True
    name = mail.sender.name.lower()[:200]
    return mail.header("return-path").strip() == "<>" and _DAEMON_NAMES.search(name) is not None


def _of_reports(mail: Mail) -> tuple[_Failure, ...]:
    reports = [report for report in mail.reports if report.type == "delivery-status"]
    told = [report for report in reports if "action" in report.fields or "status" in report.fields]
    return tuple(_of_report(report, mail, alone=len(told) == 1) for report in told)


def _of_report(report: Report, mail: Mail, *, alone: bool) -> _Failure:
    fields = report.fields
    answer = fields.get("diagnostic-code", "")
    if alone and not answer:
        answer = _notice(mail)
    fate = fate_of(fields.get("action", ""), fields.get("status", ""), answer)
    said = fields.get("original-recipient", "") or fields.get("final-recipient", "")
    found = _ADDRESS.search(said) or _ADDRESS.search(fields.get("final-recipient", ""))
    return _Failure(found.group().lower() if found else "", fate)


def _of_text(mail: Mail, known: Known) -> tuple[_Failure, ...]:
    """The failures that are told in prose: one fate for all of them."""
    notice = _notice(mail)
    if DELAY.search(f"{mail.subject[:500]}\n{notice}") and not DEAD.search(notice):
        fate = Fate.DELAYED
    else:
        fate = fate_of("", "", f"{mail.subject[:500]}\n{notice}")
    header = _ADDRESS.findall(mail.header("x-failed-recipients"))
    return tuple(
        _Failure(address.lower(), fate) for address in header or _addresses(notice, mail, known)
    ) or (_Failure("", fate),)


def _addresses(notice: str, mail: Mail, known: Known) -> list[str]:
    """Who is named in a notice, without us and the server itself."""
    ours = {address.partition("@")[2] for address in known.ours}
    found = [address.lower().strip(".'") for address in _ADDRESS.findall(notice)]
    others = [each for each in found if each.partition("@")[2] not in ours and each != mail.sender.address]
    return [each for each in others if not _DAEMONS.fullmatch(each.partition("@")[0])]


def _fallen_back(mail: Mail, known: Known) -> tuple[str, ...]:
    """Whom our mail had gone to, where the notice does not name anybody."""
    returned = tuple(address.lower() for address in _ADDRESS.findall(mail.returned_headers.get("to", "")))
    return returned or ((known.contact,) if known.contact else ())


def _notice(mail: Mail) -> str:
    text = shortened(mail.text)
    copied = COPY_BEGINS.search(text)
    return text[: copied.start()] if copied else text
