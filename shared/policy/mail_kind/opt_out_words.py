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

_ENGLISH = phrases(
    f"""
{_UNSUB} (me|us|my|our|this (address|email|mailbox|account)|adr)
(please|pls|plz|kindly|just|must) {_UNSUB}
(i|we|id|wed|ive|weve|im|ill) .. (want|wish|like|need|tried|trying|try|asked|decided|clicked|requested|hit|pressed|have) .. {_UNSUB}
(i|we) (want|wish|hereby|clicked|hit|pressed|already|now|just) .. {_UNSUB}d?
how (do|can|could|to|might) (i|we)? ?{_UNSUB}
(let|allow) me {_UNSUB}
(been )?(trying|asked|asking) to {_UNSUB}
^{_UNSUB} (please|pls|now|thanks|thank|thx|immediately|at once|from (your|this|these|all|the))
{_UNSUB} from (your|this|these|all) .. (list*|email*|mail*|newsletter*|message*|communication*)
(remove|delete|drop|strike|scrub|scratch|purge|exclude) (me|us)
(remove|delete|drop|strike|take|get|scrub|erase|wipe|purge) (my|our|this) .. (address*|email*|name|data|detail*|contact*|info*|record*|company|domain|inbox|mailbox)
(take|get|keep|leave) (me|us) off
(remove|delete|take|drop|strike|get) .. (from|off) (your|any|all|every|whatever) .. (list*|database*|crm|system*|record*|mailing*|distribution|newsletter*|sequence*|cadence|campaign*|outreach|contact*)
(remove|delete|take|drop) (adr|him|her|them|everyone|all of us) .. (from|off) .. (list*|database*|mailing*|sequence*|campaign*)
(removed|deleted|taken|dropped|unsubscribed) (off|from) (your|this|the|all|any) .. (list*|database*|mailing*|crm|system*|record*|newsletter*|sequence*|distribution|campaign*|email*)
(i|we|id|wed) .. (like|want|wish|ask|request|prefer) .. (be|get) (removed|unsubscribed|deleted|taken off|opted out)
(i|we) (want|would like) (to be |to get )?(off|out of) (your|this|the) .. (list*|sequence*|mailing*|database*)
stop (emailing|mailing|contacting|messaging|spamming|bothering|pestering|harassing|writing|sending|chasing|hounding|following up) (to |with )?(me|us|this (address|account|person|inbox)|adr|my|here|now|immediately|please|at once|altogether|(any|your|these|those|this|more|such|all) .. (email*|mail*|message*|stuff|spam|newsletter*|thing*|offer*|pitch*|anything)|email*|mail*|message*|spam|newsletter*|$)
stop (these|your|this|the|all|with the|with these|with your) .. (email*|mails|mail|message*|spam|newsletter*|mailing*|outreach|communication*|follow ups)
stop reaching out
(do not|dont|never|not to|to not|not) (ever )?(email|mail|contact|write|message|approach|solicit|bother|disturb|pester|spam|reach out) (to )?(me|us|this (address|person|inbox|mailbox|account)|adr|my|our|anyone|anybody|again|any (more|further|longer)|anymore|here|him|her|them|tom|$)
(do not|dont|never) .. (email|mail|contact|write|message|approach) .. (again|anymore|any more|any further|ever)
(do not|dont|never) .. send .. (me|us|my|our|adr|this (address|inbox)) .. (email*|mail*|message*|newsletter*|offer*|anything|spam|stuff|marketing|material)
(do not|dont|never) send (me|us|any|anything|more|further) .. (more|again|anymore|email*|mails|messages|newsletter*|offers|anything|else|marketing)
(do not|dont) (bother|keep|continue|carry on) (me|us|emailing|writing|contacting|mailing|sending|to (email|write|contact|mail|send))
(do not|dont) follow up .. (again|anymore|any more|any further|with me)
(if|that|when) (you|your team|you all) (could |would |can |will |just |please )?(didnt|did not|dont|do not|wouldnt|would not|stopped|stop|no longer|never|not|ceased|cease|refrained|refrain) .. (write|writing|email*|mail*|contact*|send|sending|sent|messag*|reach*|approach*|wrote)
(could|would|can|will) you (please |kindly )?(not|no longer|never) (email|write|contact|mail|send|message)
not (be|to be|being|want to be|wish to be) (contacted|emailed|mailed|approached|written to|solicited|on your (list|mailing))
(i|we|id|wed|please|and|but|also|really|honestly|^) .. (dont|do not|no longer|would rather not|rather not|prefer not to|prefer not|not) .. (want|wish|care|need|like|agree|consent|receive|hear|get) .. (your|more|further|any|such|these|this|marketing|promotional|commercial|unsolicited) .. (email*|mails|mail|message*|newsletter*|communication*|contact*|offer*|mailing*|correspondence|anything|pitch*|approach*)
(dont|do not|no longer|never|rather not|prefer not to|not to|nor) .. (hear|hearing) .. from (you|your|brightpath|this company)
(dont|do not|no longer|not|never) .. (want|wish|like|care|agree|consent|prefer) .. (email*|mails|messages|anything|newsletter*) (from you|like (this|these)|again|anymore|of this)
(would|id|wed|ill) .. (prefer|rather|appreciate) .. not .. (receive|get|be contacted|be emailed|hear|receiving|getting|hearing)
(have|had|got) no (wish|desire|intention) to (receive|hear|be contacted|be emailed|get)
(no|not) interest* .. (stop|dont|do not|never|no more) .. (email*|mail*|contact*|writ*|send*)
(no more|no further) (email*|mails|mail|message*|contact|communication*|correspondence|newsletter*|marketing|solicitation*|offers|advertising|spam|pitches|follow ups) .. (please|thanks|thank|from you|from your|for me|to me|to us|to this)
(please|thanks|receive|send|want|with|and|^) (me |us |please )?(no more|no further) (email*|mails|mail|message*|contact|communication*|correspondence|newsletter*|marketing|solicitation*|pitches|follow ups|of (these|this|your))
no need to (email|write|contact|mail|message|send) .. (again|anymore|any more|any further|further)
(i|we|id|wed|im|ill|please|kindly|me|us|let me) .. opt(ing|ed)? (me |us )?out
opt (me|us|my|our|this|adr) .. out
(this|my|our) .. (opt out|unsubscribe request|removal request|request to be (removed|unsubscribed))
opt out (please|request|$)
lose (my|our|this) (address|email|number|contact*|details)
leave (me|us) (alone|in peace|be)
(cease|discontinue|terminate|end) .. (contact|contacting|communication*|correspondence|emailing|mailing*|emails|mails|sending) .. (me|us|with me|with us|at once|immediately|now|address|forthwith|$)
(cease|discontinue|stop) (all|any) (further )?(contact|communication*|correspondence|email*|mailing*|marketing)
(refrain|desist) from .. (contact*|email*|send*|writ*|mailing|further)
(add|put) .. (me|us|my|our|this|adr) .. (do not (contact|email|mail)|suppression|blocklist|block list|blacklist|opt out|dnc)
(withdraw|revoke|withdrawing|revoking) .. consent
(i|we) .. (object|objecting) to .. (processing|direct marketing|marketing|use of|profiling|email*)
(erase|delete|remove|destroy|wipe|purge) .. (my|our|all|any|the) .. (personal data|personal information|data|information|details|records*) .. (you (hold|have|store|keep|process*|collected)|about me|on me|about us|concerning me|relating to me|of mine|from your)
(erase|delete|wipe|purge|destroy) (all )?(of )?(my|our) .. (data|information|details|record*|profile|account|contact*|personal)
(erase|delete|wipe|purge|destroy|remove) everything .. (you|about me|on me|of mine)
(erasure|deletion|removal) (request|of (my|our|all|any)) .. (data|information|details|record*|address*|personal)
(i|we|id) .. (request|requesting|demand|demanding|require|ask|exercise|exercising|invoke|invoking|want|hereby|insist) .. (erasure|deletion|erase|erased|delete|deleted|be forgotten|removal|removed)
(my|our) right (to (be forgotten|erasure|object|deletion)|of erasure)
(please|pls|kindly) cancel (my|this|the|our) .. (subscription|newsletter|mailing*|emails)
forget (that i exist|about me|me|my address)
""",
    "not interested .. (remove|stop|take me|unsubscribe)",
)
_GERMAN = phrases(
    """
(mich|uns|bitte|meine|unsere|diese|adr) .. (abmelden|austragen|abbestellen|abzumelden|auszutragen|abgemeldet|ausgetragen)
(melden|tragen|nehmen|streichen|loschen|entfernen|sperren) sie .. (mich|uns|meine|unsere|diese*|samtliche|alle meine|adr|unverzuglich|umgehend|sofort)
(nimm|nehmt|tragt|trag|losch|loscht|streich|streicht|entfern*|meldet|melde) .. (mich|uns|meine|unsere|diese|adr)
(bitte|sie|ich) .. (mich|uns|meine|unsere|mein|adr|diese adresse) .. (loschen|entfernen|streichen|rausnehmen|herausnehmen|rauszunehmen|herauszunehmen|zu loschen|zu streichen|zu entfernen|sperren)
bitte (um )?(die )?(loschung|streichung|entfernung|abmeldung|austragung)
(bitte|fordere|verlange|beantrage|erbitte) .. (loschung|streichung|austragung) .. (meiner|unserer|aller|samtlicher|der)
(mich|uns|meine|unsere|adr) .. (aus|von) .. (verteiler*|mailverteiler*|liste|adressliste|datenbank|mailingliste|kartei|system|datenbestand*|emailliste|mailliste)
(aus|von) (ihrem|eurem|ihrer|eurer|ihren) .. (verteiler*|mailverteiler*|liste|adressliste|datenbank|mailingliste|kartei) .. (nehmen|loschen|entfernen|streichen|austragen|genommen|gestrichen|geloscht)
(bitte|ich|wir|mochte|mochten|will|wollen|wunsche|wunschen|senden|schicken|mir|uns|^) .. keine (weiteren |weitere |einzige |werbe)?(emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontaktaufnahme*|kontaktversuche|angebote|post|werbemails?|schreiben|anfragen|anschreiben) .. (mehr|erhalten|schicken|senden|wunsche*|bekommen|von ihnen|von euch|zusenden|zuschicken|bitte)
^(bitte )?keine (weiteren|weitere) (emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontakt*|angebote|anschreiben)
^(bitte )?keine (emails?|mails?|werbung|nachrichten|newsletter) mehr
(schreiben|kontaktieren|schicken|senden|mailen|belastigen|behelligen|schreib|schreibt|schickt|kontaktiert) (sie )?(mir|mich|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|keine|nichts mehr|kein)
(mich|mir|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|kunftig nicht|in zukunft nicht) .. (kontaktier*|anschreib*|schreib*|angeschrieben|zu schreiben|zu kontaktieren|schicken|senden|zusenden|anmailen|behelligen|belastigen)
(mochte|will|mochten|wollen|wunsche|wunschen) .. (nicht (mehr|langer|weiter|wieder)|nichts mehr|keinen kontakt|keinerlei|nie (mehr|wieder)) .. (von ihnen|erhalten|bekommen|horen|angeschrieben|kontaktiert|hore|lesen)
(mochte|will|mochten|wollen|wunsche|wunschen) (ich |wir )?(von ihnen )?(nicht mehr|nichts mehr|keinen kontakt|keine (weitere )?kontakt*)
(von|auf) (weiteren|weitere|kunftigen|kunftige|ihre|ihren|jeglichen|jegliche) .. (mails|emails|nachrichten|kontakt*|anfragen|zusendungen|schreiben|anschreiben|angebote*) .. (absehen|abzusehen|verzichten|zu verzichten|abstand)
(unterlassen|beenden|stoppen) sie .. (weitere*|bitte|jede*|kunftig*|diese|ihre|kontakt*|zusendung*)
(sehen|nehmen) sie .. (von|abstand) .. (weiteren|kontakt*|zusendung*|mails|emails) .. (ab|abstand|absehen)
widersprech* .. (nutzung|verarbeitung|verwendung|speicherung|zusendung|werbung|daten*|kontakt*)
(nutzung|verarbeitung|verwendung|speicherung) .. (daten|adresse|emailadresse) .. widersprech*
widerspruch .. (gegen|nach|gemass) .. (nutzung|verarbeitung|art*|werb*|daten*)
widerruf* .. (einwilligung|zustimmung)
(loschung|loschen|loschen sie) .. (meiner|meine|aller|alle|samtliche*|unserer|unsere|mich betreffenden) .. (daten|personenbezogen*|adresse|angaben|kontaktdaten|emailadresse)
(daten|kontaktdaten|emailadresse|adresse|angaben) .. (loschen|zu loschen|geloscht werden|gestrichen werden)
(recht auf) (loschung|vergessen*|widerspruch)
lassen sie (mich|uns) .. in (ruhe|frieden)
(verzichten|verzichte) .. (auf|gern) .. (weitere|ihre) .. (mails|emails|nachrichten|zusendungen|kontakt*)
(newsletter|abo) (abbestellen|kundigen|abmelden)
"""
)
_FRENCH = phrases(
    """
(me|nous) (desinscrire|desabonner|retirer|supprimer|enlever|rayer|radier|effacer|desinscrivez|desinscriviez|retiriez|supprimiez)
(desinscrivez|desabonnez|retirez|supprimez|enlevez|rayez|effacez|otez|radiez|desinscris|retire|supprime|enleve) (moi|nous|mon|mes|notre|nos|cette adresse|adr)
(supprimer|retirer|effacer|enlever|supprimez|retirez|effacez|enlevez|rayer|radier) .. (mon|mes|nos|notre|toutes mes|lensemble de mes) .. (adresse*|donnees|coordonnees|email|mail|nom|contact|informations)
(suppression|effacement|retrait) .. (mes|de mes|mon|de mon|nos|toutes les) .. (donnees|coordonnees|adresse*|informations|email)
(ne) (plus|pas) .. (mecrire|me contacter|menvoyer|me solliciter|me relancer|nous contacter|nous ecrire|nous envoyer|nous solliciter|me deranger|me demarcher|recevoir|etre contact*|etre sollicit*|etre demarch*|figurer)
ne (mecri*|me contact*|menvoy*|me sollicit*|me relanc*|me derang*|nous contact*|nous ecri*|nous envoy*|nous sollicit*|nous relanc*|me demarch*) .. (plus|pas|jamais)
ne (souhait*|veux|desir*|voulons|voudrais|veut|tiens|tenons) .. (plus|pas|jamais) .. (recevoir|etre contact*|etre sollicit*|etre demarch*|de vos nouvelles|vos (mails|messages|emails|courriels)|de (mails|messages|courriels)|que vous)
ne (souhait*|veux|voulons|desir*) (plus|pas) (de vos|vos|aucun|de messages|de mails|entendre)
(cessez|cesser|cesse|arretez|arreter|arrete|stoppez) .. (de|dy) .. (mecrire|menvoyer|me contacter|me solliciter|me relancer|nous ecrire|nous envoyer|nous contacter|nous solliciter|mimportuner|me harceler|me spammer)
(cessez|arretez|stoppez|stop) (a |aux |avec )?(vos|les|ces|cette|toute|tout) .. (mails|messages|envois|courriels|emails|sollicitations|relances|prospection|contact|publicite|demarchage)
(plus|aucun|aucune) (aucun |aucune |de |autre )?(mail|mails|message|messages|courriel*|email*|sollicitation*|publicite|relance*|communication) .. (de votre part|svp|sil vous plait|merci|desormais|a lavenir)
^(merci de )?(plus de|plus aucun) (mail*|message*|courriel*|email*|sollicitation*)
droit (a leffacement|a loubli|dopposition)
(je|nous) .. (moppose|nous opposons) .. (a|au)
(retire|retirons|revoque) .. consentement
laissez (moi|nous) (tranquille*|en paix)
(retirez|enlevez|supprimez|sortez|retirer|enlever|sortir|radiez|rayez) .. (de|des) (votre|vos|la|cette|toutes vos) .. (liste*|base*|fichier*|mailing*|newsletter)
(desinscription|desabonnement|desinscrire|desabonner) .. (svp|sil vous plait|merci|immediat*|de votre|de vos)
(merci|veuillez|priere|souhaite|voudrais|demande) .. (desinscription|desabonnement|desinscrire|desabonner)
"""
)
_SPANISH = phrases(
    """
(darme|darnos|dame|dadme|deme|denme|dennos|danos|dadnos|dar) .. de baja
(me|nos) .. (de|den|deis|des|doy|damos|dan|das|dais) de baja
(quiero|quisiera|deseo|solicito|ruego|pido|necesito|queremos|solicitamos|tramit*) .. (la|mi|una|darme|dar)? ?(de )?baja
baja .. (de (su|vuestra|tu|la|esta) .. (lista|base|boletin)|inmediata|por favor|definitiva)
(borrame|borradme|borreme|borrenme|eliminame|eliminadme|elimineme|eliminenme|quitame|quitadme|quiteme|quitenme|saquenme|sacame|saqueme|sacadme|suprimame|borrarme|eliminarme|quitarme|sacarme|suprimirme|borrarnos|eliminarnos|quitarnos|borrennos|quitennos|eliminennos)
(elimin*|borr*|supr*|quit*|retir*|cancel*) .. (mi|mis|nuestr*|esta|todos mis) .. (direccion|datos|correo|email|nombre|contacto|informacion|suscripcion|mail)
(supresion|eliminacion|borrado|cancelacion) .. (mis|de mis|mi|nuestros|todos mis) .. (datos|direccion|correo)
no (quiero|deseo|queremos|deseamos|quisiera|me interesa|necesito) (volver a )?(recibir|seguir|que me|que nos|mas (correo*|mensaje*|email*|publicidad|mail*|informacion)|saber)
(ya no|no) .. (quiero|deseo|queremos|deseamos) .. (recibir|mas (correo*|mensaje*|email*|publicidad))
no (me|nos) .. (escrib*|contact*|envi*|mand*|molest*|vuelv*) .. (mas|nunca|de nuevo|otra|nada|correo*|email*|mensaje*)
(deja|deje|dejen|dejad|dejar) .. (de) .. (escribir*|enviar*|mandar*|contactar*|molestar*)
no (volvais|vuelvas|vuelva|vuelvan) a (escribir*|contactar*|enviar*|mandar*|molestar*|dirigir*)
no .. (escribais|escribas|escriban|escriba|contacteis|contacten|contacte|contactes|envieis|envien|envie|envies|mandeis|manden|mande) mas
(escribais|escriban|contacten|contacteis|envien|envieis|manden|mandeis|molesten|molesteis) mas
ni (un|una) .. (correo|mensaje|email|mail) mas
^(por favor )?(no mas|basta de|ningun) (correo*|mensaje*|email*|publicidad|mail*)
(no|ningun) .. mas (correos|mensajes|emails|publicidad) (por favor|gracias|vuestros|suyos)
derecho (de|al|a la|a) .. (supresion|olvido|oposicion|cancelacion)
(ejerz*|ejerc*) .. derecho*
(retiro|revoco) .. consentimiento
(dejadme|dejenme|dejeme|dejame) en paz
me opongo al .. (tratamiento|uso|envio)
(fuera|sacar|salir) de (su|vuestra|tu|esta) .. lista
"""
)
_ITALIAN = phrases(
    """
(cancellarmi|cancellarci|cancellatemi|cancellami|cancellateci|rimuovermi|rimuovetemi|rimuovimi|rimuoverci|toglietemi|togliermi|toglimi|toglierci|eliminatemi|eliminarmi|eliminami|disiscrivetemi|disiscrivermi|disiscrivimi|disiscrivermi|depennarmi|depennatemi|escludetemi|escludermi)
(mi|ci) .. (cancelli|cancelliate|cancellate|cancellare|rimuova|rimuoviate|rimuovete|rimuovere|tolga|togliate|togliete|togliere|elimini|eliminiate|eliminate|disiscriva|disiscriviate|disiscrivete)
(cancell*|rimuov*|elimin*|tolg*|togliere|depenn*) .. (mio|mia|miei|nostro|nostra|nostri|presente|questo|tutti i miei) .. (indirizzo|dati|email|contatt*|nominativo|mail|recapit*|casella|iscrizione)
(cancellazione|rimozione|eliminazione) .. (dei miei|mio|miei|mia|dei nostri|di tutti|dalla|dal|dalle) .. (dati|indirizzo|nominativo|lista|mailing|email|database)
non .. (scrivetemi|scriveteci|scrivermi|scriverci|contattatemi|contattateci|contattarmi|contattarci|inviatemi|inviateci|inviarmi|inviarci|mandatemi|mandateci|mandarmi|mandarci|disturbarmi|disturbatemi|importunarmi)
non (mi|ci) .. (scriv*|contatt*|invi*|mand*|disturb*|importun*) .. (piu|altro|altre|altri|ulteriori|ulteriormente)
non .. (desidero|voglio|desideriamo|vogliamo|intendo|gradisco|gradiamo) .. (ricever*|essere contattat*|altre|altri|ulteriori|avere|sentir*)
non .. (desidero|voglio|desideriamo|vogliamo) piu
(smett*|piantat*) .. (di|la|con) .. (scriver*|inviar*|mandar*|contattar*|mail|email|messaggi)
^(basta|niente|nessun*|stop a*) .. (mail|email|messaggi|pubblicita|comunicazion*|newsletter)
(nessun*|niente) (altra|ulteriore|piu|altre) (mail|email|comunicazion*|messaggi*)
diritto (alla cancellazione|alloblio|di opposizione|di cancellazione)
(revoco|ritiro) .. consenso
mi oppongo al .. (trattamento|uso|invio)
(lasciatemi|lasciateci|mi lasci) in pace
(fuori|via) dalla .. (lista|mailing)
"""
)
_PORTUGUESE = phrases(
    """
(remov*|retir*|tir*|exclu*|elimin*|apag*|descadastr*|cancel*) (me|nos|o meu|a minha|meu|minha|meus|os meus|nosso*|este)
(remov*|retir*|tir*|exclu*|elimin*|apag*|cancel*) .. (meu|minha|meus|nosso|nossos|nossa|este) .. (email|endereco|nome|contacto|contato|dados|cadastro|subscricao|inscricao|assinatura|registo)
(me|nos) (remova*|remover|remove|tire*|tirar|retire*|retirar|exclua*|excluir|descadastr*|elimine*|apague*)
(apagamento|eliminacao|remocao|exclusao) .. (dos meus|meus|dos nossos|do meu|dos) .. (dados|email|endereco|contacto)
nao .. (quero|desejo|pretendo|queremos|gostaria|desejamos|pretendemos|tenciono) .. (receber|ser contact*|ser contat*|continuar|que me|mais (email*|mensage*|contact*))
nao (me|nos|voltem|volte|voltes) .. (escrev*|contact*|contat*|envi*|mand*|incomod*) .. (mais|novamente|de novo|nada|email*|mensage*)
nao (voltem|volte|voltes) a .. (escrever|contactar|contatar|enviar|mandar|incomodar)
nao .. (escrevam|escreva|contactem|contacte|contatem|enviem|envie|mandem|mande|incomodem) .. (mais|novamente|me)
(parem|pare|para|parar|deixem|deixe) (de|com) .. (enviar*|mandar*|escrever*|contactar*|contatar*|incomodar*|email*|mensage*|os)
(sair|tirar|retirar|saia|fora) (da|desta|dessa) .. lista
direito (ao|de|a) .. (apagamento|esquecimento|oposicao|eliminacao)
(retiro|revogo) .. consentimento
^(nao mais|chega de|sem mais) (email*|mensage*)
deixem (me|nos) em paz
(quero|gostaria de|desejo|pretendo) (me )?(descadastrar|cancelar (a )?(minha )?(subscricao|inscricao|assinatura))
"""
)
_DUTCH = phrases(
    """
(schrijf|schrijft|meld|haal|verwijder|verwijdert|schrap|wis|neem|gooi|zet) (u |je |jullie |alstublieft |aub )?(mij|me|ons|mijn|onze|dit) .. (uit|af|van|adres*|gegevens|naam|email*|mail*)
(mij|me|ons|mijn|onze) .. (uitschrijven|afmelden|verwijderen|schrappen|wissen|uit te schrijven|af te melden|te verwijderen|te schrappen|te wissen|uitgeschreven)
(verwijder|verwijderen|wis|wissen|schrap|verwijdering) .. (mijn|onze|mij|alle|van mijn) .. (gegevens|adres*|emailadres|data|persoonsgegevens|naam)
(mijn|onze) .. (gegevens|emailadres|mailadres|adres|persoonsgegevens) .. (verwijderen|verwijdert|wissen|wist|schrappen|te verwijderen|te wissen|verwijderd|gewist)
geen .. (emails|mails|mailtjes|mail|email|berichten|nieuwsbrieven|post|reclame|aanbiedingen|contact) .. (meer|ontvangen|sturen|te sturen|van u|van jullie|a*)
(mail|schrijf|stuur|benader|contacteer|mailt|stuurt|benadert) (u |je |jullie )?(mij|me|ons) .. (niet meer|nooit meer|niets meer|geen|niet langer|niet opnieuw|niet weer)
(mij|me|ons) .. (niet meer|nooit meer|niet langer|niet weer) .. (mailen|benader*|contacteren|te mailen|te benaderen|te schrijven|schrijven|lastig*)
niet meer (mailen|gemaild|benaderd|benaderen|te mailen|te benaderen|contacteren|aanschrijven|aangeschreven)
(wil|willen|wens|wensen|hoef|zou) .. (niet|niets|geen|niks) .. (meer) .. (ontvangen|horen|gemaild|benaderd|van u|van jullie|krijgen)
(stop|stoppen|hou op|houd op|ophouden) .. (met|het) .. (mailen|sturen|schrijven|mails|berichten|emails|benaderen)
van (uw|jullie|je|de) .. (lijst|mailinglijst|maillijst|verzendlijst|adressenlijst) .. (af|halen|gehaald|verwijder*|schrappen|te halen)
(van|uit) (uw|jullie|de) .. (mailinglijst|maillijst|verzendlijst|bestand|database|mailbestand)
recht op .. (vergetelheid|gegevenswissing|wissing|verwijdering|bezwaar)
(maak|teken|maken) .. bezwaar .. (tegen|aan)
trek .. toestemming .. in
laat (mij|me|ons) .. met rust
(graag|wil|wens) .. (uitschrijven|afmelden|uitgeschreven worden)
"""
)
_POLISH = phrases(
    """
(wypis*|usun*|wykresl*|skresl*|wyrejestr*|usuw*) .. (mnie|nas|moj|moje|mojego|moich|nasz*|ten adres|adr)
(wypisanie|usuniecie|wykreslenie|skreslenie) .. (mnie|nas|moich|mojego|z listy|z bazy|danych|adresu)
nie zycz* sobie
nie chc* .. (otrzymywac|dostawac|wiecej|byc|zadnych|takich|waszych|panstwa)
(prosze|prosimy) .. (nie|o nie|zaprzestac|przestac) .. (pisac|pisz*|wysylac|wysyl*|przysyl*|kontakt*|niepokoic|pisanie|nagabywac|wysylani*)
prosze o (niewysylanie|nieprzysylanie|niepisanie|zaprzestanie|wypisanie|rezygnac*|niekontaktowanie)
(nie|niech) .. (pisz*|wysylaj*|przysylaj*|kontaktuj*) .. (wiecej|juz|do mnie|mi|ze mna|do nas)
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
(nechci|nechceme) .. (dostavat|dalsi|vice|od vas|abyste|byt|uz|vase|zadne|odebirat)
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
(ta bort|stryk|radera|avregistrera|avanmal|plocka bort|slett|slet|fjern|afmeld|frameld|avmeld|meld|stryg|tag) .. (mig|oss|os|meg|min|mina|mitt|mine|vores|vare|denna|denne|den har|adr)
(vill|onskar|onsker|vil|onskjer|behover|gider) .. (inte|ej|ikke|ikkje|icke) .. (fa|ha|ta emot|motta|modtage|bli|blive|fler|flere|hora|hore|have|langre|laengere|lenger|mer|mere|nagra|noen) .. (mejl|mail|mails|mejlen|epost|e post|kontakt*|utskick|meddelanden|beskeder|fran er|fra jer|fra dere|fra dig|av er|henvendelser|nyhetsbrev|nyhedsbrev*|meldinger|dessa|sadana|flere|fler|mer|igen|hore|hora)
(vill|onskar|onsker|vil) .. (inte|ej|ikke) .. (fa|ha|modtage|motta|hora|hore|kontaktas|kontaktes|bli|blive|vara|vaere|sta|sta kvar) .. (er|dig|jer|dere|mer|mere|igen|flere|fler|langre|laengere|lenger|lista*|liste*|kontakt*)
(kontakta|mejla|maila|skriv|skicka|stor|kontakt|send|mail|skrive|kontakte|sende) .. (inte|ej|ikke|aldrig|aldri) .. (mig|oss|os|meg|till|til|fler|flere|mer|mere|igen|igjen|langre|nagra|noe|noget)
(kontakta|mejla|maila|skriv|skicka|kontakt|send|mail) (mig|oss|os|meg|till mig|til mig|til meg|till oss) .. (inte|ej|ikke|aldrig|aldri)
(inga|inte|ingen|ikke|ikke sende) (fler|mer|flere|mere) (mejl|mail|mails|utskick|meddelanden|brev|beskeder|henvendelser|meldinger|e post*|epost*|emails)
(sluta|upphor|stop|stopp|hold op|slutt|undlad|undga|lat bli|lad vaere) .. (med|att|at|a) .. (skicka|mejla|maila|kontakta|skriva|sende|skrive|kontakte|maile|hora av|mejl|mails)
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
(en|emme) .. (halua|toivo|haluaisi|tahdo) .. (enaa|saada|lisaa|vastaanottaa|teilta|viesteja*|mainoks*|sahkopost*|postia)
(alkaa|ala) .. (lahettako|laheta|kirjoittako|kirjoita|ottako|ota|hairitko|hairitse|lahestyko|lahesty)
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
(artik|bir daha|lutfen|bana|bize|tekrar) .. (atmayin*|gondermeyin*|yollamayin*|yazmayin*|gonderme|atma|rahatsiz etmeyin*|gecmeyin*|ulasmayin*)
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
(by|per|on the|via|over the) (phone|telephone|mobile|whatsapp|linkedin|sms|text)
(contact|write|email|mail|call|reach|ring|chase|message|bother|follow up|send) .. (until|till|before|unless) .. (january|february|march|april|may|june|july|august|september|october|november|december|q1|q2|q3|q4|then|next|the|after|we|you|i|monday|tuesday|wednesday|thursday|friday|weekend)
in (english|german|french|spanish|italian|dutch|turkish|polish)
(off|from) (the |this )?(cc|copy|call|invite|invitation|calendar|meeting|thread|chain|agenda|speaker*|shortlist|hook)
(dont|do not|didnt|did not|not asking|no need|never|not going|not planning|not trying|almost|nearly|wont|will not|havent|not) (want |wish |mean |asking |going |planning |trying |to )?(to )?(unsubscribe|opt out|remove me|take me off|delete me|unsubscribed)
(dont|do not|please dont|never) (remove|delete|take|drop|unsubscribe) (me|us|my|our)
(was|were) (about|going|tempted|close) to .. unsubscribe
opt out of (the|a|an|our) .. (contract|plan|clause|trial|pilot|renewal|period|scheme|programme|program)
(nicht|keineswegs) .. (aus .. verteiler|abmelden) .. (mochte|will|wollte)
(telefonisch|anrufen|par telephone|por telefono|per telefono|telefonisch*|telefonicznie)
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
