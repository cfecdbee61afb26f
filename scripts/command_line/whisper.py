"""The command line of Pipeline Whisperer: what an operator can do, by the same code as the functions."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scripts.command_line.api_keys import api_key, people
from scripts.command_line.audit import audit
from scripts.command_line.command import Whisper
from scripts.command_line.company import company
from scripts.command_line.connection import Connection
from scripts.command_line.contact import contact
from scripts.command_line.dead_letters import dead_letters
from scripts.command_line.doctor import doctor
from scripts.command_line.drafts import drafts
from scripts.command_line.erase import erase
from scripts.command_line.events import events
from scripts.command_line.flags import flags
from scripts.command_line.gate import gate
from scripts.command_line.guardrail import guardrail
from scripts.command_line.hubspot import hubspot
from scripts.command_line.jobs import jobs
from scripts.command_line.lead import lead
from scripts.command_line.mailbox import mailbox
from scripts.command_line.problem import Problem
from scripts.command_line.quota import quota
from scripts.command_line.stats import stats
from scripts.command_line.suppress import suppress
from scripts.command_line.tenant import tenant


@click.group(cls=Whisper, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout, errors too.")
@click.option("--tenant", "tenant_id", metavar="ID", help="The tenant to work on; `default` is the default.")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Variables to connect by, in place of the local stack that runs.",
)
@click.option(
    "--env", "deployed", metavar="ENV", help="A deployed environment (dev, staging, prod), by its state."
)
@click.pass_context
def whisper(
    context: click.Context, as_json: bool, tenant_id: str | None, env_file: Path | None, deployed: str | None
) -> None:
    """Look after Pipeline Whisperer: leads, jobs, drafts, mailboxes, flags, suppressions, dead letters, the audit.

    Connects to the local stack that `scripts/run` started, unless --env, --env-file or the environment
    (PROJECT) names another one.
    """
    connection = context.ensure_object(Connection)
    if tenant_id is not None:
        connection.tenant = tenant_id
    if env_file is not None:
        connection.env_file = env_file
    if deployed is not None:
        connection.env_file = _settings_of(deployed)


def _settings_of(environment: str) -> Path:
    from scripts.deploying.steps import settings_of
    from scripts.deploying.terraform import NotDeployed

    try:
        return settings_of(environment, os.environ.get("STATE_BUCKET"))
    except NotDeployed as error:
        raise Problem(str(error)) from error


_GROUPS = (
    api_key,
    people,
    lead,
    events,
    jobs,
    drafts,
    mailbox,
    flags,
    quota,
    guardrail,
    contact,
    company,
    hubspot,
    suppress,
    erase,
    gate,
    dead_letters,
    tenant,
    audit,
    stats,
    doctor,
)
for _group in _GROUPS:
    whisper.add_command(_group)
