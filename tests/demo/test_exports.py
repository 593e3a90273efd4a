"""The engine's tables keep their contract; the morning file is what a shop's system exports; the command writes both."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from huifang.demo import exports, morning_file
from huifang.demo.business import Business
from huifang.demo.command import export_business, main
from huifang.engine import tables as contract

MONDAY = date(2026, 11, 16)


def test_every_table_has_the_columns_of_the_contract(small_shop: Business) -> None:
    made = exports.engine_tables(small_shop)
    wanted = {table.name: table for table in contract.INPUTS}
    for name, table in made.items():
        assert table.column_names[: len(wanted[name].names)] == list(wanted[name].names)
        for column in wanted[name].columns:
            if column.required:
                assert table[column.name].null_count == 0, (name, column.name)
    assert {"next_service", "plate", "vehicle", "inspection_due"} <= set(made["customers"].column_names)
    assert made["events"].schema.field("next_service").type == pa.date32()


def test_moments_are_utc_and_days_local(small_shop: Business) -> None:
    table, event = exports.engine_tables(small_shop)["events"], small_shop.events[0]
    assert table["day"][0].as_py() == event.at.date()
    assert (table["at"][0].as_py() - event.at.replace(tzinfo=None)).total_seconds() == -8 * 3600


def test_the_same_business_gives_the_same_bytes(small_shop: Business, tmp_path: Path) -> None:
    one = export_business("repair-shop", tmp_path / "one", MONDAY, business=small_shop)
    two = export_business("repair-shop", tmp_path / "two", MONDAY, business=small_shop)
    assert [path.name for path in one] == [path.name for path in two]
    for first, second in zip(one, two, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_the_workbook_has_a_merged_title_above_the_header_and_every_job(small_shop: Business, tmp_path: Path) -> None:
    path = tmp_path / "晨.xlsx"
    morning_file.write_xlsx(small_shop, path)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["结算明细", "流失客户", "到期提醒"]
    rows = book.get_sheet_by_name("结算明细").to_python()
    assert "结算单明细表" in str(rows[0][0])
    assert tuple(rows[2]) == morning_file.SETTLED
    start = morning_file.first_new_day(MONDAY)
    jobs = [event for event in small_shop.events if event.kind == "job.settled" and event.at.date() >= start]
    assert [row[1] for row in rows[3:-1]] == [job.code for job in jobs]
    assert rows[-1][0] == "合计"
    assert start == date(2026, 11, 13)


def test_telephones_come_in_many_forms_yet_hold_the_number(shop: Business) -> None:
    phones = [row[3] for row in morning_file.sheets(shop)[0].rows]
    assert {type(phone) for phone in phones} == {int, str}
    assert any("-" in str(phone) for phone in phones)
    assert any(phone == "" for phone in phones) or len(phones) < 100


def test_the_older_system_writes_gbk(small_shop: Business, tmp_path: Path) -> None:
    path = tmp_path / "老.csv"
    morning_file.write_csv(small_shop, path)
    lines = path.read_bytes().decode("gbk").split("\r\n")
    assert lines[2] == ",".join(morning_file.SETTLED)
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")


def test_the_business_before_the_import_lacks_just_what_the_file_brings(small_shop: Business) -> None:
    before = morning_file.before_import(small_shop)
    start = morning_file.first_new_day(small_shop.as_of)
    assert all(event.at.date() < start for event in before.events if event.kind == "job.settled")
    missing = {event.code for event in small_shop.events if event.kind == "job.settled"} - {event.code for event in before.events}
    assert missing == {row[1] for row in morning_file.sheets(small_shop)[0].rows}
    known = {customer.code for customer in before.customers}
    assert {row.customer for row in [*before.events, *before.agreements, *before.consents, *before.contacts]} <= known


def test_the_command_writes_the_hospital_as_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--business", "hospital", "--out", str(tmp_path), "--day", "2026-11-16", "--format", "csv"]) == 0
    printed = capsys.readouterr().out.split("\n")
    assert str(tmp_path / "tables" / "events.csv") in printed
    assert pa.csv.read_csv(tmp_path / "tables" / "customers.csv").num_rows == 15_000


def test_the_command_refuses_a_business_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--business", "bakery", "--out", str(tmp_path)])
    assert "repair-shop" in capsys.readouterr().err
