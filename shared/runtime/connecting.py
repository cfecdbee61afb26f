"""What a browser is answered on its way to Google's consent and back (P10, P11)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from shared.errors import Failure
from shared.operators.mailboxes import Connected, Over, find_connection, finish_connection
from shared.operators.refusal import Refusal
from shared.runtime.entry import Call
from shared.runtime.logs import log
from shared.runtime.pages import Page, redirect
from shared.runtime.wire import consent as wire

_MOST_FIELDS = 20
_LONGEST_CODE = 2048


def connecting(call: Call) -> Page:
    """The page for one GET: `start` leads to Google, `code` or `error` comes back from there."""
    query = _query(call.post.url)
    if query is None:
        return _not_connected(Refusal("this is no link of ours", "ask for one: `whisper mailbox connect`"))
    if "start" in query:
        return _start(call, query["start"])
    if "error" in query:
        return _declined(call, query.get("state", ""))
    return _finish(call, query.get("state", ""), query.get("code", ""))


def _start(call: Call, state: str) -> Page:
    pending = find_connection(call.world.database, state, now=call.now)
    if isinstance(pending, Refusal):
        return _not_connected(pending)
    url = wire.consent(call.world).url(
        scopes=sorted(wire.SCOPES), state=state, verifier=pending.verifier, login_hint=pending.mailbox
    )
    return redirect(url)


def _declined(call: Call, state: str) -> Page:
    pending = find_connection(call.world.database, state, now=call.now)
    if isinstance(pending, Refusal):
        return _not_connected(pending)
    log("mailbox_declined", "NOTICE", tenant=pending.tenant)
    until = f"{pending.expire_at:%H:%M} UTC"
    return _not_connected(
        Refusal("Google was not allowed to let us in", f"open the link again until {until}")
    )


def _finish(call: Call, state: str, code: str) -> Page:
    pending = find_connection(call.world.database, state, now=call.now)
    if isinstance(pending, Refusal):
        return _not_connected(pending)
    if not code or len(code) > _LONGEST_CODE:
        return _not_connected(Refusal("Google's answer is missing", "open the link again"))
    world = call.world
    try:
        done = finish_connection(
            world.database,
            pending,
            code,
            consent=wire.consent(world),
            scopes=wire.SCOPES,
            owner_of=lambda token: wire.owner_of(world, token),
            keep=lambda name, value: wire.secret_versions(world).add(name, value),
            now=call.now,
        )
    except Failure as error:
        log("mailbox_not_connected", "ERROR", tenant=pending.tenant, kind=error.kind, reason=error.reason)
        done = Refusal("Google's answer could not be used", "ask for a new link: `whisper mailbox connect`")
    if isinstance(done, Connected):
        log("mailbox_connected", "NOTICE", tenant=done.tenant, mailbox=done.id)
        words = ("The mailbox is connected.", "You can close this page.")
        return Page(200, "Connected", words)
    log("mailbox_not_connected", "WARNING", tenant=pending.tenant, reason=done.reason)
    return _not_connected(done)


def _not_connected(refusal: Refusal) -> Page:
    status = 410 if isinstance(refusal, Over) else 400
    words = (f"{refusal.reason[:1].upper()}{refusal.reason[1:]}.", f"To go on: {refusal.mend}.")
    return Page(status, "Not connected", words)


def _query(url: str) -> dict[str, str] | None:
    """The fields of the query, each given once; None for a query that no browser of ours would send."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None
