"""`whisper doctor --probe-gmail`: one draft to oneself, sent twice at once, and what that shows."""

from __future__ import annotations

import time

from scripts.command_line.acting import operator
from scripts.command_line.command import Told
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, time_of
from shared.operators.probing import Probed, probe_gmail

_SINGLE = "one mail went out: an unclear send whose draft is still there is sent again"
_DOUBLE = "two mails went out: an unclear send is always held for a person"


def probed(connection: Connection, address: str, actor: str | None, waits_s: float) -> Told:
    """Probe a mailbox of the tenant, and say what was kept."""
    from shared.runtime.wire.mailbox import mailbox_of

    tenant = connection.tenant_settings()
    result = granted(
        probe_gmail(
            connection.database,
            tenant,
            address,
            open_mailbox=lambda sender: mailbox_of(connection.world, tenant, sender),
            by=operator(actor),
            clock=connection.world.clock,
            sleep=time.sleep,
            waits_s=waits_s,
        )
    )
    data = {
        "mailbox": result.mailbox,
        **data_of(result.probe),
        "mails": result.mails,
        "left_draft": result.left_draft,
    }
    shown = stacked(heading(f"{result.mailbox} is probed"), facts(_rows(result)), plain(_rest(result)))
    return Told(data, shown)


def _rows(result: Probed) -> list[tuple[str, object]]:
    probe = result.probe
    return [
        ("two sends of one draft", _SINGLE if probe.single_send else _DOUBLE),
        ("our header", "is kept" if probe.keeps_marker else "is dropped"),
        ("our Message-ID", "is replaced" if probe.replaces_message_id else "is kept"),
        ("probed at", time_of(probe.probed_at)),
    ]


def _rest(result: Probed) -> str:
    mails = "the mail is" if result.mails == 1 else f"the {result.mails} mails are"
    draft = "; its draft could not be deleted: delete it there" if result.left_draft else ""
    return f"{mails} in the mailbox, and can be deleted{draft}"
