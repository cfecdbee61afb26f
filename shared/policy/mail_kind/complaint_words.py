"""Single words of complaints: what accuses, what is grave, who is told of it, and what is innocent."""

from __future__ import annotations

from shared.policy.mail_kind.folded import any_of, phrases, runs

ACCUSING = phrases(
    """
(spam|uce|ube)
(spammer*|spammed|spamming)
(harass*|belastig*|harcel*|acoso|molestie|assedio|nekanie|obtezovani|trakasser*|chikane|hairinta*|taciz)
(illegal|illegally|unlawful*|against the law|rechtswidrig|illegale|ilegal|illegaal|nielegaln*|nezakonn*|
    olaglig*|ulovlig*|laiton*|yasadisi)
(never|without|no|not|ever) .. (consent*|consented|permission|opted in|agreed to|signed up|subscribed)
(nie|ohne|keine) .. (einwilligung|zugestimmt|zustimmung|eingewilligt)
(jamais|sans) .. (consent*|accord|autoris*)
(nunca|sin|sem|nao|jamais) .. (consent*|autoriz*|permis*)
(mai|senza) .. (consenso|acconsent*|autorizz*)
(unsolicited|unverlangt*|unaufgefordert*|non sollicit*|no solicitad*|non richiest*|nao solicitad*|
    ongevraagd*|niezamowion*|nevyzadan*|oonskad*|uonsket|uopfordret*|pyytamat*|istenmeyen)
(fraud*|scam*|betrug|arnaque|estafa|truffa|oplichting|oszust*|podvod*|bedrageri|svindel|huijaus*)
(report|reported|reporting) (you|your)
"""
)
"""A word that accuses us, and makes a complaint beside another such word or one of `GRAVE`."""

GRAVE = phrases(
    """
(lawyer*|attorney*|solicitor*|anwalt|rechtsanwalt|avocat|abogad*|avvocato|advogad*|advocaat|adwokat*|
    prawnik*|advokat*|asianaja*|avukat*)
(gdpr|dsgvo|rgpd|avg|rodo|kvkk|can spam|pecr|casl|ico|ftc|cnil|aepd|uodo|uoou|imy|datatilsynet|tietosuoja*|
    garante|cnpd)
(police|polizei|policia|polizia|politie|policj*|policii|polisen|politiet|poliisi*|polis)
(complaint|beschwerde|plainte|denuncia|reclamo|queixa|klacht|skarg*|stiznost|klagomal|klage|valitus|sikayet)
"""
)
"""A word that is harmless by itself."""

INNOCENT = phrases(
    """
(in|from|out of) (my |the |our |your |her |his )?(spam|junk)
(went|goes|land*|ended|end|sent|moved|filed|sorted|filtered) .. (to|into|in|as|up in) (my |the |our |her |
    his )?(spam|junk)
(spam|junk) (folder|filter|box|ordner|filtro|map|mappe|kansio)
(is|was|isnt|are) (this|it|that|your mail|your message) .. (spam|phishing|a scam|illegal|legit*)
(not|isnt|no|nicht|kein|pas|non|nao) .. (spam|a complaint|complaining|beschwerde)
(anti spam|spam protection|spam filters?)
(dans|en|in|im|nel|nella|na|no|til|till|i) .. (spams|courrier indesirable|correo no deseado|spam ordner|
    spamordner|spamfolder|spamfiltret|skrapposten)
im spam
nello spam
"""
)
"""What a sentence with such a word is rather about."""

OTHERS = phrases(
    """
(our|their|the|my|a) (customers?|clients?|users?|drivers?|competitor*|supplier*|vendor*|carrier*|patients?|
    shops?|filter|gateway|system|server|firewall)
(unsere*|ihre|nos|leurs|nuestros|i nostri|os nossos|onze|nasi|vara|vores|asiakka*) (kunden|clients|
    clientes|clienti|klanten|klienci|kunder|nutzer|fahrer)
"""
)
"""Whom such a word is rather about."""

AUTHORITIES = any_of(
    phrases(
        """
(data protection (authority|commission*|agency|board|office|officer of)|information commissioner*|ico|ftc|
    federal trade commission|dpc|attorney general|trading standards|spamcop|spamhaus|ofcom|acma|crtc|
    ombudsman)
(datenschutzbehorde|aufsichtsbehorde|bundesnetzagentur|verbraucherzentrale|wettbewerbszentrale|
    landesdatenschutz*)
(cnil|signal spam|dgccrf|aepd|agencia espanola|agencia de proteccion|garante|agcm|polizia postale|cnpd|
    anpd|procon|autoriteit persoonsgegevens|acm|autoriteit consument)
(uodo|uokik|uoou|urad pro ochranu|urzad ochrony|prezes* uodo|prezes* urzedu)
(imy|integritetsskyddsmyndigheten|konsumentverket|konsumentombudsmannen|datatilsynet|forbrugerombudsmanden|
    forbrukertilsynet|tietosuojavaltuutet*|kuluttaja asiamie*|traficom)
(kvkk|kisisel verileri koruma kurulu*|btk|ticaret bakanlig*|savcilig*|роскомнадзор|фас|naih|anspdcp)
(polizei|police|policia|polizia|politie|policj*|policii|polisen|politiet|poliisi*|polis|politi)
"""
    ),
    runs("(個人情報保護委員会|消費者庁|警察|総務省|迷惑メール相談センター|国民生活センター)"),
)
"""Who is told of mails that break the law."""

REPORTS = any_of(
    phrases(
        """
(tell|telling|told|write to|writing to|raise|raising|escalat*|going to|report|reported|reporting|reports|
    complain|complained|complaint|complaining|notified|notify|informed|
    inform|lodged|filed|escalate*|refer|referred|forward|forwarded)
(meld*|gemeldet|beschwer*|anzeig*|angezeigt|informier*|einschalten|eingeschaltet|weitergeleitet|
    weiterleiten|wende*)
(plainte|signal*|saisi*|declar*|denonc*|avert*|alert*|informe*|transmi*)
(denunci*|reclam*|queja|report*|inform*|traslad*|poner* en conocimiento)
(segnal*|reclamo|espost*|denunc*|rivolger*|ricors*|inoltr*)
(queixa|denunci*|reclama*|particip*|comunic*)
(gemeld*|melding|meld|klacht|klagen|aangifte|doorgestuurd|gerapporteerd|rapporteer*|tip)
(zglos*|zglas*|skarg*|zawiadom*|powiadom*|doniesien*|przekaz*)
(nahlas*|stiznost*|podnet*|oznam*|obrat*|predal*|udani)
(anmal*|anmeld*|klag*|rapporter*|indberet*|kontakt*|polisanmal*|tips*)
(ilmoit*|valit*|kantel*|rikosilmoit*|raportoi*|yhteyt*)
(sikayet*|bildir*|basvur*|dilekce*|ihbar*|жалоб*|сообщ*|panasz*|plangere|sesizare)
"""
    ),
    runs("(通報|報告|相談|申告|届け|連絡)"),
)
"""Words of telling somebody of it."""

CONDITIONAL = phrases(
    """
(if you|if i|unless|should you|failing|otherwise|failure to|in the event|or i|or ill|or we|else i|else ill)
(reserve (the|my) right|behalte mir|behalten wir uns|me reserve le droit|me reservo|mi riservo|
    behoud het recht|zastrzegam|vyhrazuji|forbehaller|forbeholder|pidatan)
(andernfalls|ansonsten|sonst|falls|sollten|wenn) ?
(a defaut|sinon|si vous|sans reponse)
(de lo contrario|si no|en caso)
(altrimenti|in caso|se non|in mancanza)
(caso contrario|se nao|senao)
(anders|zo niet|indien|mocht)
(w przeciwnym|jesli|jezeli)
(v opacnem|pokud|jinak)
(annars|ellers|om ni|hvis)
(muuten|muussa|jos|aksi|aksi takdirde)
"""
)
"""A threat for the case that nothing happens."""
