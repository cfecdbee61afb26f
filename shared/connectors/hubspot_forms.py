"""HubSpot's form submissions: there is no webhook for them, so they are also read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.connectors.http import VendorHttp
from shared.connectors.hubspot_shapes import Submissions
from shared.errors import Permanent, Retryable
from shared.jobs.facts import Submission
from shared.pattern import Pattern

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM_ID = Pattern(r"[0-9A-Za-z-]{1,64}")
_PAGE = 50


class HubSpotForms:
    """The forms of one portal."""

    def __init__(self, http: VendorHttp, portal_id: str) -> None:
        self._http = http
        self._portal_id = portal_id

    def submissions(self, form_id: str, since: datetime) -> Iterator[Submission]:
        """Submissions at or after a time, newest first, page by page as they are taken.

        Errors: Permanent when the form does not exist, Retryable when the pages go round in a circle.
        """
        if not _FORM_ID.fullmatch(form_id):
            raise Permanent("hubspot: the form id is not an id; mend it in the tenant's forms")
        path = f"/form-integrations/v1/submissions/forms/{form_id}"
        query: dict[str, str | int] = {"limit": _PAGE}
        seen: set[str] = set()
        while True:
            page = self._http.read("submissions", "GET", path, query=query).parsed(Submissions)
            for row in page.results:
                submitted_at = _EPOCH + timedelta(milliseconds=row.submitted_at)
                if submitted_at < since:
                    return
                fields: dict[str, str] = {}
                for each in row.values:
                    # A field with several values comes once for each of them.
                    fields[each.name] = (
                        f"{fields[each.name]};{each.value}" if each.name in fields else each.value
                    )
                yield Submission(
                    conversion_id=row.conversion_id,
                    portal_id=self._portal_id,
                    form_id=form_id,
                    submitted_at=submitted_at,
                    fields=fields,
                    page_url=row.page_url,
                )
            if page.after is None:
                return
            if page.after in seen:
                raise Retryable("hubspot: submissions were answered with the same page again")
            seen.add(page.after)
            query["after"] = page.after
