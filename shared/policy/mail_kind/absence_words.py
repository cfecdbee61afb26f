"""How people say that they are away and when they are back, in the languages we are answered in."""

from __future__ import annotations

from shared.policy.mail_kind.folded import any_of, phrases, plain, runs

AWAY_SUBJECT = any_of(
    phrases(
        """
^(out of (the )?office|ooo|ooto|out of town|away from (the |my )?(office|desk|mail|email)|i am (away|out)|
    im (away|out)|currently (away|out)|on (leave|vacation|holiday*)|vacation|annual leave|absence|absent|
    away until|away)
^(abwesenheit|abwesenheitsnotiz|abwesenheitsnachricht|abwesend|nicht im (buro|haus)|im urlaub|urlaub*|
    ausser haus)
^(absence|absent*|absent du bureau|message dabsence|notification dabsence|en conges|en vacances|
    hors du bureau|conges)
^(fuera de (la )?oficina|ausencia|ausente|de vacaciones|vacaciones|fuera del despacho|estoy fuera)
^(fuori (ufficio|sede)|assenza|assente|in ferie|ferie)
^(ausencia|ausente|fora do escritorio|de ferias|ferias|em ferias|fora da empresa)
^(afwezig|afwezigheid*|afwezigheidsbericht|niet aanwezig|met vakantie|op vakantie|met verlof|buiten kantoor)
^(poza biurem|nieobecnosc|nieobecn*|urlop|na urlopie|jestem na urlopie|nie ma mnie)
^(mimo kancelar|nepritomnost|nepritomen|nepritomna|dovolena|na dovolene|jsem mimo)
^(franvaro*|franvarande|ej pa kontoret|inte pa kontoret|semester|pa semester|ledig|tjanstledig|
    foraldraledig)
^(fravaer*|fravaerende|ikke pa kontoret|ferie|pa ferie|bortreist|orlov|barsel|ute av kontoret)
^(poissa*|poissa toimistolta|lomalla|lomavastaus|loma|olen lomalla)
^(ofis disi*|ofis disinda|izinde*|izinli|yillik izin|tatilde|disarida*)
^(вне офиса|в отпуске|отпуск|hazon kivul|szabadsag*|in concediu|absent din birou)
"""
    ),
    runs("^.?(不在|休暇|外出|お休み|年末年始|自動返信.{0,4}(不在|休暇)|休假|外出|부재중|휴가)"),
)

AWAY = any_of(
    phrases(
        """
(i am|im|ill be|i will be|i shall be|currently|presently|still) .. (out of (the )?office|out of town|
    out of the country|out of reach|away|ooo|on (annual |parental |maternity |paternity |sick |medical |
    family |summer |winter |short |extended |my |a |paid |unpaid |our |their |his |her )?(leave|vacation|
    holiday*|pto|sabbatical|furlough|break|honeymoon)|on a (business |short |long |work |field |site |
    client |customer |day |family |training )?(trip|visit|break|course|sabbatical|retreat)|travel+ing|
    offline|unavailable|not available|not in (the )?office|abroad|off (work|sick|today|until|the grid|on|
    from)|attending|out (until|till|through|from|this week|on|sick|today|all)|not (reading|
    checking) (my )?(email|mail)|without access)
(out of (the )?office|out of office)
(maternity|parental|paternity|annual|sick|medical|study|bereavement|family) leave
(on|taking|take|enjoying) .. (vacation|annual leave|holiday (until|from|and|till|this)|pto|leave|time off)
(limited|no|intermittent|restricted|little|sporadic) (or no )?access to .. (email|mail|inbox|internet|
    messages)
(replies|reply|response|responses|answers) .. (slow|delayed|slower|late)
(from .. |since .. )?(i am|im) on leave
^(away|off|out|on leave|on vacation|on holiday|ooo) .. (until|till|from|through|back|this)
(returning|return|back) .. (to|in|at) (the|my) (office|desk)
(bin|bin ich|befinde mich|ich) .. (nicht im (buro|haus|hause|dienst)|im urlaub|in urlaub|abwesend|
    ausser haus|in elternzeit|im mutterschutz|nicht erreichbar|auf (dienstreise|reisen|geschaftsreise)|
    unterwegs|auf einer (dienstreise|messe|konferenz|fortbildung|schulung)|krank*|nicht am (platz|
    arbeitsplatz|schreibtisch)|verreist|ortsabwesend)
(nicht im buro|derzeit abwesend|momentan abwesend|zurzeit abwesend|nicht am arbeitsplatz|im urlaub|
    in elternzeit|wahrend meiner abwesenheit|in meiner abwesenheit)
(je suis|actuellement|serai|suis|etant) .. (absent*|en (conge*|vacances|deplacement|formation|arret|rtt|
    mission|conge maternite)|hors du bureau|hors de mon bureau|indisponible|injoignable|en conge)
(absente? (du bureau|jusqu*|du|de)|en mon absence|pendant mon absence|durant mon absence|en conges|
    mes conges)
(estoy|estare|me encuentro|me encontrare|actualmente) .. (fuera (de (la )?oficina|del despacho|
    de la ciudad)|de vacaciones|ausente|de viaje|de permiso|de baja|en un viaje|de licencia)
(fuera de la oficina|en mi ausencia|durante mi ausencia)
(sono|saro|sara|attualmente|mi trovo) .. (fuori (ufficio|sede|dallufficio|citta)|assente|in ferie|
    in vacanza|in congedo|in viaggio|in maternita|in malattia|in trasferta|in permesso|non disponibile|
    allestero)
(fuori ufficio|in mia assenza|durante la mia assenza)
(estou|estarei|encontro me|encontrar me ei|de momento) .. (ausente|de ferias|em ferias|fora (do escritorio|
    da empresa|do pais|do gabinete)|de licenca|em viagem|de baixa|em licenca|indisponivel)
(fora do escritorio|na minha ausencia|durante a minha ausencia|licenca de (paternidade|maternidade))
(ben|ben ik|ik) .. (afwezig|niet (aanwezig|op kantoor|bereikbaar|in de gelegenheid)|met (vakantie|verlof)|
    op (vakantie|reis|zakenreis)|vrij|buiten kantoor|er niet|ziek)
(tijdens mijn afwezigheid|met zwangerschapsverlof|ouderschapsverlof|afwezig (tot|t m|van|vanaf))
(jestem|bede|przebywam|aktualnie|obecnie) .. (na (urlopie|zwolnieniu|wyjezdzie|delegacji|konferencji|
    szkoleniu)|nieobecn*|poza biurem|niedostepn*|w delegacji|w podrozy|nieosiagaln*)
(nie ma mnie w (biurze|pracy)|poza biurem|podczas mojej nieobecnosci|w czasie mojej nieobecnosci|
    urlop (macierzynski|wypoczynkowy|rodzicielski))
(jsem|budu|momentalne|aktualne|nejsem|cerpam) .. (na (dovolene|sluzebni ceste|cestach|konferenci|skoleni|
    materske|rodicovske)|mimo (kancelar|pracovi*|mesto|dosah)|nepritom*|v kancelari|dovolenou|k zastizeni|
    nemocn*|nedostupn*)
(v dobe me nepritomnosti|po dobu me nepritomnosti|mimo kancelar)
(jag ar|ar jag|ar|jag har|jag) .. (ledig|pa semester|franvarande|bortrest|borta|pa resande fot|
    foraldraledig|sjukskriven|tjanstledig|inte (pa kontoret|tillganglig|anträffbar|pa plats)|
    ej pa kontoret|semester|pa tjansteresa)
(jeg er|er jeg|jeg|jeg holder|holder) .. (ferie|pa ferie|fravaerende|bortreist|ikke pa kontoret|
    ikke til stede|ude af huset|orlov|pa orlov|pa barsel|barsel|syk*|syg*|pa reise|pa rejse|borte|
    permisjon|ute av kontoret|pa forretningsrejse|ikke tilgjengelig|fri|avspaserer)
(i min franvaro|under min franvaro|i mit fravaer|i mitt fravaer|under mit fravaer)
(olen|olemme|olen nyt|olen tällä hetkellä) .. (lomalla|poissa|vapaalla|matkalla|tyomatkalla|
    vanhempainvapaalla|aitiysvapaalla|isyysvapaalla|perhevapaalla|sairauslomalla|tavoittamattomissa|
    vuosilomalla|talvilomalla|koulutuksessa)
(poissa toimistolta|poissaoloni aikana|lomani aikana|en ole (tavoitettavissa|toimistolla|paikalla))
(izindeyim|izinliyim|izinde olacagim|izinli olacagim|tatildeyim|ofis disindayim|ofis disinda*|
    ofiste degilim|ofiste olmayacagim|seyahatteyim|raporluyum|dogum izni*|yillik iznim*|is seyahatinde*|
    ofisimde olmayacagim|yurt disinda*|izin kullan*)
(я|нахожусь|буду) .. (в отпуске|вне офиса|отсутств*|в командировке)
(szabadsagon (vagyok|leszek)|hazon kivul|irodan kivul)
(sunt|voi fi|ma aflu) .. (in concediu|plecat*|in afara biroului)
"""
    ),
    runs(
        "(休暇(を|中|で|のため|いただ|取得)|不在(に|と|の|で|して)|外出(し|中|の|して)|出張(中|の|で|して)|お休み(を|して|いただ)|夏季休業|年末年始(休|の)|育児休業|産休|育休|休業(いた|中|期間)|席を外し|오늘|부재중|휴가|출장|休假|外出|出差|不在办公室)"
    ),
)
"""Somebody says that they are away."""

PERHAPS_AWAY = any_of(
    phrases(
        """
our office* (is|are|will be) closed
we are (closed|away|out|on (holiday|vacation|leave)|travel+ing)
(away|not here|offline|gone|trip|break|absent|abroad|travel+ing|vacation|my vacation|on holiday|
    on holidays|my holiday*|holiday (until|till|from|with)|(summer|christmas|winter|easter|
    family) holiday*|on leave|annual leave|days? off|time off|week off|weeks off|off work|off until|
    off till|off from|sabbatical|pto|sick|jury duty|honeymoon|conference|trade (show|fair)|business trip|
    day trip|on a trip|taking a break|on a break|on the road|on my way|on tour|elsewhere|parental|
    maternity|paternity|unplugged|unreachable|signing off|logged off|switched off|not working|dont work|
    do not work|part time|out until|out till|out from|out all|out this|out of|not around|camping|hiking|
    skiing|fishing|recovering|surgery|hospital|newborn|wedding|funeral|bereavement|moving house|recharging|
    short break|not at my desk|no access|without access|slow to (reply|respond|answer))
(urlaub*|ferien|abwesen*|verreist|unterwegs|dienstreise|elternzeit|mutterschutz|krank*|fortbildung|messe|
    konferenz|feiertag*|auszeit|reha|nicht da|weg|frei|nicht (im haus|im dienst|am platz)|ausser haus|
    betriebsferien|weihnachtsferien|brueckentag|bruckentag)
(conge|conges|vacances|absen*|deplacement|formation|seminaire|salon|rtt|maladie|maternite|paternite|
    parental|arret|indisponible*|injoignable|fermeture|hors du|ferme|fermes|parti|partie|voyage)
(vacaciones|ausen*|viaje|permiso|baja|licencia|congreso|festivo*|puente|fuera|cerrad*|desconect*|
    excedencia|descanso|libran*)
(ferie|vacanz*|assen*|fuori|congedo|trasferta|viaggio|malattia|maternita|paternita|permesso|chius*|fiera|
    convegno|aspettativa)
(ferias|ausen*|viagem|licenca|baixa|folga|congresso|feira|feriado|maternidade|paternidade|encerrad*|fora)
(vakantie|verlof|afwezig*|vrij|vrije|op reis|weg|zakenreis|ziek*|congres|beurs|cursus|ouderschap*|
    niet aanwezig|niet bereikbaar|er niet)
(urlop*|nieobecn*|wyjazd*|wyjezdzie|delegacj*|zwolnien*|szkoleni*|konferencj*|targ|targach|wolnym|chorob*|
    poza|wolne|niedostepn*|wakacj*|ferie|feriach|macierzynsk*)
(dovolen*|nepritom*|cestach|ceste|skoleni|konferenc*|veletrh*|nemocn*|neschopenk*|volno|mimo|pryc|materske|
    rodicovske|prazdnin*|nedostupn*|lazni*)
(semester*|ledig*|franvar*|bortrest|resa|resande|tjansteresa|kurs|sjuk*|foraldraledig*|konferens|
    tjanstledig|borta|kompledig|vab*|helgledig|ej pa plats)
(ferie*|fravaer*|fraver*|bortreist|rejse|reise|tjenestereise|syg*|syk*|orlov|barsel*|permisjon|messe|
    konference|konferanse|fri|fridag*|lukket|stengt|borte|ude af|avspaser*|feriefri)
(loma*|poissa*|vapaa*|matka*|tyomatka*|sairas*|koulutu*|messu*|konferenss*|vanhempain*|aitiys*|isyys*|
    tavoittamatt*|etapaiv*|talviloma*|hiihtoloma*)
(izin*|tatil*|seyahat*|disinda*|disarida*|rapor*|fuar*|konferans*|egitim*|dogum*|bayram*|ofiste degil*|
    hastane*|hastayim)
(отпуск*|отсутств*|командиров*|болею|szabadsag*|concedi*|kiküldetés*|betegszabad*)
"""
    ),
    runs(
        "(休暇|不在|外出|出張|休み|休業|休職|産休|育休|研修|学会|展示会|席を外|부재|휴가|출장|휴직|休假|出差|假期|外出)"
    ),
)
"""Words of an absence, which tell it beside a day of return, where a machine wrote them."""

NOW = phrases(
    """
(this week|today|tomorrow|these days|at the moment|currently|for now|right now|in meetings|workshop*|
    back to back|all day|busy|heads down|slow|slowly|slower|delayed|later than usual|response times?)
(derzeit|momentan|zurzeit|heute|diese woche|in den nachsten tagen|verspatet|verzogert)
(actuellement|cette semaine|aujourdhui|ces jours ci|en ce moment|retard)
(actualmente|esta semana|hoy|estos dias|en este momento|retraso)
(attualmente|questa settimana|oggi|in questi giorni|al momento|ritardo)
(atualmente|actualmente|esta semana|hoje|de momento|nestes dias)
(momenteel|deze week|vandaag|op dit moment|vertraging)
(obecnie|w tym tygodniu|dzis|dzisiaj|w tej chwili|opoznieni*)
(momentalne|aktualne|tento tyden|dnes|v teto chvili|zpozdeni*)
(just nu|idag|denna vecka|den har veckan|for narvarande|i dag|denne uge|denne uken|for tiden|i ojeblikket)
(talla hetkella|talla viikolla|tanaan|viiveella)
(su anda|su an|bu hafta|bugun|gecik*)
"""
)
"""What a person's own mailbox says of the present; it would not answer by itself if they were there."""

MACHINE_LIKE = any_of(
    phrases(
        """
(thank you|thanks|many thanks) for (your|the|reaching|writing|contacting|getting|you)
(thank you|thanks) for (your|the) (email|mail|message|note)
(limited|no|intermittent|little|sporadic) (or no )?access
(urgent|emergency|emergencies|urgently|immediate (assistance|attention|help)|in my absence|
    during my absence|while i am away|while im away|in the meantime|meanwhile)
(on|upon|after|when) (my return|i return|i get back|i am back|im back|i come back)
(will|ill) .. (reply|respond|answer|get back to you|read|attend to|return|deal with|
    come back to you) .. (return|back|then|as soon as|when|after|once|possible)
(please )?(contact|call|ring|write to|reach out to|email|reach) .. adr
(will not be|is not|are not|wont be) (forwarded|read|checked|monitored|redirected)
(currently|at the moment)
(vielen dank|danke|besten dank) fur (ihre|deine|die|eure) (nachricht|email|mail|anfrage)
(dringend*|notfall*|nicht weitergeleitet|in meiner abwesenheit|wahrend meiner abwesenheit|vertretung|
    vertritt mich|nach meiner ruckkehr|wenden sie sich|derzeit|momentan|zuruck)
(merci (de|pour) votre (message|mail|courriel|email))
(urgen*|en mon absence|pendant mon absence|durant mon absence|a mon retour|des mon retour|actuellement|
    contacter|joindre)
(gracias por (tu|su|vuestro|el) (correo|mensaje|email|mail))
(en mi ausencia|a mi vuelta|a mi regreso|contestare|respondere|actualmente|temas urgentes|incorpor*|
    reincorpor*)
(grazie per (la|il|avermi|averci|la sua|il tuo|la tua|il suo))
(in mia assenza|al mio rientro|rispondero|urgenze|rientrero|rientro|attualmente)
(obrigad* (pelo|pela|por) (seu|sua|teu|tua|o|contacto|contato))
(na minha ausencia|ate la|assuntos urgentes|no meu regresso|responderei|regresso|assim que)
(bedankt voor (uw|je|jouw|het)|dank (u|je) voor)
(dringend|spoed*|tijdens mijn afwezigheid|bij terugkomst|na terugkomst|bereikbaar|momenteel)
(dziekuje za (wiadomosc|panstwa|maila|kontakt|mail|twoj*))
(w pilnych|pilne*|po powrocie|odpowiem|w razie|wracam|obecnie)
(dekuji za (zpravu|vas*|email|mail))
(v nalehav*|nalehave|po navratu|odpovim|v pripade|budu zpet|v dobe)
(tack for (ditt|din|mailet|mejlet|meddelandet)|tak for (din|dit|mailen|henvendelsen)|takk for (din|ditt|
    meldingen|e posten|henvendelsen))
(bradskande|haster*|akut*|vid (bradskande|akut*)|hastesaker|ater pa|tilbake|tillbaka|tilbage|aterkommer|
    svarer nar|svarar nar)
(kiitos (viestistasi|viestistanne|sahkopostistasi|yhteydenotostasi))
(kiireell*|kiireisi*|poissaoloni|palaan|vastaan .. palattuani|palattuani)
(mesajiniz* icin tesekkur*|epostaniz icin|tesekkur ederim|tesekkurler)
(acil*|donuste|dondugumde|yoklugumda|ofiste olacagim|donecegim|donus)
"""
    ),
    runs("(緊急|お急ぎ|ご連絡(いただき|ありがとう)|お世話になって|ご不便|ご迷惑|후에|急事)"),
)
"""What stands in notices of absence beside the absence itself."""

BACK = plain(
    r"\b(?:(?<!get )(?<!getting )(?<!come )(?<!write )(?<!call )(?<!got )(?<!hear )back(?! to you| from| up)|"
    r"return(?:ing|s)?(?! your| the call| calls| any| all| e-?mail| mail)|again|resum(?:e|ing)|reachable from|"
    r"available (?:from|as of|again)|at my desk|rejoin|reopens?|"
    r"wieder|zuruck|ruckkehr|erreichbar ab|ab wann|"
    r"de retour|retour|reprendr\w+|reprends|reprise|reviens|reviendrai|rentre\w*|a nouveau|"
    r"vuelv[oa]|volvere|vuelta|regres\w+|reincorpor\w+|incorpor\w+|de vuelta|de nuevo|retorn\w+|"
    r"rientr\w+|torn(?:o|ero|eremo|a|iamo)|ritorn\w+|di nuovo|nuovamente|operativ[oa]|"
    r"volt(?:o|arei|amos|a)|de volta|novamente|"
    r"terug|weer|hervat|"
    r"wrac\w+|powrot\w*|wroc\w+|ponownie|znow(?:u)?|bede dostepn\w+|"
    r"zpet|zpatky|opet|znovu|vrat\w+|vrac\w+|navrat\w*|"
    r"ater(?:kommer|vander|komst)?|tillbaka|igen|"
    r"tilbake|tilbage|igjen|retur|"
    r"palaan|palaamme|paluu\w*|takaisin|jalleen|"
    r"don(?:ecegim|uyorum|us|eriz|uste|mus|us[ue]m)\w*|ofiste olacag\w+|isbasi\w*|geri|tekrar|yeniden|"
    r"вернусь|возвращ\w+|снова|vissza\w*|revin|inapoi|reven\w+)\b"
    r"|出社|復帰|戻り|戻る|通常(?:通り|どおり|営業|業務)|再開|帰社|返回|回来|恢复|복귀|돌아"
)
"""Words of a return, in plain letters."""

UNTIL = plain(
    r"\b(?:until|till|til|through|thru|up to|(?<=\d )to|ending|ends|"
    r"bis(?: zum| einschliesslich| inkl\.?)?|"
    r"jusqu['’ ]?(?:au|a|en)?|au|"
    r"hasta(?: el)?|al|fino (?:a|al|alle|all')|sino (?:a|al)|ate(?: ao?)?|"
    r"tot(?: en met)?|t/m|t\.?e\.?m\.?|"
    r"do(?: dnia)?|az do|"
    r"t\.?o\.?m\.?|till och med|til og med|frem til|indtil|"
    r"po)\b|t/m|[\d.] ?[-–~〜] ?$|\w [-–] ?$"
)
"""Words before the last day of an absence, in plain letters."""

UNTIL_BEHIND = plain(r"\b(?:asti|saakka|kadar|tarihine|ig)\b|まで|为止|까지")
"""Words behind the last day of an absence, in plain letters."""

INCLUSIVE = plain(
    r"\b(?:through|thru|inclusive|included|incl|einschliesslich|einschl|inklusive|inkl|inclus|compris|incluido|"
    r"inclusive|incluso|compreso|inclusiv[oe]|tot en met|wlacznie|vcetne|vc|till och med|til og med|"
    r"mukaan lukien|dahil)\b|t/m|t\.?\s?o\.?\s?m\b|まで"
    r"|\d\.? ?[-–~] ?\d"
    r"|\b(?:from|between|vom|von|du|del|dal|van|od|fran|fra|desde|de) .{0,6}\d.{0,34}$"
)
"""What makes that day itself one of absence, in plain letters."""

NEXT_WEEK = plain(
    r"\b(?:back|return(?:ing)?|again|wieder|zuruck|de retour|rentre|vuelvo|rientro|volto|"
    r"terug|tilbage|tilbake|tillbaka)"
    r"\b[^.!?\n]{0,40}\b(?:next week|nachste(?:r|n)? woche|kommende(?:r|n)? woche|"
    r"la semaine prochaine|la proxima semana|"
    r"la prossima settimana|na proxima semana|volgende week|i naeste uge|neste uke|nasta vecka)\b"
)
