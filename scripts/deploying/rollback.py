"""Brings an earlier set of zips back: `scripts/rollback ENV`.

Code alone goes back: functions.yaml, settings, data, secrets and control documents stay as they are. Without --to it is
the last set that differs from what runs now. The zips of every deployment are still in the bucket of sources.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from scripts.deploying import prerequisites, releases, steps
from scripts.deploying.kept_plan import KeptPlan
from scripts.deploying.terraform import NotDeployed, Terraform
from scripts.packaging import manifest


@click.command(help=__doc__)
@click.argument("environment", metavar="ENV")
@click.option(
    "--to",
    "wanted",
    metavar="MANIFEST|HASHES",
    help="A manifest's file, the time of a deployment (--list), or function=sha256,… for some functions.",
)
@click.option("--list", "only_list", is_flag=True, help="List what was deployed, newest first, and end.")
@click.option("--plan-only", is_flag=True, help="Plan and show; apply nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--no-smoke", is_flag=True, help="Submit no synthetic lead afterwards.")
@click.option("--state-bucket", envvar="STATE_BUCKET", help="Terraform's bucket; PROJECT-terraform.")
@click.option("--releases", "bucket", envvar="RELEASES", help="The bucket that keeps what was deployed.")
def main(
    environment: str,
    wanted: str | None,
    only_list: bool,
    plan_only: bool,
    yes: bool,
    no_smoke: bool,
    state_bucket: str | None,
    bucket: str | None,
) -> None:
    console = Console(highlight=False, stderr=True)
    terraform = Terraform(environment)
    try:
        if bucket:
            releases.fetch(environment, bucket)
        known = releases.history(environment)
        if only_list:
            for one in known:
                click.echo(f"{one.at}  {one.commit[:12]:12}  {len(one.hashes)} functions")
            return
        prerequisites.check(terraform, in_build=False)
        terraform.init(steps.state_bucket(terraform, state_bucket))
        running = _running(terraform)
        target, commit = chosen(wanted, running, known)
        kept = KeptPlan(steps.PLANS / f"{environment}-rollback")
        changes = kept.make(terraform, target, manifest.FOLDER, commit)
        steps.show(console, changes, kept)
        if plan_only:
            return
        steps.agreed(changes, environment, yes=yes)
        steps.apply(console, terraform, kept, commit, bucket)
        env_file = steps.write_settings(terraform)
        if not no_smoke:
            steps.try_out(console, env_file, environment)
    except NotDeployed as error:
        console.print(f"[bold red]failed:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


def chosen(
    wanted: str | None, running: Mapping[str, str], known: list[releases.Deployment]
) -> tuple[dict[str, str], str]:
    """The hashes to deploy, for exactly the functions that run, and the commit they are of. Errors: NotDeployed."""
    if wanted is None:
        found = next((one for one in known if dict(one.hashes) != dict(running)), None)
        if found is None:
            raise NotDeployed("no earlier deployment is known here: give --to, or --releases BUCKET")
        return _fitting(found.hashes, running), found.commit
    if "=" in wanted:
        return {**running, **_some(wanted, running, known)}, ""
    stamped = next((one for one in known if one.at == wanted), None)
    found = stamped or releases.read(Path(wanted))
    return _fitting(found.hashes, running), found.commit


def _fitting(hashes: Mapping[str, str], running: Mapping[str, str]) -> dict[str, str]:
    """Every function of functions.yaml needs a zip, so one that is newer than the manifest keeps its own."""
    gone = sorted(hashes.keys() - running.keys())
    if gone:
        raise NotDeployed(
            f"{', '.join(gone)} had a row then and has none now: check that commit out and run scripts/deploy"
        )
    return {**running, **hashes}


def _some(wanted: str, running: Mapping[str, str], known: list[releases.Deployment]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in filter(None, wanted.replace(",", " ").split()):
        name, _, start = one.partition("=")
        if name not in running:
            raise NotDeployed(f"{name} is not deployed; there are {', '.join(sorted(running))}")
        zips = (path.stem.rpartition("-")[2] for path in manifest.FOLDER.glob(f"{name}-*.zip"))
        hashes = {*zips, *(one.hashes[name] for one in known if name in one.hashes), running[name]}
        fits = {sha256 for sha256 in hashes if sha256.startswith(start)} if start else set[str]()
        if not fits and len(start) == 64:
            fits = {start}
        if len(fits) != 1:
            raise NotDeployed(f"{one}: {len(fits)} zips begin so; give all 64 digits")
        found[name] = fits.pop()
    return found


def _running(terraform: Terraform) -> dict[str, str]:
    found = terraform.output("functions")
    if not isinstance(found, dict) or not found:
        raise NotDeployed(f"{terraform.environment} is not deployed: there is nothing to roll back")
    return {str(name): str(sha256) for name, sha256 in found.items()}


if __name__ == "__main__":
    main()
