"""A small business whose playbook sends text messages and e-mails: the rows, and providers that behave as they are told."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from huifang.app.business_time import business_moment
from huifang.app.indexes import value_index
from huifang.app.records.models import Branch, ContactPoint, Customer, Event, FollowUp, Occurrence, PlanRun, PlaybookVersion, Staff
from huifang.app.services import playbooks
from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.domain.contact import Channel

DAY = date(2026, 11, 24)
NOW = business_moment(DAY, time(10, 20))
EVERYBODY = 1_000_000
"""Confirmed with the playbook: in these tests a morning may contact all customers there are."""
PLAYBOOK = """
format: huifang/1
playbook: after-care
title: {zh: 安达汽修, en: Anda Repairs}
about: {zh: 维修后发短信和邮件问候。, en: Text messages and mails after a repair.}
attributes:
  plate: {title: {zh: 车牌, en: Plate}}
events:
  job.settled:
    title: {zh: 结算, en: Settled}
    attributes: {work: {title: {zh: 项目, en: Work}}}
agreements:
  insurance: {title: {zh: 车险, en: Insurance}}
facts:
  jobs: count(job.settled)
content:
  thanks-often:
    title: {zh: 老客户短信, en: Regulars}
    channel: sms
    for: jobs >= 2
    text: {zh: "{customer}您好，感谢您第{fact.jobs}次光临。", en: "{customer}, thank you for coming {fact.jobs} times."}
  thanks:
    title: {zh: 感谢短信, en: Thanks}
    channel: sms
    text:
      zh: "【{organisation}】{customer}您好，{event.day}的{event.work}还满意吗？"
      en: "{organisation}: {customer}, how is {event.work} of {event.day}?"
  letter:
    title: {zh: 感谢邮件, en: Thanks by mail}
    channel: email
    subject: {zh: "{customer}，谢谢您", en: "Thank you, {customer}"}
    text: {zh: "{customer}您好，爱车{customer.plate}还好吗？", en: "Dear {customer}, how is {customer.plate}?"}
  insurance:
    title: {zh: 车险短信, en: Insurance}
    channel: sms
    text: {zh: "您的{agreement.kind}将于{agreement.ends}到期。{opt_out}", en: "Your {agreement.kind} ends on {agreement.ends}. {opt_out}"}
programmes:
  after-sms:
    title: {zh: 短信回访, en: Text after a job}
    purpose: service
    when: {after: job.settled, wait: 1 day}
    within: 3 days
    through: [sms]
    send: [thanks-often, thanks]
  after-mail:
    title: {zh: 邮件回访, en: Mail after a job}
    purpose: service
    when: {after: job.settled, wait: 1 day}
    within: 3 days
    through: [email, sms]
    send: [letter, thanks]
  insurance-due:
    title: {zh: 车险到期, en: Insurance due}
    purpose: marketing
    when: {before: agreement.insurance.ends, by: 30 days}
    within: 7 days
    through: [sms]
    send: [insurance]
"""


@dataclass
class Business:
    """Two branches, their people, one playbook in force."""

    here: Branch
    there: Branch
    agent: Staff
    supervisor: Staff
    stranger: Staff
    version: PlaybookVersion
    run: PlanRun
    customers: int = field(default=0)

    def follow_up(self, programme: str = "after-sms", channel: str = "sms", branch: Branch | None = None, *, name: str = "") -> FollowUp:
        """A customer with a job yesterday, and a follow-up of today for their channel to send."""
        job = self.job(DAY.replace(day=23), branch, name=name)
        return self.again(job.customer, programme, channel, job)

    def job(self, day: date, branch: Branch | None = None, *, name: str = "") -> Event:
        """A new customer with a mobile number and an address, and a job that was done for them on `day`."""
        self.customers += 1
        number = self.customers
        customer = Customer.objects.create(
            code=f"K{number:05d}", name=name or f"王丽华{number}", branch=branch or self.here, attributes={"plate": f"粤B{number:05d}"}
        )
        for kind, value in (("phone", f"+86138{number:08d}"), ("email", f"user{number}@example.com")):
            ContactPoint.objects.create(
                customer=customer, kind=kind, value=value, value_index=value_index(value), primary=True, mobile=kind == "phone"
            )
        at = business_moment(day, time(16))
        return Event.objects.create(
            customer=customer, kind="job.settled", code=f"J{number}", at=at, day=at.date(), attributes={"work": "四轮定位"}
        )

    def again(self, customer: Customer, programme: str, channel: str, job: Event | None = None) -> FollowUp:
        """A follow-up of today for a customer who is there."""
        followup = FollowUp.objects.create(
            customer=customer, run=self.run, branch=customer.branch, channel=channel, purpose="service", day=DAY, deadline=DAY,
            opens_at=business_moment(DAY, time(9)), closes_at=business_moment(DAY, time(18)), playbook_version=self.version,
            programme=programme,
        )  # fmt: skip
        Occurrence.objects.create(
            playbook="after-care", programme=programme, customer=customer, cause=f"{followup.pk}", cause_day=DAY, event=job,
            purpose="service", due=DAY, deadline=DAY, expires=DAY.replace(day=28), decision="planned", rule="planned.first", decided_on=DAY,
            followup=followup,
        )  # fmt: skip
        return followup


def business() -> Business:
    """Write it."""
    here, there = Branch.objects.create(code="NS", name="安达南山店"), Branch.objects.create(code="LG", name="安达龙岗店")
    people = [
        Staff.objects.create(code=code, name=name, sign_in_name=code, role=role, branch=branch)
        for code, name, role, branch in (
            ("A1", "陈晓", "agent", here), ("S1", "周敏", "supervisor", here), ("S2", "外店主管", "supervisor", there),
        )
    ]  # fmt: skip
    version = playbooks.activate(None, playbooks.add_version(None, PLAYBOOK, "after-care.yaml", NOW), NOW, EVERYBODY)
    run = PlanRun.objects.create(day=DAY, state="done", started_at=NOW)
    return Business(here, there, *people, version, run)


SENT = Receipt(ReceiptState.SENT, reference="1")
FAILED = Receipt(ReceiptState.FAILED)
WRONG = Receipt(ReceiptState.FAILED, permanent=True)
UNKNOWN = Receipt(ReceiptState.UNKNOWN)


@dataclass
class Provider:
    """A driver that answers as `behaves` says, and remembers every message that its customers got."""

    delivery: Delivery = Delivery.BLIND
    behaves: Callable[[Ticket, Message], Receipt] = lambda _ticket, _message: SENT
    name: str = "provider"
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.EMAIL})
    got: list[tuple[str, Message]] = field(default_factory=list)
    """Key and message of each delivery."""

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        require_ticket(ticket, self.channels)
        if self.delivery is Delivery.DEDUPES and ticket.key in {key for key, _ in self.got}:
            return SENT
        receipt = self.behaves(ticket, message)
        if receipt.state is not ReceiptState.FAILED:
            self.got.append((ticket.key, message))
        return receipt

    def look(self, ticket: Ticket) -> Receipt | None:
        return SENT if ticket.key in {key for key, _ in self.got} else None

    @property
    def drivers(self) -> dict[Channel, Provider]:
        return dict.fromkeys(self.channels, self)


@dataclass
class LineProvider:
    """A provider in another process: each delivery is one line of a file, the key and to whom.

    It takes whatever it is given, however often; or remembers the keys that it has seen (`forgets` is false).
    """

    file: Path
    name: str = "lines"
    delivery: Delivery = Delivery.BLIND
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.EMAIL})
    forgets: bool = True

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        require_ticket(ticket, self.channels)
        if not self.forgets and self.look(ticket):
            return SENT
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{ticket.key} {message.to}\n".encode())
        finally:
            os.close(handle)
        return SENT

    def look(self, ticket: Ticket) -> Receipt | None:
        return SENT if self.file.exists() and ticket.key in self.file.read_text() else None

    def deliveries(self) -> Counter[str]:
        """How often each number got something."""
        return Counter(line.split()[1] for line in self.file.read_text().splitlines()) if self.file.exists() else Counter()
