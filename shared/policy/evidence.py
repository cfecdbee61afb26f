"""Whether what a mail claims has a source: a model that invents a price, a date or a name is found out (P10).

Code knows the calendar, the recipient's name and the sender's own statements, and checks them itself. Every
other claim needs evidence whose span stands word for word in the source it names. What we promise and what we
cost can only come from the sender's own statements: a form is no authority on that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from shared.jobs.facts import Evidence, Slot, Source
from shared.jobs.job import Job
from shared.pattern import Pattern
from shared.policy.claim_words import TIME_UNITS
from shared.policy.claims import Claim, ClaimKind, claims
from shared.policy.letter import reply_subject
from shared.policy.names import name_words, names_in
from shared.policy.sentences import holds, places, sentences, words
from shared.policy.speech import reported, statements_about_us

_OURS = frozenset({Source.SENDER, Source.CALENDAR})
_ONLY_OURS = frozenset({ClaimKind.AMOUNT, ClaimKind.PERCENT, ClaimKind.PROMISE})
"""What only the sender can say of the sender."""
_UNITS_OF_PERFORMANCE = TIME_UNITS | {"times", "customer"}
_CAPITAL_NOUNS = frozenset({"de", "lb"})
_SHORT_FACT_WORDS = 2
_STATEMENT_SHARE = 0.6
"""A statement about us must share this much of its own words with one of the sender's statements."""


@dataclass(frozen=True)
class Unsupported:
    """A claim without a source, and what would give it one."""

    text: str
    why: str


def sources_of(job: Job) -> dict[str, str]:
    """Every text that a mail may be based on, by the field that evidence names it by.

    Only what people, the CRM, the calendar and the settings said: no summary that a model wrote.
    """
    found: dict[str, str] = {}
    for age, submission in enumerate(job.submissions):
        place = "form" if age == 0 else f"form[{age}]"
        found[f"{place}.form_name"] = submission.form_name
        found[f"{place}.submitted_at"] = _day_words(submission.submitted_at)
        found |= {f"{place}.{name}": value for name, value in submission.fields.items()}
    found |= _crm(job)
    if job.thread is not None:
        found["thread.subject"] = job.thread.subject
        found["thread.last_text"] = job.thread.last_text
        found["thread.last_message_at"] = _day_words(job.thread.last_message_at)
    shown = next((mail.name for mail in job.mails if mail.sender == job.address), "")
    found["thread.from_name"] = shown
    for place, slot in enumerate(job.slots or ()):
        found[f"calendar.slots[{place}]"] = slot_words(slot)
    if job.sender is not None:
        found["calendar.time_zone"] = _zone_words(job.sender.time_zone, job.slots or ())
        for name in ("name", "title", "company", "mailbox", "signature", "postal_address"):
            found[f"sender.{name}"] = str(getattr(job.sender, name))
        found |= {f"sender.facts[{place}]": fact for place, fact in enumerate(job.sender.facts)}
    return {field: text for field, text in found.items() if text.strip()}


def unsupported(
    *,
    subject: str,
    body: str,
    evidence: Sequence[Evidence],
    job: Job,
    now: datetime,
    language: str = "en",
) -> tuple[Unsupported, ...]:
    """Every claim of subject and body that nothing supports, in the order of the text.

    Digits and signs are read in any language, words mostly in English; where a language writes every noun with
    a capital, capitals name nobody.
    """
    court = _Court(job, evidence, now, names_show=language.partition("-")[0].lower() not in _CAPITAL_NOUNS)
    found = [*court.claims_without_source(body), *court.statements_without_source(body)]
    answers_thread = job.thread is not None and subject == reply_subject(job.thread.subject)
    if not answers_thread:
        found = [*court.claims_without_source(subject, is_title=_is_title(subject)), *found]
    return tuple({(one.text, one.why): one for one in found}.values())


def stands_in_source(evidence: Evidence, sources: Mapping[str, str]) -> bool:
    """Whether the span of the evidence stands word for word in a source of the kind that it names."""
    return any(
        holds(text, evidence.span) for field, text in sources.items() if _kind(field) is evidence.source
    )


def slot_words(slot: Slot) -> str:
    """A meeting time in the spellings that a mail may use."""
    zone = ZoneInfo(slot.time_zone)
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    minutes = round((end - start).total_seconds() / 60)
    times = f"{start:%H:%M}-{end:%H:%M}, {start:%H:%M} to {end:%H:%M}, {start:%I:%M %p}, {end:%I:%M %p}"
    return f"{_day_words(start)}; {times}; {minutes} minutes; {_zone_words(slot.time_zone, (slot,))}"


class _Court:
    """Everything that claims are held against."""

    def __init__(self, job: Job, evidence: Sequence[Evidence], now: datetime, *, names_show: bool) -> None:
        self._names_show = names_show
        self._job = job
        self._now = now
        self._sources = sources_of(job)
        self._evidence = [one for one in evidence if stands_in_source(one, self._sources)]
        self._said = {one: claims(one.span, names=names_in) for one in self._evidence}

    def claims_without_source(self, text: str, *, is_title: bool = False) -> list[Unsupported]:
        found: list[Unsupported] = []
        all_claims = claims(text, names=names_in if self._names_show and not is_title else None)
        days = _days_of(all_claims, text)
        facts = self._facts_in(text)
        told = reported(text)
        backed = {one: places(text, one.claim) for one in self._evidence}
        for claim in all_claims:
            if _within(claim, facts) or self._known(claim, days.get(claim, [])):
                continue
            backing = [one for one in self._evidence if _touches(claim, backed[one])]
            found += self._judged(claim, backing, told)
        return found

    def statements_without_source(self, text: str) -> list[Unsupported]:
        """Statements about what we do or offer that none of the sender's own statements make."""
        company = self._job.sender.company if self._job.sender else ""
        own = self._job.sender.facts if self._job.sender else ()
        facts = self._facts_in(text)
        found: list[Unsupported] = []
        for sentence in sentences(text):
            is_fact = any(start < sentence.end and end > sentence.start for start, end in facts)
            for statement in () if is_fact else statements_about_us(sentence.text, company):
                if not any(_share(statement, fact) >= _STATEMENT_SHARE for fact in own):
                    found.append(
                        Unsupported(
                            statement,
                            "none of the sender's statements says so; leave it out, or add it to them",
                        )
                    )
        return found

    def _judged(
        self, claim: Claim, backing: Sequence[Evidence], told: Sequence[tuple[int, int]]
    ) -> list[Unsupported]:
        matching = [one for one in backing if self._says(one, claim)]
        if not matching:
            return [Unsupported(claim.text, f"this {claim.kind} has no source; give one, or leave it out")]
        ours_alone = claim.kind in _ONLY_OURS or claim.unit in _UNITS_OF_PERFORMANCE
        from_us = any(one.source in _OURS for one in matching)
        if ours_alone and not from_us and not _within(claim, told):
            why = "only the sender's own statements can promise or price anything; leave it out"
            return [Unsupported(claim.text, why)]
        return []

    def _says(self, evidence: Evidence, claim: Claim) -> bool:
        if claim.kind is ClaimKind.NAME:
            return claim.key in name_words(evidence.span)
        for said in self._said[evidence]:
            same = said.kind is claim.kind and said.key == claim.key
            if same and (said.unit == claim.unit or not said.unit or not claim.unit):
                return True
        return False

    def _known(self, claim: Claim, day: Sequence[Claim]) -> bool:
        """Whether code itself knows it to be true: the calendar's times, the two people's names."""
        match claim.kind:
            case ClaimKind.NAME:
                return claim.key in self._names or claim.key.replace("-", "") in self._names
            case ClaimKind.DATE:
                return any(self._is_day(slot, day) for slot in self._slots)
            case ClaimKind.TIME:
                times = (slot for slot in self._slots if claim.key in _clock_times(slot))
                return any(self._is_day(slot, day) for slot in times)
            case ClaimKind.NUMBER:
                return claim.unit == "minute" and any(claim.key == _minutes(slot) for slot in self._slots)
            case _:
                return False

    @cached_property
    def _slots(self) -> tuple[Slot, ...]:
        return self._job.slots or ()

    @cached_property
    def _names(self) -> frozenset[str]:
        """Of the recipient, their company, the sender and the time zone."""
        identity, sender = self._job.identity, self._job.sender
        known = [self._sources.get("calendar.time_zone", "")]
        if identity is not None:
            known += [identity.first_name, identity.last_name, identity.title, identity.company_name]
            known += [identity.company.name] if identity.company else []
        if sender is not None:
            known += [sender.name, sender.title, sender.company]
        return name_words(" ".join(known))

    def _facts_in(self, text: str) -> list[tuple[int, int]]:
        facts = self._job.sender.facts if self._job.sender else ()
        long_enough = (fact for fact in facts if len(words(fact)) >= _SHORT_FACT_WORDS)
        return [place for fact in long_enough for place in places(text, fact.strip().rstrip("."))]

    def _is_day(self, slot: Slot, said: Iterable[Claim]) -> bool:
        zone = ZoneInfo(slot.time_zone)
        day = slot.start.astimezone(zone).date()
        is_tomorrow = day == self._now.astimezone(zone).date() + timedelta(days=1)
        keys = {
            f"weekday:{day.weekday()}",
            f"date:{day.month}-{day.day}",
            f"date:{day.day}/{day.month}",
            f"date:{day.month}/{day.day}",
            f"month:{day.month}",
            "relative:tomorrow" if is_tomorrow else "",
        }
        return all(claim.key in keys for claim in said)


def _days_of(all_claims: Sequence[Claim], text: str) -> dict[Claim, list[Claim]]:
    """What is said of one day: "Tuesday, March 17" of itself, and of the times after it in the sentence."""
    found: dict[Claim, list[Claim]] = {}
    starts = iter([*(sentence.start for sentence in sentences(text)), len(text) + 1])
    next_start = next(starts)
    day: list[Claim] = []
    for claim in all_claims:
        while claim.start >= next_start:
            next_start = next(starts)
            day = []
        if claim.kind is ClaimKind.DATE:
            if not day or not _SAME_DAY.fullmatch(text, day[-1].end, claim.start):
                day = []
            day.append(claim)
        if claim.kind in (ClaimKind.DATE, ClaimKind.TIME):
            found[claim] = day
    return found


_SAME_DAY = Pattern(r"[\s,(]*(?:the\s)?")


def _crm(job: Job) -> dict[str, str]:
    identity = job.identity
    if identity is None:
        return {}
    names = ("address", "first_name", "last_name", "title", "company_name")
    found = {f"crm.{name}": str(getattr(identity, name)) for name in names}
    if identity.company is not None:
        company = identity.company
        for name in ("name", "domain", "industry", "stage", "employees"):
            value = getattr(company, name)
            found[f"crm.company.{name}"] = "" if value is None else str(value).replace("_", " ")
    return found


def _kind(field: str) -> Source | None:
    name = field.partition(".")[0].partition("[")[0]
    return Source(name) if name in set(Source) else None


def _day_words(moment: datetime) -> str:
    return (
        f"{moment:%A}, {moment:%a} {moment.day} {moment:%B} {moment.year}, {moment:%B} {moment.day}, "
        f"{moment.day} {moment:%b}, {moment:%b} {moment.day}, {moment:%Y-%m-%d}"
    )


def _zone_words(name: str, slots: Iterable[Slot]) -> str:
    """How people call the time zone: its name, its city and its abbreviations."""
    zone = ZoneInfo(name)
    short = {slot.start.astimezone(zone).tzname() or "" for slot in slots}
    spoken = {"E": "Eastern", "C": "Central", "M": "Mountain", "P": "Pacific"}
    american = {f"{spoken[s[0]]} time" for s in short if s in _AMERICAN}
    city = name.rpartition("/")[2].replace("_", " ")
    generic = {f"{s[0]}T" for s in short if s in _AMERICAN}
    return "; ".join((name, f"{city} time", *sorted(short | american | generic)))


_AMERICAN = frozenset({"EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"})


def _clock_times(slot: Slot) -> set[str]:
    """The wall-clock start and end; "2:30" may stand for half past two in the afternoon."""
    zone = ZoneInfo(slot.time_zone)
    found: set[str] = set()
    for moment in (slot.start.astimezone(zone), slot.end.astimezone(zone)):
        found.add(f"{moment:%H:%M}")
        if moment.hour > 12:
            found.add(f"{moment.hour - 12:02d}:{moment.minute:02d}")
    return found


def _minutes(slot: Slot) -> str:
    return str(round((slot.end - slot.start).total_seconds() / 60))


def _within(claim: Claim, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(start <= claim.start and claim.end <= end for start, end in stretches)


def _touches(claim: Claim, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(start < claim.end and claim.start < end for start, end in stretches)


def _share(statement: str, fact: str) -> float:
    """How much of what a statement says stands in a fact, 0 to 1."""
    said = _stems(statement)
    return len(said & _stems(fact)) / len(said) if said else 0.0


def _stems(text: str) -> set[str]:
    bare = (word.casefold().strip("\"'“”‘’.,;:!?()") for word in words(text))
    return {word.rstrip("s")[:6] for word in bare if len(word) > 2 and word not in _EMPTY_WORDS}


_EMPTY_WORDS = frozenset(
    ("the", "and", "for", "you", "your", "our", "with", "that", "this", "from", "can", "will", "are", "also")
)


def _is_title(subject: str) -> bool:
    """Whether a subject is written in capitals like a headline, where they say nothing."""
    found = [word for word in words(subject) if word[0].isalpha()]
    return len(found) > 1 and sum(word[0].isupper() for word in found) * 2 > len(found)
