"""Mails that the outside world writes: letters, answers, automatic answers and bounces."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime


def letter(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    date: datetime,
    message_id: str,
    html: str = "",
    in_reply_to: str = "",
    references: str = "",
    headers: Mapping[str, str] | None = None,
    crlf: bool = False,
) -> bytes:
    """One mail as bytes; with `html` it has both forms."""
    mail = EmailMessage(policy.SMTP if crlf else policy.default)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
        mail["References"] = f"{references} {in_reply_to}".strip()
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def quoted(text: str, sender: str, date: datetime) -> str:
    """An earlier mail as an answer quotes it."""
    lines = "\n".join(f"> {line}" for line in text.strip().splitlines())
    return f"On {date:%a, %d %b %Y at %H:%M} {sender} wrote:\n{lines}\n"


def bounce(
    *, to: str, failed: str, original_id: str, subject: str, date: datetime, status: str = "5.1.1"
) -> bytes:
    """A delivery status notification, as a mail server sends it for an address that failed."""
    action = "failed" if status.startswith("5") else "delayed"
    boundary = f"dsn{zlib.crc32(' '.join((to, failed, original_id)).encode()):010d}"
    return (
        f"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\n"
        f"To: {to}\r\n"
        f"Subject: Delivery Status Notification ({'Failure' if action == 'failed' else 'Delay'})\r\n"
        f"Date: {format_datetime(date)}\r\n"
        f"Message-ID: <{boundary}@mx.google.com>\r\n"
        f"In-Reply-To: {original_id}\r\n"
        f"References: {original_id}\r\n"
        f"Auto-Submitted: auto-replied\r\n"
        f"X-Failed-Recipients: {failed}\r\n"
        f"MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; boundary="{boundary}"; report-type=delivery-status\r\n'
        f"\r\n"
        f"--{boundary}\r\n"
        f"Content-Type: text/plain; charset=UTF-8\r\n\r\n"
        f"Your message to {failed} could not be delivered.\r\n"
        f"--{boundary}\r\n"
        f"Content-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; googlemail.com\r\n"
        f"Arrival-Date: {format_datetime(date)}\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\n"
        f"Action: {action}\r\n"
        f"Status: {status}\r\n"
        f"Diagnostic-Code: smtp; {status.replace('.', '')} {status} The email account does not exist.\r\n\r\n"
        f"--{boundary}\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\n"
        f"Subject: {subject}\r\nTo: {failed}\r\nMessage-ID: {original_id}\r\n\r\n"
        f"--{boundary}--\r\n"
    ).encode()
