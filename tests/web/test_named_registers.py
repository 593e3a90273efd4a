"""Every form that a plan names: exactly its title, its columns and signatures, the same rows on the page, in Excel and on paper."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huifang.app.business_time import business_day, business_moment, business_zone
from huifang.app.records.models import ClassSpell, Customer, Occurrence, Promise, WeekSchedule
from huifang.app.reports.writing import cell_text
from huifang.domain.masking import mask_phone
from huifang.domain.week_schedule import week_after
from huifang.playbooks import library
from tests.web import filled_forms, worked

RECORD, REPORT = "客户回访记录表", "客户回访报告表"


@dataclass(frozen=True)
class Form:
    """What a plan says of one of its forms: columns by title, who signs; `empty` are columns that nothing stands in once all is done."""

    playbook: str
    title: str
    columns: tuple[str, ...]
    signatures: tuple[str, ...]
    empty: tuple[str, ...] = ()


FORMS = (
    Form("inquiry", "询盘统计表", ("客户", "联系电话", "询盘日期", "渠道", "询盘内容"), ("统计人", "主管")),
    Form("inquiry", "客户回访名单", ("客户", "询盘内容", "回访方式", "应访日期", "回访问题"), ("回访人", "主管")),
    Form("inquiry", RECORD, ("客户", "联系电话", "客户需求", "服务评分", "问题原话"), ("回访人", "主管")),
    Form("inquiry", "客户回访报告", ("客户", "服务评分", "反馈", "问题原话", "处理情况"), ("回访人", "主管批示")),
    Form("property-sales", "客户名录簿", ("编号", "客户姓名", "联系电话", "意向户型", "置业顾问"), ("销售经理",), ("签约日期",)),
    Form(
        "property-sales", "客户管理卡", ("客户姓名", "联系电话", "地址", "意向户型", "最近回访"), ("置业顾问", "销售经理"),
        ("签约日期",),
    ),
    Form("property-sales", "客户定期回访跟单表", ("客户姓名", "应访日期", "回访时间", "回访结果", "下次联系"), ("置业顾问", "销售经理")),
    Form(
        "property-sales", "排期表", ("计划日期", "置业顾问", "客户姓名", "意向户型", "回访项目"), ("置业顾问", "销售经理审批"),
        ("约定时间",),
    ),
    Form("home-owners", RECORD, ("业主", "事项", "方式", "回访人", "答复期限"), ("业主签名", "回访人签名", "管理处负责人")),
    Form(
        "appointed-officers", "任职回访谈话记录表", ("谈话对象", "职务", "谈话内容", "书面意见", "整改期限"),
        ("谈话人签字", "谈话对象签字"),
    ),
    Form(
        "hospital", RECORD, ("患者姓名", "病案号", "科室", "医生", "诊断", "回访时间", "患者原话", "处理情况", "下次回访"),
        ("回访人", "科室负责人"),
    ),
    Form(
        "hospital", "电话回访月登记表", ("回访类别", "患者姓名", "科室", "应访日期", "回访结果", "康复情况", "满意度", "意见建议"),
        ("随访中心主任", "分管院长"), ("未回访原因",),
    ),
    Form(
        "insurance-service", "服务承诺书", ("客户姓名", "保单", "到期日期", "下次联系"), ("客户签字", "服务人员签字", "日期"), ("保额",),
    ),
    Form("visit-procedure", "客户回访计划", ("客户", "地点", "计划时间", "目的", "方式", "所需资料"), ("编制", "审批"), ("约定时间",)),
    Form("visit-procedure", RECORD, ("客户", "时间", "方式", "回访内容", "原话"), ("回访人", "主管")),
    Form("visit-procedure", REPORT, ("客户", "归档类别", "回访时间", "回访内容", "处理结果"), ("报告人", "主管审阅与指导", "归档人")),
    Form("visit-procedure", "客户开发计划", ("客户", "负责人", "最近回访", "需求与意见", "下次联系", "开发措施"), ("编制", "审批")),
    Form(
        "scripts-by-source", RECORD, ("电话", "客户", "职业", "态度", "客户问题", "答复", "时间", "通话时长", "下次联系"),
        ("回访人", "主管"),
    ),
    Form(
        "repair-shop", "每日回访明细统计表", ("客户姓名", "车牌号", "维修项目", "回访结果", "客户原话"), ("回访员", "客服主管", "经理"),
        ("未回访原因",),
    ),
    Form("repair-shop", "每日流失客户回访明细统计表", ("客户姓名", "最近到店", "流失原因", "现在去处", "客户原话"), ("回访员", "客服主管")),
    Form(
        "repair-shop", "每日定期保养、保险到期等客户回访明细统计表", ("客户姓名", "提醒项目", "下次保养日期", "保险到期日", "是否预约"),
        ("回访员", "客服主管"),
    ),
    Form("company-policy", "客户回访计划表", ("客户名称", "计划日期", "回访内容和目的"), ("编制", "审批"), ("完成情况",)),
    Form("company-policy", RECORD, ("客户名称", "回访类别", "回访时间", "回访内容", "客户意见"), ("回访人", "部门领导审阅")),
    Form("company-policy", REPORT, ("客户名称", "回访时间", "是否满意", "处理结果"), ("报告人", "领导审阅")),
)  # fmt: skip


def _register(form):
    book = library.read(form.playbook).playbook
    return book, *next((key, one) for key, one in book.registers.items() if one.title.zh == form.title)


def _filled(scene, form, now):
    """Two customers, and what the form tells of them: done today, or planned for next week."""
    book, version = filled_forms.in_force(form.playbook, scene.run.started_at)
    _book, _key, register = _register(form)
    Customer.objects.all().update(status="closed")
    Occurrence.objects.all().delete()
    programme = next(iter(register.programmes or book.programmes))
    filled_forms.article(scene, programme)
    people = [filled_forms.customer(scene, book, place) for place in (41, 42)]
    for one in people:
        if register.rows == "planned":
            filled_forms.scheduled(scene, book, programme, one, now)
        else:
            filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, programme, one, scene.run.day))
    return people


def _workbook(document):
    return CalamineWorkbook.from_filelike(io.BytesIO(document)).get_sheet_by_index(0).to_python()


def _written(cell):
    """A cell of the workbook as pages and paper write it."""
    if isinstance(cell, datetime):
        return f"{cell:%m-%d %H:%M}"
    return cell_text(cell, business_zone())


def _copied(document):
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.playbook} {form.title}")
def test_a_form_is_what_its_plan_says_and_the_same_on_the_page_in_excel_and_on_paper(scene, signed_in, form):
    from django.utils import timezone

    people = _filled(scene, form, timezone.now())
    _book, key, register = _register(form)
    client, address = signed_in(scene.supervisor, "zh-hans"), f"/registers/{form.playbook}/{key}/"
    page = client.get(address)
    text, sheet = page.content.decode(), page.context["sheet"]
    titles = [column.title for column in sheet.columns]
    assert sheet.title == form.title
    assert f'<h2 class="sheet-title">{form.title}</h2>' in text
    assert [title for title in form.columns if title not in titles] == []
    rows = [[cell.text for cell in row.cells] for row in page.context["rows"]]
    assert sorted(one.name for one in people) == sorted(name for row in rows for name in row if name in {one.name for one in people})
    empty = {title for row in rows for title, cell in zip(titles, row, strict=True) if not cell}
    assert empty <= set(form.empty)

    signed = [one.who for one in sheet.signs(sheet.rows[0])]
    assert sorted(signed) == sorted(form.signatures)
    lines = re.findall(r'<div class="sheet-sign">(.*?)</div>', text)
    assert len(lines) == (len(rows) if register.layout == "card" else 1), "cards are signed one by one"
    assert all(who in line for line in lines for who in form.signatures)

    found = _workbook(client.get(f"{address}file.xlsx").content)
    assert found[0][0] == form.title
    assert found[3][: len(titles)] == titles
    assert [[_written(cell) for cell in row[: len(titles)]] for row in found[4 : 4 + len(rows)]] == rows
    below = "".join(str(cell) for row in (found[3], *found[4 + len(rows) :]) for cell in row)
    assert all(who in below for who in form.signatures)

    paper = _copied(client.get(f"{address}file.pdf").content)
    assert form.title in paper[0]
    whole = "".join(paper)
    for number, row in enumerate(rows):
        if register.layout == "card":
            assert form.title in paper[number]
            assert all(who in paper[number] for who in form.signatures)
            told = "".join(f"{title}{cell}" for title, cell in zip(titles, row, strict=True))
        else:
            told = "".join(row)
        assert "".join(told.split()) in whole
    assert all(who in paper[-1] for who in form.signatures)


def test_all_forms_of_the_library_that_the_plans_name_are_tried():
    """A title in the plans' words stands in this list; what is left are the same forms of plans that do not name them."""
    tried = {(form.playbook, form.title) for form in FORMS}
    named = {form.title for form in FORMS} - {RECORD}
    there = {(name, one.title.zh) for name in library.names() for one in library.read(name).playbook.registers.values()}
    assert tried <= there
    assert {(name, title) for name, title in there - tried if title in named} == set()


def test_a_plan_looks_ahead_and_says_how_its_rows_come_to_be(scene, signed_in):
    filled_forms.in_force("property-sales", scene.run.started_at)
    client, address = signed_in(scene.supervisor), "/registers/property-sales/schedule/"
    page = client.get(address)
    first = week_after(scene.run.day)
    assert (page.context["period"].first, page.context["period"].last) == (first, first + timedelta(days=6))
    assert "Nothing is planned in this period" in page.content.decode()
    assert "1 week has no schedule yet" in page.content.decode()
    assert client.post(f"{address}propose/?day={first}").headers["Location"] == f"{address}?day={first}"
    week = WeekSchedule.objects.get()
    assert (week.branch, week.first_day, week.state) == (scene.here, first, "proposing")
    assert "are being proposed" in client.get(address).content.decode()
    week.state = "draft"
    week.save()
    assert "has no schedule yet" not in client.get(address).content.decode()
    assert client.post("/registers/property-sales/customer-book/propose/").status_code == 400


def test_promises_follow_ups_and_what_waits_stand_in_the_plan_beside_the_schedule(scene, signed_in):
    from django.utils import timezone

    now = timezone.now()
    book, version = filled_forms.in_force("property-sales", scene.run.started_at)
    first = week_after(scene.run.day)
    people = [filled_forms.customer(scene, book, place) for place in range(51, 58)]
    followups = [filled_forms.due(scene, book, version, "after-visit", one, scene.run.day) for one in people]
    occurrences = [each.occurrences.get() for each in followups]
    plan = filled_forms.scheduled(scene, book, "after-visit", people[0], now)  # stands as it is scheduled
    plan.cause, plan.bundled = occurrences[0].cause, [["property-sales", "every-two-days", "x"], ["repair-shop", "day-after", "y"]]
    plan.save()
    opens = business_moment(first + timedelta(days=2), time(10, 30))
    Promise.objects.create(
        customer=people[1], occurrence=occurrences[1], staff=scene.colleague, opens_at=opens, closes_at=opens, day=business_day(opens),
        made_at=now,
    )  # fmt: skip
    occurrences[2].next_on = first + timedelta(days=3)
    occurrences[3].followup, occurrences[3].until = None, first + timedelta(days=4)
    occurrences[4].open = False  # done this week
    followups[5].day = first
    followups[5].state = "withdrawn"
    followups[5].save()
    gone = filled_forms.scheduled(scene, book, "after-visit", people[6], now)  # settled meanwhile
    gone.cause = occurrences[6].cause
    gone.save()
    occurrences[6].open = False
    for one in occurrences:
        one.save()
    found = signed_in(scene.supervisor).get("/registers/property-sales/schedule/").context["sheet"]
    at = {column.value: place for place, column in enumerate(found.columns)}
    told = ("customer.name", "planned", "agreed", "agent")
    rows = [tuple(row.cells[at[name]] or "" for name in told) for row in found.rows]
    day = timedelta(days=1)
    assert rows == [
        (people[0].name, first + day, "", scene.agent.name),
        (people[0].name, first + day, "", scene.agent.name),
        (people[1].name, first + 2 * day, "10:30", scene.colleague.name),
        (people[2].name, first + 3 * day, "", scene.agent.name),
        (people[3].name, first + 4 * day, "", ""),
    ]
    assert [(count.title, count.value) for count in found.summary] == [("Planned", 5), ("Promised", 1), ("Nobody's yet", 1)]
    this_week = signed_in(scene.manager).get(f"/registers/property-sales/schedule/?day={scene.run.day}&branch={scene.here.pk}")
    assert people[4].name in this_week.content.decode(), "what was done stays in its week"
    assert signed_in(scene.manager).get(f"/registers/property-sales/schedule/?branch={scene.there.pk}").context["total"] == 0


def test_the_book_holds_every_customer_once_and_no_other(scene, signed_in, monkeypatch):
    from huifang.app.queries import register_pages
    from huifang.app.web.views import registers

    monkeypatch.setattr(register_pages, "AT_ONCE", 2)
    monkeypatch.setattr(registers, "SHOWN", 5)
    filled_forms.in_force("property-sales", scene.run.started_at)
    mine = list(Customer.objects.filter(branch=scene.here).order_by("code"))
    Customer.objects.filter(pk=mine[0].pk).update(status="deceased")
    Customer.objects.filter(pk=mine[1].pk).update(merged_into=mine[2])
    Customer.objects.filter(pk=mine[3].pk).update(kind="household")
    Customer.objects.filter(pk=mine[4].pk).update(first_seen=scene.run.day + timedelta(days=1))
    worked.stranger(scene)
    expected = [one.code for one in mine if one not in (mine[0], mine[1], mine[3], mine[4])]
    client, address = signed_in(scene.supervisor, "zh-hans"), "/registers/property-sales/customer-book/"
    found = _workbook(client.get(f"{address}file.xlsx").content)
    assert [row[1] for row in found[4 : 4 + len(expected)]] == expected
    assert [row[0] for row in found[4 : 4 + len(expected)]] == list(range(1, len(expected) + 1))
    pages, after = [], ""
    for _page in range(len(expected)):
        shown = client.get(address, {"after": after}).context
        pages.append(shown["rows"])
        if not (after := shown["page"].after):
            break
    assert [row.cells[1].text for rows in pages for row in rows] == expected
    assert [row.cells[0].text for rows in pages for row in rows] == [str(number) for number in range(1, len(expected) + 1)]
    assert client.get(f"{address}?branch={scene.there.pk}").context["total"] == len(expected), "another branch is not theirs to choose"
    assert signed_in(scene.manager).get(f"{address}?branch={scene.there.pk}").context["total"] == 1


def test_an_empty_book_says_how_customers_come_into_it(scene, signed_in):
    filled_forms.in_force("property-sales", scene.run.started_at)
    Customer.objects.update(status="closed")
    text = signed_in(scene.manager).get("/registers/property-sales/customer-card/").content.decode()
    assert "No customer yet" in text
    assert 'href="/imports/"' in text


def test_a_customers_card_tells_the_last_talk_and_what_comes_next(scene, signed_in):
    from huifang.app.records.models import Attempt

    book, version = filled_forms.in_force("property-sales", scene.run.started_at)
    Customer.objects.update(status="closed")
    talked, tried, fresh = (filled_forms.customer(scene, book, place) for place in (61, 62, 63))
    first = filled_forms.due(scene, book, version, "after-visit", talked, scene.run.day)
    record = filled_forms.contacted(scene, book, first)
    later = Attempt.objects.get(pk=record.attempt_id)
    later.pk, later.ticket, later.key, later.outcome, later.reached = None, "0" * 32, "later", "no_answer", False
    later.at += timedelta(hours=1)
    later.save()
    second = filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, "after-visit", tried, scene.run.day))
    Attempt.objects.filter(pk=second.attempt_id).update(outcome="no_answer", reached=False)
    Occurrence.objects.filter(customer=tried).update(until=scene.run.day + timedelta(days=2))
    promised = scene.run.started_at + timedelta(days=4)
    Promise.objects.create(
        customer=talked, occurrence=first.occurrences.get(), opens_at=promised, closes_at=promised, day=business_day(promised),
        made_at=promised,
    )  # fmt: skip
    sheet = signed_in(scene.supervisor).get("/registers/property-sales/customer-card/").context["sheet"]
    at = {column.value: place for place, column in enumerate(sheet.columns)}
    cards = {row.cells[at["customer.name"]]: row.cells for row in sheet.rows}
    assert sheet.rows[1].cells[at["customer.name"]] == tried.name
    assert cards[talked.name][at["attempted_at"]] == record.attempt.at
    assert cards[talked.name][at["words"]] == "说得很清楚"
    assert cards[talked.name][at["next"]] == promised
    assert cards[tried.name][at["attempted_at"]] == second.attempt.at
    assert cards[tried.name][at["next"]] == scene.run.day + timedelta(days=2)
    assert [cards[fresh.name][at[name]] for name in ("attempted_at", "words", "next")] == [None, None, None]
    assert cards[talked.name][at["customer.phone"]] == mask_phone(talked.contact_points.get(kind="phone", primary=True).value)


@pytest.mark.parametrize(("channel", "instead"), [("visit", ""), ("phone", "电话，无需签名（陈晓）")])
def test_a_home_owner_signs_a_visit_and_not_a_call(scene, signed_in, channel, instead):
    book, version = filled_forms.in_force("home-owners", scene.run.started_at)
    made = filled_forms.customer(scene, book, 71)
    filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, "answer", made, scene.run.day), channel)
    client, address = signed_in(scene.supervisor, "zh-hans"), "/registers/home-owners/record-card/"
    page = client.get(address)
    sheet = page.context["sheet"]
    assert next((one.who, one.instead) for one in sheet.signs(sheet.rows[0])) == ("业主签名", instead)
    assert instead in page.content.decode()
    assert ("无需签名" in page.content.decode()) == bool(instead)
    assert instead in "".join(_copied(client.get(f"{address}file.pdf").content))
    found = _workbook(client.get(f"{address}file.xlsx").content)
    assert (found[3][-1], found[4][-1]) == ("业主签名", instead)
    assert "no signature needed" in signed_in(scene.supervisor).get(address).content.decode() or not instead


def test_a_register_of_calls_tells_the_number_that_was_called_and_the_hour_of_the_next_one(scene, signed_in):
    book, version = filled_forms.in_force("scripts-by-source", scene.run.started_at)
    programme = next(iter(book.programmes))
    made = filled_forms.customer(scene, book, 81)
    record = filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, programme, made, scene.run.day))
    sheet = signed_in(scene.supervisor, "zh-hans").get("/registers/scripts-by-source/record-card/").context["sheet"]
    row = dict(zip((column.title for column in sheet.columns), sheet.rows[0].cells, strict=True))
    called = record.attempt.contact_point.value
    assert row["电话"] == mask_phone(called)
    assert row["电话"] != mask_phone(made.contact_points.get(kind="phone", primary=True).value)
    assert (row["职业"], row["态度"], row["下次联系"]) == ("职业甲", "感兴趣", record.next_at)
    record.attempt.contact_point.delete()
    record.next_at = None
    record.save()
    sheet = signed_in(scene.supervisor, "zh-hans").get("/registers/scripts-by-source/record-card/").context["sheet"]
    row = dict(zip((column.title for column in sheet.columns), sheet.rows[0].cells, strict=True))
    assert row["电话"] is None, "what is not known is not guessed"
    assert row["下次联系"] == record.next_on


def test_a_register_tells_the_class_of_the_last_day_of_its_period(scene, signed_in):
    book, version = filled_forms.in_force("visit-procedure", scene.run.started_at)
    made, plain = (filled_forms.customer(scene, book, place) for place in (101, 102))
    day, spells = scene.run.day, ClassSpell.objects.filter(customer=made)
    ClassSpell.objects.filter(customer=plain).delete()
    for one in (made, plain):
        filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, "yearly-visit", one, day))

    def filed():
        sheet = signed_in(scene.supervisor, "zh-hans").get("/registers/visit-procedure/visit-report/").context["sheet"]
        at = {column.value: place for place, column in enumerate(sheet.columns)}
        return {row.cells[at["customer.name"]]: row.cells[at["class.tier"]] for row in sheet.rows}

    assert filed() == {made.name: "A 类客户", plain.name: None}
    spells.update(playbook="repair-shop")
    assert filed()[made.name] is None, "another plan's class"
    spells.update(playbook="visit-procedure", since=day - timedelta(days=9), until=day + timedelta(days=1))
    assert filed()[made.name] == "A 类客户"
    spells.update(until=day)
    assert filed()[made.name] is None, "the day it ends is the first without it"
    spells.update(until=None, since=day + timedelta(days=1))
    assert filed()[made.name] is None, "not yet"
    spells.update(since=day, step="z")
    assert filed()[made.name] is None, "a step that the version does not have"


def test_a_planned_form_without_rows_has_its_title_and_signatures_on_paper(scene, signed_in):
    filled_forms.in_force("property-sales", scene.run.started_at)
    client = signed_in(scene.supervisor, "zh-hans")
    paper = "".join(_copied(client.get("/registers/property-sales/schedule/file.pdf").content))
    assert "排期表" in paper
    assert "销售经理审批" in paper
    assert f"{week_after(scene.run.day)}" in paper


@pytest.mark.parametrize("key", ["customer-book", "customer-card", "schedule"])
def test_neither_a_book_nor_a_plan_asks_the_database_more_often_for_more_rows(scene, signed_in, key):
    from django.utils import timezone

    book, version = filled_forms.in_force("property-sales", scene.run.started_at)
    client, address = signed_in(scene.supervisor), f"/registers/property-sales/{key}/"

    def queries(places):
        for place in places:
            one = filled_forms.customer(scene, book, place)
            filled_forms.contacted(scene, book, filled_forms.due(scene, book, version, "after-visit", one, scene.run.day))
            filled_forms.scheduled(scene, book, "after-visit", one, timezone.now())
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).context["total"] >= len(places)
        return len(found)

    queries((91,))
    few = queries((92,))
    assert queries(range(93, 99)) == few
