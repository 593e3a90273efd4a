"""The line that says why: for every kind of trigger, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.engine.reasons import because, ruling
from tests.engine.planning import playbook

DAY = date(2026, 11, 20)
SETTLED = {
    "job.settled": {
        "title": {"zh": "结算", "en": "settlement"},
        "attributes": {"next_service": {"title": {"zh": "下次保养日", "en": "next service"}}},
    }
}
WARRANTY = {"warranty": {"title": {"zh": "质保", "en": "warranty"}}}


def row(**more: object) -> dict[str, object]:
    given = {
        "playbook": "shop", "programme": "call", "rule": "planned.first", "cause_day": date(2026, 11, 19), "due": DAY, "deadline": DAY,
    }  # fmt: skip
    return {**given, **more}


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ({"after": "job.settled", "wait": "1 d"}, "11月19日结算后第1天", "1 day after settlement on 19 Nov"),
        ({"after": "visit", "wait": "1 d"}, "11月19日visit后第1天", "1 day after visit on 19 Nov"),
        ({"before": "birthday", "by": "1 d"}, "11月19日生日后1天", "1 day after the birthday on 19 Nov"),
        ({"before": "agreement.warranty.ends", "by": "1 d"}, "11月19日质保到期后1天", "1 day after warranty ends on 19 Nov"),
        ({"before": "agreement.loan.starts", "by": "1 d"}, "11月19日loan开始后1天", "1 day after loan starts on 19 Nov"),
        ({"before": "attribute.job.settled.next_service", "by": "1 d"}, "11月19日下次保养日后1天", "1 day after next service on 19 Nov"),
        ({"before": "attribute.renewal", "by": "1 d"}, "11月19日renewal后1天", "1 day after renewal on 19 Nov"),
        ({"lapse": "job.settled", "exactly": "6 months"}, "上次结算11月19日，已满6个月", "6 months since the last settlement on 19 Nov"),
        ({"every": "3 months"}, "每3个月一次", "every 3 months"),
        ({"festival": "mid-autumn"}, "11月19日中秋节后1天", "1 day after Mid-Autumn Festival on 19 Nov"),
        ({"becomes": "visits > 1"}, "11月19日起符合条件", "condition holds since 19 Nov"),
        ({"on": "request", "wait": "1 d"}, "11月19日要求再访", "asked for on 19 Nov"),
    ],
)
def test_each_trigger_has_its_words(when: dict[str, str], zh: str, en: str):
    book = playbook({"call": {"when": when}}, events=SETTLED, agreements=WARRANTY)
    said = because([row()], {"shop": book}, DAY)
    assert said.zh == f"{zh} · call · 最迟今天"
    assert said.en == f"{en} · call · today at the latest"


def test_overdue_and_coming_deadlines_and_the_other_reasons():
    book = playbook({"call": {}, "greet": {}})
    rows = [row(programme="greet", rule="bundled.same-person", deadline=date(2026, 11, 25)), row(deadline=date(2026, 11, 19))]
    said = because(rows, {"shop": book}, DAY)
    assert said.zh == "11月19日要求再访 · call · 已逾期1天；另有 11月19日要求再访 · greet · 最迟11月25日"
    assert said.en.endswith("greet · by 25 Nov")


def test_the_ruling_is_filled_with_its_figures():
    capped = row(rule="deferred.cap", detail='{"per": "30 days", "at_most": 2, "used": 2}', until=DAY)
    assert ruling(capped).en == "Contact cap reached: at most 2 in 30 days, there are 2"
    assert ruling(row(rule="held-out.draw", detail='{"share": 0.1}')).zh == "抽入对照组（10%）"


def test_a_row_without_its_days_is_refused():
    with pytest.raises(TypeError, match="not a day"):
        because([row(due=None)], {"shop": playbook({"call": {}})}, DAY)


@pytest.mark.parametrize(
    ("when", "cause_day", "zh", "en"),
    [
        (
            {"before": "attribute.inspection_due", "by": "30 d"},
            date(2026, 12, 20),
            "12月20日年检到期前30天",
            "30 days before inspection on 20 Dec",
        ),
        ({"before": "birthday", "by": "0 d"}, DAY, "11月20日生日当天", "on the day of the birthday, 20 Nov"),
        ({"festival": "spring", "before": "1 d"}, date(2026, 11, 21), "11月21日春节前1天", "1 day before Spring Festival on 21 Nov"),
    ],
)
def test_before_a_day_and_on_it(when: dict[str, str], cause_day: date, zh: str, en: str):
    titled = {"inspection_due": {"title": {"zh": "年检到期日", "en": "inspection"}, "type": "date"}}
    book = playbook({"call": {"when": when}}, attributes=titled)
    said = because([row(cause_day=cause_day)], {"shop": book}, DAY)
    assert (said.zh.split(" · ")[0], said.en.split(" · ")[0]) == (zh, en)


def test_the_ruling_says_days_and_spans_as_people_do():
    capped = row(rule="expired.cap", detail='{"per": "30 days", "at_most": 2, "used": 2, "next": "2026-12-01"}', expires=DAY)
    assert ruling(capped).zh == "联络已达上限：30天内最多 2 次，已有 2 次；下一可行日12月1日已过最后日期11月20日"
    assert ruling(row(rule="deferred.retry-later", detail=None, until=DAY)).zh == "上次未联络成功，11月20日再试"
