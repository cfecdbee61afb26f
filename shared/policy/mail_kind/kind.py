"""What kind of mail it is: what machines say of themselves first, then what a person wants, then who they are (P9)."""

from __future__ import annotations

import re

from shared.jobs.mail import Mail, MailKind, Reading
from shared.pattern import Pattern
from shared.policy.mail_kind import absence, auto_reply, complaint, opt_out, people
from shared.policy.mail_kind.bounces import read_bounce
from shared.policy.mail_kind.forwarded import is_forwarded
from shared.policy.mail_kind.known import Known

_ANSWERED_INVITATION = Pattern(
    r"\s*(?:accepted|declined|tentative(?:ly accepted)?|zugesagt|angenommen|abgelehnt|mit vorbehalt|zusage|absage|"
    r"accepte|"
    r"accepté|refusé|provisoire|aceptad[ao]|aceptado|rechazad[ao]|accettat[ao]|rifiutat[ao]|"
    r"aceite|aceito|recusado|"
    r"geaccepteerd|geweigerd|afgewezen|zaakceptowano|odrzucono|przijato|přijato|odmítnuto|accepterat|accepteret|"
    r"godkänt|godkendt|godtatt|avslått|afvist|avböjt|hyväksytty|hylätty|kabul edildi|reddedildi|承諾|辞退|"
    r"updated invitation|"
    r"new time proposed|invitation)\s*[:：]",
    re.IGNORECASE,
)
_CALENDAR = ("text/calendar", "application/ics")


def kind_of(mail: Mail, known: Known) -> Reading:
    """What kind of mail it is, and why.

    A hard bounce is never anything else, and who asks not to be written to is believed whoever they are;
    what a machine writes by itself is never taken for a wish of a person.
    """
    return (
        _feedback(mail, known)
        or read_bounce(mail, known)
        or _read_receipt(mail)
        or _unsubscribe_button(mail, known)
        or _abuse_desk(mail)
        or _answered_invitation(mail, known)
        or _machine(mail, known)
        or _wish(mail)
        or _unmarked_machine(mail, known)
        or _somebody(mail, known)
    )


def _feedback(mail: Mail, known: Known) -> Reading | None:
    report, leaves = complaint.feedback(mail), complaint.leaves_by_feedback(mail)
    if report is not None:
        people_said = complaint.reported_by(mail, report)
        failed = tuple(dict.fromkeys((*people_said, *((known.contact,) if known.contact else ()))))
        reason = "a mail provider reports that our mail was marked as spam"
        return Reading(kind=MailKind.COMPLAINT, reason=reason, failed=failed)
    if leaves is not None:
        return Reading(
            kind=MailKind.OPT_OUT,
            reason="a mail provider reports that the recipient unsubscribed",
            failed=complaint.reported_by(mail, leaves),
        )
    if any(each.type == "feedback-report" for each in mail.reports):
        return Reading(
            kind=MailKind.AUTO_REPLY, reason="a mail provider reports something that is no complaint"
        )
    return None


def _read_receipt(mail: Mail) -> Reading | None:
    if any(each.type == "disposition-notification" for each in mail.reports):
        return Reading(kind=MailKind.AUTO_REPLY, reason="a mail program confirms that our mail was displayed")
    return None


def _unsubscribe_button(mail: Mail, known: Known) -> Reading | None:
    if opt_out.is_unsubscribe_mail(mail, known):
        return Reading(kind=MailKind.OPT_OUT, reason="a mail program's unsubscribe button was pressed")
    return None


def _abuse_desk(mail: Mail) -> Reading | None:
    if complaint.desk_complains(mail):
        return Reading(kind=MailKind.COMPLAINT, reason="a desk for abuse hands on a complaint of our mail")
    return None


def _answered_invitation(mail: Mail, known: Known) -> Reading | None:
    of_calendar = any(name in _CALENDAR or name.endswith(".ics") for name in mail.attachments)
    by_type = "text/calendar" in mail.header("content-type").lower()
    if not (of_calendar or by_type) or not _ANSWERED_INVITATION.match(mail.subject):
        return None
    if opt_out.opts_out(mail.own_words):
        return None
    return _somebody(mail, known)


def _machine(mail: Mail, known: Known) -> Reading | None:
    """What the headers or the subject mark as a machine's."""
    marked = auto_reply.is_marked_automatic(mail) or auto_reply.is_automatic_subject(mail.subject)
    away_subject = absence.says_away_in_subject(mail.subject)
    if not marked and (not away_subject or _is_a_subject_of_theirs(mail, known)):
        return None
    if auto_reply.tells_of_leaving(mail) and not absence.tells_return(mail, known.today):
        reason = "an automatic answer says that somebody left or that the address is given up"
        return Reading(kind=MailKind.AUTO_REPLY, reason=reason)
    receipt = auto_reply.is_receipt(mail, known)
    if away_subject or absence.tells_of_absence(mail, known, is_receipt=receipt):
        return _away(mail, known, "an automatic answer says that the person is away")
    return Reading(kind=MailKind.AUTO_REPLY, reason="its headers or subject say that a machine sent it")


def _is_a_subject_of_theirs(mail: Mail, known: Known) -> bool:
    """Whether only a subject such as "Vacation rentals" sounds like a notice, and a person asks for something."""
    if absence.says_away(mail, known.today):
        return False
    return "?" in mail.own_words or _wish(mail) is not None


def _wish(mail: Mail) -> Reading | None:
    """What a person asks of us that stops everything."""
    asks = opt_out.opts_out_by_mail(mail)
    if complaint.complains_of_us(mail.own_words) and not (asks and complaint.only_warns(mail.own_words)):
        return Reading(kind=MailKind.COMPLAINT, reason="the writer complains of being mailed")
    if asks:
        return Reading(
            kind=MailKind.OPT_OUT, reason="the writer asks not to be written to, or to be forgotten"
        )
    return None


def _unmarked_machine(mail: Mail, known: Known) -> Reading | None:
    """What no header marks, and still nobody wrote to us."""
    if absence.reads_like_a_notice(mail):
        return _away(mail, known, "it reads like a notice of absence and says nothing else")
    if auto_reply.is_machine_made(mail):
        return Reading(kind=MailKind.AUTO_REPLY, reason="it says what only machines say")
    return None


def _somebody(mail: Mail, known: Known) -> Reading:
    if is_forwarded(mail, known):
        return Reading(kind=MailKind.FORWARDED, reason="it hands on what somebody else wrote")
    kind = people.writer_is(mail, known)
    if kind is MailKind.ALIAS:
        reason = "the person that the thread is with writes from another address"
    elif kind is MailKind.COLLEAGUE:
        reason = "another person of the same company wrote it"
    else:
        reason = "a person wrote it"
    return Reading(kind=kind, reason=reason)


def _away(mail: Mail, known: Known, reason: str) -> Reading:
    return Reading(
        kind=MailKind.OUT_OF_OFFICE, reason=reason, returns_on=absence.returns_on(mail, known.today)
    )
