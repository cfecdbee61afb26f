"""The mail that is already there: threads between the seeded company's sellers and other people."""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "brightpath.example"
ISABEL = f"isabel.perez@{DOMAIN}"
MARCUS = f"marcus.lenzi@{DOMAIN}"

_ISABEL = f"Isabel Perez <{ISABEL}>"
_MARCUS = f"Marcus Lenzi <{MARCUS}>"
_ANA = "Ana Ruiz <ana.ruiz@harborlogistics.example>"
_GRACE = "Grace Kim <grace.kim@northgatebank.example>"
_LEO = "Leo Marsh <leo.marsh@peppercorn.example>"


@dataclass(frozen=True)
class Letter:
    """One mail of a thread."""

    days_ago: float
    sender: str
    to: str
    text: str


@dataclass(frozen=True)
class Thread:
    """Mails under one subject, oldest first, in one mailbox."""

    mailbox: str
    subject: str
    letters: list[Letter]


_HOLIDAY_PEAKS = """\
Dear Ana,

Thank you for the tour of the Valencia hub last week. I promised to send you how the
forecast handles holiday peaks: it learns them per lane, and asks you before it changes
a plan.

Would it help to see it on your own data?

Best,

Isabel
"""
_TWO_QUESTIONS = """\
Hi Isabel,

Yes, it would. We lose about 6 hours a week on replanning. Two questions: can it read
from our warehouse system, and what does a pilot cost?

I am away until the end of the month, let us speak after that.

Ana
"""
_AUDITORS = """\
Marcus,

our auditors ask for column-level lineage by the end of the quarter. Is that something
you cover today, or is it on the roadmap?

Grace
"""
_COVERED = """\
Good morning Grace,

Thank you for your email. It is covered today for warehouses; reports follow in the
spring. I would be glad to show you.

Kind regards,
Marcus
"""
_SMALLEST_PLAN = """\
Hi Marcus,

we are 46 people and cannot pay enterprise prices. What is the smallest plan?

Leo
"""
_LUNCH = """\
Hi Isabel,

lunch on Thursday at one?

Marcus
"""

THREADS = [
    Thread(
        ISABEL,
        "Delivery forecasts for the Valencia hub",
        [Letter(21.0, _ISABEL, _ANA, _HOLIDAY_PEAKS), Letter(19.5, _ANA, _ISABEL, _TWO_QUESTIONS)],
    ),
    Thread(
        MARCUS,
        "Data lineage at Northgate",
        [Letter(40.0, _GRACE, _MARCUS, _AUDITORS), Letter(39.0, _MARCUS, _GRACE, _COVERED)],
    ),
    Thread(MARCUS, "Quick look at your pricing", [Letter(140.0, _LEO, _MARCUS, _SMALLEST_PLAN)]),
    Thread(ISABEL, "Lunch on Thursday?", [Letter(3.0, _MARCUS, _ISABEL, _LUNCH)]),
]
