"""What somebody wants who answers a mail of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.agents.mail_wish import MailWish, named_month, wish_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Thanks!", MailWish.CLOSING),
        ("Thanks a lot, Maya. Have a nice weekend!\n\nErik", MailWish.CLOSING),
        ("Hi Maya,\nGot it, thank you for the details.\nBest regards\nErik Holm", MailWish.CLOSING),
        ("Vielen Dank!", MailWish.CLOSING),
        ("Merci beaucoup", MailWish.CLOSING),
        ("Thanks, but Outlook is missing.", MailWish.OTHER),
        ("Thanks. Does it work with Outlook?", MailWish.ANSWER),
        ("Hi Maya,\nno thanks, we chose somebody else.\nBest, Tom", MailWish.DECLINE),
        ("We've decided to go with another vendor.", MailWish.DECLINE),
        ("I'm not interested", MailWish.DECLINE),
        ("Kein Interesse, danke.", MailWish.DECLINE),
        ("Non merci", MailWish.DECLINE),
        ("I'm not interested in the large plan. What is in the small one?", MailWish.ANSWER),
        ("We decided to go with you. What is next?", MailWish.ANSWER),
        ("Not now, come back in Q2.", MailWish.LATER),
        ("Please reach out again in March.", MailWish.LATER),
        ("This is not the right time for us", MailWish.LATER),
        ("We had to put this on hold until the merger is done.", MailWish.LATER),
        ("Could you write to me in German?", MailWish.ANSWER),
        ("Could we have a call next Tuesday?", MailWish.CALL),
        ("Let's talk on Thursday", MailWish.CALL),
        ("When are you free next week?", MailWish.CALL),
        ("I would like to see a demo", MailWish.CALL),
        ("None of these work for me, can you suggest other times?", MailWish.CALL),
        ("Sounds good, but I can't make Tuesday", MailWish.CALL),
        ("We need a call center integration", MailWish.ANSWER),
        ("The import does not work. What can I do?", MailWish.ANSWER),
        ("Sounds good, Tuesday at 10 works for me.", MailWish.CONFIRM),
        ("Tuesday 10am", MailWish.CONFIRM),
        ("Yes please", MailWish.CONFIRM),
        ("What does it cost for 20 users?", MailWish.PRICE),
        ("Does it work with SAP?", MailWish.ANSWER),
        ("Kindly let us know whether you support single sign-on.", MailWish.ANSWER),
        ("I have forwarded this to our head of sales who will get back to you.", MailWish.PASSED_ON),
        ("I am not the right person, please contact my colleague Karl.", MailWish.OTHER_PERSON),
        ("We are reviewing this and will get back to you by Friday.", MailWish.WILL_RETURN),
        ("We use SAP and Gmail.", MailWish.OTHER),
        ("I am disappointed, thanks for nothing.", MailWish.OTHER),
        ("", MailWish.OTHER),
    ],
)
def test_what_a_mail_asks_for_is_told_by_its_plainest_words(text: str, wish: MailWish) -> None:
    assert wish_of(text) is wish


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("Come back in March", "March"),
        ("Maybe in early April.", "April"),
        ("not before in May.", "May"),
        ("in Q2", ""),
        ("in March or in April", ""),
        ("", ""),
    ],
)
def test_the_month_is_theirs_where_they_name_exactly_one(text: str, month: str) -> None:
    assert named_month(text) == month


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert isinstance(wish_of(text), MailWish)
    assert isinstance(named_month(text), str)


@pytest.mark.parametrize(
    "piece", ["a ", "thanks ", "thanks for the ", "we will get ", "ok thanks, ", "\n", "can we have a x y "]
)
def test_a_very_long_mail_is_read_at_once(piece: str) -> None:
    assert isinstance(wish_of(piece * 20_000), MailWish)
