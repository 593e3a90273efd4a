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


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows, and the place behind which the next page begins: empty on the last."""

    rows: tuple[T, ...]
    after: str


def page_behind(rows: QuerySet[Any, T], order: Sequence[str], after: str, size: int) -> Page[T]:
    """The page of `rows` that begins behind the place `after`. One query.

    `order` names columns that are never null, a minus before those that fall; together they tell every two rows apart. A place that cannot
    be read is the beginning.
    """
    try:
        found = list(rows.filter(_behind(order, _read(after))).order_by(*order)[: size + 1]) if after else None
    except (ValueError, TypeError, ValidationError):
        found = None
    if found is None:
        found = list(rows.order_by(*order)[: size + 1])
    shown = found[:size]
    return Page(tuple(shown), _write([_value(shown[-1], name.lstrip("-")) for name in order]) if len(found) > size else "")


def _behind(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows behind a place. That the first column is not before it is said by itself: an index can begin there."""
    name, told = order[0].lstrip("-"), list(zip(order, place, strict=True))
    where = Q()
    for column, value in reversed(told):
        way = "lt" if column.startswith("-") else "gt"
        same = Q((column.lstrip("-"), value)) & where if where else Q(pk__in=[])
        where = Q((f"{column.lstrip('-')}__{way}", value)) | same
    return Q((f"{name}__{'lte' if order[0].startswith('-') else 'gte'}", place[0])) & where


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
