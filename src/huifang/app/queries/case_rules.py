"""The rules a case is handled by: its kind in the playbook it came from, as plain values of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.customer_facts import condition_holds
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Case, Customer
from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.case_clocks import WorkTime
from huifang.domain.case_history import Terms, days_worked
from huifang.domain.compensation import CompensationRule
from huifang.domain.errors import CalendarError
from huifang.domain.escalation import Level
from huifang.domain.windows import Hours, find_zone
from huifang.domain.words import Words
from huifang.playbooks.schema import CaseKind, CaseState, Playbook

BUILT_IN_STATES = {
    "waiting_customer": CaseState(title=Words("等客户", "Waiting for the customer"), pauses=True),
    "waiting_others": CaseState(title=Words("等第三方", "Waiting for somebody else"), pauses=True),
}
"""States of work where the playbook names none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The playbook of a case and its kind there."""

    playbook: Playbook
    kind: CaseKind

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of escalation."""
        return tuple(Level(each.after, each.still, each.again) for each in self.kind.escalate)

    @property
    def compensation(self) -> CompensationRule | None:
        """What may be given; None where nothing may."""
        rule = self.kind.compensation
        if rule is None:
            return None
        return CompensationRule(_money(rule.free), {role: _money(limit) for role, limit in rule.limits.items()})

    def terms(self, work: WorkTime, *, fast: bool) -> Terms:
        """How long it may take, in the fast lane or the ordinary one."""
        lane = self.kind.fast_lane if fast else None
        return Terms(lane.first_answer, lane.solve, work) if lane else Terms(self.kind.first_answer, self.kind.solve, work)


def rules_of(case: Case) -> Rules | None:
    """The rules of a case; None for a kind no playbook speaks of."""
    playbook = playbook_of(case.playbook_version) if case.playbook_version else None
    kind = playbook.cases.get(case.kind) if playbook else None
    return Rules(playbook, kind) if playbook and kind else None


def states_of(rules: Rules | None) -> dict[str, CaseState]:
    """The states of work a case can be in."""
    return (rules.kind.states if rules else {}) or BUILT_IN_STATES


def in_fast_lane(rules: Rules, customer: Customer, now: datetime) -> bool:
    """Whether the customer is one whose cases go first."""
    lane = rules.kind.fast_lane
    return lane is not None and condition_holds(lane.for_, rules.playbook, CustomerRows(customer), business_day(now))


def work_time(rules: Rules, customer: Customer, since: datetime, now: datetime) -> tuple[WorkTime, bool]:
    """When the clocks of a case run, by the branch's calendar; False where that is missing and another one stands in for it."""
    branch = customer.branch
    names = [name for name in (branch.calendar if branch else "", rules.playbook.calendar.country) if name]
    calendar, own = _calendar(names, business_day(since), business_day(now))
    zone = find_zone(branch.time_zone if branch else None) or find_zone(rules.playbook.time_zone) or find_zone("Asia/Shanghai")
    assert zone is not None  # noqa: S101 - the zone data is a dependency
    rule = rules.playbook.calendar
    hours = tuple(Hours.parse(text) for text in rules.kind.hours or rule.hours)
    return WorkTime(days_worked(calendar, rules.kind.days or rule.days), hours, zone), own


def _calendar(names: list[str], since: date, until: date) -> tuple[WorkingCalendar, bool]:
    for place, name in enumerate(names):
        try:
            return working_calendar(name, since, until), place == 0
        except CalendarError:
            continue
    return WorkingCalendar("Mon–Fri", _weekdays(date(since.year - 1, 1, 1), date(until.year + 1, 12, 31))), False


def _weekdays(first: date, last: date) -> Iterator[Day]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield Day(day, day.weekday() < 5, final=False)


def _money(amount: float) -> Decimal:
    return Decimal(str(amount))
