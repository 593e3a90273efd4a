"""The walk of what was done or due in a period: a line for each occurrence.

What was done stands in the order of the last attempt; what is only under way is not done yet. What was due stands in the order of its day,
done or not; behind it what was planned in the period though it fell due outside it, by the day of its follow-up; then what was contacted in
it without either, by the last attempt.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from huifang.app.access import attempts_for, occurrences_for
from huifang.app.business_time import business_moment
from huifang.app.queries.pages import Page, Section, page_of_sections
from huifang.app.queries.register_line import Line, Period, Row
from huifang.app.queries.register_pages import Figure, Walk
from huifang.app.queries.register_rows import OCCURRENCE, occurrence_lines
from huifang.app.records.models import Attempt, FollowUp, Occurrence, Staff
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Register

_A_DAY = timedelta(days=1)
_ENDED = ~Q(outcome="")


class Contacts(Walk):
    """What a person may see of it."""

    def __init__(self, staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None) -> None:
        self.staff, self.playbook, self.period, self.branch = staff, playbook, period, branch
        self.programmes = register.programmes or tuple(playbook.programmes)
        self.due = register.rows == "due"
        self.days = (period.first, period.last)
        self.moments = (business_moment(period.first - _A_DAY, time()), business_moment(period.last + 2 * _A_DAY, time()))
        """Between them the period's days lie: where an index begins and ends."""

    def page(self, after: str, size: int) -> Page[Line]:
        """At most three queries for which lines, and those of `occurrence_lines`."""
        page = page_of_sections(self._sections(), after, size)
        return Page(tuple(self._lines([row["occurrence"] for _section, row in page.rows])), page.after)

    def some(self, most: int) -> int:
        """At most three queries."""
        number = 0
        for section in self._sections():
            number += section.whole[: most - number].count() if number < most else 0
        return number

    def figures(self) -> tuple[Figure, ...]:
        """Two queries look at the attempts of the period, of what was due three more at that and the follow-ups."""
        tried = self._tried().aggregate(
            done=Count("occurrence", distinct=True), reached=Count("occurrence", distinct=True, filter=Q(reached=True))
        )
        said = self._last(self._tried().filter(record__isnull=False), recorded=True).aggregate(
            well=Count("pk", filter=Q(record__satisfied=True)), badly=Count("pk", filter=Q(record__satisfied=False))
        )
        return (
            *(((Words("应访", "Due"), sum(section.whole.count() for section in self._sections())),) if self.due else ()),
            (Words("已联络", "Contacted"), tried["done"]),
            (Words("接通", "Reached"), tried["reached"]),
            (Words("满意", "Satisfied"), said["well"]),
            (Words("不满意", "Dissatisfied"), said["badly"]),
        )

    def _sections(self) -> list[Section[Row]]:
        done, order, (begin, _end) = self._last(self._ended()), ("at", "id", "occurrence"), self.moments
        if not self.due:
            return [Section(done.values(*order), order, begin)]
        first, last = self.days
        every, elsewhere = self._occurrences().annotate(occurrence=F("pk")), ("followup__day", "followup", "occurrence")
        planned = every.filter(followup__day__lte=last).exclude(due__range=self.days)
        known = Occurrence.objects.filter(Q(due__range=self.days) | Q(followup__day__range=self.days), pk=OuterRef("occurrence"))
        return [
            Section(every.filter(due__lte=last).values("occurrence", "due"), ("due", "occurrence"), first),
            Section(planned.values(*elsewhere), elsewhere, first),
            Section(done.filter(~Exists(known)).values(*order), order, begin),
        ]

    def _occurrences(self) -> QuerySet[Occurrence]:
        rows = occurrences_for(self.staff).filter(playbook=self.playbook.playbook, programme__in=self.programmes)
        return rows if self.branch is None else rows.filter(customer__branch=self.branch)

    def _tried(self) -> QuerySet[Any, Any]:
        """The attempts of the period that have ended, each with the `occurrence` it stands for."""
        return self._ended().filter(at__gte=self.moments[0])

    def _ended(self) -> QuerySet[Any, Any]:
        """The same where something else says at which moment they begin. An attempt stands for each occurrence its follow-up is for.

        An occurrence that is planned again on another day leaves the follow-up it had before; what was tried there stands for the last
        that the customer had of the programme by the period's end.
        """
        about = {"playbook": self.playbook.playbook, "programme__in": self.programmes}
        own = Q(**{f"followup__occurrences__{name}": value for name, value in about.items()})
        rows = attempts_for(self.staff) if self.branch is None else attempts_for(self.staff).filter(customer__branch=self.branch)
        rows = rows.filter(_ENDED, day__range=self.days, followup__isnull=False, at__lte=self.moments[1])
        lost = Case(When(self._leading("followup__"), then=Subquery(self._latest("followup__programme"))))
        return (
            rows.alias(own=FilteredRelation("followup__occurrences", condition=own))
            .annotate(occurrence=Coalesce("own__id", lost))
            .filter(occurrence__isnull=False)
        )

    def _leading(self, to: str = "") -> Q:
        return Q(**{f"{to}playbook_version__playbook": self.playbook.playbook, f"{to}programme__in": self.programmes})

    def _latest(self, programme: str) -> QuerySet[Occurrence, Any]:
        same = Occurrence.objects.filter(customer=OuterRef("customer"), playbook=self.playbook.playbook, programme=OuterRef(programme))
        return same.filter(due__lte=self.period.last).order_by("-due", "-id").values("pk")[:1]

    def _last(self, rows: QuerySet[Any, Any], *, recorded: bool = False) -> QuerySet[Any, Any]:
        """Of each occurrence the last of its attempts, or the last with a record."""
        later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        among = self._tried().filter(later, customer=OuterRef("customer"), occurrence=OuterRef("occurrence"))
        return rows.filter(~Exists(among.filter(record__isnull=False) if recorded else among))

    def _lines(self, ids: list[int]) -> list[Line]:
        """The lines of these occurrences, in their order, with what was tried for each in the period."""
        rows = {row["id"]: row for row in Occurrence.objects.filter(pk__in=ids).values(*OCCURRENCE)}
        followups = {number: {row["followup_id"]} - {None} for number, row in rows.items()}
        held = Occurrence.objects.filter(playbook=self.playbook.playbook, programme__in=self.programmes, followup=OuterRef("pk"))
        tried = Attempt.objects.filter(_ENDED, followup=OuterRef("pk"), day__range=self.days)
        left = FollowUp.objects.filter(
            self._leading(), ~Exists(held), Exists(tried), customer__in={row["customer_id"] for row in rows.values()}
        )
        for number, followup in left.annotate(occurrence=Subquery(self._latest("programme"))).values_list("occurrence", "pk"):
            followups.get(number, set()).add(followup)
        return occurrence_lines([rows[number] for number in ids if number in rows], followups, self.playbook, self.period)
