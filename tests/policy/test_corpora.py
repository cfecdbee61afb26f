"""How much is found, and how often wrongly, in texts that nobody wrote for these rules."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from shared.policy.links import links
from shared.policy.personal_data import DataKind, personal_data

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not beside this checkout")

KINDS = {
    "EMAIL_ADDRESS": DataKind.ADDRESS,
    "PHONE_NUMBER": DataKind.PHONE,
    "CREDIT_CARD": DataKind.CARD,
    "IBAN_CODE": DataKind.IBAN,
    "US_SSN": DataKind.TAX_NUMBER,
}
AT_LEAST = {"EMAIL_ADDRESS": 1.0, "CREDIT_CARD": 1.0, "IBAN_CODE": 1.0, "US_SSN": 1.0, "PHONE_NUMBER": 0.95}


def test_personal_data_of_strangers_is_found() -> None:
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for line in (DATA / "pii" / "presidio_dev.jsonl").read_text().splitlines():
        entry = json.loads(line)
        pieces = personal_data(entry["text"])
        for span in entry["spans"]:
            if span["type"] in KINDS:
                there[span["type"]] += 1
                found[span["type"]] += any(
                    piece.text in span["value"] or span["value"] in piece.text for piece in pieces
                )
    assert {kind: found[kind] / there[kind] >= share for kind, share in AT_LEAST.items()} == dict.fromkeys(
        AT_LEAST, True
    )


def test_hosts_are_found() -> None:
    for line in (DATA / "pii" / "presidio_dev.jsonl").read_text().splitlines():
        entry = json.loads(line)
        hosts = [span["value"] for span in entry["spans"] if span["type"] in ("DOMAIN_NAME", "IP_ADDRESS")]
        seen = [link.text for link in links(entry["text"])]
        assert all(any(host.rstrip("/") in text or text in host for text in seen) for host in hosts)


@pytest.mark.parametrize("who", ["isabel", "marcus"])
def test_ordinary_mail_is_seldom_suspected(who: str) -> None:
    """A false alarm of these rules would end a job; people's real mail raises hardly any alarm at all."""
    mails = [json.loads(line)["email"] for line in (DATA / "voice" / f"{who}.jsonl").read_text().splitlines()]
    suspected = [mail for mail in mails if personal_data(mail) or links(mail)]
    assert len(suspected) <= 0.06 * len(mails)
