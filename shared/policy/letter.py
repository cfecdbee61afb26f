"""The exact bytes of a mail: one sender, one recipient, no header that a text could forge (P3, P10).

Gmail gives the mail its Message-ID and its date, so the same draft always has the same bytes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from typing import cast

from shared.jobs.draft import Draft
from shared.jobs.facts import Sender, ThreadFacts
from shared.pattern import Pattern
from shared.policy.addresses import BadAddress, canonical_address
from shared.policy.limits import DEFAULTS, Limits

DRAFT_HEADER = "X-Whisper-Draft"
"""Carries our draft id, so that the draft of a run that died is found again."""

OPT_OUT_HEADER = "List-Unsubscribe"
"""Where the recipient's mail program finds the way out (RFC 2369)."""

ONE_CLICK_HEADER = "List-Unsubscribe-Post"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""The field that the mail program posts there when its button is pressed, and its value (RFC 8058)."""

ALLOWED_HEADERS = frozenset(
    {
        "from",
        "to",
        "subject",
        "in-reply-to",
        "references",
        OPT_OUT_HEADER.lower(),
        ONE_CLICK_HEADER.lower(),
        DRAFT_HEADER.lower(),
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }
)
_REPLY = Pattern(r"^\s*re\s*(\[\d+\])?\s*:", re.IGNORECASE)
_MESSAGE_ID = Pattern(r"<[!-;=?-~]{1,900}>")
"""Printable ASCII between angle brackets, short enough for one header line."""
_URL = Pattern(r"https?://[A-Za-z0-9._~:/?&=%-]{1,900}")
"""Short enough for one header line, and without a sign that could end the URL or begin a second one."""
_DRAFT_ID = Pattern(r"[A-Za-z0-9_-]{1,128}")
_ENCODED_MARK = "=?"
"""Begins what mail programs decode (RFC 2047), and with them the standard library when a header is set."""
_WORD_LETTERS = 10
"""Letters in one encoded word: at most 75 signs, however many bytes each letter has."""
_KEPT_REFERENCES = 20
"""The first and the newest message ids of a long thread are enough for every mail program."""


class _ReplyPolicy(policy.EmailPolicy):
    """SMTP's policy, but message ids and URLs are never broken or encoded: every letter of them counts.

    A subject that looks encoded already is encoded once more: what stands in it is text, and no mail program may
    read a line break out of it. One with letters outside ASCII is encoded whole: the standard library encodes words,
    and the space between two of them is lost.
    """

    def fold_binary(self, name: str, value: object) -> bytes:
        if name.lower() == "subject" and _is_encoded(str(value)):
            return f"{name}: {_as_text(str(value))}\r\n".encode("ascii")
        if name.lower() in ("in-reply-to", "references", OPT_OUT_HEADER.lower()):
            folded = "\r\n ".join(str(value).split())
            return f"{name}: {folded}\r\n".encode("ascii")
        return super().fold_binary(name, cast("str", value))


_POLICY = _ReplyPolicy(linesep="\r\n", max_line_length=78, cte_type="7bit")


def footer_of(sender: Sender) -> str:
    """Signature, postal address and unsubscribe line, as the tenant's settings give them."""
    parts = (sender.signature, sender.postal_address, sender.unsubscribe_line)
    return "\n".join(part.strip() for part in parts if part.strip())


def reply_subject(thread_subject: str) -> str:
    """The subject of an answer: Gmail keeps it in the thread only if it matches the thread's own."""
    plain = _spaced(thread_subject)
    return plain if _REPLY.match(plain) else f"Re: {plain}".strip()


def text_of(body: str, footer: str) -> str:
    """The words of the mail as its reader sees them, footer included."""
    parts = (part.strip("\n") for part in (_newlines(body), _newlines(footer)))
    return "\n\n".join(part for part in parts if part) + "\n"


def compose(
    *,
    draft_id: str,
    sender: Sender,
    recipient: str,
    subject: str,
    body: str,
    footer: str = "",
    thread: ThreadFacts | None = None,
    opt_out_url: str = "",
    limits: Limits = DEFAULTS,
) -> bytes:
    """The RFC 822 bytes of a mail, the same for the same arguments; `thread` makes it an answer in there.

    In a thread the subject is the caller's to set with `reply_subject`. With `opt_out_url` mail programs show
    a button that stops all mail. Errors: ValueError that names the field, the rule and the mend.
    """
    if not _DRAFT_ID.fullmatch(draft_id):
        raise ValueError("draft_id: it may hold letters, digits, - and _ only; use the draft's own id")
    if _ENCODED_MARK in sender.name:
        raise ValueError(f"sender.name: it holds {_ENCODED_MARK}, which mail programs decode; leave it out")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailbox("sender.mailbox", sender.mailbox, _one_line("sender.name", sender.name), limits)
    mail["To"] = _mailbox("recipient", recipient, "", limits)
    mail["Subject"] = _as_text(_spaced(_one_line("subject", subject))).replace("\r\n", "")
    if thread is not None:
        if answered := _message_ids([thread.in_reply_to]):
            mail["In-Reply-To"] = answered
        if references := _message_ids([*thread.references, thread.in_reply_to]):
            mail["References"] = references
    if opt_out_url:
        if not _URL.fullmatch(opt_out_url):
            raise ValueError("opt_out_url: it is no plain URL; mend RECEIVE_OPT_OUT_URL")
        mail[OPT_OUT_HEADER], mail[ONE_CLICK_HEADER] = _opt_out(opt_out_url)
    mail[DRAFT_HEADER] = draft_id
    mail.set_content(text_of(body, footer), charset="utf-8", cte="quoted-printable")
    raw = mail.as_bytes()
    if len(raw) > limits.raw_max_bytes:
        raise ValueError(
            f"body: the mail has {len(raw)} bytes, at most {limits.raw_max_bytes} are allowed; write less"
        )
    return raw


@dataclass(frozen=True)
class Letter:
    """What the bytes of a mail say, read back from them alone."""

    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    text: str
    draft_id: str
    opt_out: tuple[str, str]
    """The headers of the way out, as they stand there."""
    headers: tuple[str, ...]
    """Names of the headers, in lower case, repeated ones repeated."""
    is_plain_text: bool


def read(raw: bytes) -> Letter:
    """The mail that these bytes are."""
    mail = cast(EmailMessage, message_from_bytes(raw, policy=_POLICY))  # type: ignore[arg-type]
    plain = mail.get_content_type() == "text/plain" and not mail.defects
    text = str(mail.get_content()) if plain else ""
    return Letter(
        senders=_addresses(mail, "From"),
        recipients=_addresses(mail, "To"),
        subject=str(mail["Subject"] or ""),
        text=_newlines(text),
        draft_id=str(mail[DRAFT_HEADER] or ""),
        opt_out=(str(mail[OPT_OUT_HEADER] or ""), str(mail[ONE_CLICK_HEADER] or "")),
        headers=tuple(name.lower() for name, _ in mail.items()),
        is_plain_text=plain,
    )


def differences(draft: Draft) -> tuple[str, ...]:
    """Where the draft's bytes say anything else than its fields: nobody could know what they approve."""
    letter = read(draft.raw)
    found: list[str] = []
    if not _same(letter.senders, draft.sender):
        found.append("the From header is not the draft's sender")
    if not _same(letter.recipients, draft.recipient):
        found.append("the To header is not the draft's recipient")
    if letter.subject != _spaced(draft.subject):
        found.append("the Subject header is not the draft's subject")
    if letter.draft_id != draft.id:
        found.append(f"the {DRAFT_HEADER} header is not the draft's id")
    if letter.opt_out != _opt_out(draft.opt_out_url):
        found.append(f"the {OPT_OUT_HEADER} headers are not the draft's way out")
    extra = sorted(set(letter.headers) - ALLOWED_HEADERS)
    if extra:
        found.append(f"there are headers that no draft has: {', '.join(extra)}")
    if len(set(letter.headers)) != len(letter.headers):
        found.append("a header is there twice")
    if not letter.is_plain_text:
        found.append("it is not one plain text")
    elif letter.text != text_of(draft.body, draft.footer):
        found.append("the text is not the draft's body and footer")
    return tuple(found)


def _opt_out(url: str) -> tuple[str, str]:
    return (f"<{url}>", "=".join(ONE_CLICK)) if url else ("", "")


def _is_encoded(text: str) -> bool:
    """Whether the text cannot stand in a header as it is."""
    return _ENCODED_MARK in text or not text.isascii()


def _as_text(text: str) -> str:
    """The text as one header's value that is read back as just this text, whatever it looks like."""
    if not _is_encoded(text):
        return text
    parts = (text[at : at + _WORD_LETTERS] for at in range(0, len(text), _WORD_LETTERS))
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part.encode()).decode()}?=" for part in parts)


def _spaced(text: str) -> str:
    """With single spaces: folding a header may not keep more."""
    return " ".join(text.split())


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _one_line(name: str, text: str) -> str:
    stripped = text.strip()
    for sign in stripped:
        if not sign.isprintable() and sign != "\u00a0":
            raise ValueError(
                f"{name}: it holds a line break or control character (U+{ord(sign):04X}), which could forge "
                "a header; write it on one line"
            )
    return stripped


def _mailbox(name: str, address: str, display_name: str, limits: Limits) -> Address:
    try:
        canonical = canonical_address(address, limits=limits)
    except BadAddress as wrong:
        raise ValueError(f"{name}: {wrong}") from wrong
    if not canonical.isascii():
        raise ValueError(
            f"{name}: the part before the @ holds letters outside ASCII, which many mail servers refuse; "
            "use another address of the person"
        )
    return Address(display_name=display_name, addr_spec=canonical)


def _message_ids(ids: Iterable[str]) -> str:
    """Those that are message ids: a stranger's mail program may have written anything into these headers."""
    known = [one for one in ids if _MESSAGE_ID.fullmatch(one)]
    if len(known) > _KEPT_REFERENCES:
        known = [known[0], *known[1 - _KEPT_REFERENCES :]]
    return " ".join(dict.fromkeys(known))


def _addresses(mail: EmailMessage, name: str) -> tuple[str, ...]:
    headers = cast("Sequence[AddressHeader]", mail.get_all(name, []))
    return tuple(address.addr_spec for header in headers for address in header.addresses)


def _same(found: tuple[str, ...], wanted: str) -> bool:
    try:
        return found == (canonical_address(wanted),)
    except BadAddress:
        return False
