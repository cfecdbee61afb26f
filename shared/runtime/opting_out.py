"""What follows when somebody presses the button to unsubscribe: nothing is sent to them any more (P9, P11).

Mail providers press it by a POST as RFC 8058 has it, people on the page that a GET shows; links in mails are opened
by programs too, so a GET never changes anything. Who holds a token may stop that person's mail and do nothing
else, and every token of ours is answered alike, whatever is known of the person.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from shared.connectors.opt_out_token import Person
from shared.errors import Failure, Retryable
from shared.jobs.rules import SuppressionReason
from shared.operators.suppressions import Suppressed, suppress
from shared.policy.letter import ONE_CLICK
from shared.ports.door import Post
from shared.runtime import pages
from shared.runtime.entry import Call
from shared.runtime.logs import log
from shared.runtime.pages import Button, Page
from shared.runtime.publish import publish
from shared.runtime.settle import settle
from shared.runtime.wire.opt_out import person_of

ACTOR = "the person, by one click"
ANNOUNCED_AS = "opted_out"

_TRIES = 5
"""Who is stopped ten times at once is stopped by the first; the others read what it wrote."""
_MOST_FIELDS = 20
_LONGEST_TYPE = 200
"""Characters of a content type: the boundary has 70 at most."""

ASKS = Page(
    200,
    "Stop these mails?",
    ("Press the button, and we will not write to you again.",),
    button=Button("Do not write to me again", *ONE_CLICK),
)
STOPPED = Page(
    200, "You will not be mailed again", ("There is nothing more to do. You can close this page.",)
)
NOTHING_HERE = Page(404, "Not found", ("There is nothing here.",))
NOT_PRESSED = pages.failed(400, "Nothing was changed. Open the link from the mail, and press the button.")


def opting_out(call: Call) -> Page:
    """The page for one GET, or for one press of the button. Errors: Failure, Unreachable: press it again."""
    person = person_of(call.world, _token(call.post.url))
    if person is None:
        return NOTHING_HERE
    if call.post.method == "GET":
        return ASKS
    if ONE_CLICK not in _fields(call.post):
        return NOT_PRESSED
    _stop(call, person)
    return STOPPED


def _stop(call: Call, person: Person) -> None:
    world = call.world
    done = _suppressed(call, person)
    if done.left:
        log("draft_not_withdrawn", "ERROR", tenant=person.tenant, reason=done.left)
    if not done.changed and done.withdraws is None:
        return
    log("opted_out", "NOTICE", tenant=person.tenant)
    try:
        if done.withdraws is not None:
            settle(world, done.withdraws)
    except Failure as error:
        # What is committed stands, and the sweep finds the job: pressing again would not.
        log("settle_failed", "WARNING", tenant=person.tenant, reason=error.reason)
    publish(world, [done.announcement] if done.announcement is not None else [])


def _suppressed(call: Call, person: Person) -> Suppressed:
    for _ in range(_TRIES):
        done = suppress(
            call.world.database,
            person.tenant,
            person.contact_id,
            reason=SuppressionReason.OPT_OUT,
            actor=ACTOR,
            why="they pressed the button to unsubscribe",
            now=call.now,
            routing=call.world.settings.routing,
            announce=ANNOUNCED_AS,
            trace_id=call.trace_id,
        )
        if isinstance(done, Suppressed):
            return done
    raise Retryable("the person's suppression or draft was changed by others at this moment")


def _token(url: str) -> str:
    """The token of a link; empty for a query that no link of ours has."""
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ""
    tokens = [value for name, value in pairs if name == "t"]
    return tokens[0] if len(tokens) == 1 else ""


def _fields(post: Post) -> list[tuple[str, str]]:
    """The fields of a form, in either encoding that RFC 8058 allows; none of a body that is no form."""
    type_ = next((value for name, value in post.headers.items() if name.lower() == "content-type"), "")
    kind = type_.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _parts(type_, post.body)
    if kind not in ("", "application/x-www-form-urlencoded"):
        return []
    try:
        # Programs that post a file end it with a line break: who presses is believed all the same.
        return parse_qsl(post.body.decode("ascii").strip(), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return []


def _parts(type_: str, body: bytes) -> list[tuple[str, str]]:
    if not type_.isprintable() or not type_.isascii() or len(type_) > _LONGEST_TYPE:
        return []
    from email import message_from_bytes

    # Not with the newer policies: their reading of headers takes seconds for some, and fails on others.
    mail = message_from_bytes(b"Content-Type: " + type_.encode() + b"\r\n\r\n" + body)
    found: list[tuple[str, str]] = []
    try:
        for part in mail.walk():
            name = part.get_param("name", header="content-disposition")
            value = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(value, bytes):
                found.append((name, value.decode("utf-8", "replace").strip()))
    except (ValueError, LookupError, RecursionError):
        return []
    return found
