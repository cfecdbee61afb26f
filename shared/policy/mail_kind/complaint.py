"""Who complains of our mail: a feedback report, "this is spam", a report to an authority, a legal threat."""

from __future__ import annotations

from shared.jobs.mail import Mail, Report
from shared.pattern import Pattern
from shared.policy.mail_kind.complaint_phrases import STRONG
from shared.policy.mail_kind.complaint_words import (
    ACCUSING,
    AUTHORITIES,
    CONDITIONAL,
    GRAVE,
    INNOCENT,
    OTHERS,
    REPORTS,
)
from shared.policy.mail_kind.folded import folded, folded_line, phrases, runs, sentences

_ENOUGH = 2
_DESKS = ("abuse", "complaint", "feedback", "fbl", "noc", "anti-spam", "antispam", "spam")
_HARMLESS = frozenset({"not-spam", "auth-failure", "dmarc"})
_LEAVES = frozenset({"opt-out", "opt-out-list"})
_ADDRESS = Pattern(r"[^\s<>,;:\"]{1,64}@[^\s<>,;:\"]{1,250}")
_ERASURE = phrases(
    """
(erase|erasure|deletion|forgotten|article 17|art. 17|loschung|loschen|effacement|supression|supresion|
    cancellazione|apagamento)
(right to object|article 21|personal data|personenbezogen*|donnees personnelles|datos personales|
    dati personali|dados pessoais)
"""
)
_ASIDE = phrases("(mark|marking|flag|block|blocking) .. (spam|junk)", "block you*")
_SPAM_FOLDER = runs("迷惑メール(フォルダ|ボックス|に入|に振|扱い)", "スパム(フォルダ|に入)")


def feedback(mail: Mail) -> Report | None:
    """The report of a provider that somebody pressed "spam", where it is one that speaks against us."""
    found = (report for report in mail.reports if report.type == "feedback-report")
    return next((report for report in found if _type(report) not in _HARMLESS | _LEAVES), None)


def leaves_by_feedback(mail: Mail) -> Report | None:
    """The report of a provider that somebody wants no more of our mails."""
    found = (report for report in mail.reports if report.type == "feedback-report")
    return next((report for report in found if _type(report) in _LEAVES), None)


def reported_by(mail: Mail, report: Report) -> tuple[str, ...]:
    """The addresses of those who complain, as the report says: whom our mail had gone to."""
    said = [report.fields.get(name, "") for name in ("original-rcpt-to", "removal-recipient")]
    found = [address for each in said for address in _ADDRESS.findall(each)]
    found = found or _ADDRESS.findall(mail.returned_headers.get("to", ""))
    return tuple(dict.fromkeys(address.lower() for address in found))


def complains_of_us(text: str) -> bool:
    """Whether somebody complains in their own words of being mailed."""
    accusing: set[str] = set()
    grave: set[str] = set()
    for sentence in sentences(folded(text)):
        if _SPAM_FOLDER.search(sentence.replace(" ", "")):
            continue
        sentence = INNOCENT.without(sentence)
        if STRONG.search(sentence) or (AUTHORITIES.search(sentence) and REPORTS.search(sentence)):
            return True
        if OTHERS.search(sentence):
            continue
        accusing.update(ACCUSING.said_in(sentence))
        grave.update(GRAVE.said_in(sentence))
    return bool(accusing) and len(accusing) + len(grave) >= _ENOUGH


def desk_complains(mail: Mail) -> bool:
    """Whether a desk for abuse hands on what others complained of, by hand or not."""
    local, _, domain = mail.sender.address.lower().partition("@")
    if not (local.startswith(_DESKS) or "spamcop" in domain):
        return False
    return ACCUSING.search(folded_line(f"{mail.subject}. {mail.own_words}")) is not None


def only_warns(text: str) -> bool:
    """Whether the complaint is only announced for the case that a request is not granted.

    That is how requests for erasure end, and how people say that they would press "spam".
    """
    spoken = sentences(folded(text))
    erasure = any(_ERASURE.search(sentence) for sentence in spoken)
    for sentence in spoken:
        if complains_of_us(sentence) and not (
            CONDITIONAL.search(sentence) and (erasure or _ASIDE.search(sentence))
        ):
            return False
    return True


def _type(report: Report) -> str:
    return report.fields.get("feedback-type", "").strip().lower()
