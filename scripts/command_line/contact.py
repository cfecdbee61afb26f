"""`whisper contact`: show, history."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, table, time_of, unreadable
from shared.operators.contacts import ContactStanding, Happened, contact_history, show_contact
from shared.policy.next_touch import NextTouch

_SORTS = {"mail": "an answer to their mail", "form": "an answer to a form", "nothing": "an unsolicited mail"}


@click.group()
def contact() -> None:
    """A person: how they stand, and what happened with them."""


@contact.command("show")
@click.argument("address", metavar="EMAIL")
@operation
def show(connection: Connection, address: str) -> Told:
    """What is kept of a person, and when the next mail to them may go out."""
    found = granted(
        show_contact(
            connection.database,
            connection.tenant,
            connection.key_of(address),
            by=operator(),
            now=connection.world.clock(),
        )
    )
    return Told(_data(found), _human(found))


@contact.command("history")
@click.argument("address", metavar="EMAIL")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@operation
def history(connection: Connection, address: str, limit: int) -> Told:
    """The newest of a person's jobs, and of what was decided and changed."""
    key = connection.key_of(address)
    page = granted(contact_history(connection.database, connection.tenant, key, by=operator(), limit=limit))
    rows = [
        (time_of(one.at), one.kind, one.draft_id or one.job_id or one.id, _moved(one), one.actor, one.reason)
        for one in page.items
    ]
    columns = ("at", "what", "of", "to", "by", "why")
    return Told(
        {
            "contact_id": key,
            "history": [asdict(one) for one in page.items],
            "unreadable": page.unreadable,
            "more": page.next is not None,
        },
        stacked(
            table(columns, rows, empty="nothing that can be read"),
            plain("there is more; ask with a higher --limit") if page.next is not None else None,
            unreadable(page.unreadable),
        ),
    )


def _moved(one: Happened) -> str:
    return f"{one.before} -> {one.after}" if one.before else one.after


def _data(found: ContactStanding) -> dict[str, object]:
    return {
        "id": found.id,
        "contact": data_of(found.contact) if found.contact is not None else None,
        "suppressed": found.suppressed,
        "suppression": data_of(found.suppression) if found.suppression is not None else None,
        "company_paused": found.company_paused,
        "company": data_of(found.company) if found.company is not None else None,
        "next_touch": [asdict(one) for one in found.next_touch],
    }


def _human(found: ContactStanding) -> RenderableType:
    kept, entry, company = found.contact, found.suppression, found.company
    about = facts(
        (
            ("name", kept.name if kept else "nothing but their suppression is kept"),
            ("in the CRM", kept.crm_id if kept else None),
            ("company", kept.company_crm_id if kept else None),
            ("paused", company.pause_reason if company is not None and found.company_paused else None),
            ("suppressed", entry.reason.value if entry is not None and found.suppressed else "no"),
            ("open draft", kept.open_draft if kept else None),
            ("mailed", time_of(kept.last_mailed_at) if kept and kept.last_mailed_at else None),
            ("wrote", time_of(kept.last_wrote_at) if kept and kept.last_wrote_at else None),
            ("away until", time_of(kept.away_until) if kept and kept.away_until else None),
        )
    )
    mails = kept.recent_mails if kept else ()
    rows = [(time_of(mail.at), mail.draft_id, _SORTS[mail.answering.value]) for mail in reversed(mails)]
    return stacked(
        heading(found.id),
        about,
        heading("Mails"),
        table(("sent", "draft", "as"), rows, empty="none that we know of"),
        heading("Next"),
        table(("what", "not before", "because"), map(_touch, found.next_touch), empty=""),
    )


def _touch(one: NextTouch) -> tuple[object, ...]:
    return (
        _SORTS[one.answering.value],
        time_of(one.at) if one.at is not None else "until it is lifted",
        "; ".join(one.reasons),
    )
