"""Folders of tables: read as people save them, refused in words, written whole or not at all."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from huifang.domain.errors import HuifangError, ImportRefused
from huifang.engine.keeping import fetch
from huifang.engine.stages import inputs
from huifang.stores import cells
from huifang.stores.embedded import connect
from huifang.stores.files import read_tables, write_table

CUSTOMERS = "customer_id,birthday,birthday_lunar,性别,visits,joined\n007,1980年3月5日,是,女,3,2020/1/2\n8,1990/12/31 0:00,,男,4.5,\n"
EVENTS = 'event_id,customer_id,kind,day,at,amount\n1,007,job,20260301,2026-03-01T09:30:00+08:00,"1,234.50"\n\n2,8,job,2026.3.2,,￥5\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_common_encodings_and_dates_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "customers.csv").write_bytes(CUSTOMERS.encode(encoding))
    (tmp_path / "events.csv").write_bytes(EVENTS.encode(encoding))
    connection = connect(memory_limit="1GB", threads=1)
    tables = inputs(read_tables(connection, tmp_path))
    found = sorted(fetch(connection, tables.customers.select("customer_id", "birthday", "birthday_lunar", "性别", "visits", "joined")))
    assert found[0] == ("007", date(1980, 3, 5), True, "女", 3.0, date(2020, 1, 2))
    events = sorted(fetch(connection, tables.events.select("event_id", "day", "at", "amount")))
    assert events == [("1", date(2026, 3, 1), datetime(2026, 3, 1, 1, 30), 1234.5), ("2", date(2026, 3, 2), None, 5.0)]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id\ta\n1\tx\n")
    connection = connect(spill=tmp_path)
    table = read_tables(connection, tmp_path)["customers"]
    written = write_table(connection, table, tmp_path / "customers.parquet")
    again = read_tables(connection, {"customers": written})["customers"]
    assert fetch(connection, again.select("customer_id", "a")) == [("1", "x")]
    assert write_table(connection, again, tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv", "customers.parquet", "out.csv"]


def _problem(tmp_path: Path, text: bytes, error: type[HuifangError] = ImportRefused) -> str:
    (tmp_path / "customers.csv").write_bytes(text)
    with pytest.raises(error) as told:
        read_tables(connect(), tmp_path)
    return told.value.say("en") + told.value.say("zh")


def test_a_cell_that_cannot_be_read_is_told_with_line_and_column(tmp_path: Path) -> None:
    told = _problem(tmp_path, b"customer_id,birthday,birthday_lunar\n1,tomorrow,maybe\n")
    assert "customers.csv, line 2, birthday: “tomorrow” is not a date" in told
    assert "customers.csv，第 2 行，birthday_lunar：“maybe”不是是或否。" in told


def test_a_line_with_too_many_cells_is_told(tmp_path: Path) -> None:
    assert "line 3" in _problem(tmp_path, b"customer_id\n1\n2,3\n")


def test_an_unknown_encoding_is_told(tmp_path: Path) -> None:
    assert "encoding" in _problem(tmp_path, b"customer_id\n\xff\x00\x81\n")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no such file"):
        read_tables(connect(), {"customers": tmp_path / "none.csv"})


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_text("")
    connection = connect()
    assert fetch(connection, read_tables(connection, tmp_path)["requests"]) == []


@pytest.mark.parametrize("text", ["2026-13-01", "1/2/2026", "2026-05-01 later", "soon"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        cells.read_date(text)


def test_moments_without_a_clock_begin_the_day() -> None:
    assert cells.read_moment("2026/5/1") == datetime(2026, 5, 1)
    assert cells.read_moment("2026-05-01 9:05") == datetime(2026, 5, 1, 9, 5)
    assert cells.read_boolean("否") is False


@pytest.mark.parametrize("content", [b"", b"customer_id\n1\n", b"PAR1 half a file"])
def test_a_parquet_file_that_is_none_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "customers.parquet").write_bytes(content)
    with pytest.raises(ImportRefused, match="This is no complete Parquet file"):
        read_tables(connect(threads=1), tmp_path)
