from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.facts import Evidence, Source
from shared.policy.evidence import sources_of, stands_in_source, unsupported
from shared.policy.sentences import holds
from tests.policy.examples import BODY, EVIDENCE, NOW, SENDER, SUBMISSION, THREAD, job


def without_source(body: str, *evidence: Evidence, subject: str = "hello", **changes: Any) -> list[str]:
    judged = unsupported(subject=subject, body=body, evidence=evidence, job=job(**changes), now=NOW)
    return [one.text for one in judged]


def form(claim: str, span: str, field: str = "form.message") -> Evidence:
    return Evidence(claim=claim, source=Source.FORM, field=field, span=span)


def ours(claim: str, span: str) -> Evidence:
    return Evidence(claim=claim, source=Source.SENDER, field="sender.facts[0]", span=span)


def asked(message: str) -> tuple[Any, ...]:
    return (SUBMISSION.but(fields={**SUBMISSION.fields, "message": message}),)


def test_a_mail_whose_claims_all_have_sources_is_supported() -> None:
    assert without_source(BODY, *EVIDENCE) == []


def test_each_piece_of_evidence_is_needed() -> None:
    for left_out in (EVIDENCE[0], EVIDENCE[1]):
        assert without_source(BODY, *(one for one in EVIDENCE if one is not left_out))


@pytest.mark.parametrize(
    "invented",
    [
        "It costs $39 per seat.",
        "The Team plan costs $48 per seat per month.",
        "The price is thirty-nine dollars.",
        "You save 30% in the first year.",
        "You will be live in 3 days.",
        "We have 500 customers.",
        "It is three times faster.",
        "The first month is free.",
        "We offer a free trial.",
        "We guarantee that it works.",
        "You get a discount.",
        "We do this for Contoso.",
        "We launch in May.",
        "Would Friday suit you?",
        "Would Tuesday at 14:00 suit you?",
        "Would Tuesday, March 18 at 10:00 suit you?",
        "Would 11:00 suit you?",
        "Hi Bob,",
        "Our platform supports single sign-on.",
        "We integrate with everything you use.",
        "Northwind encrypts all your data at rest.",
    ],
)
def test_what_a_model_invents_is_found(invented: str) -> None:
    assert without_source(invented)


@pytest.mark.parametrize(
    "true",
    [
        "Hi Maya,",
        "Dear Ms. Okafor,",
        "Would Tuesday, March 17 at 10:00 suit you?",
        "Would 17 March, 10am work for 30 minutes?",
        "Would Thursday at 2 pm or 2:00 work (Eastern time)?",
        "Would tomorrow at 10:00 suit you?",
        "All times are New York time (EDT).",
        "Northwind connects to Salesforce and NetSuite.",
        "The Team plan costs $49 per seat per month.",
        "the team plan costs $49  per seat per month, as you can see.",
        "Best,\nAnn",
        "Thank you for writing about Brightloop.",
        "Are you free on Tuesday?",
        "What would you like to solve first?",
    ],
)
def test_what_the_calendar_the_settings_and_the_names_say_needs_no_evidence(true: str) -> None:
    assert without_source(true) == []


def test_evidence_supports_a_claim_only_if_its_span_stands_in_the_source() -> None:
    body = "You wrote that you are 60 people."
    assert without_source(body, form("60 people", "We are 60 people")) == ["60"]
    assert without_source("You wrote that you are 45 people.", form("45 people", "We are 45 people")) == []


def test_evidence_supports_a_claim_only_if_its_span_says_the_same() -> None:
    assert without_source("You wrote that you are 60 people.", form("60 people", "We are 45 people")) == [
        "60"
    ]
    assert without_source("You need it in 45 days.", form("45 days", "We are 45 people")) == ["45"]
    assert without_source("It costs $45.", form("$45", "We are 45 people")) == ["$45"]
    assert without_source("You are 5 people.", form("5", "We are 45 people")) == ["5"]


def test_evidence_supports_only_the_words_that_it_is_given_for() -> None:
    body = "You wrote that you are 45 people. You also wrote about 45 seats."
    assert without_source(body, form("45 people", "We are 45 people")) == ["45"]


def test_evidence_from_another_source_than_it_names_does_not_count() -> None:
    wrong = Evidence(
        claim="45 people", source=Source.SENDER, field="sender.facts[0]", span="We are 45 people"
    )
    assert not stands_in_source(wrong, sources_of(job()))
    assert without_source("You are 45 people.", wrong) == ["45"]


def test_a_form_is_no_authority_on_our_prices_and_promises() -> None:
    """A person who writes "your price is $5 and free forever" cannot make us say so."""
    submissions = asked(
        "Your price is $5 and it is free forever, you guarantee it, and we go live in 2 days."
    )
    for body, claim, span in (
        ("The price is $5.", "$5", "Your price is $5"),
        ("As you asked, the price is $5.", "$5", "Your price is $5"),
        ("It is free.", "free", "it is free forever"),
        ("We guarantee it.", "guarantee", "you guarantee it"),
        ("You will be live in 2 days.", "2 days", "we go live in 2 days"),
    ):
        assert without_source(body, form(claim, span), submissions=submissions), body


def test_the_persons_own_words_may_be_told_back_to_them() -> None:
    submissions = asked("Our budget is $20,000. Do you have a free trial? We must be live in 2 weeks.")
    for body, claim, span in (
        ("You mentioned a budget of $20,000.", "$20,000", "Our budget is $20,000"),
        ("You asked whether we have a free trial.", "free trial", "Do you have a free trial"),
        ("You wrote that you must be live in 2 weeks.", "2 weeks", "We must be live in 2 weeks"),
    ):
        assert without_source(body, form(claim, span), submissions=submissions) == [], body


def test_a_report_ends_where_we_begin_to_speak() -> None:
    submissions = asked("Our budget is $20,000 and 2 weeks.")
    body = "You wrote about your plans, so we offer it for $20,000."
    assert "$20,000" in without_source(
        body, form("$20,000", "Our budget is $20,000"), submissions=submissions
    )


def test_our_own_statement_may_price_and_promise() -> None:
    body = "Per seat you pay $49 each month."
    span = "The Team plan costs $49 per seat per month."
    assert without_source(body, ours("$49", span)) == []
    assert without_source(body.replace("49", "39"), ours("$39", span)) == ["$39"]


def test_a_subject_is_judged_too_unless_it_is_the_threads_own() -> None:
    assert without_source("Hello.", subject="30% off for you") == ["30%"]
    thread = THREAD.but(subject="Our 30% question")
    assert without_source("Hello.", subject="Re: Our 30% question", thread=thread) == []
    assert without_source("Hello.", subject="Our New Plan For Your Team") == []


def test_summaries_of_a_model_are_no_source() -> None:
    sources = sources_of(job(thread=THREAD.but(summary="They have 900 people", open_questions=("900?",))))
    assert not any("900" in text for text in sources.values())
    assert sources["thread.last_text"] == THREAD.last_text


def test_sources_are_named_as_evidence_names_them() -> None:
    older = SUBMISSION.but(conversion_id="c0", fields={"message": "an older one"})
    sources = sources_of(job(submissions=(SUBMISSION, older), thread=THREAD))
    assert sources["form.message"] == SUBMISSION.fields["message"]
    assert sources["form[1].message"] == "an older one"
    assert sources["crm.company.employees"] == "45"
    assert "10:00" in sources["calendar.slots[0]"]
    assert "Tuesday" in sources["calendar.slots[0]"]
    assert sources["sender.facts[1]"] == SENDER.facts[1]


def test_a_job_that_knows_nothing_supports_nothing() -> None:
    bare = job(submissions=(), identity=None, sender=None, slots=None, thread=None)
    judged = unsupported(subject="", body="Hi Maya, it costs $49.", evidence=EVIDENCE, job=bare, now=NOW)
    assert [one.text for one in judged] == ["Maya", "$49"]
    assert sources_of(bare) == {}


@given(
    st.integers(1, 5000).filter(lambda price: price != 49), st.sampled_from(["${}", "{} USD", "{} dollars"])
)
def test_no_invented_price_has_a_source_whatever_evidence_is_made_up(price: int, form_of_price: str) -> None:
    told = form_of_price.format(price)
    made_up = [
        Evidence(claim=told, source=source, field="sender.facts[2]", span=span)
        for source in Source
        for span in (told, f"The Team plan costs {told}", SENDER.facts[2], SUBMISSION.fields["message"])
    ]
    assert told in without_source(f"The Team plan costs {told} per seat.", *made_up)


@given(st.text(max_size=120), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_judged_without_an_error(body: str, claim: str, span: str) -> None:
    without_source(body, form(claim, span))


@given(st.text(max_size=60))
def test_a_span_is_only_found_as_whole_words(span: str) -> None:
    if holds(SUBMISSION.fields["message"], span):
        assert stands_in_source(form("x", span), sources_of(job()))
    assert not stands_in_source(form("x", "5 people"), sources_of(job()))
    assert not stands_in_source(form("x", ""), sources_of(job()))
