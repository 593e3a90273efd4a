"""The form of a questionnaire: every kind of question, its parts as lines, another version when it is asked otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.playbooks import library, new_entries
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.form_fields import QUESTION_TYPES
from huifang.playbooks.form_lines import lines_read, lines_shown
from huifang.playbooks.forms import act, change, opened_by, show
from huifang.playbooks.loader import loads
from huifang.playbooks.questionnaire_versions import raised
from huifang.playbooks.rewriting import rewrite, values
from huifang.playbooks.schema import Questionnaire
from tests.playbooks.test_forms import posted

REPAIR = library.text("repair-shop")
PART = ("questionnaires", "stay")
WORDS = st.text(alphabet="好差ab é", min_size=1, max_size=9).map(str.strip).filter(bool)
TITLES = st.builds(lambda zh, en: zh if zh == en else {"zh": zh, "en": en}, WORDS, WORDS)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def begun() -> Any:
    data, key = new_entries.add(values(REPAIR), "questionnaires", "Stay")
    assert key == "stay"
    return data


def filled(data: Any, **said: str) -> Any:
    """The form of the new questionnaire with some fields filled in, ``questions/0/if`` as ``q0_if``."""
    changes = {
        name.replace("q0_", "questions/0/").replace("q1_", "questions/1/").replace("__", "."): [value] for name, value in said.items()
    }
    return change(data, PART, posted(data, PART) | changes)


def entries(data: Any, place: int = 0) -> set[str]:
    (questions,) = show(data, PART)[1].repeated
    return {entry.name.rpartition("/")[2] for entry in questions.items[place].entries}


def test_a_new_questionnaire_can_be_asked_as_it_is():
    text = rewrite(REPAIR, begun())
    assert not [one for one in check_loaded(loads(text)) if one.severity == "error" and "stay" in str(one.place.key)]
    assert text.startswith(REPAIR[: REPAIR.index("questionnaires:")])


@pytest.mark.parametrize("kind", [key for key, _words in QUESTION_TYPES])
def test_every_kind_of_question_is_made_without_the_text(kind):
    data = filled(act(begun(), PART, "add:questions"), q1_type=kind)
    shown = entries(data, 1)
    lines = {"options": "good | 好 | Good\nbad | 差 | Bad", "rows": "desk | 前台 | Desk", "scale": "1-7", "ends": "差 | Poor\n好 | Good",
             "scores": "good | 5\nbad | 1" if kind != "yes-no" else "yes | 5\nno | 1"}  # fmt: skip
    said = {f"q1_{name}": text for name, text in lines.items() if name in shown}
    data = filled(data, q1_key="asked", q1_ask__zh="怎么样？", q1_ask__en="How?", q1_if="overall <= 3", q1_required="on", **said)
    text = rewrite(REPAIR, data)
    found = [one for one in check_loaded(loads(text)) if one.severity == "error"]
    assert not found, found
    made = loads(text).playbook.questionnaires["stay"].questions[1]
    assert (made.key, made.type, made.ask.en, made.if_, made.required) == ("asked", kind, "How?", "overall <= 3", True)
    assert {name: title.zh for name, title in made.options.items()} == ({"good": "好", "bad": "差"} if "options" in shown else {})
    assert list(made.rows) == (["desk"] if "rows" in shown else [])
    assert made.scores == ({"good": 5, "bad": 1} if "options" in shown else {"yes": 5, "no": 1} if kind == "yes-no" else {})
    assert made.scale == ((1, 7) if "scale" in shown else (1, 5))
    assert (made.ends is None) == ("ends" not in shown)


def test_a_question_shows_the_fields_of_its_type_and_what_stands_in_the_file():
    data = begun()
    assert {"scale", "ends"} <= entries(data)
    assert not {"options", "rows", "scores", "random"} & entries(data)
    data = filled(filled(data, q0_type="single"), q0_options="好\n差")
    assert {"options", "scores", "random"} <= entries(data)
    assert "options" in entries(filled(data, q0_type="text")), "what is left over is shown, to be taken out"


def test_the_questionnaires_own_words_and_ways():
    data = filled(
        begun(), intro__zh="请答", intro__en="Please", anonymous="on", random="on", satisfied="min_score >= 4",
        **{"per page": "3", "open for": "2", "open for__unit": "week", "remind/wait": "3", "remind/wait__unit": "day"},
    )  # fmt: skip
    made = loads(rewrite(REPAIR, data)).playbook.questionnaires["stay"]
    assert (made.intro.en, made.anonymous, made.random, made.per_page) == ("Please", True, True, 3)
    assert (str(made.open_for), str(made.remind.wait), made.satisfied) == ("2 weeks", "3 days", "min_score >= 4")


def test_questions_are_moved_named_apart_and_taken_out():
    data = act(act(begun(), PART, "add:questions"), PART, "add:questions")
    assert [one["key"] for one in data["questionnaires"]["stay"]["questions"]] == ["overall", "question_1", "question_2"]
    data = act(act(data, PART, "up:questions/2"), PART, "remove:questions/0")
    assert [one["key"] for one in data["questionnaires"]["stay"]["questions"]] == ["question_2", "question_1"]


@given(st.dictionaries(KEYS, TITLES, min_size=1, max_size=5))
def test_titles_are_read_as_they_are_shown(titles):
    assert lines_read("titles", lines_shown("titles", titles)) == titles


@given(st.dictionaries(KEYS, st.integers(-9, 9) | st.floats(-9, 9).filter(lambda number: not number.is_integer()), min_size=1))
def test_points_are_read_as_they_are_shown(points):
    assert lines_read("points", lines_shown("points", points)) == points


@given(st.lists(TITLES, min_size=2, max_size=2))
def test_ends_are_read_as_they_are_shown(ends):
    assert lines_read("ends", lines_shown("ends", ends)) == ends


@given(st.tuples(st.integers(-99, 99), st.integers(-99, 99)).map(list))
def test_a_range_is_read_as_it_is_shown(ends):
    assert lines_read("range", lines_shown("range", ends)) == ends


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("range", "one to five", "one to five"), ("points", "good | much", {"good": "much"}), ("titles", " | \n\n", None),
        ("titles", "a | | Only", {"a": "Only"}), ("titles", "好", {"o01": "好"}), ("ends", "差", ["差"]), ("range", "", None),
    ],
)  # fmt: skip
def test_what_is_not_understood_stays_for_the_checks(kind, text, value):
    assert lines_read(kind, text) == value


@pytest.mark.parametrize("value", [3, "loose", [1, 2, 3], {"a": 1}])
def test_a_value_of_another_form_is_shown_as_it_is(value):
    assert lines_shown("range", value) == str(value)
    assert lines_shown("titles", None) == ""


def asked(text: str) -> dict[str, Questionnaire]:
    return dict(loads(text).playbook.questionnaires)


def test_only_a_questionnaire_that_is_asked_otherwise_has_another_version():
    before = asked(REPAIR)
    data = values(REPAIR)
    data["questionnaires"]["booking"]["questions"][0]["required"] = True
    text = raised(rewrite(REPAIR, data), REPAIR)
    now = asked(text)
    assert {key: now[key].version - before[key].version for key in before} == {"repair-ten": 0, "lost-reasons": 0, "booking": 1}
    again = values(text)
    again["questionnaires"]["booking"]["questions"][0]["required"] = False
    assert asked(raised(rewrite(text, again), text))["booking"].version == before["booking"].version + 2
    assert raised(REPAIR, REPAIR) == REPAIR


def test_a_version_that_somebody_has_given_stays():
    data = values(REPAIR)
    data["questionnaires"]["booking"] |= {"version": 7, "random": True}
    assert asked(raised(rewrite(REPAIR, data), REPAIR))["booking"].version == 7


def test_a_new_questionnaire_and_a_text_without_any_stay_as_they_are():
    text = rewrite(REPAIR, begun())
    assert raised(text, REPAIR) == text
    assert raised("a: 1\n", REPAIR) == "a: 1\n"
    assert raised("questionnaires: {a: 1}\n", "questionnaires: {a: 2}\n") == "questionnaires: {a: 1}\n"


def test_one_question_is_open_and_of_the_others_the_words_stand_there():
    data = values(REPAIR)
    part = ("questionnaires", "repair-ten")
    (questions,) = show(data, part, "questions/3")[1].repeated
    assert [place for place, item in enumerate(questions.items) if item.folded is None] == [3]
    assert questions.items[0].folded.en == data["questionnaires"]["repair-ten"]["questions"][0]["ask"]["en"]
    assert questions.items[0].entries == ()
    data["questionnaires"]["repair-ten"]["questions"][0] = {"key": "bare"}
    data["questionnaires"]["repair-ten"]["questions"][1] = "broken"
    (questions,) = show(data, part, "questions/3")[1].repeated
    assert [item.folded.en for item in questions.items[:2]] == ["bare", "2"]


@pytest.mark.parametrize(
    ("do", "opened"),
    [
        ("", "questions/2"), ("add:questions", "questions/99999"), ("up:questions/2", "questions/1"), ("down:questions/2", "questions/3"),
        ("up:questions/0", "questions/0"), ("open:questions/7", "questions/7"), ("remove:questions/2", "questions/2"),
        ("add:steps/1/branches", "questions/2"), ("up:steps/1/branches/0", "questions/2"),
    ],
)  # fmt: skip
def test_what_is_added_or_moved_is_open(do, opened):
    assert opened_by(do, "questions/2") == opened
