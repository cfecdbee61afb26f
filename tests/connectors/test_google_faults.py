"""What becomes of each call to Gmail and Calendar when its answer does not come, or comes broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.connectors import dialects
from shared.connectors.gmail import GmailMailbox
from shared.errors import Failure, Permanent, Retryable, Unclear
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, answer, mail, rig, vendor_http


@pytest.fixture
def world() -> Rig:
    return rig()


READS: dict[str, Callable[[Rig], object]] = {
    "newest_thread_with": lambda world: world.mailbox.newest_thread_with(ANA),
    "find_draft": lambda world: world.mailbox.find_draft("d-1"),
    "head": lambda world: world.mailbox.head("19ab"),
    "sent_in": lambda world: world.mailbox.sent_in("19ab", NOW),
    "busy": lambda world: world.calendar.busy(ISABEL, NOW, NOW.replace(day=27)),
}
WRITES: dict[str, Callable[[Rig], object]] = {
    "create_draft": lambda world: world.mailbox.create_draft(mail(), None),
    "update_draft": lambda world: world.mailbox.update_draft("r1", mail(), None),
    "send_draft": lambda world: world.mailbox.send_draft("r1", mail(), None),
}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(
    "fault", ["429", "403_rate", "500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage"]
)
def test_a_read_that_stays_broken_is_retryable_after_three_tries(name: str, fault: str) -> None:
    world = rig()
    vendor = "calendar" if name == "busy" else "gmail"
    world.sandbox.faults.add(vendor=vendor, kind=fault)
    with pytest.raises(Retryable):
        READS[name](world)
    assert world.count(vendor) == 3


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", Retryable), ("403_rate", Retryable), ("429_retry_after", Retryable)]
    + [
        (each, Unclear) for each in ("500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage")
    ],
)
def test_a_write_goes_out_once_whatever_happens(name: str, fault: str, kind: type[Failure]) -> None:
    world = rig()
    world.sandbox.faults.add(vendor="gmail", kind=fault)
    with pytest.raises(Failure) as caught:
        WRITES[name](world)
    assert type(caught.value) is kind
    assert world.count("gmail") == 1


def test_a_draft_whose_answer_was_lost_is_found_instead_of_made_again(world: Rig) -> None:
    world.sandbox.faults.add(vendor="gmail", method="POST", kind="lost_answer", nth=1)
    with pytest.raises(Unclear):
        world.mailbox.create_draft(mail(X_Whisper_Draft="d-1"), None)
    assert world.mailbox.find_draft("d-1") is not None


def test_a_token_that_was_revoked_is_made_anew(world: Rig) -> None:
    world.mailbox.newest_thread_with(ANA)
    with world.sandbox.changing():
        world.sandbox.google_oauth.revoke_all()
    world.mailbox.create_draft(mail(), None)
    assert world.count("google-oauth") == 2


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (403, "rateLimitExceeded", Retryable, "rateLimitExceeded"),
        (403, "userRateLimitExceeded", Retryable, "userRateLimitExceeded"),
        (403, "insufficientPermissions", Permanent, "allow the scope"),
        (403, "domainPolicy", Permanent, "administrator"),
        (403, "dailyLimitExceeded", Retryable, "daily quota"),
        (403, "accessNotConfigured", Permanent, "enable this API"),
        (400, "failedPrecondition", Permanent, "licence"),
        (401, "authError", Permanent, "domain-wide delegation"),
        (403, "somethingElse", Permanent, "domain-wide delegation"),
        (404, "notFound", Permanent, "404 notFound"),
    ],
)
def test_googles_refusals_say_what_to_mend(status: int, reason: str, kind: type[Failure], words: str) -> None:
    error = {"code": status, "message": f"no {ANA}", "errors": [{"domain": "global", "reason": reason}]}
    script = Script(answer(status, {"error": error}))
    tested = GmailMailbox(vendor_http(script, dialect=dialects.google))
    with pytest.raises(kind, match=words) as caught:
        tested.create_draft(b"x", None)
    assert ANA not in caught.value.reason
