import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.contact import CHANNEL_WORDS, DECISION_WORDS, PURPOSE_WORDS, Channel, DecisionKind, Purpose
from huifang.domain.errors import HuifangError, Place, Problem
from huifang.domain.words import Words


def test_chinese_readers_read_chinese_and_all_others_english():
    hello = Words("你好", "Hello")
    assert [hello.say(each) for each in ("zh", "zh-Hans", "ZH-CN", "en", "fr")] == ["你好"] * 3 + ["Hello"] * 2
    assert str(hello) == "你好 / Hello"


def test_places_are_filled_and_what_has_no_value_stays():
    words = Words("{name}，{event.day}的{missing}", "{name}, {event.day} {missing}")
    assert words.fill({"name": "王华", "event.day": "3 月"}) == Words("王华，3 月的{missing}", "王华, 3 月 {missing}")


def test_a_value_in_both_languages_is_said_in_each():
    assert Words("{per}内", "in {per}").fill({"per": Words("3 天", "3 days")}) == Words("3 天内", "in 3 days")


@pytest.mark.parametrize("text", ["{name.__class__}", "{0}", "{name!r}", "{name:>999}", "{", "}", "{{name}}{", "{name[0]}"])
def test_anything_that_is_not_a_plain_place_appears_literally(text):
    filled = Words(text, text).fill({"name.x": "no"})
    assert filled == Words(text, text)


@given(st.text(), st.text())
def test_a_value_is_never_read_as_a_template(before, value):
    words = Words(before.replace("{", "") + "{name}", "{name}")
    assert words.fill({"name": value}).en == value
    assert words.fill({"name": value}).zh.endswith(value)


def test_every_code_of_contact_has_words():
    assert set(PURPOSE_WORDS) == set(Purpose)
    assert set(CHANNEL_WORDS) == set(Channel)
    assert set(DECISION_WORDS) == set(DecisionKind)


def test_a_problem_says_where_what_and_what_to_do():
    place = Place("repair.yaml", line=12, column=3, key="programmes › day-after")
    problem = Problem("x", Words("写错了。", "It is wrong."), Words("请改正。", "Put it right."), place)
    assert problem.say("en") == "repair.yaml, line 12, programmes › day-after: It is wrong. Put it right."
    assert problem.say("zh") == "repair.yaml，第 12 行，programmes › day-after：写错了。 请改正。"


def test_an_error_without_a_place_begins_with_what_is_wrong():
    problem = Problem("x", Words("写错了。", "It is wrong."), Words("请改正。", "Put it right."))
    error = HuifangError(problem, problem)
    assert str(error) == "It is wrong. Put it right.\nIt is wrong. Put it right."
    assert error.say("zh").splitlines() == ["写错了。 请改正。"] * 2
