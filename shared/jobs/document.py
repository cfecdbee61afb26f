"""Documents as Firestore keeps them: known fields typed, unknown ones kept, with the version read."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Value(BaseModel):
    """An immutable part of a document.

    Unknown fields are kept, so that during a rollout an older function never drops what a newer one wrote.
    """

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    def but(self, **changes: Any) -> Self:
        """A validated copy with some fields changed."""
        return type(self).model_validate({**dict(self), **changes})


class Document(Value, ABC):
    """A whole document with its path.

    One rule governs every write: a document that was read is written only if it has not changed since, one
    that was not read is created only if it does not exist.
    """

    _read_at: datetime | None = PrivateAttr(default=None)

    @property
    @abstractmethod
    def path(self) -> str:
        """Where it lives, from the root of the database."""

    @property
    def version(self) -> datetime | None:
        """The update time it was read at; None when it is new."""
        return self._read_at

    def read_at(self, version: datetime | None) -> Self:
        """The same document, marked with the version it was read at."""
        copy = self.model_copy()
        copy._read_at = version
        return copy

    def but(self, **changes: Any) -> Self:
        return super().but(**changes).read_at(self._read_at)
