"""Sending a draft: one call, what its answer proves, and the evidence that is left where it proves nothing."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.connectors import dialects
from shared.connectors.gmail import GmailMailbox
from shared.connectors.lease import effects_until_s
from shared.errors import Failure, Permanent, Retryable, Unclear
from shared.ports.mailbox import SentReceipt
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, Time, answer, mail, rig, vendor_http
from tests.sandbox import discovery

SEND = "https://gmail.googleapis.com/gmail/v1/users/me/drafts/send"
MARKED = mail(X_Whisper_Draft="d-1")


@pytest.fixture
def world() -> Rig:
    return rig()


def mailbox(*answers: httpx.Response | Exception, **settings: Any) -> tuple[GmailMailbox, Script]:
    script = Script(*answers)
    return GmailMailbox(vendor_http(script, dialect=dialects.google, **settings)), script


def refusal(status: int, reason: str, message: str = "No.") -> httpx.Response:
    errors = [{"domain": "usageLimits", "reason": reason, "message": message}]
    return answer(status, {"error": {"code": status, "message": message, "errors": errors}})


def sent_count(world: Rig) -> int:
    return len(world.sandbox.effects.entries("mail_sent"))


# The call


def test_a_draft_goes_out_with_exactly_the_bytes_given_and_is_used_up(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail("As it was filed\n"), None)
    receipt = world.mailbox.send_draft(filed.id, MARKED, None)
    assert receipt is not None
    assert receipt.thread_id == filed.thread_id
    assert receipt.message_id != filed.message_id
    assert world.mailbox.draft(filed.id) is None
    assert world.mailbox.listed_drafts() == {}
    went = world.mailbox.mail(receipt.message_id)
    assert went is not None
    assert went.text == "Hello\n"
    assert sent_count(world) == 1


def test_it_is_one_post_with_the_drafts_id_its_thread_and_its_bytes() -> None:
    tested, script = mailbox(answer(200, {"id": "m-9", "threadId": "19ab", "labelIds": ["SENT"]}))
    assert tested.send_draft("r1", MARKED, "19ab") == SentReceipt("m-9", "19ab")
    (request,) = script.requests
    assert (request.method, request.url.path) == ("POST", "/gmail/v1/users/me/drafts/send")
    body = json.loads(request.content)
    assert {**body, "message": {**body["message"], "raw": ""}} == {
        "id": "r1",
        "message": {"raw": "", "threadId": "19ab"},
    }
    assert base64.urlsafe_b64decode(body["message"]["raw"]) == MARKED
    assert discovery.validate_request("POST", SEND, request.content) == "gmail.users.drafts.send"


def test_in_a_thread_it_is_an_answer_there(world: Rig) -> None:
    thread = world.mailbox.newest_thread_with(ANA)
    assert thread is not None
    last = thread.messages[-1]
    raw = mail(Subject=last.subject, In_Reply_To=last.message_id_header, References=last.message_id_header)
    filed = world.mailbox.create_draft(raw, thread.id)
    assert world.mailbox.head(thread.id) == last.id
    receipt = world.mailbox.send_draft(filed.id, raw, thread.id)
    assert receipt is not None
    assert receipt.thread_id == thread.id
    assert world.mailbox.head(thread.id) == receipt.message_id


def test_every_call_is_as_google_describes_it_and_one_of_our_scopes_allows_it(world: Rig) -> None:
    filed = world.mailbox.create_draft(MARKED, None)
    world.mailbox.send_draft(filed.id, MARKED, None)
    world.mailbox.head(filed.thread_id)
    world.mailbox.sent_in(filed.thread_id, world.clock.now())
    assert world.recorder.methods[-3:] == ["gmail.users.drafts.send", *["gmail.users.threads.get"] * 2]


@pytest.mark.parametrize("id_", ["", "../send", "a/b", "a b"])
def test_an_id_that_is_none_is_never_sent(id_: str) -> None:
    tested, script = mailbox(answer(200, {}))
    for draft_id, thread_id in ((id_, None), ("r1", id_)):
        with pytest.raises(Permanent):
            tested.send_draft(draft_id, MARKED, thread_id)
    assert script.requests == []


# What the answer proves


def test_a_draft_that_is_gone_is_none_and_no_success(world: Rig) -> None:
    filed = world.mailbox.create_draft(MARKED, None)
    assert world.mailbox.send_draft(filed.id, MARKED, None) is not None
    assert world.mailbox.send_draft(filed.id, MARKED, None) is None
    assert sent_count(world) == 1


@pytest.mark.parametrize(
    ("status", "reason", "message", "kind", "wait_s"),
    [
        (429, "rateLimitExceeded", "Too many concurrent requests for user", Retryable, None),
        (429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after 2026-11-21T09:00:00.000Z", Retryable, None),
        (429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after … (Mail sending)", Retryable, 3600.0),
        (403, "userRateLimitExceeded", "User Rate Limit Exceeded", Retryable, None),
        (403, "rateLimitExceeded", "Rate Limit Exceeded", Retryable, None),
        (403, "dailyLimitExceeded", "Daily Limit Exceeded", Retryable, 3600.0),
        (403, "domainPolicy", "The domain administrators have disabled Gmail apps.", Permanent, None),
        (403, "insufficientPermissions", "Insufficient Permission", Permanent, None),
        (400, "invalidArgument", "Invalid To header", Permanent, None),
        (401, "authError", "Invalid Credentials", Permanent, None),
        (409, "aborted", "Conflict", Unclear, None),
        (408, "timeout", "Timeout", Unclear, None),
        (412, "conditionNotMet", "Precondition", Unclear, None),
        (500, "backendError", "Backend Error", Unclear, None),
        (503, "backendError", "Unavailable", Unclear, None),
        (302, "moved", "Elsewhere", Unclear, None),
    ],
)  # fmt: skip
def test_only_what_gmail_says_it_refused_counts_as_not_sent(
    status: int, reason: str, message: str, kind: type[Failure], wait_s: float | None
) -> None:
    tested, script = mailbox(refusal(status, reason, message))
    with pytest.raises(Failure) as caught:
        tested.send_draft("r1", MARKED, None)
    assert type(caught.value) is kind
    assert message not in caught.value.reason
    assert getattr(caught.value, "retry_after_s", None) == wait_s
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "body", [{}, {"id": "m"}, {"id": "", "threadId": "t"}, [], "sent", {"id": 7, "threadId": 8}]
)
def test_a_success_in_an_unknown_shape_proves_nothing(body: Any) -> None:
    tested, script = mailbox(httpx.Response(200, json=body))
    with pytest.raises(Unclear):
        tested.send_draft("r1", MARKED, None)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("no"), Retryable),
        (httpx.ConnectTimeout("no"), Retryable),
        (httpx.ReadTimeout("no"), Unclear),
        (httpx.WriteError("no"), Unclear),
        (httpx.RemoteProtocolError("no"), Unclear),
    ],
)
def test_only_a_connection_that_was_never_made_is_proof(error: Exception, kind: type[Failure]) -> None:
    tested, script = mailbox(error)
    with pytest.raises(Failure) as caught:
        tested.send_draft("r1", MARKED, None)
    assert type(caught.value) is kind
    assert len(script.requests) == 1


def test_refused_for_an_old_token_it_is_sent_once_with_a_new_one(world: Rig) -> None:
    filed = world.mailbox.create_draft(MARKED, None)
    with world.sandbox.changing():
        world.sandbox.google_oauth.revoke_all()
    assert world.mailbox.send_draft(filed.id, MARKED, None) is not None
    assert sent_count(world) == 1


def test_after_the_lease_of_its_intent_nothing_is_sent() -> None:
    time = Time()
    tested, script = mailbox(answer(200, {"id": "m", "threadId": "t"}), clock=time.clock)
    over = effects_until_s.set(time.clock() - 1)
    try:
        with pytest.raises(Retryable):
            tested.send_draft("r1", MARKED, None)
    finally:
        effects_until_s.reset(over)
    assert script.requests == []


UNCLEAR = ("500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage")


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (fault, applied)
        for fault in UNCLEAR
        for applied in (False, True)
        if applied or fault != "half"  # half of an answer that was never made is none
    ],
)
def test_whatever_becomes_of_the_answer_the_thread_tells_whether_it_was_sent(
    world: Rig, fault: str, applied: bool
) -> None:
    since = world.clock.now()
    filed = world.mailbox.create_draft(MARKED, None)
    world.sandbox.faults.add(
        vendor="gmail", method="POST", path_regex="drafts/send", kind=fault, applied=applied, nth=1
    )
    with pytest.raises(Unclear):
        world.mailbox.send_draft(filed.id, MARKED, None)
    found = world.mailbox.sent_in(filed.thread_id, since)
    assert [each.marker for each in found] == (["d-1"] if applied else [])
    assert (world.mailbox.draft(filed.id) is None) is applied
    assert sent_count(world) == int(applied)


# The evidence


def test_the_mails_that_went_out_in_a_thread_are_told_with_our_mark_and_gmails_message_id(world: Rig) -> None:
    filed = world.mailbox.create_draft(MARKED, None)
    since = world.clock.now()
    receipt = world.mailbox.send_draft(filed.id, MARKED, None)
    assert receipt is not None
    (found,) = world.mailbox.sent_in(filed.thread_id, since)
    assert (found.message_id, found.thread_id) == (receipt.message_id, filed.thread_id)
    assert (found.marker, found.subject, found.recipients) == ("d-1", "A question", (ANA,))
    assert found.message_id_header.endswith("@mail.gmail.com>")
    assert found == world.mailbox.sent_mails(ANA, since)[0]
    world.clock.advance(1)
    assert world.mailbox.sent_in(filed.thread_id, world.clock.now()) == ()


def test_mails_that_came_in_and_drafts_are_no_evidence(world: Rig) -> None:
    thread = world.mailbox.newest_thread_with(ANA)
    assert thread is not None
    since = thread.messages[0].sent_at
    own = [each.id for each in thread.messages if each.sender == ISABEL]
    last = thread.messages[-1]
    raw = mail(Subject=last.subject, In_Reply_To=last.message_id_header, References=last.message_id_header)
    world.mailbox.create_draft(raw, thread.id)
    assert [each.message_id for each in world.mailbox.sent_in(thread.id, since)] == own
    assert world.mailbox.sent_in(thread.id, since + timedelta(seconds=1)) == ()


def test_no_search_is_asked_which_would_not_know_the_mail_yet() -> None:
    tested, script = mailbox(answer(404))
    assert tested.sent_in("19ab", NOW) == ()
    (request,) = script.requests
    assert request.url.path == "/gmail/v1/users/me/threads/19ab"
    assert "q" not in request.url.params


def test_a_sent_mail_whose_time_gmail_does_not_tell_is_evidence() -> None:
    message = {"id": "m1", "threadId": "19ab", "labelIds": ["SENT"], "payload": {"headers": []}}
    tested, _ = mailbox(answer(200, {"id": "19ab", "messages": [message]}))
    assert [each.message_id for each in tested.sent_in("19ab", NOW)] == ["m1"]


def test_evidence_that_cannot_be_read_is_a_failure_and_not_its_absence() -> None:
    for shape in ({"messages": [{"id": "m1"}]}, {"messages": "none"}, []):
        tested, _ = mailbox(httpx.Response(200, json=shape))
        with pytest.raises(Retryable):
            tested.sent_in("19ab", NOW)
        with pytest.raises(Retryable):
            tested.head("19ab")


def test_a_header_that_gmail_drops_leaves_the_mark_empty(world: Rig) -> None:
    world.sandbox.gmail.sending = replace(world.sandbox.gmail.sending, keeps_custom_headers=False)
    filed = world.mailbox.create_draft(MARKED, None)
    world.mailbox.send_draft(filed.id, MARKED, None)
    (found,) = world.mailbox.sent_in(filed.thread_id, world.clock.now())
    assert found.marker == ""


# The thread's head


def test_the_head_is_the_newest_mail_that_is_no_draft(world: Rig) -> None:
    thread = world.mailbox.newest_thread_with(ANA)
    assert thread is not None
    assert world.mailbox.head(thread.id) == thread.messages[-1].id
    world.clock.advance(60)
    came = world.sandbox.people.reply(ISABEL, thread.id, text="One more thing")
    assert world.mailbox.head(thread.id) == came["id"]


def test_the_head_of_nothing_but_a_draft_or_of_no_thread_is_none(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail(), None)
    assert world.mailbox.head(filed.thread_id) is None
    assert world.mailbox.head("19abcdef01234567") is None


def test_the_head_is_read_without_a_word_of_the_mails() -> None:
    messages = [
        {"id": "m2", "threadId": "t", "labelIds": ["INBOX"], "internalDate": "2000"},
        {"id": "m1", "threadId": "t", "labelIds": ["SENT"], "internalDate": "1000"},
        {"id": "m3", "threadId": "t", "labelIds": ["DRAFT"], "internalDate": "3000"},
    ]
    tested, script = mailbox(answer(200, {"id": "19ab", "messages": messages}))
    assert tested.head("19ab") == "m2"
    assert script.requests[0].url.params["format"] == "minimal"
