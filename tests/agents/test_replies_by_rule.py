"""Answers to mails by rule: golden files for people to read, and what must hold for every one of them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from shared.agents.draft_writer.by_rule import write_by_rule
from shared.agents.draft_writer.written import Written
from shared.jobs.facts import Action, Severity, Tone, Verdict, Violation
from shared.policy.call_to_action import asks
from shared.policy.evidence import sources_of, stands_in_source
from tests.agents.gate import judged
from tests.agents.leads import NOW
from tests.agents.replies import REPLIES, ReplyCase, job_of_reply
from tests.agents.test_draft_by_rule import ATTACKS, FILLER, HOSTILE, LINK, PAYLOAD

GOLDEN = Path(__file__).with_name("golden") / "replies"
REGENERATE = os.environ.get("REGENERATE_GOLDEN") == "1"
BY_NAME = {case.name: case for case in REPLIES}
WRITTEN = [case for case in REPLIES if case.action is not Action.NO_ACTION]
ANSWERED = [case for case in WRITTEN if case.action is not None]


def each(cases: list[ReplyCase] | tuple[ReplyCase, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def written(case: ReplyCase, *, contact_id: str = "") -> Written:
    return write_by_rule(job_of_reply(case, contact_id=contact_id), now=NOW)


def shown(case: ReplyCase) -> str:
    job = job_of_reply(case)
    assert job.plan is not None
    head = [f"They wrote: {' '.join(case.text.split())}", f"Plan: {job.plan.action}: {job.plan.reason}"]
    if job.plan.action is Action.NO_ACTION:
        return "\n".join(head) + "\n"
    text = write_by_rule(job, now=NOW)
    head += [f"Language: {text.language}"] if text.language != "en" else []
    head += [f"Held for a person: {text.hold}"] if text.hold else []
    head += [f"Note for the reviewer: {note}" for note in text.notes]
    mail = "" if text.hold else f"\nSubject: {text.subject}\n\n{text.body}\n"
    return "\n".join(head) + "\n" + mail


@each(REPLIES)
def test_the_answer_is_the_one_that_was_read_and_approved(case: ReplyCase) -> None:
    path = GOLDEN / f"{case.name}.txt"
    if REGENERATE:
        path.write_text(shown(case), encoding="utf-8")
    assert shown(case) == path.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_reply() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(BY_NAME)


@each(REPLIES)
def test_each_mail_is_answered_left_alone_or_held_for_the_right_reason(case: ReplyCase) -> None:
    plan = job_of_reply(case).plan
    assert plan is not None
    assert "a form" not in plan.reason
    if case.action is None:
        assert case.because in written(case).hold
        return
    assert plan.action is case.action
    assert case.because in plan.reason
    if case.action is not Action.NO_ACTION:
        assert written(case).hold == ""


@each(ANSWERED)
def test_the_gate_finds_nothing_wrong_with_what_is_answered(case: ReplyCase) -> None:
    job = job_of_reply(case)
    text = write_by_rule(job, now=NOW)
    assert judged(job, text, NOW).violations == (), text.body


@each(WRITTEN)
def test_an_answer_is_short_and_asks_exactly_one_thing(case: ReplyCase) -> None:
    text = written(case)
    assert 15 <= len(text.body.split()) <= 130
    assert text.body.count("?") == 1
    assert [ask.text for ask in asks(text.body)] == [text.call_to_action]
    assert text.subject == "Re: Your demo request"


@each(WRITTEN)
def test_an_answer_has_no_filler_no_link_no_dash_and_thanks_for_no_form(case: ReplyCase) -> None:
    everything = written(case).body.lower()
    assert [phrase for phrase in FILLER if phrase in everything] == []
    assert LINK.search(everything) is None
    assert not re.search("[—–!<>\\[\\]{}]", everything)
    assert "the form" not in everything


@each(ANSWERED)
def test_an_answer_says_what_it_should_and_repeats_nothing_it_must_not(case: ReplyCase) -> None:
    text = written(case)
    assert [words for words in case.contains if words not in text.body] == [], text.body
    assert [words for words in case.forbidden if words.lower() in text.body.lower()] == [], text.body
    assert case.noted in "\n".join(text.notes)


@each(WRITTEN)
def test_every_span_of_evidence_stands_in_its_source(case: ReplyCase) -> None:
    text, sources = written(case), sources_of(job_of_reply(case))
    for evidence in text.evidence:
        assert evidence.span in sources[evidence.field]
        assert stands_in_source(evidence, sources)
        assert evidence.claim in f"{text.subject}\n{text.body}"


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize("action", [Action.PROPOSE_CALL, Action.SEND_FOLLOWUP])
@each(ANSWERED)
def test_every_phrasing_of_an_answer_passes_the_gate(case: ReplyCase, tone: Tone, action: Action) -> None:
    for number in range(3):
        job = job_of_reply(case, contact_id=f"contact-{number}")
        assert job.plan is not None
        job = job.but(plan=job.plan.but(tone=tone, action=action))
        text = write_by_rule(job, now=NOW)
        assert judged(job, text, NOW).violations == (), text.body


@each(ANSWERED)
def test_a_mended_answer_still_passes(case: ReplyCase) -> None:
    job = job_of_reply(case)
    for number, sentence in enumerate(re.split(r"(?<=[.?])\s+", written(case).body)):
        broken = Violation(rule="unsupported-claim", severity=Severity.FAIL, found=sentence, mend="")
        mended = write_by_rule(job, now=NOW, mend=Verdict(revision=number + 1, violations=(broken,)))
        assert mended.body.count("?") == 1
        assert judged(job, mended, NOW).violations == (), mended.body


@pytest.mark.parametrize("name", ["known_integration", "sap_integration", "call_next_tuesday"])
def test_different_people_do_not_get_the_same_answer(name: str) -> None:
    bodies = {written(BY_NAME[name], contact_id=f"contact-{number}").body for number in range(60)}
    assert len(bodies) >= 10


def test_a_newer_form_is_answered_instead_of_an_older_mail() -> None:
    job = job_of_reply(BY_NAME["form_and_mail"])
    newer = job.but(submissions=(job.submissions[0].but(submitted_at=NOW),))
    assert (
        "your reps answer 80 requests a week by hand" in write_by_rule(newer, now=NOW).body.split("\n\n")[1]
    )


@settings(max_examples=60)
@given(HOSTILE, PAYLOAD, PAYLOAD)
def test_whatever_is_written_back_the_answer_has_one_question_and_passes_the_gate(
    shapes: list[str], payload: str, name: str
) -> None:
    text = " ".join(shape.format(x=payload) for shape in shapes)
    case = ReplyCase("hostile", text, first_name=name, shown_name=name, ours=())
    job = job_of_reply(case)
    answer = write_by_rule(job, now=NOW)
    assert answer.body.count("?") == 1
    assert LINK.search(answer.body) is None
    if not answer.hold:
        broken = [v for v in judged(job, answer, NOW).violations if v.rule != "language"]
        assert broken == [], answer.body


@pytest.mark.skipif(
    not ATTACKS.exists(), reason="the injection data lies beside the project and is not there"
)
def test_no_known_attack_in_a_mail_reaches_the_answer() -> None:
    data: dict[str, list[str]] = json.loads(ATTACKS.read_text(encoding="utf-8"))
    attacks = [attack for kind in data.values() for attack in kind]
    assert len(attacks) >= 50
    ours = {word for case in ANSWERED for word in _content(written(case).body)}
    for attack in attacks:
        for text in (attack, f"Our reps answer leads by hand. {attack}"):
            case = ReplyCase("attack", text, ours=())
            body = written(case).body
            repeated = (_content(body) & _content(attack)) - ours - {"reps", "leads", "answer", "hand"}
            assert len(repeated) <= 1, (attack, body)
            assert LINK.search(body) is None


def _content(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))
