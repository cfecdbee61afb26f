"""Whether the writer is the person we know, that person from another address, or somebody of their company."""

from __future__ import annotations

import re

from shared.jobs.mail import Mail, MailKind
from shared.pattern import Pattern
from shared.policy.addresses import BadAddress, canonical_address
from shared.policy.mail_kind.folded import folded_line, plain_letters
from shared.policy.mail_kind.known import Known

_TITLES_WORDS = """
mr mrs ms miss mx dr prof professor sir dame ing dipl mag herr frau hr fr monsieur madame mme m sr
sra srta dna dott dottssa rag phd md mba msc bsc cpa esq jr sr ii iii external ext extern via on
behalf of the from bey hanim san sama mgr bc judr rndr
"""
_TITLES = frozenset(_TITLES_WORDS.split())
_SHORT_NAMES = """
thomas tom tommy|robert rob bob bobby robbie|william will bill billy|richard rick dick rich|james jim jimmy jamie|
michael mike mick|elizabeth liz beth lisa eliza|margaret maggie peggy meg|katherine catherine kate kathy katie cathy|
katarzyna kasia|aleksandra ola|malgorzata gosia|agnieszka aga|joanna asia|anthony tony|edward ed ted eddie|
charles charlie chuck|christopher chris|christina christine chris tina|alexander alex sasha|alexandra alex sandra|
samuel samantha sam|daniel dan danny|david dave|joseph joe|jonathan jon|john jack johnny|matthew matt|nicholas nick|
patrick pat paddy|patricia pat patty|peter pete|stephen steven steve|susan sue suzanne|victoria vicky|andrew andy drew|
benjamin ben|gregory greg|jennifer jen jenny|jessica jess|kenneth ken|lawrence larry|leonard leo|leonardo leo|
francisco paco|jose pepe|ignacio nacho|guadalupe lupe|giuseppe beppe|johannes hans|josef sepp|friedrich fritz|
rebecca becky|deborah debbie|timothy tim|theodore ted theo|ronald ron|philip phil|mikko mikael|bartlomiej bartek
"""
_SHORT = tuple(frozenset(line.split()) for line in _SHORT_NAMES.replace("\n", "").split("|"))
_LETTERS = Pattern(r"[^\W\d_]+")
_LEAST_LABEL = 5
_LAST_LINES = 6


def writer_is(mail: Mail, known: Known) -> MailKind:
    """PERSON for whom we know and for strangers, else ALIAS or COLLEAGUE of whom the thread is with."""
    writer, contact = _canonical(mail.sender.address), _canonical(known.contact or "")
    if not writer or not contact or writer == contact:
        return MailKind.PERSON
    if _mailbox(writer) == _mailbox(contact):
        return MailKind.ALIAS
    same_company = _same_company(writer, contact, known)
    person = _names(known.contact_name) or _of_local(contact)
    shown = _shown_name(mail)
    if shown and _same_person(shown, person, writer, together=same_company):
        return MailKind.ALIAS
    if not shown and _local_is_of(writer, person):
        return MailKind.ALIAS
    if len(shown) != 2 and not _is_another(shown, person) and _signs_as(mail, person):
        return MailKind.ALIAS
    return MailKind.COLLEAGUE if same_company else MailKind.PERSON


def _canonical(address: str) -> str:
    try:
        return canonical_address(address)
    except BadAddress:
        return ""


def _mailbox(address: str) -> str:
    """The mailbox behind an address: without what follows a plus, and dots."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _same_company(writer: str, contact: str, known: Known) -> bool:
    one, other = writer.partition("@")[2], contact.partition("@")[2]
    if _is_free(one, known) or _is_free(other, known):
        return False
    if one == other or one.endswith(f".{other}") or other.endswith(f".{one}"):
        return True
    label = _label(one)
    return len(label) >= _LEAST_LABEL and label == _label(other)


def _is_free(domain: str, known: Known) -> bool:
    try:
        return known.is_free_mail(domain)
    except BadAddress:
        return True


def _label(domain: str) -> str:
    """The name in a domain that is registered: kranich-logistik.de and kranichlogistik.com share it."""
    labels = domain.split(".")
    of_country = (
        len(labels) > 2 and labels[-2] in ("co", "com", "org", "net", "ac", "gov") and len(labels[-1]) == 2
    )
    return labels[-3 if of_country else -2].replace("-", "")


def _names(text: str) -> tuple[str, ...]:
    words = _LETTERS.findall(plain_letters(re.sub(r"\([^)]{0,80}\)", " ", text[:200]).replace("'", "")))
    return tuple(word for word in words if word not in _TITLES)


def _shown_name(mail: Mail) -> tuple[str, ...]:
    """The name beside the address; nothing where only the address stands there again."""
    return () if "@" in mail.sender.name else _names(mail.sender.name)


def _of_local(address: str) -> tuple[str, ...]:
    words = _LETTERS.findall(plain_letters(address.partition("@")[0].partition("+")[0]))
    return tuple(word for word in words if len(word) > 1)


def _same_person(shown: tuple[str, ...], person: tuple[str, ...], writer: str, *, together: bool) -> bool:
    if not person:
        return False
    said, theirs = set(shown), set(person)
    if len(theirs) > 1:
        if theirs <= said or (len(said) > 1 and said <= theirs):
            return True
        if theirs & said and _first_and_last(shown, person, writer):
            return True
    if len(shown) == 1 and shown[0] in (person[0], person[-1]):
        # Only "Leo": believed unless the address names somebody else.
        local = _of_local(writer)
        return len(local) < 2 or bool(set(local) <= theirs or _local_is_of(writer, person))
    return bool(together and "".join(sorted(said)) == "".join(sorted(theirs)))


def _first_and_last(shown: tuple[str, ...], person: tuple[str, ...], writer: str) -> bool:
    """Whether both have the surname, and first names that may be the same: T. Byrne, Thomas Byrne."""
    first, last = person[0], person[-1]
    for said, surname in ((shown[0], shown[-1]), (shown[-1], shown[0])):
        if surname != last or said == surname:
            continue
        if said == first or any({said, first} <= names for names in _SHORT):
            return True
        if len(said) == 1 and first.startswith(said):
            local = set(_of_local(writer))
            others = {word for word in local if word not in (first, last, said) and word.startswith(said)}
            return not others
        if min(len(said), len(first)) >= 3 and (said.startswith(first) or first.startswith(said)):
            return True
    return False


def _local_is_of(address: str, person: tuple[str, ...]) -> bool:
    """Whether the part before the @ is made of the person's name: t.byrne, byrne_tom, tbyrne."""
    if len(person) < 2:
        return False
    local = "".join(_LETTERS.findall(plain_letters(address.partition("@")[0].partition("+")[0])))
    first, last = person[0], person[-1]
    whole = "".join(person)
    forms = {first + last, last + first, first[0] + last, last + first[0], first + last[0], whole}
    return local in forms


def _is_another(shown: tuple[str, ...], person: tuple[str, ...]) -> bool:
    """Whether a first name and a surname are shown, and are not the person's."""
    return len(shown) >= 2 and not set(shown) & set(person)


def _signs_as(mail: Mail, person: tuple[str, ...]) -> bool:
    if len(person) < 2:
        return False
    lines = [line for line in mail.own_words.splitlines() if line.strip()][-_LAST_LINES:]
    if any(_names(line) == person for line in lines):
        return True
    name = " ".join(person)
    words = folded_line(mail.own_words)
    return any(
        f"{begins} {name}" in words
        for begins in ("this is", "its", "here is", "ici", "hier ist", "sono", "soy")
    )
