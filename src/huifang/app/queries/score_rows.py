"""The records behind every number of a score card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from huifang.app.access import staff_for
from huifang.app.formats import day_words
from huifang.app.queries import score_cards
from huifang.app.queries.pages import counted, page_behind
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.register_line import Period
from huifang.app.records.models import Branch, Review, Role, Staff
from huifang.domain.outcomes import OUTCOMES

PAGE = 100
TITLES: dict[str, str | LazyText] = {
    "due": _("Were due"),
    "covered": _("Contacted"),
    "missed": _("Not contacted"),
    "contacts": _("Contacts"),
    "late": _("Late or missing"),
    "reviewed": _("Reviewed"),
}
"""What can be asked for, with its title."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the customer, what it is about, its day, how it stands."""

    customer_id: int
    name: str
    programme: str
    day: date
    state: str


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of them, how many there are in all (`pages.counted`), and where the next page begins (empty on the last); `whose` is the
    person's name.
    """

    title: str | LazyText
    whose: str
    rows: tuple[Row, ...]
    total: int | str
    after: str


def rows(
    staff: Staff, what: str, person: int, period: Period, branch: Branch | None, today: date, language: str, after: str = ""
) -> Rows | None:
    """What a number of a person's card counts; None for a person out of reach. KeyError for a number there is not. At most five queries."""
    whose = staff_for(staff).filter(pk=staff.pk if staff.role == Role.AGENT else person).values_list("pk", "name").first()
    if whose is None or whose[0] != person:
        return None
    titles = {key: one.title.say(language) for each in in_force() for key, one in each.playbook.programmes.items()}
    found: Any
    say: Callable[[Mapping[str, Any]], str]
    if what in ("due", "covered", "missed"):
        found = score_cards.due(staff, period, branch, today).filter(person=person)
        if what != "due":
            found = found.filter(score_cards.COVERED) if what == "covered" else found.exclude(score_cards.COVERED)
        found = found.annotate(day=F("due"), covered=ExpressionWrapper(score_cards.COVERED, output_field=BooleanField()))
        read, order = found.values("id", "customer_id", "customer__name", "programme", "day", "covered"), ("day", "id")
        say = lambda row: str(TITLES["covered" if row["covered"] else "missed"])  # noqa: E731
    elif what in ("contacts", "late"):
        found = score_cards.contacts(staff, period, branch).filter(staff=person)
        found = found.filter(score_cards.late(today)) if what == "late" else found
        columns = ("id", "at", "customer_id", "customer__name", "programme", "day", "outcome", "record__day")
        read, order, say = found.values(*columns), ("at", "id"), lambda row: _recorded(row, language)
    else:
        found = score_cards.reviewed(staff, period, branch).filter(staff=person)
        told = {"customer_id": F("record__customer_id"), "customer__name": F("record__customer__name"), "programme": F("record__programme")}
        read, order, say = found.values("id", "day", "road", "score", **told), ("day", "id"), _score
    page = page_behind(read, order, after, PAGE)
    return Rows(TITLES[what], whose[1], tuple(_row(row, titles, say(row)) for row in page.rows), counted(found), page.after)


def _row(row: Mapping[str, Any], titles: Mapping[str, str], state: str) -> Row:
    return Row(row["customer_id"], row["customer__name"], titles.get(row["programme"], row["programme"]), row["day"], state)


def _recorded(row: Mapping[str, Any], language: str) -> str:
    """How a contact ended, and when that was written down where it was on a later day."""
    outcome = OUTCOMES.get(row["outcome"])
    ended = outcome.words.say(language) if outcome else _("no outcome")
    if row["record__day"] is None or row["record__day"] <= row["day"]:
        return str(ended)
    return _("%(outcome)s; recorded on %(day)s") % {"outcome": ended, "day": day_words(row["record__day"], language)}


def _score(row: Mapping[str, Any]) -> str:
    return f"{row['score']:g} · {Review.Road(row['road']).label}"
