"""The poller: nothing is missed, nothing is read for ever, and one tenant does not keep another waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.errors import Failure, Permanent
from shared.intake.poll_forms import FIRST_LOOK, OVERLAP, Polled, poll_forms
from shared.jobs.cursor import Cursor
from shared.jobs.facts import Submission
from shared.jobs.tenant import Form, Tenant
from shared.ports.inbox import Accepted
from tests.builders import NOW, tenant

FORM = "form-1"


@dataclass
class FakeForms:
    """A vendor's list of submissions; `asked` keeps from when it was read."""

    rows: list[Submission] = field(default_factory=list[Submission])
    fails: Failure | None = None
    asked: list[datetime] = field(default_factory=list[datetime])

    def submissions(self, form_id: str, since: datetime) -> Iterator[Submission]:
        self.asked.append(since)
        if self.fails is not None:
            raise self.fails
        newest_first = sorted(self.rows, key=lambda row: row.submitted_at, reverse=True)
        yield from (row for row in newest_first if row.form_id == form_id and row.submitted_at >= since)


@dataclass
class FakeInbox:
    """Keeps what was accepted and refused, and how far each form was read."""

    accepted: list[Submission] = field(default_factory=list[Submission])
    refused: list[str] = field(default_factory=list[str])
    cursors: dict[str, Cursor] = field(default_factory=dict[str, Cursor])

    def tenant_of(self, portal_id: str) -> Tenant | None:
        return None

    def tenants(self) -> Sequence[Tenant]:
        return []

    def accept(self, tenant: Tenant, submission: Submission, address: str, *, via: str) -> Accepted:
        known = submission.conversion_id in {row.conversion_id for row in self.accepted}
        if not known:
            self.accepted.append(submission)
        return Accepted("e", "j", duplicate=known)

    def refuse(
        self, tenant_id: str, key: str, *, via: str, reason: str, payload: Mapping[str, object]
    ) -> None:
        self.refused.append(key)

    def poll_soon(self, tenant: Tenant, address: str | None, *, trace_id: str) -> None:
        raise AssertionError("a poll asks for no poll")

    def polled_through(self, tenant: Tenant, form_id: str) -> Cursor | None:
        return self.cursors.get(form_id)

    def remember(self, cursor: Cursor) -> None:
        self.cursors[cursor.id] = cursor


def sent(number: int, at: datetime, address: str = "ann@example.com") -> Submission:
    fields = {"email": address}
    return Submission(conversion_id=f"c{number}", portal_id="1", form_id=FORM, submitted_at=at, fields=fields)


def polled(forms: FakeForms, inbox: FakeInbox, now: datetime = NOW, only: str | None = None) -> Polled:
    failures: list[Failure] = []
    found = poll_forms(
        [tenant(forms={FORM: Form(name="Contact us"), "off": Form(name="Old", active=False)})],
        forms=lambda _: forms,
        inbox=inbox,
        now=now,
        only=only,
        failed=lambda _, error: failures.append(error),
    )
    assert len(failures) == found.failed
    return found


def test_what_is_new_is_accepted_once_and_the_cursor_moves_to_it() -> None:
    forms, inbox = FakeForms([sent(1, NOW - timedelta(minutes=5))]), FakeInbox()
    assert polled(forms, inbox).accepted == 1
    assert polled(forms, inbox).duplicates == 1
    assert [row.conversion_id for row in inbox.accepted] == ["c1"]
    assert inbox.cursors[FORM].read_through == NOW - timedelta(minutes=5)
    assert forms.asked == [NOW - FIRST_LOOK, NOW - timedelta(minutes=5) - OVERLAP]


def test_what_was_submitted_before_the_first_look_is_left_to_people() -> None:
    forms, inbox = FakeForms([sent(1, NOW - FIRST_LOOK - timedelta(seconds=1))]), FakeInbox()
    assert polled(forms, inbox).accepted == 0


def test_a_submission_that_appears_late_in_the_list_is_not_missed() -> None:
    forms, inbox = FakeForms([sent(1, NOW)]), FakeInbox()
    polled(forms, inbox)
    forms.rows.append(sent(2, NOW - OVERLAP))
    assert polled(forms, inbox, NOW + timedelta(minutes=5)).accepted == 1


def test_a_submission_stamped_in_the_future_hides_nothing_that_comes_until_then() -> None:
    forms, inbox = FakeForms([sent(1, NOW + timedelta(days=7))]), FakeInbox()
    polled(forms, inbox)
    assert inbox.cursors[FORM].read_through == NOW
    forms.rows.append(sent(2, NOW + timedelta(hours=1)))
    assert polled(forms, inbox, NOW + timedelta(hours=1)).accepted == 1


def test_an_unusable_submission_is_refused_and_the_others_go_on() -> None:
    forms = FakeForms([sent(1, NOW, "nobody"), sent(2, NOW - timedelta(minutes=1))])
    inbox = FakeInbox()
    found = polled(forms, inbox)
    assert (found.accepted, found.refused) == (1, 1)
    assert inbox.refused == ["c1"]


def test_a_poll_for_one_contact_takes_only_theirs_and_moves_no_cursor() -> None:
    forms = FakeForms([sent(1, NOW), sent(2, NOW, "bob@example.com"), sent(3, NOW, "nobody")])
    inbox = FakeInbox()
    assert polled(forms, inbox, only="bob@example.com").accepted == 1
    assert [row.conversion_id for row in inbox.accepted] == ["c2"]
    assert not inbox.cursors
    assert not inbox.refused


def test_a_form_that_was_switched_off_is_not_read() -> None:
    forms = FakeForms()
    assert polled(forms, FakeInbox()).forms == 1


def test_a_vendor_that_fails_is_reported_and_the_cursor_stays() -> None:
    forms, inbox = FakeForms([sent(1, NOW)], fails=Permanent("hubspot: the key is wrong")), FakeInbox()
    assert polled(forms, inbox).failed == 1
    assert not inbox.cursors
