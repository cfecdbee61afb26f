"""The sentences that by_rule chooses from: each says one thing, and none says what we do not know."""

from __future__ import annotations

import hashlib

from shared.agents.draft_writer.phrasings_of_replies import CONVERSATIONAL_REPLIES, FORMAL_REPLIES
from shared.jobs.facts import Tone

_CONVERSATIONAL: dict[str, tuple[str, ...]] = {
    "greeting": ("Hi {name},",),
    "situation": (
        "Thanks for writing. You said that {s}, so let me start there.",
        "Thank you for the note. You mentioned that {s}, and that is where I would like to begin.",
        "Thanks for writing. You explained that {s}, and I would like to help with that.",
        "Thanks for your message. What stood out to me is that {s}.",
        "Thanks for getting in touch. You told us that {s}, which is a good place to start.",
        "Thank you for writing to us. I read that {s}, and I would like to understand that better.",
    ),
    "question": (
        "Thanks for your question. You asked {q}.",
        "Thanks for writing. You asked {q}, which is a good thing to settle first.",
        "Thank you for your message. You asked {q}.",
        "Thanks for getting in touch. You asked {q}.",
    ),
    "situation_plain": (
        "Thanks for writing. You said that {s}.",
        "Thank you for the note. You mentioned that {s}.",
        "Thanks for your message. What stood out to me is that {s}.",
        "Thanks for getting in touch. You told us that {s}.",
        "Thank you for writing to us. I read that {s}.",
    ),
    "situation_again": ("You wrote that {s}, so let me pick it up from there.", "You mentioned that {s}."),
    "question_again": ("This time you asked {q}.", "You asked {q}."),
    "question_of_thread": ("In your last mail you asked {q}, and I have not forgotten it.",),
    "complaint": (
        "Thank you for telling us so plainly, and I am sorry for the trouble. You wrote that {s}.",
        "I am sorry that you had to write this. You told us that {s}, and that is not how it should be.",
    ),
    "complaint_unquoted": (
        "Thank you for telling us so plainly, and I am sorry for the trouble. I have read all of it.",
        "I am sorry that you had to write this. I have read your whole message.",
    ),
    "demo": (
        "Thanks for asking to see {us}{for_company}.",
        "Thanks for requesting a demo of {us}{for_company}.",
        "Your demo request{for_company} reached me, thank you.",
    ),
    "pricing": (
        "Thanks for asking about our pricing{for_company}.",
        "Your pricing request{for_company} reached me, thank you.",
        "Thanks for asking what {us} would cost{for_company}.",
    ),
    "trial": (
        "Thanks for wanting to try {us}{for_company}.",
        "Thanks for asking about a trial of {us}{for_company}.",
    ),
    "event": (
        "Thanks for signing up with {us}{for_company}.",
        "Thanks for registering with {us}{for_company}.",
    ),
    "material": (
        "Thanks for your interest in {us}{for_company}.",
        "Thanks for taking a closer look at {us}{for_company}.",
    ),
    "support": (
        "Thanks for writing to {us}. Your request reached me.",
        "Your request reached me, thank you.",
    ),
    "contact": (
        "Thanks for getting in touch with {us}{for_company}.",
        "Thanks for writing to {us}{for_company}.",
        "Your message reached me, thank you for writing to {us}{for_company}.",
    ),
    "again": (
        "Good to hear from you again.",
        "Thanks for coming back to us.",
        "It is good to see your name again.",
    ),
    "thread_theirs": (
        "In your last mail you asked {q}, and I have not forgotten it.",
        "Your last mail also asked {q}.",
    ),
    "thread_ours": (
        "When I last wrote, I asked {q}, so we can settle that at the same time.",
        "My question from last time was {q}, and we can cover that as well.",
    ),
    "earlier_message": (
        "I have also read your earlier message, in which you said that {s}.",
        "Earlier you wrote that {s}, and I have kept that in mind.",
    ),
    "earlier_question": (
        "I have also read your earlier message, in which you asked {q}.",
        "Earlier you asked {q}, and I have kept that in mind.",
    ),
    "earlier": ("I have read your earlier message too, so there is no need to repeat anything.",),
    "soon": (
        "I saw that this is pressing, so I will keep it short.",
        "You need this soon, so I will be brief.",
    ),
    "asked": ("You asked {q}.",),
    "also_asked": ("You also asked {q}.",),
    "noted_question": (
        "You also asked {q}, which I have noted for our conversation.",
        "I have also noted that you asked {q}.",
    ),
    "noted_questions": (
        "I have also noted that you asked {q}, and your other questions with it.",
        "You also asked {q}, and I have noted that together with your other questions.",
    ),
    "no_answer_call": (
        "I would rather answer that with your setup in front of us than in one line.",
        "That deserves an exact answer, and a short call is the quickest way to one.",
        "I would like to give you a proper answer instead of a quick guess.",
    ),
    "no_answer": (
        "I would like to give you an exact answer, so let me ask one thing first.",
        "To answer that properly I need to know one more thing.",
    ),
    "no_facts": (
        "Before I suggest anything, I would like to understand how this works on your side today.",
        "I would like to hear how you do this today before I suggest anything.",
    ),
    "little_known_call": (
        "I do not know your situation yet, so I would like to hear about it first and then show you what "
        "fits.",
        "The form does not say what you have in mind, so I would begin with your questions and show you the "
        "rest after.",
        "I would like to hear first what you have in mind, so that I show you the parts that matter to you.",
    ),
    "little_known": (
        "I do not know much about your situation yet, so I would rather ask than guess.",
        "The form does not tell me what you have in mind, so I would rather ask than guess.",
    ),
    "unquoted_call": (
        "I have read your message and would like to go through it with you.",
        "I have read what you wrote and would like to hear more, so that I show you the parts that matter to you.",
    ),
    "unquoted": (
        "I have read your message and have one question, so that I can answer it properly.",
        "To answer you properly, I need to know one more thing.",
    ),
    "make_good": (
        "I would like to go through it with you and put it right.",
        "I would like to find out with you where it went wrong, and put it right.",
    ),
    "fact_fits": ("", "Here is the part I would show you first. ", "One thing may help here. ", ""),
    "fact_intro": ("In one sentence: ", "The short version: ", "In short: "),
    "fact_background": ("For context: ", "As background: ", "In case it is useful: "),
    "details": (
        "I also see {d} on the form, which helps.",
        "I have also noted {d}.",
        "From the form I also have {d}.",
    ),
    "interests": (
        "You ticked {d}, so I would keep to that.",
        "On the form you chose {d}, and I would stay with that.",
    ),
    "use_case": (
        "Your use case, {d}, is a good place to begin.",
        "You gave {d} as your use case, so I would begin there.",
    ),
    "call": (
        "Would {slots} suit you for {length} call ({zone})?",
        "Does {slots} work for {length} call ({zone})?",
        "Which of these suits you for {length} call, all in {zone}: {slots}?",
        "Could you make {slots} for {length} call ({zone})?",
        "Would {slots} be a good time for {length} call ({zone})?",
    ),
    "call_one": (
        "Would {slots} suit you for {length} call ({zone})?",
        "Does {slots} work for {length} call ({zone})?",
    ),
    "ask_goal": (
        "What is the first thing you would like to solve?",
        "What would you like to get done first?",
        "What made you look for something like this now?",
    ),
    "ask_team": (
        "How many people would work with it at the start?",
        "How many people on your side would use it first?",
    ),
    "ask_timing": (
        "When would you like to have this in place?",
        "When would you like to start?",
    ),
    "ask_day": ("Which day would suit you for a short call?",),
    "ask_fix": ("What would you like me to look at first?", "What is the one thing you want fixed first?"),
    "sign_off": ("Best,", "Best wishes,", "Thanks,"),
    "sign_off_sorry": ("Best,", "Best wishes,"),
}

_FORMAL: dict[str, tuple[str, ...]] = {
    "greeting": ("Dear {name},",),
    "situation": (
        "Thank you for your message. You wrote that {s}, and I would like to begin there.",
        "Thank you for contacting {us}. You mentioned that {s}.",
        "Thank you for your enquiry. I understand from it that {s}.",
        "Thank you for writing to us. You explained that {s}, which is a helpful starting point.",
    ),
    "question": (
        "Thank you for your question. You asked {q}.",
        "Thank you for contacting {us}. You asked {q}, and I would like to address that first.",
        "Thank you for your enquiry. You asked {q}.",
    ),
    "situation_plain": (
        "Thank you for your message. You wrote that {s}.",
        "Thank you for contacting {us}. You mentioned that {s}.",
        "Thank you for your enquiry. You explained that {s}.",
    ),
    "situation_again": ("You wrote that {s}.", "You mentioned that {s}."),
    "question_again": ("You asked {q}.",),
    "question_of_thread": ("In your last message you asked {q}.",),
    "complaint": (
        "Thank you for telling us this directly, and please accept my apologies. You wrote that {s}.",
        "I apologise for the experience you describe. You told us that {s}, and I take that seriously.",
    ),
    "complaint_unquoted": (
        "Thank you for telling us this directly, and please accept my apologies. I have read all of it.",
        "I apologise for the experience you describe. I have read your whole message.",
    ),
    "demo": (
        "Thank you for requesting a demonstration of {us}{for_company}.",
        "Thank you for your interest in a demonstration of {us}{for_company}.",
    ),
    "pricing": (
        "Thank you for asking about our pricing{for_company}.",
        "Thank you for your request regarding our pricing{for_company}.",
    ),
    "trial": ("Thank you for your interest in a trial of {us}{for_company}.",),
    "event": ("Thank you for registering with {us}{for_company}.",),
    "material": ("Thank you for your interest in {us}{for_company}.",),
    "support": ("Thank you for contacting {us}. Your request has reached me.",),
    "contact": (
        "Thank you for contacting {us}{for_company}.",
        "Thank you for your enquiry{for_company}.",
    ),
    "again": ("Thank you for coming back to us.", "Thank you for writing to us again."),
    "thread_theirs": ("In your last message you asked {q}, and I would like to include that.",),
    "thread_ours": ("In my last message I asked {q}, which we could settle at the same time.",),
    "earlier_message": ("I have also read your earlier message, in which you said that {s}.",),
    "earlier_question": ("I have also read your earlier message, in which you asked {q}.",),
    "earlier": ("I have read your earlier message as well.",),
    "soon": (
        "As this is pressing for you, I will be brief.",
        "I understand that time is short, so I will be brief.",
    ),
    "asked": ("You asked {q}.",),
    "also_asked": ("You also asked {q}.",),
    "noted_question": (
        "You also asked {q}, which I have noted for our conversation.",
        "I have also noted that you asked {q}.",
    ),
    "noted_questions": ("I have also noted that you asked {q}, and your other questions with it.",),
    "no_answer_call": (
        "I would prefer to answer that precisely, with your situation in view, in a short call.",
        "A precise answer depends on a few details, which a short call would settle.",
    ),
    "no_answer": (
        "To answer that precisely, I need one further detail.",
        "I would like to answer that precisely and therefore have one question.",
    ),
    "no_facts": ("Before suggesting anything, I would like to understand how this is handled today.",),
    "little_known_call": (
        "I would like to hear about your requirements first, so that I show you only what is relevant.",
        "As I do not yet know your requirements, I would begin with those.",
    ),
    "little_known": (
        "I would like to understand your requirements before I suggest anything.",
        "As I do not yet know your requirements, I would prefer to ask before suggesting anything.",
    ),
    "unquoted_call": ("I have read your message and would like to discuss it with you.",),
    "unquoted": ("I have read your message and have one question, so that I can answer it properly.",),
    "make_good": ("I would like to understand what happened so that we can put it right.",),
    "fact_fits": ("", "The following seems relevant here. ", "This may be relevant. ", ""),
    "fact_intro": ("In brief: ", "In one sentence: "),
    "fact_background": ("For context: ", "As background: "),
    "details": (
        "I have also noted {d}.",
        "From the form I also have {d}.",
    ),
    "interests": ("On the form you selected {d}, and I would concentrate on that.",),
    "use_case": ("You gave {d} as your use case, and I would begin there.",),
    "call": (
        "Would {slots} be convenient for {length} call ({zone})?",
        "Which of these times would be convenient for {length} call, all in {zone}: {slots}?",
        "Would {slots} suit you for {length} call ({zone})?",
    ),
    "call_one": ("Would {slots} be convenient for {length} call ({zone})?",),
    "ask_goal": ("What would you like to achieve first?", "Which problem would you like to solve first?"),
    "ask_team": (
        "How many people would work with it at the start?",
        "How many colleagues would use it first?",
    ),
    "ask_timing": ("When would you like to have this in place?",),
    "ask_day": ("Which day would be convenient for a short call?",),
    "ask_fix": ("What would you like me to look into first?",),
    "sign_off": ("Kind regards,", "Best regards,", "Regards,"),
    "sign_off_sorry": ("Kind regards,", "Best regards,"),
}

_URGENT: dict[str, tuple[str, ...]] = {
    "call": (
        "Could you make {slots} for {length} call ({zone})?",
        "Would {slots} work for {length} call ({zone})?",
        "Which of these is best for {length} call, all in {zone}: {slots}?",
    ),
    "sign_off": ("Best,", "Thanks,"),
}


class Phrasings:
    """One person's choice of sentences: the same for the same key, different between people."""

    def __init__(self, tone: Tone, key: str) -> None:
        self._tone = tone
        self._key = key

    def say(self, kind: str, /, **values: str) -> str:
        """A sentence of this kind with the values put in."""
        options = self._options(kind)
        digest = hashlib.sha256(f"{self._key}\0{kind}".encode()).digest()
        return options[int.from_bytes(digest[:8]) % len(options)].format(**values)

    def _options(self, kind: str) -> tuple[str, ...]:
        if self._tone is Tone.FORMAL:
            return _FORMAL.get(kind) or FORMAL_REPLIES[kind]
        if self._tone is Tone.URGENT and kind in _URGENT:
            return _URGENT[kind]
        return _CONVERSATIONAL.get(kind) or CONVERSATIONAL_REPLIES[kind]
