"""Workbooks as people really keep them: every row is accounted for, phones are right, notes stay as they were written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from huifang.app.records.models import ContactPoint, Customer
from huifang.app.services.imports import prepare
from huifang.app.services.imports.run import run
from huifang.domain.errors import Invalid

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)
Reference = Callable[[str], Path]


@pytest.fixture
def folder(reference: Reference) -> Path:
    return reference("zh_crm_contacts_masked")


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def bring(path: Path, **options: str) -> Any:
    with path.open("rb") as file:
        batch = prepare.upload(None, file, path.name, NOW, kind="customers")
    batch = prepare.choose(None, batch, options=options)
    return run(prepare.confirm(None, batch, NOW).pk, NOW)


def test_no_row_of_any_workbook_is_lost_and_the_second_time_nothing_changes(folder: Path) -> None:
    paths = sorted((*folder.glob("*.xlsx"), *folder.glob("*/*.*")))
    assert len(paths) >= 6
    for path in paths:
        if "订单" in path.name:
            with pytest.raises(Invalid):  # goods, not customers: told before anything is written
                bring(path)
            continue
        done = bring(path, area_code="0759")
        assert done.state == "done"
        assert done.rows == done.created + done.updated + done.unchanged + done.rejected
        assert done.rows == {"外呼_徐州7.21.xlsx": 58, "外呼_客户模版.xlsx": 2}.get(path.name, 217)
        again = bring(path, area_code="0759")
        assert (again.created, again.updated) == (0, 0)


STORES = ("客户资料.xlsx", "derived_encodings/客户资料_gbk_crlf.csv", "derived_encodings/客户资料_utf16le_tab.txt")


def cells(path: Path) -> list[list[str]]:
    """The rows below the header as they stand in the file, a phone that Excel keeps as a number with its digits."""
    if path.suffix == ".xlsx":
        rows: Sequence[Sequence[Any]] = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    else:
        wide = path.suffix == ".txt"
        text = path.read_bytes().decode("utf-16-le" if wide else "gbk").removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if wide else ","))
    return [[str(int(cell)) if isinstance(cell, float) else str(cell).strip() for cell in row] for row in rows[1:]]


def number(phone: str) -> str:
    """As Zhanjiang writes it: a mobile number, or a landline with or without its area code."""
    if re.fullmatch(r"1\d{10}", phone):
        return f"+86{phone}"
    return f"+86759{phone.removeprefix('0759')}"


@pytest.mark.parametrize("name", STORES)
def test_the_same_list_in_three_encodings_has_each_phone_of_the_file_with_its_name(reference: Reference, name: str) -> None:
    path = reference(f"zh_crm_contacts_masked/{name}")
    done = bring(path, area_code="0759")
    refused = set(done.rejected_rows.values_list("line", flat=True))
    stand = {number(phone): (shop, person) for line, (shop, _, person, phone) in enumerate(cells(path), 2) if line not in refused}
    points = {point.value: point.customer for point in ContactPoint.objects.filter(kind="phone").select_related("customer")}
    assert len(refused) <= 3
    assert points.keys() == stand.keys()
    for phone, names in stand.items():
        assert points[phone].name in names, phone
    assert Customer.objects.count() == done.created


def test_each_phone_of_a_list_of_calls_has_the_note_of_its_row(reference: Reference) -> None:
    path = reference("zh_crm_contacts_masked/外呼_徐州7.21.xlsx")
    assert bring(path).rejected == 0
    points = {point.value: point for point in ContactPoint.objects.filter(kind="phone").select_related("customer")}
    stand = cells(path)
    assert len(stand) == 58
    assert points.keys() == {f"+86{phone}" for _, phone, *_ in stand}
    for name, phone, _, _, note in stand:
        assert points[f"+86{phone}"].mobile
        assert points[f"+86{phone}"].customer.name == name
        assert note in points[f"+86{phone}"].customer.notes
