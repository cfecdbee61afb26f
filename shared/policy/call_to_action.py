"""What a mail asks its reader to do: found in the text, whatever the writer says it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.pattern import Pattern
from shared.policy.claims import ClaimKind, claims
from shared.policy.sentences import Sentence, plain, sentences, without_quotes, words


def _any_of(phrases: str) -> str:
    """A pattern for one of these phrases, one a line; each may be a pattern itself."""
    lines = (line.strip() for line in phrases.strip().splitlines())
    return "(?:" + "|".join(line.replace(" ", r"\s+") for line in lines) + ")"


_OPENERS = _any_of(
    """
    please
    kindly
    just
    simply
    and
    so
    then
    also
    otherwise
    or
    now
    if (?:so|not|interested|it helps|that (?:works|suits|helps)|you(?:['’]d| would)? like)
    when(?:ever)? you (?:can|are ready)
    you can(?: also)?
    feel free to
    do(?: not|n['’]t) hesitate to
    """
)
_ORDERS = _any_of(
    """
    reply|respond|answer|book|schedule|pick|choose|select|confirm|share|join|register|subscribe|order|buy|approve
    (?:let|tell|drop|give) (?:me|us)(?: know)?
    send (?:me|us|over|back|your|the)
    (?:call|ring) (?:me|us)
    click|visit|download|rsvp|grab|forward|contact
    sign (?:up|here|the|in)
    get (?:in touch|back to)
    reach out
    check out
    (?:have|take) a look
    look at
    try (?:it|our|the)
    start (?:your|a|the)
    write (?:to )?(?:me|us|back)
    hit reply
    (?:see|read|review|complete) (?:our|the)
    fill (?:in|out)
    set up a
    put a time
    """
)
_IMPERATIVE = Pattern(rf"^\W*(?:{_OPENERS},?\s)*(?!let me start|let me be){_ORDERS}\b", re.IGNORECASE)
_WISHES = _any_of(
    """
    (?:i|we)(?: would|['’]d) be (?:glad|happy|grateful|delighted|interested) to (?:hear|know|learn)
    (?:i|we)(?: would|['’]d) (?:really |very much )?(?:like|love) to (?:know|hear|learn)
    (?:i|we)(?: would|['’]d) (?:appreciate (?:it if|your|a)|be grateful (?:if|for)|ask you to)
    (?:i|we) (?:ask|invite|need) you to
    look(?:ing)? forward to your (?:answer|reply)
    it would (?:help|be (?:great|good|helpful)) (?:to know|if you)
    """
)
_WISH = Pattern(rf"\b{_WISHES}\b", re.IGNORECASE)
_OTHERWISE = _any_of(
    """
    none|neither|not|no|those|these|that|this|they|it|another|a different
    you(?:['’]d| would)? (?:prefer|rather)
    """
)
_FALLBACK = Pattern(rf"^\W*(?:if|should|in case)\s{_OTHERWISE}\b", re.IGNORECASE)
_EMPTY = _any_of(
    """
    (?:any |your )?(?:thoughts|feedback|ideas|questions|interest)
    interested|right|no|yes|ok|okay|agreed|deal|ready|curious|make sense|why not|who knows|isn['’]t it
    sounds? (?:good|interesting|fair)
    does (?:that|this|it) (?:make sense|sound (?:good|interesting|fair|ok|okay))
    what do you think
    how (?:are you|is it going|have you been|does (?:that|this) sound)
    can you believe it
    (?:would|are) you (?:be )?(?:interested|open(?: to (?:it|this|that))?)
    let (?:me|us) know(?: (?:what you think|your thoughts|either way|how you feel))?
    let (?:me|us) know if you (?:are|['’]re) interested
    let (?:me|us) know if you (?:have|had) (?:any )?(?:questions?|thoughts)
    (?:get in touch|reach out|contact (?:me|us)|get back to me)(?: any ?time)?
    (?:get in touch|reach out|contact (?:me|us)) (?:if you (?:have|had)|with) (?:any )?questions?
    (?:i )?look(?:ing)? forward to your (?:answer|reply)
    """
)
_VAGUE = Pattern(rf"^\W*(?:{_OPENERS},?\s)*{_EMPTY}\W*$", re.IGNORECASE)
_FEWEST_WORDS = 4
_DEEDS = _any_of(
    """
    call|meet|meeting|talk|speak|chat|demo|time|day|slot|send|share|show|book|schedul\\w*|reply|answer|confirm
    choose|pick|walk|introduce|start|begin|join|review|try|test|which|what|when|where|who|how|suit|works?|tell
    look|sign|download|visit|register|forward|click|need|want|use|read|open|prefer
    """
)
_DOING = Pattern(rf"\b{_DEEDS}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Ask:
    """One sentence that asks for something, and whether the reader would know what to do."""

    text: str
    is_concrete: bool


def asks(body: str) -> tuple[Ask, ...]:
    """Every sentence that asks for something; an alternative to the ask before it is part of that one.

    A wish ("I would like to hear ...") counts only where nothing is asked outright.
    """
    found: list[Ask] = []
    wishes: list[Ask] = []
    was_ask = False
    for sentence in sentences(without_quotes(body)):
        said = body[sentence.start : sentence.end]
        is_ask = _is_ask(sentence)
        if is_ask and not (was_ask and _FALLBACK.match(sentence.text)):
            found.append(Ask(said, _is_concrete(said)))
        elif not is_ask and _WISH.search(sentence.text):
            wishes.append(Ask(said, _is_concrete(said)))
        was_ask = is_ask
    return tuple(found or wishes)


def is_the_ask(ask: Ask, call_to_action: str) -> bool:
    """Whether what the writer calls the call to action is the sentence that asks."""
    one, other = plain(ask.text), plain(call_to_action)
    return bool(other) and (one in other or other in one)


def _is_ask(sentence: Sentence) -> bool:
    text = sentence.text
    if text.rstrip(" \"'”’)").endswith("?"):
        return True
    return any(_IMPERATIVE.match(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """The sentence, and what follows an opening clause: "If that suits, reply with a time"."""
    pieces = [text]
    opening = re.match(r"^\W*(?:if|when|once|in case|to|for)\b[^,;:]{1,90}[,;:]\s", text, re.IGNORECASE)
    if opening:
        pieces.append(text[opening.end() :])
    colon = re.search(r"[:;–-]\s", text)
    if colon:
        pieces.append(text[colon.end() :])
    return pieces


def _is_concrete(text: str) -> bool:
    if _VAGUE.match(text):
        return False
    if any(claim.kind in (ClaimKind.DATE, ClaimKind.TIME) for claim in claims(text)):
        return True
    return len(words(text)) >= _FEWEST_WORDS and _DOING.search(text) is not None
