"""The gate's verdict, for people and for programs."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from scripts.command_line.show import coloured, data_of, stacked, table
from shared.jobs.facts import Verdict


def verdict_data(verdict: Verdict) -> dict[str, object]:
    """The verdict with its outcome: PASS, WARN or FAIL."""
    return {
        "outcome": verdict.outcome,
        "forbidden": verdict.forbidden,
        "mendable": verdict.mendable,
        **data_of(verdict),
    }


def verdict_human(verdict: Verdict) -> RenderableType:
    """The outcome, and every broken rule with what was found and how to mend it."""
    head = coloured(verdict.outcome)
    if verdict.forbidden:
        head.append(" (forbidden: it ends the job)")
    head.append(f"  risk {verdict.risk} of 100, sending is {'' if verdict.send_allowed else 'not '}allowed")
    rows = [(coloured(v.severity), v.rule, v.found, v.mend) for v in verdict.violations]
    listed = table(("", "rule", "found", "mend"), rows, empty="no rule is broken")
    return stacked(Text.assemble(head), listed)
