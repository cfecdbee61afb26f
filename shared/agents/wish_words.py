"""The words by which a mail shows what it wants: each list is one kind of wish."""

from __future__ import annotations

import re

from shared.pattern import Pattern


def _any_of(phrases: str) -> str:
    """A pattern for one of these phrases, one a line; a backslash goes on with a line."""
    joined = re.sub(r"\\\n\s*", "", phrases)
    lines = (line.strip() for line in joined.strip().splitlines())
    return "(?:" + "|".join(line.replace(" ", r"\s+") for line in lines if line) + ")"


_DECLINES = _any_of(
    r"""
    no,? thanks
    no,? thank you
    (?:we|i)(?:['’]re| are|['’]m| am) (?:not|no longer) interested
    not interested(?=[.!,\s]*$)
    (?:we|i)(?:['’]ve| have)? (?:decided|opted|chosen|chose|went|gone|signed) (?:to go )?(?:with|\
        for|against|not to)
    (?:we|i)(?:['’]ll| will)? (?:have to |must )?(?:pass|decline)(?: on (?:this|it|that))?(?=[.!,\s]*$)
    (?:we|i)(?:['’]ve| have)? (?:already )?(?:found|picked|chose|chosen|selected) (?:somebody|\
        someone|another|a different|something) else
    (?:we|i)(?:['’]ve| have)? (?:already )?(?:found|picked|chose|chosen|selected) (?:another|\
        a different|an alternative)
    (?:is|it['’]s|this is|that['’]s) not (?:a|the right) (?:good )?(?:fit|match) for us
    (?:we|i) (?:do not|don['’]t|no longer) need (?:it|this|that)(?: any ?more)?
    please close (?:this|our|my|the) (?:file|case|ticket|request|enquiry|inquiry)
    kein interesse
    (?:wir|ich) haben? uns (?:anders|für (?:einen|ein|eine) ander\w+) entschieden
    nein,? danke
    non,? merci
    (?:nous ne sommes|je ne suis) pas intéressé\w*
    no,? gracias
    no (?:estamos|estoy) interesad\w+
    """
)
_LATER = _any_of(
    r"""
    not (?:right )?now
    not (?:at|for) (?:the|this) (?:moment|time)
    not (?:the|a) (?:right|good|best) (?:time|moment)
    bad (?:time|timing)
    too (?:early|soon) for us
    (?:come|get|circle) back (?:to (?:me|us) )?(?:in|after|next|later|around|at the (?:start|end|\
        beginning))
    (?:reach out|write|ask|try|contact (?:me|us)|ping (?:me|us)|check(?: back)? in|follow up|\
        touch base)(?: to (?:me|us))?(?: again| back)? (?:in (?!case\b|writing\b|the morning\b|\
            german\b|english\b)\w+|after|next|later|around)
    (?:on|put (?:it |this )?on) (?:hold|ice)
    (?:park|postpone|pause|shelve) (?:this|it|the)
    (?:revisit|pick (?:this|it) up|look at (?:this|it))(?: again)? (?:in|after|next|later)
    (?:next (?:quarter|year|spring|summer|autumn|fall|winter)|later this year) (?:is|would be|\
        might be|works) (?:better|good|fine|more realistic)
    (?:no|not any) (?:capacity|bandwidth|time) (?:for (?:this|it) )?(?:until|before|at the moment|\
        right now)
    """
)
_CALL = _any_of(
    r"""
    (?:have|do|schedule|set up|arrange|book|organi[sz]e|jump on|hop on|get on|join|plan|need|want|\
        like|love|happy (?:to have|with)|up for|open to|for) (?:a |an |another |the |\
            our )?(?:[a-z0-9-]+ ){0,3}?(?:call|meeting|demo|chat|conversation|walk-?through|zoom|\
            video ?call|session)(?! cent)
    (?:(?:can|could|shall|should|may) (?:we|i)|let['’]s|let us) (?:please )?(?:have a |do a )?(?:meet|\
        talk|speak|chat|call|zoom|discuss)
    (?:could|can|would|will) you (?:please )?(?:call|ring|phone) (?:me|us)
    (?:give|drop) (?:me|us) a (?:call|ring)
    call (?:me|us) (?:on|at|next|this|tomorrow|today|when|back)
    (?:like|love|want|happy|glad|free|available|time) to (?:meet|talk|speak|chat|discuss|see a demo|\
        see (?:it|the product))
    when (?:are|would|could|can) you (?:be )?(?:free|available|able to (?:talk|meet|speak)|have time)
    (?:what|which) (?:time|times|day|days|slots?) (?:do|does|would|are|is|work|suit|have)
    (?:are|would) you (?:be )?(?:free|available) (?:on|next|this|tomorrow|at|for|in|any)
    (?:i am|i['’]m|we are|we['’]re) (?:free|available) (?:on|next|this|tomorrow|at|any|from|after|\
        between|mon|tue|wed|thu|fri)
    (?:send|propose|suggest|share|offer) (?:me |us )?(?:some |a few |your |other |another |two |\
        three )?(?:times?|slots?|dates?|availability|calendar)
    (?:another|a different|a later|an earlier|other) (?:time|times|day|slot|date)
    (?:how|what) about (?:on |next |this |the )?(?:mon|tues|wednes|thurs|fri)day
    """
)
_ASSENTS = _any_of(
    r"""
    (?:that|this|it|which|the (?:first|second|third|last) (?:one|time|slot)) (?:works|suits|\
        is (?:good|fine|perfect|great)|would (?:work|suit|be (?:good|fine|great|perfect)))
    works (?:well |fine |great |best )?for (?:me|us)
    suits (?:me|us)
    (?:sounds|looks) (?:good|great|perfect|fine)
    let['’]s do (?:that|this|it)
    i(?:['’]ll| will) take (?:the|that)
    yes,? (?:please|gladly|sure|that|let|we|i)
    (?:happy|glad) to (?:do that|go ahead)
    count me in
    """
)
_REFUSES_TIMES = _any_of(
    r"""
    (?:none|neither|not any) of (?:these|those|them|the (?:times|dates|slots|days))
    (?:does|do|did|will|would|can|is|are)(?: not|n['’]t) (?:really )?(?:work|suit|fit|make (?:it|\
        that|this)|possible|free|available)
    (?:i|we) (?:can['’]?t|cannot|can not|won['’]t) (?:make|do) (?:it|that|this|any|(?:mon|tue|wed|\
        thu|fri)\w*|tomorrow)
    """
)
PRICE = Pattern(
    r"\b(?:pric\w+|quotes?|quotation|how much|costs?|what (?:would|do|will) (?:we|it) (?:pay|cost))\b",
    re.IGNORECASE,
)
_OTHER_PERSON = _any_of(
    r"""
    (?:i['’]m|i am|am) not the (?:right|correct|best) (?:person|contact)
    wrong (?:person|contact|department)
    no longer (?:work|responsible|in charge|with the company|in this role)
    (?:please |better )?(?:contact|write to|talk to|speak to|speak with|e-?mail|reach out to|\
        ask) (?:my |our |their )?(?:colleague|boss|manager|head of|director|procurement|purchasing|\
            assistant|team lead|it (?:team|department))
    (?:bitte )?wenden sie sich an
    """
)
_PASSED_ON = _any_of(
    r"""
    (?:i(?:['’]ve| have)?|we(?:['’]ve| have)?) (?:just |already )?(?:forwarded|passed|handed|\
        sent) (?:this|it|your (?:mail|e-?mail|message|note)|that)(?: on| along| over)? to
    (?:forwarding|passing) (?:this|it|your (?:mail|e-?mail|message)) (?:on )?to
    """
)
_WILL_RETURN = _any_of(
    r"""
    (?:(?:i|we|she|he|they)(?:['’]ll| will| shall)|and will|who will) (?:get|come|be) back(?: to you)?
    (?:(?:i|we|she|he|they)(?:['’]ll| will)|and will|who will) (?:let you know|be in touch|revert|\
        reply|respond|answer)
    (?:let|give) (?:me|us) (?:check|a (?:few|couple of) (?:days|weeks)|some time|until|think|talk|\
        discuss)
    (?:ich|wir) melden? (?:mich|uns)
    (?:je|nous) (?:reviens|revenons) vers vous
    """
)
CLOSING = Pattern(
    _any_of(
        r"""
        (?:ok(?:ay)?|great|perfect|super|cool|nice|excellent|wonderful|brilliant|lovely|understood|\
            noted|all right|alright|got it|received|will do|fair enough|no problem|no worries|\
            sure)(?: thanks| thank you)?
        (?:many |much |ok(?:ay)? |great |perfect |got it |noted |so much )?(?:thanks?|thx|ty|cheers|\
            thank you)(?: (?:a lot|so much|very much|again|you|for (?:the|your|this|that|letting|\
            getting|coming|sending|all)[\w' ’-]{0,60}))?(?: \w{2,14})?
        much appreciated
        (?:i |we )?(?:really )?appreciate (?:it|that|the [\w ]{2,30}|your [\w ]{2,30})
        that(?:['’]s| is) (?:great|helpful|very helpful|all|all i needed|what i needed|clear|\
            good to know)
        (?:very )?helpful
        (?:have|enjoy) (?:a|your|the) (?:nice|good|great|lovely)? ?(?:day|evening|weekend|week|\
            holidays?|one)
        (?:see|talk to|speak to) you (?:then|soon|there|on [\w ]{3,20}|tomorrow|next week)
        (?:talk|speak) soon
        (?:all the )?best|best wishes|(?:best|kind|warm|many)? ?regards|br|sincerely|yours
        (?:vielen |herzlichen |besten )?dank(?:e)?(?: ihnen| dir| schön| sehr| für [\w ]{2,40})?
        (?:mit )?(?:freundlichen|besten|viele|liebe) grü(?:ß|ss)en?
        merci(?: beaucoup| bien)?|bien à vous|cordialement
        (?:muchas )?gracias|un saludo|saludos
        """
    ),
    re.IGNORECASE,
)
GREETING = Pattern(r"(?:hi|hello|hey|dear|hallo|guten tag|bonjour|hola)(?: [^\W\d_]+){0,3}", re.IGNORECASE)
NAME_ALONE = Pattern(r"[A-ZÀ-Þ][^\W\d_]*(?:[ -][A-ZÀ-Þ][^\W\d_]*\.?){0,2}")
NEGATED_OFFER = Pattern(r"\b(?:not|n['’]t|doesn['’]t|don['’]t|cannot|can['’]t|won['’]t)\b", re.IGNORECASE)
ASKS_WITHOUT_MARK = Pattern(
    r"\b(?:(?:can|could|would|will) you\b|"
    r"let (?:me|us) know (?:if|whether|how|what|when|which|where)|"
    r"please (?:send|share|tell|explain|answer|confirm|advise|provide|let)|"
    r"(?:i|we)(?: would|['’]d) (?:like|love|need|appreciate)|(?:i|we) (?:want|need) (?:to know|a|an|your)|"
    r"wondering (?:if|whether|how|what))",
    re.IGNORECASE,
)
FIND = {
    name: Pattern(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE | re.MULTILINE)
    for name, pattern in (
        ("declines", _DECLINES),
        ("later", _LATER),
        ("call", _CALL),
        ("assents", _ASSENTS),
        ("refuses_times", _REFUSES_TIMES),
        ("other_person", _OTHER_PERSON),
        ("passed_on", _PASSED_ON),
        ("will_return", _WILL_RETURN),
    )
}
