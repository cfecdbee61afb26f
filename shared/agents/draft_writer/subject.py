"""The subject of a mail: what it is about in the person's words, or the thread's own when we answer in it."""

from __future__ import annotations

import re

from shared.agents.draft_writer.lead import Lead, Said
from shared.agents.draft_writer.parts import Part, Support, evidence_for, is_avoided
from shared.agents.form_fields import Intent, Role
from shared.agents.own_words import is_plain
from shared.jobs.facts import Source
from shared.jobs.job import Job
from shared.pattern import Pattern
from shared.policy.letter import reply_subject

_TOPIC = Pattern(
    r"(?:\b(?:looking for|interested in|searching for|evaluating|considering|need help with|help with|need|"
    r"struggl(?:e|ing) with|whether we (?:can )?(?:support|offer|integrate with|work with|have)|"
    r"whether it (?:works with|supports|integrates with))|^about(?: our)?|\babout(?= \d)) (?P<topic>.+)$"
)
_ARTICLE = Pattern(r"^(?:an?|the|some|our|your|any|better|good) ")
_TOPIC_ENDS = Pattern(
    r",| (?:that|which|who|to|so|because|before|after|when|while|by|if|for|with|without|in|on|at|from|as|"
    r"like|now|"
    r"this|next|asap|soon|can|is|are|your|our|you|we)\b"
)
_NO_TOPIC_WORDS = """
something anything solution solutions tool tools help information it this that one system software
platform way more someone demo call quote price pricing prices meeting support
"""
_NO_TOPIC = frozenset(_NO_TOPIC_WORDS.split())
_INTENT_SUBJECTS = {
    Intent.DEMO: ("A demo for {company}", "Your demo request"),
    Intent.PRICING: ("Pricing for {company}", "Your pricing question"),
    Intent.TRIAL: ("A trial for {company}", "Your trial request"),
}
_TOPIC_MAX_WORDS = 5
_YOURS = Pattern(
    r"\byour (?P<thing>(?:[a-z-]+ ){0,2}?(?:leads|inbox|pipeline|follow-?ups?|crm|web forms?|enquiries|"
    r"inquiries|"
    r"requests|process|response times?|onboarding|reporting|website|maintenance|invoicing|bookings?|"
    r"support)\b)",
    re.IGNORECASE,
)
_WANTED = Pattern(
    r"for (?P<thing>(?:an?|our|the|some|more) (?:[a-z-]+ ){0,2}?[a-z-]+?)(?= for| by| to| of|$)"
)
_SHORT_QUESTION = Pattern(r"(?:how|where|when|what|which)(?: [^ ]+){1,7}")


def subject_for(job: Job, lead: Lead, avoid: tuple[str, ...]) -> Part:
    """The subject as a part with its sources."""
    if lead.thread is not None:
        support = Support(Source.THREAD, "thread.subject", lead.thread.subject)
        return Part(reply_subject(lead.thread.subject), (support,))
    for part in _candidates(lead):
        if evidence_for(part) is not None and not is_avoided(part.text, avoid):
            return part
    return Part("Your message")


def _candidates(lead: Lead) -> list[Part]:
    us = Support(Source.SENDER, "sender.company", lead.sender.company)
    company = (lead.company.support,) if lead.company else ()
    at_company = f" at {lead.company.value}" if lead.company else ""
    to_us = Part(f"Your message to {lead.sender.company}", (us,))
    if lead.complains:
        return [to_us]
    found: list[Part] = []
    for said in lead.situations:
        topic = _ARTICLE.sub("", _topic(said))
        # One small word is no topic: "tools", "replacement". "SSO" is.
        if " " in topic or topic[1:] != topic[1:].lower():
            found.append(Part(f"{topic[:1].upper()}{topic[1:]}{at_company}", (said.support, *company)))
        own = _YOURS.search(said.words)
        if own:
            found.append(Part(f"Your {own.group('thing')}", (said.support,)))
    for said in lead.questions:
        wanted = _WANTED.match(said.words)
        if wanted:
            found.append(Part(f"Your request for {wanted.group('thing')}", (said.support,)))
        topic = _topic(said)
        if topic:
            found.append(Part(f"Your question about {topic}", (said.support,)))
        elif _SHORT_QUESTION.fullmatch(said.words):
            found.append(Part(f"{said.words[:1].upper()}{said.words[1:]}", (said.support,)))
    for detail in lead.details:
        if detail.role in (Role.USE_CASE, Role.INTERESTS) and is_plain(detail.value, max_words=4):
            found.append(Part(f"{detail.value}{at_company}", (detail.support, *company)))
    with_company, alone = _INTENT_SUBJECTS.get(lead.intent, ("{us} for {company}", "Your message to {us}"))
    if lead.company:
        text = with_company.format(company=lead.company.value, us=lead.sender.company)
        found.append(Part(text, (us, lead.company.support)))
    return [*found, Part(alone.format(us=lead.sender.company), (us,)), to_us]


def _topic(said: Said) -> str:
    """The few words that name what it is about; "" when there are none."""
    found = _TOPIC.search(said.words)
    if not found:
        return ""
    topic = _TOPIC_ENDS.split(found.group("topic"), maxsplit=1)[0].strip(" ,.-")
    if len(topic.split()) > _TOPIC_MAX_WORDS:
        topic = re.split(r" (?:and|or) ", topic, maxsplit=1)[0]
    bare = _ARTICLE.sub("", topic).split()
    # A subject has no room to say that a figure is theirs, not ours.
    if "%" in topic:
        return ""
    if not 1 <= len(bare) <= _TOPIC_MAX_WORDS or bare[0].lower() in _NO_TOPIC or len(topic) < 3:
        return ""
    return topic
