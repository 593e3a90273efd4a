"""Answers: asked only where they apply, taken only where they fit, scored alike, followed by what the plan says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huifang.playbooks import library
from huifang.playbooks.answering import plain_value, reactions, score, take, visible
from huifang.playbooks.schema import Question, Questionnaire

TODAY = date(2026, 9, 1)
OPTION = {"good": "g", "bad": "b"}
ALL: list[dict[str, Any]] = [
    {"key": "state", "ask": "?", "options": OPTION, "scores": {"good": 3, "bad": 1}, "required": True},
    {"key": "why", "ask": "?", "type": "text", "if": "state = 'bad'", "required": True},
    {"key": "kinds", "ask": "?", "type": "multiple", "options": OPTION},
    {"key": "stars", "ask": "?", "type": "scale"},
    {"key": "nps", "ask": "?", "type": "nps"},
    {"key": "grid", "ask": "?", "type": "matrix", "rows": {"a": "a", "b": "b"}},
    {"key": "again", "ask": "?", "type": "yes-no"},
    {"key": "many", "ask": "?", "type": "number"},
    {"key": "day", "ask": "?", "type": "date"},
    {"key": "signed", "ask": "?", "type": "signature"},
]


def asked(satisfied: str | None = None) -> Questionnaire:
    return Questionnaire.model_validate({"title": "t", "questions": ALL, "satisfied": satisfied})


def test_a_question_is_asked_only_when_its_condition_holds() -> None:
    assert "why" not in [question.key for question in visible(asked(), {"state": "good"}, TODAY)]
    assert "why" in [question.key for question in visible(asked(), {"state": "bad"}, TODAY)]
    assert "why" not in [question.key for question in visible(asked(), {}, TODAY)]


def test_good_answers_are_taken_and_hidden_ones_are_kept_apart() -> None:
    answers = {
        "state": "good", "why": "old", "kinds": ["good", "bad"], "stars": 4, "nps": 10, "grid": {"a": 5, "b": 3}, "again": True, "many": 2,
        "day": TODAY, "signed": "file-1", "unknown": 1,
    }  # fmt: skip
    taken = take(asked(), answers, TODAY)
    assert taken.problems == ()
    assert set(taken.apart) == {"why", "unknown"}
    assert set(taken.answers) == set(answers) - {"why", "unknown"}


@pytest.mark.parametrize(
    ("key", "answer", "code"),
    [
        ("state", "goood", "option"),
        ("kinds", ["good", "x"], "option"),
        ("kinds", "x", "option"),
        ("stars", 6, "range"),
        ("stars", True, "range"),
        ("nps", 11, "range"),
        ("grid", {"c": 1}, "rows"),
        ("grid", 3, "rows"),
        ("grid", {"a": 9}, "range"),
        ("again", "yes", "kind"),
        ("many", "two", "kind"),
        ("day", "tomorrow", "kind"),
        ("signed", "x" * 5000, "long"),
    ],
)
def test_an_answer_that_does_not_fit_is_told(key: str, answer: object, code: str) -> None:
    taken = take(asked(), {"state": "good", key: answer}, TODAY)
    assert [(problem.code, problem.place.key) for problem in taken.problems] == [(f"answer.{code}", key)]
    assert key not in taken.answers or key == "state"


def test_a_required_answer_may_be_missing_only_until_the_end() -> None:
    assert [problem.code for problem in take(asked(), {"state": "bad", "why": ""}, TODAY).problems] == ["answer.required"]
    assert take(asked(), {}, TODAY, complete=False).problems == ()


def test_every_score_is_measured_on_one_to_five() -> None:
    scores = score(asked(), {"state": "bad", "stars": 5, "nps": 5, "grid": {"a": 5, "b": 3}, "again": True, "other": 1}, TODAY)
    assert scores.points == {"state": 1.0, "stars": 5.0, "nps": 5.0, "grid": 4.0}
    assert (scores.min_score, scores.mean_score, scores.satisfied) == (1.0, 3.25, False)


def test_nothing_scored_is_neither_satisfied_nor_dissatisfied() -> None:
    scores = score(asked(), {"again": True, "grid": {}}, TODAY)
    assert (scores.min_score, scores.mean_score, scores.satisfied) == (None, None, None)


def test_a_questionnaire_may_say_itself_what_satisfied_means() -> None:
    assert score(asked("again and min_score >= 1"), {"again": True, "stars": 1}, TODAY).satisfied is True
    assert score(asked("again"), {"stars": 1}, TODAY).satisfied is None


def test_options_of_equal_points_count_as_best() -> None:
    one = Questionnaire.model_validate({"title": "t", "questions": [{"key": "a", "ask": "?", "options": OPTION, "scores": {"good": 2}}]})
    assert score(one, {"a": "good"}, TODAY).min_score == 5.0


@pytest.mark.parametrize(
    ("chosen", "points"), [(["wash", "tyre"], 5.0), (["wash", "scratch", "wash"], 1.0), (["none"], 0.0), (["scratch"], -1.0)]
)
def test_points_of_several_options_are_added_up(chosen: list[str], points: float) -> None:
    options = {one: one for one in ("wash", "tyre", "scratch", "none")}
    question = {"key": "a", "ask": "?", "type": "multiple", "options": options, "scores": {"wash": 2, "tyre": 3, "scratch": -1}}
    scores = score(Questionnaire.model_validate({"title": "t", "questions": [question]}), {"a": chosen}, TODAY)
    assert scores.points == {"a": points}
    assert scores.min_score == pytest.approx(1 + 4 * (points + 1) / 6)  # from −1 to 5


@pytest.mark.parametrize(("said", "on_five"), [(True, 1.0), (False, 5.0)])
def test_yes_and_no_may_have_points(said: bool, on_five: float) -> None:
    question = {"key": "pain", "ask": "?", "type": "yes-no", "scores": {"yes": 0, "no": 3}}
    assert score(Questionnaire.model_validate({"title": "t", "questions": [question]}), {"pain": said}, TODAY).min_score == on_five


def test_conditions_see_a_multiple_choice_as_its_keys() -> None:
    multiple, single = (Question.model_validate(ALL[place]) for place in (2, 0))
    assert plain_value(multiple, ["good", "bad"]) == "good,bad"
    assert plain_value(single, None) is None
    assert plain_value(Question.model_validate(ALL[9]), "file-1") is True


def test_a_low_score_opens_the_case_that_the_plan_names() -> None:
    programme = library.read("repair-shop").playbook.programmes["day-after"]
    assert [one.open_case for one in reactions(programme, {"min_score": 2.0}, TODAY)] == ["dissatisfied"]
    assert reactions(programme, {"min_score": 4.0, "feedback": "praise"}, TODAY) == []
    assert reactions(programme, {}, TODAY) == []


def test_a_complaint_after_surgery_goes_to_the_attending_doctor() -> None:
    programme = library.read("hospital").playbook.programmes["inpatient"]
    values = {"recovery": "good", "service": 2, "feedback": "complaint", "surgery": True}
    assert [one.open_case for one in reactions(programme, values, TODAY)] == ["medical", "dissatisfied"]
