"""`whisper doctor`: settings, credentials and a deployed project, one by one."""

from __future__ import annotations

import os

import click

from scripts.catalogue import load
from scripts.command_line.checking import CannotTell, Check, Health, Wrong, skip, unknown
from scripts.command_line.checks_of_cloud import cloud_checks
from scripts.command_line.checks_of_database import database_checks
from scripts.command_line.checks_of_functions import function_checks
from scripts.command_line.checks_of_project import api_checks, secret_checks, tenants_of
from scripts.command_line.checks_of_settings import settings_checks
from scripts.command_line.checks_of_vendors import vendor_checks
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.google_api import GoogleApi, HttpGoogleApi, default_token
from scripts.command_line.probing import probed
from scripts.command_line.show import coloured, plain, stacked, table
from shared.operators.probing import WAITS_S
from shared.runtime.wire.archive import KEY as ARCHIVE_KEY

UNSEEN = 3
"""The exit code when nothing fails and something could not be looked at."""


@click.command()
@click.option(
    "--env", "deployed", metavar="ENV", help="A deployed environment (dev, staging, prod), by its state."
)
@click.option(
    "--probe-gmail",
    "probe",
    metavar="MAILBOX",
    help="In place of all checks: mail this mailbox from itself, by two sends of one draft, and keep what it shows.",
)
@click.option(
    "--wait-s",
    type=click.FloatRange(0, 600),
    default=WAITS_S,
    show_default=True,
    help="Seconds that the probe waits for a second mail.",
)
@click.option("--actor", help="Who has it probed; by default the user of this machine.")
@operation
def doctor(
    connection: Connection, deployed: str | None, probe: str | None, wait_s: float, actor: str | None
) -> Told:
    """Check every setting, credential and deployed part, and say how to mend what is wrong.

    Reads only: it changes nothing and mails nobody, but with --probe-gmail. One question goes to the model, if
    one is set. The exit code is 1 when anything fails, and 3 when nothing does but something could not be
    looked at.
    """
    checks = before_the_first(deployed, connection) if deployed else None
    if checks is None and probe is not None:
        return probed(connection, probe, actor, wait_s)
    if checks is None:
        checks = settings_checks(connection)
        if all(check.health is Health.OK for check in checks if check.name == "settings"):
            settings = connection.settings
            api = HttpGoogleApi(settings.project, default_token()) if settings.deployed else None
            checks += examined(connection, api)
    return told(checks)


def before_the_first(environment: str, connection: Connection) -> list[Check] | None:
    """Connect to a deployed environment; before its first deployment, the little that can be looked at."""
    from scripts.deploying.steps import settings_of
    from scripts.deploying.terraform import NotDeployed, Terraform

    try:
        connection.env_file = settings_of(environment, os.environ.get("STATE_BUCKET"))
    except NotDeployed as error:
        mend = "see terraform/README.md, First deployment"
        checks = [Check("deployment", Health.FAIL, str(error), mend)]
        try:
            project = Terraform(environment).project()
        except NotDeployed:
            return checks
        return checks + api_checks(HttpGoogleApi(project, default_token()), project)
    return None


def examined(connection: Connection, api: GoogleApi | None) -> list[Check]:
    """Everything but the settings; `api` is None at a local stack, which has no project."""
    checks = (
        [skip("project", "a local stack is no project")] if api is None else project_checks(connection, api)
    )
    cloud, tenant = cloud_checks(connection)
    return [*checks, *cloud, *vendor_checks(connection, tenant)]


def project_checks(connection: Connection, api: GoogleApi) -> list[Check]:
    """What Google's own APIs say of the project: APIs, secrets, database, functions and what starts them."""
    settings, catalogue = connection.settings, load()
    checks = api_checks(api, settings.project)
    tenants = [connection.tenant]
    try:
        tenants = tenants_of(api, settings.project) or tenants
    except (CannotTell, Wrong) as error:
        checks.append(unknown("tenants", error.detail, error.mend))
    environment = settings.environment
    wanted = {"openai-api-key": bool(settings.model), ARCHIVE_KEY: bool(settings.audit_bucket)}
    unused = frozenset(name for name, needed in wanted.items() if not needed)
    return [
        *checks,
        *(
            skip(f"tenant {other}", f"`whisper doctor --env {environment} --tenant {other}` looks at it")
            for other in tenants
            if other != connection.tenant
        ),
        *secret_checks(api, settings.project, environment, catalogue, tenants, unused=unused),
        *database_checks(api, settings.project, settings.region, environment),
        *function_checks(
            api, settings.project, settings.region, environment, catalogue, connection.world.clock()
        ),
    ]


def told(checks: list[Check]) -> Told:
    """All checks, what they come to, and the exit code."""
    failed = sum(check.health is Health.FAIL for check in checks)
    unseen = sum(check.health is Health.UNKNOWN for check in checks)
    data = {
        "ok": not failed and not unseen,
        "failed": failed,
        "unknown": unseen,
        "checks": [{"name": c.name, "health": c.health, "detail": c.detail, "mend": c.mend} for c in checks],
    }
    rows = [(coloured(c.health), c.name, _told(c)) for c in checks]
    parts = [f"{failed} of {len(checks)} failed"] if failed else []
    parts += [f"{unseen} could not be looked at"] if unseen else []
    end = ", ".join(parts) or "everything is in order"
    code = 1 if failed else UNSEEN if unseen else 0
    return Told(data, stacked(table(("", "what", ""), rows, empty=""), plain(end)), exit_code=code)


def _told(check: Check) -> str:
    return f"{check.detail}\nMend: {check.mend}" if check.mend else check.detail
