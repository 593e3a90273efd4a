"""A condition is said by the titles of what it speaks of."""

import pytest

from huifang.domain.words import Words
from huifang.playbooks import library
from huifang.playbooks.comparison import changes
from huifang.playbooks.schema import Questionnaire
from huifang.playbooks.spoken_conditions import Known, known, spoken

SHOP = library.read("repair-shop").playbook
HERE = Known(
    {
        "jobs": Words("维修次数", "jobs"), "last": Words("最近结算", "last job"), "ends": Words("到期日", "the end"),
        "lost": Words("流失客户", "Lost"), "well": Words("“身体好吗”", "“Are you well”"), "way": Words("方式", "way"),
    },
    {("way", "car"): Words("自驾", "by car")},
    frozenset({"lost"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("jobs >= 4 and jobs <> 9", "维修次数 ≥ 4，且维修次数 ≠ 9", "jobs ≥ 4 and jobs ≠ 9"),
        ("(jobs < 4 or jobs > 9) and lost", "（维修次数 < 4，或维修次数 > 9），且属于“流失客户”", "(jobs < 4 or jobs > 9) and in “Lost”"),
        ("not lost", "不属于“流失客户”", "not in “Lost”"),
        ("well", "“身体好吗”为是", "“Are you well”: yes"),
        ("not well", "“身体好吗”为否", "“Are you well”: no"),
        ("not (jobs = 1)", "并非（维修次数 = 1）", "not (jobs = 1)"),
        ("last is null", "没有最近结算", "no last job"),
        ("last is not null", "有最近结算", "last job is there"),
        ("months_since(last) >= 6", "距最近结算满 6 个月", "at least 6 months since last job"),
        ("days_since(last) > 30", "距最近结算超过 30 天", "more than 30 days since last job"),
        ("days_until(ends) <= 30", "离到期日不超过 30 天", "at most 30 days until the end"),
        (
            "coalesce(days_since(last), 999) < 7",
            "距最近结算不到 7 天（没有时按 999）",
            "less than 7 days since last job (999 where there is none)",
        ),
        ("way = 'car'", "方式为“自驾”", "way is “by car”"),
        ("way <> 'bus'", "方式不为“bus”", "way is not “bus”"),
        ("way in ('car', 'bus')", "方式是 “自驾”、“bus” 之一", "way is one of “by car”, “bus”"),
        ("jobs in (1, 2)", "维修次数是 1、2 之一", "jobs is one of 1, 2"),
        ("contains(way, 'ca')", "方式含“ca”", "way contains “ca”"),
        ("jobs > -1 or jobs < -jobs", "维修次数 > -1，或维修次数 < −维修次数", "jobs > -1 or jobs < −jobs"),
        ("jobs * 2 - jobs / 3 > spent + 1", "((维修次数 × 2) − (维修次数 ÷ 3)) > (spent + 1)", "((jobs × 2) − (jobs ÷ 3)) > (spent + 1)"),
        ("jobs > months_since(last)", "维修次数 > 距最近结算的月数", "jobs > months since last job"),
        ("least(jobs, 3) = 3", "least(维修次数，3) = 3", "least(jobs, 3) = 3"),
        ("well = true", "“身体好吗” = 是", "“Are you well” = yes"),
        ("well = false", "“身体好吗” = 否", "“Are you well” = no"),
        ("lower('A') = 'a'", "lower(“A”)为“a”", "lower(“A”) is “a”"),
        ("coalesce(well, jobs > 1)", "coalesce(“身体好吗”，维修次数 > 1)", "coalesce(“Are you well”, jobs > 1)"),
    ],
)
def test_a_condition_is_said_in_both_languages(text, zh, en):
    assert spoken(text, HERE) == Words(zh, en)


def test_a_playbook_gives_titles_of_facts_classes_ladders_attributes_and_options():
    by = known(SHOP)
    said = spoken("months_since(last_job) >= 6 and coalesce(days_since(last_received), 999) > 30 and open_cases = 0", by)
    assert "_" not in said.zh + said.en
    assert spoken("reason in ('quality', 'service')", by).zh.startswith("“")
    hospital = known(library.read("hospital").playbook)
    assert "surgery" not in spoken("surgery", hospital).zh


def test_a_question_that_is_asked_in_two_ways_keeps_its_key():
    one, other = ({"title": "Q", "questions": [{"key": "ok", "ask": text}]} for text in ("Well?", "Fine?"))
    asked = {"one": Questionnaire.model_validate(one), "other": Questionnaire.model_validate(other)}
    assert spoken("ok", known(SHOP.model_copy(update={"questionnaires": asked}))).en == "ok: yes"


def test_two_conditions_that_read_the_same_are_still_told_apart():
    day_after = SHOP.programmes["day-after"]
    other = day_after.model_copy(update={"still": f"{day_after.still} "})
    newer = SHOP.model_copy(update={"programmes": {**SHOP.programmes, "day-after": other}})
    assert [change.rule.en for change in changes(SHOP, newer)] == ["How conditions are written"]
    assert not changes(SHOP, SHOP)
