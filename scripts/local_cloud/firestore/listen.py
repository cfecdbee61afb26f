"""Listen: a client names targets, and is told what changes in them, one consistent snapshot after another."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from scripts.local_cloud.counts import work_of
from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.engine import FirestoreEngine
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.protos import ListenResponse, Message, microseconds, timestamp
from scripts.local_cloud.firestore.query import Query
from scripts.local_cloud.grpc_door import Call


class _Change(IntEnum):
    NO_CHANGE = 0
    ADD = 1
    REMOVE = 2
    CURRENT = 3
    RESET = 4


@dataclass
class _Target:
    """What a client listens to, and the state of it that the client knows."""

    id: int
    query: Query | None
    names: Sequence[str]
    known: dict[str, StoredDocument]
    as_of_us: int = 0

    def state(self, engine: FirestoreEngine, at_us: int | None = None) -> dict[str, StoredDocument]:
        if self.query is not None:
            return {document.name: document for document in self.query.run(engine.store, at_us)}
        found = ((name, engine.store.get(name, at_us)) for name in self.names)
        return {name: document for name, document in found if document is not None}

    def may_have_changed(self, engine: FirestoreEngine) -> bool:
        if self.query is None:
            return True
        return any(held.changed_us > self.as_of_us for held in self.query.source.collections(engine.store))


class _End:
    """The stream is over."""


class _Changed:
    """Something was committed."""


def listen(engine: FirestoreEngine, requests: Iterable[Message], call: Call) -> Iterator[Message]:
    """Answer one Listen stream until its client goes away. Errors: RpcError for a bad target."""
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def read_requests() -> None:
        # A stream that its client breaks off ends in an exception of the transport; both are an end.
        with contextlib.suppress(Exception):
            for request in requests:
                inbox.put(request)
        inbox.put(_End)

    threading.Thread(target=read_requests, name="listen-requests", daemon=True).start()
    call.on_end(lambda: inbox.put(_End))
    end_watch = engine.watch(lambda: inbox.put(_Changed))
    try:
        yield from _Stream(engine, work_of(call.metadata)).answers(inbox)
    finally:
        end_watch()


class _Stream:
    """The targets of one stream."""

    def __init__(self, engine: FirestoreEngine, work: str) -> None:
        self._engine = engine
        self._work = work
        self._targets: dict[int, _Target] = {}

    def answers(self, inbox: queue.SimpleQueue[Message]) -> Iterator[Message]:
        while True:
            events = [inbox.get()]
            # Commits that piled up meanwhile become one snapshot.
            with contextlib.suppress(queue.Empty):
                while True:
                    events.append(inbox.get_nowait())
            for event in events:
                if event is not _End and event is not _Changed:
                    yield from self._requested(event)
            if _End in events:
                return
            yield from self._changes()

    def _requested(self, request: Message) -> list[Message]:
        match request.WhichOneof("target_change"):
            case "add_target":
                return self._added(request.add_target)
            case "remove_target":
                self._targets.pop(request.remove_target, None)
                return [_target_change(_Change.REMOVE, [request.remove_target])]
            case _:
                raise invalid("A ListenRequest adds or removes a target.")

    def _added(self, message: Message) -> list[Message]:
        target = _target(message)
        answers = [_target_change(_Change.ADD, [target.id])]
        with self._engine.lock:
            resume_us = _resume_us(message)
            if resume_us is not None and self._engine.store.remembers(resume_us):
                target.known = target.state(self._engine, resume_us)
            elif resume_us is not None:
                answers.append(_target_change(_Change.RESET, [target.id]))
            now_us, changes = self._difference(target)
            known_missing = [name for name in target.names if resume_us is None and name not in target.known]
        changes += [_document_gone("document_delete", name, target.id, now_us) for name in known_missing]
        self._engine.count_reads(max(1, len(changes)), self._work)
        answers += [*changes, _target_change(_Change.CURRENT, [target.id], now_us)]
        answers.append(_target_change(_Change.NO_CHANGE, [], now_us))
        if message.once:
            answers.append(_target_change(_Change.REMOVE, [target.id]))
        else:
            self._targets[target.id] = target
        return answers

    def _changes(self) -> list[Message]:
        answers: list[Message] = []
        with self._engine.lock:
            now_us = self._engine.store.read_us()
            for target in self._targets.values():
                if target.may_have_changed(self._engine):
                    answers += self._difference(target)[1]
        if answers:
            self._engine.count_reads(len(answers), self._work)
            answers.append(_target_change(_Change.NO_CHANGE, [], now_us))
        return answers

    def _difference(self, target: _Target) -> tuple[int, list[Message]]:
        """What the client does not know yet of a target; it knows it from then on. Holds the lock."""
        now_us = self._engine.store.read_us()
        before, after = target.known, target.state(self._engine)
        target.known, target.as_of_us = after, now_us
        answers = [
            _document_changed(document, target.id)
            for name, document in after.items()
            if name not in before or before[name].message != document.message
        ]
        for name in before:
            if name not in after:
                kind = "document_delete" if self._engine.store.get(name) is None else "document_remove"
                answers.append(_document_gone(kind, name, target.id, now_us))
        return now_us, answers


def _target(message: Message) -> _Target:
    match message.WhichOneof("target_type"):
        case "query":
            query = Query(message.query.parent, message.query.structured_query)
            return _Target(message.target_id, query, (), {})
        case "documents":
            return _Target(message.target_id, None, list(message.documents.documents), {})
        case _:
            raise invalid("A target has documents or a query.")


def _resume_us(message: Message) -> int | None:
    """The moment that the client knows already, if it says so. Errors: INVALID_ARGUMENT."""
    match message.WhichOneof("resume_type"):
        case "resume_token":
            token = bytes(message.resume_token)
            if not token.isdigit():
                raise invalid("The resume token is not one of ours.")
            return int(token)
        case "read_time":
            return microseconds(message.read_time)
        case _:
            return None


def _target_change(change: _Change, target_ids: list[int], now_us: int | None = None) -> Message:
    response = ListenResponse()
    response.target_change.target_change_type = change
    response.target_change.target_ids.extend(target_ids)
    if now_us is not None:
        response.target_change.read_time.CopyFrom(timestamp(now_us))
        response.target_change.resume_token = b"%d" % now_us
    return response


def _document_changed(document: StoredDocument, target_id: int) -> Message:
    response = ListenResponse()
    response.document_change.document.CopyFrom(document.message)
    response.document_change.target_ids.append(target_id)
    return response


def _document_gone(kind: str, name: str, target_id: int, now_us: int) -> Message:
    """`document_delete` for one that no longer exists, `document_remove` for one that no longer matches."""
    response = ListenResponse()
    gone = getattr(response, kind)
    gone.document = name
    gone.removed_target_ids.append(target_id)
    gone.read_time.CopyFrom(timestamp(now_us))
    return response
