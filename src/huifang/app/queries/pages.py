"""Pages of long lists: one begins behind the last row of the one before, so it costs the same however deep it lies."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

T = TypeVar("T")
COUNTED = 10_000
"""No more rows than these are counted for a number above a list."""


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """Rows, the order they are paged by, and the first day or moment that belongs to them."""

    rows: QuerySet[Any, T]
    order: Sequence[str]
    begin: date

    @property
    def whole(self) -> QuerySet[Any, T]:
        """All of them."""
        return self.rows.filter(_from(self.order, self.begin))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows, and the place behind which the next page begins: empty on the last."""

    rows: tuple[T, ...]
    after: str


def page_behind(rows: QuerySet[Any, T], order: Sequence[str], after: str, size: int, begin: date | None = None) -> Page[T]:
    """The page of `rows` that begins behind the place `after`. One query.

    `order` names columns that are never null, a minus before those that fall; together they tell every two rows apart. A place that cannot
    be read is the beginning. `begin` is the first day or moment of the first column that counts: said here and not by a filter, because of
    two such conditions SQLite takes the first for its index and walks to the other.
    """
    try:
        found = list(rows.filter(_behind(order, _read(after), begin)).order_by(*order)[: size + 1]) if after else None
    except (ValueError, TypeError, ValidationError):
        found = None
    if found is None:
        found = list((rows if begin is None else rows.filter(_from(order, begin))).order_by(*order)[: size + 1])
    shown = found[:size]
    return Page(tuple(shown), _place(shown[-1], order) if len(found) > size else "")


def counted(rows: QuerySet[Any, Any]) -> int | str:
    """How many there are; ``10,000+`` where they are more than are counted. One query."""
    number = rows.order_by()[: COUNTED + 1].count()
    return number if number <= COUNTED else f"{COUNTED:,}+"


def page_of_sections(sections: Sequence[Section[T]], after: str, size: int) -> Page[tuple[int, T]]:
    """The page of lists that stand one after the other, each row with the number of its list. A query for each list the page touches.

    Each list has its own order, as `page_behind` takes one.
    """
    told, _dot, place = after.partition(".")
    first = int(told) if told in map(str, range(len(sections))) else 0
    found: list[tuple[int, T]] = []
    for number, section in enumerate(sections[first:], first):
        if len(found) == size:
            if section.whole.exists():
                return Page(tuple(found), f"{number}.")
            continue
        page = page_behind(section.rows, section.order, place, size - len(found), section.begin)
        found += [(number, row) for row in page.rows]
        if page.after:
            return Page(tuple(found), f"{number}.{page.after}")
        place = ""
    return Page(tuple(found), "")


def page_of_merged(lists: Sequence[QuerySet[Any, T]], order: Sequence[str], after: str, size: int, begin: date | None = None) -> Page[T]:
    """The page of lists that stand in each other, all in the same order: together it tells every two of their rows apart. A query each."""
    pages = [page_behind(rows, order, after, size, begin) for rows in lists]
    found = sorted((row for page in pages for row in page.rows), key=lambda row: [_value(row, name) for name in order])
    more = len(found) > size or any(page.after for page in pages)
    return Page(tuple(found[:size]), _place(found[size - 1], order) if more else "")


def _from(order: Sequence[str], begin: date) -> Q:
    return Q((f"{order[0]}__gte", begin))


def _behind(order: Sequence[str], place: Sequence[Any], begin: date | None) -> Q:
    """Rows behind a place: in no column before it while those to the left are the same. ValueError for a place before the beginning.

    That the first column is not before it is said by itself, so that an index can begin there. What remains is said in the way that takes
    few rows away: PostgreSQL guesses how many are left, and where it guesses one it sorts them all instead of walking the index.
    """
    if begin is not None and type(begin).fromisoformat(next(iter(place), "")) < begin:
        raise ValueError(place)
    where = Q()
    for column, value in reversed(list(zip(order, place, strict=True))):
        name, way = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        where = Q((f"{name}__{way}e", value)) & (~Q((name, value)) | where) if where else Q((f"{name}__{way}", value))
    return where


def _place(row: Any, order: Sequence[str]) -> str:
    return _write([_value(row, name.lstrip("-")) for name in order])


def _value(row: Any, name: str) -> Any:
    value = row[name] if isinstance(row, dict) else getattr(row, name)
    return value.isoformat() if isinstance(value, date) else value


def _write(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(after: str) -> list[str | int | float]:
    """The values of a place. Raises ValueError for what no page gave."""
    try:
        place = json.loads(base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, RecursionError) as error:
        raise ValueError(after) from error
    fits = isinstance(place, list) and all(_fits(value) for value in place)
    if not fits:
        raise ValueError(after)
    return list(place)


def _fits(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**63
