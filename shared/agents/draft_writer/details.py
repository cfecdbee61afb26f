"""The short answers of a form (name, company, size, timeline, checkboxes), made safe and ready to be "
"spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.agents.draft_writer.parts import Support
from shared.agents.form_fields import FormField, Role
from shared.agents.own_words import is_plain
from shared.jobs.facts import Source
from shared.jobs.job import Job
from shared.pattern import Pattern

FREE_TEXT_FROM_WORDS = 7
"""An answer this long is read like a message."""

_SHORTEST_NAME = 2
_NAME = Pattern(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}")
_NO_NAME_WORDS = """
test tester testing asdf qwerty na none null unknown user admin info sales name anonymous hello hi mr mrs
ms dr firstname first fname xxx abc me myself team private self n/a no
"""
_NO_NAMES = frozenset(_NO_NAME_WORDS.split())
_LEGAL_FORM = Pattern(r",? (?<!& )(?:inc|llc|ltd|gmbh|corp|plc|ag|bv|sa|srl|pty ltd)\.?$", re.IGNORECASE)
_NOTHING = frozenset(
    (
        "n/a",
        "na",
        "none",
        "no",
        "-",
        "other",
        "unknown",
        "not sure",
        "true",
        "false",
        "yes",
        "select",
        "please select",
    )
)
_SPOKEN_OF = (
    Role.TEAM,
    Role.SEATS,
    Role.EMPLOYEES,
    Role.TIMELINE,
    Role.TOOL,
    Role.USE_CASE,
    Role.INTERESTS,
)
_SIZE = Pattern(r"\d[\d,]*(?: ?(?:-|to) ?\d[\d,]*|\+)?")
_WHEN = Pattern(
    r"(?:within|in|next|this|by|before|after|during|early|late|end of|as soon)\b.*", re.IGNORECASE
)


@dataclass(frozen=True)
class Detail:
    """One short answer, as it may be shown, with the answer that it came from."""

    role: Role
    value: str
    support: Support


def first_name(job: Job, fields: tuple[FormField, ...]) -> Detail | None:
    """The person's first name, as the CRM or else the form has it; None when that is no name."""
    candidates: list[tuple[str, Support]] = []
    if job.identity and job.identity.first_name:
        name = job.identity.first_name
        candidates.append((name, Support(Source.CRM, "crm.first_name", name)))
    for field in fields:
        support = Support(Source.FORM, f"form.{field.name}", field.value)
        if field.role is Role.FIRST_NAME:
            candidates.append((field.value, support))
        elif field.role is Role.NAME and len(field.value.split()) <= 3:
            candidates.append((field.value.split()[0], support))
    candidates += _shown_with_the_address(job)
    for value, support in candidates:
        name = re.sub(r"^(?:dr|mr|mrs|ms|prof)\.? ", "", value.strip(), flags=re.IGNORECASE)
        plain = _NAME.fullmatch(name) is not None and 2 <= len(name) <= 24 and is_plain(name, max_words=3)
        if plain and name.lower() not in _NO_NAMES:
            badly_cased = name.islower() or (name.isupper() and len(name) > 2)
            return Detail(Role.FIRST_NAME, name.title() if badly_cased else name, support)
    return None


def _shown_with_the_address(job: Job) -> list[tuple[str, Support]]:
    """The first name that their mail program shows, where their address has it too: it may name a team."""
    heard = next((mail for mail in job.mails if mail.sender == job.address), None)
    if heard is None or not heard.name:
        return []
    last, comma, rest = heard.name.partition(",")
    first = next(iter((rest if comma else last).split()), "")
    if len(first) < _SHORTEST_NAME or first.lower() not in job.address.partition("@")[0].lower():
        return []
    return [(first, Support(Source.THREAD, "thread.from_name", heard.name))]


def company(job: Job, fields: tuple[FormField, ...]) -> Detail | None:
    """The company's name without its legal form, as the CRM or else the form has it."""
    identity = job.identity
    candidates: list[tuple[str, Support]] = []
    if identity and identity.company and identity.company.name:
        name = identity.company.name
        candidates.append((name, Support(Source.CRM, "crm.company.name", name)))
    for field in fields:
        if field.role is Role.COMPANY:
            candidates.append((field.value, Support(Source.FORM, f"form.{field.name}", field.value)))
    if identity and identity.company_name:
        candidates.append(
            (identity.company_name, Support(Source.CRM, "crm.company_name", identity.company_name))
        )
    for value, support in candidates:
        name = _LEGAL_FORM.sub("", value.strip())
        plain = is_plain(name, max_words=4) and len(name) <= 40 and "/" not in name
        if plain and name.lower() not in _NO_NAMES and name[0].isupper():
            return Detail(Role.COMPANY, name, support)
    return None


def details(fields: tuple[FormField, ...]) -> tuple[Detail, ...]:
    """The short answers that may be spoken of, in the form's order."""
    found: list[Detail] = []
    for field in fields:
        if field.role not in _SPOKEN_OF or is_free_text(field):
            continue
        several = field.role in (Role.INTERESTS, Role.TOOL)
        values = re.split(r"\s*;\s*", field.value)[:3] if several else [field.value]
        support = Support(Source.FORM, f"form.{field.name}", field.value)
        found += [
            Detail(field.role, value, support)
            for value in values
            if is_plain(value, max_words=FREE_TEXT_FROM_WORDS - 1) and value.lower() not in _NOTHING
        ]
    return tuple(found)


def is_free_text(field: FormField) -> bool:
    """Whether the person wrote sentences into a field."""
    if field.role is Role.MESSAGE:
        return True
    may_be = field.role in (Role.USE_CASE, Role.OTHER, Role.INTERESTS)
    return may_be and len(field.value.split()) >= FREE_TEXT_FROM_WORDS and ";" not in field.value


def spoken(detail: Detail) -> str:
    """A size, a timeline or a tool in the middle of a sentence; "" when it has no natural form."""
    value = detail.value
    is_size = _SIZE.fullmatch(value) is not None
    match detail.role:
        case Role.TEAM:
            return f"your team of {value}" if is_size else f'your team size ("{value}")'
        case Role.SEATS:
            return f"the {value} users you have in mind" if is_size else ""
        case Role.EMPLOYEES:
            return f"your company size ({value})" if is_size else ""
        case Role.TIMELINE:
            shown = value[0].lower() + value[1:] if _WHEN.fullmatch(value) else f'"{value}"'
            return f"your timeline ({shown})"
        case Role.TOOL:
            return f"your current setup ({value})"
        case _:
            return ""
