"""Guardrails: which companies may be contacted, judged alike at plan, gate and claim (P8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from shared.jobs.facts import Company
from shared.jobs.rules import Guardrail, GuardrailType
from shared.policy.limits import DEFAULTS, Limits


class CompanyStage(StrEnum):
    """How grown-up a company is."""

    SEED = "SEED"
    SERIES_A = "SERIES_A"
    SERIES_B = "SERIES_B"
    GROWTH = "GROWTH"
    PUBLIC = "PUBLIC"


@dataclass(frozen=True)
class Breach:
    """A guardrail that a company does not pass, and why in our own words."""

    guardrail: Guardrail
    reason: str
    unknown: bool
    """Whether it failed for want of knowledge, not for what is known."""


_REMARKS = frozenset({"name", "note", "updated_by", "created_at", "updated_at"})
_FIELDS = frozenset({"type", "value", "active"})


def read_guardrails(
    raw: Mapping[str, Mapping[str, object]], *, limits: Limits = DEFAULTS
) -> tuple[tuple[Guardrail, ...], tuple[str, ...]]:
    """The active guardrails by document id, and a line for every document that cannot be understood.

    A document holds `type`, `value` and `active`; garbage is reported in inactive ones too, for somebody may
    switch them on. Any line means stopped: see `flags.stopped_by`.
    """
    read: list[Guardrail] = []
    garbage: list[str] = []
    for id_, document in sorted(raw.items()):
        try:
            guardrail, active = _read(id_, document)
        except _Garbage as wrong:
            shown = repr(wrong.value)[: limits.garbage_shown_chars]
            garbage.append(
                f"guardrails/{id_}: {wrong.field} is {shown} ({type(wrong.value).__name__}): {wrong.rule}"
            )
            continue
        if active:
            read.append(guardrail)
    return tuple(read), tuple(garbage)


def breaches(
    company: Company | None, guardrails: tuple[Guardrail, ...], *, unknown_passes: bool
) -> tuple[Breach, ...]:
    """Every active guardrail that the company does not pass; no company means that nothing is known of it."""
    found = (_judge(company, guardrail, unknown_passes) for guardrail in guardrails)
    return tuple(breach for breach in found if breach is not None)


def judge(
    company: Company | None, guardrails: tuple[Guardrail, ...], *, unknown_passes: bool
) -> tuple[str, ...]:
    """Why the company may not be contacted, one line for each guardrail; empty when it may."""
    return tuple(b.reason for b in breaches(company, guardrails, unknown_passes=unknown_passes))


def _judge(company: Company | None, guardrail: Guardrail, unknown_passes: bool) -> Breach | None:
    what, known, passes = _look(company or Company(crm_id=""), guardrail)
    if known and passes:
        return None
    if not known and unknown_passes:
        return None
    reason = (
        f"guardrail {guardrail.id} ({guardrail.type}): {what}"
        if known
        else f"guardrail {guardrail.id} ({guardrail.type}): the {what} is unknown, and unknown fails"
    )
    return Breach(guardrail, reason, unknown=not known)


def _look(company: Company, guardrail: Guardrail) -> tuple[str, bool, bool]:
    """What is said about it, whether the property is known, and whether it passes."""
    match guardrail.type:
        case GuardrailType.ALLOWED_COMPANY_STAGE:
            return _in_list("company stage", company.stage, guardrail.values)
        case GuardrailType.ALLOWED_INDUSTRY:
            return _in_list("industry", company.industry, guardrail.values)
        case GuardrailType.EXCLUDED_COMPANY_IDS:
            if not company.crm_id:
                return "company", False, False
            return f"company {company.crm_id} is excluded", True, company.crm_id not in guardrail.values
        case GuardrailType.EMPLOYEE_RANGE:
            if company.employees is None or company.employees < 0:
                return "number of employees", False, False
            low = 0 if guardrail.low is None else guardrail.low
            enough = company.employees >= low
            few = guardrail.high is None or company.employees <= guardrail.high
            upper = "more" if guardrail.high is None else str(guardrail.high)
            return f"{company.employees} employees, allowed are {low} to {upper}", True, enough and few


def _in_list(name: str, value: str | None, allowed: tuple[str, ...]) -> tuple[str, bool, bool]:
    if value is None or not _plain(value):
        return name, False, False
    passes = _plain(value) in {_plain(one) for one in allowed}
    return f"{name} {_plain(value)} is not one of {', '.join(allowed)}", True, passes


def _plain(value: str) -> str:
    """`Series A`, `series-a` and `SERIES_A` are the same."""
    return re.sub(r"[^\w]+", "_", value.strip()).strip("_").upper()


class _Garbage(Exception):
    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(rule)
        self.field = field
        self.value = value
        self.rule = rule


def _read(id_: str, document: Mapping[str, object]) -> tuple[Guardrail, bool]:
    for field in document:
        if field not in _FIELDS | _REMARKS:
            known = ", ".join(sorted(_FIELDS | _REMARKS))
            raise _Garbage(
                field, document[field], f"no such field; correct it to one of {known}, or remove it"
            )
    active = document.get("active")
    if not isinstance(active, bool):
        raise _Garbage("active", active, "it must be true or false; set it as a boolean")
    type_ = document.get("type")
    if not isinstance(type_, str) or type_ not in set(GuardrailType):
        raise _Garbage("type", type_, f"it must be one of {', '.join(GuardrailType)}; set it to one of them")
    value = document.get("value")
    kind = GuardrailType(type_)
    if kind is GuardrailType.EMPLOYEE_RANGE:
        low, high = _range(value)
        return Guardrail(id_, kind, low=low, high=high), active
    return Guardrail(id_, kind, values=_words(kind, value)), active


def _words(kind: GuardrailType, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Garbage("value", value, "it must be a list of strings; set it as an array")
    words: list[str] = []
    entries = cast("list[object]", value)
    for word in entries:
        if not isinstance(word, str) or not word.strip():
            raise _Garbage("value", word, "every entry must be a string that is not empty; correct this one")
        words.append(word.strip())
    if not words and kind is not GuardrailType.EXCLUDED_COMPANY_IDS:
        raise _Garbage(
            "value", entries, "an empty list would allow nobody; name what is allowed, or set active to false"
        )
    if kind is GuardrailType.ALLOWED_COMPANY_STAGE:
        for word in words:
            if _plain(word) not in set(CompanyStage):
                raise _Garbage("value", word, f"stages are {', '.join(CompanyStage)}; correct this one")
    return tuple(words)


def _range(value: object) -> tuple[int | None, int | None]:
    if not isinstance(value, Mapping):
        raise _Garbage("value", value, "it must be a map with min and max; set it as a map")
    whole = cast("Mapping[str, object]", value)
    bounds = dict(whole)
    low = _bound("min", bounds.pop("min", None))
    high = _bound("max", bounds.pop("max", None))
    if bounds:
        raise _Garbage(
            "value", cast("object", value), "a range has min and max only; remove the other fields"
        )
    if low is None and high is None:
        raise _Garbage("value", whole, "a range needs min or max; set at least one of them")
    if low is not None and high is not None and low > high:
        raise _Garbage("value", whole, "min is more than max; swap or correct them")
    return low, high


def _bound(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _Garbage(f"value.{name}", value, "it must be a whole number of at least 0; set it as a number")
    return value
