"""Months, weekdays and the like by their names in the languages we are answered in, as `plain_letters` spells them."""

from __future__ import annotations

from shared.policy.mail_kind.folded import plain_letters

_MONTHS = (
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari stycznia styczen styczniu sty "
    "ledna leden lednu tammikuuta tammikuu tammikuun tammikuussa ocak januarie ianuarie января janvari jan.",
    "february feb februar fevrier fevr fev febrero febbraio febb fevereiro februari lutego luty lutym lut unora "
    "unor unoru helmikuuta helmikuu helmikuun helmikuussa subat februarie февраля februar",
    "march mar marz maerz mrz mars marzo marco maart mrt marca marzec marcu brezna brezen breznu maaliskuuta "
    "maaliskuu maaliskuun maaliskuussa mart martie марта marcius marts",
    "april apr avril avr abril abr aprile kwietnia kwiecien kwietniu kwi dubna duben dubnu huhtikuuta huhtikuu "
    "huhtikuun huhtikuussa nisan aprilie апреля aprilis",
    "may mai mayo maggio mag maio mei maja maj kvetna kveten kvetnu toukokuuta toukokuu toukokuun toukokuussa "
    "mayis мая majus",
    "june jun juni juin junio giugno giu junho czerwca czerwiec czerwcu cze cervna cerven cervnu kesakuuta "
    "kesakuu kesakuun kesakuussa haziran iunie июня junius",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lipcu lip cervence cervenec cervenci "
    "heinakuuta heinakuu heinakuun heinakuussa temmuz iulie июля julius",
    "august aug aout agosto ago augustus sierpnia sierpien sierpniu sie srpna srpen srpnu elokuuta elokuu "
    "elokuun elokuussa agustos августа augusti augusztus",
    "september sept sep septembre septiembre set settembre setembro wrzesnia wrzesien wrzesniu wrz zari "
    "syyskuuta syyskuu syyskuun syyskuussa eylul septembrie сентября szeptember",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik pazdzierniku paz "
    "rijna rijen rijnu lokakuuta lokakuu lokakuun lokakuussa ekim octombrie октября",
    "november nov novembre noviembre novembro listopada listopad listopadzie lis listopadu marraskuuta "
    "marraskuu marraskuun marraskuussa kasim noiembrie ноября",
    "december dec dez dezember decembre diciembre dic dicembre dezembro grudnia grudzien grudniu gru prosince "
    "prosinec prosinci joulukuuta joulukuu joulukuun joulukuussa aralik decembrie декабря des desember",
)
MONTHS = {word: number for number, line in enumerate(_MONTHS, 1) for word in line.split()}
"""Every month's names and shortened names, with its number."""

_WEEKDAYS = (
    "monday montag lundi lunes lunedi segunda segunda-feira maandag poniedzialek poniedzialku pondeli pondelka "
    "pondelek mandag maanantai maanantaina maanantaihin maanantaista pazartesi понедельник hetfo hetfon luni mandagen",
    "tuesday dienstag mardi martes martedi terca terca-feira dinsdag wtorek wtorku utery uterka uterek tisdag "
    "tirsdag tiistai tiistaina tiistaihin tiistaista sali вторник kedd kedden marti",
    "wednesday mittwoch mercredi miercoles mercoledi quarta quarta-feira woensdag sroda srode srody streda stredu "
    "stredy onsdag keskiviikko keskiviikkona keskiviikkoon keskiviikosta carsamba среда среду szerda szerdan miercuri",
    "thursday donnerstag jeudi jueves giovedi quinta quinta-feira donderdag czwartek czwartku ctvrtek ctvrtka "
    "torsdag torstai torstaina torstaihin torstaista persembe четверг csutortok csutortokon joi",
    "friday freitag vendredi viernes venerdi sexta sexta-feira vrijdag piatek piatku patek patku fredag "
    "perjantai perjantaina perjantaihin perjantaista cuma пятница пятницу pentek penteken vineri",
    "saturday samstag sonnabend samedi sabado sabato zaterdag sobota sobote sobotu lordag lordagen lauantai "
    "lauantaina cumartesi суббота szombat sambata",
    "sunday sonntag dimanche domingo domenica zondag niedziela niedziele nedele nedeli sondag sunnuntai "
    "sunnuntaina pazar воскресенье vasarnap duminica",
)
WEEKDAYS = {word: number for number, line in enumerate(_WEEKDAYS) for word in line.split()}
"""Every weekday's names, Monday as 0."""

EAST_ASIAN_WEEKDAYS = {sign: number for number, sign in enumerate("月火水木金土日")}

TOMORROW = frozenset(
    plain_letters(
        "tomorrow morgen demain mañana domani amanhã jutro zítra imorgon morgon huomenna yarın"
    ).split()
)
