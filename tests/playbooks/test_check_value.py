"""What `value` says is checked before anything is learned from it."""

from __future__ import annotations

import pytest

from huifang.domain.errors import PlaybookError
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads

PLAN = """
format: huifang/1
playbook: small
title: {zh: 小, en: Small}
about: {zh: 小, en: Small}
events:
  order: {title: {zh: 订单, en: Order}}
agreements:
  contract: {title: {zh: 合同, en: Contract}}
classes:
  best: {when: recency_score >= 2 and p_active > 0.5, title: {zh: 最好, en: Best}}
ladders:
  tier: {title: {zh: 层, en: Tier}, steps: {a: {when: money_score = 3, title: {zh: A, en: A}}, z: {when: else, title: {zh: Z, en: Z}}}}
value:
  purchases: [order]
  contracts: [contract]
  active for: 90 days
  window: 1 year
  recency: [30 days, 3 months]
  frequency: [top 20 %, "12", top 50 %, "3"]
  money: [top 5 %, top 12.5%]
programmes:
  day-after: {title: {zh: 次日, en: Day after}, purpose: service, when: {after: order, wait: 1 day}, within: 1 day, through: [phone]}
"""


def codes(text: str) -> dict[str, int | None]:
    return {problem.code: problem.place.line for problem in check_loaded(loads(text)) if problem.severity == "error"}


def test_a_right_one_has_no_problem() -> None:
    assert codes(PLAN) == {}


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("purchases: [order]", "purchases: [ordre]", "check.unknown-name", 15),
        ("contracts: [contract]", "contracts: [policy]", "check.unknown-name", 16),
        ("window: 1 year", "window: 3 working days", "check.value-span", 18),
        ("active for: 90 days", "active for: 9 h", "check.value-span", 17),
        ("recency: [30 days, 3 months]", "recency: [3 h]", "check.value-span", 19),
        ("recency: [30 days, 3 months]", "recency: [3 months, 30 days]", "check.cut-order", 19),
        ('"12", top 50 %, "3"', '"3", top 50 %, "12"', "check.cut-order", 20),
        ("money: [top 5 %, top 12.5%]", "money: [top 20 %, top 5 %]", "check.cut-order", 21),
        ("  recency: [30 days, 3 months]\n", "", "check.no-cuts", 11),
        ("  money: [top 5 %, top 12.5%]\n", "", "check.no-cuts", 13),
    ],
)
def test_what_cannot_work_is_told_with_its_line(before: str, after: str, code: str, line: int) -> None:
    assert before in PLAN
    assert codes(PLAN.replace(before, after)) == {code: line}


def test_scores_need_a_part_value() -> None:
    without = PLAN[: PLAN.index("value:")] + PLAN[PLAN.index("programmes:") :]
    assert set(codes(without)) == {"check.no-cuts"}


def test_a_condition_that_cannot_be_read_is_told_once() -> None:
    assert set(codes(PLAN.replace("when: money_score = 3", "when: money_score ="))) == {"expression.unreadable"}


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(PlaybookError) as refused:
        loads(PLAN.replace("  purchases: [order]\n  contracts: [contract]\n", ""))
    assert refused.value.problems[0].what.en == "It does not say what to learn from."
    assert refused.value.problems[0].place.line == 14


def test_a_cut_that_is_none_is_refused() -> None:
    with pytest.raises(PlaybookError) as refused:
        loads(PLAN.replace("top 5 %, top 12.5%", "top 500 %"))
    assert refused.value.problems[0].place.line == 21
