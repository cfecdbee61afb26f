from __future__ import annotations

from datetime import timedelta

import pytest

from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy.limits import DEFAULTS
from shared.policy.suppression import NEVER_EXPIRES, is_suppressed, new_suppression, renewed
from tests.policy.examples import NOW

YEAR = timedelta(days=DEFAULTS.suppression_days)
MOMENT = timedelta(seconds=1)


def entry(reason: SuppressionReason) -> Suppression:
    return new_suppression(tenant="default", id="k", reason=reason, actor="ann", now=NOW)


def test_nobody_is_suppressed_without_an_entry() -> None:
    assert not is_suppressed(None, NOW)


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.MANUAL])
def test_bounces_and_manual_entries_end_after_a_year(reason: SuppressionReason) -> None:
    assert is_suppressed(entry(reason), NOW)
    assert is_suppressed(entry(reason), NOW + YEAR - MOMENT)
    assert not is_suppressed(entry(reason), NOW + YEAR)


@pytest.mark.parametrize("reason", [SuppressionReason.OPT_OUT, SuppressionReason.COMPLAINT])
def test_opt_outs_and_complaints_never_end_whatever_the_document_says(reason: SuppressionReason) -> None:
    assert entry(reason).expire_at is None
    assert is_suppressed(entry(reason), NOW + 50 * YEAR)
    assert is_suppressed(entry(reason).but(expire_at=NOW - MOMENT), NOW)


def test_an_entry_whose_end_was_removed_does_not_end() -> None:
    assert is_suppressed(entry(SuppressionReason.MANUAL).but(expire_at=None), NOW + 50 * YEAR)


@pytest.mark.parametrize("reason", SuppressionReason)
def test_renewing_starts_the_year_again(reason: SuppressionReason) -> None:
    later = renewed(entry(reason), reason=reason, actor="bob", now=NOW + YEAR)
    assert is_suppressed(later, NOW + 2 * YEAR - MOMENT)
    assert is_suppressed(later, NOW + 2 * YEAR) is (reason in NEVER_EXPIRES)


@pytest.mark.parametrize("before", SuppressionReason)
@pytest.mark.parametrize("after", SuppressionReason)
def test_a_second_reason_never_weakens_the_first(before: SuppressionReason, after: SuppressionReason) -> None:
    later = renewed(entry(before), reason=after, actor="bob", now=NOW + MOMENT)
    for wait in (MOMENT, YEAR - MOMENT, YEAR, 50 * YEAR):
        either = is_suppressed(entry(before), NOW + wait) or is_suppressed(entry(after), NOW + wait)
        assert is_suppressed(later, NOW + wait) or not either
