"""A person's own words in a mail: without what they quote, their signature and their telephone's advertising.

Works line by line, so that a mail made to be slow to match costs no more than its length. How mail programs
introduce a quote is known to `mail-parser-reply` for eight languages, and to the patterns here for the others. No I/O.
"""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from mailparser_reply import EmailMessage  # pyright: ignore[reportMissingTypeStubs]
from mailparser_reply.constants import MAIL_LANGUAGES  # pyright: ignore[reportMissingTypeStubs]

from shared.pattern import Pattern

_LONGEST_TEXT = 200_000
_LONGEST_LINE = 1000
_ATTRIBUTION_LINES = 3
_LONGEST_ATTRIBUTION = 400

# "El lun, 2 nov 2026 a las 10:01, Ana Ruiz <ana@example.com> escribió:", where the library misses it.
_ATTRIBUTION = Pattern(
    r"(?:El\b.{4,300}\bescribió"
    r"|Op\b.{4,300}\bschreef\b.{0,120}"
    r"|Em\b.{4,300}\bescreveu"
    r"|Am\b.{4,300}\bschrieb"
    r"|(?:W dniu|Dnia)\b.{4,300}\bnapisał(?:\(a\)|a)?"
    r"|Dne\b.{4,300}\bnapsal)\s?:",
    re.IGNORECASE,
)
# In any language: a year, an address in angle brackets, at most one word, a colon.
_ADDRESS_END = Pattern(r"<[^<>\s]{3,200}>\s?\S{0,20}\s?[:：]$")
_YEAR = Pattern(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# In any language: a year, a time of day and an address in one sentence that ends in a colon.
_CLOCK = Pattern(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_MAIL_ADDRESS = Pattern(r"[^\s@<>()]{1,64}@[^\s@<>()]{3,200}")
_WROTE = Pattern(
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?"
    r"|skrev|kirjoitti|yazdı|írta|a scris|написала?|пишет|έγραψε)\s?[:：]$"
    r"|(?:写道|寫道|のメール|님이 작성(?:하였습니다)?)\s?[:：]$",
    re.IGNORECASE,
)
_ATTRIBUTION_START = Pattern(r"(?:El|Op|Em|Am|W dniu|Dnia|Dne)\b.{4,}", re.IGNORECASE)
_CUT = Pattern(
    r"-{2,}\s?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht"
    r"|Message d'origine|Message original|Mensaje original|Messaggio originale|Oorspronkelijk bericht"
    r"|Mensagem original|Původní zpráva|Wiadomość oryginalna|Oprindelig meddelelse|Opprinnelig melding"
    r"|Ursprungligt meddelande|Alkuperäinen viesti|Özgün İleti|Orijinal Mesaj"
    r"|原始邮件|元のメッセージ|원본 메시지)\s?-{2,}.*"
    r"|Begin forwarded message:",
    re.IGNORECASE,
)
_RULE = Pattern(r"[_*]{10,}")
_FROM = Pattern(
    r"\**(?:From|Von|De|Da|Van|Od|Fra|Från|Lähettäjä|Kimden|От|差出人|发件人|보낸\s?사람)\s?[:：]\**\s*\S.*",
    re.IGNORECASE,
)
_SENT = Pattern(
    r"\**(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Enviada|Odesláno"
    r"|Wysłano|Sendt|Dato|Skickat|Lähetetty|Päiväys|Gönderil(?:en|di|me Tarihi)|Tarih|Отправлено|Дата"
    r"|送信日時|日時|发送时间|日期|보낸\s?날짜"
    r"|To|An|À|Para|A|Aan|Komu|Do|Til|Till|Vastaanottaja|Kime|Кому|宛先|收件人|받는\s?사람"
    r"|Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto|Předmět|Temat|Emne|Ämne|Aihe|Konu|Тема"
    r"|件名|主题|제목)\s?[:：]\**.*",
    re.IGNORECASE,
)
_DASHED = Pattern(r"-{3,20}\s?\w[^-].{1,60}?\s?-{3,20}")
_SIGNATURE = Pattern(r"(?:--|—|–)\s?")
_DEVICE = Pattern(
    r"(?:Sent from (?:my |Yahoo Mail|Outlook|Mail for)|Get Outlook for|Sent via (?:mobile|my )"
    r"|Von meinem \S+ gesendet|Envoyé de mon|Enviado desde mi|Inviato da(?:l mio)? i).{0,80}",
    re.IGNORECASE,
)
# Of its other languages the library misses what mail programs write today, or takes plain lines for headers.
_ASKED_LANGUAGES = ["en", "cs", "da", "de", "fr", "it", "ja", "sv"]
_MAY_BE_ASKED = Pattern(r"\b(?:wrote|schrieb|a écrit|ha scritto|napsal\(a\)|skrev)\b|年", re.IGNORECASE)
_ENDS_IN_COLON = Pattern(r"[:：]$", re.MULTILINE)
# The library's patterns take time that grows with the square of what they look at.
_LONGEST_ASKED_LINE = 200
_MOST_ASKED = 40
_MOST_VERBS = 2
_SENT_FROM = Pattern(
    "(?:"
    + "|".join(
        MAIL_LANGUAGES[language]["sent_from"] for language in ("da", "ko", "nl", "pl", "sv", "zh", "cs")
    )
    + r")[^.!?]{0,60}",
    re.IGNORECASE,
)
_UNSEEN = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")


def own_words(text: str) -> str:
    """What the writer added: answers between quoted lines stay, everything below a full quote goes."""
    shown = text[:_LONGEST_TEXT].replace("\xa0", " ").translate(_UNSEEN)
    lines = [line.rstrip() for line in shown.splitlines()]
    introductions = _Introductions(lines)
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place].strip()[:_LONGEST_LINE]
        if line.startswith(">"):
            place += 1
            continue
        spanned = introductions.lines_from(place)
        if spanned:
            place += spanned
            if not _next_is_quoted(lines, place):
                break
            continue
        if _cuts(lines, place) or _SIGNATURE.fullmatch(line):
            break
        if not _is_advertising(lines, place):
            kept.append(lines[place].rstrip())
        place += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


class _Introductions:
    """Finds the sentences that introduce a quote."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._questions_left = _MOST_ASKED

    def lines_from(self, place: int) -> int:
        """How many lines the sentence takes that starts here, 0 when there is none."""
        first = self._lines[place].strip()[:_LONGEST_LINE]
        if not first:
            return 0
        return self._asked(place) or (1 if _is_attribution(first) else self._longer(first, place))

    def _longer(self, first: str, place: int) -> int:
        if not (_ATTRIBUTION_START.fullmatch(first) or _YEAR.search(first)):
            return 0
        joined = first
        for count in range(2, _ATTRIBUTION_LINES + 1):
            if place + count > len(self._lines) or not self._lines[place + count - 1].strip():
                return 0
            joined = f"{joined} {self._lines[place + count - 1].strip()[:_LONGEST_LINE]}"
            if _is_attribution(joined[:_LONGEST_LINE]):
                return count
        return 0

    def _asked(self, place: int) -> int:
        """The same by the library, which is asked only where a sentence may be one, and not for ever."""
        shown = (
            line.strip()[:_LONGEST_ASKED_LINE] for line in self._lines[place : place + _ATTRIBUTION_LINES]
        )
        window = "\n".join(shown)
        if self._questions_left <= 0 or not _ENDS_IN_COLON.search(window):
            return 0
        if not 1 <= len(_MAY_BE_ASKED.findall(window)) <= _MOST_VERBS:
            return 0
        self._questions_left -= 1
        found = _library().match(window)
        return found[0].strip().count("\n") + 1 if found and found[0].rstrip().endswith((":", "：")) else 0


@cache
def _library() -> re.Pattern[str]:
    # Its own way of reading a whole mail takes minutes for some; its patterns on a few short lines do not.
    reader = EmailMessage("", languages=_ASKED_LANGUAGES)
    return cast("re.Pattern[str]", reader.HEADER_REGEX)  # pyright: ignore[reportUnknownMemberType]


def _is_attribution(sentence: str) -> bool:
    if not sentence.endswith((":", "：")):
        return False
    if _ATTRIBUTION.fullmatch(sentence):
        return True
    end = _ADDRESS_END.search(sentence)
    if end and _YEAR.search(sentence[: end.start()]):
        return True
    if len(sentence) > _LONGEST_ATTRIBUTION or not (_YEAR.search(sentence) or _CLOCK.search(sentence)):
        return False
    stamped = _YEAR.search(sentence) and _CLOCK.search(sentence) and _MAIL_ADDRESS.search(sentence)
    return bool(stamped or _WROTE.search(sentence))


def _is_advertising(lines: list[str], place: int) -> bool:
    """Whether a telephone or a mail program wrote the line: alone in its paragraph, or known for certain."""
    line = lines[place].strip()[:_LONGEST_LINE]
    if _DEVICE.fullmatch(line):
        return True
    alone = place + 1 >= len(lines) or not lines[place + 1].strip()
    return alone and _SENT_FROM.fullmatch(line) is not None


def _next_is_quoted(lines: list[str], place: int) -> bool:
    """Whether the next words are quoted; looks a few lines ahead, since none of them may be passed twice."""
    return next((line.lstrip().startswith(">") for line in lines[place : place + 20] if line.strip()), False)


def _cuts(lines: list[str], place: int) -> bool:
    """Whether all below is another mail: a separator, or the headers that Outlook writes above a quote."""
    line = lines[place].strip()[:_LONGEST_LINE]
    if _CUT.fullmatch(line):
        return True
    if _DASHED.fullmatch(line):
        below = [each.strip()[:_LONGEST_LINE] for each in lines[place + 1 : place + 5] if each.strip()]
        return any(_FROM.fullmatch(each) or _SENT.fullmatch(each) for each in below[:2])
    if _RULE.fullmatch(line):
        below = [each.strip() for each in lines[place + 1 : place + 4] if each.strip()]
        return bool(below) and _FROM.fullmatch(below[0][:_LONGEST_LINE]) is not None
    if _FROM.fullmatch(line):
        below = [each.strip()[:_LONGEST_LINE] for each in lines[place + 1 : place + 5] if each.strip()]
        return sum(_SENT.fullmatch(each) is not None for each in below) >= 2
    return False
