"""Plan the answer to a mail without a model: who needs none, who wants a call, who wants something else."""

from __future__ import annotations

from shared.agents.mail_wish import MailWish, wish_of
from shared.agents.own_words import complains
from shared.jobs.facts import Action, Plan, Tone
from shared.jobs.job import Job
from shared.policy.answered import last_words, we_wrote_last

_NEEDS_NO_ANSWER = {
    MailWish.DECLINE: "they declined: they wrote that they do not want it, or chose somebody else",
    MailWish.CLOSING: "they wrote thanks or a farewell and nothing that needs an answer",
    MailWish.WILL_RETURN: "they wrote that they will come back to us, and asked nothing",
    MailWish.PASSED_ON: "they wrote that they passed it on to somebody else, and asked nothing",
}
_WANT = {
    MailWish.CALL: "they wrote that they want a call or a meeting",
    MailWish.CONFIRM: "they wrote that it suits them",
    MailWish.PRICE: "they wrote about the price",
    MailWish.ANSWER: "they wrote with a question",
    MailWish.LATER: "they wrote that now is not the time",
    MailWish.OTHER_PERSON: "they wrote that somebody else is the one to write to",
    MailWish.OTHER: "they wrote and asked nothing outright",
}
_CALL_WISHES = frozenset({MailWish.CALL, MailWish.CONFIRM, MailWish.PRICE})


def needs_no_answer(job: Job) -> str:
    """Why a mail is not answered; "" when it is."""
    if we_wrote_last(job):
        return "they wrote, and a mail of ours in the thread is newer: somebody has answered"
    return _NEEDS_NO_ANSWER.get(wish_of(last_words(job)), "")


def plan_reply(job: Job, *, tone: Tone, why: str, soon: bool) -> Plan:
    """The next step after a mail that needs an answer."""
    words = last_words(job)
    wish = wish_of(words)
    wants_call = wish in _CALL_WISHES or (complains(words) and wish is not MailWish.LATER)
    said = "they wrote that they are unhappy with us" if complains(words) else _WANT[wish]
    urgency = "urgent" if soon else "normal"
    if wants_call and job.slots:
        count = len(job.slots)
        times = "one time is" if count == 1 else f"{count} times are"
        return Plan(
            action=Action.PROPOSE_CALL,
            tone=tone,
            urgency=urgency,
            reason=f"{said}, and {times} free; {why}",
            call_to_action="choose one of the free times for a call"
            if count > 1
            else "confirm the one free time for a call",
        )
    missing = ", and no time is free" if wants_call else ""
    return Plan(
        action=Action.SEND_FOLLOWUP,
        tone=tone,
        urgency=urgency,
        reason=f"{said}{missing}; {why}",
        call_to_action="name the month in which to write again"
        if wish is MailWish.LATER
        else "answer one concrete question",
    )
