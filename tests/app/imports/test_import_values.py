"""Dates, money, phones, plates as people write them."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.app.services.imports import values
from huifang.app.services.imports.phones import phones
from huifang.app.services.register.rows import Unreadable

TODAY = date(2025, 7, 20)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2025/3/1", date(2025, 3, 1)),
        ("2025-03-01", date(2025, 3, 1)),
        ("2025.3.1", date(2025, 3, 1)),
        ("２０２５年３月１日", date(2025, 3, 1)),
        ("2025年3月1日 星期六", date(2025, 3, 1)),
        ("25.3.1", date(2025, 3, 1)),
        (20250301, date(2025, 3, 1)),
        ("20250301", date(2025, 3, 1)),
        (45717, date(2025, 3, 1)),
        ("45717", date(2025, 3, 1)),
        (45717.5, datetime(2025, 3, 1, 12)),
        ("3.1", date(2025, 3, 1)),
        ("7.22号", date(2025, 7, 22)),
        ("12月30日", date(2025, 12, 30)),
        ("2025-03-01 14:30", datetime(2025, 3, 1, 14, 30)),
        ("2025/3/1 下午2:30", datetime(2025, 3, 1, 14, 30)),
        ("2025/3/1 凌晨12:30", datetime(2025, 3, 1, 0, 30)),
        ("2025-07-24T01:23:22.623Z", datetime(2025, 7, 24, 9, 23, 22, 623000)),
        (datetime(2025, 3, 1), date(2025, 3, 1)),
        ("13/4/2025", date(2025, 4, 13)),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_understood_in_every_form_people_write(cell: Any, expected: object) -> None:
    assert values.moment(cell, TODAY) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3/4/2025", "date.ambiguous"),
        ("约明天下午", "date.unreadable"),
        ("2025-02-30", "date.unreadable"),
        (3.1, "date.unreadable"),
        (True, "date.unreadable"),
        ("2025-3-1 26:00", "date.unreadable"),
        ("2025-03-01 早上", "date.unreadable"),
        ("2025-03-01T99:00Z", "date.unreadable"),
        ("13.32", "date.unreadable"),
        (datetime(1700, 1, 1), "date.unreadable"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_told(cell: Any, code: str) -> None:
    with pytest.raises(Unreadable) as told:
        values.moment(cell, TODAY)
    assert told.value.code == code


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["{0}-{1}-{2}", "{0}/{1:02}/{2:02}", "{0}年{1}月{2}日", "{0}.{1}.{2}", "{0}{1:02}{2:02}"]),
)
def test_a_date_written_in_any_form_is_that_date(day: date, form: str) -> None:
    assert values.day(form.format(day.year, day.month, day.day), TODAY) == day


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("￥1,280.00", "1280.00"),
        ("1,280元", "1280.00"),
        ("１，２８０．５元", "1280.50"),
        ("1.5万", "15000.00"),
        (12.345, "12.35"),
        ("(100)", "-100.00"),
        ("-5", "-5.00"),
        ("1e3", "1000.00"),
        ("¥ 1 280", "1280.00"),
        (3, "3.00"),
        ("-￥20", "-20.00"),
    ],
)
def test_money(cell: Any, expected: str) -> None:
    assert values.money(cell) == Decimal(expected)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False), st.sampled_from(["{:,}", "￥{:,}", "{}元", "{:,} 元"]))
def test_an_amount_survives_the_way_it_is_written(amount: Decimal, form: str) -> None:
    assert values.money(form.format(amount)) == amount


@pytest.mark.parametrize("cell", ["免费", True, "12 3 abc", "1e400", date(2025, 1, 1), "10000000000000"])
def test_what_is_no_amount_is_told(cell: Any) -> None:
    with pytest.raises(Unreadable):
        values.money(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13800002046", ["+8613800002046"]),
        (13800002046.0, ["+8613800002046"]),
        ("13800002046.0", ["+8613800002046"]),
        ("+86 138 0000 2046", ["+8613800002046"]),
        ("0086-13800002046", ["+8613800002046"]),
        ("１３８００００２０４６", ["+8613800002046"]),
        ("13800002046、13900001111/13700002222", ["+8613800002046", "+8613900001111", "+8613700002222"]),
        ("13800002046 13900001111", ["+8613800002046", "+8613900001111"]),
        ("13800002046;13800002046", ["+8613800002046"]),
        ("(010)8888-7777", ["+861088887777"]),
        ("0759-2888777", ["+867592888777"]),
        ("020-88887777转801", ["+862088887777;ext=801"]),
        ("4008001234", ["+864008001234"]),
        ("1.3812345678E10", ["+8613812345678"]),
        ("李四13800002046(妻子)", ["+8613800002046"]),
        ("+852 9123 4567", ["+85291234567"]),
        ("无", []),
    ],
)
def test_phones(cell: Any, expected: list[str]) -> None:
    assert [phone.value for phone in phones(cell)] == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.38E+10", "phone.digits-lost"),
        ("138****2046", "phone.masked"),
        ("2888777", "phone.area-code"),
        ("1380000204", "phone.unreadable"),
        ("abc", "phone.unreadable"),
        ("12344169095", "phone.unreadable"),
    ],
)
def test_a_number_that_cannot_be_called_is_told(cell: str, code: str) -> None:
    with pytest.raises(Unreadable) as told:
        phones(cell)
    assert told.value.code == code


def test_a_local_number_gets_the_area_code_of_the_import() -> None:
    assert phones("2888777", area_code="0759")[0].value == "+867592888777"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", "+86{}", "0086 {}", " {} ", "86{}", "手机：{}"]))
def test_a_mobile_number_is_the_same_however_it_is_written(number: str, form: str) -> None:
    (phone,) = phones(form.format(number))
    assert (phone.value, phone.mobile) == (f"+86{number}", True)


CELLS = st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes(), st.times())


@given(CELLS)
def test_no_cell_breaks_any_reader(cell: Any) -> None:
    readers = (values.text, values.narrow, values.boolean, values.plate, values.number, values.money, phones)
    for read in (*readers, lambda one: values.day(one, TODAY)):
        with contextlib.suppress(Unreadable):
            read(cell)


@pytest.mark.parametrize(
    ("cell", "expected"), [("是", True), ("√", True), ("无", False), ("N", False), (1, True), (False, False), ("-", None)]
)
def test_yes_and_no(cell: Any, expected: object) -> None:
    assert values.boolean(cell) is expected


def test_a_number_is_read_with_its_unit_and_told_when_it_is_none() -> None:
    assert [values.number(cell) for cell in ("12,000 公里", "1.5万", "", 2.5)] == [12000, 15000, None, 2.5]
    for cell in ("1e301", "x", True):
        with pytest.raises(Unreadable):
            values.number(cell)


def test_text_is_what_people_see() -> None:
    assert values.text(" \u200b张三\x00 ") == "张三"
    assert values.text("#N/A") == ""
    assert values.text("'=1+1") == "=1+1"
    assert values.text("约明天下午") == "约明天下午"
    assert values.plate("粤 a·12345") == "粤A12345"
    assert values.number("12,000 公里") == 12000
    assert values.number("85%") == 0.85
