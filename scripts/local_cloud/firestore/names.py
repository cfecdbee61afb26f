"""Resource names: `projects/P/databases/D/documents/jobs/j1`, their parts and their order."""

from __future__ import annotations

from functools import lru_cache

from scripts.local_cloud.firestore.errors import invalid

_ROOT_SEGMENTS = 5
_MAX_ID_BYTES = 1500

ReferenceKey = tuple[tuple[int, int | bytes], ...]


def root_of(name: str) -> str:
    """The database's document root, `projects/P/databases/D/documents`. Errors: INVALID_ARGUMENT."""
    segments = name.split("/", _ROOT_SEGMENTS)
    if len(segments) < _ROOT_SEGMENTS or (segments[0], segments[2], segments[4]) != (
        "projects",
        "databases",
        "documents",
    ):
        raise invalid(f'Resource name "{name}" is not below projects/P/databases/D/documents')
    return "/".join(segments[:_ROOT_SEGMENTS])


def project_of(name: str) -> str:
    return name.split("/", 2)[1]


def collection_of(document_name: str) -> str:
    """The path of the collection that holds a document."""
    return document_name.rpartition("/")[0]


def collection_id_of(collection_path: str) -> str:
    return collection_path.rpartition("/")[2]


@lru_cache(maxsize=65536)
def check_document_name(name: str) -> str:
    """The name itself when it can name a document. Errors: INVALID_ARGUMENT."""
    segments = name[len(root_of(name)) + 1 :].split("/")
    for segment in segments:
        if segment in ("", ".", "..") or _is_reserved(segment) or len(segment.encode()) > _MAX_ID_BYTES:
            raise invalid(f'Document name "{name}" has invalid id "{segment[:100]}"')
    if len(segments) % 2:
        raise invalid(f'Document name "{name}" lacks "/" at index {len(name)}')
    return name


def _is_reserved(segment: str) -> bool:
    return segment.startswith("__") and segment.endswith("__") and _numeric_id(segment) is None


def _numeric_id(segment: str) -> int | None:
    """`__id7__` names the numeric id 7 of a document that came from Datastore."""
    digits = segment[4:-2] if segment.startswith("__id") and segment.endswith("__") else ""
    return int(digits) if digits.removeprefix("-").isdigit() else None


def reference_key(name: str) -> ReferenceKey:
    """What references and document names are ordered by: segment for segment, numeric ids first."""
    key: list[tuple[int, int | bytes]] = []
    for segment in name.split("/"):
        number = _numeric_id(segment) if segment.startswith("__id") else None
        key.append((1, segment.encode()) if number is None else (0, number))
    return tuple(key)
