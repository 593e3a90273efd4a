"""What the cells of some rows say, a column after the other, by what the columns mean. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import repeat, zip_longest
from typing import Any

from huifang.app.services.imports.reading import Cell
from huifang.app.services.imports.targets import Column
from huifang.app.services.register.rows import Point, Unreadable

Refused = dict[int, tuple[str, Unreadable]]
"""Row → the header of the column that cannot be taken, and why."""


class Said:
    """What some rows say, by target: a value for each row, None where it says nothing."""

    def __init__(self, rows: Sequence[Sequence[Cell]], columns: Sequence[Column], refused: Refused) -> None:
        self._count = len(rows)
        self.one: dict[str, list[Any]] = {}
        self.attributes: dict[str, list[dict[str, Any]]] = {}
        self.inline: list[dict[str, dict[str, date]]] | None = None
        self.points: list[list[Point]] = [[] for _ in rows]
        self.texts: dict[str, list[list[str]]] = {}
        put = {
            "one": self._put_one,
            "inline": self._put_inline,
            "points": self._put_points,
            "notes": self._put_text,
            "address": self._put_text,
        }
        cells = _columns(rows, max((one.index for one in columns), default=-1) + 1)
        for one in columns:
            put.get(one.place, self._put_attribute)(one, one.values(cells[one.index], refused))

    def _put_one(self, column: Column, found: list[Any]) -> None:
        before = self.one.get(column.key)
        self.one[column.key] = found if before is None else [old if new is None else new for old, new in zip(before, found, strict=True)]

    def _put_attribute(self, column: Column, found: list[Any]) -> None:
        said = self.attributes.setdefault(column.place, [{} for _ in found])
        for one, value in zip(said, found, strict=True):
            if value is not None:
                one[column.key] = value

    def _put_inline(self, column: Column, found: list[Any]) -> None:
        kind, end = column.key
        self.inline = self.inline or [{} for _ in found]
        for one, value in zip(self.inline, found, strict=True):
            if value is not None:
                one.setdefault(kind, {})[end] = value

    def _put_points(self, _column: Column, found: list[Any]) -> None:
        for points, some in zip(self.points, found, strict=True):
            if some is not None:
                points.extend(some)

    def _put_text(self, column: Column, found: list[Any]) -> None:
        for texts, value in zip(self.texts.setdefault(column.place, [[] for _ in found]), found, strict=True):
            if value is not None:
                texts.append(value)

    def rows(self, targets: Sequence[str]) -> list[tuple[Any, ...]]:
        """The values of these targets in each row."""
        return list(zip(*(self.one.get(target) or repeat(None, self._count) for target in targets), strict=True))

    def attributes_of(self, place: str) -> list[dict[str, Any]]:
        """Attributes of the customer, event or agreement in each row."""
        return self.attributes.get(place) or [{} for _ in range(self._count)]

    def column(self, target: str) -> Sequence[Any]:
        """The values of one target in all rows."""
        return self.one.get(target) or [None] * self._count

    def words(self, target: str, otherwise: str = "") -> Sequence[str]:
        """The texts of one target in all rows, `otherwise` where nothing is said."""
        found = self.one.get(target)
        return [otherwise] * self._count if found is None else [each or otherwise for each in found]

    def texts_of(self, place: str) -> Sequence[Sequence[str]]:
        """Notes, or the parts of the address, in each row."""
        return self.texts.get(place) or [()] * self._count


def _columns(rows: Sequence[Sequence[Cell]], width: int) -> list[Sequence[Cell]]:
    """The first `width` columns; None where a row is shorter."""
    columns: list[Sequence[Cell]] = list(zip_longest(*rows))
    return columns + [[None] * len(rows)] * (width - len(columns))
