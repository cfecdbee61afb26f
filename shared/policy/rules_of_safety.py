"""The gate's rules about whom a mail goes to, what it gives away and where it leads (P3, P9, P10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.jobs.facts import Severity, Violation
from shared.jobs.rules import GuardrailType
from shared.policy.addresses import BadAddress, canonical_address, domain_of, is_free_mail, same_address
from shared.policy.answered import last_words
from shared.policy.case import Case, Rule
from shared.policy.claims import ClaimKind, claims
from shared.policy.contactability import contactability
from shared.policy.evidence import unsupported
from shared.policy.letter import differences, footer_of
from shared.policy.links import is_allowed, is_bare_domain, links
from shared.policy.personal_data import DataKind, PersonalData, personal_data, phone_digits
from shared.policy.sentences import holds

GUARDRAIL_RULES = {
    GuardrailType.ALLOWED_COMPANY_STAGE: "guardrail-stage",
    GuardrailType.ALLOWED_INDUSTRY: "guardrail-industry",
    GuardrailType.EMPLOYEE_RANGE: "guardrail-employees",
    GuardrailType.EXCLUDED_COMPANY_IDS: "guardrail-excluded",
}
RESPONSES = frozenset({"followup", "reply"})
"""Playbooks that answer something the person just did."""

_PHONE_FIELDS = ("phone", "mobile", "tel")
_PLACE_FIELDS = ("address", "street", "city")
_OF_STATE_AND_BANK = frozenset({DataKind.CARD, DataKind.IBAN, DataKind.TAX_NUMBER})


def suppressed(case: Case) -> Iterator[Violation]:
    """Nobody is mailed who must not be."""
    found = contactability(case.job.identity, case.rules, case.job.kind, case.now)
    for reason in found.suppressed:
        mend = "Do not write to this person; lift the suppression first if it is wrong"
        yield Violation(rule="suppressed", severity=Severity.FORBIDDEN, found=reason, mend=mend)


def outside_guardrails(case: Case) -> Iterator[Violation]:
    """Nobody is mailed whom the guardrails exclude."""
    found = contactability(case.job.identity, case.rules, case.job.kind, case.now)
    for breach in found.breaches:
        yield Violation(
            rule=GUARDRAIL_RULES[breach.guardrail.type],
            severity=Severity.FORBIDDEN,
            found=breach.reason,
            mend="Do not write to this company; correct the CRM or the guardrail if it is wrong",
        )


def wrong_recipient(case: Case) -> Iterator[Violation]:
    """The mail goes to exactly the contact's own address."""
    contact, draft, job = case.rules.contact, case.draft, case.job
    wanted = contact.address if contact is not None else job.address
    mend = "Write to the contact's own address; only code sets the recipient"
    try:
        is_plain = draft.recipient == canonical_address(draft.recipient, limits=case.limits)
    except BadAddress:
        is_plain = False
    if not is_plain or not same_address(draft.recipient, wanted):
        found = "the recipient is not exactly the contact's address"
        yield Violation(rule="recipient", severity=Severity.FORBIDDEN, found=found, mend=mend)
    others = contact is not None and contact.id != draft.contact_id
    if others or draft.contact_id != job.contact_id or draft.tenant != job.tenant:
        found = "the draft belongs to another contact or tenant than the job"
        yield Violation(rule="recipient", severity=Severity.FORBIDDEN, found=found, mend=mend)


def wrong_sender(case: Case) -> Iterator[Violation]:
    """The mail comes from the job's own sender, who is one of the tenant's."""
    ours = any(same_address(case.draft.sender, mailbox) for mailbox in case.rules.tenant.senders)
    chosen = case.job.sender
    if not ours or chosen is None or not same_address(case.draft.sender, chosen.mailbox):
        yield Violation(
            rule="sender",
            severity=Severity.FORBIDDEN,
            found="the sender is not the job's sender, or none of the tenant's mailboxes",
            mend="Send from the mailbox that the settings name; only code sets the sender",
        )


def forged_header(case: Case) -> Iterator[Violation]:
    """No line break in a subject can add a header."""
    if any(not sign.isprintable() for sign in case.draft.subject):
        yield Violation(
            rule="header-injection",
            severity=Severity.FORBIDDEN,
            found="the subject holds a line break or control character",
            mend="Write the subject on one line",
        )


def other_bytes(case: Case) -> Iterator[Violation]:
    """The bytes say what the draft says, so that a person approves what is sent."""
    if len(case.draft.raw) > case.limits.raw_max_bytes:
        return
    for difference in differences(case.draft):
        mend = "Write the draft again, so that its bytes are made from its fields"
        yield Violation(rule="bytes-differ", severity=Severity.FORBIDDEN, found=difference, mend=mend)


def footer_not_from_settings(case: Case) -> Iterator[Violation]:
    """Signature, postal address and unsubscribe line come from the settings."""
    if not _footer_is_ours(case):
        yield Violation(
            rule="footer",
            severity=Severity.FAIL,
            found="the footer is not the one that the settings give",
            mend="Write the draft again, so that the footer is taken from the sender's settings",
        )


def no_way_out(case: Case) -> Iterator[Violation]:
    """Every mail carries the person's way out; that the bytes hold just this one, `bytes-differ` sees to."""
    if not case.draft.opt_out_url:
        yield Violation(
            rule="opt-out",
            severity=Severity.FAIL,
            found="the mail carries no link to unsubscribe",
            mend="Write the draft again, so that it gets the person's own link",
        )


def link_not_allowed(case: Case) -> Iterator[Violation]:
    """A mail links to nothing but what the tenant allows, and to the recipient's own domain by name."""
    text = case.own_words if _footer_is_ours(case) else f"{case.own_words}\n{case.draft.footer}"
    for link in links(text):
        if is_allowed(link, case.rules.tenant.allowed_links) or is_bare_domain(link, _own_domains(case)):
            continue
        yield Violation(
            rule="link-not-allowed",
            severity=Severity.FORBIDDEN,
            found=f"a link to {link.host or 'a host that is disguised'}",
            mend="Leave the link out, or add its host or prefix to the tenant's allowed links",
        )


def link_in_the_threads_subject(case: Case) -> Iterator[Violation]:
    """The subject of a thread is its writers' own, and an answer carries it on: whoever approves it should see."""
    if not case.answers_thread:
        return
    for link in links(case.draft.subject[: case.limits.body_max_chars]):
        if is_allowed(link, case.rules.tenant.allowed_links) or is_bare_domain(link, _own_domains(case)):
            continue
        yield Violation(
            rule="link-in-subject",
            severity=Severity.WARN,
            found=f"the thread's subject holds a link to {link.host or 'a host that is disguised'}",
            mend="Make sure that this subject may go back to the person",
        )


def personal_data_of_others(case: Case) -> Iterator[Violation]:
    """A mail holds no personal or confidential data but the recipient's own and the sender's profile."""
    text = case.own_words if _footer_is_ours(case) else f"{case.own_words}\n{case.draft.footer}"
    found = personal_data(text, protected_names=case.rules.tenant.protected_names)
    if case.answers_thread:
        # The subject of an answer is theirs; a card or an account is not repeated even to who wrote it.
        found += tuple(
            piece for piece in personal_data(case.draft.subject) if piece.kind in _OF_STATE_AND_BANK
        )
    for piece in found:
        if not _may_be_told(piece, case):
            yield Violation(
                rule="personal-data",
                severity=Severity.FORBIDDEN,
                found=f"{piece.kind} that is neither the recipient's nor the sender's own",
                mend="Leave it out; what may be told stands in the sender's statements",
            )


def unsupported_claim(case: Case) -> Iterator[Violation]:
    """Every claim has a source."""
    found = unsupported(
        subject=case.draft.subject[: case.limits.body_max_chars],
        body=case.body,
        evidence=case.draft.evidence,
        job=case.job,
        now=case.now,
        language=case.draft.language,
    )
    for one in found:
        yield Violation(rule="unsupported-claim", severity=Severity.FAIL, found=one.text, mend=one.why)


def mailed_recently(case: Case) -> Iterator[Violation]:
    """One unsolicited mail in a week; an answer to what the person just did is only pointed out."""
    contact = case.rules.contact
    if contact is None or contact.last_mailed_at is None:
        return
    days = case.limits.mailed_again_days
    if is_recent(contact.last_mailed_at, case.now, days):
        answers = case.job.kind.value in RESPONSES
        yield Violation(
            rule="mailed-recently",
            severity=Severity.WARN if answers else Severity.FAIL,
            found=f"the person was mailed on {contact.last_mailed_at:%d %B}, less than {days} days ago",
            mend="Make sure that this mail is worth a second one"
            if answers
            else f"Wait until {days} days have passed",
        )


def is_recent(mailed_at: datetime, now: datetime, days: int) -> bool:
    """Whether a mail went out less than so many days ago; one in the future, by a wrong clock, counts too."""
    return now - mailed_at < timedelta(days=days)


def _footer_is_ours(case: Case) -> bool:
    sender = case.job.sender
    return sender is not None and case.draft.footer == footer_of(sender)


def _own_domains(case: Case) -> list[str]:
    try:
        domain = domain_of(case.job.address, limits=case.limits)
        return [] if is_free_mail(domain) else [domain]
    except BadAddress:
        return []


def _may_be_told(piece: PersonalData, case: Case) -> bool:
    match piece.kind:
        case DataKind.ADDRESS:
            own = [case.job.address, case.job.identity.address if case.job.identity else ""]
            known = [data.key for data in personal_data(_profile(case)) if data.kind is DataKind.ADDRESS]
            return any(same_address(piece.key, address) for address in (*own, *known))
        case DataKind.PHONE:
            known = f"{_profile(case)}\n{last_words(case.job)}"
            told = [data for data in personal_data(known) if data.kind is DataKind.PHONE]
            own_numbers = {phone_digits(value) for value in _fields(case, _PHONE_FIELDS)}
            return piece.key in own_numbers | {data.key for data in told}
        case DataKind.AMOUNT:
            return piece.key in _amounts(_profile(case)) | _amounts(_said_by_the_person(case))
        case DataKind.STREET:
            told_us = (*_fields(case, _PLACE_FIELDS), last_words(case.job))
            return any(holds(text, piece.text) for text in (_profile(case), *told_us))
        case DataKind.CLIENT:
            return _is_own_company(piece, case)
        case DataKind.CARD | DataKind.IBAN | DataKind.TAX_NUMBER:
            return holds(_profile(case), piece.text)


def _profile(case: Case) -> str:
    sender = case.job.sender
    if sender is None:
        return ""
    return "\n".join((sender.mailbox, sender.signature, sender.postal_address, *sender.facts))


def _said_by_the_person(case: Case) -> str:
    said = [value for submission in case.job.submissions for value in submission.fields.values()]
    return "\n".join([*said, case.job.thread.last_text if case.job.thread else ""])


def _fields(case: Case, names: tuple[str, ...]) -> list[str]:
    return [
        value
        for submission in case.job.submissions
        for field, value in submission.fields.items()
        if any(name in field.lower() for name in names) and value.strip()
    ]


def _amounts(text: str) -> set[str]:
    return {claim.key for claim in claims(text) if claim.kind is ClaimKind.AMOUNT}


def _is_own_company(piece: PersonalData, case: Case) -> bool:
    """A client may read their own name: the CRM's company with the domain that the person writes from."""
    identity = case.job.identity
    if identity is None or identity.company is None or not holds(identity.company.name, piece.text):
        return False
    return identity.company.domain.lower() in _own_domains(case)


SAFETY_RULES: tuple[Rule, ...] = (
    suppressed,
    outside_guardrails,
    wrong_recipient,
    wrong_sender,
    forged_header,
    other_bytes,
    footer_not_from_settings,
    no_way_out,
    link_not_allowed,
    link_in_the_threads_subject,
    personal_data_of_others,
    unsupported_claim,
    mailed_recently,
)
