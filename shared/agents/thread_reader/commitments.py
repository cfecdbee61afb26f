"""Promises in a thread, word for word, and which of them the thread does not show as kept."""

from __future__ import annotations

import re

from shared.pattern import Pattern
from shared.policy.sentences import sentences

KEPT = 5
"""Promises that are remembered, the newest of them."""
_MAX_CHARS = 240
_READ_CHARS = 4000

_DEEDS = (
    r"send|share|forward|check|look into|look at|find out|get back|come back|be back|be in touch|let you know|call|"
    r"ring|follow up|confirm|prepare|put together|set up|set that up|set it up|set this up|introduce|ask|discuss|"
    r"talk to|speak to|speak with|review|read|test|try|sign|pay|provide|deliver|finish|update|schedule|arrange|"
    r"book|write|reply|answer|add|make sure|have (?:it|that|this|the)|decide|keep you posted|revert|organi[sz]e|attach|"
    r"circulate|run (?:it|this|that)"
)
_PROMISE = Pattern(
    rf"\b(?:i|we)(?:['’]ll| will| shall|['’]m going to| am going to|['’]re going to| are going to) "
    rf"(?:also |then |definitely |certainly |try to |happily |gladly |just |now )?(?:{_DEEDS})\b"
    r"|\blet me (?:check|find out|look into|get back|ask|come back|confirm|talk to|speak to)\b"
    r"|\byou(?:['’]ll| will) (?:have|get|receive|hear)\b[^.!?\n]{0,60}"
    r"\b(?:from (?:me|us)|by|tomorrow|today|this week|next week|on (?:mon|tues|wednes|thurs|fri)day)\b"
    r"|\b(?:ich|wir) (?:schicken?|senden?|melden?|prüfen?|klären?|rufen?|geben?|liefern?|leiten?|kümmern?|werden?)\b"
    r"[^.!?\n]{0,80}\b(?:ihnen|dir|euch|sie an|mich|uns|bescheid|morgen|bis|weiter|darum|nach)\b"
    r"|\b(?:je|nous) (?:vous|te) (?:enverr|tiendr|rappeller|répondr|confirmer|fer)\w+"
    r"|\b(?:je|nous) (?:vous |te )?(?:reviens|reviendrai|revenons|reviendrons) vers (?:vous|toi)\b"
    r"|\b(?:le|les|te|os) (?:enviar|mandar|llamar|responder|confirmar|avisar|har)(?:é|emos)\b",
    re.IGNORECASE,
)
_PUTS_OFF = Pattern(
    r"\b(?:check|look into|find out|get back|come back|ask|clarify|confirm|let you know|clear (?:that|this) up|"
    r"kläre|prüfe|melde|reviens|revenons|consult\w+)\b",
    re.IGNORECASE,
)
_CONDITIONAL = Pattern(r"^\W*(?:if|should|wenn|falls|si|unless)\b", re.IGNORECASE)
_DELIVERS = Pattern(
    r"\b(?:attached|enclosed|as promised|here (?:is|are|it is|you go)|please find|"
    r"i (?:have )?(?:checked|asked|sent|looked)|anbei|wie versprochen|im anhang|ci-joint|"
    r"comme promis|adjunto|como prometí)\b",
    re.IGNORECASE,
)
_EVERYDAY = """
    about again anything before check could detail details email everything first follow going hours including later
    little message month morning please possible quick reply right share shortly should something their there these
    thing things those today tomorrow until update where which while would write monday tuesday wednesday thursday
    friday saturday sunday january february march april june july august september october november december
"""
_SAYS_LITTLE = frozenset(_EVERYDAY.split())


def promises_in(text: str) -> list[str]:
    """The sentences of a mail in which its writer promises something, as they stand there."""
    shown = text[:_READ_CHARS]
    found = [
        " ".join(sentence.text.split())
        for sentence in sentences(_unwrapped(shown))
        if not sentence.text.endswith("?")
        and not _CONDITIONAL.match(sentence.text)
        and _PROMISE.search(sentence.text)
    ]
    return [sentence for sentence in found if len(sentence) <= _MAX_CHARS]


def puts_off(text: str) -> bool:
    """Whether a mail promises an answer instead of giving one."""
    return any(_PUTS_OFF.search(promise) for promise in promises_in(text))


def open_promises(mails: list[tuple[str, str]], *, person: str) -> tuple[str, ...]:
    """Promises still open, of mails as (writer, text), oldest first.

    What the person promised counts until they write again; what somebody here promised until a later mail of
    ours speaks of it or brings something along.
    """
    found: list[str] = []
    for place, (writer, text) in enumerate(mails):
        is_person = writer == person
        later = [words for one, words in mails[place + 1 :] if (one == person) is is_person]
        if is_person and later:
            continue
        found += [promise for promise in promises_in(text) if not any(_keeps(one, promise) for one in later)]
    return tuple(dict.fromkeys(found))[-KEPT:]


def _keeps(text: str, promise: str) -> bool:
    said = _content(promise)
    return not said or _DELIVERS.search(text) is not None or bool(said & _content(text))


def _content(text: str) -> set[str]:
    found = re.findall(r"[^\W\d_]{5,}", text.lower())
    return {word[:6] for word in found if word not in _SAYS_LITTLE}


def _unwrapped(text: str) -> str:
    """A sentence that a mail program broke over lines, in one: the break is a space, as a reader sees it."""
    return re.sub(r"(?<=[\w,;])[ \t]*\r?\n(?=[a-zà-ÿ])", " ", text)
