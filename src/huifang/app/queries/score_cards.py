"""Score cards of a month: coverage against its standard, contacts recorded late, quality of what was drawn at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from huifang.app.access import customers_for, occurrences_for, reviews_for, staff_for
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.register_line import Period
from huifang.app.queries.register_pages import Filled
from huifang.app.queries.registers import Column, Sheet
from huifang.app.records.models import Attempt, Branch, Review, Role, Staff
from huifang.channels.registry import SENT_CHANNELS
from huifang.domain.score_cards import Coverage, Month

_RANDOM = Review.Road.RANDOM
_NOT_DUE = ("held-out", "suppressed", "withdrawn")
COVERED = Q(attempts__gt=0) | Q(closed_as__in=("done", "replied"))
"""Which of what fell due counts as contacted."""


@dataclass(frozen=True, slots=True)
class Card:
    """One person's month."""

    staff: int
    code: str
    name: str
    month: Month
    reviews: int
    """Records that were reviewed, by whatever road they were drawn."""


def cards(staff: Staff, period: Period, branch: Branch | None, today: date) -> tuple[Card, ...]:
    """The month of everybody with work in it; an agent sees their own. Four queries.

    What falls due counts by its due day, once its last day has passed or it is closed; it is the person's who had the follow-up, else who
    tried last, else the customer's owner. Held-out and suppressed occurrences had not to be contacted.
    """
    covered, made = _coverage(staff, period, branch, today), _contacts(staff, period, branch, today)
    scores = _scores(staff, period, branch)
    people = staff_for(staff).filter(pk__in={*covered, *made, *scores})
    if staff.role == Role.AGENT:
        people = people.filter(pk=staff.pk)
    return tuple(
        Card(
            pk, code, name,
            Month(tuple(covered.get(pk, ())), *made.get(pk, (0, 0)), tuple(score for road, score in mine if road == _RANDOM)),
            len(mine),
        )
        for pk, code, name in people.order_by("code").values_list("pk", "code", "name")
        for mine in (scores.get(pk, []),)
    )  # fmt: skip


def _coverage(staff: Staff, period: Period, branch: Branch | None, today: date) -> dict[int, list[Coverage]]:
    standards = _standards()
    rows = due(staff, period, branch, today).order_by().values_list("person", "playbook", "programme")
    found: dict[int, list[Coverage]] = {}
    for person, playbook, programme, number, covered in rows.annotate(number=Count("pk"), covered=Count("pk", filter=COVERED)):
        if person is not None:
            found.setdefault(person, []).append(Coverage(number, covered, standards[playbook, programme]))
    return found


def _standards() -> dict[tuple[str, str], float]:
    """Playbook and programme → coverage in percent that is asked for."""
    return {
        (each.playbook.playbook, key): programme.coverage * 100
        for each in in_force()
        for key, programme in each.playbook.programmes.items()
        if programme.coverage is not None
    }


def due(staff: Staff, period: Period, branch: Branch | None, today: date) -> QuerySet[Any]:
    """What fell due under a standard, with its `person`: who had the follow-up, else who tried last, else the customer's owner."""
    with_standard = [Q(playbook=playbook, programme=programme) for playbook, programme in _standards()]
    rows = occurrences_for(staff).filter(due__range=(period.first, period.last)).exclude(closed_as__in=_NOT_DUE)
    rows = rows.filter(reduce(or_, with_standard, Q(pk__in=[])), Q(open=False) | Q(deadline__lt=today), _by_people())
    rows = rows.filter(customer__branch=branch) if branch else rows
    return rows.annotate(person=Coalesce("followup__staff", "last_staff", "customer__owner"))


def _by_people() -> Q:
    """All but what a channel sends by itself."""
    sent = [channel.value for channel in SENT_CHANNELS]
    return Q(followup=None) | Q(followup__staff__isnull=False) | ~Q(followup__channel__in=sent)


def _contacts(staff: Staff, period: Period, branch: Branch | None, today: date) -> dict[int, tuple[int, int]]:
    """By person how many contacts were made, and how many of them were recorded on another day or not at all."""
    rows = contacts(staff, period, branch).order_by().values_list("staff")
    counted = rows.annotate(made=Count("pk"), late=Count("pk", filter=late(today)))
    return {person: (made, missed) for person, made, missed in counted}


def contacts(staff: Staff, period: Period, branch: Branch | None) -> QuerySet[Attempt]:
    """The contacts that people made."""
    reach = customers_for(staff)
    reach = reach.filter(branch=branch) if branch else reach
    return Attempt.objects.filter(day__range=(period.first, period.last), staff__isnull=False, customer__in=reach.values("pk"))


def late(today: date) -> Q:
    """Which contacts were recorded on a later day, or not at all though their day is over."""
    return Q(record__day__gt=F("day")) | Q(state=Attempt.State.ATTEMPTING, day__lt=today)


def _scores(staff: Staff, period: Period, branch: Branch | None) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[str, float]]] = {}
    for person, road, score in reviewed(staff, period, branch).values_list("staff", "road", "score"):
        found.setdefault(person, []).append((road, score or 0.0))
    return found


def reviewed(staff: Staff, period: Period, branch: Branch | None) -> QuerySet[Review]:
    """The reviews of the period that are done."""
    rows: QuerySet[Review] = reviews_for(staff).filter(day__range=(period.first, period.last), score__isnull=False, staff__isnull=False)
    return rows.filter(branch=branch) if branch else rows


def sheet_of(found: Iterable[Card], period: Period, branch: Branch | None) -> Sheet:
    """The cards as a register, for files and paper."""
    rows = tuple(
        Filled((
            number, card.name, card.month.due, card.month.covered, _rounded(card.month.coverage), _rounded(card.month.standard),
            card.month.off_for_coverage, card.month.contacts, card.month.late, card.month.off_for_late, card.month.points,
            card.reviews, _rounded(card.month.quality),
        ))
        for number, card in enumerate(found, 1)
    )  # fmt: skip
    titles = (
        _("No."), _("Name"), _("Were due"), _("Contacted"), _("Coverage %"), _("Standard %"), _("Off for coverage"), _("Contacts"),
        _("Late or missing"), _("Off for late"), _("Points"), _("Reviewed"), _("Quality"),
    )  # fmt: skip
    return Sheet(
        key="scores", playbook="", title=_("Monthly score cards"), period=period, branch=branch.name if branch else "",
        columns=tuple(Column(str(place), title, 1.4 if place == 1 else 1) for place, title in enumerate(titles)), rows=rows,
        signatures=(_("Supervisor"), _("Manager"), _("Date")), note=rule(), layout="table", summary=(),
    )  # fmt: skip


def rule() -> str:
    """How the points come about, in words."""
    return _(
        "100 points; 1 off per full 5 points of coverage below the standard; 1 off per full 5 % of contacts not recorded the same day."
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
