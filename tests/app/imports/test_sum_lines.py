"""A sum line at the foot of a morning's file is left out, and it is said; who is called so is a customer all the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from huifang.app.records.models import Branch, Customer, Event
from huifang.app.services.imports import prepare, rejected
from huifang.app.services.imports.preview import preview
from huifang.app.services.imports.reading import Cell
from huifang.app.services.imports.run import run
from huifang.app.services.imports.sum_lines import SumLines
from huifang.cli import main
from tests.app.imports.import_files import xlsx
from tests.app.imports.test_import_run import MORNING, NOW, bring, counts

FOOT = ["合  计：", "共3台次", None, None, None, None, "1,920.00", None, None, None]
TABLE = [*MORNING[:5], ["小计", None, None, None, None, None, 1920, None, None, None], FOOT]
WHO = {"0": "event.code", "1": "customer.code", "2": "customer.name", "3": "phone"}


@pytest.mark.django_db
def test_the_sum_below_a_morning_is_left_out_and_said_and_nothing_is_rejected() -> None:
    batch = bring(xlsx(TABLE))
    assert counts(batch) == (3, 0, 0, 0)
    assert batch.options["left_out"] == {"count": 2, "lines": [6, 7]}
    assert Event.objects.count() == 3
    assert not list(rejected.rows(batch, "zh"))[1:]
    again = bring(xlsx(TABLE))
    assert counts(again) == (0, 0, 3, 0)


@pytest.mark.django_db
def test_the_preview_says_which_lines_are_left_out_before_anything_is_written() -> None:
    batch = prepare.upload(None, io.BytesIO(xlsx(TABLE)), "a.xlsx", NOW)
    seen = preview(batch)
    assert (seen.left_out, seen.looked_at, seen.accepted, seen.whole) == ((6, 7), 3, 3, True)
    assert [row.line for row in seen.rows] == [3, 4, 5]


@pytest.mark.django_db
def test_many_sum_lines_are_counted_and_the_first_are_named() -> None:
    names = [["姓名", "电话"], *(row for number in range(30) for row in (["王芳", f"138000020{number:02d}"], ["小计", "共1人"]))]
    batch = prepare.upload(None, io.BytesIO(xlsx(names)), "a.xlsx", NOW, kind="customers")
    batch = run(prepare.confirm(None, batch, NOW).pk, NOW)
    assert (batch.rows, batch.options["left_out"]["count"]) == (30, 30)
    assert batch.options["left_out"]["lines"] == list(range(3, 42, 2))


@pytest.mark.django_db
def test_a_customer_who_is_called_a_sum_is_a_customer() -> None:
    batch = bring(xlsx([["姓名", "电话", "城市"], ["合计", "13800002046", "深圳"], ["Total", None, "Paris"]]), kind="customers")
    assert counts(batch) == (2, 0, 0, 0)
    assert {each.name for each in Customer.objects.all()} == {"合计", "Total"}


@pytest.mark.django_db
def test_the_command_line_says_it_too(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    Branch.objects.create(code="east", name="东店")
    file = tmp_path / "晨报.xlsx"
    file.write_bytes(xlsx(TABLE))
    assert main(["import", str(file), "--dry-run"]) == 0
    assert "left out as sum lines 2: 6, 7" in capsys.readouterr().out
    assert main(["import", str(file)]) == 0
    assert "left out as sum lines 2: 6, 7" in capsys.readouterr().out
    file.write_bytes(xlsx(TABLE[:5]))
    assert main(["import", str(file)]) == 0
    assert "left out" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "cells",
    [
        ["合计", "共12台次", "", None, 9860], [None, "小计：", "3人"], ["", "", "TOTAL", "", "¥9,860.00"], ["Sub-total", "", "12"],
        [31, "总 计", None, None, 31], ["31", "本页小计", "", ""], ["Grand Total:", None, None, None],
    ],
)  # fmt: skip
def test_what_adds_up_others_is_a_sum(cells: list[Cell]) -> None:
    assert SumLines(WHO).is_sum(cells)


@pytest.mark.parametrize(
    "cells",
    [
        [], [None, "", 3], ["JS001", "K1", "合计", "13800002046"], ["合计", "K1"], ["合计", "", "张三"],
        ["合计", None, None, "13800002046"],
        ["合计报销", "", ""], ["王芳", "合计"], ["-", "合计"],
    ],
)  # fmt: skip
def test_what_says_who_is_no_sum(cells: list[Cell]) -> None:
    assert not SumLines(WHO).is_sum(cells)
