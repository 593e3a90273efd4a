"""A column taken many cells at once says exactly what each cell says alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huifang.app.services.imports import plain_cells, values
from huifang.app.services.imports.phones import phones
from huifang.app.services.imports.targets import Reading, column
from huifang.app.services.register.rows import Unreadable

CELLS = st.lists(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text("粤A1２ab豈é9 -\u200b", max_size=12),
        st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
        st.from_regex(r"粤[A-Z0-9]{5,6}", fullmatch=True),
    ),
    max_size=20,
)


def alone(target: str, cell: Any) -> Any:
    """What one cell says to a column that has seen no other and takes none at once; the code of the reason where it cannot be taken."""
    one = column(0, "x", target, Reading("events", ("x",), {}, date(2025, 7, 21), values.SHANGHAI))
    one.plain = None
    try:
        return one._value(cell) if cell not in (None, "") else None
    except Unreadable as error:
        return error.code


@given(CELLS)
def test_cells_read_at_once_are_as_they_are_alone(cells: list[Any]) -> None:
    for target in ("customer.code", "event.code", "customer.name", "phone", "attribute.plate", "attribute.model", "notes"):
        one = column(0, "x", target, Reading("events", ("x",), {}, date(2025, 7, 21), values.SHANGHAI))
        refused: dict[int, tuple[str, Unreadable]] = {}
        found = one.values(cells, refused)
        assert [refused[number][1].code if number in refused else value for number, value in enumerate(found)] == [
            alone(target, cell) for cell in cells
        ]


def test_only_what_is_plain_is_taken_at_once() -> None:
    assert plain_cells.texts(3)(["甲1", "甲1乙2", "a b", "", 5, None]) == ["甲1", None, None, None, None, None]
    assert plain_cells.plates(["粤A12345", "粤a12345", "粤A·12345", 1]) == ["粤A12345", None, None, None]
    (found,), *others = plain_cells.mobiles(["13800002046", "138 0000 2046", 13800002046])
    assert (found.value, found.mobile, others) == (phones("13800002046")[0].value, True, [None, None])
