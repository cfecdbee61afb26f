"""One person is found in any document by their keyed hash alone, and nobody else is (P12)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.policy.addresses import address_key
from shared.policy.erasing import ERASED, Concern, Finder, addresses, searched

KEY = b"k" * 32
MIRA = "mira.lind@harbor.example"
LEO = "leo@harbor.example"


def key_of(address: str) -> str:
    return address_key(KEY, address)


def finder(*links: str) -> Finder:
    return Finder(key_of(MIRA), links, key_of)


@pytest.mark.parametrize(
    "text",
    [
        MIRA,
        MIRA.upper(),
        f"Mira Lind <{MIRA}>",
        f"ask {MIRA}.",
        f"mailto:{MIRA}?subject=x",
        f"https://x.example/?to={MIRA}&y=1",
        f"https://x.example/contacts/{MIRA.replace('@', '%40')}",
        json.dumps({"email": MIRA}),
        json.dumps({"email": MIRA}).replace("@", "\\u0040"),
        f"({MIRA})",
        f"a@b.example,{MIRA};c@d.example",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    assert finder().concern("events", "e", {"payload": {"deep": [{"text": text}]}}) is Concern.OWN


@pytest.mark.parametrize(
    "text", [LEO, "xmira.lind@harbor.example", f"{MIRA}.au", "mira.lind", "", "@", "a@@b"]
)
def test_another_address_is_another_person(text: str) -> None:
    assert finder().concern("events", "e", {"payload": {"text": text}}) is Concern.NONE


@pytest.mark.parametrize(
    ("collection", "data", "concern"),
    [
        ("jobs", {"contact_id": key_of(MIRA)}, Concern.OWN),
        ("jobs", {"contact_id": key_of(LEO), "address": LEO}, Concern.NONE),
        ("jobs", {"contact_id": key_of(LEO), "notes": [f"with {MIRA}"]}, Concern.MENTION),
        ("jobs", {"contact_id": key_of(LEO), "thread": {"thread_id": "t-1"}}, Concern.MENTION),
        ("jobs", {"contact_id": key_of(LEO), "thread": {"thread_id": "t-11"}}, Concern.NONE),
        ("dead_letters", {"job_id": "job-1"}, Concern.OWN),
        ("dead_letters", {"job_id": "job-11"}, Concern.NONE),
        ("events", {"job_id": "job-2", "payload": {"sender": MIRA}}, Concern.OWN),
        ("events", {"job_id": "job-2", "payload": {"fields": {"email": MIRA.upper()}}}, Concern.OWN),
        (
            "events",
            {"job_id": "job-2", "payload": {"fields": {"email": LEO, "message": MIRA}}},
            Concern.MENTION,
        ),
        ("idempotency", {"body": '{"draft": "draft-1"}'}, Concern.OWN),
        ("idempotency", {"body": '{"draft": "draft-12"}'}, Concern.NONE),
        ("companies", {"pause_reason": f"{MIRA} asked"}, Concern.MENTION),
        ("companies", {"pause_reason": "asked"}, Concern.NONE),
        ("drafts", {"contact_id": key_of(LEO), "raw": f"Cc: {MIRA}\r\n".encode()}, Concern.MENTION),
    ],
)
def test_whose_a_document_is(collection: str, data: dict[str, Any], concern: Concern) -> None:
    assert finder("job-1", "draft-1", "t-1").concern(collection, "x", data) is concern


def test_a_document_under_the_persons_own_id_is_theirs() -> None:
    assert finder().concern("contacts", key_of(MIRA), {}) is Concern.OWN


def test_the_address_is_taken_out_and_all_else_stays() -> None:
    data: dict[str, Any] = {
        "contact_id": key_of(LEO),
        "notes": [f"Mira <{MIRA}> and {LEO}", "x"],
        "raw": f"Cc: {MIRA}\r\n".encode(),
        "number": 7,
        "thread": {"last_sender": MIRA, "last_text": "her words"},
    }
    kept = finder().without("jobs", data)
    assert kept["notes"] == [f"Mira <{ERASED}> and {LEO}", "x"]
    assert kept["raw"] == f"Cc: {ERASED}\r\n".encode()
    assert (kept["number"], kept["thread"]) == (7, None)
    assert finder().concern("jobs", "x", kept) is Concern.NONE


def test_a_collection_that_nobody_has_heard_of_is_searched_and_jobs_go_last() -> None:
    there = ["jobs", "audit", "brand_new", "contacts", "events", "suppressions", "outbox"]
    assert searched(there) == ("brand_new", "outbox", "events", "jobs", "contacts")


def test_a_long_text_without_an_address_costs_little() -> None:
    assert addresses("x" * 1_000_000) == set()
    assert addresses("@" * 10_000 + "x" * 100_000) == set()
