"""How people ask not to be written to: in German, Dutch and the languages of the North."""

from __future__ import annotations

from shared.policy.mail_kind.folded import phrases

GERMAN = phrases(
    """
(mich|uns|bitte|meine|unsere|diese|adr) .. (abmelden|austragen|abbestellen|abzumelden|auszutragen|
    abgemeldet|ausgetragen)
melden sie (bitte )?(mich|uns|diese adresse|adr) .. ab
melde* (bitte )?(mich|uns) (bitte )?ab $
(tragen|trag|tragt) (sie )?(bitte )?(mich|uns|meine|unsere|diese*|adr) .. aus
(nehmen|nimm|nehmt) (sie )?(bitte )?(mich|uns|meine adresse|meine emailadresse|unsere adresse|
    diese adresse|adr) .. (aus|von|heraus|raus|runter)
(streichen|loschen|entfernen|sperren|losch|loscht|streich|streicht|entfern*) (sie )?(bitte )?(umgehend |
    sofort |unverzuglich )?(mich|uns|meine*|unsere (adresse|emailadresse|daten|kontaktdaten)|diese adresse|
    diese emailadresse|samtliche|alle (meine|uber mich|zu mir|personen)*|adr)
(bitte|sie) .. (mich|uns|meine|unsere adresse|mein|adr|diese adresse) .. (loschen|entfernen|streichen|
    rausnehmen|herausnehmen|rauszunehmen|herauszunehmen|zu loschen|zu streichen|zu entfernen|sperren)
bitte (um )?(die |sofortige |umgehende )?(streichung|abmeldung|austragung|loschung (meiner|aller|aus))
(bitte|fordere|verlange|beantrage|erbitte) .. (loschung|streichung|austragung) .. (meiner|unserer|aller|
    samtlicher|der)
(mich|uns|meine|unsere|adr) .. (aus|von) .. (verteiler*|mailverteiler*|adressliste|mailingliste|emailliste|
    mailliste|newsletter)
(aus|von) (ihrem|eurem|ihrer|eurer|ihren) .. (verteiler*|mailverteiler*|liste|adressliste|datenbank|
    mailingliste|kartei|emailliste) .. (nehmen|loschen|entfernen|streichen|austragen|genommen|gestrichen|
    geloscht)
(bitte|mochte|mochten|will|wollen|wunsche|wunschen|senden|schicken|schickt|sendet) .. keine (weiteren |
    weitere |einzige )(emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontaktaufnahme*|
    kontaktversuche|angebote|post|werbemails?|schreiben|anfragen|anschreiben)
(bitte|mochte|mochten|will|wollen|wunsche|wunschen|senden|schicken|schickt|sendet) .. keine (emails?|
    mails?|nachrichten|werbung|newsletter|zusendungen|angebote|post|werbemails?|anfragen|
    kontaktaufnahme) .. (mehr|von ihnen|von euch|zusenden|zuschicken)
^(bitte )?keine (weiteren|weitere) (emails?|mails?|nachrichten|werbung|newsletter|zusendungen|kontakt*|
    angebote|anschreiben)
^(bitte )?keine (emails?|mails?|werbung|nachrichten|newsletter) mehr
(schreiben|kontaktieren|schicken|senden|mailen|belastigen|behelligen|schreib|schreibt|schickt|
    kontaktiert) (sie )?(mir|mich|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|nichts mehr|
    keine .. mehr|keine weiteren)
(horen|hort|hor) (sie )?(bitte |endlich )?auf (mir|mich|uns) (zu )?(schreiben|mailen|kontaktieren|belastigen)
^(bitte )?(streichen|loschen|austragen|abmelden|abbestellen|entfernen)( danke| bitte)? $
(bitte|bitten|mich|uns) .. aus (der|ihrer|eurer|dem|ihrem|eurem) (liste|kartei|verteiler|mailingliste|
    datenbank|adressliste) .. (nehmen|streichen|loschen|entfernen|austragen|raus|$)
(kunftig|ab sofort|in zukunft|zukunftig) .. keine* .. (werbung|mails|emails|nachrichten|newsletter|
    angebote|post|zusendungen)
(entfernung|herausnahme|loschung|streichung) .. aus .. (verteiler*|liste|mailingliste|datenbank|kartei|
    adressliste)
(bitte) (mich |uns )?(nicht mehr|nie wieder|nicht wieder|kunftig nicht) (mehr )?(anschreiben|kontaktieren|
    anmailen|schreiben|belastigen|melden)
(mich|mir|uns) .. (nicht (mehr|wieder|weiter|langer)|nie (mehr|wieder)|kunftig nicht|
    in zukunft nicht) .. (kontaktier*|anschreib*|angeschrieben|zu schreiben|zu kontaktieren|zuschicken|
    zusenden|anmailen|behelligen|belastigen|schreiben)
(mochte|will|mochten|wollen|wunsche|wunschen) .. (nicht (mehr|langer|weiter|wieder)|nichts mehr|
    keinen kontakt|keinerlei|nie (mehr|wieder)) .. (von ihnen|von euch|angeschrieben|kontaktiert|kontakt)
(mochte|will|mochten|wollen|wunsche|wunschen) .. (nicht (mehr|langer|weiter)|keine) .. (ihre|weiteren|
    weitere|solche|solchen|diese|derartige*|euren|ihren) .. (mails|emails|nachrichten|werbung|newsletter|
    zusendungen|werbemails)
(von|auf) (weiteren|weitere|kunftigen|kunftige|ihre|ihren|jeglichen|jegliche) .. (mails|emails|nachrichten|
    kontakt*|anfragen|zusendungen|schreiben|anschreiben|angebote*) .. (absehen|abzusehen|verzichten|
    zu verzichten|abstand)
(unterlassen|beenden|stoppen) sie .. (weitere*|bitte|jede*|kunftig*|diese|ihre|kontakt*|zusendung*)
(sehen|nehmen) sie .. (von|abstand) .. (weiteren|kontakt*|zusendung*|mails|emails) .. (ab|abstand|absehen)
widersprech* .. (nutzung|verarbeitung|verwendung|speicherung|zusendung|werbung|daten*|kontakt*)
(nutzung|verarbeitung|verwendung|speicherung) .. (daten|adresse|emailadresse) .. widersprech*
widerspruch .. (gegen|nach|gemass) .. (nutzung|verarbeitung|art*|werb*|daten*)
widerruf* .. (einwilligung|zustimmung)
(loschung|loschen|loschen sie) .. (meiner|meine|samtliche*|mich betreffenden|uber mich|zu mir) .. (daten|
    personenbezogen*|adresse|angaben|kontaktdaten|emailadresse)
(meine|mich betreffende*|samtliche|zu meiner person) .. (daten|kontaktdaten|emailadresse|adresse|
    angaben) .. (loschen|zu loschen|geloscht werden|gestrichen werden|gespeicherten)
(mein|meinem|meines) .. recht auf (loschung|vergessen*|widerspruch)
(wunsche|wunschen|mochte|mochten|will|wollen) .. (keine|keinen|keinerlei) .. (werbung|werbemails|werbepost|
    kontakt|kontaktaufnahme|newsletter|zusendungen)
^bitte (kunftig|in zukunft|ab sofort) (nicht mehr|keine mehr) $
(schreiben|kontaktieren|mailen|schreib|schreibt|kontaktiert) (sie )?(uns|mich|mir) .. (nicht noch einmal|
    nicht nochmal|kein weiteres mal|nicht erneut|nicht wieder)
(sehen|bitte|bitten) .. (davon) .. (ab|abzusehen|absehen) .. (anzuschreiben|zu kontaktieren|zu schreiben|
    schreiben|kontaktieren|senden)
(mich|uns) (weiter|weiterhin|erneut|nochmals|noch einmal) (anzuschreiben|zu kontaktieren|zu belastigen)
(mochte|will|wollen|mochten) (bitte |gern |gerne )?aus (dem|ihrem|eurem|diesem) (verteiler|mailverteiler|
    newsletter)
lassen sie (mich|uns) .. in (ruhe|frieden)
(verzichten|verzichte) .. (auf|gern) .. (weitere|ihre) .. (mails|emails|nachrichten|zusendungen|kontakt*)
(newsletter|abo) (bitte )?(abbestellen|kundigen|abmelden)
"""
)
_DUTCH_MAILS = (
    "(emails|mails|mailtjes|mail|email|berichten|nieuwsbrieven|nieuwsbrief|reclame|aanbiedingen|"
    "berichtjes|post)"
)
DUTCH = phrases(
    f"""
schrijf(t)? (u |je |jullie )?(mij|me|ons) .. uit
meld(t)? (u |je |jullie )?(mij|me|ons) .. af
(haal|halen|haalt|gooi|neem) (u |je |jullie |alstublieft |aub )?(mij|me|ons|mijn adres|mijn naam|
    mijn mail*) .. (van|uit|af)
(uit|van) (uw|jullie) (systeem|bestanden|bestand|administratie|contacten) .. (halen|verwijderen|wissen|
    schrappen|te halen|te verwijderen)
(haal|gooi|neem) (mijn|ons|dit) .. (adres*|naam|mailadres|gegevens) .. (weg|eraf|eruit)
^(afmelden|uitschrijven|verwijderen|schrappen)( graag| aub| alstublieft| svp| sub)? $
(verwijder|verwijdert|schrap|wis|verwijderen|wissen) (u |je |jullie |alstublieft |aub )?(mij|me|ons|mijn|
    dit adres|dit mailadres|onze (gegevens|adres*|emailadres*))
(mij|me|ons) .. (uitschrijven|afmelden|verwijderen|schrappen|uit te schrijven|af te melden|te verwijderen|
    te schrappen|uitgeschreven)
(mijn|onze) .. (gegevens|emailadres|mailadres|adres|persoonsgegevens|naam) .. (verwijderen|verwijdert|
    wissen|wist|schrappen|te verwijderen|te wissen|verwijderd|gewist)
(stel|stellen) .. geen prijs op
(niet|geen) .. (gediend|interesse) .. van .. {_DUTCH_MAILS}
geen .. {_DUTCH_MAILS} .. meer
(graag|liever|wil|willen|wens|wensen|stuur|sturen|verzoek) .. geen .. {_DUTCH_MAILS} .. (meer|ontvangen|
    sturen|te sturen|van (u|jullie|je))
(mail|schrijf|benader|contacteer|mailt|benadert|stuur) (u |je |jullie )?(mij|me|ons) .. (niet meer|
    nooit meer|niets meer|niet langer|niet opnieuw|niet weer|geen {_DUTCH_MAILS})
(mij|me|ons) .. (niet meer|nooit meer|niet langer|niet weer) .. (mailen|benader*|contacteren|te mailen|
    te benaderen|te schrijven|lastig*)
niet meer .. (gemaild|benaderd|mailen|te mailen|te benaderen|aangeschreven)
(wil|willen|wens|wensen|hoef) .. (niet|niets|niks) .. meer .. (van (u|jullie|je)|gemaild|benaderd|horen)
(stop|stoppen|hou op|houd op|ophouden) (aub |alstublieft |nu |graag )?(met|het) .. (mailen|mij|me|ons|
    mails|berichten|emails|benaderen|sturen van)
(van|uit) (uw|jullie|je|de|deze) .. (lijst|mailinglijst|maillijst|verzendlijst|adressenlijst|
    mailbestand) .. (af|halen|gehaald|verwijder*|schrappen|te halen|worden)
(van|uit) (uw|jullie) (mailinglijst|maillijst|verzendlijst|bestand|mailbestand|lijst)
(mijn|beroep) .. recht op .. (vergetelheid|gegevenswissing|wissing|verwijdering|bezwaar)
(maak|teken|maken) .. bezwaar .. (tegen|aan)
trek .. toestemming .. in
laat (mij|me|ons) .. met rust
(neem|neemt|nemen) .. geen contact .. (meer|opnieuw|weer) .. op
(graag|wil|wens) (mij |me |ons )?(graag )?(uitschrijven|afmelden|uitgeschreven worden)
"""
)
NORDIC = phrases(
    """
(ta bort|stryk|radera|avregistrera|avanmal|plocka bort|slett|slet|fjern|afmeld|frameld|avmeld|
    stryg) .. (mig|oss|os|meg|min|mina|mitt|mine|vores adresse|var adress|denna adress|denne adresse|adr)
(vil|vill|onsker|onskar|vill garna|vil gerne|bedes) .. (afmeldes|slettes|fjernes|avregistreras|tas bort|
    raderas|bli borttagen|blive slettet|bli slettet|bli fjernet|avmeldes)
(skicka|send|skriv) (inget|ingenting|intet|ingenting|ikke mere|ikke mer|aldrig) .. (mer|mere|till|til|$)
(avsluta|stoppa|upphor med|avbryt) .. (utskick*|mejl*|mail*|epost*)
(begar|kraver|krever|kraever|anmoder om|anmodar om|beder om) .. (uppgifter|personuppgifter|oplysninger|
    personoplysninger|data|personopplysninger) .. (raderas|slettes|tas bort|fjernes)
(vill|vil|onskar|onsker) (inte|ikke|ej) (bli|blive|vara|vaere) .. (kontaktad*|kontaktet|kontaktede|kontakta)
(og|och|men) (skriv|mail|mejla|kontakt) (venligst |vennligst |ikke |snalla )?(ikke|inte|ej) .. (igen|mer|
    mere|igjen)
(kontakt|skriv til|mail) (mig|os|meg|oss) (venligst |vennligst )?(ikke|aldrig|ikkje) .. (mere|mer|igen|
    igjen)
meld (mig|meg|oss|os) .. (av|fra|ut|ud)
tag (mig|os) .. (af|fra|ud) .. liste*
(vill|onskar|onsker|vil|onskjer|behover|gider) .. (inte|ej|ikke|ikkje|icke) .. (fa|ha|ta emot|motta|
    modtage|have|fler|flere|langre|laengere|lenger|mer|mere) .. (mejl|mail|mails|mejlen|epost|emails|
    e post|utskick|meddelanden|beskeder|fran er|fra jer|fra dere|fra dig|av er|henvendelser|nyhetsbrev|
    nyhedsbrev*|meldinger)
(vill|onskar|onsker|vil) .. (inte|ej|ikke) .. (kontaktas|kontaktes|bli kontaktad|bli kontaktet|
    blive kontaktet|sta kvar pa|sta pa|hora (av|fran|mer)|hore (fra|mer*)|vara med pa|vaere med pa)
(kontakta|mejla|maila|skriv|skicka|stor|kontakt|send|mail) (mig |oss |os |meg |till mig |til mig |til meg |
    till oss )?(inte|ej|ikke|aldrig|aldri) (mer|mere|igen|igjen|langre|mig|oss|meg|os|fler|flere|til mig|
    till mig|til meg|laengere|lenger)
(ikke|inte|ej) (kontakt*|skriv*|mail*|mejla*|send*) .. (mig|meg|oss|os) .. (igen|igjen|mer|mere|langre|
    flere|fler)
(inga|ingen|ikke|ikke sende) (fler|mer|flere|mere) (mejl|mail|mails|utskick|meddelanden|brev|beskeder|
    henvendelser|meldinger|e post*|epost*|emails)
(sluta|upphor|stop|stopp|hold op|slutt|undlad|undga|lat bli|lad vaere) .. (med|att|at|a) .. (skicka|mejla|
    maila|kontakta|skriva|sende|skrive|kontakte|maile|hora av) .. (mig|oss|os|meg|mejl*|mail*|fler*|disse|
    dessa|till|til|$)
(undanber|frabe*|frabeder) .. (mig|oss|os|meg|fler|flere|yderligere|vidare)
(ratt*|ret*) .. (till|til|att|at) .. (radering|bortglomd|glomd|sletning|sletting|glemt|bli glemt)
(radera|slette|slet|slett|sletting|sletning|radering) .. (uppgifter|personuppgifter|oplysninger|
    opplysninger|persondata|data|personopplysninger|personoplysninger)
(hor|horer|ta) (inte|ikke|ej) (av|fra|kontakt) .. (igen|igjen|mer|mere)
(sluta|stopp|sluta upp) (mejla|maila|skicka|kontakta|skriva) .. (mig|oss|$)
(slette|fjerne|radera|stryka|avregistrera) .. (mig|meg|mine|min|mitt|mina|vores adresse)
(bort|af|av|fra|fran|slettet fra) (fran )?(er|eran|jeres|din|deres|dina|listan|mailinglisten|
    maillisten) .. (sandlista|lista|liste|maillista|mailliste|mailingliste|utskick*|register|database)
bedes .. (fjernet|slettet|afmeldt)
(avregistrera|avprenumerera|afmelde|avmelde|framelde) .. (mig|meg|tack|venligst|snarast|nyhetsbrev*)
(aterkallar|traekker|trekker|tilbagekalder) .. samtyck*
"""
)
