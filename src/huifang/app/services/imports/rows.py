"""Lines of a file into plain values by a mapping, or a rejection that names the column and the reason. Pure.

Lines are read many at once, a column after the other; each row is as it would be alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from huifang.app.services.imports import values
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.imports.targets import Column, Reading, column
from huifang.app.services.register.rows import AgreementRow, BranchRow, CustomerRow, EventRow, Point, Rejection, Row, StaffRow, Unreadable
from huifang.domain.words import Words

_BAD = {
    "open-quote": Words("这一行的引号没有配对，请检查引号。", "A quote in this row is not closed; check its quotes."),
    "encoding": Words("这一行的文字编码与文件其他部分不同。", "This row is in another encoding than the rest of the file."),
    "long-cell": Words("有单元格超过 32,000 字。", "A cell has more than 32,000 characters."),
}
_CUSTOMER = (
    "customer.code", "customer.name", "customer.kind", "branch", "owner", "birthday", "birthday_lunar", "first_seen",
)  # fmt: skip
_EVENT = ("event.at", "event.kind", "event.code", "event.amount", "event.staff")
_AGREEMENT = (
    "agreement.kind", "agreement.code", "agreement.starts", "agreement.ends", "agreement.status", "agreement.amount",
)  # fmt: skip
_STAFF = ("staff.code", "staff.name", "branch", "staff.department", "staff.capacity", "staff.hours", "staff.skills")
_BRANCH = ("branch.code", "branch.name", "branch.time_zone")
_MISSING = {"event.no-date": "event.at", "customer.nobody": "customer.name", "agreement.no-kind": "agreement.kind"}
"""Reason why a row is not taken → the target of the column that should have said it."""
Refused = dict[int, tuple[str, Unreadable]]
"""Row → the header of the column that cannot be taken, and why."""


class _Said:
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
        for one in columns:
            put.get(one.place, self._put_attribute)(one, one.values(rows, refused))

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

    def texts_of(self, place: str) -> Sequence[Sequence[str]]:
        """Notes, or the parts of the address, in each row."""
        return self.texts.get(place) or [()] * self._count


Build = Callable[[int, int], Row]
"""Line and number of a row into the row. Raises `Unreadable`."""


class RowReader:
    """Reads the lines of one file."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._columns = [column(int(at), reading.names[int(at)], target, reading) for at, target in reading.mapping.items() if target]
        self._width = len(reading.names)

    def read(self, lines: Sequence[Line | BadLine]) -> list[Row | Rejection]:
        """The values of each line, or why it is not taken."""
        good = [line for line in lines if isinstance(line, Line)]
        refused: Refused = {}
        for number, line in enumerate(good):
            if len(line.cells) > self._width and any(cell not in ("", None) for cell in line.cells[self._width :]):
                refused[number] = "", _too_wide(len(line.cells), self._width)
        build = self._build(_Said([line.cells for line in good], self._columns, refused))
        made = iter([self._row(line.number, number, build, refused) for number, line in enumerate(good)])
        return [next(made) if isinstance(line, Line) else _bad(line) for line in lines]

    def _row(self, line: int, number: int, build: Build, refused: Refused) -> Row | Rejection:
        if number in refused:
            name, error = refused[number]
            return Rejection(line, name, error.code, error.words)
        try:
            return build(line, number)
        except Unreadable as error:
            return Rejection(line, self._column_of(error.code), error.code, error.words)

    def _column_of(self, code: str) -> str:
        """The header of the column that a missing value belongs to."""
        target = _MISSING.get(code, "")
        column = next((column for column, found in self.reading.mapping.items() if found == target), None)
        return self.reading.names[int(column)] if column is not None else ""

    def _build(self, said: _Said) -> Build:
        kind = self.reading.kind
        if kind == "staff":
            return _staff(said)
        if kind == "branches":
            return _branches(said)
        customer = _customers(said)
        if kind == "events":
            return self._events(said, customer)
        return self._agreements(said, customer) if kind == "agreements" else customer

    def _events(self, said: _Said, customer: Build) -> Build:
        one, theirs, own = said.rows(_EVENT), said.attributes_of("customer"), said.attributes_of("event")

        def build(line: int, number: int) -> Row:
            row = customer(line, number)
            moment, kind, code, amount, staff = one[number]
            if moment is None:
                raise Unreadable("event.no-date", Words("没有业务日期，请补上。", "The date of the event is missing; add it."))
            attributes = theirs[number] | own[number]
            if amount is None and {"quantity", "price"} <= attributes.keys():
                amount = values.money(str(Decimal(str(attributes["quantity"])) * Decimal(str(attributes["price"]))))
            at, day = _moment(moment, self.reading.zone)
            row.event = EventRow(kind or self.reading.event_kind, at, day, code or "", amount, staff or "", attributes)
            return row

        return build

    def _agreements(self, said: _Said, customer: Build) -> Build:
        one, attributes = said.rows(_AGREEMENT), said.attributes_of("agreement")

        def build(line: int, number: int) -> Row:
            row = customer(line, number)
            kind, code, starts, ends, status, amount = one[number]
            kind = kind or self.reading.event_kind
            if not kind:
                raise Unreadable("agreement.no-kind", Words("没有合约类型，请补上。", "The kind of agreement is missing; add it."))
            if starts and ends and ends < starts:
                raise Unreadable(
                    "agreement.ends-first", Words("到期日期早于开始日期，请核对。", "It ends before it starts; check both dates.")
                )
            row.agreements.append(AgreementRow(kind, code or "", starts, ends, status or "", amount, attributes[number]))
            return row

        return build


def _customers(said: _Said) -> Build:
    one, attributes, inline = said.rows(_CUSTOMER), said.attributes_of("customer"), said.inline
    all_notes, addresses, all_points = said.texts_of("notes"), said.texts_of("address"), said.points

    def build(line: int, number: int) -> Row:
        code, name, kind, branch, owner, birthday, lunar, first_seen = one[number]
        points, notes, address = all_points[number], all_notes[number], addresses[number]
        if address:
            points.append(Point("address", "".join(dict.fromkeys(address))[:1000]))
        if not (code or name or any(point.kind == "phone" for point in points)):
            raise Unreadable(
                "customer.nobody",
                Words("没有客户编号、姓名或电话，不知道是谁。", "No number, name or phone: it is not known who this is."),
            )
        row = Row(
            line,
            CustomerRow(
                code or "", name or "", kind or "", branch or "", owner or "", birthday, lunar, first_seen, "\n".join(notes),
                attributes[number], points,
            ),
        )  # fmt: skip
        if inline:
            row.agreements += (
                AgreementRow(kind, starts=ends.get("starts"), ends=ends.get("ends")) for kind, ends in inline[number].items()
            )
        return row

    return build


def _staff(said: _Said) -> Build:
    one = said.rows(_STAFF)

    def build(line: int, number: int) -> Row:
        code, name, branch, department, capacity, hours, skills = one[number]
        if not (code and name):
            raise Unreadable("staff.incomplete", Words("工号和姓名都要填写。", "Both staff number and name are needed."))
        parts = tuple(part for part in re.split(r"[,，、;；\s]+", skills or "") if part)
        return Row(line, staff=StaffRow(code, name, branch or "", department or "", capacity, hours or "", parts))

    return build


def _branches(said: _Said) -> Build:
    one = said.rows(_BRANCH)

    def build(line: int, number: int) -> Row:
        code, name, zone = one[number]
        if not (code and name):
            raise Unreadable("branch.incomplete", Words("门店编号和名称都要填写。", "Both branch number and name are needed."))
        if zone and zone not in available_timezones():
            raise Unreadable("zone.unknown", Words("时区请写成 Asia/Shanghai。", "Write the time zone like Asia/Shanghai."))
        return Row(line, branch=BranchRow(code, name, zone or ""))

    return build


@lru_cache(4096)
def _moment(said: date | datetime, zone: ZoneInfo) -> tuple[datetime, date]:
    """In UTC, and the business's own day; a day without a time is its noon."""
    local = said if isinstance(said, datetime) else datetime.combine(said, time(12))
    return local.replace(tzinfo=zone).astimezone(UTC), local.date()


def _too_wide(cells: int, width: int) -> Unreadable:
    return Unreadable(
        "row.too-wide",
        Words(
            f"这一行有 {cells} 列，表头只有 {width} 列，可能有多余的分隔符。",
            f"{cells} cells under {width} headers: a delimiter too many?",
        ),
    )


def _bad(line: BadLine) -> Rejection:
    return Rejection(line.number, "", line.code, _BAD.get(line.code, _BAD["open-quote"]))
