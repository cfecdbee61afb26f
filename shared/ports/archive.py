"""Where the audit is kept off the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Archive(Protocol):
    """What is kept for good, out of reach of whoever has our database. Errors: Retryable, Permanent."""

    def put(self, key: str, content: bytes) -> bytes:
        """Keep a content under a key where nothing ever was; returns what is kept there, this or the older one."""
        ...

    def get(self, key: str) -> bytes | None:
        """What was kept first under a key; None when nothing ever was."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Every key that begins so and under which something was ever kept, in order."""
        ...
