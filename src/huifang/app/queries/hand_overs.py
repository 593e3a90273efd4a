"""Who is away, what of theirs is open, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from huifang.app.access import WORK, absences_for, cases_for, customers_for, followups_for, roles_that_may, staff_for
from huifang.app.formats import clock, day_words, near_day
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Absence, Case, FollowUp, HandedItem, HandOver, Promise, Staff

Kind = HandedItem.Kind


@dataclass(frozen=True, slots=True)
class Item:
    """One open piece of work of somebody who is away. `key` is ``kind:number``; an appointment `must` be given to somebody."""

    kind: str
    number: int
    customer_id: int
    name: str
    what: str
    when: str

    @property
    def key(self) -> str:
        """As the form names it."""
        return f"{self.kind}:{self.number}"

    @property
    def must(self) -> bool:
        """The customer was promised it: it is never left where nobody is."""
        return self.kind == Kind.PROMISE


def absences(staff: Staff, today: date) -> list[Absence]:
    """Absences that last or are to come, and those over for a month at most, the next first. One query."""
    from_day = date.fromordinal(today.toordinal() - 31)
    rows = absences_for(staff).filter(last_day__gte=from_day).select_related("staff__branch", "substitute")
    handed = Count("hand_overs__items", filter=Q(hand_overs__returned_at=None), distinct=True)
    return list(rows.annotate(handed=handed).order_by("-last_day", "first_day", "pk"))


def open_items(staff: Staff, absence: Absence, today: date, language: str) -> list[Item]:
    """What the person would do while away, appointments first, as far as `staff` may see it. Three queries."""
    first, last = max(absence.first_day, today), absence.last_day
    return [
        *_promises(staff, absence, first, last, language),
        *_followups(staff, absence, first, last, language),
        *_cases(staff, absence, language, today),
    ]


def hand_overs_of(absence: Absence) -> QuerySet[HandOver]:
    """What was handed over of an absence, the newest first, with its items. Two queries."""
    return absence.hand_overs.select_related("by").prefetch_related("items__to", "items__customer")


def colleagues(staff: Staff, absence: Absence) -> list[Staff]:
    """Who can take it instead of them. One query."""
    return list(receivers(staff, absence.first_day, absence.last_day).exclude(pk=absence.staff_id))


def receivers(staff: Staff, first: date, last: date) -> QuerySet[Staff]:
    """Colleagues of one's branches who can sign in, may contact customers and are not away on any of the days."""
    away = Absence.objects.filter(first_day__lte=last, last_day__gte=first).values("staff")
    rows = staff_for(staff).filter(is_active=True, sign_in_name__isnull=False, role__in=roles_that_may(WORK))
    return rows.exclude(pk__in=away).order_by("branch", "code")


def _promises(staff: Staff, absence: Absence, first: date, last: date, language: str) -> Iterator[Item]:
    rows = Promise.objects.filter(staff=absence.staff, open=True, day__range=(first, last), customer__in=customers_for(staff).values("pk"))
    for each in rows.select_related("customer").order_by("opens_at", "pk"):
        when = f"{day_words(each.day, language)} {clock(each.opens_at)}–{clock(each.closes_at)}"
        yield Item(Kind.PROMISE.value, each.pk, each.customer_id, each.customer.name, _("Promised callback or appointment"), when)


def _followups(staff: Staff, absence: Absence, first: date, last: date, language: str) -> Iterator[Item]:
    live = (FollowUp.State.OPEN, FollowUp.State.CLAIMED)
    rows = followups_for(staff).filter(staff=absence.staff, state__in=live, day__range=(first, last), promised=False)
    for each in rows.select_related("customer", "playbook_version").defer("playbook_version__text").order_by("position", "pk"):
        programme = playbook_of(each.playbook_version).programmes.get(each.programme)
        title = programme.title.say(language) if programme else each.programme
        yield Item(Kind.FOLLOWUP.value, each.pk, each.customer_id, each.customer.name, title, day_words(each.day, language))


def _cases(staff: Staff, absence: Absence, language: str, today: date) -> Iterator[Item]:
    rows = cases_for(staff).filter(owner=absence.staff, merged_into=None).exclude(state=Case.State.CLOSED)
    for each in rows.select_related("customer").order_by("lane", "sorted_at", "pk"):
        due = each.solve_due or each.first_answer_due
        when = near_day(due.date(), today, language) if due else ""
        yield Item(Kind.CASE.value, each.pk, each.customer_id, each.customer.name, f"{each.number} {each.title}", when)
