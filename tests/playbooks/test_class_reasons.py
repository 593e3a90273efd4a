"""Every class says why, with the customer's own figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huifang.domain.words import Words
from huifang.playbooks.class_reasons import About, Reasons, Standing
from tests.engine.business import playbook

DAY = date(2026, 6, 30)
SHOP = playbook(
    events={"job": {"title": "t"}},
    attributes={"vip": {"title": {"zh": "贵宾", "en": "VIP"}, "type": "boolean"}, "city": {"title": {"zh": "城市", "en": "City"}}},
    facts={
        "jobs": {"value": "count(job)", "title": {"zh": "次数", "en": "Jobs"}},
        "spent": {"value": "sum(job.amount)", "title": {"zh": "消费", "en": "Spent"}},
        "last": {"value": "last(job)", "title": {"zh": "上次到店", "en": "Last job"}},
        "likely": "p_active * 100",
    },
)


VALUES = {
    "jobs": 9, "spent": 12300.5, "last": date(2026, 6, 18), "vip": True, "city": "上海", "p_active": 0.834, "likely": 83.4,
}  # fmt: skip


def reasons(when: str, **more: Any) -> list[Standing]:
    rule = playbook(classes={"x": {"when": when, "title": "t"}}).classes
    return list(Reasons(SHOP.model_copy(update={"classes": rule})).standings(About(VALUES, DAY, **more)))


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("jobs >= 4 and spent >= 6000", "次数 9（≥ 4），消费 12,300.5（≥ 6,000）", "Jobs 9 (≥ 4), Spent 12,300.5 (≥ 6,000)"),
        ("days_since(last) <= 30", "上次到店距今 12 天（≤ 30）", "Last job 12 days ago (≤ 30)"),
        ("jobs > 99 or spent > 1", "消费 12,300.5（> 1）", "Spent 12,300.5 (> 1)"),
        ("jobs > 1 or spent > 1", "次数 9（> 1）", "Jobs 9 (> 1)"),
        ("vip", "贵宾", "VIP"),
        ("not vip or city = '上海'", "城市 上海（= 上海）", "City 上海 (= 上海)"),
        ("p_active >= 0.7", "仍在购买的概率 83%（≥ 70%）", "Chance of being active 83% (≥ 70%)"),
        ("customer_value is null", "未来 12 个月预计消费 无", "Spending expected in 12 months none"),
        ("spent / jobs > 100 and vip = true", "次数 9，消费 12,300.5，贵宾 是（= 是）", "Jobs 9, Spent 12,300.5, VIP yes (= yes)"),
        ("not (vip = false)", "贵宾 是", "VIP yes"),
    ],
)
def test_a_reason_names_the_parts_that_hold(when: str, zh: str, en: str) -> None:
    (found,) = reasons(when)
    assert found.reason == Words(zh, en)


def test_a_class_that_does_not_hold_is_not_there() -> None:
    assert reasons("jobs < 4") == []


def test_a_score_says_the_figure_and_the_cut_behind_it() -> None:
    said = {"p_active": Words("12 天前", "12 days ago")}
    (found,) = reasons("p_active >= 0.7 and likely > 3", said=said, models={"p_active": "bg-nbd"})
    assert found.reason.en.startswith("12 days ago, likely 83.4 (> 3)")
    assert found.by == "model"


def test_a_class_on_a_number_of_the_rule_is_marked() -> None:
    (found,) = reasons("vip and p_active >= 0.7", models={"p_active": "rule", "customer_value": "bg-nbd"})
    assert found.by == "rule"
    assert found.reason.zh.endswith("（按规则：未能拟合模型）")
    assert found.reason.en.endswith("(by the rule: no model could be fitted)")


def test_a_fact_made_of_a_learned_number_carries_its_mark() -> None:
    about = About({"likely": 3.0}, DAY, models={"p_active": "rule"})
    shop = SHOP.model_copy(update={"classes": playbook(classes={"x": {"when": "likely > 1", "title": "t"}}).classes})
    assert [one.by for one in Reasons(shop).standings(about)] == ["rule"]


def test_a_score_by_cuts_stands_on_facts() -> None:
    (found,) = reasons("recency_score is null or recency_score >= 1", models={"recency_score": "rfm"})
    assert found.by == "facts"


@pytest.mark.parametrize(
    ("jobs", "step", "said", "by"),
    [(9, "gold", "jobs 9 (≥ 5)", "facts"), (1, "basic", "none of the steps above holds: jobs 1, Chance of being active 10% (", "rule")],
)
def test_a_ladder_gives_the_first_step_that_holds(jobs: int, step: str, said: str, by: str) -> None:
    steps = {"gold": {"when": "jobs >= 5", "title": "t"}, "basic": {"when": "else", "title": "t"}}
    if by == "rule":
        steps = {"silver": {"when": "p_active >= 0.9", "title": "t"}, **steps}
    shop = playbook(facts={"jobs": "count(job)"}, events={"job": {"title": "t"}}, ladders={"tier": {"title": "t", "steps": steps}})
    (found,) = Reasons(shop).standings(About({"jobs": jobs, "p_active": 0.1}, DAY, models={"p_active": "rule"}))
    assert (found.name, found.step, found.by) == ("tier", step, by)
    assert found.reason.en.startswith(said)


def test_no_step_may_hold() -> None:
    shop = playbook(ladders={"tier": {"title": "t", "steps": {"a": {"when": "p_active > 0.5", "title": "t"}}}})
    assert list(Reasons(shop).standings(About({}, DAY))) == []
