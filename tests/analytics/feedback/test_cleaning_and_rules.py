"""What words alone tell, whatever is typed."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.analytics.feedback import cleaning, hiding, ranking
from huifang.analytics.feedback.cleaning import HEAD, TAIL, clean, says_something
from huifang.analytics.feedback.hiding import hide
from huifang.analytics.feedback.lexicon import lexicon
from huifang.analytics.feedback.rules import signs


@pytest.mark.parametrize("module", [cleaning, hiding, ranking])
def test_the_examples_in_the_text_hold(module):
    assert doctest.testmod(module).failed == 0


@given(st.text(max_size=300))
def test_any_text_is_read_and_stays_within_its_bounds(text):
    seen = signs(clean(text))
    assert -1 < seen.sentiment < 1
    assert all(-2 < each < 3 for each in seen.figures())


def test_a_text_of_a_hundred_thousand_characters_is_read_by_its_beginning_and_end():
    text = "一开始就不满意。" + "嗯" * 100_000 + "请马上处理"
    assert len(clean(text)) <= HEAD + TAIL + 1
    assert len(clean("ab " * 700)) <= HEAD + TAIL + 1
    assert clean("不满意" + "甲乙丙丁" * 30_000 + "马上处理").endswith("马上处理")


def test_markup_links_and_control_characters_are_not_read():
    assert clean("<script>alert('好')</script>太\u200b慢 https://x.example/a\t") == " 太慢 "


def test_marks_and_blanks_say_nothing_but_a_picture_does():
    assert [says_something(each) for each in ("", " \n", "？！…", "123", "👍", "嗯", "ok")] == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("服务很热情", 1),
        ("服务不热情", -1),
        ("一点也不干净", -1),
        ("没有异响", 1),
        ("不贵", 1),
        ("好差", -1),
        ("非常满意", 1),
        ("不是不满意", 1),
        ("價錢公道,態度親切", 1),
        ("師傅好衰,唔滿意", -1),
        ("not good", -1),
        ("no problem at all", 1),
        ("the staff were rude", -1),
        ("做完没两天又有异响", -1),
        ("厕所在二楼", 0),
        ("goodness", 0),
    ],
)
def test_negation_degree_and_dialects(text, sign):
    felt = signs(clean(text)).sentiment
    assert (felt > 0) - (felt < 0) == sign


def test_what_comes_after_but_weighs_more():
    assert signs("环境不错,但是服务差").sentiment < 0 < signs("服务差,但是环境不错").sentiment
    assert signs("环境不错,但是服务差").turned


def test_a_degree_strengthens_and_a_wish_weakens():
    assert signs("非常干净").praise > signs("干净").praise > signs("有点干净").praise
    wished = signs("希望干净")
    assert wished.wishes == 1
    assert wished.praise < signs("干净").praise


def test_urgency_and_demands_are_told_with_the_words_that_decided():
    seen = signs("刹车失灵,马上处理,不然投诉")
    assert seen.urgency >= 4
    assert seen.demands == 1
    assert {"刹车失灵", "马上", "投诉"} <= set(seen.deciding)
    assert signs("不急").urgency < signs("很急").urgency


def test_the_longest_word_wins_and_latin_words_are_whole():
    assert [one.word for one in lexicon().find("非常满意")] == ["非常满意"]
    assert [one.word for one in lexicon().find("badge bad")] == ["bad"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话13800001234", "13800001234"),
        ("打 138 0000 1234", "0000"),
        ("壹三八零零零零一二三四", "零零零零一二三四"),
        ("邮箱 a.b@c.example.com", "a.b@c"),
        ("住人民路12号3栋", "人民路12"),
        ("身份证110101199003070012", "19900307"),
        ("车牌苏E12345", "E12345"),
        ("微信号abc_12345", "abc_12345"),
        ("我叫欧阳小红", "欧阳小红"),
        ("找王小明", "王小明"),
        ("张经理说的", "张经理"),
        ("见 https://x.example/u?id=7", "x.example"),
        ("在3栋502室", "502"),
    ],
)
def test_what_tells_who_it_is_about_is_taken_out(text, hidden):
    assert hidden not in hide(text, ["王小明", "王", ""])


def test_words_that_tell_nobody_stay():
    assert hide("等了3个小时，多收了120块，服务员态度差", ["李"]) == "等了3个小时，多收了120块，服务员态度差"
