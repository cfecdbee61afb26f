"""What a person did with our draft in Gmail is told apart, however their mail program wraps and marks it up."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.connectors.mime import read_mail
from shared.jobs.draft import Draft
from shared.policy.by_hand import (
    Attached,
    Deed,
    Deleted,
    Readdressed,
    Resaved,
    Rewritten,
    Sent,
    answered_until,
    deed,
    done_by,
    plain_subject,
    sent_by_hand,
    sent_in_thread,
    without_footer,
)
from shared.ports.mailbox import DraftInMailbox, SentMail
from tests.builders import heard_mail, job, mail_thread, message, submission
from tests.policy.examples import BODY, IDENTITY, NOW, SENDER
from tests.policy.examples import draft as example

MINE = "Hi Maya,\n\nlet us talk on Tuesday instead.\n\nAnn"
LATER = NOW + timedelta(minutes=10)


def draft(**changes: Any) -> Draft:
    """Our draft, filed."""
    return example(
        **{"gmail_draft_id": "r1", "gmail_message_id": "m1", "gmail_thread_id": "t1", **changes},
    )


def there(raw: bytes, message_id: str = "m2", marker: str = "") -> DraftInMailbox:
    return DraftInMailbox("r1", message_id, "t1", read_mail(raw, id=message_id), marker)


def letter(
    text: str = "",
    *,
    html: str = "",
    subject: str = "Salesforce reporting at Brightloop",
    to: str = IDENTITY.address,
    **headers: str,
) -> bytes:
    """A draft as Gmail's window writes it."""
    message = EmailMessage()
    message["From"] = f"Ann Lee <{SENDER.mailbox}>"
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.capitalize()] = value
    message.set_content(text or f"{BODY}\n\n{draft().footer}\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def done(raw: bytes, **changes: Any) -> Deed | None:
    return deed(draft(**changes), there(raw), ())


def sent(**changes: Any) -> SentMail:
    fields: dict[str, Any] = {
        "message_id": "s1",
        "thread_id": "t-else",
        "sent_at": LATER,
        "subject": "Lunch?",
        "recipients": (IDENTITY.address,),
    }
    return SentMail(**{**fields, **changes})


# Nothing, or the same again


def test_a_draft_that_lies_there_as_it_was_filed_was_not_touched() -> None:
    assert deed(draft(), there(draft().raw, "m1"), ()) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n\n{draft().footer}\n",
        f"{BODY}\n\n\n\n{draft().footer}\n\n\n",
        f"{BODY}\n\n{draft().footer}".replace("\n", "\r\n"),
        f"{BODY}\n\n{draft().footer}".replace("Harbor Street", "Harbor\nStreet").replace(
            "Reply with", "Reply\nwith"
        ),
        f"{BODY}\n\n{draft().footer}".replace("employees", "employees ").replace(" and ", "\nand "),
        f"{BODY}\n\n{draft().footer}".replace("Ann Lee", "*Ann Lee*"),
        BODY,
    ],
    ids=["same", "blank lines", "crlf", "footer wrapped", "body wrapped", "bold", "footer taken away"],
)
def test_the_same_words_under_a_new_message_are_nobody_s_change(text: str) -> None:
    assert done(letter(text)) == Resaved("m2")


def test_gmail_s_html_beside_the_text_changes_nothing() -> None:
    lines = [f"<div>{line or '<br>'}</div>" for line in f"{BODY}\n\n{draft().footer}".splitlines()]
    assert done(letter(html=f'<div dir="ltr">{"".join(lines)}</div>')) == Resaved("m2")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Salesforce reporting at Brightloop",
        "RE: re: Salesforce  reporting at Brightloop",
        "Aw: Salesforce reporting at brightloop",
        "Re[2]: Salesforce reporting at Brightloop",
    ],
)
def test_a_subject_that_only_a_mail_program_changed_is_the_same(subject: str) -> None:
    assert done(letter(subject=subject)) == Resaved("m2")


@pytest.mark.parametrize("to", ["Maya Okafor <maya@brightloop.io>", '"Okafor, Maya" <Maya@Brightloop.IO>'])
def test_a_name_beside_the_address_is_the_same_person(to: str) -> None:
    assert done(letter(to=to)) == Resaved("m2")


# Rewritten


def with_a_file(raw: bytes) -> bytes:
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    found.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    return found.as_bytes()


def test_a_person_s_words_are_taken_without_our_footer() -> None:
    found = done(letter(f"{MINE}\n\n{draft().footer}\n"))
    assert found == Rewritten("m2", "Salesforce reporting at Brightloop", MINE)


def test_a_person_s_words_are_taken_without_a_footer_that_gmail_wrapped() -> None:
    wrapped = (
        draft().footer.replace("Boston, MA", "Boston,\nMA").replace("with unsubscribe", "with\nunsubscribe")
    )
    assert done(letter(f"{MINE}\n\n{wrapped}\n")) == Rewritten("m2", draft().subject, MINE)


def test_words_below_the_footer_are_the_person_s_too() -> None:
    found = done(letter(f"{MINE}\n\n{draft().footer}\n\nPS: Friday works as well.\n"))
    assert isinstance(found, Rewritten)
    assert found.body == f"{MINE}\n\nPS: Friday works as well."


@pytest.mark.parametrize("words", ["", MINE], ids=["our words", "their words"])
def test_a_file_that_somebody_attached_goes_out_with_no_revision_of_ours(words: str) -> None:
    assert done(with_a_file(letter(words))) == Attached("m2")
    to_another = letter(words, to="boss@brightloop.io")
    assert done(with_a_file(to_another)) == Readdressed("m2"), "the recipients come first"


def test_what_went_out_in_the_draft_s_thread_counts_to_whomever_it_went() -> None:
    filed = draft(gmail_thread_id="t1")
    ours = message(id="m7", sender=filed.sender, recipients=("else@other.example",), sent_at=filed.created_at)
    theirs, lying = message(id="m8"), message(id="m9", sender=filed.sender, is_draft=True)
    found = sent_in_thread(filed, mail_thread(theirs, ours, lying))
    assert [mail.message_id for mail in found] == ["m7"]
    assert sent_by_hand(filed, found) is not None
    assert sent_in_thread(filed, None) == ()


def test_a_person_who_took_the_footer_away_wrote_what_is_left() -> None:
    found = done(letter(MINE))
    assert isinstance(found, Rewritten)
    assert found.body == MINE


def test_another_subject_is_a_change_and_is_kept_on_one_line() -> None:
    found = done(letter(subject="A  short call"))
    assert isinstance(found, Rewritten)
    assert found.subject == "A short call"
    assert found.body.split() == BODY.split()


def test_an_emptied_subject_keeps_ours() -> None:
    found = done(letter(MINE, subject=""))
    assert isinstance(found, Rewritten)
    assert found.subject == draft().subject


def test_one_changed_number_is_a_change() -> None:
    found = done(letter(f"{BODY}\n\n{draft().footer}".replace("10 days", "11 days")))
    assert isinstance(found, Rewritten)
    assert "11 days" in found.body


@pytest.mark.parametrize("name", ["Ann", "best", "you", "1"])
def test_a_footer_that_begins_like_the_letter_does_not_cut_it(name: str) -> None:
    body = f"{name}\n\nis how this begins.\n\n{name}"
    found = deed(draft(footer=f"{name}\nNorthwind"), there(letter(f"{body}\n\n{name}\nNorthwind\n")), ())
    assert isinstance(found, Rewritten)
    assert found.body == body


def test_without_a_footer_everything_is_the_person_s() -> None:
    assert without_footer(f"{MINE}\n", "") == MINE


@settings(max_examples=150)
@given(st.lists(st.text("abc \n.", max_size=30), max_size=6), st.integers(20, 78))
def test_the_footer_is_found_wherever_it_is_wrapped(parts: list[str], width: int) -> None:
    import textwrap

    written = "\n".join(parts)
    wrapped = "\n".join("\n".join(textwrap.wrap(line, width)) for line in draft().footer.splitlines())
    kept = without_footer(f"{written}\n\n{wrapped}\n", draft().footer)
    assert kept.split() == written.split()


# Readdressed


@pytest.mark.parametrize(
    "headers",
    [
        {"to": "boss@brightloop.io"},
        {"to": "maya@brightloop.io, boss@brightloop.io"},
        {"to": "maya+sales@brightloop.io"},
        {"cc": "boss@brightloop.io"},
        {"cc": "Maya Okafor <maya@brightloop.io>"},
        {"bcc": "boss@brightloop.io"},
        {"bcc": "maya@brightloop.io"},
        {"to": "not an address"},
        {"to": "Team: maya@brightloop.io, boss@brightloop.io;"},
        {"to": ""},
    ],
    ids=str,
)
def test_whatever_goes_to_anybody_else_or_to_more_is_readdressed(headers: dict[str, str]) -> None:
    assert done(letter(MINE, **headers)) == Readdressed("m2")
    assert done(letter(**headers)) == Readdressed("m2"), "also where no word was changed"


# Sent, or thrown away


def gone(*mails: SentMail, **changes: Any) -> Deed | None:
    return deed(draft(**changes), None, mails)


@pytest.mark.parametrize(
    "mail",
    [
        sent(marker="d1"),
        sent(thread_id="t1"),
        sent(subject="Salesforce reporting at Brightloop"),
        sent(subject="Re: salesforce reporting  at Brightloop"),
        sent(thread_id="t1", sent_at=NOW),
    ],
    ids=["our mark", "its thread", "its subject", "its subject again", "at once"],
)
def test_a_mail_with_our_mark_in_its_thread_or_with_its_subject_is_the_draft(mail: SentMail) -> None:
    assert gone(mail) == Sent(mail)


@pytest.mark.parametrize(
    "mail",
    [
        sent(subject="Salesforce reporting at Brightloop", sent_at=NOW - timedelta(seconds=1)),
        sent(sent_at=NOW - timedelta(seconds=1)),
        sent(thread_id="t1", sent_at=NOW - timedelta(days=1)),
        sent(thread_id="t1", marker="d0"),
    ],
    ids=["earlier", "something else earlier", "long before", "another draft's"],
)
def test_an_older_mail_or_another_draft_is_not_the_draft(mail: SentMail) -> None:
    assert gone(mail) == Deleted()


@pytest.mark.parametrize("proof", [{"marker": "d1"}, {"thread_id": "t1"}], ids=["our mark", "its thread"])
def test_gmail_s_clock_may_be_some_minutes_behind_ours(proof: dict[str, str]) -> None:
    late, too_late = sent(**proof, sent_at=NOW - timedelta(minutes=4)), NOW - timedelta(minutes=6)
    assert gone(late) == Sent(late)
    assert gone(sent(**proof, sent_at=too_late)) == Deleted()


def test_what_the_draft_answers_and_what_came_before_it_is_not_the_draft() -> None:
    filed = draft(gmail_thread_id="t1", thread_head="m7")
    before = message(id="m6", sender=filed.sender, sent_at=filed.created_at - timedelta(minutes=2))
    head = message(id="m7", sent_at=filed.created_at - timedelta(minutes=1))
    after = message(id="m8", sender=filed.sender, sent_at=filed.created_at - timedelta(seconds=30))
    assert sent_in_thread(filed, mail_thread(before, head)) == ()
    (found,) = sent_in_thread(filed, mail_thread(before, head, after))
    assert found.message_id == "m8"


@pytest.mark.parametrize("mail", [sent(), sent(subject=""), sent(thread_id="")])
def test_a_mail_sent_instead_of_the_draft_counts_under_whatever_subject(mail: SentMail) -> None:
    assert gone(mail) == Sent(mail)


def test_a_draft_that_is_gone_and_nothing_went_out_was_thrown_away() -> None:
    assert gone() == Deleted()


def test_of_several_mails_the_first_that_is_the_draft_counts() -> None:
    other, first, second = sent(), sent(message_id="s2", marker="d1"), sent(message_id="s3", marker="d1")
    assert sent_by_hand(draft(), (other, first, second)) is first


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: A", "a"),
        ("AW: WG: Fwd: A", "a"),
        ("  re :  A  b ", "a b"),
        ("Reporting: A", "reporting: a"),
        ("Regarding A", "regarding a"),
        ("", ""),
        ("Re:", ""),
    ],
)
def test_only_a_mail_program_s_prefixes_are_taken_from_a_subject(subject: str, plain: str) -> None:
    assert plain_subject(subject) == plain


# What it answered


@pytest.mark.parametrize(
    ("sent_at", "until"), [(LATER, LATER), (NOW, NOW), (NOW - timedelta(minutes=2), NOW)]
)
def test_it_answers_what_came_before_it_went_out_and_what_the_draft_was_begun_for(
    sent_at: datetime, until: datetime
) -> None:
    assert answered_until(draft(created_at=NOW), sent(sent_at=sent_at)) == until


def test_a_job_as_it_was_knows_neither_newer_mails_nor_newer_forms() -> None:
    moment = timedelta(seconds=1)
    of = job(
        mails=(
            heard_mail(message_id="new", received_at=LATER + moment),
            heard_mail(message_id="then", received_at=LATER),
            heard_mail(message_id="no time", received_at=None),
        ),
        submissions=(
            submission(conversion_id="new", submitted_at=LATER + moment),
            submission(conversion_id="then", submitted_at=LATER),
        ),
    )
    known = done_by(of, LATER)
    assert [each.message_id for each in known.mails] == ["then", "no time"]
    assert [each.conversion_id for each in known.submissions] == ["then"]
    assert done_by(of, LATER + moment) == of
