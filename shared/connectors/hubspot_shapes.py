"""The parts of HubSpot's answers that we rely on."""

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Permanent, Retryable
from shared.pattern import Pattern

_ID = Pattern(r"[0-9]{1,20}")


def hubspot_id(value: str) -> str:
    """A record's id, fit for a path. Errors: Permanent for anything but digits."""
    if not _ID.fullmatch(value):
        raise Permanent("hubspot: a record id that is not a number is not looked up")
    return value


class _Shape(BaseModel):
    # Ids come as numbers in some answers and as text in others.
    model_config = ConfigDict(coerce_numbers_to_str=True, frozen=True, defer_build=True)


class _Associated(_Shape):
    id: str
    type: str = ""


class _AssociatedList(_Shape):
    results: tuple[_Associated, ...]


class Record(_Shape):
    """A record of any type, with the associations that were asked for."""

    id: str = Field(pattern=r"^[0-9]{1,20}$")
    properties: dict[str, str | None] = Field(default_factory=dict[str, str | None])
    associations: dict[str, _AssociatedList] = Field(default_factory=dict[str, _AssociatedList])

    def associated(self, type_: str, label: str | None = None) -> tuple[str, ...]:
        """Ids of associated records, each once, under any label or one."""
        listed = self.associations.get(type_)
        rows = listed.results if listed else ()
        return tuple(dict.fromkeys(row.id for row in rows if label is None or row.type == label))


class Found(_Shape):
    """A page of search results."""

    results: tuple[Record, ...]


class _BatchError(_Shape):
    category: str = ""


class Batch(_Shape):
    """What a batch read found; `errors` where some were not found or could not be read."""

    status: str = "COMPLETE"
    results: tuple[Record, ...]
    errors: tuple[_BatchError, ...] = ()

    def records(self, who: str) -> tuple[Record, ...]:
        """Those that exist. Errors: Retryable when some could not be read for another reason."""
        complete(who, self.status, self.errors)
        return self.results


class _AssociatedObject(_Shape):
    to_object_id: str = Field(alias="toObjectId", pattern=r"^[0-9]{1,20}$")


class _NextPage(_Shape):
    after: str


class _Paging(_Shape):
    next: _NextPage | None = None


class _AssociatedBatchRow(_Shape):
    to: tuple[_AssociatedObject, ...]
    paging: _Paging | None = None


class AssociatedBatch(_Shape):
    """A page of the associations of one record."""

    status: str = "COMPLETE"
    results: tuple[_AssociatedBatchRow, ...]
    errors: tuple[_BatchError, ...] = ()

    def ids(self, who: str) -> tuple[str, ...]:
        """Errors: Retryable when they could not be read."""
        complete(who, self.status, self.errors)
        return tuple(each.to_object_id for row in self.results for each in row.to)

    @property
    def after(self) -> str | None:
        """The cursor of the next page."""
        return next((row.paging.next.after for row in self.results if row.paging and row.paging.next), None)


def complete(who: str, status: str, errors: tuple[_BatchError, ...]) -> None:
    """Errors: Retryable for a batch of which a part failed; what is not found is no failure."""
    if status != "COMPLETE" or any(each.category != "OBJECT_NOT_FOUND" for each in errors):
        raise Retryable(f"{who} was answered in part only")


class Owner(_Shape):
    """A CRM user."""

    id: str = Field(pattern=r"^[0-9]{1,20}$")
    email: str | None = None


class Owners(_Shape):
    """CRM users."""

    results: tuple[Owner, ...]


class _Status(_Shape):
    status: str
    channel: str = "EMAIL"


class Statuses(_Shape):
    """Subscription statuses of one address."""

    results: tuple[_Status, ...]

    @property
    def any_unsubscribed(self) -> bool:
        return any(each.status == "UNSUBSCRIBED" for each in self.results if each.channel == "EMAIL")


class _FormValue(_Shape):
    name: str
    value: str = ""


class _FormSubmission(_Shape):
    conversion_id: str = Field(alias="conversionId", min_length=1)
    submitted_at: int = Field(alias="submittedAt", ge=0, lt=1 << 53)
    values: tuple[_FormValue, ...] = ()
    page_url: str = Field(default="", alias="pageUrl")


class Submissions(_Shape):
    """A page of form submissions, newest first."""

    results: tuple[_FormSubmission, ...]
    paging: _Paging | None = None

    @property
    def after(self) -> str | None:
        """The cursor of the next page."""
        return self.paging.next.after if self.paging and self.paging.next else None
