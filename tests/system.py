"""Words for tests about the whole system: leads to submit, and what is to be found afterwards."""

from __future__ import annotations

from typing import Any

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.draft import Draft
from shared.jobs.event import Event
from shared.jobs.job import Job
from tests.stored import every

ANA = "ana.ruiz@harborlogistics.example"
LEAD = {
    "email": ANA,
    "firstname": "Ana",
    "lastname": "Ruiz",
    "company": "Harbor Logistics",
    "message": "We reconcile delivery notes by hand and it takes hours. Could you show us how it works with SAP?",
}
NEW_LEAD = {
    "email": "nora.lind@fjordfreight.example",
    "firstname": "Nora",
    "company": "Fjord Freight",
    "message": "We are comparing tools for stock levels across three warehouses.",
}


def lead(**fields: str) -> dict[str, str]:
    """Ana's submission with other words."""
    return {**LEAD, **fields}


def jobs(simulation: Simulation) -> list[Job]:
    found = every(simulation, "jobs", Job)
    return sorted(found, key=lambda job: job.created_at)


def job(simulation: Simulation) -> Job:
    """The only job."""
    (found,) = jobs(simulation)
    return found


def drafts(simulation: Simulation) -> list[Draft]:
    return every(simulation, "drafts", Draft)


def events(simulation: Simulation) -> list[Event]:
    return every(simulation, "events", Event)


def dead_letters(simulation: Simulation) -> list[DeadLetter]:
    return every(simulation, "dead_letters", DeadLetter)


def effects(simulation: Simulation) -> dict[str, int]:
    """What is in the vendors' world because of us: drafts, notes, tasks and sent mails."""
    return made_by_us(simulation.sandbox)


def made_by_us(sandbox: Any) -> dict[str, int]:
    """The numbers of drafts, sent mails, notes and tasks that were made since the sandbox was seeded."""
    per_person = sandbox.effects.by_person()
    return {
        kind: sum(row.get(kind, 0) for row in per_person.values())
        for kind in ("drafts", "sent", "notes", "tasks")
    }


def set_flags(simulation: Simulation, *, tenant: bool = False, **fields: object) -> None:
    """An operator edits a control document by hand."""
    path = f"tenants/{TENANT}/control/flags" if tenant else "control/flags"
    simulation.world.database.client.document(path).update(fields)
