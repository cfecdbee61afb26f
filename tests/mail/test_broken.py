"""The makers of broken mail: each makes what its name says, the same at every call."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable

import pytest

from tests.mail import broken

MOST_BYTES = 45_000_000


@pytest.mark.parametrize("maker", broken.MAKERS, ids=lambda maker: maker.__name__)
def test_a_maker_makes_the_same_bytes_at_every_call_and_not_too_many(maker: Callable[[], bytes]) -> None:
    made = maker()
    assert made == maker()
    assert len(made) <= MOST_BYTES


def test_no_two_makers_make_the_same_mail() -> None:
    assert len({hash(maker()) for maker in broken.MAKERS}) == len(broken.MAKERS)


def test_every_public_maker_is_in_the_list() -> None:
    makers = {
        name
        for name, value in vars(broken).items()
        if callable(value) and getattr(value, "__module__", "") == broken.__name__ and name[0] != "_"
    }
    assert makers - {"sound", "truncated"} == {maker.__name__ for maker in broken.MAKERS}


def test_a_mail_is_truncated_at_many_places_and_never_whole() -> None:
    whole, cuts = broken.sound(), list(broken.truncated())
    assert len(cuts) > 200
    assert all(whole.startswith(cut) and cut != whole for cut in cuts)


def test_the_bombs_hold_as_much_as_they_say() -> None:
    assert broken.nested().count(b"boundary=b") == 10_001
    assert broken.nested_mails().count(b"message/rfc822") == 10_001
    assert len(re.findall(rb"^--x\r$", broken.side_by_side(), re.MULTILINE)) == 100_000
    assert len(broken.huge_attachment()) > 30_000_000
    assert max(map(len, broken.long_header().splitlines())) > 1_000_000
    assert broken.many_headers().count(b"X-H") == 50_000
    assert broken.from_of_many().count(b"@mailbox.example") == 500
    assert broken.endless_encoded_words().count(b"=?utf-8?q?") == 50_000
    assert broken.continuation_bomb().count(b"filename*") == 20_000


def test_making_the_largest_takes_bounded_memory() -> None:
    tracemalloc.start()
    try:
        broken.huge_attachment()
        assert tracemalloc.get_traced_memory()[1] < 5 * MOST_BYTES
    finally:
        tracemalloc.stop()
