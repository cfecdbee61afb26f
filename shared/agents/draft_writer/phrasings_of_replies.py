"""The sentences for an answer to a mail: each says one thing, and none says what we do not know."""

from __future__ import annotations

CONVERSATIONAL_REPLIES: dict[str, tuple[str, ...]] = {
    "reply_question": (
        "Thanks for your mail. You asked {q}.",
        "Thanks for coming back to me. You asked {q}.",
        "Good to hear from you. You asked {q}.",
    ),
    "reply_situation": (
        "Thanks for your mail. You wrote that {s}.",
        "Thanks for coming back to me. You mentioned that {s}.",
        "Thanks for the answer. You wrote that {s}.",
    ),
    "reply_read": (
        "Thanks for your mail. I have read all of it.",
        "Thanks for coming back to me. I have read your mail.",
        "Good to hear from you. I have read all of your mail.",
    ),
    "reply_call": (
        "Thanks for your mail. A call is a good idea.",
        "Thanks for coming back to me. I am happy to talk.",
        "Good to hear from you. I am happy to talk it through.",
    ),
    "reply_confirm": ("Thanks for coming back to me on a time.", "Thanks, good to hear from you."),
    "reply_not_free": (
        "Thanks for coming back to me on a time. I cannot make that one, I am sorry.",
        "Thank you for choosing a time. I am sorry, that one is no longer possible here.",
    ),
    "reply_later": (
        "Thanks for telling me. There is nothing that you need to decide now.",
        "Thanks for being open about the timing. Nothing has to be decided now.",
    ),
    "reply_until_then": (
        "I will leave it there for now and not crowd your inbox.",
        "I will keep quiet until then.",
    ),
    "reply_no_answer": (
        "I do not want to guess at that, so I will check it here and write to you with a proper answer.",
        "That deserves an exact answer. I will check it here first and then come back to you.",
    ),
    "reply_not_quoted": (
        "Some of it needs a proper look on our side, so I will come back to you on each point.",
        "I would rather answer each point properly than quickly, so I will check the details here first.",
    ),
    "reply_rest": (
        "I have noted what else you asked, and will come back to you on it.",
        "The rest of what you asked I will check here first and then answer.",
    ),
    "reply_noted": (
        "You also asked {q}, and I will find that out as well.",
        "You also asked {q}, which I will check too.",
    ),
    "reply_noted_more": (
        "You also asked {q}, and I have noted your other questions with it.",
        "I have also noted that you asked {q}, and your other questions with it.",
    ),
    "invite_one": (
        "Shall I send you an invitation for {slots} ({zone})?",
        "Shall I put {slots} ({zone}) into both our calendars?",
    ),
    "ask_else": (
        "What else would you like to know?",
        "What else would help you to decide?",
        "Which other point would you like me to cover?",
    ),
    "ask_else_open": (
        "What else would you like me to find out at the same time?",
        "Which other points would you like me to check with it?",
    ),
    "ask_next": (
        "What would be the most useful next step for you?",
        "Which part would you like to look at first?",
    ),
    "ask_month": (
        "In which month would you like to hear from me again?",
        "Which month would suit you for the next mail?",
    ),
    "ask_month_named": (
        "Shall I write to you again in {month}?",
        "Would you like to hear from me again in {month}?",
    ),
}

FORMAL_REPLIES: dict[str, tuple[str, ...]] = {
    "reply_question": (
        "Thank you for your message. You asked {q}.",
        "Thank you for your reply. You asked {q}.",
    ),
    "reply_situation": (
        "Thank you for your message. You wrote that {s}.",
        "Thank you for your reply. You mentioned that {s}.",
    ),
    "reply_read": (
        "Thank you for your message. I have read all of it.",
        "Thank you for your reply. I have read it with care.",
    ),
    "reply_call": ("Thank you for your reply. I would welcome a call.",),
    "reply_confirm": ("Thank you for coming back to me regarding a time.",),
    "reply_not_free": ("Thank you for choosing a time. I am sorry to say that I cannot make that one.",),
    "reply_later": ("Thank you for telling me. There is nothing that you need to decide now.",),
    "reply_until_then": ("I will not write to you again before then.",),
    "reply_no_answer": (
        "I do not wish to guess, and will check this here before I give you an exact answer.",
        "This deserves an exact answer. I will check it here first and then come back to you.",
    ),
    "reply_not_quoted": (
        "Some of it requires a proper look on our side, and I will come back to you on each point.",
    ),
    "reply_noted": (
        "You also asked {q}, and I will find that out as well.",
        "You also asked {q}, which I will check too.",
    ),
    "reply_rest": ("I have noted what else you asked, and will come back to you on it.",),
    "reply_noted_more": ("You also asked {q}, and I have noted your other questions with it.",),
    "invite_one": (
        "May I send you an invitation for {slots} ({zone})?",
        "Shall I send you an invitation for {slots} ({zone})?",
    ),
    "ask_else": (
        "What else would you like to know?",
        "Which other point would you like me to address?",
    ),
    "ask_else_open": ("Which other points would you like me to check at the same time?",),
    "ask_next": (
        "What would be the most useful next step for you?",
        "Which part would you like to look at first?",
    ),
    "ask_month": ("In which month would you like to hear from me again?",),
    "ask_month_named": ("Would you like to hear from me again in {month}?",),
}
