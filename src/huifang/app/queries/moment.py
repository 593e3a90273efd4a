"""What is the same for every contact at one moment: playbooks in force, calendars, budgets. Each is read once, when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.costs import budget_of
from huifang.app.queries.playbooks import InForce, in_force
from huifang.domain.budget import Budget
from huifang.domain.calendars import WorkingCalendar
from huifang.domain.contact import Channel
from huifang.playbooks.schema import Playbook


class Moment:
    """The moment `now`, UTC, and what holds at it for everybody."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._calendars: dict[str, WorkingCalendar] = {}
        self._budgets: dict[tuple[int, str, Channel], Budget | None] = {}
        self._spent: defaultdict[tuple[str, str], float] = defaultdict(float)

    @cached_property
    def day(self) -> date:
        """The business's day."""
        return business_day(self.now)

    @cached_property
    def in_force(self) -> tuple[InForce, ...]:
        """The playbooks in force."""
        return in_force()

    def calendar(self, name: str) -> WorkingCalendar:
        """The working calendar of a name."""
        if name not in self._calendars:
            self._calendars[name] = working_calendar(name, self.day)
        return self._calendars[name]

    def budget(self, playbook: Playbook, programme: str, channel: Channel) -> Budget | None:
        """A programme's budget before one more contact, what was allowed since the moment began counted as spent; None without one."""
        asked = (id(playbook), programme, channel)
        if asked not in self._budgets:
            self._budgets[asked] = budget_of(playbook, programme, channel, self.now)
        found = self._budgets[asked]
        return replace(found, spent=found.spent + self._spent[playbook.playbook, programme]) if found else None

    def spend(self, playbook: Playbook, programme: str, channel: Channel) -> None:
        """One more contact has been allowed."""
        budget = self.budget(playbook, programme, channel)
        if budget is not None:
            self._spent[playbook.playbook, programme] += budget.price
