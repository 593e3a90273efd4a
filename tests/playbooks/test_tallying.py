"""Answers added up, type by type."""

from __future__ import annotations

from collections import Counter

import pytest

from huifang.playbooks.schema import Question, Questionnaire
from huifang.playbooks.tallying import Kept, Tally, servqual_points, tally


def question(**more: object) -> Question:
    return Question.model_validate({"key": "a", "ask": "?", **more})


@pytest.mark.parametrize(
    ("kind", "values", "counts", "figure"),
    [
        ("csat", ["5", "4", "1", "5"], {"1": 1, "4": 1, "5": 2}, 75.0),
        ("nps", ["10", "0"], {"0": 1, "10": 1}, 0.0),
        ("ces", ["7", "6"], {"6": 1, "7": 1}, 6.5),
        ("scale", ["2", "4"], {"2": 1, "4": 1}, 3.0),
        ("number", ["1.5", "2.5"], {}, 2.0),
        ("yes-no", ["yes", "no", "yes"], {"yes": 2, "no": 1}, None),
        ("date", ["2026-11-01", "2026-11-01"], {"2026-11-01": 2}, None),
    ],
)
def test_counts_and_figure(kind: str, values: list[str], counts: dict[str, int], figure: float | None):
    found = tally(question(type=kind), Counter(Kept(value) for value in values))
    assert {code: count for code, count in found.counts if count} == counts
    assert found.answered == len(values)
    assert (found.figure.value if found.figure else None) == figure


def test_several_choices_are_counted_each_even_when_they_were_long():
    options = {name: name for name in ("wash", "repair")}
    found = tally(question(type="multiple", options=options), {Kept("wash,repair"): 3, Kept("wash,…", "wash"): 1})
    assert found.counts == (("wash", 4), ("repair", 3))
    assert found.answered == 4


def test_a_matrix_is_averaged_by_row():
    found = tally(question(type="matrix", rows={"x": "x", "y": "y", "z": "z"}), {Kept('{"x":5,"y":1}'): 3, Kept('{"x":1}'): 1})
    assert [(row, figure.value, figure.answers) for row, figure in found.rows] == [("x", 4.0, 4), ("y", 1.0, 3)]


@pytest.mark.parametrize("kind", ["text", "signature", "file"])
def test_words_signatures_and_files_are_counted_alone(kind: str):
    assert tally(question(type=kind), {Kept(""): 7}) == Tally(question(type=kind), 7)


def test_servqual_points_are_gathered_by_dimension_and_side():
    asked = Questionnaire.model_validate(
        {
            "title": "t",
            "questions": [
                {"key": "e", "ask": "?", "type": "scale", "dimension": "speed", "side": "expectation"},
                {"key": "p", "ask": "?", "type": "matrix", "rows": {"x": "x", "y": "y"}, "dimension": "speed", "side": "perception"},
                {"key": "t", "ask": "?", "type": "text", "dimension": "speed", "side": "perception"},
            ],
        }
    )
    given = {"e": Kept("5"), "p": Kept('{"x":3,"y":4}'), "t": Kept("", "words")}
    assert list(servqual_points(asked, [given, {}])) == [{("speed", "expectation"): (5.0,), ("speed", "perception"): (3.0, 4.0)}, {}]
    assert not list(
        servqual_points(Questionnaire.model_validate({"title": "t", "questions": [{"key": "e", "ask": "?", "type": "scale"}]}), [given])
    )
