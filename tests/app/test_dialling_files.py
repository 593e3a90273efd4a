"""Files between Huifang and the dialler: what goes out is text in its columns, what comes in is shown first and taken once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.db import connection
from python_calamine import CalamineWorkbook

from huifang.app.records.models import Attempt, ChannelSetting, Customer, DiallingList, DiallingResults, DiallingRow, Record
from huifang.app.reports.dialling_files import dialling_file
from huifang.app.services import dialling_files, dialling_lists
from huifang.channels.dialler import FILE_FIELDS, setup
from huifang.domain.errors import ImportRefused, Invalid, NotAllowed
from tests.app.cast import NOW, Cast, planned
from tests.app.dialler import by_file

LATER = NOW + timedelta(minutes=40)
HEAD = "key,outcome,began,seconds,recording,agent,callback,words"


@pytest.fixture
def made(cast: Cast) -> DiallingList:
    by_file()
    for who in cast.customers:
        planned(cast, who, cast.chen)
    return dialling_lists.hand_over(cast.tao, NOW)


def keys(made: DiallingList) -> list[str]:
    return [str(row.key) for row in made.rows.order_by("pk")]


def given(cast: Cast, *lines: str, head: str = HEAD) -> DiallingResults:
    text = "\n".join((head, *lines))
    return dialling_files.read(cast.tao, BytesIO(text.encode()), "results.csv", LATER)


def out(cast: Cast, made: DiallingList, ending: str = "csv", **setting: str) -> bytes:
    rows = dialling_lists.take_out(cast.tao, made.pk, NOW, ending)[2]
    return dialling_file(rows, setup(FILE_FIELDS, setting), "zh", ending)


def test_the_list_goes_out_in_the_diallers_columns(cast: Cast, made: DiallingList) -> None:
    text = out(
        cast, made, columns="key = 编号\nnumber = 电话\ncustomer = 姓名\nscript = 话术\nagent = 坐席\ncall_from = 起\ncall_until = 止"
    )
    head, first, *_rest = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert head == ["编号", "电话", "姓名", "话术", "坐席", "起", "止"]
    assert first == [keys(made)[0], "13800000001", "雷华", "次日满意度回访", "CHEN", "2026-11-20 10:00", "2026-11-20 12:00"]


def test_nothing_in_the_file_is_a_formula_and_numbers_stay_numbers(cast: Cast, made: DiallingList) -> None:
    Customer.objects.filter(pk=cast.customers[0].pk).update(name="=cmd()")
    Customer.objects.filter(pk=cast.customers[1].pk).update(name="+1+1")
    rows = list(csv.reader(io.StringIO(out(cast, made, number="e164").decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=cmd()", "'+1+1", "孙强"]
    assert rows[1][1] == "+8613800000001"
    sheet = CalamineWorkbook.from_filelike(BytesIO(out(cast, made, "xlsx"))).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["customer", "number", "key", "call_from", "call_until", "script", "agent"]
    assert sheet[1][:2] == ["=cmd()", "13800000001"]


def test_results_are_shown_before_they_are_taken_and_taken_once(cast: Cast, made: DiallingList) -> None:
    one, two, three = keys(made)
    kept = given(
        cast, f"{one},SALE,2026-11-20 10:10,95,https://pbx.example/1,LIN,,很好", f"{two},na,2026/11/20 10:12,,,,,",
        f"{three},CB,2026-11-20 10:15,20,,LIN,2026-11-20 15:00,",
    )  # fmt: skip
    shown = dialling_files.preview(cast.tao, kept, LATER)
    assert [(row.line, row.customer, row.state) for row in shown] == [(2, "雷华", "taken"), (3, "马丽", "taken"), (4, "孙强", "taken")]
    assert not Record.objects.exists()
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 3}
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 3}
    assert [row.state for row in dialling_files.preview(cast.tao, dialling_files.find(cast.tao, kept.pk), LATER)] == ["taken"] * 3
    assert Record.objects.count() == 3
    assert Record.objects.order_by("pk")[0].words == "很好"
    again = given(cast, f"{one},SALE,2026-11-20 10:10,95,https://pbx.example/1,LIN,,很好")
    assert [row.state for row in dialling_files.preview(cast.tao, again, LATER)] == ["known"]
    assert dialling_files.take(cast.tao, again, LATER) == {"known": 1}
    assert Record.objects.count() == 3
    assert str(kept) == "results.csv"


def test_each_row_that_is_wrong_is_said_with_its_line_and_hinders_no_other(cast: Cast, made: DiallingList) -> None:
    one, two, _three = keys(made)
    kept = given(
        cast, f"{one},SALE,2026-11-20 10:10,95", "no-such-key,SALE,2026-11-20 10:10", f"{two},HAPPY,2026-11-20 10:10",
        f"{two},NA,yesterday", f"{two},NA,2026-11-20", f"{two},NA,2026-11-20 10:10,many",
        f"{two},NA,2026-11-20 09:00", f"{one},NA,2026-11-20 10:20",
        f'{two},"NA',
    )  # fmt: skip
    shown = dialling_files.preview(cast.tao, kept, LATER)
    assert [(row.line, row.state) for row in shown] == [(2, "taken"), *((line, "wrong") for line in range(3, 11))]
    said = [row.problems[0].en for row in shown[1:]]
    parts = (
        "No number with", "“HAPPY”", "yesterday", "no date with a time", "many", "before the number", "two different", "cannot be read",
    )  # fmt: skip
    for words, part in zip(said, parts, strict=True):
        assert part in words
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 1, "wrong": 8}
    after = dialling_files.preview(cast.tao, kept, LATER)
    assert "another result" in after[7].problems[0].en.lower()
    assert Record.objects.count() == 1


def test_a_workbook_with_chinese_headings_is_read(cast: Cast, made: DiallingList) -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, cell in enumerate(("坐席", "编号", "通话结果", "开始时间", "时长")):
            page.write(0, place, cell)
        for place, cell in enumerate(("LIN", keys(made)[0], "SALE", "2026-11-20 10:10:05", 61)):
            page.write(1, place, cell)
    kept = dialling_files.read(cast.tao, buffer, "x" * 300, LATER)
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 1}
    assert (Record.objects.get().seconds, len(kept.name)) == (61, 120)


def test_headings_are_those_of_the_setting(cast: Cast, made: DiallingList) -> None:
    by_file(results="key = CALL-ID\noutcome = DISPO\nbegan = WHEN")
    kept = given(cast, f"2026-11-20 10:10,{keys(made)[0]},sale", head="when,call id,Dispo")
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 1}


@pytest.mark.parametrize("head", ["key,outcome", "", "a,b,c"])
def test_a_file_without_the_columns_is_refused(cast: Cast, made: DiallingList, head: str) -> None:
    with pytest.raises(Invalid, match="lacks columns"):
        given(cast, "x,y,z", head=head)


def test_a_file_that_is_too_large_or_no_table_is_refused(cast: Cast, made: DiallingList, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImportRefused):
        dialling_files.read(cast.tao, BytesIO(b"\x00\x01\x02" * 500), "results.bin", LATER)
    monkeypatch.setattr(dialling_files, "MOST", 2)
    with pytest.raises(Invalid, match="more than 2 rows"):
        given(cast, *["x,y,z"] * 3)
    monkeypatch.setattr(dialling_files, "_LARGEST", 10)
    with pytest.raises(Invalid, match="5 MB"):
        given(cast)


def test_without_a_dialler_the_usual_headings_and_words_are_read(cast: Cast, made: DiallingList) -> None:
    ChannelSetting.objects.all().delete()
    kept = given(cast, f"{keys(made)[0]},ANSWERED,2026-11-20 10:10,5")
    assert dialling_files.take(cast.tao, kept, LATER) == {"taken": 1}


def test_another_persons_file_is_not_ones_own_to_take(cast: Cast, made: DiallingList) -> None:
    kept = given(cast, f"{keys(made)[0]},SALE,2026-11-20 10:10,95")
    with pytest.raises(NotAllowed):
        dialling_files.find(cast.wang, kept.pk)
    with pytest.raises(NotAllowed):
        dialling_files.read(cast.chen, BytesIO(b"key"), "x", LATER)
    assert set(DiallingRow.objects.values_list("state", flat=True)) == {"out"}
    assert Attempt.objects.filter(state="attempting").count() == 3


def test_what_a_file_says_is_kept_sealed(cast: Cast, made: DiallingList) -> None:
    given(cast, f"{keys(made)[0]},SALE,2026-11-20 10:10,95,,,,家里人病了")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM records_diallingresults")
        assert "家里人病了".encode() not in bytes(cursor.fetchone()[0])
