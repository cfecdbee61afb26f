"""Turn what a person wrote into reported speech: "Do you support SSO?" becomes "whether we support SSO".

Only well-known shapes are turned; for anything else the answer is None, and the sentence is not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shared.agents.pronouns import as_their_question, as_you, lower_first, third_person
from shared.pattern import Pattern

_ADVERB = "(?:(?:currently|just|also|really|still|mostly|often|only|now|both|all|recently|usually|already) )?"
# What follows "we" is no description of themselves: opinions, thanks, demands and promises.
_NOT_ABOUT_THEMSELVES = (
    "agree|accept|demand|think|believe|guess|know|thank|appreciate|recommend|suggest|require|request|ask|insist|"
    "declare|confirm|hereby|love|like|hear|hope|expect|wish|assume|swear|bet|say|said|mean|shall|must|order|"
    "command|trust|understand|learned|learnt|noticed|discovered|stumbled"
)
_ABOUT_THEMSELVES = Pattern(
    rf"^(?:(?:i|we) {_ADVERB}(?!(?:{_NOT_ABOUT_THEMSELVES})\b)[a-z]"
    r"|(?:i|we)['’](?:m|re|ve|d|ll) "
    r"|(?:our|my) (?!name\b|email\b|e-mail\b|phone\b|number\b|boss\b|wife\b|husband\b)\w+)",
    re.IGNORECASE,
)
# True of everybody who writes, or a feeling that nobody wants to read back.
_SAYS_NOTHING = Pattern(
    r"^(?:i|we)(?: am| are|['’]m|['’]re| was| were| would|['’]d| just)?(?: just| really| very| so| quite)? "
    r"(?:writing|hope|hoping to hear|saw|found|came|heard|read|wondering|curious|look forward|"
    r"looking forward|"
    r"like to (?:know|see|learn|get|ask|have|request|book|schedule|try|talk|speak|discuss|chat)|"
    r"love to (?:know|see|learn|get|have|talk|chat|hear)|want to (?:know|see|learn|ask|talk)|"
    r"have (?:a|some|several|a few|two|three|one) (?:quick )?questions?|"
    r"need (?:help|info|information|to know|an answer|a reply)$|need a (?:demo|quote|call)\b|"
    r"disappointed|frustrated|angry|annoyed|unhappy|fed up|sorry|happy|glad)\b",
    re.IGNORECASE,
)
_WITHOUT_SUBJECT: tuple[tuple[str, str], ...] = (
    (
        r"^(?:still |currently )?(?:looking (?:for|to|at)|searching for|interested in|hoping to|trying to|"
        r"planning to|struggling (?:with|to)|evaluating|considering|comparing|exploring)\b",
        "you are ",
    ),
    (r"^(?:need|want) (?!you\b)", "you "),
)
_ASIDE = Pattern(
    r"^(?:(?:hi|hello|hey)(?: there| all| team| everyone)?[,! ]+|dear [\w ]{1,30},|"
    r"good (?:morning|afternoon|evening)[, ]+|thanks?(?: you)?[, ]+|please[, ]+|"
    r"(?:and|but|so|also|ok|okay|well|basically|anyway|first|second|secondly|finally|plus)[, ]+|[-*•·]+ *|"
    r"\d[.)] +| +|(?:[\w, ]{0,40} )?questions?(?: for you)?: *|"
    r"[\w ,'’-]{1,60}: (?=(?:how|what|which|where|when|does|do|did|can|could|will|would|is|are|should|may) )|"
    r"i am (?:the |a |an )?[\w -]{3,40} (?:at|of|"
    r"for|with) [\w -]{2,40}(?:,| and) (?=we |i |our ))+",
    re.IGNORECASE,
)
_OUR_THING = (
    r"(?:your|the) (?:[a-z]+ ){0,2}?(?:tool|product|platform|software|system|solution|service|app|api|team|"
    r"plan|"
    r"pricing|"
    r"price|integration|company|onboarding|support|trial)"
)
_WANTED = Pattern(
    r"^(?:(?:a|an|the|your|some|more|our) )?(?:(?:full|quick|short|detailed|price|live|written) )?"
    r"(?:quote|quotation|prices?|pricing|price list|brochure|demo|demonstration|walk-?through|case stud(?:y|"
    r"ies)|"
    r"references?|documentation|security (?:questionnaire|documentation|overview)|overview|more information|"
    r"information|details|deck|proposal|offer|trial|call|meeting)\b",
    re.IGNORECASE,
)

_FEWEST_WORDS = 4
"""Shorter, "whether we know" is half a question."""

_Match = re.Match[str]
_Report = Callable[[_Match], str | None]


def without_asides(sentence: str) -> str:
    """A sentence without greeting, thanks, bullet or connecting word at its start."""
    return _ASIDE.sub("", sentence.strip()).strip()


def reported_statement(sentence: str) -> str | None:
    """ "Our leads sit for days" as "your leads sit for days"; None for what is not about the writer."""
    text = without_asides(sentence).rstrip(".!… ")
    text = re.sub(r"\b(to|from|with|by) you\b", r"\1 us_", text, flags=re.IGNORECASE)
    if _SAYS_NOTHING.match(text) or re.search(r"\b(?:you|your|yours)\b", text, re.IGNORECASE):
        return None
    if _ABOUT_THEMSELVES.match(text):
        return as_you(text).replace("us_", "us")
    for pattern, start in _WITHOUT_SUBJECT:
        if re.match(pattern, text, re.IGNORECASE):
            return start + lower_first(as_you(text)).replace("us_", "us")
    return None


def reported_question(sentence: str, *, theirs: bool = True) -> str | None:
    """A question as what follows "You asked": "whether ...", "how ...", "about ..." or "for ...".

    `theirs` is False for our own question to the person, in which "you" stays "you".
    """
    text = without_asides(sentence).rstrip("?!. ")
    for pattern, report in _QUESTIONS:
        found = re.match(pattern, text, re.IGNORECASE)
        if found:
            words = report(found)
            if words and words.startswith("whether ") and len(words.split()) < _FEWEST_WORDS:
                return None
            return as_their_question(words) if words and theirs else words
    return None


def _request(found: _Match) -> str | None:
    wanted = found.group(1).partition(",")[0]
    return f"for {wanted}" if _WANTED.match(wanted) else None


def _never(found: _Match) -> str | None:
    del found
    return None


def _whether(found: _Match) -> str | None:
    verb, subject, rest = found.group(1).lower(), found.group(2).lower(), found.group(3)
    return f"whether {subject} {rest}" if verb in ("do", "did") else f"whether {subject} {verb} {rest}"


def _does(found: _Match) -> str | None:
    return f"whether {lower_first(found.group(1))} {third_person(found.group(2).lower())}{found.group(3)}"


def _how_does(found: _Match) -> str | None:
    return f"how {lower_first(found.group(1))} {third_person(found.group(2).lower())}{found.group(3)}"


def _is_thing(found: _Match) -> str | None:
    return f"whether {lower_first(found.group(2))} {found.group(1).lower()} {found.group(3)}"


def _is_done(found: _Match) -> str | None:
    word, verb, thing, rest = found.groups()
    return f"{word.lower()} {lower_first(thing)} {verb.lower()} {rest}"


def _how_is(found: _Match) -> str | None:
    question, verb, thing = found.groups()
    return f"{lower_first(question)} {lower_first(thing)} {verb.lower()}"


def _wh(found: _Match) -> str | None:
    question, verb, subject, rest = found.groups()
    modal = "" if verb.lower() == "do" else f" {verb.lower()}"
    return f"{lower_first(question)} {subject.lower()}{modal} {rest}"


def _how_long(found: _Match) -> str | None:
    auxiliary = found.group(1).lower()
    verb = {"does": "takes", "do": "take"}.get(auxiliary, f"{auxiliary} take")
    return f"how long {lower_first(found.group(2))} {verb}{found.group(3)}"


def _cost(found: _Match) -> str | None:
    audience = re.search(r" for (?:a |our |about |around )?[\w-]+(?: [\w-]+){0,3}$", found.group(0))
    return "what it costs" + (audience.group(0) if audience else "")


def _about(found: _Match) -> str | None:
    return f"about {lower_first(found.group(1))}" if len(found.group(1).split()) <= 9 else None


def _clause(found: _Match) -> str | None:
    word = found.group(1).lower()
    return f"{'whether' if word == 'if' else word} {found.group(2)}"


def _as_it_is(found: _Match) -> str | None:
    return lower_first(found.group(1))


_IT = rf"(it|this|that|{_OUR_THING})"
_ASK = r"(?:can|could|will|would) (?:you|someone|somebody) (?:please )?"
_WOULD_KNOW = (
    r"(?:i|we)?(?: am| are|['’]m|['’]re| was| were| would|['’]d)? ?(?:just )?"
    r"(?:wondering|curious|(?:like|love|want|need) to (?:know|understand))"
)

_QUESTIONS: tuple[tuple[str, _Report], ...] = (
    (
        rf"^{_ASK}(?:show|tell|explain(?: to)?)(?: me| us)? (if|whether|how|what|when|which|where) "
        r"((?:you|we|i|it|this|your|our)\b.+)$",
        _clause,
    ),
    (
        rf"^{_ASK}(?:send|share|give|provide|email|forward|arrange|set up|schedule|show)"
        r"(?: me| us| over| through)?(?: with)? (.+)$",
        _request,
    ),
    (r"^(?:please )?(?:send|share|provide|give)(?: me| us)? (.+)$", _request),
    (
        r"^(?:i|we)(?: would|['’]d) (?:like|love|appreciate|be interested in)(?: to (?:see|get|have|book|"
        r"schedule|"
        r"request|receive|arrange))? ((?:a|an|the|your|some|more|pricing|information)\b.*)$",
        _request,
    ),
    (r"^(?:i|we) need ((?:a|an|your) (?:demo|quote|call)\b.*)$", _request),
    (r"^(?:can|could|may) (?:i|we) (?:please )?(?:see|get|have|book|schedule|request) (.+)$", _request),
    (rf"^{_WOULD_KNOW} (if|whether|how|what|when|which) ((?:you|we|i|it|this|your|our)\b.+)$", _clause),
    (
        r"^(?:please |kindly )?(?:let (?:me|us) know|advise) (if|whether|how|what|when|which|where) "
        r"(?!you (?:need|want|have|require|would)\b)((?:you|we|i|it|this|your|our)\b.+)$",
        _clause,
    ),
    (r"^do you know (if|whether|how|what|when|which) ((?:you|we|i|it|this|your|our)\b.+)$", _clause),
    (rf"^{_ASK}(?:tell|explain|write|describe|translate|help me|make)\b.*$", _never),
    (r"^(do|did) (you|we|i|they) (.+)$", _whether),
    (
        r"^(can|could|will|would|should|are|have|were|is|has) (you|we|i|it|this|that|there) (?!please)(.+)$",
        _whether,
    ),
    (rf"^does {_IT} (\w+)(.*)$", _does),
    (rf"^(is|are|can|will) ({_OUR_THING}) (.+)$", _is_thing),
    (rf"^how does {_IT} (\w+)(.*)$", _how_does),
    (r"^how long (does|do|would|will) (.+?) take(.*)$", _how_long),
    (r"^how much (?:does|do|is|would|are|will)\b.*$", _cost),
    (r"^what (?:does|would|will) (?:it|this|that) cost\b.*$", _cost),
    (r"^(how|when|where|why) (do|can|could|should|would|will) (you) (.+)$", _wh),
    # "How do I bake bread" is not for us; how they begin with us is.
    (
        r"^(how|when|where) (do|can|could|should|would|will) (we|i) ((?:start|begin|use|get|connect|import|"
        r"export|"
        r"set|sign|integrate|install|migrate|move|switch|invite|add|cancel|access|try|see|reach)\b.*)$",
        _wh,
    ),
    (
        r"^(where|how|when) (is|are) ((?:our|your|my|the) [\w-]+(?: [\w-]+)?) "
        r"((?:\w+ed|kept|held|built|done|sent|run|written)\b.*)$",
        _is_done,
    ),
    (r"^(how many [\w -]+?) (do|can|could|should|would|will) (you|we|i) (.+)$", _wh),
    (r"^(how many [\w-]+ (?:would|will|use|need|work)\b.*)$", _as_it_is),
    (r"^((?:what|which)(?: [\w-]+){0,4}?) (do|can|could|should|would|will) (you|we|i) (.+)$", _wh),
    (
        r"^what(?:['’]s| is| are) ((?:your|our|the (?:usual |typical |minimum )?(?:price|pricing|costs?|"
        r"minimum|"
        r"difference|next steps?|process|setup|onboarding|lead time|term))\b.*)$",
        _about,
    ),
    (r"^(how \w+) (is|are) (it|this|that|your [\w ]{2,30})$", _how_is),
    (
        r"^((?:which|what) [\w -]{2,40} (?:is|are|would be) (?:available|included|supported|possible|right|best) .*)$",
        _as_it_is,
    ),
    (r"^((?:which|what) [\w -]{2,40} (?:is|are) (?:available|included|supported|possible))$", _as_it_is),
    (r"^(what happens (?:to|when|if|with) .+)$", _as_it_is),
    (
        r"^(?:i|we) have (?:an? |some |two |several )?(?:quick )?questions? (?:about|on|regarding) (.+)$",
        _about,
    ),
    (r"^(?:please )?(?:contact|call) (?:me|us) (?:about|regarding) (.+)$", _about),
    (r"^((?:which|what) [\w -]+ (?:includes?|supports?|has|have|covers?|comes?) .+)$", _as_it_is),
)
