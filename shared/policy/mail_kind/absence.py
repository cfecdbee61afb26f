"""Who is away, and on which day they say they are back."""

from __future__ import annotations

import re
from datetime import date, timedelta

from shared.jobs.mail import Mail
from shared.pattern import Pattern
from shared.policy.mail_kind.absence_words import (
    AWAY,
    AWAY_SUBJECT,
    BACK,
    INCLUSIVE,
    MACHINE_LIKE,
    NEXT_WEEK,
    NOW,
    PERHAPS_AWAY,
    UNTIL,
    UNTIL_BEHIND,
)
from shared.policy.mail_kind.calendar_words import WEEKDAYS
from shared.policy.mail_kind.dates import Day, days_in, next_weekday, working_day
from shared.policy.mail_kind.folded import Phrases, folded, folded_line, phrases, plain_letters, shortened
from shared.policy.mail_kind.known import Known

_LONGEST = timedelta(days=800)
_NEAR = 90
_CLOSE = 30
_VAGUE = 20
_CLAUSE_ENDS = Pattern(r"[!?;\n]|[.](?=\s+[^\d\s])|(?<=\D)[.](?=\s)|。")
_SURE = 3
_BUT = phrases("but", "aber", "mais", "pero", "maar", "ale", "men", "mutta", "ama", "porem", "however")


def tells_of_absence(mail: Mail, known: Known, *, is_receipt: bool) -> bool:
    """Whether a machine's mail says that a person is away.

    What confirms that something came in may well speak of holidays: there only the plain words count.
    """
    line = _line(mail.own_words)
    if AWAY.search(line):
        return True
    by_contact = known.contact is not None and mail.sender.address == known.contact
    if (by_contact or not is_receipt) and tells_return(mail, known.today):
        return True
    if is_receipt:
        return False
    if by_contact and NOW.search(line):
        return True
    return bool(PERHAPS_AWAY.search(line) or _tells_end(mail, known.today, by_contact))


def says_away(mail: Mail, today: date) -> bool:
    """Whether its own words plainly say that somebody is away, or when they are back."""
    return AWAY.search(_line(mail.own_words)) is not None or tells_return(mail, today)


def tells_return(mail: Mail, today: date) -> bool:
    """Whether a day ahead is named as one of return."""
    text = plain_letters(shortened(mail.own_words))
    return any(_is_told(BACK, text, day) for day in _ahead(text, today))


def _tells_end(mail: Mail, today: date, by_contact: bool) -> bool:
    """Whether a day ahead is named as the end of something; a person's own mailbox need not say of what."""
    text = plain_letters(shortened(mail.own_words))
    return any(
        (_is_last(text, day) and not (day.by_weekday and _follows_weekday(text, day)))
        or (by_contact and not day.by_weekday)
        for day in _ahead(text, today)
    )


def _ahead(text: str, today: date) -> list[Day]:
    return [day for day in days_in(text, today) if today < day.on <= today + _LONGEST]


def _follows_weekday(text: str, day: Day) -> bool:
    """Whether it is the end of "Monday to Friday", which are hours of work."""
    words = re.findall(r"[^\W\d_]+", text[max(0, day.start - 30) : day.start])
    return any(word in WEEKDAYS for word in words)


def says_away_in_subject(subject: str) -> bool:
    """Whether a subject begins as only a notice of absence does."""
    return AWAY_SUBJECT.search(folded_line(subject)) is not None


def reads_like_a_notice(mail: Mail) -> bool:
    """Whether a mail that no header marks as a machine's still reads as a notice of absence.

    A person who is away and answers all the same says something else, too, or asks something.
    """
    line = _line(mail.own_words)
    if not AWAY.search(line):
        return False
    signs = 2 + len(MACHINE_LIKE.said_in(line)) - 2 * line.count("?") - bool(_BUT.search(line))
    return signs >= _SURE


def returns_on(mail: Mail, today: date) -> date | None:
    """The first day the writer is there again, as they say; None where they give no day ahead."""
    text = plain_letters(shortened(f"{mail.own_words}\n\n{mail.subject}"))
    ahead = _ahead(text, today)
    back = [day for day in ahead if _is_told(BACK, text, day)]
    if back:
        return min(back, key=lambda day: _distance(BACK, text, day) + _VAGUE * day.by_weekday).on
    until = [day for day in ahead if _is_last(text, day)]
    if until:
        last = max(until, key=lambda day: day.on)
        return _after(last, text)
    if NEXT_WEEK.search(text) and not ahead:
        return next_weekday(0, today)
    dated = [day.on for day in ahead if not day.by_weekday]
    return working_day(max(dated)) if dated else None


def _line(text: str) -> str:
    return " ".join(folded(text).split()).replace("out of office hours", "outside hours")


def _after(day: Day, text: str) -> date:
    """The first working day after a span that ends on the day, or the day where it is said to be the return."""
    around = text[max(0, day.start - 40) : day.end + 30]
    if day.ends_span or INCLUSIVE.search(around):
        return working_day(day.on + timedelta(days=1))
    return working_day(day.on)


def _is_last(text: str, day: Day) -> bool:
    """Whether the day is named as the end of an absence."""
    if day.ends_span:
        return True
    before = _CLAUSE_ENDS.split(text[max(0, day.start - _CLOSE) : day.start])[-1]
    return bool(UNTIL.search(before) or UNTIL_BEHIND.search(text[day.end : day.end + _CLOSE]))


def _is_told(words: Phrases, text: str, day: Day) -> bool:
    return _distance(words, text, day) <= _NEAR


def _distance(words: Phrases, text: str, day: Day) -> int:
    """How far from the day such a word stands in its clause; what stands before counts as nearer."""
    clause = text[max(0, day.start - _NEAR) : day.start]
    cuts = [cut.end() for cut in _CLAUSE_ENDS.finditer(clause)]
    before = clause[cuts[-1] :] if cuts else clause
    found = words.places_in(before)
    if found:
        return len(before) - found[-1].end()
    behind = text[day.end : day.end + _NEAR]
    cut = _CLAUSE_ENDS.search(behind)
    after = words.search(behind[: cut.start()] if cut else behind)
    return after.start() + _NEAR // 2 if after else _NEAR + 1
