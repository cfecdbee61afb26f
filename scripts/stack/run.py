"""Runs the whole system on this machine and plays real signed submissions through it: `scripts/run`."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from google.cloud import firestore
from rich.console import Console
from rich.live import Live as Display
from rich.markup import escape

from scripts.catalogue import ROOT
from scripts.stack import show, tenant
from scripts.stack.answering import ANSWER, answer, listen, send_by_hand, shown
from scripts.stack.child import StackFailed
from scripts.stack.journey import follow, read_job
from scripts.stack.leads import STORY, Lead, UnusableLead, read_lead
from scripts.stack.live import Live, NotConfigured, live_of
from scripts.stack.processes import DATA, Options, Stack
from scripts.stack.result import result_of
from scripts.stack.visitor import Unreachable, Visitor
from shared.jobs.job import Job
from shared.jobs.tenant import Form
from shared.store.database import typed

PLAYED = 3
"""Leads that are played when nothing is asked for."""

POLL_EVERY_S = 20.0
"""How often real vendors are asked while somebody looks on; deployed, it is a schedule's business."""

LOOKED_AT = {"hubspot": ("poll_forms",), "gmail": ("sync_mailboxes", "watch_drafts")}
"""What is run for real vendors while somebody looks on: no push of theirs can reach this machine."""

HOW_TO_SEND = """By default nothing is sent: both control documents say DRAFT_ONLY. To send, while scripts/run runs:
  scripts/whisper flags set mode SEND_ALLOWED --global
  scripts/whisper flags set mode SEND_ALLOWED
  scripts/whisper drafts approve DRAFT --revision 1   [dim](scripts/whisper drafts list shows them)[/]"""
"""Said after the leads were played; in the sandbox nobody real is mailed."""

HOW_TO_SEND_LIVE = (
    "Nothing is sent with real vendors, unless you add --env MODE_CEILING=SEND_ALLOWED and approve."
)

EXPECTED = (StackFailed, UnusableLead, NotConfigured, Unreachable, LookupError, ValueError)


@click.command(help=__doc__)
@click.option(
    "--lead", "lead_file", type=click.Path(path_type=Path), help="A HubSpot payload, or the fields, as JSON."
)
@click.option("--allow", is_flag=True, help="Allow the portal and form of --lead, as an operator would.")
@click.option("--once", is_flag=True, help="End after one job.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else.")
@click.option("--live", "live_names", default="", help="Real vendors, from .env: hubspot,gmail,openai.")
@click.option("--cloud-only", is_flag=True, help="Start just the local cloud.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier runs.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the data is kept; .local by default.")
@click.option(
    "--env", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the functions; repeatable."
)
@click.option("--separate-processes", is_flag=True, help="One process for each function.")
def main(
    lead_file: Path | None,
    allow: bool,
    once: bool,
    as_json: bool,
    live_names: str,
    cloud_only: bool,
    fresh: bool,
    data: Path | None,
    settings: Sequence[str],
    separate_processes: bool,
) -> None:
    console = Console(stderr=as_json)
    try:
        live = _live(live_names)
        options = Options(
            data=(data or (DATA / "live" if live else DATA)).absolute(),
            fresh=fresh,
            cloud_only=cloud_only,
            separate_processes=separate_processes,
            live=live,
            settings=_settings(settings),
        )
        lead = read_lead(lead_file) if lead_file else None
        if live and "hubspot" in live.vendors and lead is None and once:
            raise ValueError("--live hubspot with --once needs --lead FILE: a payload to sign and post")
        with ended_by_signals():
            code = _run(console, options, lead, allow=allow, once=once, as_json=as_json)
    except KeyboardInterrupt:
        code = 130
    except EXPECTED as error:
        _failed(console, str(error), as_json=as_json)
        code = 1
    sys.exit(code)


def _run(
    console: Console, options: Options, lead: Lead | None, *, allow: bool, once: bool, as_json: bool
) -> int:
    began = time.monotonic()
    quiet = as_json
    if not quiet:
        console.print("[dim]starting local cloud, sandbox and functions …[/]")
    with Stack(options) as stack:
        if not options.cloud_only:
            listen(stack)
        ready_s = time.monotonic() - began
        if not quiet:
            console.print(f"[green]ready in {ready_s:.1f} s[/] [dim]endpoints: {stack.run_file}[/]")
        since = datetime.now(UTC)
        results: list[dict[str, Any]] = []
        if not options.cloud_only:
            leads = _leads(stack, lead, once)
            with Visitor(stack.details(), options.live.secrets if options.live else None) as visitor:
                for each in leads:
                    if allow and each.payload is not None:
                        _allow(stack, each)
                    results.append(play(stack, visitor, each, None if quiet else console))
                if results and results[0]["ok"] and not (options.live and "gmail" in options.live.vendors):
                    results[0]["reply"] = play_answer(stack, results[0], None if quiet else console)
        ok = all(result["ok"] and result.get("reply", {}).get("ok", True) for result in results)
        if as_json:
            whole = {
                "ok": ok,
                "ready_s": round(ready_s, 3),
                "seconds": round(time.monotonic() - began, 3),
                "run_file": str(stack.run_file),
                "results": results,
            }
            print(json.dumps(whole, ensure_ascii=False, indent=1), flush=True)
        if results and not quiet:
            console.print(HOW_TO_SEND if not options.live else HOW_TO_SEND_LIVE)
        if once:
            return 0 if ok else 1
        with suppress(KeyboardInterrupt):
            _stay(stack, console, since, quiet=quiet)
    return 0 if ok else 1


def play(stack: Stack, visitor: Visitor, lead: Lead, console: Console | None) -> dict[str, Any]:
    """Submit one lead, follow its job, and show it all on the console, if there is one."""
    before = stack.counts()
    answered = visitor.play(lead)
    if answered.job_id is None:
        result = result_of(stack, lead, answered, None, before)
        if answered.status == 403 and lead.payload is not None:
            result["reason"] += " (--allow does that here)"
        if console:
            console.rule(escape(lead.title))
            show.show_result(console, result)
        return result
    if console is None:
        return result_of(stack, lead, answered, follow(stack, answered.job_id), before)
    console.rule(escape(lead.title))
    for name, value in lead.fields.items():
        console.print(f"[dim]{escape(name)}:[/] {escape(value)}")
    with Display(console=console, refresh_per_second=12, transient=True) as display:

        def seen(job: Job, owner: Job) -> None:
            if console.is_terminal:
                display.update(show.tree_of(lead.title, job, owner))

        journey = follow(stack, answered.job_id, seen=seen)
    console.print(show.tree_of(lead.title, journey.job, journey.drafted_by))
    result = result_of(stack, lead, answered, journey, before)
    show.show_result(console, result)
    return result


def play_answer(stack: Stack, result: dict[str, Any], console: Console | None) -> dict[str, Any]:
    """The sender sends the first draft by hand, the person answers it, and the answer is read and drafted."""
    job = read_job(stack, (result["merged_into"] or result["job"])["id"])
    try:
        if console is None:
            draft, before = send_by_hand(stack, job), stack.counts()
            return shown(stack, answer(stack, draft), before)
        console.rule("The draft is sent by hand from Gmail, and answered")
        draft, before = send_by_hand(stack, job), stack.counts()
        when = f"{draft.sent_at:%H:%M:%S} UTC" if draft.sent_at else ""
        console.print(f"[green]✓[/] the sweep saw that {escape(draft.sender)} sent it at {when}")
        console.print(f"[dim]{escape(draft.recipient)} answers:[/] {escape(ANSWER.strip())}")
        found = answer(stack, draft)
    except LookupError as error:
        return {"ok": False, "reason": str(error)}
    if found.journey is not None:
        heading = f"The answer is read: {draft.recipient}"
        console.print(show.tree_of(heading, found.journey.job, found.journey.drafted_by))
    reply = shown(stack, found, before)
    show.show_result(console, reply)
    return reply


def _leads(stack: Stack, lead: Lead | None, once: bool) -> list[Lead]:
    """What is played: the given lead, else those of the story who have no job yet, from the first on."""
    if lead is not None:
        return [lead]
    live = stack.options.live
    if live is not None and "hubspot" in live.vendors:
        return []
    jobs = stack.world.database.client.collection("tenants/default/jobs").select(["address"]).stream()
    known = {snapshot.to_dict()["address"] for snapshot in jobs}
    friendly = [STORY[name] for name in ("ana", "leo", "priya", "tom", "mei")]
    fresh = [one for one in friendly if one.address not in known] or friendly
    return fresh[: 1 if once else PLAYED]


def _allow(stack: Stack, lead: Lead) -> None:
    payload = json.loads(lead.payload or b"{}")
    portal, form = str(payload.get("portalId", "")), lead.form

    def allowed(current: Any) -> Any:
        portals = tuple(dict.fromkeys((*current.portal_ids, portal)))
        return current.but(portal_ids=portals, forms={form: Form(name="Web form"), **current.forms})

    tenant.change(stack.world.database, allowed)


def _stay(stack: Stack, console: Console, since: datetime, *, quiet: bool) -> None:
    """Until Ctrl-C; what happens meanwhile is shown line by line."""
    live = stack.options.live
    vendors = live.vendors if live is not None else ()
    polls = [sweep for vendor, sweeps in LOOKED_AT.items() if vendor in vendors for sweep in sweeps]
    if not quiet and "hubspot" in vendors:
        console.print(f"Submit one of your forms: new submissions are looked for every {POLL_EVERY_S:g} s.")
    if not quiet and "gmail" in vendors:
        console.print(f"Send or change a draft in Gmail, or answer one: looked for every {POLL_EVERY_S:g} s.")
    if not quiet:
        console.print(
            "[bold]Running.[/] Ctrl-C ends it. Try scripts/seed_leads 5, or scripts/whisper jobs list."
        )
    shown: dict[str, int] = {}
    polled = float("-inf")
    while True:
        stack.check()
        if polls and time.monotonic() - polled > POLL_EVERY_S:
            for sweep in polls:
                stack.ask_cloud("POST", f"/scheduler/{sweep}/run")
            polled = time.monotonic()
        if not quiet and not stack.options.cloud_only:
            since = _show_changes(stack, console, since, shown)
        time.sleep(0.5)


def _show_changes(stack: Stack, console: Console, since: datetime, shown: dict[str, int]) -> datetime:
    jobs = stack.world.database.client.collection("tenants/default/jobs")
    changed = jobs.where(filter=firestore.FieldFilter("updated_at", ">", since)).order_by("updated_at")
    for job in typed(changed, Job):
        new = [step for step in job.steps if step.number > shown.get(job.id, 0)]
        for step in new:
            console.print(f"[dim]{job.id[4:12]}[/] {show.line_of(step)}")
            shown[job.id] = step.number
        if job.next is None and new:
            console.print(f"[dim]{job.id[4:12]}[/] {job.status.value}: {escape('; '.join(job.reasons))}")
        since = max(since, job.updated_at)
    return since


def _live(names: str) -> Live | None:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return live_of(wanted, os.environ, ROOT / ".env") if wanted else None


def _settings(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise ValueError(f"--env {one}: write NAME=VALUE")
        found[name] = value
    return found


def _failed(console: Console, reason: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"ok": False, "error": reason}, ensure_ascii=False))
    else:
        console.print(f"[bold red]failed:[/] {escape(reason)}")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end as Ctrl-C does: in order, with everything that was started."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


if __name__ == "__main__":
    main()
