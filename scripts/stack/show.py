"""Shows a person at a terminal how a job goes, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from shared.jobs.job import Job, Status, Step

_SIGNS = {
    "advanced": "[green]✓[/]",
    "waiting": "[cyan]⏸[/]",
    "merged": "[cyan]⇢[/]",
    "retrying": "[yellow]↻[/]",
}
_COLOURS = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}


def tree_of(heading: str, job: Job, owner: Job) -> Tree:
    """The stages of a job so far, and of the job that took it up."""
    tree = Tree(f"[bold]{escape(heading)}[/]  [dim]{job.id}[/]")
    _branch(tree, job)
    if owner.id != job.id:
        _branch(tree.add(f"[cyan]taken up by[/] [dim]{owner.id}[/]"), owner)
    return tree


def _branch(tree: Tree, job: Job) -> None:
    for step in job.steps:
        tree.add(line_of(step))
    if job.next is not None:
        waits = f"waits: {'; '.join(job.reasons)}" if job.status is Status.WAITING else "…"
        tree.add(f"[cyan]◌[/] {job.next.stage} [dim]{escape(waits)}[/]")
    elif job.status is Status.WAITING:
        tree.add(f"[cyan]⏸[/] [cyan]{escape('; '.join(job.reasons))}[/]")
    else:
        colour = "red" if job.status in (Status.FAILED, Status.REJECTED, Status.HELD) else "cyan"
        tree.add(f"[{colour}]■ {job.status.value}: {escape('; '.join(job.reasons))}[/]")


def line_of(step: Step) -> str:
    """One step of the history on one line, in rich's markup."""
    sign = _SIGNS.get(step.status, "[red]✗[/]")
    again = f" [yellow]attempt {step.attempt}[/]" if step.attempt > 1 else ""
    error = f" [red]{escape(step.error)}[/]" if step.error else ""
    return f"{sign} {step.stage:<18} [dim]{step.duration_ms:>5} ms[/]{again}{error}"


def show_result(console: Console, result: Mapping[str, Any]) -> None:
    """The draft, its evidence, the slots, the verdict, the CRM's records and the cost."""
    draft = result.get("draft")
    if draft:
        console.print(_mail(draft))
        _show_evidence(console, result["evidence"])
        _show_slots(console, result["slots"])
    if result.get("verdict"):
        _show_verdict(console, result["verdict"])
    for name, title in (("note", "CRM note"), ("task", "CRM task")):
        if result.get(name):
            console.print(
                Panel(_record(result[name]), title=f"{title} {result[name]['id']}", title_align="left")
            )
    for note in (result.get("merged_into") or result.get("job") or {}).get("notes", ()):
        console.print(f"[yellow]To know:[/] {escape(note)}")
    if result.get("cost"):
        console.print(_cost(result["cost"]))
    if not result["ok"]:
        console.print(f"[bold red]No draft:[/] {escape(result['reason'])}")


def _mail(draft: Mapping[str, Any]) -> Panel:
    headers = Table.grid(padding=(0, 1))
    for name, value in draft["headers"].items():
        headers.add_row(Text(f"{name}:", style="dim"), Text(value))
    parts = (headers, Text(), Text(draft["body"]), Text(), Text(draft["footer"], style="dim"))
    what = f"Draft, revision {draft['revision']}, {draft['state']}, written by {draft['written_by']}"
    return Panel(
        Group(*parts), title=what, subtitle=f"Gmail draft {draft['gmail_draft_id']}", title_align="left"
    )


def _show_evidence(console: Console, evidence: Sequence[Mapping[str, str]]) -> None:
    table = Table(title="Evidence: claim ← where it comes from", title_justify="left", show_header=False)
    for one in evidence:
        field = one["field"] if one["field"].startswith(one["source"]) else f"{one['source']}.{one['field']}"
        table.add_row(
            Text(one["claim"]), Text(f"← {field}", style="cyan"), Text(f'"{one["span"]}"', style="dim")
        )
    console.print(table if evidence else "[dim]No claim that needs evidence.[/]")


def _show_slots(console: Console, slots: Sequence[Mapping[str, str]]) -> None:
    for slot in slots:
        start = datetime.fromisoformat(slot["start"]).astimezone(ZoneInfo(slot["time_zone"]))
        end = datetime.fromisoformat(slot["end"]).astimezone(ZoneInfo(slot["time_zone"]))
        when = f"{start:%A %d %B %H:%M}–{end:%H:%M} {slot['time_zone']}"
        console.print(f"[cyan]Slot[/] {when} [dim]{escape(slot['reason'])}[/]")


def _show_verdict(console: Console, verdict: Mapping[str, Any]) -> None:
    colour = _COLOURS[verdict["outcome"]]
    may = "may be sent once approved" if verdict["send_allowed"] else "may not be sent (mode or flags)"
    console.print(f"[bold {colour}]Gate: {verdict['outcome']}[/], risk {verdict['risk']}, {may}")
    for one in verdict["violations"]:
        console.print(f"  [{colour}]{one['severity']}[/] {escape(one['rule'])}: {escape(one['found'])}")
        console.print(f"    [dim]{escape(one['mend'])}[/]")


def _record(record: Mapping[str, Any]) -> Text:
    if "error" in record:
        return Text(record["error"], style="red")
    properties = record["properties"]
    subject = properties.get("hs_task_subject")
    head = f"{subject} (due {properties['hs_timestamp']})\n" if subject else ""
    return Text(head + record["text"])


def _cost(cost: Mapping[str, Any]) -> Table:
    kinds = list(cost["total"])
    table = Table(title="Cost", title_justify="left")
    table.add_column("function")
    for kind in kinds:
        table.add_column(kind, justify="right")
    for stage, spent in cost["stages"].items():
        table.add_row(stage, *(str(spent[kind]) for kind in kinds))
    table.add_section()
    table.add_row("total", *(str(cost["total"][kind]) for kind in kinds), style="bold")
    return table
