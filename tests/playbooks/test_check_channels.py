"""A fallback, a choice by cost, a budget and a sequence that cannot work are told at their key, with what to do."""

from __future__ import annotations

import pytest

from huifang.domain.contact import Channel
from huifang.playbooks import wording
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads

PLAN = """
format: huifang/1
playbook: small
title: {zh: 小, en: Small}
about: {zh: 小, en: Small}
events:
  job: {title: {zh: 工作, en: Job}}
agreements:
  policy: {title: {zh: 保单, en: Policy}}
content:
  text: {title: {zh: 短信, en: Message}, channel: sms, text: {zh: 您好, en: Hello}}
programmes:
  call:
    title: {zh: 电话, en: Call}
    purpose: service
    when: {after: job, wait: 1 day}
    within: 1 day
    through: [phone]
    attempts: {at most: 3}
    fallback: {not reached: 3, day parts: 2, then: [sms]}
    send: [text]
  first: {title: {zh: 先, en: First}, purpose: service, when: {before: agreement.policy.ends, by: 30 days}, within: 1 day,
    through: [phone], sequence: renewal}
  second: {title: {zh: 后, en: Second}, purpose: service, when: {before: agreement.policy.ends, by: 9 days}, within: 1 day,
    through: [phone], sequence: renewal}
""".lstrip()


def found(old: str = "", new: str = "") -> list[tuple[str, str, str]]:
    problems = check_loaded(loads(PLAN.replace(old, new, 1)))
    assert all(problem.place.line and problem.remedy.zh and problem.remedy.en for problem in problems)
    return [(problem.code, problem.place.key, problem.severity) for problem in problems]


def test_a_plan_without_fault_has_no_problem() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("then: [sms]", "then: [email]", "check.no-content", "programmes › call › fallback › then › 1"),
        ("then: [sms]", "then: [sms, visit]", "check.fallback-by-hand", "programmes › call › fallback › then › 2"),
        ("through: [phone]", "through: [phone, survey]", "check.no-questionnaire", "programmes › call › through › 2"),
        ("through: [phone]", "through: [sms]", "check.fallback-nobody", "programmes › call › fallback"),
        ("not reached: 3", "not reached: 4", "check.fallback-late", "programmes › call › fallback › not reached"),
        ("ends, by: 9 days", "starts, by: 9 days", "check.sequence-source", "programmes › second › sequence"),
        ("{before: agreement.policy.ends, by: 9 days}", "{every: 1 month}", "check.sequence-source", "programmes › second › sequence"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_at_its_key(old: str, new: str, code: str, key: str) -> None:
    assert found(old, new) == [(code, key, "error")]


ASKED = """\
questionnaires: {q: {title: {zh: 问卷, en: Questions}, questions: [{key: overall, ask: {zh: 满意吗？, en: Satisfied?}, type: csat}]}}
"""


@pytest.mark.parametrize(
    ("through", "link", "fallback", "told"),
    [
        ("[phone, survey]", "{survey}", "[sms]", []),
        ("[phone, survey]", "", "[sms]", [("check.no-link", "programmes › call › through › 2")]),
        ("[phone]", "{survey}", "[sms, survey]", [("check.fallback-by-hand", "programmes › call › fallback › then › 2")]),
    ],
)
def test_a_survey_link_goes_by_a_message_that_carries_it(through: str, link: str, fallback: str, told: list[tuple[str, str]]) -> None:
    text = PLAN.replace("through: [phone]", f"through: {through}\n    ask: q", 1).replace("then: [sms]", f"then: {fallback}")
    said = "{zh: '您好LINK', en: 'Hello LINK'}".replace("LINK", link)
    loaded = loads(text.replace("{zh: 您好, en: Hello}", said).replace("content:\n", f"{ASKED}content:\n"))
    assert [(problem.code, problem.place.key) for problem in check_loaded(loaded)] == told
    call = loaded.playbook.programmes["call"]
    carried = (Channel.SMS,) if link and "survey" in through else ()
    assert loaded.playbook.ways(call) == (Channel.PHONE, *carried)


def test_the_cheapest_of_what_carries_the_link_is_looked_at_first() -> None:
    text = PLAN.replace("{zh: 您好, en: Hello}", "'{survey}'").replace(
        "through: [phone]", "through: [phone, survey, sms]\n    choose: cheapest", 1
    )
    book = loads(text + "costs: {phone: 3, sms: 0.1}\n").playbook
    assert book.ways(book.programmes["call"]) == (Channel.SMS, Channel.PHONE)


def test_a_sequence_may_follow_one_event() -> None:
    after = "{after: job, wait: 2 days}"
    text = PLAN.replace("{before: agreement.policy.ends, by: 30 days}", after).replace("{before: agreement.policy.ends, by: 9 days}", after)
    assert check_loaded(loads(text)) == []


@pytest.mark.parametrize(("new", "key"), [("choose: cheapest", "choose"), ("budget: 100", "budget")])
def test_without_costs_a_choice_by_cost_and_a_budget_are_doubtful(new: str, key: str) -> None:
    assert found("    send: [text]", f"    send: [text]\n    {new}") == [("check.no-cost", f"programmes › call › {key}", "warning")]
    with_costs = PLAN.replace("    send: [text]", f"    send: [text]\n    {new}") + "costs: {phone: 3, sms: 0.1}\n"
    assert check_loaded(loads(with_costs)) == []


def test_the_rule_is_read_aloud() -> None:
    call = loads(PLAN).playbook.programmes["call"]
    assert wording.how(call).zh == "电话；由门店任一回访员联络；最多尝试 3 次；3 次未联系上（分在 2 个时段），改发短信"
    cheap = loads(PLAN.replace("through: [phone]", "through: [phone, sms]\n    choose: cheapest", 1).replace(", day parts: 2", "")).playbook
    said = wording.how(cheap.programmes["call"]).en
    assert said.startswith("Phone, else SMS (the cheapest that reaches);")
    assert said.endswith("; not reached in 3 tries: SMS")
