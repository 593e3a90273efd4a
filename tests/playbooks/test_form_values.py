"""One entry of a form: untouched it is the value that was there, touched it is what its fields say."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.words import Words
from huifang.playbooks.form_fields import Field, Kind
from huifang.playbooks.form_values import read, shown

KINDS = get_args(Kind)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.text(max_size=8),
    st.lists(st.text(max_size=4), max_size=3),
    st.sampled_from(["3 days", "5 %", {"zh": "一", "en": "One"}, {"zh": "一"}, 0.25, ["mon", "sat"], "working"]),
)


def field(kind: str, *, normally: bool = False) -> Field:
    return Field("key", kind, Words("项", "Entry"), normally=normally)  # type: ignore[arg-type]  # one of Kind


@given(st.sampled_from(KINDS), st.booleans(), VALUES)
def test_what_nobody_touched_is_the_value_that_was_there(kind, normally, value):
    entry = field(kind, normally=normally)
    assert read(entry, shown(entry, value), value) is value


@pytest.mark.parametrize(
    ("kind", "before", "said", "value"),
    [
        ("title", None, {"zh": ["一"], "en": ["One"]}, {"zh": "一", "en": "One"}),
        ("title", None, {"zh": ["一"], "en": [""]}, "一"),
        ("title", "T", {"zh": ["U"], "en": ["U"]}, "U"),
        ("words", {"zh": "一", "en": "One"}, {"zh": [" "], "en": [""]}, None),
        ("words", "T", {"zh": ["甲\r\n乙"], "en": ["A\r\nB"]}, {"zh": "甲\n乙", "en": "A\nB"}),
        ("span", None, {"": ["2"], "unit": ["working day"]}, "2 working days"),
        ("span", "1 day", {"": [""], "unit": ["day"]}, None),
        ("span", "1 day", {"": ["soon"], "unit": ["day"]}, "soon"),
        ("days", "working", {"": ["own"], "own": ["mon", "sat"]}, ["mon", "sat"]),
        ("days", "working", {"": ["own"]}, ["mon"]),
        ("days", ["mon"], {"": ["every"], "own": ["mon"]}, "every"),
        ("days", "every", {"": [""]}, None),
        ("flag", None, {"": ["on"]}, True),
        ("flag", True, {}, None),
        ("share", None, {"": ["12.5"]}, "12.5 %"),
        ("share", "5 %", {"": [""]}, None),
        ("share", 0.05, {"": ["all"]}, "all"),
        ("number", None, {"": ["-2.5"]}, -2.5),
        ("whole", 3, {"": ["12"]}, 12),
        ("whole", 3, {"": ["many"]}, "many"),
        ("number", 3, {"": [""]}, None),
        ("hours", None, {"": ["09:00-12:00、14:00-18:00"]}, ["09:00-12:00", "14:00-18:00"]),
        ("names", ["a"], {"": [" ,"]}, None),
        ("choices", ["a"], {"": ["b", "a", "b", ""]}, ["b", "a"]),
        ("order", ["a"], {"": [""]}, None),
        ("condition", "a > 1", {"": ["a > 2"]}, "a > 2"),
        ("condition", "a > 1", {"": [""]}, None),
        ("line", True, {"": ["no"]}, "no"),
    ],
)
def test_what_the_fields_say_is_the_value(kind, before: Any, said: dict[str, list[str]], value: Any):
    assert read(field(kind), said, before) == value


def test_a_flag_that_holds_normally_is_written_only_where_it_does_not():
    entry = field("flag", normally=True)
    assert read(entry, {}, None) is False
    assert read(entry, {"": ["on"]}, False) is None


def test_rows_win_over_the_text_they_came_from_and_a_changed_text_over_rows():
    entry = field("condition")
    shows = shown(entry, "a > 1")
    rows = {"name": ["a", "b"], "op": [">", "="], "value": ["1", "2"], "join": ["or"]}
    assert read(entry, {**shows, **rows}, "a > 1") == "a > 1 or b = 2"
    assert read(entry, {**shows, **rows, "": ["a > 3"]}, "a > 1") == "a > 3"


@pytest.mark.parametrize(("value", "says"), [("later", "later"), (True, "true"), (False, "false")])
def test_what_is_no_span_is_shown_as_it_stands_in_the_file(value, says):
    assert shown(field("span"), value) == {"": [says], "unit": ["day"]}
