"""How the corpus is read: `python -m tests.mail.confusion` prints the table of each half and what is missed.

Of the half that is kept for judging only numbers are shown, never which mail was misread.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from shared.connectors.mime import read_mail
from shared.jobs.mail import MailKind, Reading
from shared.policy.addresses import is_free_mail
from shared.policy.mail_kind.kind import kind_of
from shared.policy.mail_kind.known import Known
from tests.mail import corpus, known

GRAVE = (MailKind.OPT_OUT, MailKind.HARD_BOUNCE)
"""The kinds that are never to be missed: somebody would be mailed who must not be."""


@dataclass
class Score:
    """How often each kind was read as each other, and how many days and failed addresses were right."""

    table: Counter[tuple[MailKind, MailKind]] = field(default_factory=Counter[tuple[MailKind, MailKind]])
    days_right: int = 0
    days: int = 0
    failed_right: int = 0
    failed: int = 0
    misread: list[str] = field(default_factory=list[str], repr=False)
    """Which mails were misread and how; always empty for the half that is kept for judging."""

    @property
    def right(self) -> float:
        """The share of mails whose kind is right."""
        return sum(n for (is_, read), n in self.table.items() if is_ is read) / self.table.total()

    def right_of(self, kind: MailKind) -> float:
        """The share of one kind's mails that are read as it."""
        return self.table[kind, kind] / sum(n for (is_, _), n in self.table.items() if is_ is kind)

    def missed(self, kind: MailKind) -> int:
        """How many mails of a kind are read as something else."""
        return sum(n for (is_, read), n in self.table.items() if is_ is kind and read is not kind)

    def wrongly(self, kind: MailKind) -> int:
        """How many other mails are read as this kind."""
        return sum(n for (is_, read), n in self.table.items() if is_ is not kind and read is kind)

    def as_text(self) -> str:
        """The table: a row for what a mail is, a column for how it was read."""
        kinds = list(MailKind)
        head = " " * 14 + " ".join(f"{kind.value[:7]:>7}" for kind in kinds) + "   right"
        rows = [
            f"{is_.value:14}"
            + " ".join(f"{self.table[is_, read] or '.':>7}" for read in kinds)
            + f"  {self.right_of(is_):6.1%}"
            for is_ in kinds
        ]
        totals = (
            f"in all {self.right:.1%} of {self.table.total()}; days of return {self.days_right}/{self.days}; "
            f"failed addresses {self.failed_right}/{self.failed}"
        )
        return "\n".join([head, *rows, totals])


def reading_of(fixture: corpus.Fixture) -> Reading:
    """How the product reads a fixture, in the world of the corpus."""
    return kind_of(
        read_mail(fixture.raw),
        Known(
            ours=frozenset(known.MAILBOXES),
            today=known.TODAY,
            contact=fixture.contact.address,
            contact_name=fixture.contact.name,
            is_free_mail=lambda domain: domain in known.FREE_MAIL_DOMAINS or is_free_mail(domain),
        ),
    )


def score(half: corpus.Half) -> Score:
    """The score over one half of the corpus."""
    found = Score()
    for fixture in corpus.fixtures(half):
        reading = reading_of(fixture)
        found.table[fixture.kind, reading.kind] += 1
        wrong = [] if reading.kind is fixture.kind else [f"read as {reading.kind}"]
        if fixture.kind is MailKind.OUT_OF_OFFICE:
            found.days += 1
            if reading.returns_on == fixture.returns_on:
                found.days_right += 1
            else:
                wrong.append(f"back on {reading.returns_on}, not {fixture.returns_on}")
        if fixture.failed is not None:
            found.failed += 1
            if set(reading.failed) == set(fixture.failed):
                found.failed_right += 1
            else:
                wrong.append("other failed addresses")
        if wrong and half == "learn":
            found.misread.append(f"{fixture.path.name} ({fixture.kind}): {', '.join(wrong)}")
    return found


if __name__ == "__main__":
    for each in corpus.HALVES:
        result = score(each)
        print(f"--- {each}\n{result.as_text()}")
        print("\n".join(result.misread))
