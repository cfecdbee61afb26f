"""The daily run that has Gmail go on telling us of each mailbox."""

from __future__ import annotations

from collections.abc import Mapping

from shared.intake.renew_watch import looked_back
from shared.runtime.mailboxes import Mailboxes


def renew_all(mailboxes: Mailboxes) -> Mapping[str, object]:
    """Renew every watch; a mailbox that fails does not keep the others waiting."""
    for tenant, sender, record in mailboxes.listened_to():
        renewed = mailboxes.watch(tenant, sender, record)
        mailboxes.found.renewed += renewed is not record
        mailboxes.keep(looked_back(renewed, mailboxes.world.clock()))
    return mailboxes.swept("renew_watch")
