from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.domain.spans import Span, Unit, add_months, shift


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1 day", Span(1, Unit.DAY)), ("3 working days", Span(3, Unit.WORKING_DAY)), ("2 h", Span(2, Unit.HOUR)),
        ("2h", Span(2, Unit.HOUR)),
        (" 6 Months ", Span(6, Unit.MONTH)), ("30 分钟", Span(30, Unit.MINUTE)), ("3 个工作日", Span(3, Unit.WORKING_DAY)),
        ("1周", Span(1, Unit.WEEK)), ("2 年", Span(2, Unit.YEAR)), ("0 days", Span(0, Unit.DAY)),
    ],
)  # fmt: skip
def test_spans_are_read_as_people_write_them(text, span):
    assert Span.parse(text) == span


@pytest.mark.parametrize("text", ["", "soon", "1", "day", "-1 day", "1.5 days", "1 fortnight", "999999 days", "1 day ago"])
def test_what_is_no_span_is_refused_with_the_forms_that_are_understood(text):
    with pytest.raises(Invalid, match="3 working days"):
        Span.parse(text)


@given(st.integers(0, 99_999), st.sampled_from(Unit))
def test_a_span_in_words_reads_back_in_both_languages(amount, unit):
    span = Span(amount, unit)
    assert Span.parse(str(span)) == Span.parse(span.in_words().zh) == span


def test_one_is_singular():
    assert (str(Span(1, Unit.DAY)), str(Span(2, Unit.DAY))) == ("1 day", "2 days")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 8, 31), -6, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)), (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)  # fmt: skip
def test_months_end_where_the_month_ends(day, months, then):
    assert add_months(day, months) == then


def test_days_weeks_months_and_years_move_a_date_both_ways():
    day = date(2024, 2, 29)
    moved = [shift(day, Span(1, unit)) for unit in (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR)]
    assert moved == [date(2024, 3, 1), date(2024, 3, 7), date(2024, 3, 29), date(2025, 2, 28)]
    assert shift(day, Span(2, Unit.YEAR), -1) == date(2022, 2, 28)


@pytest.mark.parametrize("unit", [Unit.HOUR, Unit.MINUTE, Unit.WORKING_DAY])
def test_a_unit_that_needs_a_clock_or_a_calendar_does_not_move_a_date(unit):
    with pytest.raises(ValueError, match="by itself"):
        shift(date(2026, 1, 1), Span(1, unit))
