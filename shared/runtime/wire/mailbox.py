"""Gmail as the mailbox of the job's sender."""

from __future__ import annotations

from shared.connectors.gmail import SCOPES, GmailMailbox
from shared.ports import Mailbox
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import google_http


def mailbox(run: Run) -> Mailbox:
    """The sender's mailbox; the job has its sender since resolve_identity."""
    assert run.job.sender is not None
    return GmailMailbox(google_http(run.world, run.tenant, "gmail", run.job.sender.mailbox, SCOPES))
