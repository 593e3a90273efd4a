"""Spans of time as people write them: ``1 day``, ``3 working days``, ``2 h``, ``6 months``."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words


class Unit(StrEnum):
    """What a span counts in. Working days need a calendar; the others do not."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_NAMES = {
    "min": Unit.MINUTE, "minute": Unit.MINUTE, "minutes": Unit.MINUTE, "分钟": Unit.MINUTE,
    "h": Unit.HOUR, "hour": Unit.HOUR, "hours": Unit.HOUR, "小时": Unit.HOUR,
    "d": Unit.DAY, "day": Unit.DAY, "days": Unit.DAY, "天": Unit.DAY,
    "working day": Unit.WORKING_DAY, "working days": Unit.WORKING_DAY, "个工作日": Unit.WORKING_DAY, "工作日": Unit.WORKING_DAY,
    "week": Unit.WEEK, "weeks": Unit.WEEK, "周": Unit.WEEK,
    "month": Unit.MONTH, "months": Unit.MONTH, "个月": Unit.MONTH,
    "year": Unit.YEAR, "years": Unit.YEAR, "年": Unit.YEAR,
}  # fmt: skip
_SPAN = re.compile(r"\s*(\d{1,5})\s*([a-z]+(?: [a-z]+)?|[一-鿿]+)\s*")
_ZH = {
    Unit.MINUTE: "分钟", Unit.HOUR: "小时", Unit.DAY: "天", Unit.WORKING_DAY: "个工作日",
    Unit.WEEK: "周", Unit.MONTH: "个月", Unit.YEAR: "年",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit.

    >>> Span.parse("3 working days")
    Span(amount=3, unit=<Unit.WORKING_DAY: 'working day'>)
    """

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read a span; raises `Invalid` with the forms that are understood."""
        found = _SPAN.fullmatch(text.lower())
        unit = _NAMES.get(found[2]) if found else None
        if found is None or unit is None:
            raise Invalid(
                Problem(
                    "span.unreadable",
                    Words(f"“{text}”不是时间长度。", f"“{text}” is not a span of time."),
                    Words(
                        "请写成“1 天”“3 个工作日”“2 小时”“6 个月”。",
                        "Write “1 day”, “3 working days”, “2 h”, “6 months”.",
                    ),
                )
            )
        return cls(int(found[1]), unit)

    def in_words(self) -> Words:
        """``3 个工作日`` / ``3 working days``."""
        plural = "" if self.amount == 1 else "s"
        return Words(f"{self.amount} {_ZH[self.unit]}", f"{self.amount} {self.unit.value}{plural}")

    def __str__(self) -> str:
        return self.in_words().en


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it has no such day.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2024, 8, 31), -6)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift(day: date, span: Span, sign: int = 1) -> date:
    """`day` moved by a span of days, weeks, months or years (`sign` -1 goes back); raises ValueError for other
    units.
    """
    match span.unit:
        case Unit.DAY:
            return day + timedelta(days=sign * span.amount)
        case Unit.WEEK:
            return day + timedelta(weeks=sign * span.amount)
        case Unit.MONTH:
            return add_months(day, sign * span.amount)
        case Unit.YEAR:
            return add_months(day, sign * 12 * span.amount)
        case _:
            raise ValueError(f"{span} does not move a date by itself")
