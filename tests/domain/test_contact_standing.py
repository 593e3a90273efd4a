"""Where a customer stands, in sentences with their figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from huifang.domain.contact_guard import guard
from huifang.domain.contact_standing import BY_RULE, Standing, sentences
from huifang.domain.emotional_account import Movement, account
from huifang.domain.words import Words

DAY = date(2026, 6, 30)
LINES = [(date(2026, 6, 1), Movement.PRAISED), (date(2026, 5, 2), Movement.BOUGHT), (date(2026, 5, 1), Movement.KEPT_IN_TOUCH)]
LI = Standing(
    class_title=Words("常来 · 高额", "often, high value"), engaged=True, expected_effect=0.12, index=84.5, at_once=30.25, plans_ahead=True,
    reliability=0.71, observations=18, calls=(date(2026, 6, 1), date(2026, 3, 4)), account=account(LINES, DAY), guard=guard(33, 1_000),
)  # fmt: skip


def said(language: str, **changed: object) -> str:
    return "\n".join(words.say(language) for words in sentences(replace(LI, **changed), DAY))


def test_everything_is_said_with_its_figures():
    assert said("en").splitlines() == [
        "The customer is engaged. Expected effect of a contact now: +12 percentage points of being engaged next period.",
        "A contact now is worth ¥84.50, of which ¥30.25 within one period.",
        "From 18 periods of the customer's own and those of the class “often, high value”; data suffice to look ahead (reliability 71%).",
        "Last contacts: 2026-06-01, 2026-03-04 (29 days ago).",
        "Emotional account +3 (latest: praised us +3, bought again +1, a relationship contact -1).",
        (
            "Why slower: of 1,000 contacts with the class “often, high value” 33 were complained about (estimate 2.9%, upper end 3.8%); "
            "to stay below 5% the gap is 2.2 times as long."
        ),
    ]
    assert said("zh").splitlines() == [
        "客户目前往来活跃。此刻联络的预期效果：下期活跃的可能性 +12 个百分点。",
        "此刻联络的价值为 ¥84.50，其中下一期内 ¥30.25。",
        "依据本人 18 期的往来和“常来 · 高额”客户的经验；数据足够（可靠度 71%），已考虑长远。",
        "最近的联络：2026-06-01、2026-03-04（距今 29 天）。",
        "情感账户余额 +3（最近：客户表扬 +3，再次消费 +1，关系维护联络 -1）。",
        "放慢：“常来 · 高额”客户 1,000 次联络中有 33 次抱怨打扰（估计 2.9%，上限 3.8%），为不到 5%，联络间隔延长为 2.2 倍。",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"index": -3.0, "engaged": False}, "a contact now is worth -¥3.00: not worth making"),
        ({"plans_ahead": False, "observations": 1}, "From 1 period of the customer's own"),
        ({"plans_ahead": False}, "data are thin (reliability 71%), so the near effect decides"),
        ({"calls": ()}, "No contacts lately."),
        ({"calls": (date(2026, 6, 29),)}, "(1 day ago)"),
        ({"account": account([(DAY, Movement.COMPLAINED)], DAY)}, "The balance is below zero: service contacts only."),
        ({"account": account([], DAY)}, "Emotional account +0."),
        ({"guard": guard(80, 1_000)}, "Paused: of 1,000 contacts"),
    ],
)  # fmt: skip
def test_what_differs_is_said(changed, expected):
    assert expected in said("en", **changed)


def test_a_class_at_its_usual_pace_needs_no_sentence():
    assert "slower" not in said("en", guard=guard(0, 1_000))
    assert "放慢" not in said("zh", guard=guard(0, 1_000))


def test_where_a_rule_stands_in_it_says_so_and_why():
    rule = {"expected_effect": None, "by_rule": BY_RULE["thin"]}
    text = said("en", **rule)
    assert "What a contact changes is not known yet." in text
    assert "By the rule a contact now is worth ¥84.50." in text
    assert "Too few contacts to learn from, so for now by the rule: customers who drift" in text
    assert "By the rule a contact now is not worth making." in said("en", **rule, index=0.0)
    assert "模型未能拟合，暂按规则" in said("zh", expected_effect=None, by_rule=BY_RULE["failed"])
