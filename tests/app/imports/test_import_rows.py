"""Rows are read a column at a time, and each is what it would be alone; what cannot be taken names its column and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.app.records.json_text import json_text, json_text_in_order
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.targets import Reading
from huifang.app.services.register.rows import AgreementRow, CustomerRow, EventRow, Point, Rejection, Row

TARGETS = {
    "events": [
        "event.code", "event.at", "customer.name", "phone", "phone", "attribute.plate", "event.amount", "notes", "email", "wecom",
        "address", "event.attribute.quantity", "attribute.price", "agreement.保险.ends", "birthday", "customer.kind", "customer.name",
    ],
    "agreements": [
        "agreement.code", "agreement.kind", "agreement.starts", "agreement.ends", "agreement.status", "agreement.amount", "phone",
        "customer.code", "agreement.attribute.insurer", "birthday_lunar", "attribute.seen",
    ],
    "customers": ["customer.code", "customer.name", "phone", "notes", "notes", "address", "address", "first_seen", "time_zone"],
    "staff": ["staff.code", "staff.name", "branch", "staff.department", "staff.capacity", "staff.skills"],
    "branches": ["branch.code", "branch.name", "branch.time_zone"],
}  # fmt: skip
WRITTEN = (
    "|无|-|A1|A2|王芳|雷 华|13800002046|138****2046|2025-03-01|2025/3/1 14:30|3/4/2025|1|是|12.5|￥1,280|个人|外星人|有效|a@b.cn|"
    "a@b.cn、c@d.cn|粤A·12345|Asia/Shanghai|北京时间|UTC-5|甲,乙"
)
OTHER = (None, 13800002046.0, date(2025, 3, 1), datetime(2025, 3, 1, 14, 30), time(9, 30), 1, 1.0, True, False, 0, 12.5, "x" * 100)
CELLS: st.SearchStrategy[Cell] = st.sampled_from([*WRITTEN.split("|"), *OTHER])


def reader(kind: str, targets: Sequence[str], event_kind: str = "order", types: Mapping[str, str] | None = None) -> RowReader:
    names = tuple(f"{number}:{target}" for number, target in enumerate(targets))
    mapping = {str(number): target for number, target in enumerate(targets)}
    zone = ZoneInfo("Asia/Shanghai")
    types = types or {"quantity": "number", "price": "number", "seen": "date"}
    return RowReader(Reading(kind, names, mapping, date(2025, 7, 20), zone, event_kind, types=types))


@given(st.data(), st.sampled_from(sorted(TARGETS)))
def test_a_row_among_many_is_read_as_it_is_alone(data: Any, kind: str) -> None:
    width = len(TARGETS[kind])
    cells = data.draw(st.lists(st.lists(CELLS, max_size=width + 1), max_size=12))
    lines = [Line(number, row) if row else BadLine(number, "encoding", "?") for number, row in enumerate(cells, 2)]
    many = reader(kind, TARGETS[kind])
    alone = [reader(kind, TARGETS[kind]).read([line])[0] for line in lines]
    assert many.read(lines) == alone
    assert many.read(lines) == alone  # what is remembered of the first time changes nothing


def test_an_event_with_all_that_a_row_can_say() -> None:
    row = ["J1", "2025/3/1 14:30", "王芳", "13800002046", 13900002046.0, "粤 a·12345", None, "上午联系", "A@b.cn", "wx1", "人民路"]
    row += ["3", "2.5", "2026-01-31", "1990-02-03", "个人", "王小芳"]
    points = [Point("phone", "+8613800002046", "", True), Point("phone", "+8613900002046", "", True)]
    points += [Point("email", "a@b.cn"), Point("wecom", "wx1"), Point("address", "人民路")]
    plate = {"plate": "粤A12345", "price": 2.5}
    assert reader("events", TARGETS["events"]).read([Line(2, row)]) == [
        Row(
            2,
            CustomerRow("", "王小芳", "person", birthday=date(1990, 2, 3), notes="上午联系", attributes=plate, points=points),
            EventRow(
                "order",
                datetime(2025, 3, 1, 6, 30, tzinfo=UTC),
                date(2025, 3, 1),
                "J1",
                Decimal("7.50"),
                attributes={**plate, "quantity": 3},
            ),
            [AgreementRow("保险", ends=date(2026, 1, 31))],
        )
    ]


def test_numbers_that_are_equal_but_not_the_same_are_told_apart() -> None:
    read = reader("customers", ("customer.code", "notes")).read([Line(1, ["A", one]) for one in (1.0, True, 1, False, 0.0)])
    assert [row.customer.notes for row in read if isinstance(row, Row) and row.customer] == ["1", "是", "1", "否", "0"]


@pytest.mark.parametrize(
    ("kind", "targets", "cells", "column", "code"),
    [
        ("customers", ("customer.name", "phone"), ["王芳", "138"], "1:phone", "phone.unreadable"),
        ("customers", ("customer.name", "phone"), ["", ""], "0:customer.name", "customer.nobody"),
        ("customers", ("address", "phone"), ["人民路", ""], "", "customer.nobody"),
        ("customers", ("customer.name",), ["王芳", "x"], "", "row.too-wide"),
        ("customers", ("customer.name",), ["王" * 81], "0:customer.name", "text.too-long"),
        ("customers", ("customer.name", "customer.kind", "email"), ["王芳", "外星人", "?"], "1:customer.kind", "word.unknown"),
        ("customers", ("customer.name", "language"), ["王芳", "火星语"], "1:language", "language.unknown"),
        ("customers", ("customer.name", "email"), ["王芳", "a@b"], "1:email", "email.unreadable"),
        ("events", ("customer.name", "event.at"), ["王芳", ""], "1:event.at", "event.no-date"),
        ("agreements", ("customer.name", "agreement.kind"), ["王芳", ""], "1:agreement.kind", "agreement.no-kind"),
        ("agreements", ("customer.name", "agreement.kind", "agreement.starts", "agreement.ends"), ["王芳", "险", "2025-2-1", "2025-1-1"],
            "", "agreement.ends-first"),
        ("staff", ("staff.code", "staff.name"), ["1", ""], "", "staff.incomplete"),
        ("staff", ("staff.code", "staff.name", "staff.capacity"), ["1", "李", "1.5"], "2:staff.capacity", "number.unreadable"),
        ("branches", ("branch.code", "branch.name"), ["", "北店"], "", "branch.incomplete"),
        ("branches", ("branch.code", "branch.name", "branch.time_zone"), ["1", "北店", "火星"], "2:branch.time_zone", "zone.unknown"),
        ("customers", ("customer.name", "time_zone"), ["王芳", "CST"], "1:time_zone", "zone.unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_names_its_column_and_the_reason(
    kind: str, targets: Sequence[str], cells: list[Cell], column: str, code: str
) -> None:
    (found,) = reader(kind, targets, event_kind="").read([Line(7, cells)])
    assert isinstance(found, Rejection)
    assert (found.line, found.column, found.code) == (7, column, code)


def test_types_of_attributes_are_the_imports_own() -> None:
    types = {"a": "number", "b": "boolean", "c": "date", "d": "text"}
    (row,) = reader("customers", ("customer.code", *(f"attribute.{name}" for name in types)), types=types).read(
        [Line(1, ["A", "1,200 公里", "√", "2025年3月1日", "7"])]
    )
    assert isinstance(row, Row)
    assert row.customer is not None
    assert row.customer.attributes == {"a": 1200, "b": True, "c": "2025-03-01", "d": "7"}


@pytest.mark.parametrize(
    ("cell", "tag"),
    [("日语", "ja"), ("繁體中文", "zh-Hant"), ("Korean", "ko"), ("zh_TW", "zh-TW"), (" PT-br ", "pt-BR"), ("", ""), ("无", "")],
)
def test_a_language_is_read_by_its_name_or_its_tag(cell: str, tag: str) -> None:
    (row,) = reader("customers", ("customer.name", "language")).read([Line(1, ["王芳", cell])])
    assert isinstance(row, Row)
    assert row.customer is not None
    assert row.customer.language == tag


def test_a_country_in_place_of_a_language_is_told_with_the_language() -> None:
    (found,) = reader("customers", ("customer.name", "language")).read([Line(1, ["王芳", "JP"])])
    assert isinstance(found, Rejection)
    assert "such as ja" in found.words.en


def test_equal_objects_have_equal_texts() -> None:
    assert json_text({"b": [1, None], "a": "王\n"}) == '{"b": [1, null], "a": "王\\n"}'
    assert json_text_in_order({"b": date(2025, 3, 1), "a": Decimal("1.50")}) == '{"a": "1.50", "b": "2025-03-01"}'
    with pytest.raises(TypeError):
        json_text({"a": date(2025, 3, 1)})
