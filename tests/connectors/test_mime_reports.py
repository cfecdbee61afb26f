from __future__ import annotations

from shared.connectors.mime import read_mail
from shared.connectors.mime_reports import MOST_REPORTS
from shared.jobs.mail import Mail, Report

STATUS = (
    b"Reporting-MTA: dns; mx.other.example\r\nArrival-Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n"
    b"Final-Recipient: rfc822; ana@harbor.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1\r\n    no such user\r\n\r\n"
    b"Final-Recipient: rfc822; mei@harbor.example\r\nAction: delayed\r\nStatus: 4.2.2\r\n"
)
RETURNED = (
    b"From: isabel@brightpath.example\r\nTo: Ana <ana@harbor.example>\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
)


def report(*parts: tuple[str, bytes], kind: str = "report") -> Mail:
    body = b"".join(
        b"--q\r\nContent-Type: " + type_.encode() + b"\r\n\r\n" + content for type_, content in parts
    )
    head = f'From: postmaster@other.example\r\nContent-Type: multipart/{kind}; boundary="q"\r\n\r\n'.encode()
    return read_mail(head + body + b"\r\n--q--\r\n")


def test_a_delivery_report_is_one_report_for_every_recipient() -> None:
    mail = report(
        ("text/plain", b"It failed.\r\n"),
        ("message/delivery-status", STATUS),
        ("message/rfc822", RETURNED + b"\r\nOur words\r\n"),
    )
    assert mail.text.strip() == "It failed."
    shared = {"reporting-mta": "dns; mx.other.example", "arrival-date": "Mon, 2 Nov 2026 10:00:00 +0000"}
    assert mail.reports == (
        Report(
            type="delivery-status",
            fields={
                **shared,
                "final-recipient": "rfc822; ana@harbor.example",
                "action": "failed",
                "status": "5.1.1",
                "diagnostic-code": "smtp; 550 5.1.1 no such user",
            },
        ),
        Report(
            type="delivery-status",
            fields={
                **shared,
                "final-recipient": "rfc822; mei@harbor.example",
                "action": "delayed",
                "status": "4.2.2",
            },
        ),
    )
    assert mail.returned_headers["to"] == "Ana <ana@harbor.example>"
    assert mail.returned_headers["subject"] == "Grüße"
    assert mail.attachments == ()
    assert mail.defects == ()


def test_returned_headers_may_come_without_their_mail() -> None:
    mail = report(("message/delivery-status", STATUS), ("text/rfc822-headers", RETURNED))
    assert mail.returned_headers["to"] == "Ana <ana@harbor.example>"
    assert mail.text == ""


def test_a_report_outside_of_a_report_mail_is_read_too() -> None:
    mail = report(("message/delivery-status", STATUS), ("message/rfc822", RETURNED), kind="mixed")
    assert [each.fields["status"] for each in mail.reports] == ["5.1.1", "4.2.2"]
    assert mail.returned_headers["to"] == "Ana <ana@harbor.example>"


def test_a_recipient_without_fields_for_all_is_a_report() -> None:
    mail = report(("message/delivery-status", b"Final-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1\r\n"))
    assert mail.reports[0].fields == {"final-recipient": "rfc822; a@b.example", "status": "5.1.1"}


def test_fields_for_all_without_a_recipient_are_one_report() -> None:
    mail = report(("message/delivery-status", b"Reporting-MTA: dns; x\r\n"))
    assert mail.reports == (Report(type="delivery-status", fields={"reporting-mta": "dns; x"}),)


def test_a_report_may_be_encoded() -> None:
    encoded = "message/delivery-status\r\nContent-Transfer-Encoding: base64"
    mail = report((encoded, b"U3RhdHVzOiA1LjEuMQ0KQWN0aW9uOiBmYWlsZWQNCg==\r\n"))
    assert mail.reports[0].fields == {"status": "5.1.1", "action": "failed"}


def test_feedback_is_one_report_with_its_recipients_joined() -> None:
    fields = b"Feedback-Type: abuse\r\nOriginal-Rcpt-To: a@b.example\r\nOriginal-Rcpt-To: c@d.example\r\n"
    mail = report(
        ("text/plain", b"A complaint\r\n"), ("message/feedback-report", fields), ("message/rfc822", RETURNED)
    )
    expected = {"feedback-type": "abuse", "original-rcpt-to": "a@b.example, c@d.example"}
    assert mail.reports == (Report(type="feedback-report", fields=expected),)
    assert mail.returned_headers["subject"] == "Grüße"


def test_a_receipt_is_a_report() -> None:
    fields = (
        b"Final-Recipient: rfc822; a@b.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    mail = report(("message/disposition-notification", fields))
    assert mail.reports[0].type == "disposition-notification"
    assert mail.reports[0].fields["disposition"].endswith("displayed")


def test_a_report_in_an_attached_mail_is_not_about_ours() -> None:
    inner = b"Content-Type: multipart/report; boundary=z\r\n\r\n--z\r\nContent-Type: message/delivery-status\r\n\r\n"
    mail = report(("text/plain", b"See\r\n"), ("message/rfc822", inner + STATUS + b"--z--"), kind="mixed")
    assert mail.reports == ()


def test_more_reports_than_the_limit_are_left_out() -> None:
    mail = report(("message/delivery-status", b"Final-Recipient: rfc822; a@b.example\r\n\r\n" * 5000))
    assert len(mail.reports) == MOST_REPORTS


def test_a_report_of_nothing_is_none() -> None:
    assert report(("message/delivery-status", b"\r\n\r\n"), ("message/rfc822", b"")).reports == ()
