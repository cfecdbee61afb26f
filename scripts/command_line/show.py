"""How things look on a terminal: tables, times, and texts whose own markup is never obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_COLOURS = {
    "running": "cyan",
    "waiting": "blue",
    "held": "yellow",
    "done": "green",
    "failed": "red",
    "rejected": "red",
    "PENDING": "blue",
    "APPROVED": "green",
    "SENT": "green",
    "HELD": "yellow",
    "REJECTED": "red",
    "OK": "green",
    "FAIL": "red",
    "FORBIDDEN": "red",
    "WARN": "yellow",
    "PASS": "green",
    "SKIP": "dim",
    "UNKNOWN": "yellow",
}


def plain(value: object) -> Text:
    """Any value as a text that is shown as it is."""
    return Text("" if value is None else str(value))


def coloured(word: str) -> Text:
    """A status or verdict in its colour."""
    return Text(word, style=_COLOURS.get(word, ""))


def heading(text: str) -> Text:
    return Text(text, style="bold")


def time_of(moment: datetime | None) -> Text:
    """A moment in UTC, to the second."""
    return Text("" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> RenderableType:
    """Rows under columns, or one line that says that there are none."""
    made = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        # Ids stand first, and are copied into the next command.
        made.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        made.add_row(*[cell if isinstance(cell, Text) else plain(cell) for cell in row])
    return made if made.row_count else Text(empty, style="dim")


def facts(pairs: Iterable[tuple[str, object]]) -> RenderableType:
    """Names with values; empty values are left out."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", ()):
            made.add_row(name, value if isinstance(value, Text) else plain(value))
    return made


def stacked(*parts: RenderableType | None) -> Group:
    """One under the other, with a line between them; None is left out."""
    lines: list[RenderableType] = []
    for part in parts:
        if part is not None:
            lines += [part] if not lines else [Text(), part]
    return Group(*lines)


def data_of(document: BaseModel, *, without: set[str] | None = None) -> dict[str, object]:
    """A document as JSON has it."""
    return document.model_dump(mode="json", exclude=without)


def unreadable(paths: Sequence[str]) -> RenderableType | None:
    """A warning about documents that do not fit their type."""
    if not paths:
        return None
    return Text(f"cannot be read, mend in Firestore: {', '.join(paths)}", style="yellow")
