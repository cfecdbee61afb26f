"""Some fields of a document that operators edit by hand, set without touching the others."""

from datetime import datetime
from typing import Self

from pydantic import Field

from shared.jobs.document import Document


class FieldsSet(Document):
    """Written against the version that was read. A field may be a path of keys with dots."""

    place: str = Field(exclude=True)

    @property
    def path(self) -> str:
        return self.place

    @classmethod
    def of(cls, place: str, version: datetime | None, fields: dict[str, object]) -> Self:
        """The change of these fields of the document that was read at this version."""
        return cls.model_validate({"place": place, **fields}).read_at(version)
