"""The erasure of one person: what was asked, what is done, and what is still to do (P12).

It is kept under the keyed hash of their address, and holds ids and numbers alone.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.jobs.document import Document, Value


class ErasureState(StrEnum):
    """How far an erasure is."""

    BEGUN = "begun"
    ERASED = "erased"
    """Nothing was found any more; it is looked once again when everything that was under way is over."""
    DONE = "done"


class ErasureStep(StrEnum):
    """What a pass does, in this order."""

    CANCEL = "cancel"
    COPIES = "copies"
    DOCUMENTS = "documents"
    ABSENCE = "absence"


class CopyKind(StrEnum):
    """What we made at a vendor."""

    GMAIL_DRAFT = "gmail_drafts"
    CRM_NOTE = "crm_notes"
    CRM_TASK = "crm_tasks"
    CRM_MAIL = "crm_mails"
    CRM_CONTACT = "crm_contacts"
    """The CRM's own record of the person: only where that was asked for."""


class VendorCopy(Value):
    """One thing that is to be deleted at a vendor, by its id there or by our marker.

    `place` is where it lies: the id of one of our mailboxes, or of the person in the CRM.
    """

    kind: CopyKind
    place: str = ""
    id: str = ""
    marker: str = ""
    """What it is found by where its id is not known, or is no longer right."""


class Erasure(Document):
    """One person's erasure; `id` is the keyed hash of their address, which is kept nowhere."""

    id: str
    tenant: str
    state: ErasureState = ErasureState.BEGUN
    actor: str
    why: str
    crm: bool = False
    """Whether the CRM's own record of the person is deleted too."""
    begun_at: datetime
    settle_at: datetime
    """When everything that was under way as it began is over."""
    next_at: datetime | None = None
    """When the sweep goes on with it; None when it is done."""
    step: ErasureStep = ErasureStep.CANCEL
    place: str = ""
    """The last document that was looked at, where a pass ran out of time."""
    links: tuple[str, ...] = ()
    """Ids of the person's jobs, drafts and threads: what is found by them belongs to the person."""
    copies: tuple[VendorCopy, ...] = ()
    """What is still to be deleted at vendors."""
    copies_from: datetime | None = None
    """Not before this moment: until then a stage that was stopped may still make one."""
    counts: dict[str, int] = Field(default_factory=dict[str, int])
    """How many were deleted, by collection and by kind of copy."""
    found: int = 0
    """Documents that this pass has found."""
    left: tuple[str, ...] = ()
    """Why it is not done yet, where something is in its way."""
    erased_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def path(self) -> str:
        return erasure_path(self.tenant, self.id)


def erasure_path(tenant: str, contact_id: str) -> str:
    """Where a person's erasure is kept."""
    return f"tenants/{tenant}/erasures/{contact_id}"
