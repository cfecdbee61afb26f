"""How people ask not to be written to: in the languages of the East, Finnish and Turkish."""

from __future__ import annotations

from shared.policy.mail_kind.folded import phrases, runs

POLISH = phrases(
    """
(mnie|nas|moj adres|moje dane|moich danych) .. (wypis*|usun*|wykresl*|skresl*)
(wypis*|usun*|wykresl*|skresl*|wyrejestr*|usuw*) .. (mnie|nas|moj|moje|mojego|moich|nasz*|ten adres|adr)
(wypisanie|usuniecie|wykreslenie|skreslenie) .. (mnie|nas|moich|mojego|z listy|z bazy|danych|adresu)
nie zycz* sobie
nie chc* .. (otrzymywac|dostawac|wiecej|zadnych|takich|waszych|panstwa) .. (wiadomosc*|mail*|ofert*|email*|
    korespondencj*|od|newsletter*|reklam*)
(prosze|prosimy) .. (nie|o nie|zaprzestac|przestac) .. (pisac|pisz*|wysylac|wysyl*|przysyl*|kontakt*|
    niepokoic|pisanie|nagabywac|wysylani*)
prosze o (niewysylanie|nieprzysylanie|niepisanie|zaprzestanie|wypisanie|rezygnac*|niekontaktowanie)
(nie|niech) (pisz*|wysylaj*|przysylaj*|kontaktuj*) .. (wiecej|juz|do mnie|ze mna|do nas|zadnych)
(wiecej|juz) .. nie .. (pisz*|wysyl*|przysyl*|kontakt*)
(przestan*|przestac|skoncz*) .. (pisac|wysylac|do mnie|przysylac|mi)
prosze o (nieprzesylanie|niekierowanie|wykreslenie|skreslenie|usuniecie mnie)
nie wyraz* .. zgod* .. (otrzym*|przesyl*|kontakt*|przetwarz*|informacj*|marketing*)
rezygnuj* .. (z|subskrypcji|newslettera|otrzymywania|dalszych|wiadomosci)
prawo do .. (usuniecia|bycia zapomnianym|sprzeciwu|zapomnienia)
(wnosze|zglaszam|wyrazam) .. sprzeciw
sprzeciwiam sie
(wycofuj*|cofam) .. zgod*
zadnych wiecej (maili|wiadomosci|ofert|emaili)
"""
)
CZECH = phrases(
    """
(odhlas*|vyrad*|vymaz*|smaz*|odstran*|vyskrtn*|vyjm*) .. (me|mne|nas|moji|mou|moje|muj|nasi|tuto adresu|adr)
(me|mne|nas|mou|moji|moje|muj) .. (odhlas*|vyrad*|vymaz*|smaz*|odstran*|vyskrtn*|vyraz*)
(nepreji|neprejeme|nepral*|neprejem) .. si
(nechci|nechceme) .. (dostavat|dalsi|vice|vase|zadne|odebirat) .. (mail*|zprav*|nabid*|email*|postu|
    newsletter*|od vas)
(nechci|nechceme) .. (od vas|abyste) .. (mi|me|nam|nas|psal*|posilal*|kontaktoval*|nic|slyset|byt)
(uz|jiz|dale|prosim|vice|nikdy) .. (nepiste|nepis|neposilejte|nezasilejte|nekontaktujte|neobtezujte|
    neoslovujte)
(nepiste|neposilejte|nezasilejte|nekontaktujte|neobtezujte|neoslovujte) .. (mi|me|nam|nas|uz|jiz|prosim|
    vice|zadne)
(prosim|prosime|zadam|zadame) o (odhlaseni|vyrazeni|vymaz*|smazani|odstraneni)
nemam* .. (zajem) .. o (dalsi|vase|vasi|zadne) .. (mail*|email*|zprav*|nabid*|komunikac*)
(prosim|prosime|zadam|preji si) .. abyste (mi|me|nam|nas) .. (uz|jiz|vice|dale|nadale|nepsali|neposilali|
    nekontaktovali|nezasilali|smazali|vymazali|odhlasili|vyradili)
(odebrat|vyradit|odhlasit|smazat|vymazat) (me |nas |mou adresu )?(prosim )?(ze|z) .. (seznam*|databaz*|
    rozesilk*|odber*|list*)
(prestante|prestan|skoncete) .. (mi|me|nam|psat|posilat|zasilat|kontaktovat)
(zadne dalsi|uz zadne|zadne) (emaily|maily|zpravy|nabidky|emailu)
pravo na .. (vymaz|zapomenuti|byt zapomenut|namitku)
(vymaz*|smazani|odstraneni) .. (udaju|osobnich|mych|dat|adresy)
odvolavam .. souhlas
vznasim .. namitk*
(odhlasit|odhlaseni) .. (odber*|se|z)
"""
)
FINNISH = phrases(
    """
(poista*|poistettava|poistaisitteko|peruu*|perukaa) .. (minut|meidat|osoit*|sahkopostiosoit*|tieto*|tama|
    yhteystieto*|nimeni|tilaus*|henkilotieto*)
(minut|meidat|osoitteeni|sahkopostiosoitteeni|tietoni|nimeni) .. (poistaa|poistettava|poista*|pois)
(en|emme) .. (halua|toivo|haluaisi|tahdo) .. (teilta|viest*|mainok*|sahkopost*|posti|postia|yhteydenot*|
    uutiskirje*)
(alkaa|ala) .. (lahettako|laheta|kirjoittako|kirjoita|ottako|ota|hairitko|hairitse|lahestyko|
    lahesty) .. (enaa|lisaa|viest*|sahkopost*|mainok*|yhteytta|minua|meita|$)
(lopetta*|lopettakaa|lopeta) .. (lahett*|viesti*|postitus*|yhteydenot*|mainos*|sahkopost*|kirjoit*)
(ei|alkoon) (enaa|lisaa) (viesteja|sahkopost*|mainoks*|yhteydenot*|posteja)
(pois|poistakaa) .. (postituslista*|listalta*|listaltanne|sahkopostilista*|jakelu*)
(oikeu*) .. (tulla unohdetuksi|unohdetuksi|poistamise*)
(perun|peruutan|peruutamme) .. (suostumuks*|tilauks*)
vastustan .. (henkilotietojen|kasittely*|markkinoin*)
^(lopettakaa|lopeta|poistakaa|peruuttakaa)( jo| kiitos| nyt)? $
(haluan|haluaisin|tahdon|pyydan|vaadin|toivon) .. (peruu*|pois|poist*|ettette) .. (tilaukse*|listalta*|
    henkilotieto*|tieto*|osoit*|yhteyt*|lahet*|kirjoit*|rekister*|enaa|$)
(vaadin|pyydan|edellytan) .. (tietojeni|henkilotietojeni|osoitteeni|yhteystietojeni) .. (poist*|hävit*)
(en|emme) halua (saada|vastaanottaa) .. (markkinoin*|mainon*|viest*|posti*|uutiskirje*)
ettette .. (enaa|lisaa) .. (ota|lahet*|kirjoit*|yhteyt*)
(jattakaa|jata) minut rauhaan
"""
)
TURKISH = phrases(
    """
(beni|bizi|adresimi|postami|emailimi|bilgilerimi|verilerimi|mailimi|adimi|adresimizi|ismimi) .. (cikar*|
    sil*|kaldir*)
liste(n*|den|sinden) .. (cik*|sil*|kaldir*)
(artik|bir daha|bana|bize|tekrar|boyle) .. (atmayin*|gondermeyin*|yollamayin*|yazmayin*|gonderme|atma|
    rahatsiz etmeyin*|gecmeyin*|ulasmayin*)
(email|mail|posta|mesaj|ileti) .. (atmayin*|gondermeyin*|yollamayin*|yazmayin*|gonderilmesini istem*|
    almak istem*|istemiyor*)
(almak|duymak|iletisim) .. istem(iyorum|iyoruz|em)
abonelig* .. (iptal*|sonlandir*)
abonelik* .. (cik*|iptal*)
(mail|email|eposta|posta|mesaj|ileti)* ?(gondermeyi|atmayi|yazmayi|yollamayi) (birak*|kes*|durdur*|son ver*)
(silinmesini|cikarilmayi|kaldirilmasini|silmenizi|cikarmanizi|cikarilmasini) .. (talep|istiyor*|rica|
    isterim)
(unutulma hakki*|onayimi .. geri|rizami .. geri)
"""
)
OTHERS = phrases(
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
(보내지|연락하지|연락) (마|마세요|마십시오|말아*|말기*)
그만 (보내*|연락*)
수신 (거부*|동의를 철회*)
(목록에서|리스트에서|명단에서) .. (삭제*|제외*|빼*)
구독 ?(취소*|해지*)
"""
)
WITHOUT_SPACES = runs(
    """
配信(を|は|の)?(停止|止め|ストップ|解除|不要)
(送ら|送信し|送付し|連絡し|配信し|メールし)ないで
(連絡|メール|案内|送付|送信|配信|営業)(は|を|について)?(今後)?(一切)?(不要|お断り|遠慮|お控え|控え|おやめ|やめて|停止|結構です)
(今後|二度と|一切)の?(ご)?(連絡|メール|案内|送付|送信|配信|営業)(は|を|も)?(一切)?(不要|お断り|遠慮|ご遠慮|お控え|控え|おやめ|やめて|しない|いりません|要りません)
(登録|購読|会員)(を|の)?(解除|削除|取り消)
(メール|案内|連絡|DM)(を|は)?(今後)?(は)?(送ら|送付し|配信し|送信し)ない(で|よう)
(以後|以降|今後)(は)?(の)?(メール|ご連絡|連絡|ご案内|案内|送付|配信|送信)(の送付|の配信|の送信|など|等)?(は|も|を)?(一切)?(ご)?(遠慮|不要|結構|お控え|控え|お断り|無用|
    停止|中止)
(メール|案内|資料|DM)の(送付|配信|送信)(は|を)(今後)?(ご)?(遠慮|不要|結構|お控え|控え|お断り|無用|停止|中止|止め)
(メールマガジン|メルマガ|購読|登録|配信|会員)(の|を)?(解除|停止|退会|中止|解約)
リストから(の)?(削除|外し|除外|除い|抹消)
(私|当方|弊社|わたし|当社)の(メール)?(アドレス|個人情報|情報|データ|連絡先|メールアドレス)(を|の)(すべて|全て)?(削除|消去|抹消)
(アドレス|個人情報|連絡先)(を|の)(すべて|全て)?(削除|消去|抹消)(して|を)
(수신거부|수신을거부|보내지마|연락하지마|삭제해주)
(退订|取消订阅|不要再(发|联系|给我)|请勿再|停止发送|别再(发|联系)|把我(从|移)|删除我)
""",
)
