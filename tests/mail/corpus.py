"""The corpus of mails: raw fixtures of every kind, half to learn from and half kept for judging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.jobs.mail import MailKind
from tests.mail import known

Half = Literal["learn", "test"]
HALVES: tuple[Half, ...] = ("learn", "test")
FOLDER = Path(__file__).parent / "corpus"
MANIFEST = FOLDER / "test.sha256"


@dataclass(frozen=True)
class Fixture:
    """One mail as the server sent it, and what it is.

    `contact` is whom the followed thread is with. `returns_on` is None where the mail gives no day;
    `failed` is None where the mail names no address that could not be reached.
    """

    path: Path
    raw: bytes
    kind: MailKind
    contact: known.Contact
    returns_on: date | None
    failed: tuple[str, ...] | None
    note: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: str
    kind: MailKind
    contact: str
    returns_on: date | None = None
    failed: tuple[str, ...] | None = None
    note: str


_ROWS = TypeAdapter(list[_Row])


def fixtures(half: Half) -> Iterator[Fixture]:
    """Every fixture of one half, in the order of its list; raises on a row that is not well formed."""
    for row in _ROWS.validate_python(json.loads((FOLDER / f"{half}.json").read_text("utf-8"))):
        path = FOLDER / half / row.file
        yield Fixture(
            path=path,
            raw=path.read_bytes(),
            kind=row.kind,
            contact=known.CONTACTS[row.contact],
            returns_on=row.returns_on,
            failed=row.failed,
            note=row.note,
        )
