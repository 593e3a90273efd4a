"""The manager's pages: figures against targets, effect, reports; every number leads to its records, and files say what the page says."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huifang.app.queries.report_plans import report_plan
from huifang.app.queries.reports import FilledReport, report
from huifang.app.records.models import AuditEntry, Feedback, FollowUp, Occurrence, ReportMailing, ReportSubscription, Staff
from huifang.app.reports.report_files import report_bytes
from huifang.app.services.indicator_days import keep
from huifang.app.web import indicator_charts, indicator_picking
from huifang.app.web.views import reports as reports_view
from huifang.domain.indicators import INDICATORS
from huifang.domain.periods import stretch
from tests.web import scene as scenes
from tests.web import worked

MONTHLY = "/reports/repair-shop/monthly/"


@pytest.fixture
def busy(scene):
    """Three contacted, one of them not content and with words; everything counted."""
    first = worked.contact(scene, scene.followups[0], words="等太久了", satisfied=False)
    worked.contact(scene, scene.followups[1])
    worked.contact(scene, scene.followups[2], "no_answer")
    worked.contact(scene, scene.followups[4])
    Occurrence.objects.filter(followup__in=[one.pk for one in scene.followups[:3]]).update(attempts=1)
    at = scene.run.finished_at
    Feedback.objects.create(customer=first.customer, record=first, kind="complaint", topic="total_time", words="=1+1等太久了", at=at)
    worked.complaint(scene, first)
    Staff.objects.filter(pk=scene.agent.pk).update(department="客服部")
    keep(scene.run.day - timedelta(days=200), timezone.now())
    return scene


@pytest.fixture
def manager(busy, signed_in):
    return signed_in(busy.manager)


def page(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_overview_shows_targets_and_what_they_ask_for(busy, manager):
    said = page(manager, f"/overview/?day={busy.run.day}")
    assert "Coverage of satisfaction calls" in said
    assert "≥ 98 %" in said
    assert "gauge-bad" in said
    assert "66.7 %" in said, "two of three that were rated are content"


@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("by", ["programme", "branch", "person", "department", "class"])
def test_every_period_and_every_way_of_comparing(busy, manager, kind, by):
    said = page(manager, f"/overview/?day={busy.run.day}&period={kind}&by={by}")
    names = {"programme": "Satisfaction call", "branch": busy.here.name, "person": busy.agent.name, "department": "客服部", "class": "Gold"}
    assert names[by] in said


@pytest.mark.parametrize("key", [*INDICATORS])
def test_every_indicator_has_its_page(manager, key):
    assert INDICATORS[key].title.en in page(manager, f"/overview/{key}/")


@pytest.mark.parametrize("by", ["department", "class", "person"])
def test_every_number_of_a_comparison_opens_as_many_records_as_it_rests_on(busy, manager, by):
    Staff.objects.filter(pk=busy.agent.pk).update(department="" if by == "class" else "客服部")
    Occurrence.objects.filter(followup=busy.followups[1]).update(last_staff=None)
    FollowUp.objects.filter(pk=busy.followups[1].pk).update(staff=None)
    keep(busy.run.day - timedelta(days=200), timezone.now())
    said = page(manager, f"/overview/?day={busy.run.day}&by={by}")
    links = re.findall(r'<a class="count" href="(/overview/coverage/[^"]+)">[^<]*</a> <small class="quiet">(\d+)</small>', said)
    assert len(links) > 1
    for link, number in links:
        assert manager.get(html.unescape(link)).context["rows"].total == int(number), link


def test_a_department_is_split_into_its_people_and_not_into_classes(busy, manager):
    assert busy.agent.name in page(manager, f"/overview/?day={busy.run.day}&department=客服部&by=person")
    assert "Gold" not in page(manager, f"/overview/?day={busy.run.day}&department=客服部&by=class")
    assert "客服部" in page(manager, f"/overview/coverage/?day={busy.run.day}&department=客服部")
    assert "客服部" in page(manager, f"/overview/?day={busy.run.day}&department=客服部"), "the page says what it is narrowed to"


def test_a_number_of_the_table_opens_exactly_its_records(busy, manager):
    day, programme = busy.run.day, busy.followups[0].programme
    said = page(manager, f"/overview/satisfaction/?day={day}&programme={programme}&person={busy.agent.pk}&part=rated")
    assert "等太久了" in said
    assert busy.followups[0].customer.name in said
    assert busy.agent.name in said
    content = page(manager, f"/overview/satisfaction/?day={day}&programme={programme}&part=satisfied")
    assert "等太久了" not in content
    assert "Nothing here" in page(manager, f"/overview/satisfaction/?day={day}&person=0")
    assert busy.followups[0].customer.name in page(manager, f"/overview/coverage/?day={day}&class=金牌客户%09Gold")


def test_what_is_not_there_is_not_found(manager):
    for url in ("/overview/happiness/", "/overview/effect/repair-shop/six-months/x/", f"{MONTHLY}file.exe", "/reports/repair-shop/none/"):
        assert manager.get(url).status_code == 404
    assert manager.post("/reports/send/9/stop/").status_code == 404
    assert manager.post("/reports/mailings/9/again/").status_code == 404


def test_nonsense_in_the_address_is_as_if_it_were_not_there(manager):
    assert page(manager, "/overview/?period=age&day=never&branch=x&programme=none&person=x&by=star&class=")


def test_a_supervisor_sees_the_own_branch_only(busy, signed_in):
    strange = worked.stranger(busy)
    supervisor = signed_in(busy.supervisor)
    assert strange.name not in page(supervisor, "/overview/buyers/", 404)
    for url in ("/overview/?by=branch", "/overview/coverage/", MONTHLY):
        assert busy.there.name not in page(supervisor, url)


def test_without_a_count_the_page_says_how_one_comes_about(scene, signed_in):
    client = signed_in(scene.manager)
    assert "Nothing has been counted yet" in page(client, "/overview/")
    assert "Nothing has been counted yet" in page(client, MONTHLY)
    keep(scene.run.day, timezone.now())
    assert "Nothing in this period" in page(client, "/overview/?day=2020-01-01")


def test_the_number_of_queries_does_not_grow_with_the_records(busy, manager):
    def queries(url):
        page(manager, url)
        with CaptureQueriesContext(connection) as found:
            page(manager, url)
        return len(found)

    urls = [f"/overview/?day={busy.run.day}&by=person", f"/overview/coverage/?day={busy.run.day}", f"{MONTHLY}?day={busy.run.day}"]
    few = [queries(url) for url in urls]
    for place in range(12, 30):
        worked.contact(busy, scenes._followup(busy, place, busy.run.day, timezone.now()))
    keep(busy.run.day, timezone.now())
    assert [queries(url) for url in urls] == few


def test_the_effect_page_names_what_cannot_be_told(busy, manager):
    said = page(manager, "/overview/effect/")
    assert "Cannot tell yet" in said
    assert "Without a hold-out, so nothing can be said" in said
    Occurrence.objects.filter(programme="six-months").update(due=busy.run.day - timedelta(days=80), decision="held-out")
    many = page(manager, f"/overview/effect/?days=30&length=365&branch={busy.here.pk}")
    assert "Held out" in many
    rows = page(manager, "/overview/effect/repair-shop/six-months/held/")
    assert busy.followups[2].customer.name in rows
    assert "Nobody is in this group" in page(manager, "/overview/effect/repair-shop/insurance-due/held/")


def test_the_reports_of_the_playbook_and_the_standard_ones_are_listed(manager, busy, signed_in):
    said = page(signed_in(busy.manager, "zh-hans"), "/reports/")
    for title in ("月度回访分析报告", "客户回访报告（周报）", "客户回访报告（月报）", "客户回访报告（季报）"):
        assert title in said


def test_a_report_says_the_same_on_the_page_and_in_every_file(busy, signed_in):
    client = signed_in(busy.manager, "zh-hans")
    url = f"{MONTHLY}{{}}?day={busy.run.day}"
    sentence = "听到表扬 0 条、建议 0 条、投诉 1 条"
    screen = page(client, url.format(""))
    files = {form: client.get(url.format(f"file.{form}")).content for form in ("pdf", "docx", "xlsx")}
    pdf = "".join("".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(files["pdf"])).pages)
    document = Document(io.BytesIO(files["docx"]))
    word = "\n".join(one.text for one in document.paragraphs)
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    excel = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    for said in (screen, word, excel):
        assert sentence in said
        assert "=1+1等太久了" in said
        assert "月度回访分析报告" in said
    assert "".join(sentence.split()) in pdf
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia"))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert AuditEntry.objects.filter(action="report.taken").count() == 3


def test_every_figure_of_a_report_opens_the_records_of_its_programmes(busy, manager, monkeypatch):
    whole = report_plan("repair-shop", "monthly")
    only = replace(whole, programmes=("day-after",), indicators=("done", "coverage"))
    for module in (reports_view, indicator_picking):
        monkeypatch.setattr(module, "report_plan", lambda _playbook, _key: only)
    other = busy.followups[2]
    assert other.programme != "day-after"
    said = page(manager, f"{MONTHLY}?day={busy.run.day}")
    links = [html.unescape(link) for link in re.findall(r'<a href="(/overview/[^"]+)"><b>', said)]
    assert any("report=repair-shop/monthly" in link for link in links)
    for link in links:
        assert page(manager, link)
    opened = page(manager, f"/overview/done/?day={busy.run.day}&report=repair-shop/monthly")
    assert only.title.en in opened
    assert f'class="row-link" href="/customers/{busy.first.customer_id}/"' in opened
    assert f'class="row-link" href="/customers/{other.customer_id}/"' not in opened
    assert only.title.en not in page(manager, f"/overview/done/?day={busy.run.day}&report=monthly")


def test_a_report_of_an_empty_period_is_a_report(busy, manager):
    assert "Nothing was contacted or recorded in this period." in page(manager, f"{MONTHLY}?day=2020-01-05")
    for form in ("pdf", "docx", "xlsx"):
        assert manager.get(f"{MONTHLY}file.{form}?day=2020-01-05&branch={busy.here.pk}").status_code == 200


@pytest.mark.parametrize("key", ["monthly", "follow-up-week", "follow-up-quarter"])
def test_without_voices_a_report_holds_no_words_of_a_customer(busy, key):
    plan = report_plan("repair-shop", key)
    filled = report(busy.manager, plan, stretch(plan.period, busy.run.day), "en", busy.run.day, voices=False)
    assert isinstance(filled, FilledReport)
    assert filled.findings.voices == ()
    assert b"\xe7\xad\x89\xe5\xa4\xaa\xe4\xb9\x85" not in report_bytes(filled, "xlsx", "en")


def test_a_manager_has_a_report_sent_and_stops_it(busy, manager):
    given = {"report": "repair-shop/monthly", "to": str(busy.supervisor.pk), "address": "boss@example.com", "form": "pdf"}
    given["branch"] = str(busy.here.pk)
    assert manager.post("/reports/send/", given).status_code == 302
    one = ReportSubscription.objects.get()
    assert "boss@example.com" in page(manager, "/reports/")
    ReportMailing.objects.create(
        subscription=one, first=busy.run.day.replace(day=1), last=busy.run.day, state="failed", at=timezone.now(),
        words={"zh": "拒收", "en": "Refused"},
    )  # fmt: skip
    said = page(manager, "/reports/")
    assert "Refused" in said
    assert manager.post(f"/reports/mailings/{ReportMailing.objects.get().pk}/again/").status_code == 302
    assert ReportMailing.objects.get().state == "sent"
    assert manager.post(f"/reports/send/{one.pk}/stop/").status_code == 302
    assert "boss@example.com" not in page(manager, "/reports/")


def test_a_supervisor_sees_who_gets_reports_but_no_address(busy, signed_in):
    about = {"playbook": "repair-shop", "report": "gone", "form": "pdf", "address": "boss@example.com", "since": busy.run.day}
    ReportSubscription.objects.create(to=busy.supervisor, **about)
    said = page(signed_in(busy.supervisor), "/reports/")
    assert "boss@example.com" not in said
    assert busy.supervisor.name in said
    assert "Send from now on" not in said


def test_what_cannot_be_sent_is_told_on_the_page(manager):
    answer = manager.post("/reports/send/", {"report": "repair-shop/monthly", "to": "x", "address": "no", "form": "pdf"})
    assert answer.status_code == 422
    assert "There is no such colleague" in answer.content.decode()


def test_without_a_playbook_in_force_the_list_teaches(busy, manager):
    busy.version.state = "retired"
    busy.version.save()
    assert "No playbook is in force" in page(manager, "/reports/")
    assert "No programme keeps a hold-out" in page(manager, "/overview/effect/")


def test_charts_leave_gaps_where_nothing_was_counted_and_say_their_figures_in_a_table():
    chart = indicator_charts.trend("T", [("1", 1.0), ("2", None), ("3", 3.0), ("4", 2.0)], 2.5, str, share=False)
    assert chart.count("<polyline") == 1
    assert "–</td>" in chart
    assert 'aria-label="T"' in chart
    rising = indicator_charts.trend("T", [("1", 0.93), ("2", 0.99)], None, "{:.3g}".format, share=True)
    assert [part.partition("<")[0] for part in rising.split('text-anchor="end">')[1:]] == ["0.9", "0.925", "0.95", "0.975", "1"]
    assert indicator_charts.trend("T", [("1", None)], None, str, share=True) == ""
    assert "NaN" not in indicator_charts.trend("T", [("1", 0.0)], None, str, share=True)
    assert "NaN" not in indicator_charts.trend("T", [("1", 1.0), ("2", 1.0)], None, str, share=True)
    assert "NaN" not in indicator_charts.trend("T", [("1", -5.0), ("2", 5.0)], None, str, share=False)
