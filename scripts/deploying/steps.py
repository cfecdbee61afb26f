"""The steps that a deployment and a roll back have in common: show, ask, apply, write down, try out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.catalogue import ROOT
from scripts.command_line.show import plain
from scripts.deploying import releases
from scripts.deploying.changes import Changes
from scripts.deploying.kept_plan import KeptPlan
from scripts.deploying.terraform import NotDeployed, Terraform

PLANS = ROOT / ".local" / "plans"
REFUSED = 3
"""The exit code when somebody said no."""


def state_bucket(terraform: Terraform, given: str | None) -> str:
    """Where the state is: as given, else the bucket that terraform/README.md makes. Errors: NotDeployed."""
    return given or f"{terraform.project()}-terraform"


def show(console: Console, changes: Changes, kept: KeptPlan) -> None:
    """Exactly which functions change and why, and how many other things."""
    if changes.functions:
        table = Table("function", "", "why")
        for one in changes.functions:
            table.add_row(plain(one.name), one.verb, plain(one.why))
        console.print(table)
    else:
        console.print("no function changes")
    for verb, types in changes.others.items():
        console.print(f"{verb}: " + ", ".join(f"{number} {type_}" for type_, number in types.items()))
    for address in changes.losses:
        console.print(f"[bold red]data would be lost:[/] {escape(address)}")
    console.print(f"[dim]in full: {escape(str(kept.folder / 'plan.txt'))}[/]", soft_wrap=True)


def agreed(changes: Changes, environment: str, *, yes: bool) -> None:
    """Ask, unless it was answered before. Data is never deleted on a `--yes`. Errors: NotDeployed."""
    if changes.losses:
        raise NotDeployed(f"the plan deletes data: {', '.join(changes.losses)}; nothing was applied")
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotDeployed("nobody is there to be asked: give --yes, or plan with --plan-only")
    if not click.confirm(f"apply this to {environment}?", default=False, err=True):
        click.echo("nothing was applied", err=True)
        sys.exit(REFUSED)


def apply(
    console: Console, terraform: Terraform, kept: KeptPlan, commit: str, bucket: str | None
) -> Mapping[str, str]:
    """Apply the plan and write down what is deployed now; returns it. Errors: NotDeployed."""
    terraform.apply(kept.file)
    hashes = kept.hashes
    file = releases.record(terraform.environment, hashes, commit)
    console.print(f"[green]applied[/]; written down in {escape(str(file))}", soft_wrap=True)
    if bucket:
        try:
            releases.keep(file, terraform.environment, bucket)
        except NotDeployed as error:
            # The deployment itself went well, and its file is here.
            console.print(f"[yellow]not kept in the bucket:[/] {escape(str(error))}")
    return hashes


def write_settings(terraform: Terraform, folder: Path = ROOT / ".local") -> Path:
    """The settings of what is deployed, as a file for `--env-file`. Errors: NotDeployed."""
    settings = terraform.output("settings")
    if not isinstance(settings, dict):
        raise NotDeployed(f"{terraform.environment} is not deployed: its state has no settings")
    file = folder / f"{terraform.environment}.env"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{name}={value}\n" for name, value in sorted(settings.items())))
    return file


def settings_of(environment: str, given_bucket: str | None) -> Path:
    """The settings of an environment, asked of its state, as a file for `--env-file`. Errors: NotDeployed."""
    terraform = Terraform(environment)
    terraform.init(state_bucket(terraform, given_bucket))
    return write_settings(terraform)


def try_out(console: Console, env_file: Path, environment: str) -> None:
    """Submit a synthetic lead. Errors: NotDeployed, with the way back."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "scripts.deploying.smoke", "--env-file", str(env_file)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    if done.returncode:
        raise NotDeployed(
            f"it is applied, but a synthetic lead did not come through; back with: scripts/rollback {environment}"
        )
    console.print("[green]a synthetic lead came through[/]")
