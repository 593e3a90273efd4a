"""What is written in the right shape and still cannot work is told, with its line."""

from __future__ import annotations

import pytest

from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from huifang.playbooks.placeholders import places_in

PLAN = """
format: huifang/1
playbook: small
title: {zh: 小, en: Small}
about: {zh: 小, en: Small}
time zone: Asia/Shanghai
calendar: {hours: ["09:00-12:00", "13:00-18:00"]}
attributes: {due: {title: {zh: 到期, en: Due date}, type: date}}
events:
  job: {title: {zh: 工作, en: Job}, attributes: {plate: {title: {zh: 车牌, en: Plate}}, next: {title: {zh: 下次, en: Next}, type: date}}}
agreements: {warranty: {title: {zh: 质保, en: Warranty}, attributes: {cover: {title: {zh: 保额, en: Cover}}}}}
facts:
  jobs: count(job)
classes:
  loyal: {when: jobs >= 3, title: {zh: 忠诚, en: Loyal}}
ladders:
  tier:
    title: {zh: 等级, en: Tier}
    steps: {gold: {when: jobs >= 9, title: {zh: 金, en: Gold}}, basic: {when: else, title: {zh: 普通, en: Basic}}}
questionnaires:
  q:
    title: {zh: 问, en: Questions}
    satisfied: overall >= 3
    questions:
      - {key: overall, ask: {zh: 满意吗, en: Satisfied}, type: csat}
      - {key: why, ask: {zh: 为什么, en: Why}, type: multiple, if: overall <= 2,
         options: {price: {zh: 价格, en: Price}, speed: {zh: 速度, en: Speed}}}
scripts:
  s:
    title: {zh: 话术, en: Script}
    steps: [{title: {zh: 问, en: Ask}, say: {zh: "{customer}您好", en: "Hello {customer}"}, if: loyal,
             branches: [{title: {zh: 好, en: Good}, say: {zh: 谢谢, en: Thanks}, if: satisfied}]}]
content:
  sms: {title: {zh: 短信, en: Message}, channel: sms, text: {zh: "{event.plate}{survey}", en: "{event.plate} {survey}"}, for: loyal}
programmes:
  after:
    title: {zh: 次日, en: Day after}
    purpose: service
    when: {after: job, wait: 1 day, where: amount > 3 and nth = 1}
    for: loyal
    still: open_cases = 0
    value: jobs
    within: 1 day
    expires: 3 days
    coverage: 90 %
    through: [phone, sms, survey]
    hours: ["10:00-12:00"]
    script: s
    ask: q
    send: [sms]
    on answer: [{if: satisfied and jobs > 1 and amount > 1, open case: c, follow up: again}]
    registers: [r]
  again: {title: {zh: 再, en: Again}, purpose: service, when: {on: request, wait: 1 day},
    within: 1 day, through: [phone]}
  lapse: {title: {zh: 流失, en: Lost}, purpose: service, when: {lapse: job, exactly: 6 months}, within: 1 day, through: [phone]}
  cadence: {title: {zh: 定期, en: Regular}, purpose: service, when: {every: 6 months, since: job}, within: 1 day, through: [phone]}
  festival: {title: {zh: 节日, en: Festival}, purpose: service, when: {festival: mid-autumn, after: 1 day}, within: 1 day, through: [phone]}
  becomes: {title: {zh: 变成, en: Becomes}, purpose: service, when: {becomes: loyal}, within: 1 day, through: [phone]}
  before: {title: {zh: 到期前, en: Before}, purpose: service, when: {before: attribute.job.next, by: 3 days},
    within: 1 day, through: [phone]}
cases: {c: {title: {zh: 工单, en: Case}, first answer: 1 h, solve: 1 day, revisit: again}}
registers: {r: {title: {zh: 表, en: Register}, programmes: [after], columns: [{value: answer.overall, title: {zh: 满意, en: Overall}}]}}
reports: {m: {title: {zh: 月报, en: Monthly}, period: month, programmes: [after]}}
targets: {t: {title: {zh: 目标, en: Target}, indicator: coverage, programme: after}}
""".lstrip()


def test_a_plan_without_fault_has_no_problem() -> None:
    assert [problem.say("en") for problem in check_loaded(loads(PLAN))] == []


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("script: s", "script: other", "check.unknown-name", "programmes › after › script"),
        ("ask: q", "ask: other", "check.unknown-name", "programmes › after › ask"),
        ("send: [sms]", "send: [sms, other]", "check.unknown-name", "programmes › after › send › 2"),
        ("registers: [r]", "registers: [x]", "check.unknown-name", "programmes › after › registers › 1"),
        ("open case: c", "open case: x", "check.unknown-name", "programmes › after › on answer › 1 › open case"),
        ("follow up: again", "follow up: lapse", "check.not-on-request", "programmes › after › on answer › 1 › follow up"),
        ("follow up: again", "follow up: xx", "check.unknown-name", "programmes › after › on answer › 1 › follow up"),
        ("{after: job, wait", "{after: jobs, wait", "check.unknown-name", "programmes › after › when › after"),
        ("lapse: job,", "lapse: jobs,", "check.unknown-name", "programmes › lapse › when › lapse"),
        ("since: job", "since: jobs", "check.unknown-name", "programmes › cadence › when › since"),
        ("mid-autumn", "mid-automn", "check.unknown-name", "programmes › festival › when › festival"),
        ("attribute.job.next", "attribute.job.plate", "check.unknown-date", "programmes › before › when › before"),
        ("revisit: again", "revisit: lapse", "check.not-on-request", "cases › c › revisit"),
        ("answer.overall, title", "answer.overal, title", "check.unknown-name", "registers › r › columns › 1 › value"),
        ("programmes: [after], columns", "programmes: [afte], columns", "check.unknown-name", "registers › r › programmes › 1"),
        ("month, programmes: [after]", "month, programmes: [x]", "check.unknown-name", "reports › m › programmes › 1"),
        ("programme: after}", "programme: x}", "check.unknown-name", "targets › t › programme"),
        ("jobs: count(job)", "jobs: count(jop)", "fact.event", "facts › jobs"),
        ("loyal: {when: jobs >= 3", "loyal: {when: jobs", "condition.type", "classes › loyal › when"),
        ("loyal: {when: jobs >= 3", "loyal: {when: jobz >= 3", "expression.unknown-name", "classes › loyal › when"),
        ("loyal: {when", "jobs: {when: jobs > 1, title: {zh: 一, en: One}}\n  loyal: {when", "check.name-taken", "classes › jobs"),
        ("gold: {when: jobs >= 9", "gold: {when: else", "check.else-last", "ladders › tier › steps › gold › when"),
        ("value: jobs", "value: loyal", "condition.type", "programmes › after › value"),
        ("satisfied: overall >= 3", "satisfied: overall", "condition.type", "questionnaires › q › satisfied"),
        ("if: overall <= 2", "if: later <= 2", "expression.unknown-name", "questionnaires › q › questions › 2 › if"),
        ("nth = 1", "plat = 'a'", "expression.unknown-name", "programmes › after › when › where"),
        ("becomes: loyal}", "becomes: loyel}", "expression.unknown-name", "programmes › becomes › when › becomes"),
        ("if: satisfied and", "if: happy and", "expression.unknown-name", "programmes › after › on answer › 1 › if"),
        ("if: loyal,\n", "if: loyl,\n", "expression.unknown-name", "scripts › s › steps › 1 › if"),
        ("Asia/Shanghai", "Asia/Peking", "check.time-zone", "time zone"),
        ('"13:00-18:00"', '"11:00-18:00"', "check.hours-overlap", "calendar › hours › 2"),
        ('["10:00-12:00"]', '["12:00-10:00"]', "check.hours-reversed", "programmes › after › hours › 1"),
        ("expires: 3 days", "expires: 2 h", "check.expires-first", "programmes › after › expires"),
        ("[phone, sms, survey]", "[phone, email]", "check.no-content", "programmes › after › through › 2"),
        ("    ask: q\n", "", "check.no-questionnaire", "programmes › after › through › 3"),
        ("{key: overall,", "{key: why,", "check.question-twice", "questionnaires › q › questions › 2 › key"),
        ("type: csat", "type: single", "check.no-options", "questionnaires › q › questions › 1 › key"),
        ("type: csat", "type: matrix", "check.no-rows", "questionnaires › q › questions › 1 › key"),
        ("type: csat", "type: csat, scale: [5, 1]", "check.scale", "questionnaires › q › questions › 1 › scale"),
        (
            "type: multiple",
            "type: multiple, scores: {prize: 1}",
            "check.unknown-name",
            "questionnaires › q › questions › 2 › scores › prize",
        ),
        ("您好", "您好{custmer}", "check.placeholder", "scripts › s › steps › 1 › say"),
        ("您好", "您好{survey}", "check.placeholder", "scripts › s › steps › 1 › say"),
        ("{zh: 月报, en: Monthly}", "{zh: 月报, en: ''}", "check.empty-words", "reports › m › title"),
    ],
)
def test_a_fault_is_told_at_its_key(old: str, new: str, code: str, key: str) -> None:
    assert old in PLAN
    found = check_loaded(loads(PLAN.replace(old, new, 1)))
    assert (code, key, "error") in [(problem.code, problem.place.key, problem.severity) for problem in found]
    assert all(problem.place.line for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[phone, sms, survey]", "[sms, survey]", "check.coverage"),
        ("{zh: 月报, en: Monthly}", "Monthly report", "check.one-language"),
        ("speed: {zh: 速度", "price_high: {zh: 速度", "check.option-part"),
    ],
)
def test_what_is_only_doubtful_is_a_warning(old: str, new: str, code: str) -> None:
    found = check_loaded(loads(PLAN.replace(old, new, 1)))
    assert [(problem.code, problem.severity) for problem in found] == [(code, "warning")]


def test_a_plan_for_another_country_says_its_time_zone() -> None:
    """Else Shanghai's hours would be taken for the customers' own."""
    abroad = PLAN.replace("calendar: {hours", "calendar: {country: US, hours")
    problems = check_loaded(loads(abroad.replace("time zone: Asia/Shanghai\n", "")))
    assert [(each.code, each.severity) for each in problems] == [("check.time-zone-unsaid", "error")]
    assert check_loaded(loads(abroad)) == []


def test_a_programme_that_nothing_asks_for_is_a_warning() -> None:
    text = PLAN.replace(", follow up: again", "").replace(", revisit: again", "")
    assert [problem.code for problem in check_loaded(loads(text))] == ["check.never-requested"]


def test_places_are_what_stands_between_braces() -> None:
    assert places_in("a {b} c {d.e}") == ["b", "d.e"]
