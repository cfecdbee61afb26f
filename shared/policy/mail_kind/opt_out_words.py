"""How people ask not to be written to, in the languages we are answered in. One list for the whole product."""

from __future__ import annotations

from shared.policy.mail_kind.calendar_words import MONTHS
from shared.policy.mail_kind.folded import any_of, phrases
from shared.policy.mail_kind.opt_out_elsewhere import CZECH, FINNISH, OTHERS, POLISH, TURKISH, WITHOUT_SPACES
from shared.policy.mail_kind.opt_out_english import ENGLISH
from shared.policy.mail_kind.opt_out_germanic import DUTCH, GERMAN, NORDIC
from shared.policy.mail_kind.opt_out_romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH

_SHORT_WORD = 3

_ALONE_WORDS = """
unsubscribe unsubcribe unsuscribe unsubscibe unsubsribe unsubscrib unsub unsubscription remove stopp
optout abmelden abbestellen austragen abmeldung desinscription desabonnement desabonner desinscrire
desinscrivez baja cancellami cancellatemi cancellazione disiscrizione disiscrivimi disiscrivermi
descadastrar descadastre uitschrijven afmelden uitschrijving wypisz wypisac rezygnacja odhlasit
odhlaste avregistrera avanmal avprenumerera afmeld framelding frameld avmeld peruuta 配信停止 退会 解除 退订
отписка отписаться отпишите iptal leiratkozas leiratkozom dezabonare remover rimuovere cancellare
eliminare eliminar borrar odsubskrybuj odebrat cikar cikart loschen streichen verwijderen verwijder
slet slett fjern poista
"""
ALONE = frozenset(_ALONE_WORDS.split())
"""One word that says it all when it is all that somebody writes."""
ALONE_PHRASES = frozenset(
    """
stop|opt out|remove me|take me off|please remove|delete me|no more emails|no more mails|no more|
do not contact|dont contact|do not email|dont email|no more email|no more mail|stop emails|stop emailing|
stop mailing|stop it|unsubscribe me|un subscribe|bitte abmelden|keine mails mehr|keine emails mehr|
keine weiteren emails|keine weiteren mails|me desinscrire|de baja|dar de baja|darme de baja|
non scrivetemi piu|remova me|schrijf me uit|geen mails meer|wypisz mnie|odhlasit odber|ta bort mig|
meld mig fra|meld meg av|poista minut|poistakaa minut|listeden cik|abonelikten cik|abonelik iptal|
please stop|stop please|stop stop|stop stop stop|full stop stop
""".replace("\n", "").split("|")
)
_FILLING_WORDS = """
please pls plz kindly now thanks thank you thx ty cheers immediately asap today hi hello dear hey at
once bitte danke sofort hallo merci svp bonjour gracias por favor hola ya grazie per favore prego
ciao buongiorno obrigado obrigada ola bedankt aub dank u dziekuje prosze dekuji prosim dobry den
tack hej tak venligst takk kiitos moi tesekkurler lutfen merhaba you all team sir madam und and et y
e re subject
"""
FILLING = frozenset(_FILLING_WORDS.split())
"""Words that say nothing beside such a word."""

REQUEST = any_of(
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, CZECH, NORDIC, FINNISH,
    TURKISH, OTHERS, WITHOUT_SPACES,
)  # fmt: skip
"""A sentence in which the writer asks not to be written to, or to be forgotten."""

_BEFORE = (
    "(before|until|till|avant|vor|bis|hasta|antes de|prima di|fino a|voor|tot|przed|pred|innan|inden|ennen)"
)
_LONG_MONTHS = "|".join(sorted(word for word in MONTHS if len(word) > _SHORT_WORD))

EXEMPT = phrases(
    f"""
(does|do|is|are|how|what) .. (support|cover|comply|handle|offer|provide) .. (right|erasure|forgotten|
    opt out|deletion|gdpr)
(hesit*|esit*|zoger*|scheu*|no dude*|no duden|aarzel*|schroom|vahejte|nevahej*|wahac|tveka*|tov|toev|
    eparoi*|cekinme*)
why (not|dont (i|we|you)) (just )?(email|write|send|contact|mail)
(by (accident|mistake)|accidentally|mistakenly|inadvertently|add me (back|again)|re ?subscribe|years ago|
    resubscribe)
(on|at|to|via|using) (my|the|our|that) (old |private |personal |work |home |other )?(mobile|cell|phone|
    number|landline|linkedin|whatsapp)
(at (home|night|the weekend)|on (weekends|sundays|saturdays)|during (the )?(day|night|week|morning|
    afternoon|meeting|holidays))
(call|ring|phone|text) (me|us) (instead|on|at|rather)
(call|ring|phone|use adr|use this|use my|use the) .. instead
(from|of) our (own )?(system|systems|erp|wms|carrier*|supplier*|vendor*|tool|tools)
(how|when|where|what|which|does|do|is|are|who|will|can) (it|your (system|tool|product|platform|software|
    app|service)|the (system|tool|product|platform|software|app)|one|customers|users|people|drivers|
    patients|clients|recipients|subscribers) .. (delete|deleted|erase|erased|remove|removed|stop|opt out|
    unsubscribe)
how (do|does|will|would|can|quickly|fast|long) .. you .. (delete|erase|remove|handle|process|deal with|
    purge|wipe) .. (data|records|requests|personal|customer*|patient*|accounts|users)
(delete|deleted|erase|erased|remove|removed|purge|wipe|deletion|loschen) .. (after|once|when|at the end of|
    nach) .. (trial|pilot|contract|termination|project|test|testphase|poc|testing)
(after|once|when|at the end of) (the|our|your|a) .. (trial|pilot|contract|termination|project|test|
    poc) .. (delete|deleted|erase|erased|purge|wipe)
(from|for|vom|von dem|fur das|zum) (the |your |our |dem |das |ihrem )?(webinar|workshop|training)
(remove|delete) (me|us) as
(by|per|on the|via|over the) (phone|telephone|mobile|whatsapp|linkedin|sms|text)
(contact|write|email|mail|call|reach|ring|chase|message|bother|follow up|send) .. (until|till|
    before) .. (january|february|march|april|may|june|july|august|september|october|november|december|q1|
    q2|q3|q4|then|next|the|after|monday|tuesday|wednesday|thursday|friday|weekend)
{_BEFORE} .. ({_LONG_MONTHS})
in (english|german|french|spanish|italian|dutch|turkish|polish)
(off|from) (the|this|that) (weekly |next |monday |tuesday |wednesday |thursday |friday |team )?(invite|
    invitation|meeting|calendar|cc)
(off|from) (the |this )?(cc|copy|call|invite|invitation|calendar|meeting|thread|chain|agenda|speaker*|
    shortlist|hook)
(please dont|please do not|^dont|^do not|but dont|so dont) (remove|delete|take|drop|unsubscribe) (me|us|my|
    our)
(was|were) (about|going|tempted|close) to .. unsubscribe
opt(ed|ing)? out of (the|a|an|our|your) .. (contract|plan|clause|trial|pilot|renewal|period|scheme|
    programme|program)
(nicht|keineswegs) .. (aus .. verteiler|abmelden) .. (mochte|will|wollte)
(telefonisch*|anrufen|par telephone|por telefono|per telefono|telefonicznie|por telefone|per telefoon|
    telefonicky|per telefon|pa telefon|puhelim*|telefonla)
"""
)
"""What a sentence that looks like such a request is rather about."""

ASIDE = phrases(
    """
(i|we|they|he|she|people|customers|drivers) (do not|dont|never) (usually |normally |really |even )?(write|
    email|mail|contact|message)
(dont|do not|didnt|did not|not asking|no need|never|not going|not planning|not trying|almost|nearly|wont|
    will not|havent|not) (want |wish |mean |asking |going |planning |trying |to )?(to )?(unsubscribe|
    opt out|remove me|take me off|delete me|unsubscribed)
(your|the|a|our|that|this) (unsubscribe|unsubscription|opt out|stop) (link|button|footer|line|page|text|
    form|wording|sentence|option*|rate*|url)
(unsubscribe|opt out) (here|link|button|footer|line|page|text|form|rate*|reason*|flow|feature)
(by|per|via|over|par|por|tel|op|pa) ?(the )?(phone|telephone|telefon*|telephone|mobile) (or|and|nor|oder|
    und|noch|ou|et|ni|o|y|e|of|en|lub|nebo|eller|tai|veya) .. (email|mail)
telefonisch (noch|oder|und|of|en) .. (email|mail)
"""
)
"""What is only mentioned beside something else, and is not looked at."""

FURNITURE = phrases(
    """
(if|when|should|in case) you (no longer|dont|do not|would rather not|would prefer not|prefer not|
    rather not) .. (want|wish|like|to|hear|receive|get)
(if|when|should|in case) you (wish|want|would like|prefer|would prefer) (to|not) (unsubscribe|opt out|stop|
    be removed|change|not|to receive|receive)
(if|should) you (have )?(received|receive|believe) .. (error|mistake|this)
^to (unsubscribe|opt out|be removed|stop receiving|manage|change|update)
(you (can|may|might|have the right)|(puede|pueden|podra|podran|podeis|puedes)|vous (pouvez|disposez|avez)|
    sie (konnen|haben)|(puo|puoi|potete|possono|potra)|(pode|podem|podera)|u (kunt|heeft|hebt)|
    mozna|mozesz|przysluguje|muzete|mate pravo|du (kan|har)) .. (exercise|ejerc*|exercer|ausuben|
    geltend|esercitare|uitoefenen|right*|derecho*|droit*|recht*|diritt*|direito*|praw*|rattighet*)
^(click|tap|press|follow|manage|update|change) .. (unsubscribe|opt out|be removed|stop receiving|
    preferences|this link|notifications)
(you can|you may) (always |also |of course |simply )?(unsubscribe|opt out) (at|by|here|from|using|any|via|
    with|below)
(unsubscribe|abmelden|desinscrire|baja) (here|at any time|instantly|below|hier|ici|aqui) .. (http|adr|to|$)
unsubscribe from this (list|group|thread) .. (send|email|visit|adr)
^(you are receiving|you received|youre receiving|you have received) (this|these)
^(please )?click (here|below|on the) .. (to|unsubscribe|opt out)
reply (with )?(stop|unsubscribe|remove) (to|and|if|or)
(wenn|falls|sollten) (sie|du) .. (wunschen|mochten|mochtest|wollen|willst|wunscht)
(sie|du) (mochten|mochtest|wollen|wunschen|willst) .. (keine|nicht) .. (mehr|von uns)
um sich .. abzumelden
zum abmelden
hier (konnen sie sich |klicken sie |bitte )?(abmelden|abbestellen|klicken|austragen)
(si|lorsque) vous (ne |n )?(souhaitez|desirez|voulez|preferez)
pour ne plus recevoir (nos|ces|de)
pour (vous |se |te )?(desinscrire|desabonner)
desinscrivez vous
si (no |ya no )?(quieres|quiere|quereis|quieren|desea|deseas|desean|deseais|prefiere|prefieres)
date de baja aqui
^para (darse de baja|darte de baja|dejar de recibir|cancelar|dar de baja)
(haga|haz|pulse|pulsa|pinche) clic
(se|qualora) (non )?(desidera*|vuoi|volete|vuole|desideri|vogliate)
^per (cancellarsi|disiscriversi|cancellarti|non ricevere)
(se|caso) (nao )?(deseja*|quiser*|pretend*|quer|queira)
^para (cancelar|deixar de receber|se descadastrar)
(als|indien|wanneer) (u|je) .. (wilt|wil|wenst)
wilt u (geen|niet) .. (ontvangen)
^om (u |je |zich )?(uit te schrijven|af te melden)
(jesli|jezeli) .. (nie )?(chcesz|zyczysz|chca|chcieliby|zycza)
aby (zrezygnowac|wypisac sie|anulowac)
(pokud|jestlize) (si |jiz )?(nechcete|neprejete|prejete|nemate)
chcete li
(om|hvis|dersom) (du|ni|i|dere|de) (inte |ikke )?(langre |lenger |laengere )?(vill|onsker|onskar|vil)
(vill|onsker|onskar|vil) (du|ni|i|dere) (inte|ikke)
(jos|mikali) .. (et|ette) (enaa )?halua
(istemiyorsaniz|almak istemiyorsaniz|listeden cikmak icin|abonelikten cikmak icin)
"""
)
"""The offer that stands under a circular: it is nobody's wish, whoever quotes it."""
