"""A questionnaire on pages, in a drawn order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huifang.playbooks.answering import bounds
from huifang.playbooks.paging import depends_on, options_of, ordered, pages
from huifang.playbooks.schema import Question, Questionnaire


def questions(*conditions: str | None) -> list[dict[str, object]]:
    return [{"key": f"q{number}", "ask": "?", "type": "yes-no", "if": text} for number, text in enumerate(conditions)]


def asked(*conditions: str | None, **more: object) -> Questionnaire:
    return Questionnaire.model_validate({"title": "t", "questions": questions(*conditions), **more})


def test_without_random_the_order_is_the_files():
    assert [one.key for one in ordered(asked(None, None, None), "x")] == ["q0", "q1", "q2"]


@given(st.text(max_size=8))
def test_a_drawn_order_is_stable_and_keeps_what_depends_behind(draw: str):
    one = asked(None, "q0", None, "q1 and q2", None, random=True)
    found = ordered(one, draw)
    assert found == ordered(one, draw)
    assert sorted(each.key for each in found) == ["q0", "q1", "q2", "q3", "q4"]
    places = {each.key: place for place, each in enumerate(found)}
    assert all(places[name] < places[each.key] for each in found for name in depends_on(each))


def test_different_people_get_different_orders():
    one = asked(*[None] * 6, random=True)
    assert len({tuple(each.key for each in ordered(one, str(draw))) for draw in range(20)}) > 10


def test_questions_that_name_each_other_are_still_all_asked():
    assert len(ordered(asked("q1", "q0", random=True), "x")) == 2


def test_a_question_never_shares_a_page_with_what_decides_it():
    found = pages(asked(None, None, "q1", None, None, None, "q0").questions, 3)
    assert [[one.key for one in page] for page in found] == [["q0", "q1"], ["q2", "q3", "q4"], ["q5", "q6"]]


def test_options_come_in_a_drawn_order_where_the_question_says_so():
    plain = Question.model_validate({"key": "a", "ask": "?", "options": {name: name for name in "abcdef"}})
    drawn = plain.model_copy(update={"random": True})
    assert options_of(plain, "x") == tuple("abcdef")
    assert sorted(options_of(drawn, "x")) == list("abcdef")
    assert len({options_of(drawn, str(number)) for number in range(10)}) > 5


def test_effort_is_rated_from_one_to_seven():
    assert bounds(Question.model_validate({"key": "a", "ask": "?", "type": "ces"})) == (1, 7)
