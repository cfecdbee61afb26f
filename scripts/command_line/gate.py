"""`whisper gate`: check."""

from __future__ import annotations

from typing import TextIO

import click

from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted, present
from scripts.command_line.show import facts, stacked
from scripts.command_line.verdicts import verdict_data, verdict_human
from shared.jobs.job import Job
from shared.jobs.rules import Rules
from shared.operators.gate import Candidate, job_for, judge, read_candidate
from shared.operators.jobs import show_job
from shared.operators.lookup import Person, find_person
from shared.policy.addresses import canonical_address


@click.group()
def gate() -> None:
    """The rules that every draft is judged by."""


@gate.command("check")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), metavar="FILE")
@click.option("--job", "job_id", metavar="JOB", help="Judge it as this job's draft: with its form and slots.")
@click.option("--crm/--no-crm", default=True, help="Look the person up in the CRM (opt-out, guardrails).")
@operation
def check(connection: Connection, file: TextIO, job_id: str | None, crm: bool) -> Told:
    """Judge any text as gate_draft would; `-` reads it from the terminal. Nothing is written.

    FILE is a mail (To, Subject and perhaps From lines, an empty line, the text) or a JSON object with to,
    subject, body, and perhaps from, call_to_action, fields and evidence. The exit code is 1 when it fails.
    """
    candidate = granted(read_candidate(file.read()))
    job = _stored(connection, job_id) if job_id else _made(connection, candidate, crm)
    judged = granted(judge(candidate, job, _rules(connection, job), now=connection.world.clock()))
    verdict = judged.verdict
    data = {"to": judged.draft.recipient, "subject": judged.draft.subject, **verdict_data(verdict)}
    about = facts(
        (("To", judged.draft.recipient), ("From", judged.draft.sender), ("Subject", candidate.subject))
    )
    return Told(data, stacked(about, verdict_human(verdict)), exit_code=int(verdict.outcome == "FAIL"))


def _stored(connection: Connection, job_id: str) -> Job:
    return present(
        show_job(connection.database, connection.tenant, job_id),
        f"job {job_id} in tenant {connection.tenant}",
        "`whisper jobs list` shows those there are",
    )


def _made(connection: Connection, candidate: Candidate, crm: bool) -> Job:
    address = canonical_address(candidate.recipient)
    tenant = connection.tenant_settings()
    if crm:
        from shared.runtime.wire.crm import crm_of

        person = find_person(crm_of(connection.world, tenant.id, tenant), address)
    else:
        person = Person(address, None, None, None, opted_out=False, open_deals=0)
    key, now = connection.key_of(address), connection.world.clock()
    return granted(job_for(candidate, tenant, person.identity, key, now=now))


def _rules(connection: Connection, job: Job) -> Rules:
    from shared.runtime.stage_run import Run
    from shared.runtime.wire.store import rules

    world = connection.world
    return rules(Run(world, job, world.clock()))
