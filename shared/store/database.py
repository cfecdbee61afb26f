"""Documents in Firestore: read with their version, written only if they have not changed since.

A commit is sent once. The client's own retry would send an applied commit again and read its own success as
a lost race, so every write here passes `retry=None`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, cast

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from pydantic import BaseModel

from shared.errors import Permanent
from shared.jobs.audit import AuditHead
from shared.jobs.document import Document
from shared.store.audit_chain import chained

Doc = TypeVar("Doc", bound=Document)
Result = TypeVar("Result")

NO_FIELD: Any = firestore.DELETE_FIELD
"""In the place of a value it takes the field away."""

READ_TIMEOUT_S = 10.0
REACH_TIMEOUT_S = 3.0
WRITE_TIMEOUT_S = 10.0

_NEVER_BEGAN = "cannot be rolled back"
_KEPT_AS_THEY_ARE = frozenset({str, int, float, bool, bytes, datetime, type(None)})
"""Most values of a document, told by their type alone: documents have hundreds."""

UNREACHABLE = (
    google_errors.ServiceUnavailable,
    google_errors.DeadlineExceeded,
    google_errors.InternalServerError,
    google_errors.Unknown,
    google_errors.RetryError,
    google_errors.Cancelled,
)
"""What Google's client raises when Firestore did not answer."""


class Changed(Exception):
    """Somebody else wrote one of the documents first: nothing of this write was applied."""


class Unreachable(Exception):
    """Firestore did not answer: a read did not happen, a write may have."""


class Database:
    """The documents of all tenants."""

    def __init__(self, client: Any) -> None:
        self.client = client
        """Google's Firestore client, which carries no types worth checking against."""

    def get(self, path: str, type_: type[Doc]) -> Doc | None:
        """One document, or None. Errors: Unreachable; Permanent when it does not fit its type."""
        return self.get_many([path], type_)[0]

    def get_many(self, paths: Sequence[str], type_: type[Doc]) -> list[Doc | None]:
        """Several documents of one type in one call, in the order asked for."""
        by_path = self._snapshots(paths)
        return [read(by_path[path], type_) for path in paths]

    def raw_many(self, paths: Sequence[str]) -> list[dict[str, Any] | None]:
        """Several documents as they are, in one call: for what operators edit by hand."""
        by_path = self._snapshots(paths)
        return [by_path[path].to_dict() for path in paths]

    def raw_with_version(self, path: str) -> tuple[dict[str, Any] | None, datetime | None]:
        """One document as it is, with the version that a change of it is written against. Errors: Unreachable."""
        snapshot = self._snapshots([path])[path]
        version = cast("datetime", snapshot.update_time) if snapshot.exists else None
        return snapshot.to_dict(), version

    def stream(self, query: Any) -> list[Any]:
        """The snapshots that a query finds. Errors: Unreachable."""
        try:
            return list(query.stream(timeout=READ_TIMEOUT_S))
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def reach(self, path: str) -> None:
        """Read one document without patience, to see whether Firestore answers. Errors: Unreachable."""
        try:
            list(self.client.get_all([self.client.document(path)], retry=None, timeout=REACH_TIMEOUT_S))
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def counted(self, query: Any) -> int:
        """How many documents a query finds, without reading them. Errors: Unreachable."""
        try:
            return int(query.count().get(timeout=READ_TIMEOUT_S)[0][0].value)
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def collection(self, path: str) -> dict[str, dict[str, Any]]:
        """All documents of a small collection as they are, by id."""
        try:
            stream = self.client.collection(path).stream(timeout=READ_TIMEOUT_S)
            return {snapshot.id: snapshot.to_dict() or {} for snapshot in stream}
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def _snapshots(self, paths: Sequence[str]) -> dict[str, Any]:
        references = [self.client.document(path) for path in paths]
        try:
            found = self.client.get_all(references, timeout=READ_TIMEOUT_S)
            return {snapshot.reference.path: snapshot for snapshot in found}
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def commit(
        self,
        documents: Iterable[Document],
        *,
        increments: Mapping[str, Mapping[str, int]] | None = None,
        patches: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Write all documents in one batch or none, each conditional on its version.

        Audit entries are put at the end of their chains. `increments` adds to numbers, by path and field; it
        must ride with a document that is created or conditional, so that it cannot double. `patches` sets fields
        of documents that exist, whatever else was written there. Errors: Changed (nothing was written),
        Unreachable (unknown whether it was).
        """
        batch = self.client.batch()
        for document in chained(list(documents), lambda paths: self.get_many(paths, AuditHead)):
            reference = self.client.document(document.path)
            if document.version is None:
                batch.create(reference, encode(document))
            else:
                option = self.client.write_option(last_update_time=document.version)
                batch.update(reference, encode(document), option=option)
        for path, fields in (increments or {}).items():
            added = {name: firestore.Increment(number) for name, number in fields.items()}
            batch.set(self.client.document(path), added, merge=True)
        for path, fields in (patches or {}).items():
            batch.update(self.client.document(path), {name: plain(value) for name, value in fields.items()})
        try:
            batch.commit(retry=None, timeout=WRITE_TIMEOUT_S)
        except (
            google_errors.AlreadyExists,
            google_errors.FailedPrecondition,
            google_errors.NotFound,
            google_errors.Aborted,
        ) as error:
            raise Changed(type(error).__name__) from error
        except google_errors.InvalidArgument as error:
            raise Permanent(
                "Firestore takes no such document: it is over 1 MiB or has a forbidden field"
            ) from error
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def set_field(self, path: str, field: str, value: object) -> None:
        """Set one field of a document that operators edit by hand, and leave its other fields as they are.

        `field` may be a path of keys with dots. Errors: Permanent when there is no such document, Unreachable
        (unknown whether it was set).
        """
        batch = self.client.batch()
        batch.update(self.client.document(path), {field: value})
        try:
            batch.commit(retry=None, timeout=WRITE_TIMEOUT_S)
        except google_errors.NotFound as error:
            raise Permanent(f"document {path} does not exist") from error
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error

    def transact(self, work: Callable[[Any], Result]) -> tuple[Result, datetime | None]:
        """Run `work(transaction)`, which may run more than once and so only reads and writes.

        Returns its result and the version of what it wrote first. Errors: Changed, Unreachable.
        """
        run = cast("Any", firestore).transactional(work)
        transaction: Any = self.client.transaction()
        try:
            result = _run(run, transaction)
        except google_errors.Aborted as error:
            raise Changed("the transaction was aborted") from error
        except google_errors.InvalidArgument as error:
            if "transaction" in str(error):  # it expired, or the server that knew it is gone
                raise Changed("the transaction is no longer known") from error
            raise
        except ValueError as error:
            if "Failed to commit transaction" in str(error):
                raise Changed("the transaction lost its race each time") from error
            raise
        except UNREACHABLE as error:
            raise Unreachable(type(error).__name__) from error
        written = list(transaction.write_results or ())
        return result, cast("datetime", written[0].update_time) if written else None


def _run(run: Callable[[Any], Result], transaction: Any) -> Result:
    """What the work answers, or why not: where a transaction could not begin, the client says something else."""
    try:
        return run(transaction)
    except ValueError as error:
        # It also rolls back what never began, and the failure of that takes the place of the reason.
        if _NEVER_BEGAN in str(error) and error.__context__ is not None:
            raise error.__context__ from None
        raise


def read(snapshot: Any, type_: type[Doc]) -> Doc | None:
    """A typed document from a snapshot, with its version; None when it does not exist."""
    if not snapshot.exists:
        return None
    try:
        document = type_.model_validate(snapshot.to_dict())
    except ValueError as error:
        found = cast("list[dict[str, Any]]", getattr(error, "errors", list)())
        fields = ", ".join(sorted({str(e["loc"][0]) for e in found if e["loc"]}))
        raise Permanent(
            f"document {type_.__name__} does not fit its type in: {fields or 'unknown'}; mend it in Firestore"
        ) from None
    if document.path != snapshot.reference.path:
        raise Permanent(
            f"document {type_.__name__} says it is another one: mend its id or tenant in Firestore"
        )
    return document.read_at(cast("datetime", snapshot.update_time))


def typed(query: Any, type_: type[Doc], *, passed_by: list[str] | None = None) -> Iterator[Doc]:
    """The documents of a query. One that does not fit its type is passed by: it must not wedge the others.

    Its path is added to `passed_by`. Errors: Unreachable.
    """
    try:
        snapshots = list(query.stream(timeout=READ_TIMEOUT_S))
    except UNREACHABLE as error:
        raise Unreachable(type(error).__name__) from error
    for snapshot in snapshots:
        try:
            document = read(snapshot, type_)
        except Permanent:
            if passed_by is not None:
                passed_by.append(snapshot.reference.path)
            continue
        if document is not None:
            yield document


def encode(document: Document) -> dict[str, Any]:
    """The document as plain values that Firestore keeps."""
    return {name: plain(value) for name, value in document.model_dump().items()}


def plain(value: Any) -> Any:
    """A value as Firestore keeps it."""
    if type(value) in _KEPT_AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("Sequence[Any]", value)]
    return value
