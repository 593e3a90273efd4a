"""A saved record may be taken back for a short time and while nobody has built on it; each obstacle says how to put it right by hand."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.taking_back import TIME, Since, not_last, obstacles

_MOMENT = timedelta(microseconds=1)
FREE = Since(passed=TIME)


def test_within_the_time_and_untouched_it_may_be_taken_back() -> None:
    assert obstacles(FREE) == ()
    assert [each.code for each in obstacles(replace(FREE, passed=TIME + _MOMENT))] == ["take-back.late"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signed", True), ("reviewed", True), ("taken", True), ("sent", True), ("forbidden", True), ("decided", True), ("planned", True),
        ("worked_on", ("7",)), ("told", ("7",)),
    ],
)  # fmt: skip
def test_each_thing_that_has_happened_keeps_it_and_says_what_to_do(name: str, value: object) -> None:
    [problem] = obstacles(replace(FREE, **{name: value}))  # type: ignore[arg-type]  # the value fits the field
    assert problem.remedy.zh
    assert problem.remedy.en
    assert "7" in problem.what.zh or value is True


def test_the_numbers_of_all_cases_are_said() -> None:
    [problem] = obstacles(replace(FREE, worked_on=("20261120-0001", "20261120-0002")))
    assert "20261120-0001, 20261120-0002" in problem.what.en


@given(st.fixed_dictionaries({each.name: st.booleans() for each in fields(Since) if each.type == "bool"}))
def test_there_are_as_many_obstacles_as_things_that_have_happened(happened: dict[str, bool]) -> None:
    found = obstacles(replace(FREE, **happened))  # type: ignore[arg-type]  # booleans all
    assert len({each.code for each in found}) == len(found) == sum(happened.values())


def test_another_record_is_the_last_one() -> None:
    assert not_last().code == "take-back.not-last"
