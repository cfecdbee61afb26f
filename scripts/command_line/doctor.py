"""`whisper doctor`: settings and credentials, one by one."""

from __future__ import annotations

import click

from scripts.command_line.checking import Check, Health
from scripts.command_line.checks_of_cloud import cloud_checks
from scripts.command_line.checks_of_settings import settings_checks
from scripts.command_line.checks_of_vendors import vendor_checks
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.show import coloured, plain, stacked, table


@click.command()
@operation
def doctor(connection: Connection) -> Told:
    """Check every setting and credential, and say how to mend what is wrong.

    Reads only: it changes nothing and mails nobody. One question goes to the model, if one is set. The exit
    code is 1 when anything fails.
    """
    checks = settings_checks(connection)
    if all(check.health is Health.OK for check in checks if check.name == "settings"):
        cloud, tenant = cloud_checks(connection)
        checks += [*cloud, *vendor_checks(connection, tenant)]
    failed = [check for check in checks if check.health is Health.FAIL]
    data = {
        "ok": not failed,
        "failed": len(failed),
        "checks": [{"name": c.name, "health": c.health, "detail": c.detail, "mend": c.mend} for c in checks],
    }
    rows = [(coloured(c.health), c.name, _told(c)) for c in checks]
    end = f"{len(failed)} of {len(checks)} failed" if failed else "everything is in order"
    return Told(
        data, stacked(table(("", "what", ""), rows, empty=""), plain(end)), exit_code=int(bool(failed))
    )


def _told(check: Check) -> str:
    return f"{check.detail}\nMend: {check.mend}" if check.mend else check.detail
