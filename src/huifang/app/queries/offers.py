"""The two times offered for a callback, from what the records say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import BigAutoField, DateField

from huifang.app.business_time import business_zone
from huifang.app.calendars import working_calendar
from huifang.app.queries.contact_facts import calendar_name, hours_of, zone_of
from huifang.app.records.models import Absence, Customer, FollowUp, Promise, Staff
from huifang.app.records.prepared import Prepared
from huifang.domain import law, shifts
from huifang.domain.contact import Channel
from huifang.domain.offered_times import Openings, offered
from huifang.domain.windows import find_zone
from huifang.playbooks.schema import Playbook


def _promised(staff: Any, day: Any) -> Any:
    return Promise.objects.filter(staff=staff, open=True, day__gte=day).order_by().values("opens_at")


def _away(staff: Any, day: Any) -> Any:
    return Absence.objects.filter(staff=staff, last_day__gte=day).order_by().values("first_day", "last_day")


_PROMISED = Prepared(_promised, staff=BigAutoField(), day=DateField())
_AWAY = Prepared(_away, staff=BigAutoField(), day=DateField())


def offers(staff: Staff, followup: FollowUp, customer: Customer, playbook: Playbook, now: datetime, day: date) -> tuple[datetime, ...]:
    """The times, UTC, that `staff` can offer the customer at `now`: two, or fewer where no more are possible. Three queries."""
    zone = find_zone(zone_of(customer, playbook))
    if zone is None:
        return ()
    programme = playbook.programmes[followup.programme]
    laws = law.in_force(playbook.calendar.country, playbook.calendar.laws)
    return offered(
        now,
        Openings(
            hours=hours_of(programme, playbook),
            days=programme.days or playbook.calendar.days,
            calendar=working_calendar(calendar_name(customer, playbook), day),
            zone=zone,
            home=business_zone(),
            laws=tuple(each for each in laws if Channel(followup.channel) in each.channels),
            shift=shifts.parse(staff.hours),
            away=tuple((row["first_day"], row["last_day"]) for row in _AWAY(staff=staff.pk, day=day)),
            taken=tuple(row["opens_at"] for row in _PROMISED(staff=staff.pk, day=day)),
        ),
    )
