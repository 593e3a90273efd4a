"""A day's places go to the parts of the day in which somebody works."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.domain.shifts import PARTS, parse, parts_of, places
from huifang.domain.windows import Hours, windows_on

DAY, SHANGHAI = date(2026, 11, 20), ZoneInfo("Asia/Shanghai")
MORNING, NOON, AFTERNOON, EVENING = range(4)


@pytest.mark.parametrize(
    ("shift", "by_part"),
    [
        ("09:00-12:00, 14:00-18:00", (17, 0, 23, 0)), ("09:00-12:00", (40, 0, 0, 0)), ("08:00-20:00", (13, 7, 13, 7)),
        ("18:00-22:00；20:00-21:00", (0, 0, 0, 40)), ("", ()), (None, ()),
    ],
)  # fmt: skip
def test_places_lie_where_the_shifts_minutes_lie(shift: str | None, by_part: tuple[int, ...]) -> None:
    assert places(40, parse(shift)) == by_part


@pytest.mark.parametrize("text", ["9-12", "12:00-09:00", "09:00-12:00,", "morning"])
def test_a_shift_that_cannot_be_read_is_told(text: str) -> None:
    if text.endswith(","):
        assert len(parse(text)) == 1
        return
    with pytest.raises(Invalid):
        parse(text)


@given(st.integers(-3, 200), st.lists(st.tuples(st.integers(0, 1430), st.integers(1, 9)), min_size=1, max_size=4))
def test_no_place_is_lost_and_none_is_made_up(capacity: int, stretches: list[tuple[int, int]]) -> None:
    assert sum(places(capacity, [Hours(start, start + length) for start, length in stretches])) == max(capacity, 0)


def test_a_contact_lies_in_the_parts_its_hours_touch() -> None:
    hours = [Hours.parse(text) for text in ("09:00-12:00", "19:00-20:00")]
    windows = windows_on(DAY, hours, SHANGHAI)
    assert parts_of(windows, DAY, SHANGHAI) == {MORNING, EVENING}
    assert parts_of(windows, DAY, ZoneInfo("Asia/Kathmandu")) == {MORNING, AFTERNOON}
    assert len(PARTS) == 4
