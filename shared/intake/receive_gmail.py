"""Take Gmail's word that something changed in a mailbox: it only makes us look, so a forged one does no harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.jobs.mailbox import mailbox_id


def mailbox_named(data: Mapping[str, Any]) -> str:
    """The id of the mailbox that a push names. Errors: ValueError when it names none.

    Its history id is not used: the mailbox's own answer says how far it is, and pushes come late and twice.
    """
    address = data.get("emailAddress")
    if not isinstance(address, str) or "@" not in address:
        raise ValueError("a push names its mailbox in emailAddress")
    return mailbox_id(address)
