from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from shared.policy.limits import DEFAULTS, WEIGHTS, Limits, RiskWeights


def test_the_numbers_are_those_of_the_design() -> None:
    """domain.md, "What the system decides, and by which numbers"."""
    assert (DEFAULTS.slots, DEFAULTS.slot_min, DEFAULTS.slot_business_days) == (3, 30, 3)
    assert (DEFAULTS.slot_first_h, DEFAULTS.slot_last_h) == (9, 17)
    assert DEFAULTS.draft_max_words == 200
    assert DEFAULTS.mailed_again_days == 7
    assert DEFAULTS.raw_max_bytes == 256 * 1024
    assert DEFAULTS.suppression_days == 365
    assert (
        RiskWeights(
            cap=100,
            personal_data_high=50,
            personal_data_medium=25,
            personal_data_low=10,
            tone=20,
            forbidden_word=10,
            forbidden_words_cap=40,
            bounced=30,
            stage_mismatch=40,
            industry_mismatch=30,
            high=50,
            medium=20,
            low=10,
        )
        == WEIGHTS
    )


def test_nobody_can_change_them_in_passing() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.draft_max_words = 500  # type: ignore[misc]
    assert all(field.name in Limits.__annotations__ for field in fields(Limits))
