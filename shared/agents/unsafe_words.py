"""Words that keep a sentence from being repeated: each list is one kind of harm (keeps P10)."""

from __future__ import annotations

import re

from shared.pattern import Pattern

# What speaks to software or tells a writer what to write.
_STEERING = (
    r"ignor\w*|disregard\w*|forget|overrid\w*|instruct\w*|prompts?|jailbreak\w*|assistant|chatbot|bot|"
    r"chatgpt",
    r"gpt|llm|language model|pretend\w*|act as|role ?play\w*|you are now|system message|developer mode",
    r"your (?:answer|response|reply|output|email|mail|draft|message)|repl(?:y|ies) with|respond with|include",
    r"insert|append|prepend|verbatim|repeat|translate|poem|essay|story|rephrase|summari[sz]e|make sure",
    r"your instructions?|you (?:must|should|need|have) to|you must|you should|do not mention|"
    r"don['’]t mention",
    r"say that|tell (?:me|us|them|him|her|everyone)|write (?:me|a|an|the|back)|spell\w*|substitut\w*|"
    r"scrambl\w*",
)
# What would make the reader go, call, pay or hand over something.
_REACHING = (
    r"click\w*|download\w*|visit\w*|https?|www|dot (?:com|net|org|io|co)|b?cc|forward\w*|whatsapp|telegram",
    r"call me|text me|e-?mail me|log ?in|password\w*|credential\w*|passcode|pin code|api keys?|token",
    r"account number|iban|social security|ssn|passport|credit card|attach\w*",
)
# What could bind us, or speaks of money.
_BINDING = (
    r"guarante\w*|discount\w*|refund\w*|free|gratis|promis\w*|warrant\w*|contract\w*|legal\w*|binding|agreed",
    r"approved|confirmed|authori[sz]ed|owe\w*|invoice\w*|deal|lawsuit|lawyer\w*|sue|compensat\w*|dollars?|"
    r"euros?",
    r"usd|eur|gbp|pounds?|bucks|grand|budget\w*|bitcoin|crypto|wire|gift cards?|at no cost|confidential\w*",
    r"secret\w*|nda|competitors?|(?:your|other) (?:clients?|customers?)|certified|unlimited",
)
_COARSE = (
    r"fuck\w*|shit\w*|bullshit|crap\w*|damn\w*|bitch\w*|bastard\w*|asshole\w*|arse\w*|dick\w*|idiot\w*|"
    r"moron\w*",
    r"stupid\w*|sucks?|scam\w*|fraud\w*|garbage|rubbish|hell|wtf|porn\w*|sex\w*|nude\w*|kill\w*|hate\w*|"
    r"nazi\w*",
    r"viagra|casino\w*|retard\w*|piss\w*|cunt\w*|wank\w*|whore\w*|slut\w*|bloody",
)
NEVER_REPEATED = Pattern(rf"\b(?:{'|'.join((*_STEERING, *_REACHING, *_BINDING, *_COARSE))})\b", re.IGNORECASE)

MONEY = Pattern(r"[$€£¥₹]|\b\d+(?:[.,]\d+)? ?[kKmM]\b")

_INJECTED = (
    r"\b(?:ignor\w+|disregard\w*|forget|overrid\w+) (?:\w+ ){0,4}?(?:instructions?|prompts?|rules?|above|"
    r"previous|"
    r"prior|everything)\b",
    r"\bsystem prompt\b|^\s*(?:system|assistant|developer)\s*:|\byou are now\b|<\s*/?\s*(?:script|system|"
    r"instruction)",
    r"\b(?:b?cc|forward) (?:\w+ ){0,6}?\S+@\S+",
)
INJECTED = Pattern("|".join(_INJECTED), re.IGNORECASE | re.MULTILINE)

_COMPLAINT = (
    r"complain\w*|disappoint\w*|frustrated|unacceptable|terrible|awful|horrible|angry|annoyed|worst|unhappy|"
    r"fed up",
    r"ridiculous|never (?:got|received|heard) (?:back|an? (?:answer|reply|response))",
    r"(?:nobody|no one) (?:has )?(?:answered|replied|responded|called back|got back)(?: to)? (?:me|us|my|"
    r"our)",
    r"still (?:waiting|no (?:answer|reply|response))",
)
COMPLAINT = Pattern(rf"\b(?:{'|'.join(_COMPLAINT)})\b", re.IGNORECASE)

_SELLING_TO_US = (
    r"seo|backlinks?|guest posts?|link building|rank (?:your|higher)|your website(?:'s)? (?:traffic|ranking)",
    r"we (?:offer|provide|specialize|specialise) (?:\w+ ){0,6}(?:services|agency)|outsourcing (?:services|"
    r"partner)",
    r"(?:buy|sell|offer) (?:\w+ ){0,2}(?:lead|email) lists?|apply(?:ing)? for (?:the|a|your) (?:job|role|"
    r"position)",
    r"job opening|my (?:cv|resume|résumé)|internship|(?:increase|boost|double) your (?:sales|revenue|"
    r"traffic)",
)
SELLING_TO_US = Pattern(rf"\b(?:{'|'.join(_SELLING_TO_US)})\b", re.IGNORECASE)

_SOON = (
    r"asap|as soon as possible|urgent(?:ly)?|immediately|right away|within (?:24|48) hours",
    r"(?:by|before|until) (?:today|tonight|tomorrow|noon|end of (?:the )?day|eod|cob)",
    r"(?:need|want|call|answer|reply|respond|response|decide|deadline|demo|meeting|quote)[^.!?\n]{0,40}"
    r"\b(?:today|tonight|tomorrow|this (?:morning|afternoon))",
)
SOON = Pattern(rf"\b(?:{'|'.join(_SOON)})\b", re.IGNORECASE)
NOT_SOON = Pattern(r"\b(?:not (?:that |so |very )?urgent|no (?:rush|hurry)|isn['’]t urgent)\b", re.IGNORECASE)

WEIGHTY = Pattern(
    r"\b(?:struggl\w+|los\w+|slow\w*|manual\w*|by hand|hours?|days?|weeks?|nobody|no one|miss\w*|backlog|"
    r"takes?|"
    r"spend|need|looking for|want|trying|replace|switch\w*|outgr\w+|too (?:long|many|much)|copy|"
    r"spreadsheets?|"
    r"forget\w*|late|overwhelm\w*|drown\w*|keep up|considering|comparing|evaluating|too slow)\b",
    re.IGNORECASE,
)
"""What people name when they tell why they write."""

MEANINGLESS = Pattern(r"\b(?:test|testing|asdf\w*|qwerty|lorem|ipsum|xxx+|hello world)\b", re.IGNORECASE)
