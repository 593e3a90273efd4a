"""Days, weeks, months, quarters, half-years and years of the business's calendar, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["day", "week", "month", "quarter", "half-year", "year"]
KINDS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "half-year", "year")
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One period: its kind, first and last day, both included."""

    kind: Kind
    first: date
    last: date

    @property
    def before(self) -> Stretch:
        """The one before."""
        return stretch(self.kind, self.first - timedelta(days=1))

    @property
    def after(self) -> Stretch:
        """The one that follows."""
        return stretch(self.kind, self.last + timedelta(days=1))


def stretch(kind: Kind, day: date) -> Stretch:
    """The period that a day lies in; weeks begin on Monday.

    >>> stretch("quarter", date(2026, 11, 22))
    Stretch(kind='quarter', first=datetime.date(2026, 10, 1), last=datetime.date(2026, 12, 31))
    >>> stretch("month", date(2028, 2, 5)).last
    datetime.date(2028, 2, 29)
    """
    if kind == "day":
        return Stretch(kind, day, day)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Stretch(kind, monday, monday + timedelta(days=6))
    months = _MONTHS[kind]
    first = date(day.year, months * ((day.month - 1) // months) + 1, 1)
    end = first.month + months
    following = date(first.year + (end > 12), (end - 1) % 12 + 1, 1)
    return Stretch(kind, first, following - timedelta(days=1))


def latest(kind: Kind, day: date, number: int) -> list[Stretch]:
    """The last `number` periods up to the one that `day` lies in, oldest first."""
    found = [stretch(kind, day)]
    while len(found) < number:
        found.append(found[-1].before)
    return found[::-1]


def label(one: Stretch) -> str:
    """The period's short name: ``2026-11-22``, ``2026-W47``, ``2026-11``, ``2026-Q4``, ``2026-H2``, ``2026``.

    >>> label(stretch("week", date(2026, 11, 22))), label(stretch("half-year", date(2026, 11, 22)))
    ('2026-W47', '2026-H2')
    """
    match one.kind:
        case "day":
            return one.first.isoformat()
        case "week":
            year, week, _day = one.first.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{one.first:%Y-%m}"
        case "quarter":
            return f"{one.first.year}-Q{(one.first.month + 2) // 3}"
        case "half-year":
            return f"{one.first.year}-H{(one.first.month + 5) // 6}"
        case _:
            return str(one.first.year)
