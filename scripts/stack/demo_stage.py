"""What the scenes of the demonstration have in common: a narrator, a visitor, and what was expected."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from scripts.stack.journey import Journey, follow
from scripts.stack.leads import Lead
from scripts.stack.processes import Stack
from scripts.stack.show import line_of
from scripts.stack.visitor import Answered, Visitor
from shared.connectors.hubspot import HubSpotCrm
from shared.jobs.draft import Draft
from shared.jobs.event import Event, EventStatus
from shared.jobs.job import Job
from shared.runtime.wire.vendors import hubspot_http
from shared.store.database import typed

TENANT = "tenants/default"


@dataclass
class Theatre:
    """A running stack, and the record of what did not end as told."""

    stack: Stack
    visitor: Visitor
    console: Console
    failures: list[str] = field(default_factory=list[str])

    def tell(self, text: str) -> None:
        """One paragraph of the story."""
        self.console.print(textwrap.fill(" ".join(text.split()), min(self.console.width, 100)), markup=False)

    def expect(self, holds: bool, what: str) -> None:
        """Say what was expected, and remember it when it is not so."""
        self.console.print(
            f"  [green]✓[/] {escape(what)}" if holds else f"  [bold red]✗ not so: {escape(what)}[/]"
        )
        if not holds:
            self.failures.append(what)

    def submit(self, lead: Lead) -> Answered:
        """A person submits, HubSpot posts."""
        return self.visitor.play(lead)

    def follow(self, answered: Answered, *, stages: bool = False) -> Journey:
        """To where the job ends. Errors: LookupError when there is no job."""
        if answered.job_id is None:
            raise LookupError(f"there is no job: {answered.status} {answered.reason}")
        journey = follow(self.stack, answered.job_id)
        for step in journey.job.steps if stages else ():
            self.console.print(f"  {line_of(step)}")
        return journey

    def draft_of(self, job: Job) -> Draft | None:
        path = f"{TENANT}/drafts/{job.draft_id}"
        return self.stack.world.database.get(path, Draft) if job.draft_id else None

    def show_mail(self, draft: Draft | None) -> None:
        if draft is not None:
            text = f"To: {draft.recipient}\nSubject: {draft.subject}\n\n{draft.body}"
            self.console.print(Padding(escape(text), (0, 0, 0, 4)), style="cyan")

    def events(self, status: EventStatus | None = None) -> list[Event]:
        """The events that were kept, all or those of one status."""
        collection = self.stack.world.database.client.collection(f"{TENANT}/events")
        found = typed(collection, Event)
        return [event for event in found if status is None or event.status is status]

    def made(self, address: str) -> Mapping[str, int]:
        """Drafts, notes, tasks and more that were ever made for a person in the vendors' world."""
        counted = self.stack.ask_sandbox("GET", "/effects")["by_person"]
        nothing = dict.fromkeys(("drafts", "sent", "notes", "tasks", "contacts"), 0)
        return counted.get(address, nothing)

    def operator_sets(self, path: str, document: Mapping[str, Any] | None) -> None:
        """What an operator does by hand in the Firestore console: write a document, or delete it."""
        reference = self.stack.world.database.client.document(path)
        if document is None:
            reference.delete()
        else:
            reference.set(dict(document))

    @property
    def crm(self) -> HubSpotCrm:
        return HubSpotCrm(hubspot_http(self.stack.world, "default"))


@dataclass(frozen=True)
class Scene:
    """One short story with its own expectations."""

    title: str
    play: Callable[[Theatre], None]
