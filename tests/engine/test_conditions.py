"""A condition computed for a whole table says of every row what it says of plain values."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import given as each
from hypothesis import strategies as st

from huifang.domain.errors import PlaybookError
from huifang.engine import conditions
from huifang.engine.keeping import fetch, keep_rows
from huifang.playbooks.expressions import ValueType, evaluate, infer, parse
from tests.engine.business import CONNECTION

DAY = date(2026, 2, 28)
KINDS = {"jobs": "int64", "spent": "float64", "tier": "string", "lost": "boolean", "seen": "date"}
TYPES = dict(zip(KINDS, [ValueType.NUMBER, ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN, ValueType.DATE], strict=True))
ROWS = [
    (1, 10.5, "core", True, date(2025, 8, 31)),
    (0, -2.5, "Core plus", False, DAY),
    (None, None, None, None, None),
    (7, 0.0, "", True, date(2026, 3, 31)),
    (-3, 1e300, "核心", None, date(2024, 2, 29)),
    (2, 0.125, "core", False, None),
]
numbers = st.recursive(
    st.sampled_from(["jobs", "spent", "0", "2.5", "-1", "100", "days_since(seen)", "months_since(seen)", "days_until(seen)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["least", "greatest", "coalesce"]), inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        inner.map(lambda one: f"abs({one})"),
        inner.map(lambda one: f"round({one}, 2)"),
        inner.map(lambda one: f"(-{one})"),
    ),
    max_leaves=4,
)
texts = st.sampled_from(["tier", "'core'", "lower(tier)", "coalesce(tier, 'none')"])
truths = st.recursive(
    st.one_of(
        st.tuples(numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers).map(" ".join).map(lambda text: f"({text})"),
        st.tuples(texts, st.sampled_from(["=", "<>"]), texts).map(" ".join).map(lambda text: f"({text})"),
        st.sampled_from(
            ["lost", "tier in ('core', '核心')", "seen >= '2026-01-01'", "'2025-08-31' = seen", "contains(tier, 'ore')", "jobs in (1, 2)",
             "seen in ('2026-02-28')", "lost = true"]
        ),
        st.tuples(texts | numbers, st.sampled_from(["is null", "is not null"])).map(" ".join).map(lambda text: f"({text})"),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join).map(lambda text: f"({text})"),
        inner.map(lambda one: f"(not {one})"),
    ),
    max_leaves=5,
)  # fmt: skip
TABLE = keep_rows(CONNECTION, "conditions", {"row": "int64", **KINDS}, [(number, *row) for number, row in enumerate(ROWS)])


def computed(texts: list[str]) -> list[list[Any]]:
    columns = {f"c{number}": conditions.value(parse(text), TABLE.__getitem__, DAY) for number, text in enumerate(texts)}
    return [list(row[1:]) for row in sorted(fetch(CONNECTION, TABLE.select("row", **columns)))]


def plain(texts: list[str]) -> list[list[Any]]:
    return [[evaluate(parse(text), dict(zip(KINDS, row, strict=True)), DAY) for text in texts] for row in ROWS]


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)) and not isinstance(one, bool):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@each(st.lists(truths | numbers, min_size=8, max_size=8))
def test_the_table_and_plain_values_agree(given: list[str]) -> None:
    texts = [text for text in given if _fits(text)]
    for number, (ours, theirs) in enumerate(zip(computed(texts), plain(texts), strict=True)):
        for text, one, other in zip(texts, ours, theirs, strict=True):
            assert alike(one, other), (text, ROWS[number], one, other)


def _fits(text: str) -> bool:
    try:
        infer(parse(text), TYPES)
    except PlaybookError:
        return False
    return True


@pytest.mark.parametrize("text", ["spent / 0", "spent * spent", "round(spent, 2)", "round(spent)", "seen", "jobs is null", "-jobs"])
def test_the_edges_of_numbers_agree(text: str) -> None:
    for ours, theirs in zip(computed([text]), plain([text]), strict=True):
        assert alike(ours[0], theirs[0])


def test_unknown_does_not_hold() -> None:
    found = fetch(CONNECTION, TABLE.filter(conditions.holds(parse("not lost"), TABLE.__getitem__, DAY)).select("row"))
    assert sorted(row for (row,) in found) == [1, 5]


def test_a_constant_without_a_value_is_unknown() -> None:
    from huifang.playbooks.expressions import Constant

    found = fetch(CONNECTION, TABLE.select(row="row", nothing=conditions.value(Constant(None), TABLE.__getitem__, DAY + timedelta(0))))
    assert {value for _, value in found} == {None}
