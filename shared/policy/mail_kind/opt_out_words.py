"""How people ask not to be written to, in the languages we are answered in. One list for the whole product."""

from __future__ import annotations

from shared.policy.mail_kind.folded import any_of, phrases, runs

_UNSUB = "(unsubscribe|unsubcribe|unsuscribe|unsubscibe|unsubsribe|unsubscrib|unsubscirbe|un subscribe|unsub)"

ALONE = frozenset(
    """
unsubscribe unsubcribe unsuscribe unsubscibe unsubsribe unsubscrib unsub unsubscription remove stopp
optout abmelden abbestellen austragen abmeldung desinscription desabonnement desabonner desinscrire
desinscrivez baja cancellami cancellatemi cancellazione disiscrizione disiscrivimi disiscrivermi
descadastrar descadastre uitschrijven afmelden uitschrijving wypisz wypisac rezygnacja odhlasit odhlaste
avregistrera avanmal avprenumerera afmeld framelding frameld avmeld peruuta 配信停止 退会 解除 退订 отписка
отписаться отпишите iptal leiratkozas leiratkozom dezabonare
""".split()
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
    """
please pls plz kindly now thanks thank you thx ty cheers immediately asap today hi hello dear hey at once
bitte danke sofort hallo merci svp bonjour gracias por favor hola ya grazie per favore prego ciao buongiorno
obrigado obrigada ola bedankt aub dank u dziekuje prosze dekuji prosim dobry den tack hej tak venligst
takk kiitos moi tesekkurler lutfen merhaba you all team sir madam und and et y e re subject
""".split()
)
"""Words that say nothing beside such a word."""

_MAILS = "(emails?|mails?|messages?|newsletters?|communications?|mailings?|correspondence|pitches|solicitations?|marketing|spam|offers|advertising|outreach|follow ups|sequences?)"
_MORE = "(any |anymore |more |further |your |such |these |this |those |marketing |promotional |commercial |unsolicited |sales |future |other |of |cold |single )"
_LISTS = "(list|lists|mailing|mailings|database|crm|newsletter|newsletters|sequence|sequences|distribution|campaign|campaigns|outreach|cadence|contacts|contact list|system|records|books)"
_WRITE = "(email|mail|contact|write|message|approach|solicit|pester|spam)"
_WRITING = "(emailing|mailing|contacting|writing|messaging|spamming|bothering|pestering|harassing|chasing|hounding|pitching|approaching|soliciting)"

_ENGLISH = phrases(
    f"""
{_UNSUB} (me|us|my|our|this (address|email|mailbox|account)|adr)
(please|pls|plz|kindly|must) {_UNSUB}
(i|we|id|wed|ive|weve|im|ill) .. (want|wish|like|need|tried|trying|try|asked|decided|have|had) to {_UNSUB}
(i|we|ive|weve|id) (have |had |already |just |now |also |even )?(already |just |now |twice |clicked |hit |pressed |used |tried )?(on )?(the |your )?{_UNSUB}d? (twice|before|already|weeks|months|three|several|last|from|link|button|and|but|$)
how (do|can|could|to|might) (i|we)? ?{_UNSUB}
how (do|can|could) (i|we) .. (get|be) .. (off|removed|out) .. (list*|mailing*|these|this|your)
(let|allow) me {_UNSUB}
^{_UNSUB} (please|pls|now|thanks|thank|thx|immediately|at once|from (your|this|these|all|the))
{_UNSUB} from (your|this|these|all) .. {_MAILS}
(remove|delete|purge) (me|us) (from|off|please|pls|now|asap|at|immediately|thanks|thank|and|or|permanently|$)
(drop|strike|scratch|scrub|purge|exclude|cross) (me|us|my (name|address|email)) (from|off|out)
(remove|delete|erase|wipe|scrub|purge|strike|suppress) my .. (address*|email*|name|data|detail*|contact*|info*|record*|inbox|mailbox|profile|account)
(remove|delete|erase|wipe|scrub|purge|strike|suppress) our .. (email*|address*|company|domain|contact details|details|office)
(remove|delete|erase|suppress|suppress|block) (this|the) (email )?(address|email|mailbox|inbox)
take (my|our|this) .. (name|address|email|company) .. (off|from|out)
(take|get|keep|leave) (me|us) (off|out of) (your|this|that|the|any|all|whatever|these) .. {_LISTS}
take (me|us) off (please|now|pls|thanks|thank|immediately|at once|asap|it|this|everything|$)
(remove|delete|take|strike) .. (from|off) (your|any|all|every|whatever) .. (list|lists|mailing|mailings|newsletter|newsletters|sequence|sequences|distribution|campaign|campaigns|cadence|outreach)
(remove|delete|take|drop) (adr|him|her|them|everyone|all of us) .. (from|off) .. {_LISTS}
(removed|deleted|taken|dropped|unsubscribed) (off|from) (your|this|the|all|any) .. {_LISTS}
(i|we|id|wed) .. (like|want|wish|ask|asked|request|requested|prefer) .. (be|get|being) (removed|unsubscribed|deleted|taken off|opted out)
(i|we) (want|would like) (to be |to get )?(off|out of) (your|this|the) .. {_LISTS}
(like|want) off (your|this|the|all)
(stop|quit) {_WRITING} (to |with )?(me|us|this (address|account|person|inbox)|adr|my (address|inbox|company|team|office)|here|now|immediately|please|at once|altogether|$)
(stop|quit) sending .. (me|us|this (address|inbox)|adr|these|those|your|such|this|any more|more)
^(please |pls |just |so |then |and |hey |ok |kindly |hi |hello )?(stop|quit) (sending |all )?{_MAILS}
(stop|quit) (these|your|this|the|all|with the|with these|with your) .. {_MAILS}
(stop|quit) (reaching out|following up|it please)
^(please )?stop( it| this| now| please| already)? $
(do not|dont|never|not to|to not) (ever )?{_WRITE} (to )?(me|us|this (address|person|inbox|mailbox|account)|adr|my (address|inbox|office|team|staff|company|colleagues|assistant)|again|any (more|further|longer)|anymore|here|him|her|them|$)
(do not|dont|never) .. {_WRITE} .. (again|anymore|any more|any further|ever)
(do not|dont|never) reach out .. (again|anymore|any more|to me|to us|$)
(do not|dont|never) try .. again
(do not|dont|never) send (me |us |to me |to us |my .. )?{_MORE}{_MORE}?{_MAILS}
(do not|dont|never) send (me|us) (anything|emails|mails|messages) (again|anymore|any more|else|further|please|$)
(do not|dont) (bother|disturb) (me|us)
(do not|dont) (keep|continue|carry on) {_WRITING}
(do not|dont) bother {_WRITING} .. (me|us|again)
(do not|dont) follow up .. (again|anymore|any more|any further|with me)
(if|that) (you|your team|you all) (could |would |can |will |just |please |kindly |all )?(stopped|stop|ceased|cease|refrained|refrain|quit) .. (writing|emailing|mailing|contacting|sending|messag*|reach*|approach*|from)
(if|that) (you|your team|you all) (didnt|did not|dont|do not|wouldnt|would not|no longer|never|could not|not) {_WRITE} .. (again|anymore|any more|any further|any longer|in future|in the future|$)
(could|would|can|will) you (please |kindly )?(not|no longer|never) {_WRITE} .. (me|us|again|anymore|$)
not (be|to be|being|want to be|wish to be) (contacted|emailed|mailed|approached|written to|solicited)
(i|we|please|and|but|also|really|honestly|^) (really |do |just |simply |also |would |personally )?(dont|do not|no longer|didnt|would not|wouldnt|never) (want|wish|need|care|like|agree|consent|expect|intend|ask) (to |for )?(receive |get |have |hear |be sent |see |read )?{_MORE}{_MORE}?{_MORE}?{_MAILS}
(dont|do not|no longer|never|rather not|prefer not to|not to|nor|nothing) .. (hear|hearing) .. from (you|your|brightpath|this company)
(i|we) .. (dont|do not|no longer|never) .. (want|wish|like|care|agree|consent) .. (emails|mails|messages|anything|newsletter*) (from you|like (this|these)|again|anymore|of this)
(rather|prefer|preferred|like|wish) not (to )?(receive|be contacted|be emailed|be mailed|hear from|get (any|more|your|these|further|mail|emails))
(prefer|rather|appreciate) .. (not to|it if you didnt|you didnt|you did not) .. {_WRITE} .. (again|me|us)
(have|had|got) no (wish|desire|intention) to (receive|hear|be contacted|be emailed|get)
(no|not) interest* .. (stop|dont|do not|no more|no further) .. (email*|mail*|contact*|writ*|send*|messages)
(no more|no further) {_MAILS} .. (please|thanks|thank|from you|from your|for me|to me|to us|to this)
^(please |thanks |thank you |and |ok |sorry |hi |hello )?(no more|no further) ({_MAILS}|of (these|this|your|it)|contact)
(receive|send|want|need|get|expect) (me |us |absolutely )?(no more|no further) ({_MAILS}|of (these|this|your)|contact)
enough (of )?(these|your|with the|with your|of the)? ?{_MAILS}
no need to (email|write|contact|mail|message|send|reach out) .. (again|anymore|any more|any further|further)
(i|we|id|wed|im|ill|please|kindly|me|us|let me) (want to |wish to |would like to |like to |am |are |hereby |choose to |need to |have to |prefer to |will |now )?opt(ing|ed)? (me |us )?out
opt (me|us|my|this|adr) .. out
(this|my|our) .. (opt out|unsubscribe request|removal request|request to be (removed|unsubscribed))
opt out (please|request|$)
lose (my|our|this) (address|email|number|contact*|details)
leave (me|us) (alone|in peace|be) (please|now|and|thanks|$)
spare (me|us) .. ({_MAILS}|more|future|further)
count (me|us) out of .. ({_MAILS}|future|list)
(last|final) {_MAILS} (i|we|you|to me|from you) .. (send|get|receive|want|see|from you|me)
(cease|discontinue|desist) .. (contact|contacting|communication*|correspondence|emailing|mailing*|emails|mails|sending) .. (me|us|at once|immediately|now|address|forthwith|$)
(cease|discontinue|stop|desist) (all|any|from) (further |any |all )?(contact|contacting|communication*|correspondence|email*|mailing*|marketing)
(refrain|desist) from .. (contact*|email*|send*|writ*|mailing|further)
(add|put) .. (me|us|my|our|this|adr) .. (do not (contact|email|mail)|suppression|blocklist|block list|blacklist|opt out|dnc)
(withdraw|revoke|withdrawing|revoking|withdrawn|revoked) .. consent
(i|we) .. (object|objecting) to .. (processing|direct marketing|marketing|use of|profiling|email*)
(erase|delete|remove|destroy|wipe|purge) .. (my|our|all|any|the) .. (personal data|personal information|data|information|details|records*) .. (you (hold|have|store|keep|process*|collected)|about me|on me|about us|concerning me|relating to me|of mine)
(erase|delete|wipe|purge|destroy) (all )?(of )?my .. (data|information|details|record*|profile|account|contact*|personal)
(erase|delete|wipe|purge|destroy|remove) everything .. (you|about me|on me|of mine)
(erasure|deletion|removal) (request|of (my|our|all|any)) .. (data|information|details|record*|address*|personal)
(i|we|id) .. (request|requesting|demand|demanding|require|ask|exercise|exercising|invoke|invoking|want|hereby|insist) .. (erasure|deletion|erase|erased|delete|deleted|be forgotten|removal|removed) .. (my|personal|data|all|from|under|of|$)
(my|our) right (to (be forgotten|erasure|object|deletion)|of erasure)
(please|pls|kindly) cancel (my|this|the|our|these) (subscription|newsletter|mailing*|emails)
forget (that i exist|about me|my address)
(no longer|not|nor) .. (on|part of) (your|this) (mailing |distribution |contact |email )?(list|newsletter)
not interested .. (remove|stop|take me|unsubscribe) (me|us|it|off|this|these|$)
"""
)
_GERMAN = phrases(
    """
(mich|uns|bitte|meine|unsere|diese|adr) .. (abmelden|austragen|abbestellen|abzumelden|auszutragen|abgemeldet|ausgetragen)
(melden|melde|meldet) (sie )?(bitte )?(mich|uns|diese*|adr) .. ab
(tragen|trag|tragt) (sie )?(bitte )?(mich|uns|meine|unsere|diese*|adr) .. aus
(nehmen|nimm|nehmt) (sie )?(bitte )?(mich|uns|meine adresse|meine emailadresse|unsere adresse|diese adresse|adr) .. (aus|von|heraus|raus|runter)
(streichen|loschen|entfernen|sperren|losch|loscht|streich|streicht|entfern*) (sie )?(bitte )?(umgehend |sofort |unverzuglich )?(mich|uns|meine*|unsere (adresse|emailadresse|daten|kontaktdaten)|diese adresse|diese emailadresse|samtliche|alle (meine|uber mich|zu mir|personen)*|adr)
(bitte|sie) .. (mich|uns|meine|unsere adresse|mein|adr|diese adresse) .. (loschen|entfernen|streichen|rausnehmen|herausnehmen|rauszunehmen|herauszunehmen|zu loschen|zu streichen|zu entfernen|sperren)
bitte (um )?(die |sofortige |umgehende )?(streichung|abmeldung|austragung|loschung (meiner|aller|aus))
(bitte|fordere|verlange|beantrage|erbitte) .. (loschung|streichung|austragung) .. (meiner|unserer|aller|samtlicher|der)
(mich|uns|meine|unsere|adr) .. (aus|von) .. (verteiler*|mailverteiler*|adressliste|mailingliste|emailliste|mailliste|newsletter)
(aus|von) (ihrem|eurem|ihrer|eurer|ihren) .. (verteiler*|mailverteiler*|liste|adressliste|datenbank|mailingliste|kartei|emailliste) .. (nehmen|loschen|entfernen|streichen|austragen|genommen|gestrichen|geloscht)
(bitte|mochte|mochten|will|wollen|wunsche|wunschen|senden|schicken|schickt|sendet) .. keine (weiteren |weitere |einzige )(emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontaktaufnahme*|kontaktversuche|angebote|post|werbemails?|schreiben|anfragen|anschreiben)
(bitte|mochte|mochten|will|wollen|wunsche|wunschen|senden|schicken|schickt|sendet) .. keine (emails?|mails?|nachrichten|werbung|newsletter|zusendungen|angebote|post|werbemails?|anfragen|kontaktaufnahme) .. (mehr|von ihnen|von euch|zusenden|zuschicken)
^(bitte )?keine (weiteren|weitere) (emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontakt*|angebote|anschreiben)
^(bitte )?keine (emails?|mails?|werbung|nachrichten|newsletter) mehr
(schreiben|kontaktieren|schicken|senden|mailen|belastigen|behelligen|schreib|schreibt|schickt|kontaktiert) (sie )?(mir|mich|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|nichts mehr|keine .. mehr|keine weiteren)
(mich|mir|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|kunftig nicht|in zukunft nicht) .. (kontaktier*|anschreib*|angeschrieben|zu schreiben|zu kontaktieren|zuschicken|zusenden|anmailen|behelligen|belastigen|schreiben)
(mochte|will|mochten|wollen|wunsche|wunschen) .. (nicht (mehr|langer|weiter|wieder)|nichts mehr|keinen kontakt|keinerlei|nie (mehr|wieder)) .. (von ihnen|von euch|angeschrieben|kontaktiert|kontakt)
(mochte|will|mochten|wollen|wunsche|wunschen) .. (nicht (mehr|langer|weiter)|keine) .. (ihre|weiteren|weitere|solche|solchen|diese|derartige*|euren|ihren) .. (mails|emails|nachrichten|werbung|newsletter|zusendungen|werbemails)
(von|auf) (weiteren|weitere|kunftigen|kunftige|ihre|ihren|jeglichen|jegliche) .. (mails|emails|nachrichten|kontakt*|anfragen|zusendungen|schreiben|anschreiben|angebote*) .. (absehen|abzusehen|verzichten|zu verzichten|abstand)
(unterlassen|beenden|stoppen) sie .. (weitere*|bitte|jede*|kunftig*|diese|ihre|kontakt*|zusendung*)
(sehen|nehmen) sie .. (von|abstand) .. (weiteren|kontakt*|zusendung*|mails|emails) .. (ab|abstand|absehen)
widersprech* .. (nutzung|verarbeitung|verwendung|speicherung|zusendung|werbung|daten*|kontakt*)
(nutzung|verarbeitung|verwendung|speicherung) .. (daten|adresse|emailadresse) .. widersprech*
widerspruch .. (gegen|nach|gemass) .. (nutzung|verarbeitung|art*|werb*|daten*)
widerruf* .. (einwilligung|zustimmung)
(loschung|loschen|loschen sie) .. (meiner|meine|samtliche*|mich betreffenden|uber mich|zu mir) .. (daten|personenbezogen*|adresse|angaben|kontaktdaten|emailadresse)
(meine|mich betreffende*|samtliche|zu meiner person) .. (daten|kontaktdaten|emailadresse|adresse|angaben) .. (loschen|zu loschen|geloscht werden|gestrichen werden|gespeicherten)
(mein|meinem|meines) .. recht auf (loschung|vergessen*|widerspruch)
lassen sie (mich|uns) .. in (ruhe|frieden)
(verzichten|verzichte) .. (auf|gern) .. (weitere|ihre) .. (mails|emails|nachrichten|zusendungen|kontakt*)
(newsletter|abo) (bitte )?(abbestellen|kundigen|abmelden)
"""
)
_FRENCH_VOS = "(vos|votre|de (mails?|messages?|courriels?|emails?|publicite|sollicitations?|newsletters?|vos)|daucun|aucun|aucune|dautres|de vous|rien de)"
_FRENCH = phrases(
    f"""
(me|nous) (desinscrire|desabonner|desinscrivez|desinscriviez|desabonniez|radier|rayer)
(me|nous) (retirer|supprimer|enlever|effacer|retiriez|supprimiez|sortir) .. (de|des|du) .. (liste*|base*|fichier*|mailing*|newsletter|diffusion|envois|contacts)
(desinscrivez|desabonnez|retirez|supprimez|enlevez|rayez|effacez|otez|radiez|desinscris|retire|supprime|enleve) (moi|nous|mon|mes|notre (adresse|email)|nos (coordonnees|adresses)|cette adresse|adr)
(supprimer|retirer|effacer|enlever|supprimez|retirez|effacez|enlevez|rayer|radier) .. (mon|mes|nos|notre|toutes mes|lensemble de mes) .. (adresse*|donnees personnelles|donnees|coordonnees|email|mail|nom|contact)
(suppression|effacement|retrait) .. (mes|de mes|mon|de mon|nos|toutes mes) .. (donnees|coordonnees|adresse*|informations|email)
ne (plus|pas) .. (mecrire|me contacter|menvoyer|me solliciter|me relancer|nous contacter|nous ecrire|nous envoyer|nous solliciter|me deranger|me demarcher|etre contact*|etre sollicit*|etre demarch*|figurer)
ne plus .. recevoir .. {_FRENCH_VOS}
ne (mecri*|me contact*|menvoy*|me sollicit*|me relanc*|me derang*|nous contact*|nous ecri*|nous envoy*|nous sollicit*|nous relanc*|me demarch*) .. (plus|jamais)
ne (mecrivez|me contactez|me sollicitez|me relancez|nous contactez|nous ecrivez|me derangez) pas
ne (souhait*|veux|desir*|voulons|voudrais|veut|tiens|tenons) .. (plus|pas|jamais) .. (etre contact*|etre sollicit*|etre demarch*|que vous (me|nous|m)*)
ne (souhait*|veux|desir*|voulons|voudrais|veut|tiens|tenons) .. (plus|pas|jamais) .. recevoir .. {_FRENCH_VOS}
ne (souhait*|veux|voulons|desir*) (plus|pas) (de vos|vos|aucun|de messages|de mails|entendre parler)
(cessez|cesser|cesse|arretez|arreter|arrete|stoppez) .. (de|dy) .. (mecrire|menvoyer|me contacter|me solliciter|me relancer|nous ecrire|nous envoyer|nous contacter|nous solliciter|mimportuner|me harceler|me spammer)
(cessez|arretez|stoppez|stop|cesser) (a |aux |avec )?(vos|les|ces|cette|toute|tout|tous) .. (mails|messages|envois|courriels|emails|sollicitations|relances|prospection|contact|publicite|demarchage)
(plus|aucun|aucune) (aucun |aucune |de |autre )?(mail|mails|message|messages|courriel*|email*|sollicitation*|publicite|relance*|communication) .. (de votre part|svp|sil vous plait|merci|desormais|a lavenir)
^(merci de )?(plus de|plus aucun) (mail*|message*|courriel*|email*|sollicitation*)
(mon|exerce*) .. droit (a leffacement|a loubli|dopposition)
(je) .. moppose .. (a|au)
(retire|retirons|revoque) .. consentement
laissez (moi|nous) (tranquille*|en paix)
(retirez|enlevez|supprimez|sortez|retirer|enlever|sortir|radiez|rayez) .. (de|des) (votre|vos|toutes vos) .. (liste*|base*|fichier*|mailing*|newsletter|envois)
(desinscription|desabonnement|desinscrire|desabonner) .. (svp|sil vous plait|merci|immediat*|de votre|de vos)
(merci|veuillez|priere|souhaite|voudrais|demande) .. (desinscription|desabonnement|desinscrire|desabonner)
"""
)
_SPANISH_MAILS = "(correo*|mensaje*|email*|publicidad|mail|mails|comunicacion*|boletin*|newsletter*|informacion|propaganda|ofertas)"
_SPANISH = phrases(
    f"""
(darme|darnos|dame|dadme|deme|denme|dennos|danos|dadnos|dar) .. de baja
(me|nos) .. (de|den|deis|des|doy|damos|dan|das|dais) de baja
(quiero|quisiera|deseo|solicito|ruego|pido|necesito|queremos|solicitamos|solicitar) (la |mi |que me den de |que me deis de |tramitar la |causar |de )baja
baja .. (de (su|vuestra|tu|la|esta) .. (lista|base|boletin|newsletter)|inmediata|definitiva)
^baja (por favor|gracias|ya|$)
(borrame|borradme|borreme|borrenme|eliminame|eliminadme|elimineme|eliminenme|quitame|quitadme|quiteme|quitenme|saquenme|sacame|saqueme|sacadme|suprimame|borrarme|eliminarme|quitarme|sacarme|suprimirme|borrarnos|eliminarnos|quitarnos|borrennos|quitennos|eliminennos)
(elimin*|borr*|supr*|quit*|retir*|cancel*) .. (mi|mis|nuestr*|esta|todos mis) .. (direccion|datos|correo|email|nombre|contacto|suscripcion|mail)
(supresion|eliminacion|borrado|cancelacion) .. (mis|de mis|mi|nuestros|todos mis) .. (datos|direccion|correo)
no (quiero|deseo|queremos|deseamos|quisiera|necesito) .. (recibir|recibiendo) .. {_SPANISH_MAILS}
no (quiero|deseo|queremos|deseamos|quisiera) (que me|que nos) .. (escrib*|contact*|envi*|mand*|molest*)
no (quiero|deseo|queremos|deseamos|necesito) (recibir |saber )?(nada )?mas ({_SPANISH_MAILS}|de vosotros|de ustedes|suyos|vuestros)
no (quiero|deseo|queremos) (recibir|saber) (mas |nada mas |nada )(de )?(vosotros|ustedes|suyo|vuestro|su empresa)?
no (me|nos) (escribas|escriba|escriban|escribais|contactes|contacte|contacten|contacteis|envies|envie|envien|envieis|mandes|mande|manden|mandeis|molestes|moleste|molesten|molesteis|vuelvas|vuelva|vuelvan|volvais) .. (mas|nunca|otra vez|de nuevo|nada|a (escribir|contactar|enviar|mandar|molestar)|{_SPANISH_MAILS})
(deja|deje|dejen|dejad|dejar) .. de .. (escribirme|escribirnos|enviarme|enviarnos|mandarme|mandarnos|contactarme|contactarnos|molestarme|molestarnos|molestar|enviar {_SPANISH_MAILS})
no (volvais|vuelvas|vuelva|vuelvan) a (escribir*|contactar*|enviar*|mandar*|molestar*|dirigir*|ponerse)
no .. (escribais|escribas|escriban|escriba|contacteis|contacten|contacte|contactes|envieis|envien|envie|envies|mandeis|manden|mande) mas
(escribais|escriban|contacten|contacteis|envien|envieis|manden|mandeis|molesten|molesteis) mas
ni (un|una) (solo |sola )?(correo|mensaje|email|mail) mas
^(por favor )?(no mas|basta de|ningun) {_SPANISH_MAILS}
(mi|ejerc*|ejerz*|ejercer) .. derecho* (de|al|a la|a) .. (supresion|olvido|oposicion|cancelacion)
(retiro|revoco) .. consentimiento
(dejadme|dejenme|dejeme|dejame) en paz
me opongo al .. (tratamiento|uso|envio)
(fuera|sacar|salir) de (su|vuestra|tu|esta) .. lista
"""
)
_ITALIAN_MAILS = "(mail|email|messaggi*|comunicazion*|newsletter|pubblicita|offerte|contatti|vostr*|sue|suoi)"
_ITALIAN = phrases(
    f"""
(cancellarmi|cancellarci|cancellatemi|cancellami|cancellateci|rimuovermi|rimuovetemi|rimuovimi|rimuoverci|toglietemi|togliermi|toglimi|toglierci|eliminatemi|eliminarmi|eliminami|disiscrivetemi|disiscrivermi|disiscrivimi|depennarmi|depennatemi|escludetemi|escludermi|disiscriverci)
(mi|ci) .. (cancelli|cancelliate|cancellate|cancellare|rimuova|rimuoviate|rimuovete|tolga|togliate|togliete|elimini|eliminiate|eliminate|disiscriva|disiscriviate|disiscrivete) .. (da|dal|dalla|dalle|dai|subito|per favore|$)
(cancell*|rimuov*|elimin*|tolg*|togliere|depenn*) .. (mio|mia|miei|nostro|nostra|nostri|presente|tutti i miei) .. (indirizzo|dati|email|contatt*|nominativo|mail|recapit*|casella|iscrizione)
(cancellazione|rimozione|eliminazione) .. (dei miei|mio|miei|mia|dei nostri|di tutti|dalla vostra|dalla|dalle vostre) .. (dati|indirizzo|nominativo|lista|mailing|email|database)
non .. (scrivetemi|scriveteci|scrivermi|scriverci|contattatemi|contattateci|contattarmi|contattarci|inviatemi|inviateci|inviarmi|inviarci|mandatemi|mandateci|mandarmi|mandarci) .. (piu|altr*|ulterior*|nulla)
non .. (disturbarmi|disturbatemi|importunarmi|contattatemi|contattateci)
non (mi|ci) .. (scriva|scriviate|scrivete|scrivere|contatti|contattiate|contattate|contattare|invii|inviate|mandi|mandate|disturbi|disturbate|importun*) .. (piu|altr*|ulterior*)
non .. (desidero|voglio|desideriamo|vogliamo|intendo|gradisco|gradiamo) .. ricever* .. {_ITALIAN_MAILS}
non .. (desidero|voglio|desideriamo|vogliamo|intendo|gradisco) .. (essere contattat*|sentirvi|avere vostre|altre (mail|email|comunicazioni))
non .. (desidero|voglio|desideriamo|vogliamo) piu (ricever*|essere|sentir*|avere|{_ITALIAN_MAILS})
smett* .. di .. (scriver*|inviar*|mandar*|contattar*)
smett* .. con .. (mail|email|messaggi|pubblicita)
^(basta|niente|nessun*|stop a*) .. (mail|email|messaggi|pubblicita|comunicazion*|newsletter)
(nessun*|niente) (altra|ulteriore|piu|altre) (mail|email|comunicazion*|messaggi*)
(mio|esercit*) .. diritto (alla cancellazione|alloblio|di opposizione|di cancellazione)
(revoco|ritiro) .. consenso
mi oppongo al .. (trattamento|uso|invio)
(lasciatemi|lasciateci|mi lasci) in pace
(fuori|via) dalla .. (lista|mailing)
"""
)
_PORTUGUESE_MAILS = "(email*|mail|mails|mensage*|newsletter*|comunicac*|publicidade|contactos?|contatos?|propaganda|ofertas|e mails)"
_PORTUGUESE = phrases(
    f"""
(remov*|retir*|exclu*|elimin*|apag*|descadastr*) (me|nos|o meu|a minha|meu|minha|meus|os meus|nosso*|este (email|endereco))
(tir*|saqu*|risqu*) (me|nos|o meu|meu) .. (da|desta|dessa|de|vossa|sua) .. (lista*|base|mailing|newsletter)
(remov*|retir*|tir*|exclu*|elimin*|apag*|cancel*) .. (meu|minha|meus|nosso|nossos|nossa|este) .. (email|endereco|nome|contacto|contato|dados|cadastro|subscricao|inscricao|assinatura|registo)
(me|nos) (remova*|remover|removam|retire*|retirar|exclua*|excluir|descadastr*|elimine*|apague*)
(me|nos) (tire*|tirar|tirem) .. (da|desta|dessa|vossa|sua) .. lista*
(apagamento|eliminacao|remocao|exclusao) .. (dos meus|meus|dos nossos|do meu) .. (dados|email|endereco|contacto)
nao .. (quero|desejo|pretendo|queremos|gostaria|desejamos|pretendemos|tenciono) .. receb* .. {_PORTUGUESE_MAILS}
nao .. (quero|desejo|pretendo|queremos|gostaria|desejamos|pretendemos) .. (ser contact*|ser contat*|mais {_PORTUGUESE_MAILS}|que me (escrev*|contact*|contat*|envi*|mand*))
nao (me|nos) (escreva*|contacte*|contate*|envie*|mande*|incomode*) .. (mais|novamente|de novo|nada|{_PORTUGUESE_MAILS})
nao (voltem|volte|voltes) a (me |nos )?(escrever|contactar|contatar|enviar|mandar|incomodar)
nao .. (escrevam|escreva|contactem|contacte|contatem|enviem|envie|mandem|mande|incomodem) .. (mais|novamente)
(parem|pare|para|parar|deixem|deixe) (de|com) .. (enviar me|mandar me|escrever*|contactar me|contatar me|incomodar*|me (enviar|mandar|escrever|contactar|contatar)|enviar {_PORTUGUESE_MAILS}|{_PORTUGUESE_MAILS})
(sair|tirar|retirar|saia|fora) (da|desta|dessa) (vossa |sua |tua )?lista
(meu|exerc*) .. direito (ao|de|a) .. (apagamento|esquecimento|oposicao|eliminacao)
(retiro|revogo) .. consentimento
^(nao mais|chega de|sem mais) {_PORTUGUESE_MAILS}
deixem (me|nos) em paz
(quero|gostaria de|desejo|pretendo) (me )?(descadastrar|cancelar (a )?(minha )?(subscricao|inscricao|assinatura))
"""
)
_DUTCH_MAILS = "(emails|mails|mailtjes|mail|email|berichten|nieuwsbrieven|nieuwsbrief|reclame|aanbiedingen|berichtjes|post)"
_DUTCH = phrases(
    f"""
schrijf(t)? (u |je |jullie )?(mij|me|ons) .. uit
meld(t)? (u |je |jullie )?(mij|me|ons) .. af
(haal|halen|haalt|gooi|neem) (u |je |jullie |alstublieft |aub )?(mij|me|ons|mijn adres|mijn naam|mijn mail*) .. (van|uit|af)
(verwijder|verwijdert|schrap|wis|verwijderen|wissen) (u |je |jullie |alstublieft |aub )?(mij|me|ons|mijn|dit adres|dit mailadres|onze (gegevens|adres*|emailadres*))
(mij|me|ons) .. (uitschrijven|afmelden|verwijderen|schrappen|uit te schrijven|af te melden|te verwijderen|te schrappen|uitgeschreven)
(mijn|onze) .. (gegevens|emailadres|mailadres|adres|persoonsgegevens|naam) .. (verwijderen|verwijdert|wissen|wist|schrappen|te verwijderen|te wissen|verwijderd|gewist)
geen .. {_DUTCH_MAILS} .. meer
(graag|liever|wil|willen|wens|wensen|stuur|sturen|verzoek) .. geen .. {_DUTCH_MAILS} .. (meer|ontvangen|sturen|te sturen|van (u|jullie|je))
(mail|schrijf|benader|contacteer|mailt|benadert|stuur) (u |je |jullie )?(mij|me|ons) .. (niet meer|nooit meer|niets meer|niet langer|niet opnieuw|niet weer|geen {_DUTCH_MAILS})
(mij|me|ons) .. (niet meer|nooit meer|niet langer|niet weer) .. (mailen|benader*|contacteren|te mailen|te benaderen|te schrijven|lastig*)
niet meer .. (gemaild|benaderd|mailen|te mailen|te benaderen|aangeschreven)
(wil|willen|wens|wensen|hoef) .. (niet|niets|niks) .. meer .. (van (u|jullie|je)|gemaild|benaderd|horen)
(stop|stoppen|hou op|houd op|ophouden) (aub |alstublieft |nu |graag )?(met|het) .. (mailen|mij|me|ons|mails|berichten|emails|benaderen|sturen van)
(van|uit) (uw|jullie|je|de|deze) .. (lijst|mailinglijst|maillijst|verzendlijst|adressenlijst|mailbestand) .. (af|halen|gehaald|verwijder*|schrappen|te halen|worden)
(van|uit) (uw|jullie) (mailinglijst|maillijst|verzendlijst|bestand|mailbestand|lijst)
(mijn|beroep) .. recht op .. (vergetelheid|gegevenswissing|wissing|verwijdering|bezwaar)
(maak|teken|maken) .. bezwaar .. (tegen|aan)
trek .. toestemming .. in
laat (mij|me|ons) .. met rust
(graag|wil|wens) (mij |me |ons )?(graag )?(uitschrijven|afmelden|uitgeschreven worden)
"""
)
_POLISH = phrases(
    """
(wypis*|usun*|wykresl*|skresl*|wyrejestr*|usuw*) .. (mnie|nas|moj|moje|mojego|moich|nasz*|ten adres|adr)
(wypisanie|usuniecie|wykreslenie|skreslenie) .. (mnie|nas|moich|mojego|z listy|z bazy|danych|adresu)
nie zycz* sobie
nie chc* .. (otrzymywac|dostawac|wiecej|zadnych|takich|waszych|panstwa) .. (wiadomosc*|mail*|ofert*|email*|korespondencj*|od|newsletter*|reklam*)
(prosze|prosimy) .. (nie|o nie|zaprzestac|przestac) .. (pisac|pisz*|wysylac|wysyl*|przysyl*|kontakt*|niepokoic|pisanie|nagabywac|wysylani*)
prosze o (niewysylanie|nieprzysylanie|niepisanie|zaprzestanie|wypisanie|rezygnac*|niekontaktowanie)
(nie|niech) (pisz*|wysylaj*|przysylaj*|kontaktuj*) .. (wiecej|juz|do mnie|ze mna|do nas|zadnych)
(wiecej|juz) .. nie .. (pisz*|wysyl*|przysyl*|kontakt*)
(przestan*|przestac|skoncz*) .. (pisac|wysylac|do mnie|przysylac|mi)
rezygnuj* .. (z|subskrypcji|newslettera|otrzymywania|dalszych|wiadomosci)
prawo do .. (usuniecia|bycia zapomnianym|sprzeciwu|zapomnienia)
(wnosze|zglaszam|wyrazam) .. sprzeciw
sprzeciwiam sie
(wycofuj*|cofam) .. zgod*
zadnych wiecej (maili|wiadomosci|ofert|emaili)
"""
)
_CZECH = phrases(
    """
(odhlas*|vyrad*|vymaz*|smaz*|odstran*|vyskrtn*|vyjm*) .. (me|mne|nas|moji|mou|moje|muj|nasi|tuto adresu|adr)
(me|mne|nas|mou|moji|moje|muj) .. (odhlas*|vyrad*|vymaz*|smaz*|odstran*|vyskrtn*|vyraz*)
(nepreji|neprejeme|nepral*|neprejem) .. si
(nechci|nechceme) .. (dostavat|dalsi|vice|vase|zadne|odebirat) .. (mail*|zprav*|nabid*|email*|postu|newsletter*|od vas)
(nechci|nechceme) .. (od vas|abyste) .. (mi|me|nam|nas|psal*|posilal*|kontaktoval*|nic|slyset|byt)
(uz|jiz|dale|prosim|vice|nikdy) .. (nepiste|nepis|neposilejte|nezasilejte|nekontaktujte|neobtezujte|neoslovujte)
(nepiste|neposilejte|nezasilejte|nekontaktujte|neobtezujte|neoslovujte) .. (mi|me|nam|nas|uz|jiz|prosim|vice|zadne)
(prestante|prestan|skoncete) .. (mi|me|nam|psat|posilat|zasilat|kontaktovat)
(zadne dalsi|uz zadne|zadne) (emaily|maily|zpravy|nabidky|emailu)
pravo na .. (vymaz|zapomenuti|byt zapomenut|namitku)
(vymaz|smazani|odstraneni) .. (udaju|osobnich|mych|dat|adresy)
odvolavam .. souhlas
vznasim .. namitk*
(odhlasit|odhlaseni) .. (odber*|se|z)
"""
)
_NORDIC = phrases(
    """
(ta bort|stryk|radera|avregistrera|avanmal|plocka bort|slett|slet|fjern|afmeld|frameld|avmeld|stryg) .. (mig|oss|os|meg|min|mina|mitt|mine|vores adresse|var adress|denna adress|denne adresse|adr)
meld (mig|meg|oss|os) .. (av|fra|ut|ud)
tag (mig|os) .. (af|fra|ud) .. liste*
(vill|onskar|onsker|vil|onskjer|behover|gider) .. (inte|ej|ikke|ikkje|icke) .. (fa|ha|ta emot|motta|modtage|have|fler|flere|langre|laengere|lenger|mer|mere) .. (mejl|mail|mails|mejlen|epost|emails|e post|utskick|meddelanden|beskeder|fran er|fra jer|fra dere|fra dig|av er|henvendelser|nyhetsbrev|nyhedsbrev*|meldinger)
(vill|onskar|onsker|vil) .. (inte|ej|ikke) .. (kontaktas|kontaktes|bli kontaktad|bli kontaktet|blive kontaktet|sta kvar pa|sta pa|hora (av|fran|mer)|hore (fra|mer*)|vara med pa|vaere med pa)
(kontakta|mejla|maila|skriv|skicka|stor|kontakt|send|mail) (mig |oss |os |meg |till mig |til mig |til meg |till oss )?(inte|ej|ikke|aldrig|aldri) (mer|mere|igen|igjen|langre|mig|oss|meg|os|fler|flere|til mig|till mig|til meg|laengere|lenger)
(ikke|inte|ej) (kontakt*|skriv*|mail*|mejla*|send*) .. (mig|meg|oss|os) .. (igen|igjen|mer|mere|langre|flere|fler)
(inga|ingen|ikke|ikke sende) (fler|mer|flere|mere) (mejl|mail|mails|utskick|meddelanden|brev|beskeder|henvendelser|meldinger|e post*|epost*|emails)
(sluta|upphor|stop|stopp|hold op|slutt|undlad|undga|lat bli|lad vaere) .. (med|att|at|a) .. (skicka|mejla|maila|kontakta|skriva|sende|skrive|kontakte|maile|hora av) .. (mig|oss|os|meg|mejl*|mail*|fler*|disse|dessa|till|til|$)
(undanber|frabe*|frabeder) .. (mig|oss|os|meg|fler|flere|yderligere|vidare)
(ratt*|ret*) .. (till|til|att|at) .. (radering|bortglomd|glomd|sletning|sletting|glemt|bli glemt)
(radera|slette|slet|slett|sletting|sletning|radering) .. (uppgifter|personuppgifter|oplysninger|opplysninger|persondata|data|personopplysninger|personoplysninger)
(bort|af|av|fra|fran|slettet fra) (fran )?(er|eran|jeres|din|deres|dina|listan|mailinglisten|maillisten) .. (sandlista|lista|liste|maillista|mailliste|mailingliste|utskick*|register|database)
bedes .. (fjernet|slettet|afmeldt)
(avregistrera|avprenumerera|afmelde|avmelde|framelde) .. (mig|meg|tack|venligst|snarast|nyhetsbrev*)
(aterkallar|traekker|trekker|tilbagekalder) .. samtyck*
"""
)
_FINNISH = phrases(
    """
(poista*|poistettava|poistaisitteko|peruu*|perukaa) .. (minut|meidat|osoite*|sahkopostiosoite*|tieto*|tama|yhteystieto*|nimeni|tilaus*|henkilotieto*)
(minut|meidat|osoitteeni|sahkopostiosoitteeni|tietoni|nimeni) .. (poistaa|poistettava|poista*|pois)
(en|emme) .. (halua|toivo|haluaisi|tahdo) .. (teilta|viest*|mainok*|sahkopost*|posti|postia|yhteydenot*|uutiskirje*)
(alkaa|ala) .. (lahettako|laheta|kirjoittako|kirjoita|ottako|ota|hairitko|hairitse|lahestyko|lahesty) .. (enaa|lisaa|viest*|sahkopost*|mainok*|yhteytta|minua|meita|$)
(lopetta*|lopettakaa|lopeta) .. (lahett*|viesti*|postitus*|yhteydenot*|mainos*|sahkopost*|kirjoit*)
(ei|alkoon) (enaa|lisaa) (viesteja|sahkopost*|mainoks*|yhteydenot*|posteja)
(pois|poistakaa) .. (postituslista*|listalta*|listaltanne|sahkopostilista*|jakelu*)
(oikeu*) .. (tulla unohdetuksi|unohdetuksi|poistamise*)
(perun|peruutan|peruutamme) .. (suostumuks*|tilauks*)
vastustan .. (henkilotietojen|kasittely*|markkinoin*)
(jattakaa|jata) minut rauhaan
"""
)
_TURKISH = phrases(
    """
(beni|bizi|adresimi|postami|emailimi|bilgilerimi|verilerimi|mailimi|adimi|adresimizi|ismimi) .. (cikar*|sil*|kaldir*)
listen* .. (cik*|sil*|kaldir*)
(artik|bir daha|bana|bize|tekrar|boyle) .. (atmayin*|gondermeyin*|yollamayin*|yazmayin*|gonderme|atma|rahatsiz etmeyin*|gecmeyin*|ulasmayin*)
(email|mail|posta|mesaj|ileti) .. (atmayin*|gondermeyin*|yollamayin*|yazmayin*|gonderilmesini istem*|almak istem*|istemiyor*)
(almak|duymak|iletisim) .. istem(iyorum|iyoruz|em)
abonelig* .. (iptal*|sonlandir*)
abonelik* .. (cik*|iptal*)
(silinmesini|cikarilmayi|kaldirilmasini|silmenizi|cikarmanizi|cikarilmasini) .. (talep|istiyor*|rica|isterim)
(unutulma hakki*|onayimi .. geri|rizami .. geri)
"""
)
_OTHERS = phrases(
    """
(отпишите|отписать|отпишитесь|удалите|уберите|исключите|вычеркните) .. (меня|нас|мой|мои|наш|этот|adr)
(не|больше не) (пишите|присылайте|отправляйте|шлите|беспокойте) .. (мне|нам|больше|нас|меня)?
(больше|никогда) .. не (пишите|присылайте|отправляйте|шлите|беспокойте)
не (хочу|желаю) .. (получать|писем)
прошу .. (удалить|отписать|исключить)
(töröljenek|töröljék|töröljön|töröljétek|vegyenek|vegyék) .. (engem|címem*|adata*|ki|le|listá*)
(kérem|kérjük) .. (töröl*|leirat*|ne .. (írjanak|küldjenek|keressenek))
ne (írjanak|küldjenek|keressenek|zaklassanak) .. (többet|több|nekem|ismét)
(ștergeți|scoateți|dezabonați|eliminați) .. (mă|ne|adresa|datele)
nu .. (mai) .. (scrieți|trimiteți|contactați|doresc|vreau)
"""
)
_WITHOUT_SPACES = runs(
    """
配信(を|は)?(停止|止め|ストップ|解除|不要)
(送ら|送信し|送付し|連絡し|配信し|メールし)ないで
(連絡|メール|案内|送付|送信|配信|営業)(は|を|について)?(今後)?(一切)?(不要|お断り|遠慮|お控え|控え|おやめ|やめて|停止|結構です)
(今後|二度と|一切)の?(ご)?(連絡|メール|案内|送付|送信|配信|営業)(は|を|も)?(一切)?(不要|お断り|遠慮|ご遠慮|お控え|控え|おやめ|やめて|しない|いりません|要りません)
(登録|購読|会員)(を|の)?(解除|削除|取り消)
リストから(の)?(削除|外し|除外|除い|抹消)
(私|当方|弊社|わたし|当社)の(メール)?(アドレス|個人情報|情報|データ|連絡先|メールアドレス)(を|の)(すべて|全て)?(削除|消去|抹消)
(アドレス|個人情報|連絡先)(を|の)(すべて|全て)?(削除|消去|抹消)(して|を)
(수신거부|수신을거부|보내지마|연락하지마|삭제해주)
(退订|取消订阅|不要再(发|联系|给我)|请勿再|停止发送|把我(从|移)|删除我)
""",
)
REQUEST = any_of(
    _ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _DUTCH, _POLISH, _CZECH, _NORDIC, _FINNISH,
    _TURKISH, _OTHERS, _WITHOUT_SPACES,
)  # fmt: skip
"""A sentence in which the writer asks not to be written to, or to be forgotten."""

EXEMPT = phrases(
    """
(hesit*|esit*|zoger*|scheu*|dude|dudes|duden|dudeis|aarzel*|schroom|vahejte|nevahej*|wahac|tveka*|tov|toev|nol*|eparoi*|cekinme*|forget to|fail to|why not)
(how|when|where|what|which|does|do|is|are|who|will|can) .. (it|your (system|tool|product|platform|software|app|service)|the (system|tool|product|platform|software|app)|one|customers|users|people|drivers|patients|clients|recipients|subscribers) .. (delete|deleted|erase|erased|remove|removed|stop|opt out|unsubscribe)
how (do|does|will|would|can|quickly|fast|long) .. you .. (delete|erase|remove|handle|process|deal|purge|wipe)
(after|once|when|at the end of) .. (trial|pilot|contract|termination|project|test|testphase|poc|testing)
(webinar*|workshop|training|standup|stand up)
(remove|delete) (me|us) as
(by|per|on the|via|over the) (phone|telephone|mobile|whatsapp|linkedin|sms|text)
(contact|write|email|mail|call|reach|ring|chase|message|bother|follow up|send) .. (until|till|before|unless) .. (january|february|march|april|may|june|july|august|september|october|november|december|q1|q2|q3|q4|then|next|the|after|we|you|i|monday|tuesday|wednesday|thursday|friday|weekend)
in (english|german|french|spanish|italian|dutch|turkish|polish)
(off|from) (the |this )?(cc|copy|call|invite|invitation|calendar|meeting|thread|chain|agenda|speaker*|shortlist|hook)
(dont|do not|didnt|did not|not asking|no need|never|not going|not planning|not trying|almost|nearly|wont|will not|havent|not) (want |wish |mean |asking |going |planning |trying |to )?(to )?(unsubscribe|opt out|remove me|take me off|delete me|unsubscribed)
(dont|do not|please dont|never) (remove|delete|take|drop|unsubscribe) (me|us|my|our)
(was|were) (about|going|tempted|close) to .. unsubscribe
opt out of (the|a|an|our) .. (contract|plan|clause|trial|pilot|renewal|period|scheme|programme|program)
(nicht|keineswegs) .. (aus .. verteiler|abmelden) .. (mochte|will|wollte)
(telefonisch*|anrufen|par telephone|por telefono|per telefono|telefonicznie|por telefone|per telefoon|telefonicky|per telefon|pa telefon|puhelim*|telefonla)
"""
)
"""What a sentence that looks like such a request is rather about."""

FURNITURE = phrases(
    """
(if|when|should|in case) you (no longer|dont|do not|would rather|would prefer|prefer|wish|want|would like) (want|wish|like|to|not)
(if|should) you (have )?(received|receive|believe) .. (error|mistake|this)
^(to|click|tap|press|use|follow|manage|update|change) .. (unsubscribe|opt out|be removed|stop receiving|preferences|this link|notifications)
(you can|you may|you could|feel free to) .. (unsubscribe|opt out|remove|stop)
(unsubscribe|opt out|abmelden|desinscrire|baja) (here|link|button|at any|instantly|from this (list|group|thread)|below|options|page|hier|ici|aqui)
(you are receiving|you received|youre receiving|you have received|because you|you get|turn off) .. (this|these|are|subscribed|request*)
(to|from) (unsubscribe from|this group|this list)
click (here|below|on|the)
reply .. (stop|unsubscribe|remove) .. (to|and|if|or)
(your|the|a|our) (unsubscribe|opt out|stop) (link|button|footer|line|page|text|form|wording|sentence|option*|rate*)
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
