"""An answer is read in words, in either language, whatever its question; figures of registers stay figures."""

from __future__ import annotations

import pytest

from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.register_cells import Cells
from huifang.app.queries.register_line import Line
from huifang.playbooks import library
from huifang.playbooks.schema import Question
from huifang.playbooks.tallying import Kept

OPTIONS = {"wash": {"zh": "洗车", "en": "Wash"}, "tyre": {"zh": "轮胎", "en": "Tyre"}}
ROWS = {"desk": {"zh": "前台", "en": "Desk"}, "floor": {"zh": "车间", "en": "Floor"}}


@pytest.mark.parametrize(
    ("kind", "kept", "zh", "en"),
    [
        ("single", Kept("wash"), "洗车", "Wash"),
        ("single", Kept("gone"), "gone", "gone"),
        ("multiple", Kept("wash,tyre"), "洗车、轮胎", "Wash, Tyre"),
        ("multiple", Kept("wash,ty", "wash,tyre"), "洗车、轮胎", "Wash, Tyre"),
        ("matrix", Kept('{"floor":3,"desk":4.5}'), "前台 4.5，车间 3", "Desk 4.5, Floor 3"),
        ("matrix", Kept(""), "", ""),
        ("yes-no", Kept("yes"), "是", "Yes"),
        ("yes-no", Kept("no"), "否", "No"),
        ("yes-no", Kept(""), "", ""),
        ("signature", Kept("", "M1,2L3,4M5,6L7,8"), "已手写签名", "Signed by hand"),
        ("signature", Kept("", "M. 王丽华"), "M. 王丽华", "M. 王丽华"),
        ("text", Kept("", "M1,2L3,4"), "M1,2L3,4", "M1,2L3,4"),
        ("number", Kept("12345678.25"), "12345678.25", "12345678.25"),
    ],
)
def test_an_answer_is_read_in_words(kind: str, kept: Kept, zh: str, en: str):
    question = Question.model_validate({"key": "a", "ask": "?", "type": kind, "options": OPTIONS, "rows": ROWS})
    assert (answer_words(question, kept, "zh-hans"), answer_words(question, kept, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("key", "value", "text", "cell"), [("quality", "4", "", 4), ("quality", "4.5", "", 4.5), ("gone", "x", "", "x"), ("gone", "", "", None)]
)
def test_a_register_holds_figures_as_figures_and_what_no_question_asks_any_more_as_it_is(key: str, value: str, text: str, cell: object):
    line = Line({}, programme="day-after", answers={key: {"value": value, "text": text, "score": None}})
    assert Cells(library.read("repair-shop").playbook, "en").cell(f"answer.{key}", line, 1) == cell
