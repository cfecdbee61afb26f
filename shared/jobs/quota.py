"""What a mailbox has sent on one day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.jobs.mailbox import mailbox_id

BY_HAND = "by_hand"
"""The field that counts drafts of ours which people sent from Gmail themselves."""


def quota_path(tenant: str, time_zone: str, mailbox: str, at: datetime) -> str:
    """The document of the mailbox's day; days turn at midnight in the tenant's time zone."""
    day = at.astimezone(ZoneInfo(time_zone)).date().isoformat()
    return f"tenants/{tenant}/quotas/{mailbox_id(mailbox)}-{day}"
