"""A person's own words in a mail: without what they quote, their signature and their telephone's advertising.

Works line by line, so that a mail made to be slow to match costs no more than its length. No I/O.
"""

from __future__ import annotations

import re

_LONGEST_TEXT = 200_000
_LONGEST_LINE = 1000
_ATTRIBUTION_LINES = 3

# "On Mon, 2 Nov 2026 at 10:01, Ann Lee <ann@example.com> wrote:" and its kin, whole.
_ATTRIBUTION = re.compile(
    r"(?:On\b.{4,300}\bwrote"
    r"|Am\b.{4,300}\bschrieb\b.{0,120}"
    r"|Le\b.{4,300}\ba écrit"
    r"|El\b.{4,300}\bescribió"
    r"|Il\b.{4,300}\bha scritto"
    r"|Op\b.{4,300}\bschreef\b.{0,120}"
    r"|Em\b.{4,300}\bescreveu"
    r"|(?:W dniu|Dnia)\b.{4,300}\bnapisał(?:\(a\)|a)?"
    r"|Dne\b.{4,300}\bnapsal(?:\(a\)|a)?)\s?:",
    re.IGNORECASE,
)
# In any language: a year, an address in angle brackets, at most one word, a colon.
_ADDRESS_END = re.compile(r"<[^<>\s]{3,200}>\s?\S{0,20}\s?:$")
_YEAR = re.compile(r"\b\d{4}\b")
_ATTRIBUTION_START = re.compile(r"(?:On|Am|Le|El|Il|Op|Em|W dniu|Dnia|Dne)\b.{4,}", re.IGNORECASE)
_CUT = re.compile(
    r"-{2,}\s?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht"
    r"|Message d'origine|Message original|Mensaje original|Messaggio originale|Oorspronkelijk bericht"
    r"|Mensagem original|Původní zpráva|Wiadomość oryginalna)\s?-{2,}"
    r"|Begin forwarded message:",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_*]{10,}")
_FROM = re.compile(r"\**(?:From|Von|De|Da|Van|Od)\s?:\**\s*\S.*", re.IGNORECASE)
_SENT = re.compile(
    r"\**(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Enviada|Odesláno"
    r"|Wysłano"
    r"|To|An|À|Para|A|Aan|Komu|Do|Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto|Předmět|Temat)\s?:\**.*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—|–)\s?")
_DEVICE = re.compile(
    r"(?:Sent from (?:my |Yahoo Mail|Outlook|Mail for)|Get Outlook for|Sent via (?:mobile|my )"
    r"|Von meinem \S+ gesendet|Envoyé de mon|Enviado desde mi|Inviato da(?:l mio)? i).{0,80}",
    re.IGNORECASE,
)
_UNSEEN = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")


def own_words(text: str) -> str:
    """What the writer added: answers between quoted lines stay, everything below a full quote goes."""
    shown = text[:_LONGEST_TEXT].replace("\xa0", " ").translate(_UNSEEN)
    lines = [line.rstrip() for line in shown.splitlines()]
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place].strip()[:_LONGEST_LINE]
        if line.startswith(">"):
            place += 1
            continue
        spanned = _attribution_lines(lines, place)
        if spanned:
            place += spanned
            if not _next_is_quoted(lines, place):
                break
            continue
        if _cuts(lines, place) or _SIGNATURE.fullmatch(line):
            break
        if not _DEVICE.fullmatch(line):
            kept.append(lines[place].rstrip())
        place += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _attribution_lines(lines: list[str], place: int) -> int:
    """How many lines the sentence takes that introduces a quote, 0 when there is none here."""
    first = lines[place].strip()[:_LONGEST_LINE]
    if _is_attribution(first):
        return 1
    if not _ATTRIBUTION_START.fullmatch(first):
        return 0
    joined = first
    for count in range(2, _ATTRIBUTION_LINES + 1):
        if place + count > len(lines) or not lines[place + count - 1].strip():
            return 0
        joined = f"{joined} {lines[place + count - 1].strip()[:_LONGEST_LINE]}"
        if _is_attribution(joined[:_LONGEST_LINE]):
            return count
    return 0


def _is_attribution(sentence: str) -> bool:
    if not sentence.endswith(":"):
        return False
    end = _ADDRESS_END.search(sentence)
    return bool(end and _YEAR.search(sentence[: end.start()])) or _ATTRIBUTION.fullmatch(sentence) is not None


def _next_is_quoted(lines: list[str], place: int) -> bool:
    return next((line.lstrip().startswith(">") for line in lines[place:] if line.strip()), False)


def _cuts(lines: list[str], place: int) -> bool:
    """Whether all below is another mail: a separator, or the headers that Outlook writes above a quote."""
    line = lines[place].strip()[:_LONGEST_LINE]
    if _CUT.fullmatch(line):
        return True
    if _RULE.fullmatch(line):
        below = [each.strip() for each in lines[place + 1 : place + 4] if each.strip()]
        return bool(below) and _FROM.fullmatch(below[0][:_LONGEST_LINE]) is not None
    if _FROM.fullmatch(line):
        below = [each.strip()[:_LONGEST_LINE] for each in lines[place + 1 : place + 5] if each.strip()]
        return sum(_SENT.fullmatch(each) is not None for each in below) >= 2
    return False
