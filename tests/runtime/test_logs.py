"""A log line says what is on the list, without addresses, and is one line of JSON (P11)."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import pytest

from shared.runtime.logs import ALLOWED, log, quieten, scrub, traced
from tests.conftest import CANARY

Capture = pytest.CaptureFixture[str]


def said(capsys: Capture) -> dict[str, Any]:
    """The only line that was written."""
    (line,) = capsys.readouterr().out.split("\n")[:-1]
    return json.loads(line)


def test_a_line_is_one_json_object_with_the_names_that_cloud_logging_reads(capsys: Capture) -> None:
    log("stage_done", "WARNING", trace_id="ab" * 16, project="acme", job="j1", attempt=2)
    line = said(capsys)
    assert (line["severity"], line["event"], line["message"]) == ("WARNING", "stage_done", "stage_done")
    assert (line["job"], line["attempt"]) == ("j1", 2)
    assert line["trace_id"] == "ab" * 16
    assert line["logging.googleapis.com/trace"] == f"projects/acme/traces/{'ab' * 16}"
    assert line["time"].endswith("+00:00")


def test_a_line_without_a_trace_of_its_own_is_of_the_requests(capsys: Capture) -> None:
    with traced("acme", "cd" * 16):
        log("swept")
        assert said(capsys)["logging.googleapis.com/trace"] == f"projects/acme/traces/{'cd' * 16}"
        log("stage_done", trace_id="ab" * 16, project="acme")
        assert said(capsys)["trace_id"] == "ab" * 16
    log("swept")
    assert "trace_id" not in said(capsys)


def test_without_a_trace_none_is_named(capsys: Capture) -> None:
    log("swept")
    assert not [name for name in said(capsys) if "trace" in name]


@pytest.mark.parametrize(
    "name", ["body", "address", "subject", "email", "token", "secret", "headers", "payload", "text", "Reason"]
)
def test_a_field_that_is_not_on_the_list_is_withheld_by_name_and_its_value_dropped(
    capsys: Capture, name: str
) -> None:
    fields: dict[str, Any] = {name: CANARY}
    log("stage_done", job="j1", **fields)
    line = said(capsys)
    assert line["withheld"] == [name]
    assert CANARY not in json.dumps(line)
    assert line["job"] == "j1", "the rest is said all the same"


def test_all_that_is_withheld_is_named_in_order_and_nothing_else(capsys: Capture) -> None:
    log("stage_done", zebra=1, body=2)
    assert said(capsys)["withheld"] == ["body", "zebra"]
    log("stage_done", job="j1")
    assert "withheld" not in said(capsys)


@pytest.mark.parametrize(
    "risky",
    [
        "address",
        "addresses",
        "body",
        "subject",
        "email",
        "text",
        "message",
        "token",
        "secret",
        "payload",
        "url",
    ],
)
def test_nothing_that_names_a_person_or_a_secret_is_on_the_list(risky: str) -> None:
    assert risky not in ALLOWED


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no contact ana.ruiz@harborlogistics.example here", "no contact [address] here"),
        ("<ana@x.example>, 'bob@y.example'", "<[address]>, '[address]'"),
        ("mailto:ana@x.example", "[address]"),
        ("/contacts/ana%40x.example?b=a@b", "[address]"),
        ("ana@@x.example", "ana@@x.example"),
        ("zoë@bücher.example", "[address]"),
        ("answered 503", "answered 503"),
    ],
)
def test_what_looks_like_an_address_is_taken_out_of_a_reason(text: str, left: str) -> None:
    assert scrub(text) == left


def test_addresses_are_taken_out_of_every_kind_of_value(capsys: Capture) -> None:
    log(
        "stage_failed",
        reason="no a@b.example",
        reasons=("one a@b.example", ["two a@b.example"]),
        detail={"who": "a@b.example"},
        error=ValueError("a@b.example"),
    )
    assert "a@b.example" not in json.dumps(said(capsys))


def test_a_long_text_is_cut_after_its_addresses_were_taken_out() -> None:
    assert len(scrub("x" * 5000)) == 400
    assert scrub("x" * 395 + " ana@harbor.example").endswith("x [add")


def test_a_list_is_cut(capsys: Capture) -> None:
    log("swept", jobs=list(range(500)))
    assert said(capsys)["jobs"] == list(range(50))


def test_numbers_stay_numbers_and_nothing_stays_nothing(capsys: Capture) -> None:
    log("swept", count=3, duration_ms=1.5, seen=True, reason=None)
    line = said(capsys)
    assert (line["count"], line["duration_ms"], line["seen"], line["reason"]) == (3, 1.5, True, None)


@pytest.mark.parametrize("text", ["two\nlines", 'a "quote"', "\x00\x1b[31m", "\u2028\u2029", "é 漢 🙂"])
def test_no_text_can_begin_a_line_of_its_own(capsys: Capture, text: str) -> None:
    log("stage_failed", reason=text)
    assert said(capsys)["reason"] == text


def test_half_a_character_does_not_keep_a_line_from_being_written(capsys: Capture) -> None:
    log("job_missing", job="job-\ud800")
    assert said(capsys)["job"] == "job-?"


def test_a_long_text_without_a_space_is_scrubbed_in_no_time() -> None:
    began = time.process_time()
    scrub("x" * 1_000_000)
    assert time.process_time() - began < 5


def test_libraries_keep_quiet_about_urls(capsys: Capture) -> None:
    quieten()
    for name in ("httpx", "httpcore", "werkzeug", "urllib3", "openai"):
        assert not logging.getLogger(name).isEnabledFor(logging.WARNING), name
