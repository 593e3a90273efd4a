"""A text is made to say something else, and everything that was not meant stays as it was, to the byte."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from huifang.domain.errors import PlaybookError
from huifang.playbooks import library, yaml_tree
from huifang.playbooks.rewriting import rewrite, same, values
from huifang.playbooks.yaml_tree import read_tree
from huifang.playbooks.yaml_writing import entry, scalar

TEXT = """\
# the shop's own plan
title: {zh: 回访, en: "Follow-up"}  # shown at the top
hours: ["09:00-12:00",
        "14:00-18:00"]
about: >-
  two lines
  of words

empty:
programmes:
  # the important one
  day-after:
    within: 1 day   # never longer
    through: [phone, survey]
    on answer:
    - {if: min_score <= 2, open case: bad}  # at once
    - if: satisfied
      follow up: thanks
  # the other one
  later: {within: 3 days, ask: ten}
last: 'it''s'
"""
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(-60000, 60000, width=16) | st.text(max_size=12)
SCALARS = SCALARS | st.sampled_from(
    ["", "true", "1 day", "09:00-12:00", "- a", "a: b", "#x", "null", "一二 三", "1e5", "{", "a #b", "it's"]
)
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4), max_leaves=12
)


def written(data: Any) -> str:
    return "\n".join(line for key, value in data.items() for line in entry(f"{scalar(key)}:", value, 0)) + "\n"


@pytest.mark.parametrize("name", library.names())
def test_a_playbook_said_again_is_the_same_text(name):
    text = library.text(name)
    assert rewrite(text, values(text)) == text
    assert same(values(text), read_tree(text, "").data)


def test_a_text_is_read_once_for_its_values_and_for_its_playbook(monkeypatch):
    read = []
    monkeypatch.setattr(yaml_tree, "YAML", lambda **how: read.append(how) or YAML(**how))
    text = TEXT + "more: 1\n"
    assert same(values(text), read_tree(text, "").data)
    assert rewrite(text, values(text)) == text
    assert len(read) == 1


def test_a_text_with_more_in_it_than_a_playbook_may_have_is_refused(monkeypatch):
    monkeypatch.setattr(yaml_tree, "MOST", 5)
    with pytest.raises(PlaybookError) as told:
        values("a: [1, 2, 3, 4, 5, 6]  # six\n")
    assert [problem.code for problem in told.value.problems] == ["yaml.large"]


def changed(text: str, change: Any) -> list[tuple[str, str]]:
    """Lines that differ, old and new; everything else is equal to the byte."""
    data = values(text)
    change(data)
    new = rewrite(text, data)
    assert same(values(new), data)
    assert same(read_tree(new, "").data, data)
    pairs = []
    a, b = text.split("\n"), new.split("\n")
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            pairs.append(("\n".join(a[i1:i2]), "\n".join(b[j1:j2])))
    return pairs


def test_a_value_changes_alone_and_its_comment_stays():
    def longer(data):
        data["programmes"]["day-after"]["within"] = "2 days"

    assert changed(TEXT, longer) == [("    within: 1 day   # never longer", "    within: 2 days   # never longer")]


def test_a_value_between_brackets_changes_alone():
    def other(data):
        data["programmes"]["day-after"]["on answer"][0]["open case"] = "worse"
        data["title"]["zh"] = "客户回访"

    assert changed(TEXT, other) == [
        ('title: {zh: 回访, en: "Follow-up"}  # shown at the top', 'title: {zh: 客户回访, en: "Follow-up"}  # shown at the top'),
        ("    - {if: min_score <= 2, open case: bad}  # at once", "    - {if: min_score <= 2, open case: worse}  # at once"),
    ]


def test_a_new_key_stands_where_it_is_put():
    def more(data):
        one = data["programmes"]["day-after"]
        data["programmes"]["day-after"] = {"within": one["within"], "expires": "3 days", **{k: v for k, v in one.items() if k != "within"}}
        data["programmes"]["later"] = {"purpose": "service", **data["programmes"]["later"], "bundle": False}

    assert changed(TEXT, more) == [
        ("", "    expires: 3 days"),
        ("  later: {within: 3 days, ask: ten}", "  later: {purpose: service, within: 3 days, ask: ten, bundle: false}"),
    ]


def test_a_key_taken_out_takes_its_lines_along():
    def fewer(data):
        del data["programmes"]["day-after"]["on answer"]
        del data["about"]
        del data["programmes"]["later"]["within"]

    assert changed(TEXT, fewer) == [
        ("about: >-\n  two lines\n  of words", ""),
        ("    on answer:\n    - {if: min_score <= 2, open case: bad}  # at once\n    - if: satisfied\n      follow up: thanks", ""),
        ("  later: {within: 3 days, ask: ten}", "  later: {ask: ten}"),
    ]


def test_items_come_and_go_in_lists():
    def lists(data):
        data["hours"].insert(1, "13:00-13:30")
        data["programmes"]["day-after"]["on answer"].append({"if": "feedback = 'praise'", "tell": ["manager"]})
        data["programmes"]["day-after"]["through"] = ["survey"]

    assert changed(TEXT, lists) == [
        ('hours: ["09:00-12:00",\n        "14:00-18:00"]', 'hours: ["09:00-12:00", "13:00-13:30", "14:00-18:00"]'),
        ("    through: [phone, survey]", "    through: [survey]"),
        ("", "    - {if: feedback = 'praise', tell: [manager]}"),
    ]


def test_nothing_becomes_something_and_something_nothing():
    def about(data):
        data["empty"] = {"a": 1}
        data["programmes"]["day-after"]["on answer"] = []
        data["about"] = "one"

    assert changed(TEXT, about)[0] == ("about: >-\n  two lines\n  of words", "about: one")


def test_a_long_new_part_is_written_on_lines_of_its_own():
    def add(data):
        data["programmes"]["new"] = {
            "title": {"zh": "新", "en": "New"},
            "when": {"after": "job.settled", "wait": "1 day"},
            "a": 1,
            "b": 2,
            "c": 3,
        }

    assert changed(TEXT, add) == [
        ("", "  new:\n    title: {zh: 新, en: New}\n    when: {after: job.settled, wait: 1 day}\n    a: 1\n    b: 2\n    c: 3")
    ]


def test_a_text_without_a_last_line_break_can_be_added_to():
    assert rewrite("a: 1", {"a": 1, "b": 2}) == "a: 1\nb: 2"


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "a: &x 1\nb: *x", "", "- {"])
def test_what_cannot_be_read_is_told(text):
    with pytest.raises(PlaybookError):
        values(text)


@settings(max_examples=120)
@given(
    st.dictionaries(st.text(max_size=6), DATA, min_size=1, max_size=4), st.dictionaries(st.text(max_size=6), DATA, min_size=1, max_size=4)
)
def test_whatever_is_said_can_be_read_again(old, new):
    text = written(old)
    assert same(read_tree(text, "").data, old)
    assert rewrite(text, old) == text
    assert same(read_tree(rewrite(text, new), "").data, new)
    merged = {**old, **new}
    assert same(read_tree(rewrite(text, merged), "").data, merged)


@settings(max_examples=60)
@given(st.data())
def test_one_value_changed_anywhere_leaves_every_other_line(data):
    said = values(TEXT)
    at: Any = said
    while True:
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = data.draw(DATA)
    new = rewrite(TEXT, said)
    assert same(read_tree(new, "").data, said)
    kept = sum(line in new.split("\n") for line in TEXT.split("\n") if "#" in line and not line.strip().startswith("-"))
    assert kept >= 1


@pytest.mark.parametrize(
    ("old", "data", "new"),
    [
        ("- x: 1\n  y: 2\n", [{"y": 2}], "- {y: 2}\n"),
        ("a:\n- b: 1\n  c: 2\n", {"a": [{"c": 2}]}, "a:\n- {c: 2}\n"),
        ("a : 1\nb  : 2\n", {"a": 3, "b": 2}, "a : 3\nb  : 2\n"),
    ],
)
def test_a_first_key_behind_its_dash_and_spaces_before_a_colon(old, data, new):
    assert rewrite(old, data) == new
