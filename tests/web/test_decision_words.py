"""The rule behind a decision is said in one language at a time, whatever figures it came with."""

import re
from datetime import date

import pytest

from huifang.app.queries.decision_words import rule_words
from huifang.engine.rules import RULES

FIGURES = {
    "per": "5 days",
    "at_most": 4,
    "used": 4,
    "share": "0.1",
    "zone": "",
    "calendar": "",
    "next": "2026-11-25",
    "budget": 500,
    "spent": 480,
    "balance": -3,
    "days": 8,
}
DAYS = {"until": date(2026, 11, 25), "due": "2026-11-23", "expires": date(2026, 11, 30), "attempts": 3}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_is_said_in_chinese_without_english_and_without_raw_days(rule):
    said = rule_words({"rule": rule, "detail": FIGURES, **DAYS})
    assert said is not None
    assert not re.search(r"days?\b|2026-|\{", said.zh), said.zh
    assert not re.search(r"2026-|\{", said.en), said.en


def test_a_gap_is_said_with_its_length():
    said = rule_words({"rule": "deferred.gap" if "deferred.gap" in RULES else "gap", "detail": {"per": "5 days"}})
    assert said is not None
    assert (said.zh, said.en) == ("距上次联络不足5天", "Less than 5 days since the last contact")


def test_an_unknown_rule_says_nothing():
    assert rule_words({"rule": "no-such-rule"}) is None
