"""The shop's year of follow-up: day-after calls, lost customers, services and insurances that fell due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from huifang.demo.business import Agreement, Business, Consent, Contact, Record
from huifang.demo.desk import NEVER_AGAIN, Desk, Errand, Hours
from huifang.demo.shop_answers import tell
from huifang.demo.shop_jobs import Job
from huifang.demo.shop_register import Account
from huifang.demo.shop_words import lost_reason, reply
from huifang.demo.workdays import Workdays
from huifang.domain.spans import add_months

DAYS = 365
"""How long the follow-up desk has existed."""
HOURS = Hours(((9 * 60, 180), (14 * 60, 240)), 56)
_PURPOSE = {
    "day-after": "service",
    "six-months": "relationship",
    "service-due": "service",
    "insurance-due": "marketing",
}
_LASTS = {"day-after": 3, "six-months": 10, "service-due": 12, "insurance-due": 20}


_Found = tuple[Errand, Job | None, Account]


class Year:
    """Collects everything that fell due in the desk's year and lets the desk work it off."""

    def __init__(self, rng: Random, business: Business, supervisor: str) -> None:
        self._rng = rng
        self._business = business
        self._supervisor = supervisor
        self._start = business.as_of - timedelta(days=DAYS)
        self._silent: set[str] = set()
        self._last: dict[str, date] = {}

    def tell(self, jobs: list[Job], agreements: list[Agreement], accounts: dict[str, Account]) -> None:
        """Write contacts, answers, records, cases, occurrences and refusals into the business."""
        rng, business = self._rng, self._business
        workdays = Workdays(self._start, business.as_of + timedelta(days=40))
        desk = Desk(rng, business, HOURS, workdays)
        errands = [*self._after_jobs(jobs), *self._before_ends(agreements, accounts)]
        errands.sort(key=lambda found: (found[0].due, _LASTS[found[0].programme], found[0].cause))
        seen: set[tuple[str, str, str]] = set()
        for errand, job, account in errands:
            key = errand.programme, errand.customer, errand.cause
            if key in seen or not self._allowed(errand):
                continue
            seen.add(key)
            contact = desk.pursue(errand)
            if contact and contact.outcome == NEVER_AGAIN:
                self._silent.add(contact.customer)
                business.consents.append(Consent(contact.customer, "any", "any", False, contact.at.date(), "回访时客户要求"))
            elif contact:
                self._last[errand.customer] = contact.at.date()
                self._reached(contact, job, account)
        business.contacts.sort(key=lambda contact: (contact.at, contact.code))

    def _allowed(self, errand: Errand) -> bool:
        if errand.customer in self._silent:
            return False
        last = self._last.get(errand.customer)
        return last is None or errand.programme == "day-after" or (errand.due - last).days > 10

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

    def _errand(self, programme: str, due: date, account: Account, cause: str, event: str = "") -> Errand:
        usable = any(phone.usable for phone in account.phones)
        purpose, lasts = _PURPOSE[programme], _LASTS[programme]
        return Errand(due, programme, account.code, cause, event, purpose, account.owner, lasts, usable)

    def _reached(self, contact: Contact, job: Job | None, account: Account) -> None:
        if contact.programme == "day-after" and job:
            tell(self._rng, self._business, job, contact, self._supervisor)
        else:
            self._business.records.append(self._other_record(contact, account))

    def _other_record(self, contact: Contact, account: Account) -> Record:
        rng, day = self._rng, contact.at.date()
        topic = feedback = ""
        if contact.programme == "six-months":
            topic, said = lost_reason(rng, account.cars[0].model)
            feedback = "complaint" if topic == "对服务不满意" else ""
            step = "约定到店" if topic == "忘记了" else rng.choice(("发送回店优惠", "三个月后再联系", "暂不联系"))
        else:
            step, said = reply(rng, contact.programme, day + timedelta(days=rng.randint(2, 9)))
        next_day = day + timedelta(days=rng.randint(2, 20)) if step in {"已预约到店", "约定到店", "到期前再联系"} else None
        return Record(
            "H" + contact.code[1:], contact.code, contact.customer, contact.programme, contact.cause, contact.event,
            contact.at,
            contact.staff,
            None, said, feedback, topic, step, next_day,
        )  # fmt: skip
