"""The scenes of scripts/demo: leads that are answered, and leads and forgeries that are not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from rich.markup import escape

from scripts.stack.demo_mail import answered_mail, rewritten_by_hand, says_stop
from scripts.stack.demo_sends import (
    approved_and_sent,
    edited_after_approval,
    opts_out_by_one_click,
    switch_holds_a_send,
)
from scripts.stack.demo_stage import TENANT, Scene, Theatre
from scripts.stack.journey import Journey, read_job
from scripts.stack.leads import NEWSLETTER_FORM, STORY, Lead
from scripts.stack.tenant import FLAGS
from shared.jobs.event import EventStatus
from shared.jobs.job import Status

GUARDRAIL = f"{TENANT}/guardrails/no-existing-customers"
PAUSED_RECHECK_S = 2.0
"""How soon a stopped job asks again, in the demonstration."""


def form_becomes_draft(theatre: Theatre) -> None:
    theatre.tell(
        """Ana of Harbor Logistics asks for a demo. HubSpot posts the signed webhook; nine small functions find
        her in the CRM, read the thread she is in, look into the calendar, plan, write, judge, and file a draft
        in Isabel's Gmail. Nothing is sent."""
    )
    journey = theatre.follow(theatre.submit(STORY["ana"]), stages=True)
    draft = theatre.draft_of(journey.job)
    theatre.show_mail(draft)
    theatre.expect(journey.drafted, "the job waits for a person's decision")
    theatre.expect(draft is not None and draft.gmail_draft_id is not None, "the draft is in Gmail")
    theatre.expect(draft is not None and draft.thread_id is not None, "it is in the thread that Ana knows")
    made = theatre.made(STORY["ana"].address)
    theatre.expect((made["notes"], made["tasks"]) == (1, 1), "the CRM has one note and one task")
    theatre.expect(made["sent"] == 0, "nothing was sent")


def twenty_deliveries(theatre: Theatre) -> None:
    theatre.tell("Webhooks come more than once. Tom's comes twenty times, ten of them at the same moment.")
    lead = STORY["tom"]
    signed = theatre.visitor.signed(lead)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: theatre.visitor.post(signed), range(10)))
    answers += [theatre.visitor.post(signed) for _ in range(10)]
    jobs = {answer.job_id for answer in answers}
    theatre.expect({answer.status for answer in answers} == {202}, "every delivery was answered 202")
    theatre.expect(len(jobs) == 1, "all of them name one job")
    journey = theatre.follow(answers[0])
    theatre.expect(journey.drafted, "it waits for a person's decision")
    made = theatre.made(lead.address)
    theatre.expect(
        (made["drafts"], made["notes"], made["tasks"]) == (1, 1, 1), "one draft, one note, one task were made"
    )


def second_submission(theatre: Theatre) -> None:
    theatre.tell(
        "Ana submits again before anybody answered: her open draft is revised, there is no second one."
    )
    lead = replace(
        STORY["ana"],
        fields={
            **STORY["ana"].fields,
            "message": "One more thing: could you include our Valencia warehouse?",
        },
    )
    journey = theatre.follow(theatre.submit(lead))
    draft = theatre.draft_of(journey.drafted_by)
    theatre.expect(journey.job.status is Status.MERGED, "the new job ended as merged")
    theatre.expect(journey.drafted, "the first job took it up, and waits for a person's decision")
    theatre.expect(draft is not None and draft.revision > 1, "her draft has a new revision")
    made = theatre.made(lead.address)
    theatre.expect(
        (made["drafts"], made["notes"], made["tasks"]) == (1, 1, 1), "still one draft, one note, one task"
    )


def forgeries(theatre: Theatre) -> None:
    theatre.tell("Somebody without the secret posts a lead; somebody else replays an old one.")
    before = len(theatre.events())
    true = theatre.visitor.submitted(STORY["leo"])["form"]
    forged = theatre.visitor.post(theatre.visitor.sign(true.body, secret="a guess"))
    theatre.expect(forged.status == 401, "a forged signature is answered 401")
    stale = theatre.visitor.post(theatre.visitor.sign(true.body, age_s=301))
    theatre.expect(stale.status == 401, "a signature of 301 seconds ago is answered 401")
    changed = theatre.visitor.post(replace(true, body=true.body.replace(b"Leo", b"Eve")))
    theatre.expect(changed.status == 401, "a changed body is answered 401")
    theatre.expect(len(theatre.events()) == before, "nothing was written for any of them")


def unknown_form(theatre: Theatre) -> None:
    theatre.tell("A real submission of a form that nobody allowed.")
    refused = len(theatre.events(EventStatus.REFUSED))
    answer = theatre.submit(Lead(STORY["leo"].fields, NEWSLETTER_FORM))
    theatre.expect(answer.status == 403, "it is answered 403")
    kept = theatre.events(EventStatus.REFUSED)
    theatre.expect(
        len(kept) == refused + 1, f"it is kept as refused: {kept[-1].reason if kept else 'no reason'}"
    )


def opted_out(theatre: Theatre) -> None:
    theatre.tell("Owen opted out in HubSpot a while ago, and now submits a form.")
    journey = theatre.follow(theatre.submit(STORY["owen"]))
    theatre.expect(journey.job.status is Status.STOPPED, f"the job stopped: {'; '.join(journey.job.reasons)}")
    theatre.expect(theatre.made(STORY["owen"].address)["drafts"] == 0, "nothing was written to him")


def excluded_company(theatre: Theatre) -> None:
    theatre.tell(
        "An operator excludes Northgate Bank with a guardrail. Then Grace of Northgate Bank asks for a demo."
    )
    company = theatre.crm.find_company("northgatebank.example")
    theatre.expect(company is not None, "Northgate Bank is in the CRM")
    excluded = [company.crm_id] if company else []
    rule = {"type": "EXCLUDED_COMPANY_IDS", "value": excluded, "active": True}
    theatre.operator_sets(GUARDRAIL, rule)
    try:
        journey = theatre.follow(theatre.submit(STORY["grace"]))
    finally:
        theatre.operator_sets(GUARDRAIL, None)
    theatre.expect(journey.job.status is Status.STOPPED, f"the job stopped: {'; '.join(journey.job.reasons)}")
    theatre.expect(theatre.made(STORY["grace"].address)["drafts"] == 0, "no draft was made")


def kill_switch(theatre: Theatre) -> None:
    theatre.tell(
        "An operator pulls the kill switch, and Leo submits a form. His job must wait, and not be lost."
    )
    flags = f"{TENANT}/control/flags"
    theatre.operator_sets(flags, {**FLAGS, "kill_switch": True})
    answered = theatre.submit(STORY["leo"])
    try:
        theatre.expect(answered.status == 202, "the submission is accepted all the same")
        waits = _waits(theatre, answered.job_id or "")
        theatre.expect("kill switch" in waits, f"the job waits: {waits}")
        theatre.expect(theatre.made(STORY["leo"].address)["drafts"] == 0, "no draft is in Gmail")
    finally:
        theatre.operator_sets(flags, FLAGS)
    theatre.tell("The switch is lifted.")
    journey = theatre.follow(answered)
    theatre.expect(journey.drafted, "the job went on by itself, and waits for a person's decision")
    theatre.expect(theatre.made(STORY["leo"].address)["drafts"] == 1, "one draft is in Gmail")


def _waits(theatre: Theatre, job_id: str) -> str:
    """Why a job waits, as soon as it does."""
    job = read_job(theatre.stack, job_id)
    for _ in range(200):
        if job.status is Status.WAITING:
            return "; ".join(job.reasons)
        if job.next is None:
            break
        time.sleep(0.1)
        job = read_job(theatre.stack, job_id)
    return f"it does not: {job.status.value}"


def other_language(theatre: Theatre) -> None:
    theatre.tell("Lena writes in German. Without a model only English is written, so a person is asked.")
    lead = Lead(
        {
            "email": "lena.vogt@fernwerk.example",
            "firstname": "Lena",
            "lastname": "Vogt",
            "company": "Fernwerk",
            "message": "Wir suchen eine Lösung für unsere drei Standorte und möchten gern eine Vorführung sehen.",
        }
    )
    journey = theatre.follow(theatre.submit(lead))
    theatre.expect(journey.job.status is Status.HELD, f"the job is held: {'; '.join(journey.job.reasons)}")


def invented_claim(theatre: Theatre) -> None:
    theatre.tell("A model writes now, and this one invents a discount that nobody ever mentioned.")
    claim = "We can offer you a discount of 45% on every plan if you decide this month."
    journey = _written_by_model(theatre, STORY["priya"], "Priya", claim)
    broken = (
        {violation.rule for violation in journey.job.verdict.violations} if journey.job.verdict else set()
    )
    theatre.expect(journey.job.mends == 1, "the gate sent it back once to be mended")
    theatre.expect(
        journey.job.status is Status.HELD, "it came back the same, so the job is held for a person"
    )
    theatre.expect("unsupported-claim" in broken, "the verdict names the claim that has no source")
    theatre.expect(theatre.made(STORY["priya"].address)["drafts"] == 0, "no draft is in Gmail")


def leaked_client(theatre: Theatre) -> None:
    theatre.tell("Worse: it tells Noor what another client pays. That is not mended, it is refused.")
    claim = "Northgate Bank pays us $240,000 a year for the same thing and is happy with it."
    journey = _written_by_model(theatre, STORY["noor"], "Noor", claim)
    theatre.expect(journey.job.status is Status.REJECTED, "the job is rejected")
    theatre.expect(theatre.made(STORY["noor"].address)["drafts"] == 0, "no draft is in Gmail")


def _written_by_model(theatre: Theatre, lead: Lead, name: str, claim: str) -> Journey:
    """The journey of a lead when the model writes this claim, however often it is asked."""
    question = "Would you have half an hour for a call next week?"
    body = f"Hi {name},\n\nThank you for your note, it was good to read. {claim}\n\n{question}\n\nBest wishes"
    instance = {
        "subject": "Your note",
        "body": body,
        "call_to_action": question,
        "evidence": [],
        "language": "en",
    }
    answers = [{"instance": instance, "when": "^DraftOutput", "times": 0}]
    theatre.stack.ask_sandbox("POST", "/openai/script", {"answers": answers})
    try:
        journey = theatre.follow(theatre.submit(lead))
    finally:
        theatre.stack.ask_sandbox("DELETE", "/openai/script")
    verdict = journey.job.verdict
    for violation in verdict.violations if verdict else ():
        theatre.console.print(f"    [dim]{escape(violation.rule)}: {escape(violation.found)}[/]")
    return journey


def model_down(theatre: Theatre) -> None:
    theatre.tell("Then the model's API is down. Mei must not wait for it: her mail is written by rule.")
    theatre.stack.ask_sandbox("POST", "/faults", {"kind": "503", "vendor": "openai"})
    try:
        journey = theatre.follow(theatre.submit(STORY["mei"]))
    finally:
        theatre.stack.ask_sandbox("DELETE", "/faults")
    draft = theatre.draft_of(journey.job)
    theatre.show_mail(draft)
    theatre.expect(journey.drafted, "the job waits for a person's decision")
    theatre.expect(draft is not None and draft.written_by == "rule", "the draft was written by rule")


BY_RULE = (
    Scene("A form becomes a draft", form_becomes_draft),
    Scene("The same webhook, twenty times", twenty_deliveries),
    Scene("One person, two submissions", second_submission),
    Scene("Forged, changed and stale", forgeries),
    Scene("A form that is not allowed", unknown_form),
    Scene("A person who opted out", opted_out),
    Scene("A company that is excluded", excluded_company),
    Scene("The kill switch", kill_switch),
    Scene("Another language", other_language),
    Scene("Sent by hand, and answered", answered_mail),
    Scene("Rewritten by hand", rewritten_by_hand),
    Scene("A person who says stop", says_stop),
    Scene("Approved, and sent", approved_and_sent),
    Scene("Edited after its approval", edited_after_approval),
    Scene("The kill switch, before a send", switch_holds_a_send),
    Scene("One click, and never again", opts_out_by_one_click),
)
"""Played without a model."""

WITH_MODEL = (
    Scene("A model that invents", invented_claim),
    Scene("A model that tells tales", leaked_client),
    Scene("A model that is down", model_down),
)
"""Played after a restart on the same data, with a model."""
