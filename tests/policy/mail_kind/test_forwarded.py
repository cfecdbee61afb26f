from __future__ import annotations

import pytest

from shared.jobs.mail import MailKind
from shared.policy.mail_kind.kind import kind_of
from tests.policy.mail_kind.mails import KNOWN, mail

BLOCK = "From: Bo Lee <bo@harborlogistics.example>\nSent: Monday\nTo: Ana\nSubject: RE: Forecasts\n\nNot before May."
OURS = "From: Isabel Perez <isabel.perez@brightpath.example>\nSent: Monday\nTo: Ana\nSubject: Forecasts\n\nHi Ana"


@pytest.mark.parametrize(
    "subject", ["Fwd: x", "FW: x", "WG: x", "TR: x", "RV: x", "I: x", "Fwd: Re: x", "VB: x"]
)
def test_a_header_block_below_a_forwards_subject_is_a_forward(subject: str) -> None:
    forwarded = mail("See below.", text=f"See below.\n\n{BLOCK}", subject=subject)
    assert kind_of(forwarded, KNOWN).kind is MailKind.FORWARDED


@pytest.mark.parametrize(
    "separator",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Mensaje reenviado ---------",
        "---------- Messaggio inoltrato ----------",
        "> Anfang der weitergeleiteten Nachricht:",
    ],
)
def test_a_separator_is_a_forward_under_any_subject(separator: str) -> None:
    forwarded = mail("See below.", text=f"See below.\n\n{separator}\n{BLOCK}", subject="Forecasts")
    assert kind_of(forwarded, KNOWN).kind is MailKind.FORWARDED


def test_an_attached_mail_is_a_forward() -> None:
    assert (
        kind_of(mail("As attached.", subject="x", attachments=("Re x.eml",)), KNOWN).kind
        is MailKind.FORWARDED
    )


@pytest.mark.parametrize("subject", ["Re: x", "AW: x", "Re: Fwd: x", "SV: x"])
def test_an_answer_that_quotes_in_the_same_shape_is_none(subject: str) -> None:
    assert kind_of(mail("Yes.", text=f"Yes.\n\n{BLOCK}", subject=subject), KNOWN).kind is MailKind.PERSON


def test_our_own_mail_handed_back_is_none() -> None:
    assert kind_of(mail("Yes.", text=f"Yes.\n\n{OURS}", subject="FW: x"), KNOWN).kind is MailKind.PERSON


def test_a_subject_alone_is_none() -> None:
    assert kind_of(mail("Yes, Tuesday.", subject="Fwd: x"), KNOWN).kind is MailKind.PERSON
