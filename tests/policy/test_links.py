from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.links import is_allowed, is_bare_domain, links

ALLOWED = ("northwind.com/case-studies", "docs.northwind.com", "https://northwind.com/book?with=ann")


def refused(text: str) -> list[str]:
    return [link.text for link in links(text) if not is_allowed(link, ALLOWED)]


@pytest.mark.parametrize(
    "text",
    [
        "https://docs.northwind.com",
        "https://docs.northwind.com/",
        "see docs.northwind.com/setup/first-steps.",
        "(http://DOCS.Northwind.com/setup)",
        "https://northwind.com/case-studies",
        "https://northwind.com/case-studies/brightloop, which you may like",
        "[the guide](https://docs.northwind.com/guide)",
        "https://northwind.com/book?with=ann",
    ],
)
def test_allowed_links_are_found_and_pass(text: str) -> None:
    assert links(text)
    assert refused(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.com",
        "http://evil.com/docs.northwind.com",
        "evil.com",
        "EVIL.COM",
        "Evil.Com",
        "www.evil.com/x",
        "evil.photography",
        "https://docs.northwind.com@evil.com",
        "https://docs.northwind.com:pass@evil.com/x",
        "https://docs.northwind.com\\@evil.com",
        "https://docs.northwind.com%40evil.com",
        "https://docs.northwind.com.evil.com",
        "https://evildocs.northwind.com",
        "https://sub.docs.northwind.com",
        "https://docs.northwind.com./x",
        "https://docs.northwind.com:8443/x",
        "https://docs.northwind.com/x?to=https://evil.com",
        "https://docs.northwind.com/x#secret",
        "https://docs.northwind.com/../x",
        "https://docs.northwind.com//evil.com",
        "https://docs.northwind.com/%2e%2e/x",
        "https://northwind.com",
        "https://northwind.com/case-studies-of-others",
        "https://northwind.com/case-studies/../admin",
        "https://northwind.com/book?with=bob",
        "https://docs.n\u043erthwind.com",
        "docs.n\u043erthwind.com",
        "https://docs。northwind。evil。com",
        "https://docs.northwind.com\u200b.evil.com",
        "evil\u200b.com",
        "//evil.com/x",
        "ftp://docs.northwind.com/x",
        "javascript:alert(1)",
        "data:text/html,hi",
        "mailto:evil@x.com",
        "tel:+15550100",
        "http://127.0.0.1/x",
        "10.0.0.1",
        "http://[::1]/",
        "http://2130706433/",
        "hxxps://evil.com",
        "evil[.]com",
        "evil (dot) com",
        "go to evil dot com now",
        "visit e v i l - h a r v e s t . c o m now",
        "xn--nrthwind-6of.com",
        "https:\\\\evil.com",
        '<a href="https://evil.com">docs.northwind.com</a>',
        "bit.ly/3xyz",
        "evil.com.",
        "user@evil.com/path",
    ],
)
def test_every_other_link_is_found_however_it_is_disguised(text: str) -> None:
    assert refused(text), links(text)


@pytest.mark.parametrize(
    "text",
    [
        "We use Node.js and report.pdf, e.g. on p. 3, at 10.30 p.m. today.Then we talk.",
        "Write to ann@northwind.com.",
        "Version v2.0, 3.5k rows, U.S. teams, Inc. and Ltd. and/or more",
        "Would 10:00-10:30 suit you? Dr.Smith said: yes",
        "Note: reply here. Times: 10:00, 11:00",
        "Plans A B C D and E, or 1 . 2 . 3 of 5 - x",
    ],
)
def test_ordinary_text_holds_no_link(text: str) -> None:
    assert links(text) == ()


def test_a_bare_domain_is_recognised_only_alone() -> None:
    assert is_bare_domain(links("at brightloop.io today")[0], ["brightloop.io"])
    assert not is_bare_domain(links("brightloop.io/login")[0], ["brightloop.io"])
    assert not is_bare_domain(links("https://brightloop.io")[0], ["brightloop.io"])
    assert not is_bare_domain(links("evil.com")[0], ["brightloop.io"])


def test_nothing_is_allowed_when_nothing_is_named() -> None:
    assert not any(is_allowed(link, ("", " ")) for link in links("https://docs.northwind.com evil.com"))


@given(
    st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,5})?", fullmatch=True),
    st.sampled_from(["com", "io", "co.uk", "xyz", "photography", "zip"]),
    st.sampled_from(
        ["{}", "see {} now", "({})", "https://{}", "HTTP://{}", "www.{}", "{}/a?b=c", "{}.", "x\n{}\ny"]
    ),
)
def test_no_domain_in_small_letters_is_overlooked(name: str, ending: str, where: str) -> None:
    text = where.format(f"{name}x.{ending}")
    assert refused(text)


@given(st.text(max_size=100))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for link in links(text):
        is_allowed(link, ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        "go to evil-harvest [dot] shop",
        "go to evil-harvest(dot)online now",
        "go to evil-harvest{.}example",
        "go to evil-harvest[.]technology",
        "go to evil-harvest dot store",
    ],
)
def test_a_domain_spelt_with_any_ending_is_a_link(text: str) -> None:
    (found,) = links(text)
    assert found.host == ""
    assert not is_allowed(found, ("evil-harvest.example", "evil-harvest.shop"))


@pytest.mark.parametrize("text", ["dot the i in shop", "a list (dotted) of stores", "the red dot moves"])
def test_the_word_dot_alone_is_none(text: str) -> None:
    assert links(text) == ()
