"""How people ask not to be written to: in English."""

from __future__ import annotations

from shared.policy.mail_kind.folded import phrases

_UNSUB = "(unsubscribe|unsubcribe|unsuscribe|unsubscibe|unsubsribe|unsubscrib|unsubscirbe|un subscribe|unsub)"

_MAILS = (
    "(emails?|mails?|messages?|newsletters?|communications?|mailings?|correspondence|pitches|"
    "solicitations?|marketing|spam|offers|advertising|outreach|follow ups|sequences?)"
)
_MORE = (
    "(any |anymore |more |further |your |such |these |this |those |marketing |promotional |"
    "commercial |unsolicited |sales |future |other |of |cold |single )"
)
_LISTS = (
    "(list|lists|mailing|mailings|database|crm|newsletter|newsletters|sequence|sequences|"
    "distribution|campaign|campaigns|outreach|cadence|contacts|contact list|system|records|books)"
)
_WRITE = "(email|mail|contact|write|message|approach|solicit|pester|spam)"
_WRITING = (
    "(emailing|mailing|contacting|writing|messaging|spamming|bothering|pestering|harassing|chasing|"
    "hounding|pitching|approaching|soliciting)"
)

ENGLISH = phrases(
    f"""
{_UNSUB} (me|us|my|our|this (address|email|mailbox|account)|adr)
(please|pls|plz|kindly|must) {_UNSUB}
(i|we|id|wed|ive|weve|im|ill) .. (want|wish|like|need|tried|trying|try|asked|decided|have|had) to {_UNSUB}
(i|we|ive|weve|id) (have |had |already |just |now |also |even )?(already |just |now |twice |clicked |hit |
    pressed |used |tried )?(on )?(the |your )?{_UNSUB}d? (twice|before|already|weeks|months|three|several|
    last|from|link|button|and|but|$)
how (do|can|could|to|might) (i|we)? ?{_UNSUB}
how (do|can|could) (i|we) .. (get|be) .. (off|removed|out) .. (list*|mailing*|these|this|your)
(let|allow) me {_UNSUB}
^{_UNSUB} (please|pls|now|thanks|thank|thx|immediately|at once|from (your|this|these|all|the))
{_UNSUB} from (your|this|these|all) .. {_MAILS}
(remove|delete|purge) (me|us) (from|off|please|pls|now|asap|at|immediately|thanks|thank|and|or|permanently|
    $)
(drop|strike|scratch|scrub|purge|exclude|cross) (me|us|my (name|address|email)) (from|off|out)
(remove|delete|erase|wipe|scrub|purge|strike|suppress) (all )?(of )?my (email |mail |personal |contact |
    full |private |work )?(address*|name|data|detail*|contact*|info*|record*)
(remove|delete|erase|wipe|scrub|purge|strike|suppress) my email (from|off|at once|now|please|and|$)
(remove|delete|erase|wipe|scrub|purge|strike|suppress) our (email |mail |company |contact )?(addresses|
    address|company|domain|details|office) (from|off|at once|now|please|and|$)
(remove|delete|erase|suppress|suppress|block) (this|the) (email )?(address|email|mailbox|inbox)
(take|remove|strike|drop|delete) (me|us) (off|from|off of|out of) yours
take (my|our|this) (name|address|email|email address) .. (off|from|out)
(take|get|keep|leave) (me|us) (off|out of|off of) (your|any|all|whatever|these) .. {_LISTS}
(take|get|keep|leave) (me|us) (off|out of|off of) (this|that|the) (mailing list|mailing|list|newsletter|
    distribution|distribution list|email list|sequence|campaign|mailings)
take (me|us) off (please|now|pls|thanks|thank|immediately|at once|asap|it|this|everything|$)
(remove|delete|take|strike) .. (from|off) (your|any|all|every|whatever) .. (list|lists|mailing|mailings|
    newsletter|newsletters|sequence|sequences|distribution|campaign|campaigns|cadence|outreach)
(remove|delete|take|drop) (adr|him|her|them|everyone|all of us) .. (from|off) .. {_LISTS}
(removed|deleted|taken|dropped|unsubscribed) (off|from|off of) (your|all your|any of your|all) .. {_LISTS}
(removed|deleted|taken|dropped|unsubscribed) (off|from|off of) (this|the) (mailing list|mailing|list|
    newsletter|distribution list|email list)
(i|we|id|wed|ive|weve) .. (like|want|wish|ask|asked|request|requested|prefer) (to |you to )?(be|get|
    being) (removed|unsubscribed|deleted|taken off|opted out|let go)
(i|we) (want|would like) (to be |to get )?(off|out of|off of) (your|this) .. {_LISTS}
(like|want) off (your|this|the|all)
(stop|quit) {_WRITING} (to |with )?(me|us|this (address|account|person|inbox)|adr|my (address|inbox|
    company|team|office)|here|now|immediately|please|at once|altogether|$)
(stop|quit) sending (to )?(me|us|this (address|inbox)|adr|these|those|your|such|this|any more|
    more) .. ({_MAILS}|anything|stuff|things|material|brochures|these|this|please|now|to me|to us|to this|$)
^(please |pls |just |so |then |and |hey |ok |kindly |hi |hello )?(stop|quit) (sending |all )?{_MAILS}
(stop|quit) (these|your|this|the|all|with the|with these|with your) .. {_MAILS}
(stop|quit) (reaching out|following up|it please)
^please stop( it| this| now| already)? $
(do not|dont|never|not to|to not) (ever )?{_WRITE} (to )?(me|us|this (address|person|inbox|mailbox|
    account)|adr|my (address|inbox|office|team|staff|company|colleagues|assistant)|again|any (more|further|
    longer)|anymore|here|him|her|them|$)
(do not|dont|never) (ever |please |under any circumstances )?{_WRITE} (to )?(me|us|here|him|her|them|
    anyone|this address|adr) .. (again|anymore|any more|any further|ever)
(do not|dont|never) reach out .. (again|anymore|any more|to me|to us|$)
(do not|dont|never) try .. again
(do not|dont|never) send (me |us |to me |to us |my .. )?{_MORE}{_MORE}?{_MAILS}
(do not|dont|never) send (me|us) (anything|emails|mails|messages) (again|anymore|any more|else|further|
    please|$)
(do not|dont) (bother|disturb) (me|us)
(do not|dont) (keep|continue|carry on) {_WRITING}
(do not|dont) bother {_WRITING} .. (me|us|again)
(do not|dont) follow up .. (again|anymore|any more|any further|with me)
(no|not) interest* .. (do not|dont|no need to) follow up (please|thanks|thank you)? ?$
no need to follow up (again|anymore|any more|any further|any longer)
^stop $
(if|that) (you|your team|you all) (could |would |can |will |just |please |kindly |all )?(stopped|stop|
    ceased|cease|refrained|refrain|quit) .. (writing|emailing|mailing|contacting|sending|messag*|reach*|
    approach*|from)
(if|that) (you|your team|you all) (didnt|did not|dont|do not|wouldnt|would not|no longer|never|could not|
    not) {_WRITE} .. (again|anymore|any more|any further|any longer|in future|in the future)
(could|would|can|will) you (please |kindly )?(not|no longer|never) {_WRITE} .. (me|us|again|anymore|$)
(i|we|to|please|id|wed|prefer|wish|want|rather|like) .. not (to )?(be )?(contacted|emailed|mailed|
    approached|written to|solicited)
not (wish|want|like|care) to be (contacted|emailed|mailed|approached|written to|solicited|on your)
(i|we|please|and|but|also|really|honestly|^) (really |do |just |simply |also |would |personally )?(dont|
    do not|no longer|didnt|would not|wouldnt|never) (want|wish|need|care|like|agree|consent|expect|intend|
    ask) (to |for )?(receive |get |have |hear |be sent |see |read )?{_MORE}{_MORE}?{_MORE}?{_MAILS}
(dont|do not|no longer|never|not|nothing) .. (want|wish|like|care|need|rather|prefer) .. (hear|
    hearing) .. (from (you|your|brightpath|this company)|about (this|it|your))
(rather|prefer|preferred|wish|want|like) (not|never) (to )?hear .. from (you|your)
(i|we) no longer (want|wish|care|like) to (receive|get|have) (these|this|them|any|any of (these|this))( please| thanks|
    anymore)? $
(i|we) .. (dont|do not|no longer|never) .. (want|wish|like|care|agree|consent) .. (emails|mails|messages|
    anything|newsletter*) (from you|like (this|these)|again|anymore|of this)
(rather|prefer|preferred|like|wish) not (to )?(receive|be contacted|be emailed|be mailed|hear from|
    get (any|more|your|these|further|mail|emails))
(prefer|rather|appreciate) .. (not to|it if you didnt|you didnt|you did not) .. {_WRITE} .. (again|me|us)
(have|had|got) no (wish|desire|intention) to (receive|hear|be contacted|be emailed|get)
(no|not) interest* .. (stop|dont|do not|no more|no further) .. (email*|mail*|contact*|writ*|send*|messages)
(no more|no further) {_MAILS} .. (please|thanks|thank|for me|to me|to us|to this)
^(please |thanks |thank you |and |ok |sorry |hi |hello )?(no more|no further) ({_MAILS}|of (these|this|
    your|it)|contact) (please|thanks|thank|from|to (me|us|this)|and|for me|thx|$)
(send|want|need|wish|wish for) (me |us |absolutely )?(no more|no further) ({_MAILS}|of (these|this|your)|
    contact)
(thanks|and|but|or) (please )?(no more|no further) {_MAILS} $
(glad|grateful|happy|like|rather|prefer) .. get (no more|no further) {_MAILS}
^.. (and |but )?please (no more|no further) ({_MAILS}|of (these|this|your)|contact)
(please|dont|do not|never) .. get in touch (again|anymore|any more)
^(me |us )?off (the|your|this) (mailing )?list
(right to be forgotten|right to erasure) $
enough (of |with )?(these |your |the |all the )?{_MAILS} (please|thanks|already|now|thank|$)
enough (of |with )(these |your |the |all the |all these ){_MAILS}
no need to (email|write|contact|mail|message|send|reach out) .. (again|anymore|any more|any further|further)
(i|we|id|wed|im|ill|please|kindly|me|us|let me) (want to |wish to |would like to |like to |am |are |
    hereby |choose to |need to |have to |prefer to |will |now )?opt(ing|ed)? (me |us )?out
opt (me|us|my|this|adr) .. out
(this is|consider this|treat this|take this|regard this|accept this) .. (opt out|unsubscribe|
    unsubscribe request|removal request|request to be (removed|unsubscribed))
opt out (please|request|$)
(please|kindly|just|^) ?lose (my|this) (address|email|number|contact*|details)
leave (me|us) (alone|in peace|be) (please|now|and|thanks|$)
spare (me|us) .. ({_MAILS}|more|future|further)
count (me|us) out of .. ({_MAILS}|future|list)
(let this|make this|this (should|must|had better)|let it|let that) .. be .. (last|final) (one|{_MAILS})
(cease|discontinue|desist) .. (contact|contacting|communication*|correspondence|emailing|mailing*|emails|
    mails|sending) .. (me|us|at once|immediately|now|address|forthwith|$)
(cease|discontinue|stop|desist) (all|any|from) (further |any |all )?(contact|contacting|communication*|
    correspondence|email*|mailing*|marketing)
(refrain|desist) from .. (contact*|email*|send*|writ*|mailing|further)
(add|put) .. (me|us|my|our|this|adr) .. (do not (contact|email|mail|call)|suppression|blocklist|block list|
    blacklist|opt out|dnc)
(withdraw|revoke|withdrawing|revoking|withdrawn|revoked) (my|our|any|all|the) .. consent
(i|we) .. (object|objecting) to .. (processing|direct marketing|marketing|use of|profiling|email*)
(erase|delete|remove|destroy|wipe|purge) .. (my|our|all|any|the) .. (personal data|personal information|
    data|information|details|records*) .. (you (hold|have|store|keep|process*|collected)|about me|on me|
    about us|concerning me|relating to me|of mine)
(erase|delete|wipe|purge|destroy) (all )?(of )?my .. (data|information|details|record*|profile|account|
    contact*|personal)
(erase|delete|wipe|purge|destroy|remove) everything .. (you|about me|on me|of mine)
(erasure|deletion|removal) (request|of (my|our|all|any)) .. (data|information|details|record*|address*|
    personal)
(i|we|id) .. (request|requesting|demand|demanding|require|ask|exercise|exercising|invoke|invoking|want|
    hereby|insist) .. (erasure|deletion|erase|erased|delete|deleted|be forgotten|removal|removed) .. (my|
    me|mine)
(my|our) right (to (be forgotten|erasure|object|deletion)|of erasure)
(please|pls|kindly) cancel (my|this|the|our|these) (subscription|newsletter|mailing*|emails)
(appreciate|appreciated|grateful|glad|happy|thankful|prefer|like) .. (if you|it if you) (would |
    could )?(stopped|stop|quit|ceased)( this| it| now| please)? $
(this|that) .. (was|is|be|were) .. (last|final) {_MAILS}? ?$
(please|do|kindly) (do not|dont|never) (get|come|write) back to (me|us)
(remove|delete|erase|suppress) (all|any|every one) (of )?(our|my) .. (address*|email*|contact*|detail*|
    data|domain*|name*)
(request|time|attempt|reminder|ask*) .. to be (taken off|removed|unsubscribed|deleted|left alone|let go)
(make sure|ensure|see to it) .. (i|we) (dont|do not|no longer|never) (get|receive|hear) .. ({_MAILS}|
    of (these|this)|from you|from your)
(can|could|may|will|would) (i|we|you have me|you get me) (please )?(be )?(get )?(taken off|removed from|
    unsubscribed|struck off|deleted from|opted out) .. (this|your|these|$)
(please|kindly|just) (remove|unsubscribe|discontinue)( thanks| thank you| me| us)? $
^(i |we )?(dont|do not|didnt|did not) (want|ask for|sign up for|request|need) (these|this|any of (this|
    these)|{_MAILS}) $
(end|stop|drop|kill) (this|your|the) (sequence|campaign|drip|cadence|mailing|mailings|automation) $
(mind|stop) (not |never )?(mailing|emailing|writing|messaging|msging|mailin|emailin|contacting|texting|
    spamming) (to )?(me|us)
mind not {_WRITING}
(scrap|bin|shred|forget|ditch|destroy|discard) (my|our) .. (detail*|address*|email*|contact*|data|name)
(excluded|exempt*|left out|removed|taken out) (from|of) .. (further|future|any|all|your) .. ({_MAILS}|
    contact|list*|approach*)
(request|ask|demand|require|want|insist) .. (my|all) .. (data|details|information) .. (be )?(erased|
    deleted|removed|gone|destroyed|wiped)
(how|what) .. (can|do|must|should) (i|we) .. (make|get) (it|this|these|them|you) .. stop
(do not|dont|no longer|never) (accept|want|welcome|appreciate|tolerate) .. (marketing|sales|cold|
    unsolicited|promotional|advertising) .. {_MAILS}
(object|objecting) to .. my (personal )?(data|details|address|information)
(dont|do not|no longer|never|not) (consent|agree|allow|permit|authori*) .. (my|to you|you to|to be|
    being) .. (data|details|information|address|contacting|mailing|emailing|contacted|mailed|emailed|
    contact|mail|email)
(no|not) (have )?(my |our )?(permission|consent|authorisation|authorization) to .. (contact|email|mail|
    write|process|store|use)
(revoke|withdraw|rescind) (my|any|all|our) .. (permission|consent|authori*|opt in)
(stop|cease|restrict|end) (the )?(processing|using|storing|use of|processing of) .. my
my (personal |contact )?(data|details|information|address) (must|should|has to|is to|shall|to|needs to|
    need to) be (deleted|erased|removed)
(delete|erase|destroy|wipe|remove) (what|whatever|anything|any trace|all traces|all records|
    all the records) .. (me|us|my|have)
(erase|wipe|forget) me
^(please )?no (emails|mails|newsletters|marketing|marketing emails|messages|mail|email) (please|thanks|
    thank|pls|$)
(do|live|happier|better|fine) without .. {_MAILS}
(put|bring) .. {_MAILS} .. (stop|end)
(put|bring) (a|an) (stop|end) to .. (this|these|{_MAILS})
(mail|email|write|contact|message) (to )?(me|us) (no more|no longer)
(please|kindly|pls) (just |now )?stop( it| this| now)? $
(deregister|unregister|unenrol*|unlist|delist) (me|us|my|this|adr)
forget (that i exist|about me|my address)
not interested .. (remove|stop|take me|unsubscribe) (me|us|it|off|this|these|$)
"""
)
