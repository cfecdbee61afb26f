"""Puts audit entries at the end of their chains as they are committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.jobs.audit import AuditEntry, AuditHead, head_path, linked
from shared.jobs.document import Document

Heads = Callable[[Sequence[str]], Sequence[AuditHead | None]]


def chained(documents: Sequence[Document], read_heads: Heads) -> list[Document]:
    """The documents with each audit entry linked to the one before it, and the heads that follow.

    Head and entry ride in one batch, each conditional: two writers can never both be the next of a chain.
    """
    entries = [each for each in documents if isinstance(each, AuditEntry)]
    if not entries:
        return list(documents)
    paths = list(dict.fromkeys(head_path(entry.tenant, entry.chain) for entry in entries))
    heads: dict[str, AuditHead | None] = dict(zip(paths, read_heads(paths), strict=True))
    written: list[Document] = []
    for document in documents:
        if isinstance(document, AuditEntry):
            path = head_path(document.tenant, document.chain)
            entry, heads[path] = linked(document, heads[path])
            written.append(entry)
        else:
            written.append(document)
    return [*written, *(head for head in heads.values() if head is not None)]
