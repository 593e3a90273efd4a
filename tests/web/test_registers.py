"""Registers: exactly what was done, under exactly the title, with numbers masked; on the screen, in Excel and on paper."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huifang.app.business_time import business_moment
from huifang.app.queries import register_pages
from huifang.app.queries.register_cells import Cells, shown
from huifang.app.queries.register_line import Line, Period
from huifang.app.queries.register_pages import Filled
from huifang.app.queries.registers import Column, Sheet
from huifang.app.records.models import AuditEntry, Case, Customer, Event, ExportRequest, FollowUp, Occurrence, PlaybookVersion
from huifang.app.reports.pdf import register_pdf
from huifang.app.services import export_requests, exports
from huifang.app.web.views import registers
from huifang.domain.errors import NotAllowed
from huifang.playbooks import library
from huifang.playbooks.register_columns import COLUMNS
from tests.web import scene as scenes
from tests.web import worked

TITLE = "每日回访明细统计表"
URL = "/registers/repair-shop/daily-satisfaction/"


def url(scene, more="", ending=""):
    return f"{URL}{ending}?day={scene.run.day}{more}"


def copied(document):
    """What a reader copies out of a PDF, without white space."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages)


def cells(answer):
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_every_column_a_playbook_may_name_has_a_cell():
    assert set(COLUMNS) - shown() - {"answers"} == set()


def _tried_in_vain(programme):
    customer = {"id": 1, "code": "K1", "name": "王丽华", "attributes": {}}
    attempt = {"at": scenes.NOW, "channel": "phone", "outcome": "no_answer", "reached": False, "staff__name": "陈静"}
    return Line(customer, programme=programme, attempts=[attempt])


@pytest.mark.parametrize("playbook", [read.playbook for read in map(library.read, library.names())], ids=lambda each: each.playbook)
def test_a_card_of_a_customer_who_was_not_reached_says_so(playbook):
    for register in playbook.registers.values():
        columns = [column.value for column in register.columns]
        for programme in (register.programmes or playbook.programmes) if register.layout == "card" and register.rows == "done" else ():
            line = _tried_in_vain(programme)
            said = [Cells(playbook, "zh-hans", columns).cell(column, line, 1) for column in columns]
            assert said.count("无人接听") == 1


def test_the_list_names_the_registers_of_the_playbook_in_force(scene, signed_in):
    page = signed_in(scene.supervisor, "zh-hans").get("/registers/").content.decode()
    assert TITLE in page
    assert "每日流失客户回访明细统计表" in page


def test_a_register_holds_exactly_what_was_done(scene, signed_in):
    first = scene.first
    worked.contact(scene, first, words="师傅很耐心")
    rows = cells(signed_in(scene.supervisor, "zh-hans").get(url(scene, ending="file.xlsx")))
    head, body = rows[3], rows[4:]
    assert rows[0][0] == TITLE
    done = [row for row in body if row[head.index("回访时间")]]
    assert [row[head.index("客户姓名")] for row in done] == [first.customer.name]
    assert done[0][head.index("客户原话")] == "师傅很耐心"
    assert done[0][head.index("回访结果")] == "完成"
    assert done[0][head.index("平均分")] == 4.6
    due = Occurrence.objects.filter(programme__in=("day-after", "after-case")).count()
    assert len([row for row in body if isinstance(row[0], int | float)]) == due
    assert {row[head.index("未回访原因")] for row in body if isinstance(row[0], int | float)} == {"", "尚未联络"}


def test_what_was_tried_on_an_earlier_day_keeps_its_line_when_the_plan_moves_on(scene, signed_in):
    first, yesterday = scene.first, scene.run.day - timedelta(days=1)
    old = FollowUp.objects.get(pk=first.pk)
    old.pk, old.day, old.state = None, yesterday, "withdrawn"
    old.save()
    first.occurrences.update(due=yesterday)
    worked.contact(scene, old, "no_answer")
    page = signed_in(scene.supervisor).get(f"{URL}?day={yesterday}").content.decode()
    assert first.customer.name in page
    assert "No answer" in page


def test_numbers_stay_masked_everywhere(scene, signed_in):
    number = scene.first.customer.contact_points.get(kind="phone").value
    client = signed_in(scene.manager)
    page = client.get(url(scene)).content.decode()
    sheet = str(cells(client.get(url(scene, ending="file.xlsx"))))
    assert number[-8:] not in page + sheet
    assert number[3:] not in page + sheet
    assert "****" in page
    assert "****" in sheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_words_that_look_like_a_formula_stay_words(scene, signed_in, start):
    said = f'{start}HYPERLINK("http://example.com","x")'
    worked.contact(scene, scene.first, words=said)
    answer = signed_in(scene.manager).get(url(scene, ending="file.xlsx"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert any(said.strip() in str(cell) for row in cells(answer) for cell in row)


def test_the_pdf_is_a_document_whose_chinese_can_be_copied(scene, signed_in):
    worked.contact(scene, scene.first, words="师傅很耐心，<b>谢谢</b> #let x = $1$ [链接]")
    answer = signed_in(scene.supervisor, "zh-hans").get(url(scene, ending="file.pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    text = copied(answer.content)
    assert TITLE in text
    assert scene.first.customer.name in text
    assert "#letx=$1$" in text


def test_an_export_is_noted_and_a_file_is_named_after_the_register(scene, signed_in):
    answer = signed_in(scene.supervisor, "zh-hans").get(url(scene, ending="file.xlsx"))
    entry = AuditEntry.objects.get(action="register.exported")
    assert entry.subject == "repair-shop/daily-satisfaction"
    assert entry.by == scene.supervisor
    assert entry.detail["form"] == "xlsx"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_nobody_takes_out_more_than_a_thousand_rows_alone(scene):
    day = scene.run.day
    for person in (scene.supervisor, scene.manager):
        with pytest.raises(NotAllowed, match="1000"):
            exports.note(person, "repair-shop", "daily-due", day, day, 1001, "xlsx")
    exports.note(scene.supervisor, "repair-shop", "daily-due", day, day, 1000, "xlsx")
    exports.note(None, "repair-shop", "daily-due", day, day, 5000, "pdf")
    assert AuditEntry.objects.filter(action="register.exported").count() == 2


def test_another_branch_is_not_in_it(scene, signed_in):
    strange = worked.stranger(scene)
    Customer.objects.filter(pk=strange.pk).update(name="外店客户标记")
    event = Event.objects.first()
    Occurrence.objects.create(
        playbook="repair-shop",
        programme="day-after",
        customer=strange,
        cause="strange",
        event=event,
        cause_day=scene.run.day,
        purpose="service",
        due=scene.run.day,
        deadline=scene.run.day,
        expires=scene.run.day,
        decision="planned",
        rule="planned.first",
        decided_on=scene.run.day,
    )
    supervisor = signed_in(scene.supervisor)
    assert "外店客户标记" not in supervisor.get(url(scene)).content.decode()
    assert "外店客户标记" not in supervisor.get(url(scene, f"&branch={scene.there.pk}")).content.decode()
    assert "外店客户标记" in signed_in(scene.manager).get(url(scene, f"&branch={scene.there.pk}")).content.decode()


def test_a_reviewer_reads_but_takes_nothing_out(scene, signed_in):
    client = signed_in(scene.reviewer)
    page = client.get(url(scene)).content.decode()
    assert "file.xlsx" not in page
    assert client.get(url(scene, ending="file.xlsx")).status_code == 403


@pytest.mark.parametrize("path", ["/registers/none/x/", "/registers/repair-shop/none/", f"{URL}file.exe"])
def test_what_is_not_there_is_said_so(scene, signed_in, path):
    assert signed_in(scene.manager).get(path).status_code == 404


def test_an_empty_day_says_so_on_screen_and_paper(scene, signed_in):
    client = signed_in(scene.manager)
    assert "Nothing in this period" in client.get(f"{URL}?day=2020-01-01").content.decode()
    assert client.get(f"{URL}file.pdf?day=2020-01-01").status_code == 200


@pytest.mark.parametrize("key", ["daily-satisfaction", "daily-lost", "daily-due"])
def test_the_number_of_queries_does_not_grow_with_the_rows(db, signed_in, key):
    from django.utils import timezone

    from huifang.app.business_time import business_day

    now = timezone.now()
    scene = scenes.build(12, business_day(now), now)
    client = signed_in(scene.manager)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/registers/repair-shop/{key}/?day={scene.run.day}").status_code == 200
        return len(found)

    for followup in scene.followups[:4]:
        worked.contact(scene, followup)
    queries()
    few = queries()
    for place in range(12, 40):
        worked.contact(scene, scenes._followup(scene, place, scene.run.day, now))
    assert queries() == few


def test_paper_of_too_many_rows_is_refused_with_a_way_out(scene, signed_in, monkeypatch):
    from huifang.app.reports import pdf

    worked.contact(scene, scene.first)
    monkeypatch.setattr(pdf, "MOST", 2)
    answer = signed_in(scene.manager).get(url(scene, ending="file.pdf"))
    assert answer.status_code == 422
    assert "Take Excel" in answer.content.decode()
    for allowed in (registers, exports):
        monkeypatch.setattr(allowed, "MOST", 2, raising=False)
    monkeypatch.setattr(exports, "ALONE", 1)
    monkeypatch.setattr(export_requests, "ALONE", 1)
    page = signed_in(scene.manager).get(url(scene)).content.decode()
    assert "ask.xlsx" in page
    assert "ask.pdf" not in page
    told = signed_in(scene.manager).post(url(scene, ending="ask.pdf"), follow=True)
    assert "Take Excel" in told.content.decode()
    assert not ExportRequest.objects.exists()


@pytest.mark.parametrize("long", [0, 1, 2])
def test_a_card_takes_long_words_wherever_they_stand(long):
    words = tuple("很长的原话" * 20 if place == long else "短" for place in range(3))
    columns = tuple(Column(f"c{place}", f"第{place}列", 1.0) for place in range(3))
    day = Period(date(2026, 11, 20), date(2026, 11, 20))
    card = Sheet(
        "card", "hospital", "《客户回访记录表》", day, "总院", columns, (Filled(words), Filled(words)), ("回访人",), "", "card", ()
    )
    assert register_pdf(card, ZoneInfo("Asia/Shanghai"), "zh").startswith(b"%PDF")


def test_a_long_register_is_read_page_by_page_and_a_cell_costs_few_bytes(scene, signed_in, monkeypatch):
    monkeypatch.setattr(registers, "SHOWN", 2)
    for followup in scene.followups[:3]:
        worked.contact(scene, followup)
    client, address = signed_in(scene.manager), f"{URL}?day={scene.run.day}"
    pages = [client.get(address)]
    while after := pages[-1].context["page"].after:
        pages.append(client.get(f"{address}&after={after}"))
    first, rows = pages[0], pages[0].context["total"]
    assert len(first.context["rows"]) == 2
    assert rows > 2
    seen = [row.cells[0].text for page in pages for row in page.context["rows"]]
    assert seen == [str(number) for number in range(1, rows + 1)]
    text, end = first.content.decode(), pages[-1].content.decode()
    assert f"after={first.context['page'].after}" in text
    assert first.content.count(b"</td>") == 0
    assert f"Rows 1 to 2 of {rows}" in text, "on paper a part is not taken for the whole"
    assert "sheet-sign" in end
    assert not any(each in text for each in ("sheet-sign", "data-print"))
    monkeypatch.setattr(registers, "SHOWN", 100)
    whole = client.get(address).content.decode()
    assert all(each in whole for each in ("sheet-sign", "data-print"))
    assert "Rows 1 to" not in whole


def test_a_register_is_counted_up_to_a_limit_and_whole_when_asked(scene, signed_in, monkeypatch):
    monkeypatch.setattr(registers, "SHOWN", 2)
    monkeypatch.setattr(registers, "COUNTED", 3)
    client, address = signed_in(scene.manager), f"{URL}?day={scene.run.day}"
    short, whole = client.get(address), client.get(f"{address}&count=all")
    rows = whole.context["total"]
    assert rows > 3
    assert short.context["total"] is None
    assert "Rows 1 to 2 of more than 3" in short.content.decode()
    assert "count=all" in short.content.decode()
    assert short.context["sheet"].summary == ()
    assert f"Rows 1 to 2 of {rows}" in whole.content.decode()
    assert whole.context["sheet"].summary[0].value == rows
    assert f"count=all&amp;after={whole.context['page'].after}" in whole.content.decode().replace("&after", "&amp;after")
    monkeypatch.setattr(registers, "COUNTED", rows)
    assert client.get(address).context["total"] == rows


@pytest.mark.parametrize("key", ["daily-satisfaction", "daily-due", "daily-lost"])
def test_a_file_that_is_read_in_parts_has_the_rows_of_the_pages(scene, signed_in, monkeypatch, key):
    monkeypatch.setattr(register_pages, "AT_ONCE", 2)
    monkeypatch.setattr(registers, "SHOWN", 3)
    for followup in scene.followups[::2]:
        worked.contact(scene, followup)
    client, address = signed_in(scene.manager, "zh-hans"), f"/registers/repair-shop/{key}/"
    pages = [client.get(f"{address}?day={scene.run.day}")]
    while after := pages[-1].context["page"].after:
        pages.append(client.get(f"{address}?day={scene.run.day}&after={after}"))
    seen = [[cell.text for cell in row.cells] for page in pages for row in page.context["rows"]]
    found = cells(client.get(f"{address}file.xlsx?day={scene.run.day}"))[4 : 4 + len(seen)]
    assert len(seen) == pages[0].context["total"]
    assert [row[0] for row in found] == list(range(1, len(seen) + 1))
    assert [[str(cell) for cell in row if isinstance(cell, str)] for row in found] == [
        [text for text, cell in zip(row, told, strict=False) if isinstance(cell, str)] for row, told in zip(seen, found, strict=True)
    ]


_CASES = """
registers:
  cases-opened:
    title: {zh: 投诉工单登记表, en: Cases}
    rows: cases
    columns:
      - {value: customer.name, title: {zh: 客户, en: Customer}}
      - {value: customer.phone, title: {zh: 电话, en: Phone}}
      - {value: programme, title: {zh: 项目, en: Programme}}
      - {value: case, title: {zh: 工单, en: Case}}
      - {value: case.kind, title: {zh: 类型, en: Kind}}
      - {value: case.owner, title: {zh: 处理人, en: Owner}}
      - {value: case.opened, title: {zh: 立案, en: Opened}}
      - {value: case.due, title: {zh: 期限, en: To be solved by}}
      - {value: case.closed, title: {zh: 结案, en: Closed}}
      - {value: case.result, title: {zh: 结果, en: Result}}
      - {value: agent, title: {zh: 经手人, en: By}}
"""


def test_a_register_of_cases_holds_those_that_were_opened_in_its_period(scene, signed_in):
    text = library.text("repair-shop").replace("\nregisters:\n", _CASES, 1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    PlaybookVersion.objects.filter(pk=scene.version.pk).update(text=text, sha256=digest)
    record = worked.contact(scene, scene.first, satisfied=False)
    case = worked.complaint(scene, record)
    opened = business_moment(scene.run.day, time(23, 59))  # the day's last minute is of the day, the next one is not
    Case.objects.filter(pk=case.pk).update(
        solution="已退款", state="closed", opened_at=opened, solve_due=opened + timedelta(days=2), closed_at=opened + timedelta(hours=1)
    )
    address = f"/registers/repair-shop/cases-opened/?day={scene.run.day}"
    sheet = signed_in(scene.manager).get(address).context["sheet"]
    (row,) = sheet.rows
    told = dict(zip((column.value for column in sheet.columns), row.cells, strict=True))
    assert told["customer.name"] == record.customer.name
    assert (told["case.owner"], told["agent"], told["case.result"]) == (scene.supervisor.name, scene.supervisor.name, "已退款")
    assert (told["case.opened"], told["case.due"]) == (opened, opened + timedelta(days=2))
    assert told["case.closed"] == opened + timedelta(hours=1)
    assert told["case"].endswith("已退款")
    assert "****" in told["customer.phone"]
    assert told["programme"] == library.read("repair-shop").playbook.programmes[record.programme].title.en
    assert [(one.title, one.value) for one in sheet.summary] == [("Cases", 1), ("Closed", 1)]
    assert len(signed_in(scene.manager).get(f"{address}&branch={scene.there.pk}").context["sheet"].rows) == 0
    Case.objects.filter(pk=case.pk).update(opened_at=opened + timedelta(minutes=1))
    assert len(signed_in(scene.manager).get(address).context["sheet"].rows) == 0
