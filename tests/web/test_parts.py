from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.http import QueryDict
from django.template import engines
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from huifang.app import formats
from huifang.app.queries.asking_together import Together
from huifang.app.queries.glance import masked
from huifang.app.web import asking, survey_charts, svg
from huifang.app.web.navigation import Link
from huifang.app.web.templatetags import admin_parts, huifang
from huifang.domain.words import Words
from huifang.playbooks.schema import Questionnaire


def test_all_parts_stand_on_one_page_for_administrators_and_on_demos(scene, signed_in, settings):
    assert signed_in(scene.administrator).get(reverse("design")).status_code == 200
    assert signed_in(scene.agent).get(reverse("design")).status_code == 404
    with override_settings(HUIFANG=replace(settings.HUIFANG, demo=True)):
        assert signed_in(scene.agent).get(reverse("design")).status_code == 200


def test_a_chart_has_a_title_a_label_and_its_figures():
    chart = svg.bars("Cases", [("A", 3), ("<b>", 1.5)])
    assert 'aria-label="Cases"' in chart
    assert "<title>Cases</title>" in chart
    assert '<td class="end">1.5</td>' in chart
    assert "<b>" not in chart
    assert "style=" not in chart + svg.line("Line", [("1", 4), ("2", 0)]) + svg.sparkline("Spark", [1, 1])
    assert svg.bars("", []) == svg.line("", []) == svg.sparkline("", []) == ""


def test_names_of_scale_points_leave_the_room_to_the_bars():
    slim, wide = (survey_charts.shares("Q", [(name, 3), ("5", 1200)], 1203) for name in ("1", "非常愿意推荐给朋友"))
    assert "chart-slim" in slim
    assert "chart-slim" not in wide
    assert "1,200 · 100 %" in slim
    assert svg.short("No answer, not even late") == "No answer, not even …"
    assert svg.short("非常愿意推荐给朋友和同事") == "非常愿意推荐给朋友和…"


def test_an_empty_place_leads_to_where_it_is_filled(scene, signed_in):
    part = '{% load huifang %}{% empty "users" "None" "Words" to="imports playbooks" %}'
    link = Link("Imports", "file-up", reverse("imports"), False, "", "")
    drawn = engines["django"].from_string(part)
    assert f'href="{link.url}"' in drawn.render({"links": [link]})
    assert "<a" not in drawn.render({"links": []})
    assert "<a" not in drawn.render({})


def test_a_number_is_grouped_and_zero_of_a_day_is_no_link():
    assert huifang.many(22620) == "22,620"
    assert huifang.many(None) == "–"
    assert ">1,280<" in huifang.badge(1280)
    assert [("badge-long" in huifang.badge("字" * number)) for number in (24, 25)] == [False, True]
    assert "<a" not in admin_parts.day_count("due", "day=2026-11-22", 0)
    assert "count-bad" in admin_parts.day_count("overdue", "day=2026-11-22&staff=1", 3, True)


def test_days_and_moments_are_said_as_people_say_them():
    today = date(2026, 11, 22)
    assert formats.day_words(today, "zh-hans") == "11月22日 周日"
    assert formats.near_day(today - timedelta(days=1), today, "zh-hans") == "昨天"
    assert formats.near_day(date(2026, 12, 20), today, "en") == "20 Dec"
    now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert formats.near_moment(now, now, "en") == "10:00"
    assert formats.near_moment(now + timedelta(days=1), now, "zh-hans") == "明天 10:00"
    assert formats.span_words(timedelta(seconds=20), "en") == "0 min"
    assert formats.money(None) == ""
    assert formats.money(1280) == "¥1,280.00"
    assert formats.money(-334.91) == "−¥334.91"
    assert formats.phone("+8613800002046") == "138 0000 2046"


def test_a_contact_point_is_masked_by_its_kind():
    assert masked("+8613800002046", "phone") == "138****2046"
    assert masked("wang@example.com", "email") == "w***@example.com"
    assert masked("深圳市南山区科技园南路12号", "address") == "深圳市南山区***"
    assert masked("wx_abc", "wecom") == "w***"


FORM = Questionnaire.model_validate(
    {
        "title": "t",
        "questions": [
            {"key": "kind", "ask": "?", "options": {"a": "A", "b": "B"}},
            {"key": "many", "ask": "?", "type": "multiple", "options": {"x": "X", "y": "Y"}},
            {"key": "grid", "ask": "?", "type": "matrix", "rows": {"r": "R", "s": "S"}},
            {"key": "sure", "ask": "?", "type": "yes-no"},
            {"key": "when", "ask": "?", "type": "date"},
            {"key": "nps", "ask": "?", "type": "nps", "ends": ["no", "yes"]},
            {"key": "sign", "ask": "?", "type": "signature"},
            {"key": "more", "ask": "?", "type": "text", "if": "sure and kind = 'a'"},
            {"key": "far", "ask": "?", "type": "number", "if": "nps >= 9 or grid > 4"},
        ],
    }
)
TOGETHER = Together("form", FORM, {question.key: Words("表", "Form") for question in FORM.questions})


def test_only_the_questions_whose_condition_holds_are_asked():
    shown = asking.asked(
        TOGETHER,
        {"kind": "a", "sure": "yes", "grid": {"r": "5", "s": "5"}, "many": ["x", "y"], "when": "2026-11-22"},
        {},
        date(2026, 11, 22),
        "en",
    )
    assert [question.key for question in shown][-2:] == ["more", "far"]
    assert [question.form for question in shown] == ["choice", "many", "lines", "choice", "date", "choice", "sign", "text", "number"]
    assert len(shown[5].options) == 11
    assert [option.chosen for option in shown[1].options] == [True, True]
    broken = asking.asked(TOGETHER, {"nps": "soon", "when": "never"}, {"nps": "!"}, date(2026, 11, 22), "en")
    assert [question.key for question in broken][-1] == "sign"
    assert asking.depends(FORM)


def test_posted_answers_become_plain_values():
    posted = QueryDict(
        "q.kind=a&q.many=x&q.many=y&q.grid.r=5&q.grid.s=oops&q.sure=no&q.when=2026-11-22&q.nps=9&q.more=&q.far=2.5&q.sign=x", mutable=True
    )
    assert asking.read(FORM, posted) == {
        "kind": "a", "many": ["x", "y"], "grid": {"r": 5}, "sure": False, "when": date(2026, 11, 22), "nps": 9, "far": 2.5, "sign": "x",
    }  # fmt: skip
    posted.setlist("q.nps", ["nan"])
    posted.setlist("q.sure", ["perhaps"])
    assert {"nps", "sure"}.isdisjoint(asking.read(FORM, posted))
    assert asking.read(None, posted) == {}
    shown = asking.asked(TOGETHER, {"sure": False, "nps": 9}, {}, date(2026, 11, 22), "en")
    assert [option.value for question in shown for option in question.options if option.chosen] == ["no", "9"]


def test_what_the_audit_trail_keeps_is_read_as_people_write_it():
    with translation.override("en"):
        told = admin_parts.told({"fitted": {"bg-nbd": True, "gamma-gamma": False}, "right": 0.9975442, "left": [1, "b"], "by": None})
    assert told == "fitted: bg-nbd: Yes, gamma-gamma: No, right: 0.9975, left: 1, b, by: –"
