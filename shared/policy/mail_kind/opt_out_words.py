"""How people ask not to be written to, in the languages we are answered in. One list for the whole product."""

from __future__ import annotations

from shared.policy.mail_kind.folded import any_of, phrases
from shared.policy.mail_kind.opt_out_elsewhere import CZECH, FINNISH, OTHERS, POLISH, TURKISH, WITHOUT_SPACES
from shared.policy.mail_kind.opt_out_english import ENGLISH
from shared.policy.mail_kind.opt_out_germanic import DUTCH, GERMAN, NORDIC
from shared.policy.mail_kind.opt_out_romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH

ALONE = frozenset(
    [
        "unsubscribe",
        "unsubcribe",
        "unsuscribe",
        "unsubscibe",
        "unsubsribe",
        "unsubscrib",
        "unsub",
        "unsubscription",
        "remove",
        "stopp",
        "optout",
        "abmelden",
        "abbestellen",
        "austragen",
        "abmeldung",
        "desinscription",
        "desabonnement",
        "desabonner",
        "desinscrire",
        "desinscrivez",
        "baja",
        "cancellami",
        "cancellatemi",
        "cancellazione",
        "disiscrizione",
        "disiscrivimi",
        "disiscrivermi",
        "descadastrar",
        "descadastre",
        "uitschrijven",
        "afmelden",
        "uitschrijving",
        "wypisz",
        "wypisac",
        "rezygnacja",
        "odhlasit",
        "odhlaste",
        "avregistrera",
        "avanmal",
        "avprenumerera",
        "afmeld",
        "framelding",
        "frameld",
        "avmeld",
        "peruuta",
        "配信停止",
        "退会",
        "解除",
        "退订",
        "отписка",
        "отписаться",
        "отпишите",
        "iptal",
        "leiratkozas",
        "leiratkozom",
        "dezabonare",
    ]
)
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
FILLING = frozenset(
    [
        "please",
        "pls",
        "plz",
        "kindly",
        "now",
        "thanks",
        "thank",
        "you",
        "thx",
        "ty",
        "cheers",
        "immediately",
        "asap",
        "today",
        "hi",
        "hello",
        "dear",
        "hey",
        "at",
        "once",
        "bitte",
        "danke",
        "sofort",
        "hallo",
        "merci",
        "svp",
        "bonjour",
        "gracias",
        "por",
        "favor",
        "hola",
        "ya",
        "grazie",
        "per",
        "favore",
        "prego",
        "ciao",
        "buongiorno",
        "obrigado",
        "obrigada",
        "ola",
        "bedankt",
        "aub",
        "dank",
        "u",
        "dziekuje",
        "prosze",
        "dekuji",
        "prosim",
        "dobry",
        "den",
        "tack",
        "hej",
        "tak",
        "venligst",
        "takk",
        "kiitos",
        "moi",
        "tesekkurler",
        "lutfen",
        "merhaba",
        "you",
        "all",
        "team",
        "sir",
        "madam",
        "und",
        "and",
        "et",
        "y",
        "e",
        "re",
        "subject",
    ]
)
"""Words that say nothing beside such a word."""

REQUEST = any_of(
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, CZECH, NORDIC, FINNISH,
    TURKISH, OTHERS, WITHOUT_SPACES,
)  # fmt: skip
"""A sentence in which the writer asks not to be written to, or to be forgotten."""

EXEMPT = phrases(
    """
(does|do|is|are|how|what) .. (support|cover|comply|handle|offer|provide) .. (right|erasure|forgotten|
    opt out|deletion|gdpr)
(i|we|they|he|she|people|customers|drivers) (do not|dont|never) (usually |normally |really |even )?(write|
    email|mail|contact|message)
(hesit*|esit*|zoger*|scheu*|dude|dudes|duden|dudeis|aarzel*|schroom|vahejte|nevahej*|wahac|tveka*|tov|toev|
    nol*|eparoi*|cekinme*|forget to|fail to|why not)
(how|when|where|what|which|does|do|is|are|who|will|can) .. (it|your (system|tool|product|platform|software|
    app|service)|the (system|tool|product|platform|software|app)|one|customers|users|people|drivers|
    patients|clients|recipients|subscribers) .. (delete|deleted|erase|erased|remove|removed|stop|opt out|
    unsubscribe)
how (do|does|will|would|can|quickly|fast|long) .. you .. (delete|erase|remove|handle|process|deal|purge|
    wipe)
(after|once|when|at the end of) .. (trial|pilot|contract|termination|project|test|testphase|poc|testing)
(webinar*|workshop|training|standup|stand up)
(remove|delete) (me|us) as
(by|per|on the|via|over the) (phone|telephone|mobile|whatsapp|linkedin|sms|text)
(contact|write|email|mail|call|reach|ring|chase|message|bother|follow up|send) .. (until|till|before|
    unless) .. (january|february|march|april|may|june|july|august|september|october|november|december|q1|
    q2|q3|q4|then|next|the|after|we|you|i|monday|tuesday|wednesday|thursday|friday|weekend)
in (english|german|french|spanish|italian|dutch|turkish|polish)
(off|from) (the |this )?(cc|copy|call|invite|invitation|calendar|meeting|thread|chain|agenda|speaker*|
    shortlist|hook)
(dont|do not|didnt|did not|not asking|no need|never|not going|not planning|not trying|almost|nearly|wont|
    will not|havent|not) (want |wish |mean |asking |going |planning |trying |to )?(to )?(unsubscribe|
    opt out|remove me|take me off|delete me|unsubscribed)
(dont|do not|please dont|never) (remove|delete|take|drop|unsubscribe) (me|us|my|our)
(was|were) (about|going|tempted|close) to .. unsubscribe
opt(ed|ing)? out of (the|a|an|our|your) .. (contract|plan|clause|trial|pilot|renewal|period|scheme|
    programme|program)
(nicht|keineswegs) .. (aus .. verteiler|abmelden) .. (mochte|will|wollte)
(telefonisch*|anrufen|par telephone|por telefono|per telefono|telefonicznie|por telefone|per telefoon|
    telefonicky|per telefon|pa telefon|puhelim*|telefonla)
"""
)
"""What a sentence that looks like such a request is rather about."""

FURNITURE = phrases(
    """
(if|when|should|in case) you (no longer|dont|do not|would rather|would prefer|prefer|wish|want|
    would like) (want|wish|like|to|not)
(if|should) you (have )?(received|receive|believe) .. (error|mistake|this)
^(to|click|tap|press|use|follow|manage|update|change) .. (unsubscribe|opt out|be removed|stop receiving|
    preferences|this link|notifications)
(you can|you may|you could|feel free to) .. (unsubscribe|opt out)
(unsubscribe|opt out|abmelden|desinscrire|baja) (here|link|button|at any|instantly|from this (list|group|
    thread)|below|options|page|hier|ici|aqui)
(you are receiving|you received|youre receiving|you have received|because you|you get|turn off) .. (this|
    these|are|subscribed|request*)
click (here|below|on|the)
reply .. (stop|unsubscribe|remove) .. (to|and|if|or)
(your|the|a|our) (unsubscribe|opt out|stop) (link|button|footer|line|page|text|form|wording|sentence|
    option*|rate*)
(unsubscribe|opt out) (link|button|footer|line|page|text|form|rate*|reason*|flow|feature)
(wenn|falls|sollten) .. (sie|du) .. (keine|nicht|abmelden|mochten|wunschen)
^(sie|du) .. (mochten|mochtest|wollen|wunschen|willst) .. (keine|nicht)
(um|zum) .. (abzumelden|abmelden|abbestellen)
hier .. (abmelden|abbestellen|klicken|austragen)
(si|lorsque) vous .. (souhaitez|desirez|voulez|avez|preferez|ne)
^(pour) .. (desinscrire|desabonner|ne plus recevoir|vous desinscrire)
desinscrivez vous
si (no|ya no|prefiere*|quiere*|desea*|deseas|usted|ud) .. (quier*|dese*|recib*|baja|prefier*)
^para .. (darse de baja|dejar de recibir|cancelar|dar de baja)
(haga|haz|pulse|pulsa|pinche) clic
(se|qualora) .. (non) .. (desidera*|vuoi|volete|vuole|desideri)
^per .. (cancellarsi|disiscriversi|cancellarti|non ricevere)
(se|caso) .. (nao) .. (deseja*|quiser*|pretend*|quer|queira)
^para .. (cancelar|deixar de receber|se descadastrar)
(als|indien|wanneer|wilt) (u|je) .. (geen|niet|liever|wilt)
^(om) .. (uit te schrijven|af te melden)
(jesli|jezeli|aby) .. (nie|chcesz|zrezygnowac|wypisac|chca|zycz*)
(pokud|jestlize|chcete li|pro) .. (si|nechcete|odhlas*|neprejete|jiz)
(om|hvis|vill du|dersom|onsker du) .. (du|ni|i|dere|de) .. (inte|ikke|vill|onsker|vil|avregistrera|afmelde)
(jos|mikali) .. (et|ette|haluat|haluatte)
(istemiyorsaniz|almak istemiyorsaniz|listeden cikmak icin|abonelikten cikmak icin)
"""
)
"""The offer that stands under a circular: it is nobody's wish, whoever quotes it."""
