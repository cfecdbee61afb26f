"""Every number that policy decides by, once, with its unit in its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The numbers of the rules. Each is a setting; these are the defaults."""

    address_max_chars: int = 254
    """A mail address longer than this cannot be delivered (RFC 5321)."""
    address_local_max_chars: int = 64
    """The part before the @ may not be longer (RFC 5321)."""
    address_key_chars: int = 40
    """Hex characters of the keyed hash under which a person is kept."""
    address_key_min_bytes: int = 16
    """A shorter key could be guessed, and addresses read back from their hashes."""

    garbage_shown_chars: int = 40
    """How much of a value that could not be understood is shown to the operator."""

    note_shown_chars: int = 200
    """How much of an operator's note on the kill switch is shown with it."""

    suppression_days: int = 365
    """Bounces and manual entries end after this, unless renewed."""

    slots: int = 3
    """Meeting times that a mail offers, when that many are free."""
    slot_min: int = 30
    """Length of a meeting."""
    slot_business_days: int = 3
    """Business days from which meeting times are taken; today counts while a meeting still fits into it."""
    slot_first_h: int = 9
    """Meetings begin at or after this hour, in the sender's time zone."""
    slot_last_h: int = 17
    """Meetings end at or before this hour, in the sender's time zone."""
    slot_notice_h: int = 2
    """Nobody is asked to meet sooner than this."""
    slot_grids_min: tuple[int, ...] = (30, 15)
    """Meetings begin on the half hour; where too few are free, on the quarter hour."""
    slot_spread_min: int = 120
    """Two times offered on one day lie this far apart where the calendar lets them."""

    draft_max_words: int = 200
    """Words of a mail, footer not counted; this many still pass."""
    body_max_chars: int = 5_000
    """A body of so many characters is no mail of 200 words, whatever its spaces say; this many still pass."""
    subject_max_chars: int = 150
    """Longer subjects are cut off in every inbox."""
    raw_max_bytes: int = 256 * 1024
    """The whole mail as it would be sent, headers and encoding included; this many still pass."""
    mailed_again_days: int = 7
    """One unsolicited mail per contact in this many days."""
    form_answers_a_week: int = 2
    """Unsolicited mails and answers to forms together, per contact, in these days; answers to mails are free."""
    quota_near_share: float = 0.8
    """A quota of which this share is counted is near its end, and people are told."""
    send_looks: int = 3
    """How often it is looked what became of a send whose answer was lost, before a person is asked."""
    send_look_s: int = 60
    """Pause between those looks: the mailbox may show late what it took."""
    asked_again_share: float = 0.1
    """While sending is switched off, a draft asks again after this share of the time it has been approved for."""
    asked_again_most_s: int = 1800
    """The longest pause before it asks again."""
    clock_skew_s: int = 300
    """How far the mailbox's clock may be behind ours."""
    conversational_exclamations: int = 1
    """Exclamation marks that a conversational mail may have; a formal one has none."""
    shouted_letters: int = 4
    """A word in capitals is shouted from so many letters on; shorter ones are abbreviations."""
    language_min_words: int = 12
    """With fewer words, nobody can tell the language."""
    english_share: float = 0.1
    """At least this share of the words of an English text are small words of English alone."""
    foreign_share: float = 0.08
    """A text in another language has a smaller share of them."""
    foreign_letters_share: float = 0.05
    """And at least this share of letters that English does not have, where no language is recognised."""


DEFAULTS = Limits()


@dataclass(frozen=True)
class RiskWeights:
    """What each broken rule adds to the risk of a draft, in points; the sum is capped."""

    cap: int = 100
    """Risk is never more than this."""
    personal_data_high: int = 50
    """Personal data that forbids the draft."""
    personal_data_medium: int = 25
    """Personal data that can be mended."""
    personal_data_low: int = 10
    """Personal data that is only pointed out."""
    tone: int = 20
    """The tone is not the planned one."""
    forbidden_word: int = 10
    """Each forbidden word."""
    forbidden_words_cap: int = 40
    """All forbidden words together add no more than this."""
    bounced: int = 30
    """An earlier mail to the person bounced."""
    stage_mismatch: int = 40
    """The company's stage is outside the guardrails."""
    industry_mismatch: int = 30
    """The company's industry is outside the guardrails."""
    high: int = 50
    """Any other rule whose breach forbids the draft."""
    medium: int = 20
    """Any other rule whose breach can be mended."""
    low: int = 10
    """Any other rule whose breach is only pointed out."""


WEIGHTS = RiskWeights()
