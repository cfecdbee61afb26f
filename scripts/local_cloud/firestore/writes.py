"""What a batch of writes does: preconditions, masks and transforms, worked out before anything is stored.

A batch is one thing: its first refusal leaves every document as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.errors import already_exists, failed_precondition, invalid, not_found
from scripts.local_cloud.firestore.names import check_document_name
from scripts.local_cloud.firestore.protos import (
    Document,
    Message,
    WriteResult,
    microseconds,
    timestamp,
)
from scripts.local_cloud.firestore.transforms import transformed
from scripts.local_cloud.firestore.values import (
    check_fields,
    delete_field,
    get_field,
    parse_field_path,
    set_field,
)

_MAX_DOCUMENT_BYTES = 1_048_576

Operation = Literal["update", "delete", "verify", "transform"]


@dataclass
class Planned:
    """What a batch would do: the new state of each document, and the answer to each write."""

    changes: dict[str, StoredDocument | None] = field(default_factory=dict[str, "StoredDocument | None"])
    results: list[Message] = field(default_factory=list[Message])
    written: int = 0
    deleted: int = 0


def name_of(write: Message) -> str:
    """The document that a write is about. Errors: INVALID_ARGUMENT."""
    match write.WhichOneof("operation"):
        case "update":
            name = write.update.name
        case "delete":
            name = write.delete
        case "verify":
            name = write.verify
        case "transform":
            name = write.transform.document
        case _:
            raise invalid("A write must have an operation.")
    return check_document_name(name)


def plan(writes: Iterable[Message], read: Callable[[str], StoredDocument | None], commit_us: int) -> Planned:
    """Work out a batch on top of what `read` returns. Errors: RpcError for the first refusal."""
    planned = Planned()
    for write in writes:
        name = name_of(write)
        before = planned.changes[name] if name in planned.changes else read(name)
        if write.HasField("current_document"):
            _check_precondition(write.current_document, name, before, commit_us)
        result = WriteResult()
        planned.results.append(result)
        match write.WhichOneof("operation"):
            case "verify":
                continue
            case "delete":
                planned.changes[name] = None
                planned.deleted += 1
            case _:
                after = _written(write, name, before, commit_us, result)
                result.update_time.CopyFrom(after.message.update_time)
                planned.changes[name] = after
                planned.written += 1
    return planned


def _check_precondition(condition: Message, name: str, before: StoredDocument | None, commit_us: int) -> None:
    match condition.WhichOneof("condition_type"):
        case "exists":
            if condition.exists and before is None:
                raise not_found(f"No document to update: {name}")
            if not condition.exists and before is not None:
                raise already_exists(f"Document already exists: {name}")
        case "update_time":
            wanted_us = microseconds(condition.update_time)
            if wanted_us > commit_us:
                raise invalid("The update_time of a precondition cannot be in the future.")
            if before is None:
                raise not_found(f"No document to update: {name}")
            if before.message.update_time != condition.update_time:
                raise failed_precondition(
                    f"the stored version ({before.update_us}) does not match "
                    f"the required base version ({wanted_us})"
                )
        case _:
            pass


def _written(
    write: Message, name: str, before: StoredDocument | None, commit_us: int, result: Message
) -> StoredDocument:
    """The document after an update or a transform; appends to the result what the transforms produced."""
    is_update = write.WhichOneof("operation") == "update"
    after = Document(name=name)
    if is_update and not write.HasField("update_mask"):
        after.MergeFrom(write.update)
        after.ClearField("create_time")
        after.ClearField("update_time")
    else:
        if before is not None:
            after.MergeFrom(before.message)
        for text in write.update_mask.field_paths if is_update else ():
            path = parse_field_path(text)
            value = get_field(write.update.fields, path)
            if value is None:
                delete_field(after.fields, path)
            else:
                set_field(after.fields, path, value)
    for transform in write.update_transforms if is_update else write.transform.field_transforms:
        path = parse_field_path(transform.field_path)
        value, answer = transformed(transform, get_field(after.fields, path), commit_us)
        set_field(after.fields, path, value)
        result.transform_results.add().CopyFrom(answer)
    check_fields(after.fields)
    return _stamped(after, before, commit_us)


def _stamped(after: Message, before: StoredDocument | None, commit_us: int) -> StoredDocument:
    """The new version with its times; writing what is already there keeps the update time."""
    if before is None:
        after.create_time.CopyFrom(timestamp(commit_us))
    else:
        after.create_time.CopyFrom(before.message.create_time)
        after.update_time.CopyFrom(before.message.update_time)
        if after == before.message:
            return before
    after.update_time.CopyFrom(timestamp(commit_us))
    size = after.ByteSize()
    if size > _MAX_DOCUMENT_BYTES:
        raise invalid(
            f"Document '{after.name}' cannot be written because its size ({size:,} bytes) "
            f"exceeds the maximum allowed size of {_MAX_DOCUMENT_BYTES:,} bytes."
        )
    return StoredDocument(after)
