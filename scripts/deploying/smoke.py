"""Tries out a deployment with a synthetic lead: `scripts/smoke`.

Signs a form submission as HubSpot does, posts it, waits until its job waits for a person (or is held), and checks that
nothing was sent. It refuses a tenant that may send. Without an option it is the local stack that runs; the secret comes
from HUBSPOT_CLIENT_SECRET, else from Secret Manager. The exit code is 0 only if all of it holds.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from scripts.command_line.connection import RUN_FILE, Connection
from scripts.command_line.problem import Problem, expected
from scripts.deploying.steps import settings_of
from scripts.deploying.synthetic_lead import ADDRESS, Outcome, try_out
from scripts.deploying.terraform import NotDeployed
from shared.runtime.logs import quieten

PASSED, FAILED = "synthetic lead: came through", "synthetic lead: failed"
"""What alerts look for in a build's log."""

LOCAL_TENANT, DEPLOYED_TENANT = "default", "sandbox"


@click.command(help=__doc__)
@click.option(
    "--environment", metavar="ENV", help="A deployed environment; its settings come from its state."
)
@click.option("--env-file", type=click.Path(path_type=Path, dir_okay=False), help="Variables to connect by.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the local stack keeps its data.")
@click.option(
    "--tenant",
    envvar="SMOKE_TENANT",
    help=f"Default: {LOCAL_TENANT} locally, else {DEPLOYED_TENANT}, a tenant for nothing but this.",
)
@click.option("--address", envvar="SMOKE_ADDRESS", default=ADDRESS, help="The lead's address.")
@click.option("--state-bucket", envvar="STATE_BUCKET", help="Terraform's bucket; PROJECT-terraform.")
@click.option("--timeout", "longest_s", default=300.0, help="How long the job may take, in seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(
    environment: str | None,
    env_file: Path | None,
    data: Path | None,
    tenant: str | None,
    address: str,
    state_bucket: str | None,
    longest_s: float,
    as_json: bool,
) -> None:
    quieten()
    run_file = data / RUN_FILE.name if data else RUN_FILE
    # A file of the local stack is what --data names, whatever PROJECT this shell has.
    connection = Connection(environ={} if data else os.environ, run_file=run_file)
    try:
        with expected():
            connection.env_file = settings_of(environment, state_bucket) if environment else env_file
            deployed = connection.settings.deployed
            connection.tenant = tenant or (DEPLOYED_TENANT if deployed else LOCAL_TENANT)
            # The functions' log lines go to stdout, which here belongs to the answer.
            with redirect_stdout(io.StringIO()):
                outcome = try_out(connection, address=address, longest_s=longest_s)
    except (Problem, NotDeployed) as problem:
        outcome = Outcome(failure=problem.message if isinstance(problem, Problem) else str(problem))
    _tell(outcome, as_json)
    sys.exit(0 if outcome.ok else 1)


def _tell(outcome: Outcome, as_json: bool) -> None:
    print(PASSED if outcome.ok else FAILED, file=sys.stderr)
    if as_json:
        print(json.dumps(outcome.as_data(), ensure_ascii=False, indent=1))
        return
    for name, found in outcome.checks.items():
        print(f"ok      {name}: {found}")
    if outcome.ok:
        print(f"the lead came through in {outcome.seconds:.1f} s; nothing was sent")
    else:
        print(f"failed: {outcome.failure}", file=sys.stderr)


if __name__ == "__main__":
    main()
