"""What mail servers say when they do not deliver: which answers mean that the address is dead, and which not."""

from __future__ import annotations

import re

from shared.pattern import Pattern
from shared.policy.mail_kind.folded import Phrases


def _any(*blocks: str) -> Phrases:
    """Answers as regular expressions, one on each line, continued where the next is indented."""
    return Phrases(
        lambda: "(?i:" + "|".join(filter(None, "\n".join(blocks).replace("\n    ", "").split("\n"))) + ")"
    )


DEAD = _any(
    r"""
\b(?:unknown|invalid|no such|non-?existent|undefined|illegal|bad) (?:local )?(?:user|recipient|mailbox|
    account|addressee|destination (?:mailbox )?address|destination|alias|person|e-?mail address|address|
    host|domain)\b
\b(?:user|recipient|mailbox|account|addressee|alias|address|destination|addresse|domain|host|
    mail-?box)\b(?: name| address| account| id)?(?: \S{1,80}| is| was| has| in| at){0,3} (?:unknown|
    not (?:be )?(?:found|known|exist|recognized|recognised|listed|local|valid)|does ?n[o']t exist|
    doesn.t exist|do not exist|not exist|invalid|nonexistent|non-existent)\b
\bdoes(?: not|n.t) (?:exist|have an? (?:\S{1,80} )?(?:account|mailbox)|have (?:a|an|this)|like recipient)
\bno (?:mail-?box|user|account|recipient|person|one|address)(?: \S{1,40}){0,2} (?:by|with|of|named|
    matching|under) (?:that|this|the|such)
\bno (?:mailbox|such|valid|account) (?:here|user|mailbox|recipient|address|recipients|account|there)\b
\bnot a (?:valid|known|local|recognized) (?:mailbox|user|recipient|address|account|alias)
\bnot (?:our|a) (?:customer|user|subscriber|valid user)\b
\bcould ?n[o']t be found\b|\bcouldn.t be found\b|\bwas ?n.t found (?:at|in)\b|\bwas not found (?:at|in)\b|
    \bnot found by SMTP address lookup
\b(?:RecipientNotFound|RecipNotFound|ExRecipNotFound|NXDOMAIN|UserUnknown|NoSuchUser|ADR\.InvalidInAddr)\b
\bunroute?able (?:mail )?(?:address|domain)|\bunrouteable\b|\bundeliverable address\b|\b(?:address|
    recipient) (?:is )?undeliverable\b
\b(?:host|domain)(?: or domain)?(?: name)?(?: \S{1,80})? (?:not found|not known|unknown|does not exist|
    doesn.t exist|lookup failed|has no|not exist)
\bno such (?:host|domain|user|person|mailbox|address|recipient|account)
\b(?:null mx|does not accept mail|domain .{0,60} (?:accepts no mail|does not receive))
\b(?:mailbox|account|user|recipient|address|inbox|konto)\b.{0,60}\b(?:has been |is |was |are |
    been )?(?:permanently )?(?:disabled|deactivated|closed|terminated|cancell?ed|deleted|removed|
    discontinued|suspended|expired|retired|inactive|not active|no longer (?:active|available|in use|valid|
    exists?|accepts|accepting|used|receiving|monitored|on (?:this|the) server))
\bno longer (?:works?|employed|with (?:the|this|our)|here|at this|a valid|valid|in service|an? (?:active|
    employee))
\b(?:disabled|inactive|deactivated|closed|suspended|deleted|expired|dormant) (?:recipient|user|mailbox|
    account|address|inbox)
\brecipient (?:has )?left\b|\bhas left (?:the|our|this) (?:company|organi[sz]ation|university)
\b550[ -](?:[0-9.]+ )?(?:requested action not taken: )?mailbox (?:unavailable|not available)\b|
    \bmailbox unavailable\b
\brecipient (?:address )?rejected: (?:user|unknown|undeliverable|no such|invalid|not )
\b550 5\.4\.1 (?:\[\S{1,80}\]: )?recipient address rejected: access denied
\b(?:cannot|can.t|could not|unable to) (?:find|resolve|locate|verify) (?:the |your |this |
    such )?(?:recipient|user|address|domain|host|mailbox|server for)
\b(?:dns|domain|mx)\b.{0,40}\b(?:does not exist|non-?existent|no (?:mx|a|valid) )
\bDNS domain \S{1,80} does not exist
""",
    r"""
\b(?:nicht gefunden|unbekannter? (?:empf|benutzer|nutzer|adress)|existiert nicht|nicht (?:mehr )?vorhanden|
    gibt es nicht|ungültige[rn]? (?:empf|adresse)|empfänger unbekannt|benutzer unbekannt|konto (?:ist |
    wurde )?(?:gelöscht|deaktiviert|geschlossen|gesperrt))
\b(?:introuvable|n.existe (?:pas|plus)|inconnue?\b|adresse (?:invalide|inexistante)|n.a pas été trouvée?|
    compte (?:désactivé|fermé|supprimé))
\b(?:no existen?|no se (?:ha )?(?:encontr|pudo encontrar)|desconocid[oa]|inexistente|usuario no válido|
    cuenta (?:desactivada|cerrada|eliminada)|dirección (?:no válida|incorrecta))
\b(?:non esiste|non esistono|inesistente|sconosciut[oa]|non è stat[oa] trovat[oa]|non trovat[oa]|
    account (?:disattivato|chiuso|disabilitato)|indirizzo non valido)
\b(?:não existe|não foi (?:possível )?encontrad[oa]|desconhecid[oa]|inexistente|não encontrad[oa]|
    conta (?:desativada|encerrada|desactivada))
\b(?:bestaat niet|onbekende? (?:gebruiker|ontvanger|adres)|niet gevonden|niet bekend|ongeldig adres|
    (?:gebruiker|ontvanger|adres) (?:is )?onbekend|account (?:is )?(?:opgeheven|gesloten|uitgeschakeld))
\b(?:nie istnieje|nie znaleziono|nieznany (?:użytkownik|odbiorca|adres)|nie odnaleziono|
    konto (?:zostało )?(?:usunięte|zamknięte|zablokowane))
\b(?:neexistuje|nebyl[ao]? nalezen|neznámý (?:uživatel|příjemce)|nenalezen|účet (?:byl )?(?:zrušen|
    zablokován))
\b(?:finns inte|hittades inte|okänd (?:mottagare|användare|adress)|existerar inte|findes ikke|
    blev ikke fundet|ukendt (?:modtager|bruger|adresse)|finnes ikke|ble ikke funnet|ukjent (?:mottaker|
    bruker))
\b(?:ei löydy|ei löytynyt|ei ole olemassa|tuntematon (?:vastaanottaja|käyttäjä|osoite))
\b(?:bulunamadı|mevcut değil|geçersiz (?:alıcı|adres)|bilinmeyen (?:kullanıcı|alıcı)|kullanıcı yok)
存在しません|見つかりません|宛先不明|ユーザー不明|ユーザ不明|无此用户|不存在|존재하지 않
(?:не существует|не найден|неизвестный (?:пользователь|получатель))
""",
)
"""Answers that say that the address, its account or its domain does not exist or is closed."""

ALIVE = _any(
    r"""
\b(?:mailbox|inbox|mail ?folder|mail-?box|account|store|user|recipient|disk|storage|posteingang|postfach|
    buzón|casella|boîte|caixa)\b.{0,50}\b(?:full|over ?quota|over (?:the |its |their )?(?:allowed )?quota|
    exceed|out of storage|voll|lleno|llena|pien[ao]|pleine|cheia|vol\b|pełn|plná|täynnä|dolu)
\b(?:over ?quota|quota exceeded|exceeded (?:\S{1,20} )?(?:storage|quota|limit)|
    insufficient (?:system )?(?:storage|disk)|out of (?:storage|disk) space|storage (?:space )?(?:full|
    exceeded)|not enough (?:storage|disk|space)|mailboxfull|OverQuota|QuotaExceeded)
(?:quota|クォータ|容量|メールボックスが(?:いっぱい|一杯))\b
\bgrey-?list|\bgraylist|\bcome back later|\btry (?:again|it again) later\b|\btry again\b|\bplease retry\b|
    \btemporar|\bvorübergehend|\btemporair|\btemporane|\bdefer|\bthrottl|\brate limit|\btoo many|
    \btoo much mail|\btoo fast|\bsuspicious|\bunusual rate|\breceiving mail (?:at|too)
\btimed? ?out\b|\btimeout\b|\bconnection (?:refused|reset|lost|dropped)|\bexpired? (?:after|while|:)|
    \bmessage expired|\bdelivery (?:time )?expired|\bretry time(?:out)?|\bunreachable|\bno route to host|
    \bnetwork (?:error|is)|\bqueue lifetime|\bgiving up after|\bdelayed\b
\b(?:message|mail|size|attachment|content)\b.{0,40}\b(?:too (?:large|big|long)|size (?:exceed|limit)|
    exceeds|larger than)|\bsize limit|\bmaximum (?:message )?size|\btoo (?:large|big)\b
\bloop(?:ing)? (?:detected|back)|\bmail loop|\btoo many hops|\bhop count|\brouting loop
""",
)
"""Answers that say that the mail may arrive another time."""

ABOUT_US = _any(
    r"""
\b(?:spam|junk|virus|malware|phish|unsolicited|bulk mail|blacklist|blocklist|black ?list|block ?list|
    denylist|blocked|block list|reputation|RBL|DNSBL|spamhaus|spamcop|
    barracuda(?:central)?\.org/(?:lookups|reputation)|SURBL|listed (?:in|at|by|on))\b
\b(?:polic(?:y|ies)|prohibited|not (?:allowed|permitted|authori[sz]ed|accepted)|forbidden|
    content (?:rejected|filter)|message (?:was )?(?:rejected|refused)|restricted|restriction|
    TRANSPORT\.RULES|RestrictDomain|NotAuthori[sz]ed|mail flow rule|moderat)
\b(?:DMARC|SPF|DKIM|PTR|rDNS|reverse DNS|HELO|EHLO|TLS|STARTTLS|authentication|unauthenticated)\b
\bsender(?:'s)?(?: e-?mail)?(?: address| domain)?\b.{0,60}\b(?:rejected|denied|verif|not exist|
    does ?n.t exist|doesn.t exist|not found|unknown|blocked|invalid|refused|policy|reputation)
\b(?:relay(?:ing)?(?: access)? denied|relay not permitted|we do not relay|unable to relay|
    not allowed to send|permission to (?:send|submit|contact)|only accepts? (?:mail|messages) from)
\b(?:security polic|rejected due to|rejected by (?:the )?(?:administrator|recipient|header|content)|
    administrative(?:ly)? (?:prohibition|denied|rejected)|abgelehnt wegen|richtlinie|politique|política|
    criteri|beleid|zasad|pravid)
""",
)
"""Answers that speak about us or the mail, and not about the address."""

NOTICE = _any(
    r"""
\b(?:undeliver(?:able|ed)|returned mail|mail delivery (?:failed|failure|system|subsystem)|
    delivery (?:status notification|failure|has failed|failed|incomplete|delayed|problem|report|error|
    notification)|failure notice|delivery to the following|could ?n[o']t be delivered|
    couldn.t be delivered|could not be delivered|was ?n.t delivered|not (?:yet )?(?:been )?delivered|
    unable to deliver|wasn.t able to deliver|cannot be delivered|can.t be delivered|
    permanent(?:ly)? (?:fatal )?(?:error|failed|failure)|delayed mail|message delayed|delivery delayed|
    warning: (?:message|could not)|returning message to sender|nondeliverable|non-?delivery|
    address not found|message blocked|message not delivered|rejected|returned to sender|bounced?\b)
(?:unzustellbar|nicht zugestellt|zustellung|non remis|échec de (?:la )?(?:remise|distribution)|
    non distribu|no se (?:ha |pudo )?(?:podido )?(?:entrega|entregar)|no entregado|no se puede entregar|
    error de entrega|mancato recapito|non recapitabil|mancata consegna|
    non (?:è stato )?(?:possibile )?(?:recapita|consegna)|não (?:foi )?(?:entregue|possível entregar)|
    falha na entrega|não entregue|onbestelbaar|niet (?:worden )?(?:bezorgd|afgeleverd)|aflevering|
    niedostarczon|nie (?:można|udało się) dostarczyć|nie został[ao]? dostarczon|nedoručiteln|nedoručen|
    nelze doručit|nepodařilo doručit|kunde inte levereras|går inte att leverera|ej levererat|olevererbar|
    kunne ikke leveres|ikke leveret|ikke levert|kan ikke leveres|ei voitu toimittaa|
    toimittaminen epäonnistui|toimittamatta|teslim edilemedi|iletilemedi|teslim edilemiyor|配信不能|配信でき|
    送信できません|お届けできません|配達できません|エラーメール|不達|未送達|投递失败|退信|
    배달 실패|не доставлен|не удалось доставить|недоставлен|
    kézbesíthetetlen|nelivrat)
\b[245]\d\d[ -][245]\.\d{1,2}\.\d{1,3}\b|\(#[45]\.\d{1,2}\.\d{1,3}\)
"""
)
"""What stands in a notice that a mail was not delivered."""

DELAY = _any(
    r"""
\b(?:delayed|still being retried|will be retried|will (?:keep|continue) (?:trying|to try)|
    delivery attempts will continue|not yet been delivered|will retry|has not yet|delivery (?:incomplete|
    delayed)|temporary problem|this is a warning|warning only|no action is required|do not need to resend|
    retry for|noch nicht zugestellt|verzögert|wird (?:weiter|erneut) versucht|retardée?|retrasad[oa]|
    ritardat[oa]|atrasad[oa]|vertraagd|opóźnion|zpožd|zpoždě|fördröjd|forsinket|viivästy|gecik)
"""
)
"""What stands in a notice that a server still tries."""

COPY_BEGINS = Pattern(
    r"^[ >]{0,4}(?:-{2,}|_{2,}|={2,}) ?(?:below this line is a copy|this is a copy of|original message|"
    r"returned message|"
    r"message header follows|forwarded message|the body of the message|message headers?|copy of (?:the|your)|"
    r"ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|mensagem original)"
    r"|^(?:return-path|received|x-received|dkim-signature|reporting-mta):",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the notice ends and the mail that it is about begins."""
