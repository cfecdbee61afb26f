"""`whisper erase`: a person out of everything that we keep, and all of them again after a restore."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, table, time_of
from shared.errors import Failure
from shared.jobs.erasure import Erasure, ErasureState
from shared.operators.erasure import REPLAYED, LetIn, begin_erasure, let_in_again, list_erasures

_NOT_LOOKED_UP = "the CRM could not be asked for the person: run the command again with --crm"


@click.command("erase")
@click.argument("address", metavar="[EMAIL]", required=False)
@click.option("--crm", is_flag=True, help="Have HubSpot delete its contact for good, too (its GDPR delete).")
@click.option("--reason", "why", default="", help="Why, for the audit; no names, no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@click.option("--list", "listing", is_flag=True, help="Every erasure, by the keyed hash of the address.")
@click.option(
    "--replay", is_flag=True, help="Erase all again, after a restore, but for whom an admin let in."
)
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --replay: also those in a file, as `--list --json` wrote it, or one hash in each line.",
)
@operation
def erase(
    connection: Connection,
    address: str | None,
    crm: bool,
    why: str,
    actor: str | None,
    listing: bool,
    replay: bool,
    file: Path | None,
) -> Told:
    """Erase a person: suppressed for good first, then deleted from every store, Gmail drafts and CRM notes."""
    if sum((address is not None, listing, replay)) != 1 or (file is not None and not replay):
        raise click.UsageError("name one EMAIL, or --list, or --replay (with --from FILE)")
    if listing:
        return _listed(list_erasures(connection.database, connection.tenant))
    if replay:
        return _replayed(connection, file, actor)
    assert address is not None
    return _erased(connection, address, crm, why, actor)


def _erased(connection: Connection, address: str, crm: bool, why: str, actor: str | None) -> Told:
    from shared.runtime.wire.crm import crm_of

    key = connection.key_of(address)
    begun = _begun(connection, key, why, actor, crm)
    warning = ""
    if crm:
        try:
            known = crm_of(connection.world, connection.tenant).find_contact(address)
        except Failure as error:
            warning = f"{_NOT_LOOKED_UP} ({error.reason})"
        else:
            begun = _begun(connection, key, why, actor, crm, known.id) if known is not None else begun
    after = _gone_on(connection, begun)
    rows = [*_rows(after), ("in the way", warning)] if warning else _rows(after)
    told = {"address": address, **_data(after), **({"warning": warning} if warning else {})}
    return Told(told, stacked(heading(f"{address}: {_said(after)}"), facts(rows)), exit_code=0)


def _begun(
    connection: Connection, key: str, why: str, actor: str | None, crm: bool, crm_id: str | None = None
) -> Erasure:
    return granted(
        begin_erasure(
            connection.database,
            connection.tenant,
            key,
            by=operator(actor),
            why=why,
            crm=crm,
            crm_id=crm_id,
            now=connection.world.clock(),
        )
    )


def _gone_on(connection: Connection, begun: Erasure) -> Erasure:
    from shared.runtime.erasures import go_on

    try:
        return go_on(connection.world, begun)
    except Failure as error:
        raise Problem(
            f"the person is suppressed, and the rest is not done ({error.reason}); the sweep goes on with it"
        ) from error


def _replayed(connection: Connection, file: Path | None, actor: str | None) -> Told:
    database = connection.database
    wanted: dict[str, bool] = {}
    for key, crm in _read(file) if file is not None else ():
        wanted[key] = wanted.get(key, False) or crm
    named = frozenset(wanted)
    skipped: dict[str, LetIn] = {}
    for each in list_erasures(database, connection.tenant):
        let_in = let_in_again(database, each) if each.id not in named else None
        if let_in is None:
            wanted[each.id] = wanted.get(each.id, False) or each.crm
        else:
            skipped[each.id] = let_in
    done = [
        _gone_on(connection, _begun(connection, key, REPLAYED, actor, crm)) for key, crm in wanted.items()
    ]
    return _told_of(sorted(done, key=lambda each: each.begun_at), skipped)


def _told_of(done: Sequence[Erasure], skipped: Mapping[str, LetIn]) -> Told:
    """What was erased again, and who was not and why."""
    rows = [(key, f"let in again by {one.actor}", time_of(one.at)) for key, one in skipped.items()]
    data = {**_all(done), "skipped": [{"id": key, "reason": why, "at": str(at)} for key, why, at in rows]}
    columns = ("person", "why not", "at")
    left = (heading("Not erased again"), table(columns, rows, empty="")) if rows else ()
    return Told(data, stacked(_shown(done), *left))


def _read(file: Path) -> Iterable[tuple[str, bool]]:
    """Keyed hashes, as JSON or one in each line. Errors: Problem for anything else."""
    text = file.read_text(encoding="utf-8")
    try:
        said = json.loads(text)
        rows = [(str(row["id"]), bool(row.get("crm"))) for row in said["erasures"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        # A line of the log names the document: its last part is the hash.
        rows = [(line.strip().rpartition("/")[2], False) for line in text.splitlines() if line.strip()]
    for number, (key, _) in enumerate(rows, start=1):
        if not 32 <= len(key) <= 128 or not key.isalnum():
            raise Problem(
                f"{file.name}: row {number} is no keyed hash; write what `whisper erase --list` says"
            )
    return rows


def _listed(erasures: Iterable[Erasure]) -> Told:
    found = sorted(erasures, key=lambda each: each.begun_at)
    return Told(_all(found), _shown(found))


def _all(erasures: Sequence[Erasure]) -> dict[str, object]:
    return {"erasures": [_data(each) for each in erasures]}


def _shown(erasures: Sequence[Erasure]) -> RenderableType:
    rows = [(e.id, e.state, time_of(e.begun_at), time_of(e.done_at), "; ".join(e.left)) for e in erasures]
    columns = ("person", "state", "begun", "done", "in the way")
    return table(columns, rows, empty="no erasures")


def _said(erasure: Erasure) -> str:
    if erasure.state is ErasureState.BEGUN:
        return "suppressed, and not all is deleted yet: the sweep goes on every ten minutes"
    if erasure.state is ErasureState.ERASED:
        return "erased; the sweep looks once more when all that was under way is over"
    return "erased"


def _rows(erasure: Erasure) -> list[tuple[str, object]]:
    counted = [(name.replace("_", " "), number) for name, number in sorted(erasure.counts.items())]
    return [
        ("kept under", erasure.id),
        ("begun", time_of(erasure.begun_at)),
        *(counted or [("deleted", plain("nothing was kept of them"))]),
        *(("in the way", reason) for reason in erasure.left),
    ]


def _data(erasure: Erasure) -> dict[str, object]:
    kept = {"id", "state", "crm", "begun_at", "erased_at", "done_at", "counts", "left"}
    return {name: value for name, value in data_of(erasure).items() if name in kept}
