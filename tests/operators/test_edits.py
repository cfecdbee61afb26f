"""A person's words take the draft's place: judged like any other, filed, and approved anew (P3, P10)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.playbooks import AWAIT_AT
from shared.operators.decisions import Decided
from shared.operators.refusal import Refusal
from shared.policy import letter
from tests.faults.copies import in_a_copy
from tests.operators.desk import WORDS, Desk

FAILS = "Hi Ana,\n\nwe can offer you a discount of 45% on every plan. Could we talk on Tuesday?\n"
FORBIDDEN = "Hi Ana,\n\nNorthgate Bank pays us $240,000 a year. Could we talk on Tuesday?\n"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Tests change copies of it only."""
    made = Desk()
    yield made
    made.simulation.close()


def test_an_edit_goes_round_the_gate_into_the_mailbox_and_waits_again(desk: Desk) -> None:
    def play() -> None:
        before = desk.draft
        done = desk.do("edit")
        assert (done.draft.revision, done.draft.written_by, done.draft.verdict) == (2, "operator", None)
        assert desk.last == ("DRAFT_REVISED", "tester", "PENDING 1", "PENDING 2", "edited by a person")
        desk.run()
        draft, job = desk.draft, desk.job
        assert (draft.state, draft.gmail_revision, draft.hash) == (DraftState.PENDING, 2, done.draft.hash)
        assert draft.hash != before.hash
        assert draft.verdict is not None
        assert (draft.verdict.revision, draft.verdict.outcome) == (2, "PASS")
        assert (job.stage, job.status, job.next) == (AWAIT_AT, Status.WAITING, None)
        assert draft.gmail_draft_id == before.gmail_draft_id
        assert "delivery notes on Tuesday" in str(desk.in_gmail)
        assert len(desk.recorded("notes")) == len(desk.recorded("tasks")) == 1
        kept = ("sender", "recipient", "footer", "thread_id", "opt_out_url")
        assert [getattr(draft, name) for name in kept] == [getattr(before, name) for name in kept]
        assert letter.differences(draft) == ()

    in_a_copy(play)


def test_an_edited_draft_goes_out_with_the_edited_words(desk: Desk) -> None:
    def play() -> None:
        desk.do("edit")
        desk.run()
        desk.do("approve")
        desk.rest()
        assert (desk.draft.state, desk.sent) == (DraftState.SENT, 1)
        assert desk.witness.violations() == []  # it compares what went out with the draft
        assert desk.draft.body == WORDS

    in_a_copy(play)


def test_an_edit_after_the_approval_voids_it_and_nothing_is_sent(desk: Desk) -> None:
    def play() -> None:
        desk.do("approve")
        desk.do("edit")
        kinds = [one.kind for one in desk.entries]
        assert kinds[-2:] == ["DRAFT_REVISED", "APPROVAL_VOIDED"]
        voided = desk.entries[-1]
        assert (voided.actor, voided.before, voided.after) == ("tester", "APPROVED 1", "PENDING 2")
        assert desk.draft.approval is None
        desk.rest(hours=24)
        assert (desk.draft.state, desk.draft.approval, desk.sent) == (DraftState.PENDING, None, 0)
        assert (desk.job.stage, desk.job.status) == (AWAIT_AT, Status.WAITING)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_who_saw_the_words_before_the_edit_cannot_approve_those_after_it(desk: Desk) -> None:
    def play() -> None:
        seen = desk.draft
        desk.do("edit")
        desk.run()
        assert "it is revision 2 now" in desk.refused("approve", draft=seen)

    in_a_copy(play)


def test_words_that_fail_the_gate_may_be_edited_and_not_approved(desk: Desk) -> None:
    def play() -> None:
        desk.do("edit", body=FAILS)
        desk.run()
        assert (desk.job.status, desk.draft.state) == (Status.HELD, DraftState.PENDING)
        assert "does not pass the gate" in desk.refused("approve")
        assert "45%" not in str(desk.in_gmail)
        desk.do("edit")
        desk.run()
        assert desk.draft.revision == 3
        desk.do("approve")
        desk.rest()
        assert (desk.draft.state, desk.sent) == (DraftState.SENT, 1)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_words_that_are_forbidden_never_reach_the_mailbox(desk: Desk) -> None:
    def play() -> None:
        desk.do("edit", body=FORBIDDEN)
        desk.rest()
        assert "Northgate" not in str(desk.in_gmail)
        assert isinstance(desk.ask("approve"), Refusal)
        desk.rest(hours=24)
        assert desk.sent == 0
        assert desk.job.next is None
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_the_same_words_again_are_a_revision_of_their_own(desk: Desk) -> None:
    def play() -> None:
        before = desk.draft
        done = desk.do("edit", subject=before.subject, body=before.body)
        assert (done.draft.revision, done.draft.body) == (2, before.body)
        assert done.draft.evidence == before.evidence
        assert done.draft.call_to_action == before.call_to_action

    in_a_copy(play)


def test_evidence_for_what_is_no_longer_claimed_goes(desk: Desk) -> None:
    def play() -> None:
        done = desk.do("edit")
        claims = {one.claim for one in done.draft.evidence}
        assert claims == {"Ana", "Valencia"}
        assert done.draft.call_to_action == "Could we talk about your delivery notes on Tuesday?"

    in_a_copy(play)


def test_a_mailbox_that_is_no_sender_any_more_cannot_be_written_from(desk: Desk) -> None:
    def play() -> None:
        client = desk.simulation.world.database.client
        senders = client.document("tenants/default").get().to_dict()["senders"]
        client.document("tenants/default").update(
            {"senders": {k: v for k, v in senders.items() if k != desk.draft.sender}, "default_sender": next(
                k for k in senders if k != desk.draft.sender)}
        )  # fmt: skip
        assert "no longer one of the tenant's senders" in desk.refused("edit")

    in_a_copy(play)


def test_an_edit_of_a_job_that_is_over_is_refused_with_the_reason(desk: Desk) -> None:
    def play() -> None:
        desk.write(desk.job.but(status=Status.FAILED, next=None))
        assert "is failed at await_approval" in desk.refused("edit")

    in_a_copy(play)


# Hostile words

INJECTIONS = (
    "Hi\r\nBcc: eve@evil.example", "Hi\nBcc: eve@evil.example", "Hi\rBcc: eve@evil.example",
    "Hi\r\n\r\nsecond body", "Hi\x0bBcc: eve@evil.example", "Hi\x0cBcc: eve@evil.example",
    "Hi\x1cBcc: x", "Hi\x1dBcc: x", "Hi\x1eBcc: x", "Hi\x85Bcc: eve@evil.example", "Hi\u2028Bcc: eve@evil.example",
    "Hi\u2029Bcc: eve@evil.example", "Hi\r\n To: eve@evil.example", "=?utf-8?q?Hi=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?SGkNCkJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?=", "\r\n", "\x00", "a\x00b", "\x7f", "\ud800", "a\udfffb",
)  # fmt: skip
NAUGHTY = (
    "", " ", "undefined", "NaN", "<script>alert(1)</script>", "'; DROP TABLE drafts; --", "../../etc/passwd", "${7*7}",
    "{{7*7}}", "%s%n", "\u202eevil\u202c", "\ufeffHi", "ﬀ", "İ ß", "👾" * 60, "田中さんにあげて下さい", "a" * 998,
    "a" * 5000, "word " * 300, "\u0301" * 50,
    "مرحبا", "😀\u200d😀", "Re: Re: Re:", "=?", "?=", "=20=0A", ".", "..\n.\n",
    "From here", "--boundary", "\t", "a\tb", "\u00a0", "\u200b",
)  # fmt: skip


@pytest.mark.parametrize("text", [*INJECTIONS, *NAUGHTY], ids=ascii)
@pytest.mark.parametrize("field", ["subject", "body"])
def test_no_words_can_add_a_header_or_a_recipient(desk: Desk, field: str, text: str) -> None:
    def play() -> None:
        before, state = desk.draft, desk.everything()
        done = desk.ask("edit", **{field: text})
        if isinstance(done, Refusal):
            assert desk.everything() == state
            return
        assert isinstance(done, Decided)
        draft = desk.draft
        assert letter.differences(draft) == ()
        mail, old = letter.read(draft.raw), letter.read(before.raw)
        assert (mail.senders, mail.recipients, mail.headers) == (old.senders, old.recipients, old.headers)
        head = draft.raw.partition(b"\r\n\r\n")[0].lower()
        assert b"\nbcc" not in head
        assert b"evil" not in head.partition(b"subject:")[0]

    in_a_copy(play)


@pytest.mark.parametrize("text", ["", " \n", "\r\n", "\u200b"], ids=ascii)
@pytest.mark.parametrize("field", ["subject", "body"])
def test_what_says_nothing_is_not_approved(desk: Desk, field: str, text: str) -> None:
    def play() -> None:
        if isinstance(desk.ask("edit", **{field: text}), Decided):
            desk.rest()
            assert "does not pass the gate" in desk.refused("approve")
        assert desk.witness.violations() == []

    in_a_copy(play)


@pytest.mark.parametrize("text", [INJECTIONS[-8], NAUGHTY[-6], NAUGHTY[13], NAUGHTY[15]], ids=ascii)
def test_strange_words_go_all_the_way_or_wait_for_a_person(desk: Desk, text: str) -> None:
    def play() -> None:
        if isinstance(desk.ask("edit", subject=f"Re: {text}", body=f"{text}\n\n{WORDS}"), Decided):
            desk.rest()
            if isinstance(desk.ask("approve"), Decided):
                desk.rest(hours=12)
                assert (desk.draft.state, desk.sent) == (DraftState.SENT, 1)
        assert desk.witness.violations() == []

    in_a_copy(play)


@pytest.mark.parametrize("field", ["subject", "body"])
@pytest.mark.parametrize("text", [one for one in INJECTIONS if set("\n\r") & set(one.strip())], ids=ascii)
def test_a_line_break_in_a_subject_is_refused_and_in_a_body_is_text(
    desk: Desk, field: str, text: str
) -> None:
    def play() -> None:
        if field == "subject":
            assert "subject" in desk.refused("edit", subject=text)
        else:
            assert isinstance(desk.ask("edit", body=text), Decided)

    in_a_copy(play)


@pytest.mark.parametrize("over", [-1, 1])
def test_a_mail_of_more_than_256_kib_is_refused(desk: Desk, over: int) -> None:
    def play() -> None:
        room = 256 * 1024 - len(desk.draft.raw)
        if over > 0:
            assert "at most" in desk.refused("edit", body="word " * (room // 4))
        else:
            assert isinstance(desk.ask("edit", body="word " * (room // 7)), Decided)

    in_a_copy(play)
