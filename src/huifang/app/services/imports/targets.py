"""What a cell of a column means, by the column's target; a column of cells into values. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from operator import is_
from typing import Any
from zoneinfo import ZoneInfo

from huifang.app.services.imports import limits, values
from huifang.app.services.imports.columns import ATTRIBUTE_TYPES
from huifang.app.services.imports.phones import phones
from huifang.app.services.imports.plain_cells import Plain, mobiles, plates, texts
from huifang.app.services.imports.reading import Cell
from huifang.app.services.register import points
from huifang.app.services.register.rows import Point, Unreadable
from huifang.domain import language_names, shifts, time_zones
from huifang.domain.errors import Invalid
from huifang.domain.words import Words

_REMEMBERED, _SHORT = 4_096, 32
Read = Callable[[Cell], Any]
"""A cell into its value; None, or something empty, where it says nothing. Raises `Unreadable`."""
_KINDS = {
    "个人": "person", "person": "person", "家庭": "household", "household": "household", "员工": "staff", "staff": "staff",
} | dict.fromkeys(("企业", "公司", "单位", "组织", "organisation", "organization"), "organisation")  # fmt: skip
_STATES = (
    dict.fromkeys(("有效", "生效", "正常", "active"), "active")
    | dict.fromkeys(("终止", "到期", "已到期", "失效", "ended", "expired"), "ended")
    | dict.fromkeys(("取消", "退保", "作废", "cancelled"), "cancelled")
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows of one file are understood.

    `today` decides the year of dates without one; `zone` is the business's own; `event_kind` holds where no column tells it;
    `area_code` goes before local phone numbers; `types` gives the type of attributes (text, number, date, boolean) that are not text.
    """

    kind: str
    names: tuple[str, ...]
    mapping: Mapping[str, str]
    today: date
    zone: ZoneInfo
    event_kind: str = ""
    region: str = "CN"
    area_code: str = ""
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Column:
    """A column that is read: where its cells stand, its header, and what they are called among the values of a row.

    `place` is ``one`` (`key` is the target itself), ``customer``, ``event`` or ``agreement`` (an attribute of it), ``inline`` (`key` is a
    kind of agreement and which end of it), or ``points``, ``notes``, ``address``, which gather several cells.
    """

    index: int
    name: str
    place: str
    key: Any
    read: Read
    plain: Plain | None = None
    known: dict[Any, Any] = field(default_factory=dict)
    """What a cell means follows from the cell alone: short ones are read once, and those that are `plain` many at once."""

    def values(self, cells: Sequence[Cell], refused: dict[int, tuple[str, Unreadable]]) -> list[Any]:
        """What each of `cells` says, None where it says nothing; what cannot be taken goes to `refused`, by row, with the header."""
        found = list(map(self.known.get, cells)) if self.plain is None else self.plain(cells)
        if not any(map(is_, found, repeat(None))):  # by identity: a Decimal that is compared asks what kind of number the other is
            return found
        for number, value in enumerate(found):
            if value is None and (cell := cells[number]) is not None and cell != "":
                try:
                    found[number] = self._value(cell)
                except Unreadable as error:
                    refused.setdefault(number, (self.name, error))
        return found

    def _value(self, cell: Cell) -> Any:
        key = cell if isinstance(cell, str) else (type(cell), cell)  # 1, 1.0 and True are equal, and not the same
        if (known := self.known.get(key)) is not None:
            return known
        value = self.read(cell)
        if value is None or (isinstance(value, str | tuple) and not value):
            return None
        if len(self.known) < _REMEMBERED and (key is not cell or len(cell) <= _SHORT):
            self.known[key] = value
        return value


def column(index: int, name: str, target: str, reading: Reading) -> Column:
    """How the column at `index` with the header `name` is read for `target`."""
    parts = target.split(".")
    if target in _GATHERED:
        place, build = _GATHERED[target]
        return Column(index, name, place, target, build(reading), mobiles if target == "phone" and reading.region == "CN" else None)
    if "attribute" in parts[:2]:
        key = target.split("attribute.", 1)[1]
        read = _typed(reading, key)
        place = parts[0] if parts[0] in ("event", "agreement") else "customer"
        return Column(index, name, place, key, _attribute(read), _PLAIN.get(read))
    most = _MOST.get(target, 80)
    if parts[0] == "agreement" and len(parts) > 2 and parts[-1] in ("starts", "ends"):
        return Column(index, name, "inline", (".".join(parts[1:-1]), parts[-1]), _typed(reading, "", "date"))
    if (special := _one(target, reading)) is not None:
        return Column(index, name, "one", target, special)
    return Column(index, name, "one", target, lambda cell: _short(cell, most), texts(most))


def _typed(reading: Reading, name: str, kind: str = "") -> Read:
    kind = kind or reading.types.get(name) or ATTRIBUTE_TYPES.get(name, "text")
    today, zone = reading.today, reading.zone
    if kind == "date":
        return lambda cell: values.day(cell, today, zone)
    if name == "plate":
        return values.plate
    return {"number": values.number, "boolean": values.boolean}.get(kind, values.text)


_PLAIN: dict[Read, Plain] = {values.plate: plates, values.text: texts(limits.CELL)}


def _attribute(read: Read) -> Read:
    def plain(cell: Cell) -> Any:
        value = read(cell)
        return value.isoformat() if isinstance(value, date) else value

    return plain


def _phones(reading: Reading) -> Read:
    region, area_code = reading.region, reading.area_code
    return lambda cell: tuple(Point("phone", one.value, one.label, one.mobile) for one in phones(cell, region, area_code))


def _emails(_reading: Reading) -> Read:
    def read(cell: Cell) -> tuple[Point, ...]:
        return tuple(points.email(part) for part in re.split(r"[,;、\s]+", values.narrow(cell)) if part)

    return read


def _chat(kind: str) -> Callable[[Reading], Read]:
    def read(cell: Cell) -> tuple[Point, ...]:
        said = values.narrow(cell)
        return (points.chat(kind, said),) if said else ()

    return lambda _reading: read


def _text(_reading: Reading) -> Read:
    return values.text


_GATHERED: dict[str, tuple[str, Callable[[Reading], Read]]] = {
    "phone": ("points", _phones), "email": ("points", _emails), "notes": ("notes", _text), "address": ("address", _text),
    **{kind: ("points", _chat(kind)) for kind in points.CHATS},
}  # fmt: skip
"""Targets of which a row may have several: where their values are gathered, and how they are read."""


_MOST = {
    "customer.code": 50, "event.kind": 60, "agreement.kind": 60, "staff.code": 40, "branch.code": 40, "staff.name": 80,
    "staff.department": 60, "branch.name": 120,
}  # fmt: skip
"""The longest text of a target, where it is not 80 characters."""


def _one(target: str, reading: Reading) -> Read | None:
    """How a cell is read that is more than a short text."""
    if target == "event.at":
        return lambda cell: values.moment(cell, reading.today, reading.zone)
    if target in ("birthday", "first_seen", "agreement.starts", "agreement.ends"):
        return _typed(reading, "", "date")
    if target in _READ:
        return _READ[target]
    words = {"customer.kind": _KINDS, "agreement.status": _STATES}.get(target)
    return (lambda cell: _one_of(words, cell)) if words is not None else None


def _short(cell: Cell, most: int) -> str:
    said = values.text(cell)
    if len(said) > most:
        raise Unreadable("text.too-long", Words(f"超过 {most} 个字。", f"More than {most} characters."))
    return said


def _language(cell: Cell) -> str:
    return _understood(language_names.read, values.narrow(cell))


def _shift(cell: Cell) -> str:
    try:
        return _short(", ".join(str(each) for each in shifts.parse(values.text(cell))), 80)
    except Invalid as error:
        raise Unreadable(
            "hours.unreadable", Words("请把班次写成 09:00-12:00, 14:00-18:00。", "Write the shift like 09:00-12:00, 14:00-18:00.")
        ) from error


def _zone(cell: Cell) -> str:
    return _understood(time_zones.read, values.text(cell))


def _understood(read: Callable[[str], str], said: str) -> str:
    try:
        return read(said)
    except Invalid as error:
        problem = error.problems[0]
        what = Words(f"{problem.what.zh}{problem.remedy.zh}", f"{problem.what.en} {problem.remedy.en}")
        raise Unreadable(problem.code, what) from error


def _whole(cell: Cell) -> int | None:
    found = values.number(cell)
    if found is not None and (not isinstance(found, int) or not 0 <= found <= 100_000):
        raise Unreadable("number.unreadable", Words("请写 0 到 100000 之间的整数。", "Write a whole number from 0 to 100000."))
    return found


def _one_of(words: Mapping[str, str], cell: Cell) -> str:
    said = values.narrow(cell).lower()
    if said and said not in words:
        allowed = "、".join(word for word in words if not word.isascii())
        raise Unreadable(
            "word.unknown", Words(f"“{said[:40]}”不认识，可写：{allowed}。", f"“{said[:40]}” is unknown; write one of {allowed}.")
        )
    return words.get(said, "")


_READ: dict[str, Read] = {
    "event.amount": values.money, "agreement.amount": values.money, "time_zone": _zone, "branch.time_zone": _zone,
    "birthday_lunar": values.boolean, "staff.capacity": _whole, "language": _language, "staff.hours": _shift,
}  # fmt: skip
"""Targets whose cells are read in one way, whatever the file."""
