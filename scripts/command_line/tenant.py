"""`whisper tenant`: add."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO, cast

import click
import yaml

from scripts.catalogue import load
from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked
from shared.jobs.rules import Mode
from shared.operators.tenants import add_tenant, read_tenant


@click.group()
def tenant() -> None:
    """Whom the system works for."""


@tenant.command("add")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="[FILE]", required=False)
@click.option("--id", "tenant_id", help="The tenant's id.")
@click.option(
    "--portal", "portals", multiple=True, metavar="NUMBER", help="A HubSpot portal; may be repeated."
)
@click.option(
    "--form", "forms", multiple=True, metavar="ID=NAME[=SUBJECT]", help="An allowed form; may be repeated."
)
@click.option("--sender", metavar="EMAIL", help="The mailbox that writes.")
@click.option("--sender-name", help="Whom the mails are from.")
@click.option("--company", help="The company that the sender writes for.")
@click.option("--time-zone", default="UTC", show_default=True, help="The sender's, such as Europe/Madrid.")
@click.option("--no-kill-switch", is_flag=True, help="Let it run at once; by default it starts stopped.")
@click.option("--mode", type=click.Choice([m.value for m in Mode]), default="DRAFT_ONLY", show_default=True)
@operation
def add(
    connection: Connection,
    file: TextIO | None,
    tenant_id: str | None,
    portals: tuple[str, ...],
    forms: tuple[str, ...],
    sender: str | None,
    sender_name: str | None,
    company: str | None,
    time_zone: str,
    no_kill_switch: bool,
    mode: str,
) -> Told:
    """Create a tenant from FILE (YAML or JSON) or from options: settings, routes, control documents.

    It starts stopped and drafting only. An example of FILE:

    \b
      id: acme
      portal_ids: ["24817163"]
      forms:
        b8d3e6f0-2c41-4d7a-8f95-63a0b1c4d722: {name: Request a demo, subject: a demo}
      default_sender: ann@acme.example
      senders:
        ann@acme.example: {name: Ann Lee, company: Acme, time_zone: Europe/Madrid}
    """
    raw = _read(file) if file else {}
    if tenant_id:
        raw["id"] = tenant_id
    if portals:
        raw["portal_ids"] = list(portals)
    if forms:
        raw["forms"] = dict(_form(form) for form in forms)
    if sender:
        raw["default_sender"] = sender
        told = {"name": sender_name or "", "company": company or "", "time_zone": time_zone}
        raw["senders"] = {**cast("dict[str, Any]", raw.get("senders") or {}), sender: told}
    settings = granted(read_tenant(raw))
    added = granted(
        add_tenant(
            connection.database,
            settings,
            by=operator(),
            now=connection.world.clock(),
            kill_switch=not no_kill_switch,
            mode=Mode(mode),
        )
    )
    secrets = [f"{name}-{settings.id}" for name, secret in load().secrets.items() if secret.per_tenant]
    data = {"tenant": data_of(settings), "created": added.created, "secrets_needed": secrets}
    steps = [
        f"put these secrets into Secret Manager: {', '.join(secrets)}",
        f"check everything: whisper doctor --tenant {settings.id}",
    ]
    if not no_kill_switch:
        steps.append(f"let it run: whisper flags set kill_switch false --tenant {settings.id}")
    numbered = plain("\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))
    about = facts(_about(added.created, no_kill_switch, mode))
    return Told(data, stacked(heading(f"tenant {settings.id} is created"), about, heading("Next"), numbered))


def _about(created: Iterable[str], runs: bool, mode: str) -> list[tuple[str, object]]:
    return [
        ("written", "\n".join(created)),
        ("kill switch", "off" if runs else "on"),
        ("mode", mode),
    ]


def _read(file: TextIO) -> dict[str, Any]:
    try:
        raw: object = yaml.safe_load(file)
    except yaml.YAMLError as error:
        raise Problem(
            f"{file.name} is neither YAML nor JSON: {' '.join(str(error).split())[:300]}"
        ) from error
    if not isinstance(raw, dict):
        raise Problem(f"{file.name} is not a map of fields; see `whisper tenant add --help` for an example")
    return cast("dict[str, Any]", raw)


def _form(text: str) -> tuple[str, dict[str, str]]:
    parts = text.split("=", 2)
    if len(parts) < 2 or not all(part.strip() for part in parts):
        raise Problem(f"--form {text} is not ID=NAME or ID=NAME=SUBJECT")
    return parts[0].strip(), {"name": parts[1].strip(), "subject": parts[2].strip() if len(parts) > 2 else ""}
