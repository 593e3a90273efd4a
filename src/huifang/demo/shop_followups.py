"""The shop's year of follow-up: day-after calls, lost customers, services and insurances that fell due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from itertools import chain
from random import Random

from huifang.demo.business import Agreement, Answer, Business, Case, Consent, Contact, Record, Request
from huifang.demo.desk import NEVER_AGAIN, Desk, Errand, Hours
from huifang.demo.shop_answers import open_case, tell, tell_again
from huifang.demo.shop_jobs import Job
from huifang.demo.shop_register import Account
from huifang.demo.shop_words import BOOKED, LOST_ANSWERS, lost_reason, reply
from huifang.demo.vehicles import inspection_due
from huifang.demo.workdays import Workdays
from huifang.domain.spans import add_months

DAYS = 365
"""How long the follow-up desk has existed."""
HOURS = Hours(((9 * 60, 180), (14 * 60, 240)), 64)
_PURPOSE = {
    "day-after": "service",
    "six-months": "relationship",
    "service-due": "service",
    "insurance-due": "marketing",
    "inspection-due": "service",
    "after-case": "service",
}
_LASTS = {"day-after": 4, "six-months": 14, "service-due": 14, "insurance-due": 25, "inspection-due": 25, "after-case": 7}
_TWICE = frozenset({"service-due", "insurance-due", "inspection-due"})
"""Programmes that try twice; the others try three times."""
_Found = tuple[Errand, Job | None, Account]
_Waiting = tuple[date, int, str, str, _Found]
"""Due day, how long it is kept, cause, programme, and what it is."""


def _waiting(found: _Found) -> _Waiting:
    errand = found[0]
    return errand.due, _LASTS[errand.programme], errand.cause, f"{errand.programme} {errand.customer}", found


class Year:
    """Collects everything that fell due in the desk's year and lets the desk work it off."""

    def __init__(self, rng: Random, business: Business, supervisor: str, agreed: frozenset[str]) -> None:
        """`agreed`: the customers who may be offered something by telephone."""
        self._rng = rng
        self._agreed = agreed
        self._business = business
        self._supervisor = supervisor
        self._start = business.as_of - timedelta(days=DAYS)
        self._silent: set[str] = set()
        self._last: dict[str, date] = {}
        self._tried: dict[str, date] = {}
        self._workdays = Workdays(self._start, business.as_of + timedelta(days=40))
        self._waiting: list[_Waiting] = []

    def tell(self, jobs: list[Job], agreements: list[Agreement], accounts: dict[str, Account]) -> None:
        """Write contacts, answers, records, cases, occurrences and refusals into the business."""
        business = self._business
        desk = Desk(self._rng, business, HOURS, self._workdays)
        found = chain(self._after_jobs(jobs), self._before_ends(agreements, accounts), self._inspections(jobs, accounts))
        self._waiting = [_waiting(one) for one in found]
        heapify(self._waiting)
        seen: set[tuple[str, str, str]] = set()
        while self._waiting:
            errand, job, account = heappop(self._waiting)[-1]
            key = errand.programme, errand.customer, errand.cause
            if key in seen:
                continue
            seen.add(key)
            if rule := self._instead(errand):
                desk.close(errand, rule)
                continue
            contact = desk.pursue(errand)
            if business.contacts and business.contacts[-1].customer == errand.customer:
                self._tried[errand.customer] = business.contacts[-1].at.date()
            if contact and contact.outcome == NEVER_AGAIN:
                self._silent.add(contact.customer)
                business.consents.append(Consent(contact.customer, "any", "any", False, contact.at.date(), "回访时客户要求"))
            elif contact:
                self._last[errand.customer] = contact.at.date()
                self._reached(contact, job, account)
        business.contacts.sort(key=lambda contact: (contact.at, contact.code))

    def _instead(self, errand: Errand) -> str:
        """The rule by which nobody calls for it alone; empty where somebody does."""
        if errand.customer in self._silent:
            return "suppressed.opted-out"
        if errand.purpose == "marketing" and errand.customer not in self._agreed:
            return "suppressed.no-consent"
        last = self._last.get(errand.customer)
        now = errand.programme in ("day-after", "after-case") or last is None or (errand.due - last).days > 10
        return "" if now and errand.due > self._tried.get(errand.customer, date.min) else "bundled.same-person"

    def _after_jobs(self, jobs: list[Job]) -> Iterator[_Found]:
        as_of, start = self._business.as_of, self._start
        coming: dict[str, date] = {}  # the customer's next job, seen from behind
        for job in reversed(jobs):
            day, account = job.settled.date(), job.account
            if day < start - timedelta(days=400):  # nothing that old falls due any more
                return
            after = coming.get(account.code, date.max)
            coming[account.code] = job.received.date()
            for programme, due, cause in (
                ("day-after", day + timedelta(days=1), job.code),
                ("six-months", add_months(day, 6), str(day)),
                ("service-due", job.next_service - timedelta(days=7), str(job.next_service)),
            ):
                if start <= due < as_of and (programme == "day-after" or after > due):
                    yield self._errand(programme, due, account, cause, job.code), job, account

    def _before_ends(self, agreements: list[Agreement], accounts: dict[str, Account]) -> Iterator[_Found]:
        for agreement in agreements:
            due = agreement.ends - timedelta(days=30)
            if agreement.kind == "insurance" and self._start <= due < self._business.as_of:
                account = accounts[agreement.customer]
                yield self._errand("insurance-due", due, account, f"{agreement.code}:{agreement.ends}"), None, account

    def _inspections(self, jobs: list[Job], accounts: dict[str, Account]) -> Iterator[_Found]:
        """The yearly inspections of the cars seen last."""
        first, car = {job.account.code: job.settled.date() for job in reversed(jobs)}, {job.account.code: job.car for job in jobs}
        for code, account in accounts.items():
            ends = inspection_due(car[code].registered, self._start + timedelta(days=30))
            while (due := ends - timedelta(days=30)) < self._business.as_of:
                if first[code] < due:
                    yield self._errand("inspection-due", due, account, str(ends)), None, account
                ends = inspection_due(car[code].registered, ends + timedelta(days=1))

    def _ask_again(self, case: Case | None, job: Job, account: Account) -> None:
        """A case that was closed asks for one more call two working days later."""
        if case is None or case.closed is None:
            return
        asked = Request("Q" + case.code[2:], case.customer, "after-case", case.closed.date(), f"case:{case.code}")
        self._business.requests.append(asked)
        due = self._workdays.later(asked.day, 2)
        if due < self._business.as_of:
            heappush(self._waiting, _waiting((self._errand("after-case", due, account, asked.code), job, account)))

    def _errand(self, programme: str, due: date, account: Account, cause: str, event: str = "") -> Errand:
        usable = any(phone.usable for phone in account.phones)
        purpose, lasts = _PURPOSE[programme], _LASTS[programme]
        return Errand(due, programme, account.code, cause, event, purpose, account.owner, lasts, usable, 2 if programme in _TWICE else 3)

    def _reached(self, contact: Contact, job: Job | None, account: Account) -> None:
        if contact.programme == "day-after" and job:
            self._ask_again(tell(self._rng, self._business, job, contact, self._supervisor), job, account)
        elif contact.programme == "after-case":
            tell_again(self._rng, self._business, contact)
        elif contact.programme == "six-months" and job:
            self._lost(contact, job, account)
        else:
            day = contact.at.date() + timedelta(days=self._rng.randint(2, 9))
            step, said = reply(self._rng, contact.programme, day)
            books = step in BOOKED
            self._write(contact, said, step, day if books or step == "到期前再联系" else None)
            self._answer(contact, "books", "yes" if books else "no")

    def _lost(self, contact: Contact, job: Job, account: Account) -> None:
        rng = self._rng
        reason, said = lost_reason(rng, account.cars[0].model)
        step = "约定到店" if reason == "忘记了" else rng.choice(("发送回店优惠", "三个月后再联系", "暂不联系"))
        answer = rng.choice(LOST_ANSWERS[reason])
        displeased = answer in {"quality", "service"}
        next_day = contact.at.date() + timedelta(days=rng.randint(2, 12)) if step == "约定到店" else None
        self._write(contact, said, "转客服主管处理" if displeased else step, next_day, "complaint" if displeased else "", reason)
        self._answer(contact, "reason", answer)
        if displeased:
            self._ask_again(open_case(rng, self._business, job, contact, answer, said, self._supervisor), job, account)

    def _write(self, contact: Contact, said: str, step: str, next_day: date | None, feedback: str = "", topic: str = "") -> None:
        self._business.records.append(
            Record(
                "H" + contact.code[1:], contact.code, contact.customer, contact.programme, contact.cause, contact.event,
                contact.at, contact.staff, None, said, feedback, topic, step, next_day,
            )
        )  # fmt: skip

    def _answer(self, contact: Contact, question: str, value: str) -> None:
        record, day = "H" + contact.code[1:], contact.at.date()
        self._business.answers.append(Answer(record, contact.customer, contact.programme, question, day, None, value))
