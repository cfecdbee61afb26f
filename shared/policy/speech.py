"""Who speaks in a sentence: what the person is reported to have said, and what we state about ourselves."""

from __future__ import annotations

import re

from shared.pattern import Pattern

_VERBS = (
    r"(?:wrote|said|asked|mentioned|told (?:us|me)|told|explained|noted|described|shared|ticked|chose|gave|"
    r"listed|stated|indicated|raised|requested|were asking|are asking|write|say|ask|mention)"
)
_REPORT = Pattern(
    rf"\b(?:you(?:['’]ve)?|your (?:message|note|form|question|e?-?mail|request|enquiry|inquiry|submission))"
    rf"(?:\s(?:have|had|just|also|already|both|then|last|kindly|clearly))*\s{_VERBS}\b(?!\s?,)"
    r"|\bI (?:read|saw|see|understand|gather|noted|have (?:also )?(?:read|noted|seen))\b(?!\s?,)"
    r"|\bstood out(?: to me)?\b|\b(?:from|on|in) (?:the|your) form\b"
    r"|\byour (?:budget|timeline|deadline|target|goal|team size|company size|headcount|number of users"
    r"|use case|current setup)\b",
    re.IGNORECASE,
)
_ASKED = Pattern(r"\W*(?:whether|if|how|what|when|where|which|why|who|about|for)\b", re.IGNORECASE)
_BREAK = Pattern(
    r"[;.!?](?=\s|$)|\n|,\s(?:so|but|which)\b|,\sand\s(?:we|our|that|the|it|I)\b|\bso\s(?:we|our|the|it)\b",
    re.IGNORECASE,
)
_OUR_TURN = Pattern(
    r"\b(?:we|our|ours|us|the (?:price|cost|plan|fee|rate|discount|offer)|it (?:costs?|is)|"
    r"you (?:will|can|get|pay|save|['’]ll))\b|\bI(?:['’](?:ll|d))?\b",
    re.IGNORECASE,
)
_ACTS = (
    r"(?:integrat|connect|support|offer|includ|provid|encrypt|stor|host|compl(?:y|ies)|cost|charg|sav|reduc|"
    r"increas|cut|doubl|tripl|automat|replac|serv|guarante|sync|import|export|deliver|migrat|scal|eliminat|improv|boost|"
    r"outperform|partner|comes? with|works? with|runs? on)"
)


def reported(text: str) -> list[tuple[int, int]]:
    """The stretches of a text in which the person's own words are told back to them."""
    found: list[tuple[int, int]] = []
    for report in _REPORT.finditer(text):
        end = _next(_BREAK, text, report.end())
        if not _ASKED.match(text, report.end()):
            end = min(end, _next(_OUR_TURN, text, report.end()))
        found.append((report.start(), end))
    return found


def statements_about_us(sentence: str, company: str) -> list[str]:
    """What a sentence states that we or our product do; questions and reports are no statements."""
    if sentence.rstrip("\"'”’) ").endswith("?"):
        return []
    us = "|".join(["we", r"our [\w-]+(?: [\w-]+)?", *([re.escape(company)] if company.strip() else [])])
    pattern = re.compile(
        rf"\b(?:{us})\b\s(?:(?:also|already|can|will|do|fully|always|now|even|easily|quickly)\s)*"
        rf"{_ACTS}\w*\b[^.;!?\n]*",
        re.IGNORECASE,
    )
    told = reported(sentence)
    return [
        match.group().strip()
        for match in pattern.finditer(sentence)
        if not any(start <= match.start() < end for start, end in told)
    ]


def _next(pattern: Pattern[str], text: str, start: int) -> int:
    found = pattern.search(text, start)
    return found.start() if found else len(text)
