"""How people ask not to be written to: in French, Spanish, Italian and Portuguese."""

from __future__ import annotations

from shared.policy.mail_kind.folded import phrases

_FRENCH_VOS = (
    "(vos|votre|de (mails?|messages?|courriels?|emails?|publicite|sollicitations?|newsletters?|vos)|"
    "daucun|aucun|aucune|dautres|de vous|rien de)"
)
FRENCH = phrases(
    f"""
(me|nous) (desinscrire|desabonner|desinscrivez|desinscriviez|desabonniez|radier|rayer)
(me|nous) (retirer|supprimer|enlever|effacer|retiriez|supprimiez|sortir) .. (de|des|du) .. (liste*|base*|
    fichier*|mailing*|newsletter|diffusion|envois|contacts)
(desinscrivez|desabonnez|retirez|supprimez|enlevez|rayez|effacez|otez|radiez|desinscris|retire|supprime|
    enleve) (moi|nous|mon|mes|notre (adresse|email)|nos (coordonnees|adresses)|cette adresse|adr)
(supprimer|retirer|deffacer|effacer|enlever|supprimez|retirez|effacez|enlevez|rayer|radier) .. (mon|mes|
    nos|notre|toutes mes|lensemble de mes) .. (adresse*|donnees personnelles|donnees|coordonnees|email|
    mail|nom|contact)
(suppression|effacement|retrait) .. (mes|de mes|mon|de mon|nos|toutes mes) .. (donnees|coordonnees|
    adresse*|informations|email)
ne (plus|pas) .. (mecrire|me contacter|menvoyer|me solliciter|me relancer|nous contacter|nous ecrire|
    nous envoyer|nous solliciter|me deranger|me demarcher|etre contact*|etre sollicit*|etre demarch*|
    figurer)
ne plus .. recevoir .. {_FRENCH_VOS}
ne (mecri*|me contact*|menvoy*|me sollicit*|me relanc*|me derang*|nous contact*|nous ecri*|nous envoy*|
    nous sollicit*|nous relanc*|me demarch*) .. (plus|jamais)
ne (mecrivez|me contactez|me sollicitez|me relancez|nous contactez|nous ecrivez|me derangez) pas
ne (souhait*|veux|desir*|voulons|voudrais|veut|tiens|tenons) .. (plus|pas|jamais) .. (etre contact*|
    etre sollicit*|etre demarch*|que vous (me|nous|m)*)
ne (souhait*|veux|desir*|voulons|voudrais|veut|tiens|tenons) .. (plus|pas|
    jamais) .. recevoir .. {_FRENCH_VOS}
ne (souhait*|veux|voulons|desir*) (plus|pas) (de vos|vos|aucun|de messages|de mails|entendre parler)
(cessez|cesser|cesse|arretez|arreter|arrete|stoppez) .. (de|dy) .. (mecrire|menvoyer|me contacter|
    me solliciter|me relancer|nous ecrire|nous envoyer|nous contacter|nous solliciter|mimportuner|
    me harceler|me spammer)
(cessez|arretez|stoppez|stop|cesser) (a |aux |avec |au )?(vos |les |ces |cette |toute |tout |tous )?(mails|
    messages|envois|courriels|emails|sollicitations|relances|prospection|contact|publicite|demarchage)
(plus|aucun|aucune) (aucun |aucune |de |autre )?(mail|mails|message|messages|courriel*|email*|
    sollicitation*|publicite|relance*|communication) .. (de votre part|svp|sil vous plait|merci|desormais|
    a lavenir)
^(merci de )?(plus de|plus aucun) (mail*|message*|courriel*|email*|sollicitation*)
(mon|exerce*) .. droit (a leffacement|a loubli|dopposition)
(je) .. moppose .. (a|au)
(retire|retirons|revoque) .. consentement
ne plus .. (madresser|nous adresser|me faire parvenir|me transmettre|mimportuner)
(cesser|arreter|stopper|suspendre) (tout|vos|ces|tous) (envoi*|message*|mail*|courriel*|demarchage|
    sollicitation*|contact)
(demande*|exige*|souhaite*|requiers) .. (leffacement|la suppression|leffacage|le retrait) .. (mes|mon|nos|
    notre)
inutile de (me|nous|m*) ?(relancer|recontacter|contacter|reecrire|ecrire|solliciter)
laissez (moi|nous) (tranquille*|en paix)
(retirez|enlevez|supprimez|sortez|retirer|enlever|sortir|radiez|rayez) .. (de|des) (votre|vos|
    toutes vos) .. (liste*|base*|fichier*|mailing*|newsletter|envois)
(desinscription|desabonnement|desinscrire|desabonner) .. (svp|sil vous plait|merci|immediat*|de votre|
    de vos)
(merci|veuillez|priere|souhaite|voudrais|demande) .. (desinscription|desabonnement|desinscrire|desabonner)
"""
)
_SPANISH_MAILS = (
    "(correo*|mensaje*|email*|publicidad|mail|mails|comunicacion*|boletin*|newsletter*|informacion|"
    "propaganda|ofertas)"
)
SPANISH = phrases(
    f"""
(darme|darnos|dame|dadme|deme|denme|dennos|danos|dadnos|dar) .. de baja
(me|nos) .. (de|den|deis|des|doy|damos|dan|das|dais) de baja
(quiero|quisiera|deseo|solicito|ruego|pido|necesito|queremos|solicitamos|solicitar) (la |mi |
    que me den de |que me deis de |tramitar la |causar |de )baja
baja .. (de (su|vuestra|tu|la|esta) .. (lista|base|boletin|newsletter)|inmediata|definitiva)
^baja (por favor|gracias|ya|$)
(borrame|borradme|borreme|borrenme|eliminame|eliminadme|elimineme|eliminenme|quitame|quitadme|quiteme|
    quitenme|saquenme|sacame|saqueme|sacadme|suprimame|borrarme|eliminarme|quitarme|sacarme|suprimirme|
    borrarnos|eliminarnos|quitarnos|borrennos|quitennos|eliminennos)
(elimin*|borr*|supr*|quit*|retir*|cancel*) .. (mi|mis|nuestr*|esta|todos mis) .. (direccion|datos|correo|
    email|nombre|contacto|suscripcion|mail)
(supresion|eliminacion|borrado|cancelacion) .. (mis|de mis|mi|nuestros|todos mis) .. (datos|direccion|
    correo)
no (quiero|deseo|queremos|deseamos|quisiera|necesito) .. (recibir|recibiendo) .. {_SPANISH_MAILS}
no (quiero|deseo|queremos|deseamos|quisiera) (que me|que nos) .. (escrib*|contact*|envi*|mand*|molest*)
no (quiero|deseo|queremos|deseamos|necesito) (recibir |saber )?(nada )?mas ({_SPANISH_MAILS}|de vosotros|
    de ustedes|suyos|vuestros)
no (quiero|deseo|queremos) (recibir|saber) (mas |nada mas |nada )(de )?(vosotros|ustedes|suyo|vuestro|
    su empresa)?
no (me|nos) (escribas|escriba|escriban|escribais|contactes|contacte|contacten|contacteis|envies|envie|
    envien|envieis|mandes|mande|manden|mandeis|molestes|moleste|molesten|molesteis|vuelvas|vuelva|vuelvan|
    volvais) .. (mas|nunca|otra vez|de nuevo|nada|a (escribir|contactar|enviar|mandar|molestar)|
    {_SPANISH_MAILS})
(deja|deje|dejen|dejad|dejar) .. de .. (escribirme|escribirnos|enviarme|enviarnos|mandarme|mandarnos|
    contactarme|contactarnos|molestarme|molestarnos|molestar|enviar {_SPANISH_MAILS})
no (volvais|vuelvas|vuelva|vuelvan) a (escribir*|contactar*|enviar*|mandar*|molestar*|dirigir*|ponerse)
no .. (escribais|escribas|escriban|escriba|contacteis|contacten|contacte|contactes|envieis|envien|envie|
    envies|mandeis|manden|mande) mas
(escribais|escriban|contacten|contacteis|envien|envieis|manden|mandeis|molesten|molesteis) mas
(preferiria|prefiero|preferimos|agradeceria|agradezco) .. no .. (recibir|que me) .. (mas|correo*|mensaje*|
    email*|escrib*)
(agradeceria|agradezco|rogaria|pido|ruego) .. que no .. (escrib*|contact*|envi*|mand*) .. (mas|nunca|
    de nuevo)
^(darse|dar|causar) (me )?de baja( por favor| gracias)? $
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
ITALIAN = phrases(
    f"""
(cancellarmi|cancellarci|cancellatemi|cancellami|cancellateci|rimuovermi|rimuovetemi|rimuovimi|rimuoverci|
    toglietemi|togliermi|toglimi|toglierci|eliminatemi|eliminarmi|eliminami|disiscrivetemi|disiscrivermi|
    disiscrivimi|depennarmi|depennatemi|escludetemi|escludermi|disiscriverci)
(mi|ci) .. (cancelli|cancelliate|cancellate|cancellare|rimuova|rimuoviate|rimuovete|tolga|togliate|
    togliete|elimini|eliminiate|eliminate|disiscriva|disiscriviate|disiscrivete) .. (da|dal|dalla|dalle|
    dai|subito|per favore|$)
(cancell*|rimuov*|elimin*|tolg*|togliere|depenn*) .. (mio|mia|miei|nostro|nostra|nostri|presente|
    tutti i miei) .. (indirizzo|dati|email|contatt*|nominativo|mail|recapit*|casella|iscrizione)
(cancellazione|rimozione|eliminazione) .. (dei miei|mio|miei|mia|dei nostri|di tutti|dalla vostra|dalla|
    dalle vostre) .. (dati|indirizzo|nominativo|lista|mailing|email|database)
non .. (scrivetemi|scriveteci|scrivermi|scriverci|contattatemi|contattateci|contattarmi|contattarci|
    inviatemi|inviateci|inviarmi|inviarci|mandatemi|mandateci|mandarmi|mandarci) .. (piu|altr*|ulterior*|
    nulla)
non .. (disturbarmi|disturbatemi|importunarmi|contattatemi|contattateci)
non (mi|ci) .. (scriva|scriviate|scrivete|scrivere|contatti|contattiate|contattate|contattare|invii|
    inviate|mandi|mandate|disturbi|disturbate|importun*) .. (piu|altr*|ulterior*)
non .. (desidero|voglio|desideriamo|vogliamo|intendo|gradisco|gradiamo) .. ricever* .. {_ITALIAN_MAILS}
non .. (desidero|voglio|desideriamo|vogliamo|intendo|gradisco) .. (essere contattat*|sentirvi|avere vostre|
    altre (mail|email|comunicazioni))
non .. (desidero|voglio|desideriamo|vogliamo) piu (ricever*|essere|sentir*|avere|{_ITALIAN_MAILS})
(vorrei|voglio|desidero|gradirei|chiedo di|chiediamo di) (non )?(essere|venire) (piu )?(cancellat*|rimoss*|
    disiscritt*|contattat*|eliminat*)
(preferirei|preferisco|gradirei|preferiamo) .. non .. (ricevere|essere contattat*) .. (altre|altri|piu|
    mail|email|comunicazion*|ulterior*|messaggi*|contattat*)
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
_PORTUGUESE_MAILS = (
    "(email*|mail|mails|mensage*|newsletter*|comunicac*|publicidade|contactos?|contatos?|propaganda|"
    "ofertas|e mails)"
)
PORTUGUESE = phrases(
    f"""
(remov*|retir*|exclu*|elimin*|apag*|descadastr*) (me|nos|o meu|a minha|meu|minha|meus|os meus|nosso*|
    este (email|endereco))
(tir*|saqu*|risqu*) (me|nos|o meu|meu) .. (da|desta|dessa|de|vossa|sua) .. (lista*|base|mailing|newsletter)
(remov*|retir*|tir*|exclu*|elimin*|apag*|cancel*) .. (meu|minha|meus|nosso|nossos|nossa|este) .. (email|
    endereco|nome|contacto|contato|dados|cadastro|subscricao|inscricao|assinatura|registo)
(me|nos) (remova*|remover|removam|retire*|retirar|exclua*|excluir|descadastr*|elimine*|apague*)
(me|nos) (tire*|tirar|tirem) .. (da|desta|dessa|vossa|sua) .. lista*
(apagamento|eliminacao|remocao|exclusao) .. (dos meus|meus|dos nossos|do meu) .. (dados|email|endereco|
    contacto)
nao .. (quero|desejo|pretendo|queremos|gostaria|desejamos|pretendemos|
    tenciono) .. receb* .. {_PORTUGUESE_MAILS}
nao .. (quero|desejo|pretendo|queremos|gostaria|desejamos|pretendemos) .. (ser contact*|ser contat*|
    mais {_PORTUGUESE_MAILS}|que me (escrev*|contact*|contat*|envi*|mand*))
nao (me|nos) (escreva*|contacte*|contate*|envie*|mande*|incomode*) .. (mais|novamente|de novo|nada|
    {_PORTUGUESE_MAILS})
nao (voltem|volte|voltes) a (me |nos )?(escrever|contactar|contatar|enviar|mandar|incomodar)
nao .. (escrevam|escreva|contactem|contacte|contatem|enviem|envie|mandem|mande|incomodem) .. (mais|
    novamente)
(parem|pare|para|parar|deixem|deixe) (de|com) .. (enviar me|mandar me|escrever*|contactar me|contatar me|
    incomodar*|me (enviar|mandar|escrever|contactar|contatar)|enviar {_PORTUGUESE_MAILS}|
    {_PORTUGUESE_MAILS})
deixar de receber .. {_PORTUGUESE_MAILS}
nao (quero|desejo|queremos|desejamos) (mais receber|receber mais)( isto| isso| nada)?( por favor| obrigad*)? $
(desejo|quero|gostaria de|peco para|pretendo|solicito) (que )?(ser |seja |sejam )(removid*|retirad*|
    excluid*|eliminad*|apagad*|descadastrad*)
(sair|tirar|retirar|saia|fora) (da|desta|dessa) (vossa |sua |tua )?lista
(meu|exerc*) .. direito (ao|de|a) .. (apagamento|esquecimento|oposicao|eliminacao)
(retiro|revogo) .. consentimento
^(nao mais|chega de|sem mais) {_PORTUGUESE_MAILS}
(pedia|peco|agradecia|agradeco|solicito|gostaria) .. que .. nao (me |nos )?.. (voltassem|voltem|
    escrevessem|escrevam|contactassem|contactem|enviassem|enviem|contatem)
(por favor )?nao insist*
^(remover|cancelar (a )?(subscricao|inscricao|assinatura|registo)|descadastrar|sair da lista)( por favor|
     obrigad*)? $
deixem (me|nos) em paz
(quero|gostaria de|desejo|pretendo) (me )?(descadastrar|cancelar (a )?(minha )?(subscricao|inscricao|
    assinatura))
"""
)
