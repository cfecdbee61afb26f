"""The plain path of a send, call by call, and what is committed on the way: for tests that step in between."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Any

from scripts.local_cloud.grpc_door import Call
from scripts.stack.simulation import Simulation
from tests.faults.copies import in_a_copy
from tests.faults.sending import ReadyToSend
from tests.faults.witness import FIRESTORE

READ_DRAFT = "GET /gmail/gmail/v1/users/me/drafts/"
READ_THREAD = "GET /gmail/gmail/v1/users/me/threads/"
SEND = "POST /gmail/gmail/v1/users/me/drafts/send"
COMMIT = "Firestore/Commit"


@dataclass(frozen=True)
class SendPath:
    """The names of the calls, and the places of those that matter, counted from 1."""

    made: tuple[str, ...]
    intent: int
    """Commits the intent."""
    claim: int
    """Commits the claim."""
    looks: int
    """Reads the draft as it lies in the mailbox."""
    head: int
    """Reads the newest mail of the thread: the last look at the mailbox before the send."""
    controls: int
    """Reads the controls and the fence once more."""
    send: int
    done: int
    """Commits that it was sent."""


def send_path(ready: ReadyToSend) -> SendPath:
    """The calls of the plain path, from the hour of the send to the end of the job."""

    def plain() -> tuple[str, ...]:
        ready.calls.count()
        ready.go()
        return tuple(ready.calls.made)

    made = in_a_copy(plain)
    commits = [place for place, name in enumerate(made, 1) if name == COMMIT]
    looks = next(place for place, name in enumerate(made, 1) if name.startswith(READ_DRAFT))
    head = next(place for place, name in enumerate(made, 1) if name.startswith(READ_THREAD))
    send = made.index(SEND) + 1
    before = [place for place in commits if place < looks]
    return SendPath(
        made=made,
        intent=before[-2],
        claim=before[-1],
        looks=looks,
        head=head,
        controls=send - 1,
        send=send,
        done=next(place for place in commits if place > send),
    )


def elsewhere(act: Callable[[], object]) -> Callable[[], None]:
    """The act as another process does it: nothing that this one keeps for its run is known there."""

    def done() -> None:
        Context().run(act)

    return done


class Commits:
    """Shows every write that Firestore applied (path, write, moment), behind the seam at which calls are broken."""

    def __init__(self, simulation: Simulation, seen: Callable[[str, Any, Any], None]) -> None:
        services = simulation.cloud.door.services
        rpcs = dict(services[FIRESTORE])
        commit = rpcs["Commit"].call

        def committed(request: Any, call: Call) -> Any:
            answer = commit(request, call)
            for write in request.writes:
                path = (write.update.name or write.delete).partition("/documents/")[2]
                seen(path, write, answer.commit_time)
            return answer

        rpcs["Commit"] = replace(rpcs["Commit"], call=committed)
        services[FIRESTORE] = rpcs


class Intents:
    """Counts the intents that are committed from now on."""

    def __init__(self, simulation: Simulation) -> None:
        self.number = 0
        self._known: dict[tuple[str, str], str] = {}
        Commits(simulation, self._seen)

    def _seen(self, path: str, write: Any, _at: Any) -> None:
        if "/jobs/" not in path or "intents" not in write.update.fields:
            return
        held = write.update.fields["intents"].map_value.fields
        for stage in held:
            lease = str(held[stage].map_value.fields["lease_until"])
            if self._known.get((path, stage)) != lease:
                self._known[path, stage] = lease
                self.number += 1
