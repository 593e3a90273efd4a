"""A branch's schedule of a week: which week it is, where a contact may be moved to, who may approve it. On plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huifang.domain.errors import Problem
from huifang.domain.words import Words

DAYS = 7


@dataclass(frozen=True, slots=True)
class Movable:
    """A scheduled contact as moving sees it: due from `due` on, kept until `expires`; `promised` to the customer for `day`."""

    day: date
    due: date
    expires: date
    promised: bool


def week_of(day: date) -> date:
    """The Monday of a day's week.

    >>> week_of(date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return day - timedelta(days=day.weekday())


def week_after(day: date) -> date:
    """The Monday after a day: of a Sunday, the next day.

    >>> week_after(date(2026, 11, 22)), week_after(date(2026, 11, 23))
    (datetime.date(2026, 11, 23), datetime.date(2026, 11, 30))
    """
    return week_of(day) + timedelta(days=DAYS)


def days_of(first: date) -> tuple[date, ...]:
    """The seven days of the week that begins on `first`."""
    return tuple(first + timedelta(days=number) for number in range(DAYS))


def check_move(contact: Movable, to: date, today: date, first: date, working: bool) -> Problem | None:
    """Why a contact may not be moved to a day of the week that begins on `first`; None where it may."""
    if contact.promised:
        return _problem(
            "promised",
            Words("这是答应客户的时间，排期表里不能改。", "This time was promised to the customer; a schedule does not move it."),
            Words("要改期请先与客户另约；要换人请办理交接。", "Agree on another time with the customer, or hand it over to a colleague."),
        )
    if to not in days_of(first) or to < today:
        return _problem(
            "day",
            Words(f"{to.isoformat()} 不在本周可排的日子里。", f"{to.isoformat()} is not a day of this week that can still be planned."),
            Words("请选表里的日子。", "Choose a day of the table."),
        )
    if to != contact.day and not working:
        return _problem(
            "free",
            Words(f"{to.isoformat()} 不是工作日。", f"{to.isoformat()} is not a working day."),
            Words("请选工作日。", "Choose a working day."),
        )
    if to != contact.day and not contact.due <= to <= contact.expires:
        return _problem(
            "window",
            Words(
                f"应在 {contact.due.isoformat()} 至 {contact.expires.isoformat()} 之间联络。",
                f"It is to be made between {contact.due.isoformat()} and {contact.expires.isoformat()}.",
            ),
            Words("请选这段时间里的日子。", "Choose a day in between."),
        )
    return None


def _problem(code: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"schedule.{code}", what, remedy)
