"""Makers of mails for the rules: somebody answers in the thread with Ana Ruiz."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.jobs.mail import Address, Mail, Report
from shared.policy.mail_kind.known import Known

TODAY = date(2026, 11, 23)
US = "isabel.perez@brightpath.example"
ANA = "ana.ruiz@harborlogistics.example"
DAEMON = Address(address="mailer-daemon@mx.example", name="Mail Delivery System")
AUTOMATIC = {"auto-submitted": ("auto-replied",)}
KNOWN = Known(ours=frozenset({US}), today=TODAY, contact=ANA, contact_name="Ana Ruiz")


def mail(
    words: str = "",
    *,
    sender: str = ANA,
    name: str = "Ana Ruiz",
    subject: str = "Re: Delivery forecasts",
    text: str | None = None,
    headers: dict[str, tuple[str, ...]] | None = None,
    **fields: Any,
) -> Mail:
    """A mail of these own words; `text` is all of it where it brings more."""
    return Mail(
        sender=Address(address=sender, name=name),
        to=(Address(address=US),),
        subject=subject,
        text=words if text is None else text,
        own_words=words,
        headers=headers or {},
        **fields,
    )


def notice(text: str, *reports: Report, subject: str = "Undelivered Mail Returned to Sender") -> Mail:
    """A mail server's notice of these words."""
    return Mail(
        sender=DAEMON,
        to=(Address(address=US),),
        subject=subject,
        text=text,
        own_words=text,
        reports=reports,
        headers={
            "return-path": ("<>",),
            "content-type": ("multipart/report; report-type=delivery-status",)
            if reports
            else ("text/plain",),
        },
    )


def status(answer: str, code: str = "5.0.0", action: str = "failed", recipient: str = ANA) -> Report:
    """A delivery status of one recipient."""
    return Report(
        type="delivery-status",
        fields={
            "final-recipient": f"rfc822; {recipient}",
            "action": action,
            "status": code,
            "diagnostic-code": f"smtp; {answer}",
        },
    )
