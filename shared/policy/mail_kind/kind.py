"""What kind of mail it is."""

from __future__ import annotations

from shared.jobs.mail import Mail, MailKind, Reading
from shared.policy.mail_kind.known import Known


def kind_of(mail: Mail, known: Known) -> Reading:
    """What kind of mail it is, and why."""
    del mail, known
    return Reading(kind=MailKind.PERSON, reason="a person wrote it")
