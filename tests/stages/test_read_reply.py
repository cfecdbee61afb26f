"""One mail that came in: machines stop nothing, who must not be mailed is never mailed, people are answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.errors import Retryable
from shared.jobs.audit import DRAFT_REJECTED, SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.mail import Address, HeardMail, Mail, MailKind, Report
from shared.jobs.moves import begun
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, Wait
from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy.send_times import send_time
from shared.stages.read_reply import HANDLED_WAIT
from tests.builders import (
    ADDRESS,
    NOW,
    ROUTING,
    SENDER,
    contact,
    draft,
    expect,
    heard_mail,
    job,
    mail,
    suppression,
    tenant,
)
from tests.fakes import FakeSuppressions, Trouble
from tests.stages.reply_desk import (
    BEN,
    BOSS,
    OTHER,
    Desk,
    boss,
    bounce,
    complaint,
    opt_out,
    out_of_office,
    read_as,
    written,
)

# A person wrote


def test_a_person_is_answered_and_it_is_known_that_they_wrote() -> None:
    desk = Desk(mail())
    desk.contacts.kept["k1"] = contact(away_until=NOW + timedelta(days=2))
    outcome = expect(Advance, desk.read())
    assert outcome.stage == "resolve_identity"
    assert outcome.announce == ("replied",)
    assert (outcome.known["contact_id"], outcome.known["address"]) == ("k1", ADDRESS)
    (maya,) = written(outcome, Contact)
    assert (maya.last_wrote_at, maya.away_until, maya.updated_at) == (NOW, None, NOW)
    heard = read_as(outcome)
    assert (heard.kind, heard.sender, heard.name) == (MailKind.PERSON, ADDRESS, "Maya Okafor")
    assert heard.reason


def test_what_is_attached_and_what_is_wrong_with_the_mail_is_said_to_the_reviewer() -> None:
    desk = Desk(mail(attachments=("plan.pdf", "rates.xlsx"), defects=("Its date cannot be true.",)))
    outcome = expect(Advance, desk.read())
    assert read_as(outcome).attachments == ("plan.pdf", "rates.xlsx")
    attached, defects = outcome.known["notes"]  # type: ignore[misc]
    assert attached == "2 attached, not opened: plan.pdf, rates.xlsx"
    assert "Its date cannot be true." in str(defects)


def test_only_the_newest_mail_is_read_and_the_others_are_kept() -> None:
    older = heard_mail(message_id="m0", kind=MailKind.PERSON)
    outcome = expect(Advance, Desk(mail(), mails=(heard_mail(), older)).read())
    mails = outcome.known["mails"]
    assert isinstance(mails, tuple)
    assert [each.message_id for each in mails] == ["m1", "m0"]
    assert mails[1] == older


def test_a_mail_that_could_not_be_seen_when_it_was_heard_is_told_by_what_it_says_now() -> None:
    unseen = HeardMail(message_id="m1", thread_id="t1", mailbox=SENDER.mailbox)
    outcome = expect(Advance, Desk(mail(), mails=(unseen,), contact_id="unknown", address="").read())
    assert (outcome.known["contact_id"], outcome.known["address"]) == ("k1", ADDRESS)
    heard = read_as(outcome)
    assert (heard.sender, heard.name, heard.received_at) == (ADDRESS, "Maya Okafor", NOW)


def test_nobody_is_answered_whom_we_do_not_know_in_no_thread_of_ours() -> None:
    unseen = HeardMail(message_id="m1", thread_id="t1", mailbox=SENDER.mailbox)
    stranger = mail(sender=Address(address="news@shop.example"))
    outcome = expect(Stop, Desk(stranger, mails=(unseen,)).read())
    assert outcome.status is Status.STOPPED
    assert outcome.writes == ()


def test_a_mail_that_was_deleted_ends_the_job() -> None:
    stop = expect(Stop, Desk().read())
    assert stop.status is Status.STOPPED
    assert "deleted" in stop.reasons[0]


def test_our_own_mailbox_is_never_answered() -> None:
    outcome = expect(Stop, Desk(mail(sender=Address(address=BEN.mailbox.upper()))).read())
    assert outcome.status is Status.STOPPED
    assert outcome.writes == ()


def test_a_mailbox_that_cannot_be_read_is_tried_again() -> None:
    desk = Desk(mail())
    desk.mailbox.trouble = Trouble(fails={"mail": Retryable("gmail: answered 503")})
    with pytest.raises(Retryable):
        desk.read()


@pytest.mark.parametrize("from_", ["", "maya@brightloop.io, ann@example.com"])
def test_a_mail_that_says_of_no_one_that_they_wrote_it_is_a_persons_to_decide(from_: str) -> None:
    desk = Desk(mail(sender=Address(address=from_)), mails=(heard_mail(sender="", follows="k1"),))
    hold = expect(Hold, desk.read())
    assert "From" in hold.reasons[0]


def test_a_mail_of_which_nothing_can_be_read_is_a_persons_to_decide() -> None:
    hold = expect(Hold, Desk(mail(text="", defects=("It is too large.",))).read())
    assert "It is too large." in hold.reasons[0]


def assert_they_wrote(outcome: Outcome) -> None:
    """Whatever follows from the mail: nothing that was approved before it goes out to them."""
    (person,) = outcome.writes
    assert isinstance(person, Contact)
    assert person.last_wrote_at == NOW


def test_spam_is_not_answered() -> None:
    stop = expect(Stop, Desk(mail(), mails=(heard_mail(in_spam=True),)).read())
    assert "spam" in stop.reasons[0]
    assert_they_wrote(stop)


# Our draft to them is open


def test_a_reply_while_our_draft_lies_as_we_filed_it_goes_on_to_revise_it() -> None:
    desk = Desk(mail())
    desk.open_draft()
    assert expect(Advance, desk.read()).stage == "resolve_identity"


@pytest.mark.parametrize("deed", ["sent", "edited", "deleted"])
def test_a_reply_waits_until_it_is_known_what_a_person_did_with_our_draft(deed: str) -> None:
    desk = Desk(mail())
    opened = desk.open_draft()
    if deed == "sent":
        desk.mailbox.send("r1", NOW)
    elif deed == "edited":
        desk.mailbox.edit("r1", draft(body="Mine.").raw)
    else:
        desk.mailbox.drafts.clear()
    wait = expect(Wait, desk.read())
    assert wait.until == NOW + HANDLED_WAIT
    assert_they_wrote(wait)
    assert desk.drafts.kept[opened.id] == opened


def test_a_draft_that_is_filed_in_another_mailbox_of_ours_is_a_persons_to_decide() -> None:
    desk = Desk(mail())
    desk.open_draft(sender=BEN.mailbox, gmail_draft_id="r-of-ben", gmail_message_id="m-of-ben")
    hold = expect(Hold, desk.read())
    assert "another mailbox" in hold.reasons[0]
    assert_they_wrote(hold)
    assert "draft" not in desk.mailbox.trouble.asked, "its id means nothing in this mailbox"


def test_a_draft_of_another_sender_that_is_filed_nowhere_yet_keeps_nobody_waiting() -> None:
    desk = Desk(mail())
    desk.open_draft(sender=BEN.mailbox, gmail_draft_id=None)
    assert expect(Advance, desk.read()).stage == "resolve_identity"


@pytest.mark.parametrize("state", [DraftState.SENDING, DraftState.SENT_BY_HAND, DraftState.REJECTED])
def test_a_draft_that_is_over_or_on_its_way_is_not_looked_for_in_the_mailbox(state: DraftState) -> None:
    desk = Desk(mail())
    desk.open_draft(state=state)
    desk.mailbox.drafts.clear()
    expect(Advance, desk.read())
    assert "draft" not in desk.mailbox.trouble.asked


# Others in the thread


def test_a_colleague_who_answers_is_answered_themselves() -> None:
    one = mail(sender=Address(address=BOSS, name="Bea Boss"))
    outcome = expect(Advance, Desk(one, mails=(heard_mail(follows="k1"),)).read())
    assert read_as(outcome).kind is MailKind.COLLEAGUE
    assert (outcome.known["contact_id"], outcome.known["address"]) == ("k2", BOSS)
    assert written(outcome, Contact) == [], "Maya did not write"


def test_a_colleague_s_answer_while_a_draft_to_somebody_else_is_open_is_a_persons_to_decide() -> None:
    desk = Desk(mail(sender=Address(address=BOSS)), mails=(heard_mail(follows="k1"),))
    desk.open_draft()
    hold = expect(Hold, desk.read())
    assert "colleague" in hold.reasons[0]


def test_a_stranger_who_writes_in_the_thread_of_a_person_is_a_persons_to_decide() -> None:
    one = mail(sender=Address(address=OTHER, name="Dana Doe"))
    hold = expect(Hold, Desk(one, mails=(heard_mail(follows="k1"),)).read())
    assert "somebody else wrote" in hold.reasons[0]
    assert hold.writes == ()


def test_another_address_of_the_same_person_is_that_person() -> None:
    one = mail(sender=Address(address="maya.okafor@brightloop.io", name="Maya Okafor"))
    outcome = expect(Advance, Desk(one, mails=(heard_mail(follows="k1"),)).read())
    assert read_as(outcome).kind is MailKind.ALIAS
    assert (outcome.known["contact_id"], outcome.known["address"]) == ("k1", ADDRESS)
    (maya,) = written(outcome, Contact)
    assert (maya.id, maya.last_wrote_at) == ("k1", NOW)


def test_a_forwarded_mail_is_a_persons_to_decide() -> None:
    text = (
        "Ann, can you help Bea?\n\n---------- Forwarded message ---------\nFrom: Bea Boss <boss@brightloop.io>\n"
        "Date: Mon, 16 Mar 2026\nSubject: Reporting\nTo: Maya Okafor <maya@brightloop.io>\n\nWho does this?"
    )
    one = mail(subject="Fwd: Reporting", text=text, own_words="Ann, can you help Bea?")
    hold = expect(Hold, Desk(one).read())
    assert read_as(hold).kind is MailKind.FORWARDED
    assert "decide by hand" in hold.reasons[0]


# Machines


def test_an_out_of_office_stops_nothing_and_says_until_when() -> None:
    desk = Desk(out_of_office())
    opened = desk.open_draft()
    stop = expect(Stop, desk.read())
    assert stop.status is Status.STOPPED
    assert stop.announce == ("out_of_office",)
    (maya,) = written(stop, Contact)
    assert maya.away_until == datetime(2026, 3, 23, 4, tzinfo=UTC), "midnight in New York, where Ann works"
    assert maya.last_wrote_at is None, "a machine wrote"
    assert maya.open_draft == opened.id
    assert written(stop, Draft) == []


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("America/Los_Angeles", datetime(2026, 3, 23, 7, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 23, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 3, 22, 15, tzinfo=UTC)),
    ],
)
def test_the_day_they_are_back_begins_where_the_sender_works(zone: str, begins: datetime) -> None:
    """West of UTC its midnight lies in the working hours of the day before."""
    ann = SENDER.but(time_zone=zone)
    desk = Desk(out_of_office(), sender=ann)
    desk.settings = {"senders": {ann.mailbox: ann, BEN.mailbox: BEN}}
    (maya,) = written(expect(Stop, desk.read()), Contact)
    assert maya.away_until == begins
    settings = tenant(**desk.settings, send_jitter_min=0)
    first = send_time(draft(created_at=NOW), settings, maya, not_before=NOW)
    assert first.astimezone(ZoneInfo(zone)) == datetime(2026, 3, 23, 9, tzinfo=ZoneInfo(zone))


def test_an_out_of_office_without_a_day_changes_nobody() -> None:
    stop = expect(Stop, Desk(out_of_office("I have limited access to email.")).read())
    assert read_as(stop).kind is MailKind.OUT_OF_OFFICE
    assert stop.writes == ()


def test_whoever_is_away_is_the_writer_and_not_the_person_that_the_thread_is_with() -> None:
    desk = Desk(out_of_office(sender=Address(address=BOSS)), mails=(heard_mail(follows="k1"),)).meets(boss())
    (away,) = written(expect(Stop, desk.read()), Contact)
    assert away.id == "k2"


def test_a_soft_bounce_stops_nothing() -> None:
    desk = Desk(bounce(ADDRESS, status="4.3.0", action="delayed"), mails=(heard_mail(follows="k1"),))
    desk.open_draft()
    stop = expect(Stop, desk.read())
    assert read_as(stop).kind is MailKind.SOFT_BOUNCE
    assert stop.writes == ()
    assert stop.announce == ("soft_bounce",)


def test_spam_that_a_machine_wrote_is_told_by_its_kind() -> None:
    stop = expect(Stop, Desk(out_of_office(), mails=(heard_mail(in_spam=True),)).read())
    assert read_as(stop).kind is MailKind.OUT_OF_OFFICE


# Nobody is mailed again


@pytest.mark.parametrize(
    ("one", "reason", "told"),
    [
        (opt_out(), SuppressionReason.OPT_OUT, "opted_out"),
        (complaint(), SuppressionReason.COMPLAINT, "complained"),
        (bounce(ADDRESS), SuppressionReason.BOUNCED, "bounced"),
    ],
    ids=["opt-out", "complaint", "bounce"],
)
def test_who_must_not_be_mailed_is_suppressed_and_their_draft_taken_back(
    one: Mail, reason: SuppressionReason, told: str
) -> None:
    desk = Desk(one, mails=(heard_mail(follows="k1"),))
    opened = desk.open_draft()
    outcome = expect(Advance, desk.read())
    assert (outcome.stage, outcome.known["withdrawn"]) == ("withdraw_draft", (opened.id,))
    assert outcome.announce == (told,)
    entries = {entry.id: entry for entry in written(outcome, Suppression)}
    assert (entries["k1"].reason, entries["k1"].actor, entries["k1"].created_at) == (reason, "rule", NOW)
    (rejected,) = written(outcome, Draft)
    assert (rejected.id, rejected.state) == (opened.id, DraftState.REJECTED)
    assert rejected.end_reason
    (maya,) = written(outcome, Contact)
    assert maya.open_draft is None
    (owner,) = written(outcome, Job)
    assert (owner.id, owner.status, owner.next) == (opened.job_id, Status.STOPPED, None)
    kinds = {entry.kind for entry in written(outcome, AuditEntry)}
    assert kinds == {SUPPRESSION_CHANGED, DRAFT_REJECTED}
    assert not any("@" in entry.model_dump_json() for entry in written(outcome, AuditEntry))


@pytest.mark.parametrize("type_", ["abuse", "opt-out"])
@pytest.mark.parametrize("said", [{}, {"original-rcpt-to": "redacted@fbl.example"}], ids=["nobody", "hidden"])
def test_a_complaint_that_hides_who_complains_is_told_by_the_mark_of_our_mail(
    type_: str, said: dict[str, str]
) -> None:
    def about(draft_id: str) -> Mail:
        report = Report(type="feedback-report", fields={"feedback-type": type_, **said})
        brought = {"from": SENDER.mailbox, "to": "[redacted]", "x-whisper-draft": draft_id}
        return complaint().but(reports=(report,), returned_headers=brought)

    desk = Desk(about("d1"))
    opened = desk.open_draft()
    outcome = expect(Advance, desk.read())
    assert outcome.known["withdrawn"] == (opened.id,)
    assert [entry.id for entry in written(outcome, Suppression)] == ["k1"]
    stranger = Desk(about("no-such-draft"))
    stranger.open_draft()
    assert written(expect(Stop, stranger.read()), Suppression) == []


def test_an_opt_out_without_an_open_draft_ends_with_the_suppression() -> None:
    stop = expect(Stop, Desk(opt_out()).read())
    assert stop.status is Status.STOPPED
    assert stop.announce == ("opted_out",)
    (entry,) = written(stop, Suppression)
    assert (entry.id, entry.reason, entry.expire_at) == ("k1", SuppressionReason.OPT_OUT, None)


def test_an_opt_out_is_written_against_the_contact_so_that_no_draft_is_begun_beside_it() -> None:
    desk = Desk(opt_out())
    read = desk.contacts.get("k1")
    (contact,) = written(desk.read(), Contact)
    assert read is not None
    assert (contact.id, contact.version, contact.open_draft) == ("k1", read.version, None)


def test_an_opt_out_counts_also_when_gmail_takes_it_for_spam() -> None:
    stop = expect(Stop, Desk(opt_out(), mails=(heard_mail(in_spam=True),)).read())
    assert [entry.reason for entry in written(stop, Suppression)] == [SuppressionReason.OPT_OUT]


def test_stop_in_the_thread_of_a_person_whom_we_know_from_another_address_stops_both() -> None:
    one = opt_out(sender=Address(address=OTHER))
    outcome = Desk(one, mails=(heard_mail(follows="k1"),)).read()
    assert {entry.id for entry in written(outcome, Suppression)} == {"k1", "k3"}


def test_a_report_is_believed_only_about_people_whom_we_know() -> None:
    stop = expect(Stop, Desk(bounce("stranger@nowhere.example")).read())
    assert stop.writes == ()
    assert stop.announce == ()
    assert "none of the addresses" in stop.reasons[1]


def test_a_report_stops_those_whom_it_names_and_not_the_one_that_the_thread_is_with() -> None:
    desk = Desk(bounce(BOSS, ADDRESS), mails=(heard_mail(follows="k2"),)).meets(boss())
    stop = expect(Stop, desk.read())
    assert [entry.id for entry in written(stop, Suppression)] == ["k2"]


def test_the_machine_that_reports_is_not_suppressed_itself() -> None:
    stop = Desk(bounce(ADDRESS), mails=(heard_mail(follows="k1"),)).read()
    assert [entry.id for entry in written(stop, Suppression)] == ["k1"]


@pytest.mark.parametrize("one", [bounce(ADDRESS), bounce(BOSS, ADDRESS)])
def test_a_report_that_nothing_shows_to_be_about_our_mail_suppresses_nobody(one: Mail) -> None:
    desk = Desk(one).meets(boss())
    opened = desk.open_draft()
    hold = expect(Hold, desk.read())
    assert "nothing shows" in hold.reasons[1]
    assert hold.writes == ()
    assert opened.is_open


def test_a_report_that_brings_back_our_mark_is_believed_outside_of_the_thread_too() -> None:
    desk = Desk(bounce(ADDRESS).but(returned_headers={"x-whisper-draft": "d1"}))
    desk.open_draft(id="d1")
    assert [entry.id for entry in written(desk.read(), Suppression)] == ["k1"]
    forged = Desk(bounce(ADDRESS).but(returned_headers={"x-whisper-draft": "no-such-draft"}))
    expect(Hold, forged.read())


@pytest.mark.parametrize("domain", ["brightloop.evil", "brightloop-io.example", "notbrightloop.io"])
def test_a_domain_that_looks_like_the_persons_chooses_no_recipient(domain: str) -> None:
    one = mail(sender=Address(address=f"eve@{domain}", name="Eve Hill"))
    expect(Hold, Desk(one, mails=(heard_mail(follows="k1"),)).read())


def test_a_known_person_of_another_company_does_not_take_a_thread_over() -> None:
    one = mail(sender=Address(address=BOSS, name="Bo Boss"))
    desk = Desk(one, mails=(heard_mail(follows="k1"),)).meets(boss().but(address=BOSS))
    desk.open_draft()
    expect(Hold, desk.read())


def test_whoever_we_know_speaks_for_themselves_when_they_say_stop_in_another_person_s_thread() -> None:
    one = opt_out(sender=Address(address=BOSS))
    outcome = Desk(one, mails=(heard_mail(follows="k1"),)).meets(boss()).read()
    assert {entry.id for entry in written(outcome, Suppression)} == {"k2"}


def test_a_lead_who_writes_before_they_are_a_contact_is_answered() -> None:
    one = mail(sender=Address(address=OTHER, name="Dana Doe"))
    advance = expect(Advance, Desk(one, mails=(heard_mail(follows=None, from_known=True),)).read())
    assert advance.stage == "resolve_identity"
    expect(Stop, Desk(one, mails=(heard_mail(follows=None),)).read())


@pytest.mark.parametrize("state", [DraftState.SENDING, DraftState.HELD])
def test_a_draft_that_is_on_its_way_is_not_taken_back(state: DraftState) -> None:
    desk = Desk(opt_out())
    desk.open_draft(state=state)
    stop = expect(Stop, desk.read())
    assert written(stop, Draft) == []
    assert len(written(stop, Suppression)) == 1


def test_a_draft_that_is_not_filed_yet_is_rejected_and_there_is_nothing_to_withdraw() -> None:
    desk = Desk(opt_out())
    desk.open_draft(gmail_draft_id=None)
    stop = expect(Stop, desk.read())
    assert [each.state for each in written(stop, Draft)] == [DraftState.REJECTED]


def test_of_two_drafts_the_one_that_is_filed_is_withdrawn() -> None:
    one = bounce(ADDRESS, BOSS).but(returned_headers={"x-whisper-draft": "d2"})
    desk = Desk(one, mails=(heard_mail(follows="k1"),)).meets(boss())
    desk.open_draft(id="d1", contact_id="k1", gmail_draft_id=None)
    filed = desk.open_draft(id="d2", contact_id="k2", job_id="j2", recipient=BOSS)
    outcome = expect(Advance, desk.read())
    assert outcome.known["withdrawn"] == (filed.id,)
    assert {each.id for each in written(outcome, Draft)} == {"d1", "d2"}
    assert {each.id for each in written(outcome, Suppression)} == {"k1", "k2"}


def test_a_job_that_is_under_way_is_left_to_find_its_draft_closed() -> None:
    desk = Desk(opt_out())
    opened = desk.open_draft()
    desk.jobs.kept[opened.job_id] = begun(job(id=opened.job_id, stage="log_note"), ROUTING, NOW)
    assert written(desk.read(), Job) == []


def test_a_job_that_is_over_stays_over() -> None:
    desk = Desk(opt_out())
    opened = desk.open_draft()
    desk.jobs.kept[opened.job_id] = job(id=opened.job_id, status=Status.FAILED)
    outcome = desk.read()
    assert written(outcome, Job) == []
    assert len(written(outcome, Draft)) == 1


def test_a_second_opt_out_is_written_over_the_first_entry() -> None:
    desk = Desk(opt_out())
    desk.suppressions = FakeSuppressions(
        suppression(reason=SuppressionReason.BOUNCED, expire_at=NOW + timedelta(days=9)).read_at(NOW)
    )
    (entry,) = written(desk.read(), Suppression)
    assert (entry.reason, entry.expire_at, entry.version) == (SuppressionReason.OPT_OUT, None, NOW)


def test_an_entry_that_ended_begins_anew() -> None:
    desk = Desk(opt_out())
    ended = suppression(reason=SuppressionReason.MANUAL, expire_at=NOW - timedelta(days=1)).read_at(NOW)
    desk.suppressions = FakeSuppressions(ended)
    outcome = desk.read()
    (entry,) = written(outcome, Suppression)
    assert (entry.reason, entry.created_at, entry.version) == (SuppressionReason.OPT_OUT, NOW, NOW)
    (told,) = written(outcome, AuditEntry)
    assert (told.before, told.after) == ("not suppressed", "OPT_OUT")


def test_a_bounce_never_weakens_what_the_person_said() -> None:
    desk = Desk(bounce(ADDRESS), mails=(heard_mail(follows="k1"),))
    desk.suppressions = FakeSuppressions(suppression().read_at(NOW))
    stop = expect(Stop, desk.read())
    assert written(stop, Suppression) == []
    assert written(stop, AuditEntry) == []


def test_the_reason_that_is_kept_holds_no_word_of_the_mail_and_no_address() -> None:
    for one in (opt_out(), bounce(ADDRESS), complaint()):
        outcome = Desk(one, mails=(heard_mail(follows="k1"),)).read()
        said = [*getattr(outcome, "reasons", ()), read_as(outcome).reason]
        assert not any("@" in each for each in said)
        assert not any(one.own_words in each for each in said)
