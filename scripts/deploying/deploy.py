"""Deploys an environment from this machine: `scripts/deploy ENV`.

Checks what it needs, packages, plans, shows exactly which functions change, asks, applies, and submits a synthetic
lead. Cloud Build does the same in two builds, with an approval between them (cloudbuild.yaml).
"""

from __future__ import annotations

import os
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
    commit = (os.environ.get("COMMIT_SHA") if in_build else "") or releases.commit()
    try:
        if planned and (plan_only or zips or keep):
            raise NotDeployed("--plan applies a plan as it is: --plan-only, --zips and --keep make one")
        prerequisites.check(terraform, in_build=in_build)
        kept = KeptPlan((planned or keep or steps.PLANS / environment).absolute())
        if planned:
            kept.check(environment, commit)
            kept.lend_lock(terraform)
        terraform.init(steps.state_bucket(terraform, state_bucket))
        changes = kept.changes(terraform) if planned else _plan(terraform, kept, zips, commit)
        steps.show(console, changes, kept)
        if plan_only:
            again = f"scripts/deploy {environment} --plan {kept.folder}"
            console.print(f"[dim]to apply it: {escape(again)}[/]", soft_wrap=True)
            return
        steps.agreed(changes, environment, yes=yes)
        steps.apply(console, terraform, kept, commit, None if in_build else bucket)
        env_file = steps.write_settings(terraform)
        if not no_smoke:
            steps.try_out(console, env_file, environment)
    except NotDeployed as error:
        console.print(f"[bold red]failed:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


def _plan(terraform: Terraform, kept: KeptPlan, zips: Path | None, commit: str) -> Changes:
    folder = (zips or manifest.FOLDER).absolute()
    if zips is None:
        try:
            manifest.write(packages(), folder)
        except ValueError as error:
            raise NotDeployed(str(error)) from error
    return kept.make(terraform, releases.packaged(folder), folder, commit)


if __name__ == "__main__":
    main()
