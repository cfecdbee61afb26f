"""Deploys an environment from this machine: `scripts/deploy ENV`.

Checks what it needs, packages, plans, shows exactly which functions change, asks, applies, and submits a synthetic
lead. Cloud Build does the same in two builds, with an approval between them (cloudbuild.yaml).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from scripts.deploying import prerequisites, releases, steps
from scripts.deploying.changes import Changes
from scripts.deploying.kept_plan import KeptPlan
from scripts.deploying.terraform import NotDeployed, Terraform
from scripts.packaging import manifest
from scripts.packaging.package import packages


@click.command(help=__doc__)
@click.argument("environment", metavar="ENV")
@click.option("--plan-only", is_flag=True, help="Plan, show and keep the plan; apply nothing.")
@click.option(
    "--plan", "planned", type=click.Path(path_type=Path), help="Apply a plan that --plan-only kept."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--no-smoke", is_flag=True, help="Submit no synthetic lead afterwards.")
@click.option("--zips", type=click.Path(path_type=Path), help="Deploy the zips of this folder; build none.")
@click.option("--keep", type=click.Path(path_type=Path), help="Where the plan is kept; .local/plans/ENV.")
@click.option("--state-bucket", envvar="STATE_BUCKET", help="Terraform's bucket; PROJECT-terraform.")
@click.option("--releases", "bucket", envvar="RELEASES", help="The bucket that keeps what was deployed.")
@click.option("--in-build", is_flag=True, help="Credentials are the machine's; gcloud is not needed.")
def main(
    environment: str,
    plan_only: bool,
    planned: Path | None,
    yes: bool,
    no_smoke: bool,
    zips: Path | None,
    keep: Path | None,
    state_bucket: str | None,
    bucket: str | None,
    in_build: bool,
) -> None:
    console = Console(highlight=False, stderr=True)
    terraform = Terraform(environment)
    commit = releases.commit()
    try:
        if plan_only and planned:
            raise NotDeployed("--plan-only makes a plan and --plan applies one: give one of them")
        prerequisites.check(terraform, in_build=in_build)
        if planned:
            kept = KeptPlan(planned.absolute())
            kept.check(environment, commit)
            kept.lend_lock(terraform)
        terraform.init(steps.state_bucket(terraform, state_bucket))
        if not planned:
            kept = KeptPlan((keep or steps.PLANS / environment).absolute())
            changes = _plan(console, terraform, kept, zips, commit)
            if plan_only:
                console.print(f"to apply it: scripts/deploy {environment} --plan {escape(str(kept.folder))}")
                return
        else:
            changes = kept.changes(terraform)
            steps.show(console, changes, kept)
        steps.agreed(changes, environment, yes=yes)
        steps.apply(console, terraform, kept, commit, None if in_build else bucket)
        env_file = steps.write_settings(terraform)
        if not no_smoke:
            steps.try_out(console, env_file, environment)
    except NotDeployed as error:
        console.print(f"[bold red]failed:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


def _plan(console: Console, terraform: Terraform, kept: KeptPlan, zips: Path | None, commit: str) -> Changes:
    folder = (zips or manifest.FOLDER).absolute()
    if zips is None:
        try:
            manifest.write(packages(), folder)
        except ValueError as error:
            raise NotDeployed(str(error)) from error
    changes = kept.make(terraform, releases.packaged(folder), folder, commit)
    steps.show(console, changes, kept)
    return changes


if __name__ == "__main__":
    main()
