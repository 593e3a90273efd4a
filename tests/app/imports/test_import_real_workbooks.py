"""Workbooks as people really keep them: every row is accounted for, phones are right, notes stay as they were written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huifang.app.records.models import ContactPoint, Customer
from huifang.app.services.imports import prepare
from huifang.app.services.imports.run import run
from huifang.domain.errors import Invalid

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)


@pytest.fixture
def folder(shared_data: Path) -> Path:
    """The workbooks; where the reference data is missing there is nothing to see and the tests pass over an empty folder."""
    return shared_data / "zh_crm_contacts_masked"


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def bring(path: Path, **options: str) -> Any:
    with path.open("rb") as file:
        batch = prepare.upload(None, file, path.name, NOW, kind="customers")
    batch = prepare.choose(None, batch, options=options)
    return run(prepare.confirm(None, batch, NOW).pk, NOW)


def test_no_row_of_any_workbook_is_lost_and_the_second_time_nothing_changes(folder: Path) -> None:
    for path in sorted((*folder.glob("*.xlsx"), *folder.glob("*/*.*"))):
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


def test_the_same_list_in_three_encodings_is_one_list(folder: Path) -> None:
    for path in sorted((*folder.glob("客户资料.xlsx"), *folder.glob("*/客户资料*"))):
        done = bring(path, area_code="0759")
        assert done.rejected <= 3
        assert Customer.objects.count() == done.created + done.unchanged


def test_phones_are_right_and_notes_kept(folder: Path) -> None:
    for path in folder.glob("外呼_徐州*.xlsx"):
        assert bring(path).rejected == 0
        wang = next(one for one in Customer.objects.all() if one.name == "王先生" and "约明天下午" in one.notes)
        assert "年龄20-60/约明天下午" in wang.notes
        assert all(point.value.startswith("+861") and point.mobile for point in ContactPoint.objects.filter(kind="phone"))
