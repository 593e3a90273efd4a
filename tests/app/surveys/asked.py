"""A shop that asks by link: a named questionnaire with every type, an anonymous one, messages that carry the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from huifang.app.records.models import Branch, Customer, FollowUp, PlaybookVersion, Role, Staff, SurveyInvitation
from huifang.app.services import playbooks, survey_links
from tests.app.cast import _staff, customer

NOW = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
"""Ten twenty of a Tuesday in Shanghai."""
PLAYBOOK = """\
format: huifang/1
playbook: link-shop
title: {zh: 安达汽修, en: Anda Repairs}
about: {zh: 链接问卷, en: Questionnaires by link}
events:
  job.settled: {title: {zh: 结算, en: Settled}}
questionnaires:
  after-job:
    title: {zh: 维修满意度, en: About your repair}
    intro: {zh: 请打分, en: "Please rate, 5 being best."}
    version: 3
    per page: 2
    remind: {wait: 2 days, at most: 1}
    questions:
      - {key: quality, ask: {zh: 修好了吗？, en: Was it repaired?}, type: csat, required: true}
      - {key: recommend, ask: {zh: 会推荐吗？, en: Would you recommend us?}, type: nps}
      - {key: why, ask: {zh: 哪里不满意？, en: What was wrong?}, type: text, if: quality <= 2, required: true}
      - {key: again, ask: {zh: 还会来吗？, en: Will you come again?}, type: yes-no}
  quarterly:
    title: {zh: 匿名调研, en: Anonymous survey}
    anonymous: true
    questions:
      - {key: overall, ask: {zh: 总体, en: Overall}, type: csat, required: true}
      - key: kinds
        ask: {zh: 用过什么, en: What did you use}
        type: multiple
        options: {wash: {zh: 洗车, en: Wash}, repair: {zh: 维修, en: Repair}}
      - {key: grid, ask: {zh: 逐项, en: Each}, type: matrix, rows: {desk: {zh: 前台, en: Desk}, floor: {zh: 车间, en: Floor}}}
      - {key: cost, ask: {zh: 花费, en: Cost}, type: number}
      - {key: day, ask: {zh: 哪天, en: Which day}, type: date}
      - {key: wish, ask: {zh: 建议, en: Wish}, type: text}
content:
  ask:
    title: {zh: 问卷短信, en: Link by text}
    channel: sms
    text: {zh: "{customer}您好，请评价：{survey}", en: "{customer}, please rate us: {survey}"}
programmes:
  rate:
    title: {zh: 满意度短信, en: Rating by text}
    purpose: service
    when: {after: job.settled, wait: 1 day}
    within: 3 days
    through: [sms]
    send: [ask]
    ask: after-job
    on answer:
      - {if: quality <= 2, open case: unhappy, call back: 2 h}
  quarter:
    title: {zh: 季度调研, en: Quarterly}
    purpose: relationship
    when: {every: 3 months}
    within: 5 days
    through: [sms]
    send: [ask]
    ask: quarterly
cases:
  unhappy: {title: {zh: 不满意, en: Unhappy}, first answer: 2 h, solve: 2 working days}
"""


@dataclass
class Shop:
    here: Branch
    there: Branch
    agent: Staff
    supervisor: Staff
    manager: Staff
    stranger: Staff
    version: PlaybookVersion
    customer: Customer

    def link(self, key: str = "after-job", kind: str = "personal", now: datetime = NOW) -> SurveyInvitation:
        code = self.customer.code if kind == "personal" else ""
        return survey_links.hand_out(self.agent, "link-shop", key, kind, now, customer_code=code)

    def followup(self, programme: str = "rate", now: datetime = NOW) -> FollowUp:
        return FollowUp.objects.create(
            customer=self.customer, branch=self.here, channel="sms", purpose="service", day=now.date(), deadline=now.date(),
            opens_at=now.replace(hour=1), closes_at=now.replace(hour=10), playbook_version=self.version, programme=programme,
        )  # fmt: skip


def shop() -> Shop:
    here, there = Branch.objects.create(code="NS", name="安达南山店"), Branch.objects.create(code="LG", name="安达龙岗店")
    people = [
        _staff("agent1", "陈晓", Role.AGENT, here, 40), _staff("super1", "周敏", Role.SUPERVISOR, here),
        _staff("manager1", "郑国平", Role.MANAGER, here, all_branches=True), _staff("agent9", "外店", Role.AGENT, there, 40),
    ]  # fmt: skip
    version = playbooks.activate(None, playbooks.add_version(None, PLAYBOOK, "link-shop.yaml", NOW), NOW)
    made = Shop(here, there, *people, version, customer=Customer())
    made.customer = customer(made, "K1", "王丽华", "+8613800000001", here)
    return made


class Visitor:
    """A customer with a browser that has no cookie and no script."""

    def __init__(self, token: str, **environment: Any) -> None:
        self.client = Client(enforce_csrf_checks=True, **environment)
        self.url = reverse("survey", args=[token])
        self.page = self.client.get(self.url, {"lang": "en"})

    def hidden(self) -> dict[str, str]:
        context = self.page.context
        return {"p": context["form_key"], "page": str(context["step"].number), "lang": context["language"]}

    def questions(self) -> list[str]:
        return [line.asked.key for line in self.page.context["step"].lines]

    def answer(self, go: str = "on", **given: Any) -> Any:
        posted = self.hidden() | {"go": go} | {f"q.{key.replace('__', '.')}": value for key, value in given.items()}
        self.last = posted
        self.page = self.client.post(self.url, posted, follow=go != "keep")
        return self.page
