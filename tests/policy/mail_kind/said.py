"""What people write who want no more mails, who complain, and who want neither, in the languages we meet."""

from __future__ import annotations

_LEAVES = """\
Please take us off your distribution list.
Kindly unsubscribe this address.
Stop emailing me.
stop pls
Please stop.
STOP STOP STOP
Stop. Now.
UNSUBSCRIBE!!!
Hi, can you remove me from this list please? Thanks
Not for us. Please don't write again.
I never signed up for this. Take my address out of your database.
Would you please refrain from sending me further messages?
I'd rather not receive any more of these. All the best with the product though.
thanks but no thanks, and please no more mails
Please delete my details from your systems and confirm you have done so.
I hereby object to the processing of my personal data for direct marketing purposes (Art. 21 GDPR).
Please erase my data.
Right to be forgotten: I exercise my right and expect confirmation.
Please cease all communication.
We have no need for this. Kindly refrain from contacting us in future.
We're not interested now or ever. Do not contact us again.
Please remove ana.ruiz@harborlogistics.example from all your lists.
I asked to be removed last month, yet here we are. Please do it this time.
Could you drop me from your mailings? Much appreciated.
Thanks for reaching out, but I'd prefer not to be contacted about this again.
I have already unsubscribed twice. Please honour it.
No more please.
Off the list please.
Kindly opt me out.
Opt-out
REMOVE
remove me
Please consider this my request to opt out of all marketing.
I don't wish to get these emails.
Please don't email this address anymore.
please leave me out of your mailings from now on
Thank you, but I don't want to hear about this any more. Please strike my name from your list.
Please lose my email address.
I would be glad to get no further mails from you. Kind regards
Nothing personal, but would you kindly quit writing to me?
Please do not send any more emails to this address.
Do me a favour and cross me off.
No further contact please.
You have my no. Please respect it and don't get in touch again.
Please delete me from your CRM.
I no longer wish to receive your communications.
How do I get off this list?
Let this be the last mail I get from you, please.
Bitte nehmen Sie mich aus dem Verteiler.
Abmelden bitte
Bitte keine weiteren E-Mails.
Bitte senden Sie mir keine Mails mehr, danke.
Ich möchte von Ihnen nicht mehr kontaktiert werden.
Hiermit widerspreche ich der Nutzung meiner Daten zu Werbezwecken.
Streichen Sie meine Adresse aus Ihrer Datenbank.
Ich bitte um Löschung meiner personenbezogenen Daten gemäß Art. 17 DSGVO.
Kein Interesse. Bitte nicht mehr anschreiben.
Melden Sie mich bitte von Ihrem Newsletter ab.
Lassen Sie mich bitte in Ruhe.
Wir haben keinen Bedarf, bitte sehen Sie von weiteren Nachrichten ab.
Bitte kontaktieren Sie uns nicht mehr.
Merci de ne plus m'écrire.
Veuillez me retirer de vos listes.
Désinscription svp
Je ne souhaite plus recevoir vos messages.
Merci de supprimer mon adresse de votre fichier.
Je vous demande d'effacer toutes mes données personnelles conformément à l'article 17 du RGPD.
Arrêtez de m'envoyer des mails.
Pas intéressée, merci de ne plus me contacter.
Stop aux mails svp
Ne m'envoyez plus rien.
Por favor, dadme de baja.
Quiero darme de baja de su lista.
No me interesa, por favor no me escriban más.
Dejad de enviarme correos.
Solicito la supresión de mis datos personales.
Baja
Les ruego que eliminen mi dirección de su base de datos.
No deseo recibir más información. Gracias.
Borradme de la lista, por favor.
Per favore toglietemi dalla lista.
Non voglio più ricevere le vostre mail.
Vi prego di non contattarmi più.
Chiedo la cancellazione dei miei dati.
Disiscrivetemi grazie
Non ci scriva più, grazie.
Non sono interessata. Prego rimuovere il mio nominativo dal database.
Por favor removam-me da vossa lista.
Não quero receber mais emails vossos.
Peço que deixem de me contactar.
Solicito a eliminação dos meus dados.
Por favor, não me enviem mais mensagens.
Retirem o meu email da base de dados.
Agradeço que não voltem a contactar-me.
Gostaria de deixar de receber estes emails.
Quero cancelar a subscrição.
Pode retirar-me desta lista? Obrigado
Schrijf mij uit aub.
Graag uitschrijven.
Haal me van de lijst alsjeblieft.
Ik wil geen mails meer ontvangen.
Gelieve mij niet meer te contacteren.
Verwijder mijn gegevens uit uw bestand.
Stop met mailen.
Graag geen berichten meer.
Wilt u mij van uw mailinglijst halen?
Uitschrijven
Wij hebben geen interesse, mail ons niet meer.
Proszę o usunięcie mojego adresu z Państwa bazy.
Proszę więcej do mnie nie pisać.
Nie jestem zainteresowana. Proszę nie wysyłać mi kolejnych wiadomości.
Wypisz
Nie chcę otrzymywać takich maili.
Proszę mnie wykreślić z listy.
Żądam usunięcia moich danych osobowych.
Prosím, odhlaste mě.
Nepište mi už prosím.
Vyřaďte mě prosím z rozesílky.
Nepřeji si dostávat vaše nabídky.
Prosím o vymazání mých údajů.
Odhlásit
Už mi prosím nic neposílejte.
Nemám zájem, vymažte si můj kontakt.
Žádám o výmaz osobních údajů podle čl. 17 GDPR.
Nechci od vás dostávat další e-maily.
Ta bort mig från listan, tack.
Jag vill inte ha fler mejl från er.
Sluta mejla mig.
Avregistrera mig tack
Vänligen radera mina uppgifter.
Kontakta mig inte igen.
Jag önskar inte få fler utskick.
Snälla ta bort min adress från ert register.
Inte intresserad. Hör inte av er igen.
Tack men nej tack, och inga fler mejl.
Fjern mig venligst fra jeres mailliste.
Jeg ønsker ikke at modtage flere mails.
Stop med at skrive til mig.
Slet venligst mine oplysninger.
Afmeld mig tak
Vær venlig at slette min adresse.
Ikke interesseret. Kontakt mig ikke igen.
I må gerne slette mig fra jeres liste.
Vennligst fjern meg fra listen.
Jeg ønsker ikke flere e-poster fra dere.
Meld meg av.
Poistakaa minut postituslistalta.
En halua enää viestejä teiltä.
Älkää lähettäkö enää sähköpostia.
Pyydän poistamaan tietoni.
Lopettakaa viestien lähettäminen.
Ei kiitos, älkää ottako enää yhteyttä.
Poista sähköpostiosoitteeni rekisteristänne.
Peruuta tilaus
Lütfen beni listenizden çıkarın.
Artık mail göndermeyin.
Lütfen bana bir daha yazmayın.
Bu e-postaları almak istemiyorum.
Verilerimin silinmesini talep ediyorum.
Aboneliğimi iptal edin.
Lütfen e-posta adresimi silin.
Listeden çıkmak istiyorum.
Beni bir daha rahatsız etmeyin.
配信停止をお願いします。
今後のメールは不要です。
今後、このようなメールは送らないでください。
リストから削除してください。
配信を停止していただけますでしょうか。
メールアドレスをリストから削除していただけますか。
今後のご案内は不要ですので、ご連絡はお控えください。
個人情報の削除をお願いいたします。
登録解除してください
営業メールはお断りしております。
Ich bitte Sie, mich aus Ihrer Adressliste zu entfernen.
Bitte entfernen Sie diese Adresse.
Wir wünschen keine Werbemails.
Keine Werbung mehr bitte!
Ich wünsche keinen weiteren Kontakt.
Ich wäre Ihnen dankbar, wenn Sie mir nicht mehr schreiben würden.
Bitte künftig nicht mehr.
Bitte austragen, danke.
Kein Bedarf. Bitte schreiben Sie uns nicht noch einmal an.
Bitte sehen Sie davon ab, mich weiter anzuschreiben.
Nehmt mich bitte raus.
Ich möchte aus dem Verteiler raus.
Hiermit fordere ich Sie auf, alle zu meiner Person gespeicherten Daten zu löschen.
Ich habe Sie schon einmal gebeten, mir nicht mehr zu schreiben.
Könnten Sie mich bitte von der Liste streichen?
Veuillez ne plus me contacter.
Enlevez-moi de cette liste SVP.
Je ne veux plus de vos mails.
J'aimerais ne plus recevoir vos courriels.
Prière de ne plus m'adresser de publicité.
Je vous prie de bien vouloir cesser tout envoi.
Pouvez-vous me retirer de votre base ?
Désabonnez-moi
Je vous saurais gré de ne plus m'envoyer de propositions.
Je demande l'effacement de mes données (art. 17 RGPD).
Ne me relancez plus, merci.
Merci d'effacer mes coordonnées de vos fichiers.
Désolée, plus de mails s'il vous plaît.
Por favor, quitadme de esta lista.
Le pido que no me vuelva a escribir.
No me mandéis más mensajes.
¿Podéis borrarme de vuestra base de datos?
Solicito el borrado de mis datos.
Dejen de mandarme correos.
Preferiría no recibir más correos.
Ejercito mi derecho de supresión.
Darse de baja
Por favor, cancelen mi suscripción.
No estoy interesado, por favor eliminen mi correo.
Os agradecería que no me escribierais más.
Per cortesia cancellatemi.
Non desidero ricevere altre comunicazioni.
Vi chiedo di smettere di scrivermi.
Toglietemi dalla mailing list, per favore.
Chiedo di essere rimosso dai vostri contatti.
Potete togliermi dalla lista?
Le chiedo cortesemente di non scrivermi più.
Esercito il diritto alla cancellazione ai sensi dell'art. 17 GDPR.
Preferirei non ricevere altre email.
Non mi interessa, grazie, e non mi scriva più.
Cancellate i miei dati.
Por favor, parem de me enviar emails.
Retirem-me da lista, por favor.
Não desejo ser contactado novamente.
Queria deixar de receber as vossas mensagens.
Exerço o direito ao apagamento dos meus dados.
Agradecia que apagassem o meu contacto.
Podem retirar o meu endereço?
Não estou interessado. Por favor não insistam.
Não me enviem mais nada.
Tirem-me desta lista.
Cancelar subscrição
Remover
Haal ons van de lijst.
Kunnen jullie mij uitschrijven?
Ik wens geen e-mails van u te ontvangen.
Graag van de mailinglijst verwijderen.
Wil je me niet meer mailen?
Ik wil niet meer benaderd worden.
Zou u mij uit uw systeem willen halen?
Afmelden graag.
Verwijder mij.
Ik verzoek u mijn persoonsgegevens te wissen op grond van artikel 17 AVG.
Stuur mij niets meer.
Geen mail meer aub
Mag ik van deze lijst af?
Niet meer mailen s.v.p.
Hier heb ik geen behoefte aan, haal mijn adres weg.
Proszę usunąć mój e-mail.
Proszę mnie usunąć z listy.
Proszę nie wysyłać więcej maili.
Nie chcę więcej wiadomości od Państwa.
Proszę przestać do mnie pisać.
Proszę zaprzestać kontaktu.
Proszę o usunięcie moich danych osobowych na podstawie art. 17 RODO.
Nie życzymy sobie otrzymywania ofert.
Wypiszcie mnie.
Usuńcie mnie z bazy.
Odsubskrybuj
Prosím smažte můj e-mail z databáze.
Odhlaste mě prosím z odběru.
Nezasílejte mi další nabídky.
Prosím, abyste mi již nepsali.
Nemám zájem, prosím již nekontaktujte.
Nepřeji si být kontaktován.
Smažte prosím moje údaje.
Prosím o vyřazení z databáze.
Přestaňte mi psát.
Děkuji, ale už mi prosím nepište.
Nechceme od vás žádné další zprávy.
Prosím odebrat ze seznamu.
Vänligen ta bort mig från er mejllista.
Snälla sluta skicka mejl.
Vi vill inte bli kontaktade igen.
Ta bort mina kontaktuppgifter.
Jag vill avregistrera mig.
Avsluta utskicken till mig.
Jag begär att mina personuppgifter raderas.
Inga fler utskick, tack.
Stryk mig.
Var vänlig och ta bort min e-postadress.
Jag vill inte ha era mejl.
Nej tack, hör inte av er mer.
Slet mig venligst.
Jeg vil ikke have flere mails fra jer.
Fjern mig fra listen.
I bedes slette mine personoplysninger.
Tag mig af listen.
Jeg ønsker ikke at blive kontaktet.
Send ikke flere mails, tak.
Stop venligst med at maile mig.
Vil I være søde at fjerne mig fra jeres mailliste?
Nej tak, og skriv venligst ikke igen.
Kontakt mig venligst ikke mere.
Afmeld
Framelding takk
Slutt å sende meg e-post.
Kan dere fjerne meg fra listen?
Poistakaa minut listalta.
Haluan peruuttaa tilauksen.
En halua saada markkinointia.
Älkää kirjoittako minulle enää.
Pyydän, että poistatte tietoni rekisteristänne.
Ei enää viestejä, kiitos.
Olkaa hyvä ja poistakaa osoitteeni.
Kiitos ei, älkää lähettäkö lisää.
En ole kiinnostunut, poistakaa yhteystietoni.
Vaadin henkilötietojeni poistamista.
Toivon ettette enää ota yhteyttä.
Lopettakaa sähköpostien lähettäminen.
Beni mail listenizden siler misiniz?
Lütfen mail göndermeyi bırakın.
Bana e-posta göndermeyi kesin.
Mail listesinden çıkmak istiyorum.
Bu tür mesajlar almak istemiyorum.
Lütfen artık yazmayınız.
İlgilenmiyorum, tekrar yazmayın.
Abonelikten çıkar
Beni veri tabanınızdan çıkarın.
E-posta listenizden çıkarılmak istiyorum.
KVKK kapsamında verilerimin silinmesini talep ederim.
Lütfen bu adrese mail atmayın.
Çıkar
配信停止希望
配信停止してください。
メールの配信を止めてください。
今後メールを送らないようお願いします。
今後のご連絡は結構です。
以後、メールの送付はご遠慮ください。
こちらのアドレスへの送信を停止してください。
興味がありませんので、今後連絡は不要です。
私のデータを削除してください。
宛先リストから除外をお願いいたします。
今後一切のご連絡をお断りします。
登録の解除をお願いします。
メールマガジンの解除をお願いします。
メールはもう送らないでください。
I'd appreciate it if you stopped.
Could we leave it there? I'd rather this was the last mail.
Please don't get back to me.
Kindly note that we do not accept marketing mail. Remove all our addresses.
No interest. Please close my file and do not get in touch again.
This is my third request to be taken off.
Please update your records: I do not consent to marketing emails.
I would ask you to delete this address and to send nothing else to it.
Please make sure I don't get any more of these.
Is there a way to stop these mails?
Can I be taken off this?
I didn't sign up for these emails. Please remove.
Don't want these.
We're happy with what we have. Please take Lumen off your prospect list.
no more mail pls
Enough, thanks. No further mails.
Please stop this.
Please end this sequence.
Would you mind not mailing me any more?
Not my cup of tea, sorry. You can delete my address.
You may delete my contact.
You can take my name off your list.
Feel free to remove me from your list.
Please don't send me anything else.
You are welcome to forget my address.
Would you be so kind as to erase my details?
I've moved on; please scrap my contact details.
I wish to be excluded from further correspondence.
As per GDPR I request that my personal data be erased without undue delay.
I want all data you store on me gone. Confirm please.
Stop with the emails already
Enough with the mails.
Plz stop msging me
Take my email off ur list
UNSUBSCRIBE ME NOW
please, unsubscribe
unsuscribe please
Pls remov me
Good product, wrong person. Take me off the list, would you?
Ok to delete me from your contacts.
I keep getting these. How can I make it stop?
Lass gut sein, bitte keine Mails mehr.
Bitte streichen.
Bitte löschen Sie alle meine Daten.
Nicht interessiert, bitte aus der Liste nehmen.
Wir bitten Sie, uns künftig keine Werbung mehr zuzusenden.
Bitte um Entfernung aus dem Verteiler.
Ich fordere Sie auf, meine Daten zu löschen.
Retirez-moi de la liste.
Je souhaite me désabonner.
Merci de me retirer de votre liste.
Pouvez-vous arrêter de nous écrire ?
Merci de bien vouloir supprimer mes coordonnées.
Je ne suis pas intéressé, inutile de me relancer.
Inutile de me recontacter.
No nos escriban más por favor.
Ruego me eliminen de su base de datos.
Quítenme de su lista.
Gracias, pero no deseo recibir publicidad.
Por favor eliminen mis datos conforme al RGPD.
Vorrei essere cancellato dalla lista.
Basta email per favore.
Non mandatemi più email.
Desidero non essere più contattato.
Desejo ser removido da lista.
Por favor apaguem os meus dados pessoais.
Não me contactem mais.
Agradeço que me removam da lista de contactos.
Kunt u mij verwijderen?
Wilt u mijn adres uit uw bestand verwijderen?
Ik stel geen prijs op deze mails.
Liever geen mails meer.
Meld me af.
Gelieve mijn gegevens te wissen.
Proszę o usunięcie mnie z bazy.
Proszę o nieprzesyłanie ofert.
Rezygnuję z dalszej korespondencji.
Nie wyrażam zgody na otrzymywanie informacji handlowych.
Prosím neposílejte mi další maily.
Prosím o odhlášení.
Nemám zájem o další maily.
Vyškrtněte mě ze seznamu.
Stryk mig från listan.
Inga fler mejl, tack!
Jag vill bli borttagen från er lista.
Ta bort oss.
Radera allt ni har om mig.
Skicka inget mer till mig.
Jeg vil gerne afmeldes.
Vil I slette mig?
Send mig ikke flere mails.
Fjern min adresse.
Jeg frabeder mig flere henvendelser.
Ikke flere mails tak.
Ottakaa minut pois listalta.
Haluan pois postituslistalta.
Poistakaa tietoni.
En ole kiinnostunut, älkää lähettäkö enempää.
Lopettakaa.
Beni listeden çıkarır mısınız?
Bir daha e-posta göndermeyiniz.
Tekrar yazmayın lütfen.
Kişisel verilerimin silinmesini istiyorum.
E-posta almak istemiyorum.
メール配信の停止をお願いします。
今後の送信はご遠慮ください。
登録を削除してください。
配信リストから外してください。
もうメールを送らないでください。
当方の連絡先を削除してください。
以後のご連絡は不要です。
Why don't you just remove me from that list?
To whom it may concern: unsubscribe me from everything.
The unsubscribe link in your mail is broken, so please take me off your list by hand.
If you want to do me a favour, take me off your list.
Please don't contact me again, by phone or by email.
Ich wäre dankbar, wenn Sie mir nicht mehr schreiben.
Zum dritten Mal: bitte abmelden!
Wilt u mij niet meer mailen?
Proszę, aby więcej do mnie nie pisać.
Pour la troisième fois, merci de me désinscrire.
Maybe you could unsubscribe me?
please unsubsribe me
unsubscirbe
My data must be deleted, please confirm.
I object to my data being used for marketing.
Not interested, do not follow up.
No need to follow up again, thanks.
I never asked for this. Stop.
I no longer wish to receive these.
Put me on your do-not-call list.
Hören Sie auf, mir zu schreiben.
Geen interesse, neem geen contact meer op.
Não quero mais receber.
더 이상 메일 보내지 마세요.
연락하지 마세요.
别再发了
"""
LEAVES = tuple(_LEAVES.splitlines())
"""Each of these asks not to be written to, or to be forgotten."""

_STAYS = """\
Please drop me a line next week.
Drop us a note when it's ready.
Our customers want to unsubscribe from SMS alerts, can you do that?
How does your tool handle opt-outs?
Can you delete duplicates from our list automatically?
We want to stop emailing spreadsheets around.
Don't hesitate to contact me again.
I don't want a PDF, send me the Excel.
Please don't send the contract before Friday.
Don't send it to Jens yet.
If you don't send me the numbers by Friday I'll look elsewhere.
Why not email me the deck?
It would get us off Excel, which is all I want.
Please take our data into account.
We need to remove manual steps from the process. Could you take the load off my team?
I was surprised that you didn't write sooner.
How quickly can you delete our data when the contract ends?
Does your system support the right to be forgotten?
No thanks, we're all set.
Not interested, sorry.
No.
Not now, please contact me in March.
Please don't contact me until January.
I nearly unsubscribed, then I read the second paragraph. Tell me more.
Please don't remove me from the list, I was only away.
Stop by our booth on Thursday!
We had to stop sending trucks on Sundays.
The trucks stop in Edirne.
Can we opt out of the annual contract after six months?
I've removed the attachment, it was too large.
Please remove the second seat from the quote.
Can you take Ana off cc and add Mei?
I'd rather not get into pricing by mail. Call me?
Leave me your number and I'll call.
You can leave us out of the case study.
No more emails in the night shift, that is what we want from a tool.
My inbox is full, I get too many newsletters, but yours I read.
We no longer want to type reports by hand.
Do you have a template for erasure requests under GDPR?
Delete the old draft, here is the new one.
I did not receive your last mail.
I don't need more information, I'm convinced. Where do I sign?
We don't want more tools, we want fewer. Does yours replace two?
Please send no more than three references.
It's a no from me this year, try again next autumn.
Please cancel Tuesday's call, something came up.
I'm not on the list of speakers any more, so talk to Mei.
I end here, in the end contact me if it changes.
Ich melde mich im Januar bei Ihnen.
Ich habe bisher keine Mail erhalten.
Können Sie uns bitte Unterlagen aus Ihrem System schicken?
Nehmen Sie meine Kollegin bitte dazu.
Zögern Sie nicht, mich zu kontaktieren.
Leider kein Bedarf.
Wir möchten keine Excel-Listen mehr pflegen.
Können wir den Termin am Dienstag streichen?
Bitte schicken Sie mir keine PDF, sondern eine Excel-Datei.
Schicken Sie mir nichts vor Montag.
N'hésitez pas à me contacter.
Je n'ai pas reçu votre mail.
Nous ne voulons plus saisir les commandes à la main.
Pas pour le moment, merci.
No dude en contactarme.
No he recibido vuestro correo.
Queremos una cuota más baja.
Estoy de baja hasta enero, pero contesto.
No queremos seguir con Excel.
No me interesa por ahora.
Non esiti a contattarmi.
Non ho ricevuto la vostra mail.
Non voglio avere altri problemi con i fogli Excel.
Al momento non ci interessa.
Tire-me uma dúvida: o preço inclui IVA?
Não recebi o seu email.
Não hesite em contactar-me.
Ik heb geen mail ontvangen.
Aarzel niet om mij te contacteren.
Geen interesse, bedankt.
We willen geen Excel-lijsten meer bijhouden.
Proszę nie dzwonić przed dziesiątą.
Nie dostałam wiadomości.
Na razie nie, dziękuję.
Neváhejte mě kontaktovat.
Nechceme už Excel.
Teď ne, ozvěte se v lednu.
Tveka inte att kontakta mig.
Vi vill inte ha fler system.
Inte just nu, tack.
Send ikke kontrakten til Jens endnu.
Vi har ikke modtaget jeres mail.
Ei kiitos tällä hetkellä.
En ole saanut viestiänne.
Henüz sözleşmeyi göndermeyin.
E-postanızı almadım.
今は必要ありません。
メールを受け取っていません。
お電話ではなくメールでお願いします。
If you would rather not hear from us, reply STOP or unsubscribe here
Sie möchten keine E-Mails mehr von uns erhalten? Hier abmelden
Pour ne plus recevoir nos messages, désinscrivez-vous ici
Si no quieres recibir más correos, date de baja aquí
You received this email because you subscribed to our news. Click here to unsubscribe.
If you no longer wish to receive these emails, you can unsubscribe at any time.
Our customers keep writing "unsubscribe me", and nobody has the time to do it by hand.
Please delete my previous mail, it was meant for somebody else.
I unsubscribed by accident, please add me back.
Please don't contact me on my mobile.
If I don't hear from you by Friday I'll sign elsewhere.
I have had no further emails from you since Tuesday.
Enough emails, let's talk. Tuesday at 10?
We want duplicates to be removed automatically.
How do patients withdraw consent in your product?
It would get us off the old system.
We had to stop. Can we go on in March?
No need to follow up today, I'll call you tomorrow.
We no longer want to receive these as paper, a mail is fine.
자료를 보내지 말고 링크를 주세요.
"""
STAYS = tuple(_STAYS.splitlines())
"""None of these does, though many have the words."""

_COMPLAINS = """\
This is unsolicited and I have reported it to the ICO.
Your mail has been reported as phishing to our security team and to Google.
I consider this harassment. Next one goes to my lawyer.
I will be filing a complaint with the Data Protection Commission.
You have no legal basis to process my data. Expect a letter from our counsel.
SPAM
Spam! Reported.
Reported as junk, blocked.
I'm marking you as spam.
You're in breach of PECR. I am reporting this.
If I receive one more message I will take legal action.
We have forwarded your message to Spamhaus.
Our lawyers will contact you.
What you are doing is illegal. I'm going to report you.
Stop harassing me or I call the police.
Consider this formal notice: further contact will result in legal proceedings.
I have reported your domain for abuse.
Das ist Spam. Ich habe Sie gemeldet.
Ich habe Sie bei der Bundesnetzagentur gemeldet.
Sie verstoßen gegen die DSGVO, ich habe Beschwerde eingelegt.
Unser Anwalt wird sich bei Ihnen melden.
C'est du spam, je vous ai signalé.
J'ai signalé votre message comme spam.
Je vais porter plainte.
Vous violez le RGPD. Mon avocat vous contactera.
He marcado su correo como spam y lo he denunciado.
Voy a poner una reclamación ante la AEPD.
Questo è spam, vi ho segnalato al Garante.
Mi rivolgerò al Garante della privacy.
Ho segnalato la vostra email come spam.
Isto é spam. Vou apresentar queixa à CNPD.
Marquei a vossa mensagem como spam.
Denunciei este email à CNPD.
Dit is spam. Ik heb een klacht ingediend bij de ACM.
Ik meld u bij de Autoriteit Persoonsgegevens.
Ik heb deze mail als spam gemeld.
To jest spam. Zgłosiłem to do UODO.
Składam skargę do Prezesa UODO.
Zgłaszam Państwa jako spam.
Toto je spam, nahlásil jsem vás na ÚOOÚ.
Podávám stížnost k Úřadu pro ochranu osobních údajů.
Det här är spam. Jag har anmält er till IMY.
Jag anmäler er till Integritetsskyddsmyndigheten.
Dette er spam. Jeg har klaget til Datatilsynet.
Jeg har anmeldt jer til Forbrugerombudsmanden.
Tämä on roskapostia. Teen ilmoituksen tietosuojavaltuutetulle.
Olen ilmoittanut viestinne roskapostiksi.
Bu spam. Sizi şikayet ettim.
KVKK'ya şikayette bulunacağım.
E-postanızı spam olarak bildirdim.
これは迷惑メールです。通報しました。
特定電子メール法違反です。総務省に通報します。
迷惑メールとして報告しました。
"""
COMPLAINS = tuple(_COMPLAINS.splitlines())
"""Each of these complains of our mail."""

_CONTENT = """\
Your mail landed in my spam folder, sorry for the late reply.
Is this spam or are you a real person?
Our lawyer is reviewing the contract.
Legal will read it too.
I'm disappointed with the delay, please hurry.
Our GDPR officer and our lawyer need the DPA.
We get a lot of complaints from customers about delays.
I reported the broken link to your support.
We filed a complaint with our current vendor.
It's illegal for us to share customer data, can you work without?
I have to report to the board on Friday.
I'll report back next week.
Can your tool flag spam orders?
Your competitor is suing us, so budgets are frozen.
Unser Anwalt prüft den Vertrag.
Ihre Mail war im Spam-Ordner.
Votre message était dans mes spams.
Su correo acabó en la carpeta de spam.
迷惑メールフォルダに入っていました。
I blocked your slot in my calendar.
How did you get my address?
I never signed up for anything, I think. Who are you?
You are the third person to mail me about this. What is different?
Please inform your legal team that we need an NDA.
My complaint is with the price, not the product.
"""
CONTENT = tuple(_CONTENT.splitlines())
"""None of these does."""
