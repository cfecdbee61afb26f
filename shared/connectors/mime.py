"""Any bytes that arrive as mail, read into a Mail: never refused, never slow, its defects said (P7). No I/O."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shared.connectors.mail_text import own_words
from shared.connectors.mime_headers import addresses, date, decoded, sender
from shared.connectors.mime_payload import Answer, tree_of_payload
from shared.connectors.mime_reports import MOST_REPORTS, reports_in, returned_headers
from shared.connectors.mime_text import Found, text_of
from shared.connectors.mime_tree import MimePart, tree_of
from shared.jobs.mail import Mail

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_mail(raw: bytes, *, id: str = "", thread_id: str = "", received_at: datetime | None = None) -> Mail:
    """The mail in these bytes. Raises nothing, whatever they are.

    Its size costs time in proportion and no more; what is beyond the limits of `mime_tree` and `mime_text`
    is left out and `defects` says so. `received_at` also tells a Date header that cannot be true.
    """
    root, defects = tree_of(raw)
    return _mail(root, id=id, thread_id=thread_id, received_at=received_at, size=len(raw), defects=defects)


def mail_of_payload(answer: Answer, fetch: Callable[[str, str], str]) -> Mail:
    """The mail that a mailbox has taken apart; `fetch(message id, attachment id)` gives parts kept apart.

    Files that are attached are not fetched.
    """
    return _mail(
        tree_of_payload(answer.payload, lambda attachment_id: fetch(answer.id, attachment_id)),
        id=answer.id,
        thread_id=answer.thread_id,
        received_at=_EPOCH + timedelta(milliseconds=answer.internal_date) if answer.internal_date else None,
        size=answer.size,
        defects=("It has too many parts or too deep ones; those are not read.",) if answer.is_cut else (),
    )


def _mail(
    root: MimePart,
    *,
    id: str,
    thread_id: str,
    received_at: datetime | None,
    size: int,
    defects: tuple[str, ...],
) -> Mail:
    headers: dict[str, list[str]] = {}
    for name, value in root.head.raw_items():
        headers.setdefault(name.lower(), []).append(decoded(str(value)))
    from_, odd_sender = sender(_all(root, "from"))
    sent_at, odd_date = date(_first(root, "date"), received_at)
    found = Found()
    text = text_of(root, found)
    reports = tuple(report for part in found.reports for report in reports_in(part))
    return Mail(
        id=id,
        thread_id=thread_id,
        headers={name: tuple(values) for name, values in headers.items()},
        sender=from_,
        to=addresses(*_every(root, "to")),
        cc=addresses(*_every(root, "cc")),
        subject=decoded(_first(root, "subject")),
        sent_at=sent_at,
        received_at=received_at,
        text=text,
        own_words=own_words(text),
        reports=reports[:MOST_REPORTS],
        returned_headers=_returned(found, root),
        attachments=tuple(found.attachments),
        defects=tuple(dict.fromkeys(filter(None, (*defects, odd_sender, odd_date, *found.defects)))),
        size=size,
    )


def _returned(found: Found, root: MimePart) -> dict[str, str]:
    if not found.reports and root.type != "multipart/report":
        return {}
    brought = (returned_headers(part) for part in found.returned)
    return next((headers for headers in brought if headers), dict[str, str]())


def _every(root: MimePart, name: str) -> list[str]:
    return [str(value) for each, value in root.head.raw_items() if each.lower() == name]


def _first(root: MimePart, name: str) -> str:
    return next(iter(_every(root, name)), "")


def _all(root: MimePart, name: str) -> str:
    return ", ".join(_every(root, name))
