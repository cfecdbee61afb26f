"""Create the person in the CRM, so that what we do for them can be logged."""

from __future__ import annotations

from shared.errors import Permanent
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.ports.crm import Crm


def create_contact(job: Job, *, crm: Crm) -> Outcome:
    """Create it, or take the one that exists: the CRM keeps an address once, so a rerun cannot double it.

    A CRM that refuses for good does not stop the answer; the gap is shown with the draft.
    """
    identity = job.identity
    assert identity is not None
    given = {
        "firstname": identity.first_name,
        "lastname": identity.last_name,
        "jobtitle": identity.title,
        "company": identity.company_name,
    }
    try:
        created = crm.create_contact(job.address, {name: value for name, value in given.items() if value})
    except Permanent as error:
        gap = f"The CRM did not take the person, so no note and no task could be logged: {error.reason}"
        return Advance("read_thread", notes=job.noting(gap))
    return Advance("read_thread", identity=identity.but(crm_contact_id=created.id))
