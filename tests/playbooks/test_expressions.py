"""Conditions: what may be written, what it means, and what is said about the rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import PlaybookError
from huifang.playbooks.expression_values import months_between
from huifang.playbooks.expressions import ValueType, evaluate, infer, names, parse

TODAY = date(2026, 9, 1)
TYPES = {
    "jobs": ValueType.NUMBER,
    "spent": ValueType.NUMBER,
    "tier": ValueType.TEXT,
    "lost": ValueType.BOOLEAN,
    "last": ValueType.DATE,
    "seen": ValueType.DATE,
}
VALUES = {"jobs": 4, "spent": 6000.0, "tier": "core", "lost": False, "last": date(2026, 3, 1)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("jobs >= 4 and spent >= 6000", True),
        ("jobs < 4 or jobs > 5", False),
        ("days_since(last) >= 180", True),
        ("months_since(last)", 6),
        ("days_until(last)", -184),
        ("tier in ('core', 'important') and not lost", True),
        ("tier not in ('core')", False),
        ("jobs in (-1, 4)", True),
        ("last > '2026-01-31'", True),
        ("'2026-01-31' = last", False),
        ("last in ('2026-03-01')", True),
        ("jobs between 3 and 4", True),
        ("jobs not between 3 and 4", False),
        ("jobs <> 4", False),
        ("jobs != 3 and jobs == 4", True),
        ("seen is null", True),
        ("last is not null", True),
        ("days_since(seen) > 3", None),
        ("seen = '2026-01-01' and lost", False),
        ("days_since(seen) > 3 or jobs = 4", True),
        ("days_since(seen) > 3 and jobs = 4", None),
        ("not (seen > last)", None),
        ("spent / 0", None),
        ("(jobs + 2) * 3 - 1", 17),
        ("-jobs", -4),
        (" * ".join(["1e15"] * 21), None),
        ("abs(-2.5)", 2.5),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(spent / 7, 2)", 857.14),
        ("least(jobs, 3)", 3),
        ("greatest(last, seen)", date(2026, 3, 1)),
        ("coalesce(seen, last)", date(2026, 3, 1)),
        ("coalesce(seen, seen)", None),
        ("lower('ABC')", "abc"),
        ("contains(tier, 'or')", True),
        ("true", True),
        ("tier = 'it''s'", False),
    ],
)
def test_a_condition_means_what_sql_means(text: str, value: object) -> None:
    node = parse(text)
    infer(node, TYPES)
    assert evaluate(node, VALUES, TODAY) == value


def test_a_result_beyond_a_float_is_unknown() -> None:
    node = parse("jobs / spent")
    assert evaluate(node, {"jobs": 10**400, "spent": 3}, TODAY) is None


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("  ", "expression.empty", 1),
        ("a" * 2001, "expression.long", 1),
        ('tier = "gold"', "expression.double-quotes", 8),
        ("lost -- all", "expression.mark", 6),
        ("jobs >= 4 and", "expression.unreadable", 11),
        ("(jobs >= 4", "expression.unreadable", 10),
        ("tier = 'x", "expression.unreadable", 9),
        ("jobs lost", "expression.unknown", 1),
        ("select 1", "expression.unknown", 8),
        ("lost and current_date > last", "expression.unknown", 25),
        ("tier like 'x'", "expression.unknown", 1),
        ("lost and tier = null", "expression.null", 10),
        ("job.settled > 1", "expression.name", 1),
        ("jobs > 1e300", "expression.number", 8),
        ("lost is true", "expression.is", 1),
        ("tier in (jobs)", "expression.in", 1),
        ("tier in ()", "expression.in", 1),
        ("day_since(last) > 1", "expression.function", 1),
        ("month(last) > 1", "expression.function", 1),
        ("days_since(last, last) > 1", "expression.arguments", 1),
        ("coalesce(jobs) > 1", "expression.arguments", 1),
        ("not " * 70 + "lost", "expression.deep", 1),
        ("(" * 900 + "lost" + ")" * 900, "expression.deep", 1),
    ],
)
def test_everything_else_is_refused_with_its_place(text: str, code: str, column: int) -> None:
    with pytest.raises(PlaybookError) as refused:
        parse(text)
    problem = refused.value.problems[0]
    assert (problem.code, problem.place.column) == (code, column)
    assert problem.remedy.zh
    assert problem.remedy.en


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("job > 1 or tire = 'x'", ["expression.unknown-name", "expression.unknown-name"]),
        ("tier > 3", ["expression.type"]),
        ("tier > 'a'", ["expression.order"]),
        ("lost < true", ["expression.order"]),
        ("last > 3", ["expression.type"]),
        ("last > 'soon'", ["expression.type"]),
        ("last > 'not-a-date'", ["expression.type"]),
        ("last + 1 > 2", ["expression.date-arithmetic"]),
        ("jobs and lost", ["expression.type"]),
        ("not jobs", ["expression.type"]),
        ("-tier = 1", ["expression.type"]),
        ("days_since(jobs) > 1", ["expression.type"]),
        ("coalesce(jobs, tier) = 1", ["expression.type"]),
        ("least(tier, tier) = 'a'", ["expression.type"]),
        ("round(jobs, 9) > 1", ["expression.digits"]),
        ("round(jobs, spent) > 1", ["expression.digits"]),
        ("jobs > nothing and jobs > nothing", ["expression.unknown-name"]),
        ("coalesce(nothing, nothing) > 1", ["expression.unknown-name"]),
    ],
)
def test_all_that_does_not_fit_is_told_at_once(text: str, codes: list[str]) -> None:
    with pytest.raises(PlaybookError) as refused:
        infer(parse(text), TYPES)
    assert [problem.code for problem in refused.value.problems] == codes


def test_constants_and_functions_have_types_of_their_own() -> None:
    assert infer(parse("true"), {}) is ValueType.BOOLEAN
    assert infer(parse("round(2.5)"), {}) is ValueType.NUMBER


def test_an_unknown_name_brings_the_nearest_one() -> None:
    with pytest.raises(PlaybookError) as refused:
        infer(parse("jbos > 1"), TYPES)
    assert refused.value.problems[0].remedy.zh == "是不是“jobs”？"


def test_without_any_names_one_has_to_be_defined() -> None:
    with pytest.raises(PlaybookError) as refused:
        infer(parse("x"), {})
    assert "Define it first" in refused.value.problems[0].remedy.en


def test_names_are_all_that_a_condition_speaks_of() -> None:
    assert names(parse("a > 1 and not b or contains(c, 'x') and d in (1) or -e < 2")) == {"a", "b", "c", "d", "e"}


@given(st.text(max_size=60) | st.text("ab01'()<>=.,+-*/ andortis\"", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except PlaybookError as error:
        assert error.problems  # noqa: PT017 - both ways are right


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_whole_months_never_pass_the_day(earlier: date, later: date) -> None:
    months = months_between(earlier, later)
    assert -(months_between(later, earlier)) - 1 <= months <= -months_between(later, earlier) + 1
