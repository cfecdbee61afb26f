"""Whether a mail hands on what somebody else wrote, and does not speak for its sender alone."""

from __future__ import annotations

import re

from shared.jobs.mail import Mail
from shared.pattern import Pattern
from shared.policy.mail_kind.folded import plain_letters, shortened
from shared.policy.mail_kind.known import Known

_SUBJECT = Pattern(
    r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|fw|wg|tr|rv|enc|i|pd|vb|vl|vs|vbs|doorst|lv|ilt|i̇lt|transf|turn|"
    r"转发|轉寄|転送|전달|пересл|továbbítás|πρθ|forwarded|weitergeleitet)(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
_REPLY = Pattern(
    r"\s*(?:re|aw|sv|antw|antwort|odp|rif|res|ynt|r|ref|回复|返信|답장|回覆|vá|на)\s*(?:\[\d+\])?\s*[:：]",
    re.I,
)
_SEPARATOR = Pattern(
    r"^[ >\t]{0,8}(?:[-_=*]{2,} ?)?(?:"
    r"(?:begin )?forwarded message|forwarded (?:by|email|mail|conversation)|"
    r"(?:anfang der )?weitergeleitete(?:n)? (?:nachricht|e-?mail)|ursprungliche nachricht weitergeleitet|"
    r"(?:debut du )?message (?:transfere|reexpedie)|debut du message (?:transfere|reexpedie)|"
    r"(?:inicio del )?mensaje reenviado|"
    r"(?:inizio )?messaggio inoltrato|inizio messaggio inoltrato|"
    r"(?:inicio da |inicio de )?mensagem (?:reencaminhada|encaminhada)|"
    r"(?:begin )?doorgestuurd(?:e)? bericht|doorgestuurde e-?mail|"
    r"(?:poczatek )?przekazan(?:a|ej) wiadomosc(?:i)?|wiadomosc przekazana|"
    r"(?:zacatek )?preposlan(?:a|e) zprav(?:a|y)|preposlana zprava|"
    r"(?:vidarebefordrat|vidarebefordrade) (?:brev|meddelande)|borjan pa vidarebefordrat|"
    r"(?:start pa )?videresend(?:t|te) (?:besked|melding|e-?mail|meddelelse)|"
    r"(?:valitetty|edelleenlahetetty) viesti|valitetty viesti alkaa|"
    r"(?:yonlendirilen|iletilen|iletilmis) (?:ileti|mesaj)|iletilen e-?posta|"
    r"転送(?:された)?メッセージ|转发的?邮件|転送メール|전달된 메시지|пересылаемое сообщение|tovabbitott uzenet"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = Pattern(
    r"(?:^|[\s>*])(?:from|von|de|da|van|od|fra|fran|lahettaja|kimden|gonderen|差出人|发件人|보낸 사람|от|felado|de la)"
    r"\*? ?[:：]\*?[ \t]{0,8}(?P<who>[^\n]{1,300})",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = Pattern(r"[^\s<>,;:\"'\[\]()]{1,64}@[^\s<>,;:\"'\[\]()]{1,250}")
_MAIL_FILE = Pattern(r"\.(?:eml|msg)$|^message/rfc822$", re.IGNORECASE)


def is_forwarded(mail: Mail, known: Known) -> bool:
    """Whether the mail brings somebody else's words: below a separator, a header block, or attached.

    A reply quotes our own mail in the same shapes: what was ours is no forward.
    """
    if _REPLY.match(mail.subject):
        return False
    by_subject = _SUBJECT.match(mail.subject) is not None
    if any(_MAIL_FILE.search(name) for name in mail.attachments):
        return True
    text = plain_letters(shortened(mail.text))
    separator = _SEPARATOR.search(text)
    if separator is None and not by_subject:
        return False
    first = _FROM.search(text, separator.start() if separator else 0)
    if first is None:
        return separator is not None
    return not _is_ours(first.group("who"), known)


def _is_ours(who: str, known: Known) -> bool:
    found = _ADDRESS.search(who)
    return found is not None and found.group().lower() in known.ours
