"""How people say that a mail is spam, that they reported it, or that they will take legal steps."""

from __future__ import annotations

from shared.policy.mail_kind.folded import any_of, phrases, runs

_STRONG_ENGLISH = phrases(
    """
(this|that|it|which|what you send|your (email|mail|message)*) (is|are|was) (just |pure |clearly |plain |
    nothing but |simply |still |really |blatant |all |textbook |unwanted )*(spam|spamming|harassment|
    phishing|a scam|unsolicited spam)
^(spam|harassment|pure spam|spammer*|scammer*|total spam|more spam|reported|spam reported|
    reported and blocked|blocked and reported|junk and reported)( again| as spam| for spam)? $
(your|this) (email|mail|message|company|domain|address)* (has been|have been|was|is being|is|
    will be) .. (reported|flagged) .. (as|to|for|by)
^(reported|flagged) (as|for) (junk|spam|phishing|abuse)
(you|shame on you|bloody|damn|filthy|stupid|another) .. spammers? $
^spammers?
(this|that|it|what you (do|are doing|did)|your conduct|your behaviour|mailing me) (is|was) (clearly |
    plainly |simply |highly )?(illegal|unlawful|against the law|criminal|a criminal offence|a crime) $
(we|i|ill|going to|ready to|prepared to) (will )?sue
(wish|want|like|going|have) to (formally )?complain .. (mail*|email*|spam|contact*|messag*|data|privacy|
    marketing|you)
(wish|want|like|going|have) to (formally )?(make|lodge|raise|file|register) (a|an) .. complaint
(you|your (company|domain|address|mail*|email*))( have|ve| has| are being| will be| are)? (now |also |
    all )?(been )?reported
(youve been|consider yourself|have been|are being) (reported|blacklisted)
^reported (and|to)
(breaks|breaking|violates|violating|against|contrary to|infringes|breached|broke) .. (law|laws|spam act|
    gdpr|pecr|can spam|regulations)
(charge|bill|invoice|fine) you .. (mail|email|message|each|every|per)
(last|final) warning
this is .. stalking
(blocked|block) and (report|reported|reporting)
(forward*|sent|send|sending|passing|passed|submitted) .. (abuse adr|abuse desk|abuse team|abuse department|
    spamcop|spamhaus|your (hosting )?provider|your host|your isp|the authorities|the regulator)
(contact|contacting|inform|informing|notify|notifying|involve|involving|alert|
    alerting) .. (the authorities|authorities|the regulator|consumer protection|your (hosting )?provider|
    trading standards|the police|information commissioner)
(formal|official) (complaint|notice)
(letter before (action|claim)|notice before action|statutory damages|legal notice|unlawful processing)
(gdpr|privacy|can spam|data protection) (violation|breach|infringement|complaint)
(in|clear|direct|gross|serious) (breach|violation|contravention) of
(you|youre|you are) .. (spammer*|scammer*|spamming people|harassing (me|us|people|my|our))
(i|we|ive|weve|have|am|im|will|ill|being|is|are|been|and|just|was|hereby|already|also) .. (report|reported|
    reporting|flagged|flag|flagging) (you|your|this|it|the) .. (spam|phishing|abuse|ftc|ico|authorit*|
    google|microsoft|gmail|security|police|provider|regulator|fraud|harassment|spamcop|spamhaus|host*|
    registrar|isp|domain|company|commission*|ombudsman|agency|board)
(report|reported|reporting) (you|your (company|firm|domain|email|mail|organisation|organization|message|
    address|business)*) .. (to|as|for|with|at)
(report|reported|reporting) (you|your (company|firm|domain)) $
(i|we|ive|weve|im|ill|have|just|and|am) (just |have |am |will |now |also |already )?(mark|marked|marking|
    flag|flagged|flagging|reported|reporting) (this|it|you|your|these|all|the|that) .. (as|for) (spam|junk|
    phishing|abuse)
(reported|marked|flagged) (as|for) (spam|junk|phishing|abuse) (by me|and|with|to) .. (blocked|block|
    provider|google|microsoft|gmail|reported|i|we|your)
reported to .. (police|ftc|ico|google|spamcop|authorit*|regulator|abuse|commission*|gmail|microsoft|
    provider)
(treat|treated|regard|regarded|consider|considered|constitute|constitutes|amount|amounts) .. harassment
(legal action|legal proceedings|cease and desist|lawsuit|small claims|sue you|suing you|court order|
    press charges|see you in court|legal steps|legal consequences|legal remedies)
(take|taking) (you|this|your company) to court
(hear|hearing|contacted|contacting|contact you|letter) .. (from|by) (my|our) (lawyer*|attorney*|solicitor*|
    counsel|legal)
(my|our) (lawyer*|attorney*|solicitor*|counsel|legal (team|department|counsel)) .. (will be|will|shall|is|
    are|has been|have been) .. (contact you|contacting you|in touch|instructed|damages|sue|write to you|
    claim|proceed|informed|pursue|notified)
(pass*|hand*|refer*|forward*|turn*) .. (this|it|matter|mails|emails|correspondence|any further|next|
    them) .. to (my|our) (lawyer*|attorney*|solicitor*|counsel|legal)
(passed|handed|referred) to (my|our) (lawyer*|attorney*|solicitor*|counsel)
(lodge|lodged|lodging|file|filed|filing|submit|submitted|made|make|making|raise|raised|register|registered|
    bring|brought) .. complaint* .. (with|to|about you|against you|against your|at) .. (you|your|data|
    authorit*|regulator|commission*|ico|ftc|dpc|protection|office|ombudsman|agency|autoriteit|cnil|police|
    board|information)
(formal |official )?complaint (against you|against your|about your (mail|email|spam|compan|message|
    marketing|sales|practice)*)
(complaint|report) .. (to|with) (the )?(ico|ftc|dpc|cnil|aepd|data protection|information commissioner|
    spamhaus|spamcop)
(received|got|forwarding|receiving) .. (complaint*|abuse report*) .. (about|regarding|concerning|of|
    from) .. (unsolicited|spam|bulk|your|mail|email|abuse)
(complaint|report) .. (unsolicited|spam|uce|ube) .. (email|mail|message|originat*|sent|from your)
(violat*|breach*|infring*|contraven*) .. (gdpr|can spam|pecr|casl|tcpa|privacy|data protection|anti spam|
    spam act|ccpa|ucpa|e privacy|law|regulation*|acceptable use)
(under|of|per) .. (can spam|casl|tcpa|spam act) .. (act|damages|violation*|penalt*|fine*|warned|liable)
(damages|penalt*|fine*) .. (under|for|per) .. (can spam|gdpr|spam|email|mail|message)
(unsolicited|illegal|unlawful) (bulk|commercial|marketing|advertising|spam) (email|mail|message|
    communication|advertising)*
(blacklist*|blocklist*) .. (you|your) .. (domain|address*|company|email*|server*|ip)
(ive|i have|im|i am|ill|i will|we have|weve|we will) .. (blocked|blocking|block) your .. (domain|address*|
    emails|sender)
(have been|been|are) warned
"""
)
_STRONG_GERMANIC = phrases(
    """
(das|dies|ihre mail|ihre email|ihre nachricht|diese mail|was sie .. treiben) ist .. (spam|belastigung|
    illegal|rechtswidrig|verboten|unzulassig|strafbar)
(als|wegen) (spam|belastigung|phishing) .. (gemeldet|markiert|melde*|angezeigt|gekennzeichnet|anzeige*)
(spam|gemeldet|melde) .. (gemeldet|als spam|melden)
(abmahnung|abmahnen|abgemahnt|abmahnkosten|unterlassungs*|unterlassungsklage|strafbewehrt*|strafanzeige)
(rechtliche*|juristische*|gerichtliche*) (schritte*|konsequenzen|mittel|wege|massnahmen)
rechtsweg
(erstatte*|stelle*|strafanzeige) .. anzeige
anzeige .. (erstatte*|gegen sie)
(meinen|unseren|meinem|unserem|meiner|mein|unser) (anwalt|rechtsanwalt|anwaltin|
    rechtsbeistand) .. (ubergeb*|eingeschaltet|weiter*|einschalt*|beauftrag*|meld*|horen|wenden|zu|hinzu*)
(von|durch) (meinem|unserem|meinen|unseren) (anwalt|rechtsanwalt)
(verstoss*|verstosst|verletz*) .. (uwg|dsgvo|datenschutz*|gesetz|recht|7)
(unerlaubte|unverlangte|unaufgeforderte|unzulassige|illegale|unerwunschte) .. (werbung|zusendung*|mails?|
    emails?|werbemails?|kontaktaufnahme)
(datenschutzbehorde|aufsichtsbehorde|bundesnetzagentur|verbraucherzentrale|landesdatenschutz*|
    wettbewerbszentrale|datenschutzbeauftragten? des landes) .. (meld*|gemeldet|beschwer*|anzeig*|wenden|
    eingereicht|informier*)
(beschwerde|meldung) .. (eingereicht|eingelegt|einlegen|bei der|gegen sie|einreichen)
(beschwere|beschweren) .. bei .. (behorde|aufsicht*|netzagentur|datenschutz*)
(dit|dat|het) is .. (spam|illegaal|strafbaar|intimidatie)
(als spam|bij .. autoriteit|bij de acm|bij de politie) .. (gemeld|gerapporteerd|gemarkeerd|melden|
    aangemerkt|rapporteren)
(gemeld|gerapporteerd|melding|gemarkeerd|rapporteer) .. (als spam|als ongewenst|bij de (acm|autoriteit|
    politie)|bij .. autoriteit|spamklacht*)
(klacht|aangifte) .. (ingediend|indienen|bij de|gedaan|doen|tegen|ligt)
(dien|doe|diende|deed) .. (klacht|aangifte) .. (in|bij|tegen|over)
(juridische|gerechtelijke) (stappen|actie|maatregelen|procedure)
(mijn|onze) (advocaat|jurist) .. (schakel*|inschakel*|neemt|hoor*|contact|sommatie|op de hoogte|ingelicht)
(spamklacht|sommatie|ingebrekestelling|ongevraagde reclame|overtred* .. (avg|wet|telecommunicatiewet))
(det|detta|det har|det her|dette|mejlet) (ar|er) .. (spam|skrappost|soppelpost|olovlig*|ulovlig*|olaglig*|
    trakasserier|chikane)
(anmal*|anmeld*|rapporter*|indberett*) .. (er|dig|dere|jer|detta|dette|det|ert) .. (till|til|som|
    for) .. (spam|skrappost|imy|integritet*|konsument*|polis*|politi*|datatilsynet|forbruger*|forbruker*|
    myndighet*|google|skrap*)
(anmalt|anmelder|anmeldt|rapporterat|rapportert|rapporteret|markerat|markeret|markert|indberettet) .. (som|
    for|till|til) (spam|skrappost|soppelpost|polisen|politiet|datatilsynet|imy|
    integritetsskyddsmyndigheten|konsumentverket|konsumentombudsmannen|forbrugerombudsmanden|
    forbrukertilsynet)
(klage|klaget|klager|klagomal|anmalan) .. (til|till|hos|over|pa|inn) .. (datatilsynet|forbruger*|
    forbruker*|myndighet*|imy|integritet*|jer|dere|er)
(rattsliga|retslige|rettslige|juridiska|juridiske|juridisk) (atgarder|skridt|skritt|tiltak|konsekvens*|steg)
(polisanmal*|politianmeld*|stamning|soksmal)
(min|var|vores|vare) (advokat|jurist) .. (kontakt*|tar|tager|overtar|horer|far|ta|vil|kommer)
"""
)
_STRONG_ROMANCE = phrases(
    """
(ceci|cest|cela|il sagit|votre (mail|message)) .. (du spam|de spam|un spam|du harcelement|illegal|
    du demarchage (illegal|abusif)|du pourriel)
(plainte) .. (aupres|a la|contre|deposee|deposer|au procureur|sera)
(depos*|port*) .. plainte
(cnil|signal spam) .. (plainte|signal*|saisi*|declar*|informe*|avert*)
(signal*|declar*|saisi*) .. (cnil|signal spam|comme spam|comme indesirable|police|dgccrf|pour (spam|
    harcelement)|votre (entreprise|adresse|domaine|societe))
(marque|classe|signale) .. (comme|en) (spam|indesirable|pourriel|courrier indesirable)
(mon|notre|nos) (avocat*|conseil juridique) .. (contact*|saisi*|prendra|charg*|transm*|recevr*|recours|vous)
(poursuites|mise en demeure|action en justice|voies? judiciaires?|suites judiciaires|tribunal|voie de droit)
(demarchage|prospection|publicite) (illegal*|abusif*|abusive|sauvage|sans consentement)
(viol*|infraction|contraire|non respect) .. (rgpd|loi|lcen|cnil)
(esto|eso|su correo|vuestro correo|este (correo|mensaje)) es .. (spam|correo no deseado|ilegal|acoso|
    correo basura)
(denuncia|denunciar*|denuncie|denunciare|denunciaremos|denunciado|denunciando|denuncio|denunciamos|
    he denunciado|denunciarles|denunciarlos) .. (ante|a la|en|por|agencia|aepd|spam|policia|proteccion|
    ustedes|su)
(agencia espanola de proteccion|aepd|agencia de proteccion)
(acciones (legales|judiciales)|medidas legales|via judicial|demanda judicial|tribunales)
(reclamacion|queja) .. (ante|a la) .. (agencia|aepd|autoridad|proteccion|consumo)
(marcado|marque|marcare|reportado|reporte|reportare|he reportado|reporto|marco) .. como (spam|
    correo no deseado|correo basura)
(reportado|reportare|reporte|reporto) .. (a|por) .. (spam|google|policia|agencia|proveedor)
(mi|mis|nuestro|nuestros) (abogad*) .. (se pondr*|contact*|tomar*|en manos|recibir*|iniciar*|actuar*)
(questo|questa|la vostra|e solo|ecco) .. (e )?(spam|molestia|molestie|stalking|illegale)
(segnal*|denunc*) .. (garante|spam|polizia|postale|autorita|agcm|come (spam|indesiderat*)|vostro|vostra|
    alle autorita)
(garante) .. (privacy|protezione|segnal*|reclamo)
(reclamo|esposto|denuncia|querela) .. (al|presso|alla|contro|garante)
(diffid* .. (dal|dall|voi|la vostra|a non|ad)|vie legali|azioni legali|vie giudiziarie|adire|querel*)
(mio|nostro) (avvocato|legale) .. (contatt*|scriv*|proceder*|agir*|in mano|incaric*)
(viol*) .. (gdpr|privacy|normativa|codice|legge|regolamento)
(isto|este (email|mensagem|e mail)|isso|o vosso (email|mail)) e .. (spam|ilegal|assedio|abuso|
    lixo eletronico)
(queixa|reclamacao|denuncia|denunciar*|denunciei|participacao) .. (cnpd|anpd|autoridade|procon|policia|
    spam|contra|junto|a comissao|protecao|vossa|anacom|psp)
(apresent*|fiz|farei|vou fazer) .. (queixa|denuncia|reclamacao) .. (contra|a|na|junto)
(marquei|marcado|denunciei|reportei|reportado|marcada) .. como (spam|lixo|phishing)
(acao|acoes|accao|accoes|medidas|processo|vias) (judicia*|lega*)
(meu|nosso|minha|nossa) (advogad*) .. (contact*|entrar*|contat*|trat*|receb*)
(viol*|infring*) .. (rgpd|lgpd|lei)
"""
)
_STRONG_OTHER = phrases(
    """
(to|to jest|panstwa (mail|wiadomosc|email)|wasz mail) .. (spam|nekanie|bezprawne|nielegalne|stalking)
(zglos*|zglas*|zawiadom*) .. (spam|uodo|policj*|prezes*|uokik|urzed*|prokurat*|jako|gdzie trzeba|was do|
    panstwa do)
(skarg*) .. (do|zloz*|uodo|urzed*|na|wplyn*|prezes*)
(zlozylem|zlozylam|skladam|zloze) .. (skarg*|zawiadomienie|doniesienie)
(kroki|krokow|droge|drodze|konsekwencje|postepowanie) (prawn*|sadow*)
(pozew|pozwe|do sadu|na policje|prokuratur*)
(moj|nasz|moja|nasza) (prawnik|adwokat|kancelaria|mecenas) .. (skontakt*|zajmie|otrzyma|wysle|podejmie|
    wezwanie)
(niezamowion*) .. (informacj*|ofert*|korespond*|reklam*)
(narusz*|lam*) .. (rodo|prawo|ustaw*|przepis*)
(oznaczylem|oznaczylam|oznaczam|zglosilem|zglosilam) .. (spam|wiadomosc|mail*)
(je|jde o|tohle je|toto je|povazuji .. za) .. (spam|spamu|obtezovani|nezakonne|protipravni)
(nahlasil*|nahlasim|nahlasime|oznacil*|nahlasuji) .. (spam|uoou|urad*|jako|policii|google|vas)
(stiznost|podnet|oznameni) .. (na|u|podal*|urad*|podavam|uoou|podam)
(podal*|podavam|podam) .. (stiznost|podnet|oznameni|zalobu)
(urad*) .. (pro ochranu|osobnich udaju)
(nevyzadan*) .. (obchodni|post*|sdelen*|mail*|reklam*)
(pravni|soudni) (kroky|cestou|cestu|postih)
(muj|nas) (pravnik|advokat) .. (ozve|kontakt*|bude|prevez*|posle)
(porus*) .. (gdpr|zakon*|narizeni)
(tama|taa|viestinne|tallainen|nama) (on|ovat) .. (roskaposti*|spammi*|spamia|spam|hairinta*|laitonta|
    lainvastais*)
(ilmoit*|valit*|kantel*|raportoi*|merkits*|merkitty) .. (tietosuoja*|viranomai*|roskaposti*|kuluttaja*|
    poliisi*|spam*|googlelle)
(tietosuojavaltuutet*|kuluttaja asiamie*) .. (valit*|ilmoit*|kantel*|tehty|teen|tein)
(tein|teen|tehty|jatin|jatan) .. (valituks*|kantelu*|rikosilmoituks*|ilmoituks*) .. (tietosuoja*|
    viranomai*|poliisi*|teista|spam*)
(oikeustoimi*|oikeudellis* (toim*|askel*)|rikosilmoitus*|haastamme|haastan)
(asianaja*|lakimie*) .. (otta*|yhteyt*|hoita*|vality*)
(bu|bunlar|yaptiginiz) .. (spam|taciz|yasadisi|yasa disi|suc)
(spam|istenmeyen) .. (olarak|diye) .. (bildir*|isaretle*|sikayet*|raporla*)
(sikayet) .. (ed*|ett*|bildir*|olundu|bulun*|dilekce*|hakki*)
(kvkk*|kisisel verileri koruma*|btk|savcilig*|ticaret bakanlig*) .. (sikayet*|basvur*|bildir*|dilekce*)
(avukat*) .. (goruse*|iletis*|devret*|haber*|araciligi*|yasal)
(yasal (islem|yol*|sure*)|hukuki (islem|yol*|sure*)|dava ac*|suc duyuru*)
(это|ваше письмо) .. (спам|незаконно)
(жалоб*|пожалов*) .. (подал*|роскомнадзор|фас|отправ*|на спам|на вас)
(пометил*|отметил*) .. спам
"""
)
_STRONG_WITHOUT_SPACES = runs(
    """
迷惑メール(として|です|だ|に該当|業者|の送信|行為)
(迷惑メール相談センター|特定電子メール法|個人情報保護法違反|個人情報保護委員会)
スパム(として|です|行為|メールです|業者|報告)
(法的|法律上)(な)?(措置|手段|対応|手続)
弁護士(に|を|と|から)(相談|依頼|委任|連絡|通して|通じて|一任)
(通報|警察に|消費者庁|消費者センター|消費生活センター)(し|いた|相談|届|に|へ)
(违法|投诉|举报|垃圾邮件)(举报|投诉|我|了|行为)
(스팸신고|신고했|신고합|법적조치)
"""
)
STRONG = any_of(
    _STRONG_ENGLISH, _STRONG_GERMANIC, _STRONG_ROMANCE, _STRONG_OTHER, _STRONG_WITHOUT_SPACES
)  # fmt: skip
"""A sentence that is a complaint by itself."""
