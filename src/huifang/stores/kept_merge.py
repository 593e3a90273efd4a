"""The facts of a morning from those of the day before and the events that come to count or cease to: SQL for DuckDB, by tables' names.

With N the events of today, R those of them that cross an edge (their day has come, or a window leaves them), and A those that are new,
a count or sum is

    today = before + (R and A as they count today) − (R without A as they counted before)

and the first and last day of a kind are the least and greatest of before and today's. Customers of events that are gone, for whom there is
no such way (`How.ANEW`), or whose sum would not be exact to the last of its digits, are read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from huifang.domain.spans import Span, shift
from huifang.engine.event_parts import How, Part
from huifang.engine.portable import SUM_DIGITS

_MOST, _MOST_OF_ALL = 10**6, 10**9
"""An event's number and a sum up to which a float has the digits of sums to spare."""


def crossing(parts: Iterable[Part], since: date, day: date) -> str:
    """The condition of R: events whose day has come after `since`, or that have left a window since."""
    return " OR ".join([_between(since, day), *_leaving(parts, since, day)])


def merged(parts: Sequence[Part]) -> str:
    """Today's facts by `kept.facts`, `arrived_facts` (R and A, today), `counted_facts` (R without A, before); `doubtful`: not surely so."""
    columns = [f"{_value(part)} AS {_name(part)}" for part in parts]
    doubts = [_doubt(part) for part in parts if part.summed is not None]
    chosen = ", ".join(["a.customer_id", *columns, f"{' OR '.join(doubts) or 'false'} AS doubtful"])
    joined = "arrived_facts AS a LEFT JOIN counted_facts AS c USING (customer_id) LEFT JOIN kept.facts AS b USING (customer_id)"
    return f"SELECT {chosen} FROM {joined}"  # noqa: S608  # nosec B608 # names quoted below


def anew(parts: Sequence[Part], since: date, day: date) -> str:
    """The customers who are read anew, by `kept.stale`, `kept.added`, `arrived` (R and A) and `merged`."""
    chosen = ["FROM kept.stale", "SELECT customer_id FROM merged WHERE doubtful"]
    if lost := [part for part in parts if part.how is How.ANEW]:
        chosen.append("SELECT customer_id FROM kept.added")
        chosen.append(_arrived_with(crossing(lost, since, day)))
    chosen += [_arrived_with(_inexact(column)) for column in sorted({part.summed for part in parts if part.summed is not None})]
    return " UNION ".join(chosen)


def _arrived_with(condition: str) -> str:
    return f"SELECT customer_id FROM arrived WHERE {condition}"  # noqa: S608  # nosec B608 # of days and quoted names


def _inexact(column: str) -> str:
    """A number with more digits than sums have."""
    number = f"CAST({_quoted(column)} AS DOUBLE)"
    scaled = f"{number} * 1e{SUM_DIGITS}"
    return f"abs({number}) > {_MOST} OR abs({scaled} - round({scaled})) > 1e-3"


def _value(part: Part) -> str:
    name = _name(part)
    match part.how:
        case How.ADDED if part.summed is not None:
            return f"CASE WHEN coalesce(a.{name}, c.{name}) IS NULL THEN b.{name} ELSE {_sum(part)} END"
        case How.ADDED:
            return f"coalesce(b.{name}, 0) + a.{name} - coalesce(c.{name}, 0)"
        case How.LEAST:
            return f"least(b.{name}, a.{name})"
        case How.GREATEST:
            return f"greatest(b.{name}, a.{name})"
        case _:
            return f"b.{name}"


def _sum(part: Part) -> str:
    name = _name(part)
    return f"round(coalesce(b.{name}, 0) + coalesce(a.{name}, 0) - coalesce(c.{name}, 0), {SUM_DIGITS})"


def _doubt(part: Part) -> str:
    """A sum from which something went away: 0 may be the sum of nothing, which is unknown."""
    return f"(c.{_name(part)} IS NOT NULL AND {_sum(part)} = 0 OR abs({_sum(part)}) > {_MOST_OF_ALL})"


def _leaving(parts: Iterable[Part], since: date, day: date) -> list[str]:
    spans: set[Span] = {part.window for part in parts if part.window is not None}
    return [_between(shift(since, span, -1), shift(day, span, -1)) for span in sorted(spans, key=str)]


def _between(after: date, until: date) -> str:
    return f"(day > DATE '{after}' AND day <= DATE '{until}')"


def _name(part: Part) -> str:
    return _quoted(part.column)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
