from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.mail_html import text_of_html
from shared.connectors.mail_text import own_words

QUOTED = "> Dear Ana,\n> would Tuesday suit you?\n>\n> > earlier\n"

ATTRIBUTIONS = [
    "On Mon, 2 Nov 2026 at 10:01, Isabel Perez <isabel@brightpath.example> wrote:",
    "On Mon, 2 Nov 2026 at 10:01, Isabel Perez\n<isabel@brightpath.example> wrote:",
    "On Mon, Nov 2, 2026 at 10:01 AM Isabel Perez, Head of Sales <\nisabel@brightpath.example>\nwrote:",
    "On 02/11/2026 10:01, Isabel Perez wrote:",
    "Am Mo., 2. Nov. 2026 um 10:01 Uhr schrieb Isabel Perez <isabel@brightpath.example>:",
    "Le lun. 2 nov. 2026 à 10:01, Isabel Perez <isabel@brightpath.example> a écrit :",
    "El lun, 2 nov 2026 a las 10:01, Isabel Perez (<isabel@brightpath.example>) escribió:",
    "Il giorno lun 2 nov 2026 alle ore 10:01 Isabel Perez <isabel@brightpath.example> ha scritto:",
    "Op ma 2 nov 2026 om 10:01 schreef Isabel Perez <isabel@brightpath.example>:",
    "Em seg., 2 de nov. de 2026 às 10:01, Isabel Perez <isabel@brightpath.example> escreveu:",
    "pon., 2 lis 2026 o 10:01 Isabel Perez <isabel@brightpath.example> napisał(a):",
    "W dniu 2.11.2026 o 10:01, Isabel Perez napisał(a):",
    "2026-11-02 10:01 GMT+01:00 Isabel Perez <isabel@brightpath.example>:",
    "Dne 2. 11. 2026 v 10:01 Isabel Perez napsal(a):",
    "po 2. 11. 2026 v 10:01 odesílatel Isabel Perez <isabel@brightpath.example> napsal:",
    "Den man. 2. nov. 2026 kl. 10.01 skrev Isabel Perez <isabel@brightpath.example>:",
    "Den 2. nov. 2026 kl. 10.01 skrev Isabel Perez:",
    "mån 2 nov. 2026 kl. 10:01 skrev Isabel Perez <isabel@brightpath.example>:",
    "ma 2. marrask. 2026 klo 10.01 Isabel Perez (isabel@brightpath.example) kirjoitti:",
    "Isabel Perez <isabel@brightpath.example>, 2 Kas 2026 Pzt, 10:01 tarihinde şunu yazdı:",
    "2026年11月2日(月) 10:01 Isabel Perez <isabel@brightpath.example>:",
    "2026年11月2日 10:01、Isabel Perez <isabel@brightpath.example>のメール:",
    "2026년 11월 2일 (월) 오전 10:01, Isabel Perez <isabel@brightpath.example>님이 작성:",
    "2026년 11월 2일 오전 10:01, Isabel Perez 님이 작성하였습니다:",
    "Isabel Perez <isabel@brightpath.example> 于2026年11月2日周一 10:01写道：",
    "пн, 2 нояб. 2026 г. в 10:01, Isabel Perez <isabel@brightpath.example>:",
    "Isabel Perez <isabel@brightpath.example> ezt írta (időpont: 2026. nov. 2., H, 10:01):",
    "În lun., 2 nov. 2026 la 10:01, Isabel Perez <isabel@brightpath.example> a scris:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_what_is_quoted_below_an_attribution_is_left_out(attribution: str) -> None:
    assert own_words(f"Yes, it would.\n\n{attribution}\n\n{QUOTED}") == "Yes, it would."
    assert (
        own_words(f"Yes, it would.\n\n{attribution}\nDear Ana,\nwould Tuesday suit you?") == "Yes, it would."
    )


def test_answers_between_quoted_lines_stay() -> None:
    text = (
        "See below.\n\nOn Mon, Isabel Perez wrote:\n> Would Tuesday suit you?\n\nYes, at ten.\n\n"
        "> And the price?\n\nToo high."
    )
    assert own_words(text) == "See below.\n\nYes, at ten.\n\nToo high."


OUTLOOK = [
    "From: Isabel Perez <isabel@x.example>\nSent: Monday, November 2, 2026 10:01\nTo: Ana\nSubject: X",
    "________________________________\nFrom: Isabel Perez\nSent: Monday\nTo: Ana\nSubject: Forecasts",
    "*From:* Isabel Perez\n*Date:* Monday\n*To:* Ana",
    "Von: Isabel Perez\nGesendet: Montag, 2. November 2026\nAn: Ana\nBetreff: Prognosen",
    "De : Isabel Perez\nEnvoyé : lundi 2 novembre 2026\nÀ : Ana\nObjet : Prévisions",
    "-----Original Message-----\nFrom: Isabel",
    "---------- Forwarded message ---------\nFrom: Isabel",
    "-------- Ursprüngliche Nachricht --------\nWhatever",
    "Begin forwarded message:\n\nHello",
    "----- Forwarded Message ----- From: Isabel <isabel@x.example>To: Ana",
    "------- Mensagem encaminhada -------\nDe: Isabel\nPara: Ana",
    "Fra: Isabel\nSendt: 2. november 2026 10:01\nTil: Ana\nEmne: Prognoser",
    "Från: Isabel\nSkickat: den 2 november\nTill: Ana\nÄmne: Prognoser",
    "Lähettäjä: Isabel\nLähetetty: maanantai\nVastaanottaja: Ana\nAihe: Ennusteet",
    "Kimden: Isabel\nGönderildi: Pazartesi\nKime: Ana\nKonu: Tahminler",
    "差出人: Isabel\n送信日時: 2026\n宛先: Ana\n件名: 予測",
    "发件人： Isabel\n发送时间： 2026\n收件人： Ana\n主题： 预测",
    "보낸 사람: Isabel\n보낸 날짜: 2026\n받는 사람: Ana\n제목: 예측",
]


@pytest.mark.parametrize("header", OUTLOOK)
def test_what_stands_below_outlooks_headers_is_left_out(header: str) -> None:
    assert own_words(f"Fine with me.\n\n{header}\n\nOld words") == "Fine with me."


@pytest.mark.parametrize(
    "text",
    [
        "From: what I hear, it works.\nAll is well.",
        "On Monday we met.\nI wrote: let us talk.",
        "On reflection, I think so.\n\nAnd he wrote: never.",
        "Am Montag passt es.",
        "To: whom it may concern",
        "We need 3 things:\n- one\n- two\n-- three",
        "a > b, and\nb < c",
        "____\nshort rule",
        "__________\nand no header below",
        "Le prix est bon.",
        "Hi Isabel,\n\nThanks, Tuesday works. What does it cost?",
        "Hello,\n\nTake a look at this.\nBye",
        "Data: the numbers are in.\nDo: send them.",
        "Date: Tuesday\nTo: talk about the price",
        "We met in 2026, at 10:01:\nthat was it.",
        "Call at 10:30 or 11:00:\n- by telephone",
        "2026年の予定:\n- 一",
        "--- one of three things ---\nfine",
        "As Ana wrote:\nwe need it",
        "Sendt fra kontoret i går.\nHej",
    ],
)
def test_sentences_that_only_look_like_quotes_stay(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—"])
def test_the_signature_is_left_out(delimiter: str) -> None:
    assert (
        own_words(f"Best,\nAna\n{delimiter}\nAna Ruiz\nHead of Operations\n+34 600 000 000") == "Best,\nAna"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Sent from Outlook for Android",
        "Envoyé de mon iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Verzonden vanaf mijn iPhone",
        "Wysłano z iPhone",
    ],
)
def test_the_telephones_advertising_is_left_out(line: str) -> None:
    assert own_words(f"Yes\n\n{line}\n") == "Yes"


def test_blank_lines_line_ends_and_unseen_characters_are_put_in_order() -> None:
    assert own_words("\ufeffOne\u200b\r\n\r\n\r\n\r\nTwo\xa0too  \r\n") == "One\n\nTwo too"


def test_a_mail_that_is_one_quote_has_no_words() -> None:
    assert own_words(QUOTED) == ""


@pytest.mark.parametrize(
    "text",
    [
        "On " * 60_000,
        ("On a" + "b" * 300 + "\n") * 2000,
        "> " * 100_000,
        "-" * 200_000,
        "_" * 200_000 + "\nFrom",
        ("From: x\n" * 20_000),
        "On " + "wrote" * 40_000,
        "2026-01-01 " + "<" * 100_000,
        "Am " + " schrieb" * 20_000,
        "\n" * 200_000,
        ("2 nov " + "skrev " * 31 + "\n") * 1000,
        ("mån a skrev a:\n") * 14_000,
        ("On a2026 " + "b" * 180 + "\nwrote:\n\n> a\n") * 900,
        ("2026年1月1日(月) 10:00" * 8 + "\n") * 900,
        (" wrote" * 60 + " 2026 10:00:\n") * 500,
        "a@" * 90_000 + " 2026 10:00:",
        "--- ab ---\n" * 18_000,
    ],
    ids=range(17),
)
def test_a_mail_made_to_be_slow_costs_no_more_than_its_length(text: str) -> None:
    started = time.process_time()
    own_words(text)
    assert time.process_time() - started < 2.0


@given(st.text(alphabet=st.sampled_from("On wrote:>\n-_ <@a.b>Fromto \t"), max_size=400))
def test_nothing_is_added_and_doing_it_twice_changes_little(text: str) -> None:
    words = own_words(text)
    assert set(words.split()) <= set(text.split())
    assert not any(line.lstrip().startswith(">") for line in words.splitlines())


# HTML


def test_blocks_become_lines() -> None:
    markup = (
        "<p>Hello <b>Ana</b>,</p><p>one&nbsp;two<br>three</p>"
        "<ul><li>first</li><li>second</li></ul><div>bye</div>"
    )
    assert text_of_html(markup) == "Hello Ana,\n\none two\nthree\n\n- first\n- second\nbye"


def test_source_line_breaks_are_spaces() -> None:
    assert text_of_html("<div>one\n   two\n\nthree</div>") == "one two three"


def test_quotes_are_marked_so_that_they_can_be_left_out() -> None:
    markup = (
        '<div dir="ltr">Yes</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Isabel '
        "&lt;i@x.example&gt; wrote:<br></div><blockquote><div>Would it?</div><blockquote>old</blockquote>"
        "</blockquote></div>"
    )
    assert "> Would it?" in text_of_html(markup)
    assert "> > old" in text_of_html(markup)
    assert own_words(text_of_html(markup)) == "Yes"


def test_outlooks_html_reply_is_cut_at_its_header() -> None:
    markup = (
        '<div>Sure</div><hr><div id="divRplyFwdMsg"><b>From:</b> Isabel<br><b>Sent:</b> Monday<br>'
        "<b>To:</b> Ana<br><b>Subject:</b> Hi</div><div>old words</div>"
    )
    assert own_words(text_of_html(markup)) == "Sure"


@pytest.mark.parametrize(
    "unseen",
    [
        "<style>p{color:red}</style>",
        "<script>alert('x')</script>",
        "<head><title>x</title></head>",
        '<div style="display:none">x</div>',
        '<span style="font-size:0px">x</span>',
        "<p hidden>x</p>",
        '<div class="gmail_signature">Ana Ruiz<br>x</div>',
        "<!-- x -->",
    ],
)
def test_what_a_reader_does_not_see_is_not_read(unseen: str) -> None:
    assert text_of_html(f"<div>Seen {unseen}</div>after") in ("Seen\nafter", "Seen\n\nafter")


def test_comments_and_declarations_are_not_read_and_what_they_enclose_for_others_is() -> None:
    markup = "<!DOCTYPE html>a<!-- <b>x</b> -->b<!--[if mso]>x<![endif]--><![if !mso]>c<![endif]><?xml x?>d"
    assert text_of_html(markup) == "abcd"


def test_a_greater_sign_in_quotes_does_not_end_a_tag() -> None:
    assert text_of_html("<a title=\"a > b\" x='>'>seen</a><p class=gmail_signature title='>'>x</p>") == "seen"


def test_a_tag_that_never_ends_is_text() -> None:
    assert text_of_html("1 < 2 and <3, but <b>x</b> <unfinished") == "1 < 2 and <3, but x <unfinished"


def test_empty_lines_between_paragraphs_stay() -> None:
    assert text_of_html("<div>one</div><div><br></div><div>two<br><br>three</div>") == "one\n\ntwo\n\nthree"


def test_small_print_is_read() -> None:
    assert text_of_html('<span style="font-size:0.8em">x</span>') == "x"


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20_000 + "x",
        "</div>" * 20_000 + "x",
        "<b <i <u>x",
        "<blockquote>" * 20_000,
        "&#x110000;",
        "<![CDATA[x",
        "<![if x]><!DOCTYPE y><?z",
        "<!--" * 250_000 + ">",
        "<a " * 300_000 + ">",
        '<a x="' * 150_000 + ">",
        "<a '>" * 200_000,
        '<div style="=/><a/"' * 50_000,
        '<a ">"' * 150_000 + "'",
        "<b>x" * 250_000,
        "<blockquote>x" * 70_000,
        "<script></" * 100_000,
        "</b>" * 250_000,
        "&#" + "9" * 5000 + ";",
        "<p>x" * 250_000,
    ],
    ids=range(19),
)
def test_broken_markup_does_no_harm(markup: str) -> None:
    started = time.process_time()
    assert isinstance(text_of_html(markup), str)
    assert time.process_time() - started < 3.0


@given(st.text(alphabet=st.sampled_from("<>/divpbrhidentyl=\"'& ;\n![]-?#9"), max_size=300))
def test_any_markup_is_read_without_an_error(markup: str) -> None:
    assert "<blockquote>" not in text_of_html(markup)
