"""Lines of a file into plain values by a mapping, or a rejection that names the column and the reason. Pure.

Lines are read many at once, a column after the other; each row is as it would be alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from operator import or_
from zoneinfo import ZoneInfo

from huifang.app.services.imports import values
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.said import Refused, Said
from huifang.app.services.imports.targets import Reading, column
from huifang.app.services.register.rows import AgreementRow, BranchRow, CustomerRow, EventRow, Point, Rejection, Row, StaffRow, Unreadable
from huifang.domain.words import Words

BAD_LINES = {
    "open-quote": Words("这一行的引号没有配对，请检查引号。", "A quote in this row is not closed; check its quotes."),
    "encoding": Words("这一行的文字编码与文件其他部分不同。", "This row is in another encoding than the rest of the file."),
    "long-cell": Words("有单元格超过 32,000 字。", "A cell has more than 32,000 characters."),
}
"""Code of a line that cannot be read → why."""
_AGREEMENT = (
    "agreement.kind", "agreement.code", "agreement.starts", "agreement.ends", "agreement.status", "agreement.amount",
)  # fmt: skip
_STAFF = ("staff.code", "staff.name", "branch", "staff.department", "staff.capacity", "staff.hours", "staff.skills")
_BRANCH = ("branch.code", "branch.name", "branch.time_zone")
_MISSING = {"event.no-date": "event.at", "customer.nobody": "customer.name", "agreement.no-kind": "agreement.kind"}
"""Reason why a row is not taken → the target of the column that should have said it."""
_NOBODY = Words("没有客户编号、姓名或电话，不知道是谁。", "No number, name or phone: it is not known who this is.")
_NO_DATE = Words("没有业务日期，请补上。", "The date of the event is missing; add it.")
_NO_KIND = Words("没有合约类型，请补上。", "The kind of agreement is missing; add it.")
_ENDS_FIRST = Words("到期日期早于开始日期，请核对。", "It ends before it starts; check both dates.")
Refuse = Callable[[int, Unreadable], None]
"""Say of a row, by its place among those that are read, why it is not taken; what was said first counts."""


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
        said = Said([line.cells for line in good], self._columns, refused)

        def refuse(number: int, error: Unreadable) -> None:
            refused.setdefault(number, (self._column_of(error.code), error))

        made: list[Row | Rejection] = [*self._rows(said, [line.number for line in good], refuse)]
        for number, (name, error) in refused.items():
            made[number] = Rejection(good[number].number, name, error.code, error.words)
        if len(good) == len(lines):
            return made
        rest = iter(made)
        return [next(rest) if isinstance(line, Line) else _bad(line) for line in lines]

    def _column_of(self, code: str) -> str:
        """The header of the column that a missing value belongs to."""
        target = _MISSING.get(code, "")
        column = next((column for column, found in self.reading.mapping.items() if found == target), None)
        return self.reading.names[int(column)] if column is not None else ""

    def _rows(self, said: Said, lines: Sequence[int], refuse: Refuse) -> list[Row]:
        kind = self.reading.kind
        if kind == "staff":
            return _staff(said, lines, refuse)
        if kind == "branches":
            return _branches(said, lines, refuse)
        customers = _customers(said, refuse)
        own = (self._events(said, refuse),) if kind == "events" else ()
        rows = list(map(Row, lines, customers, *own))
        for row, inline in zip(rows, said.inline or (), strict=False):
            row.agreements += (AgreementRow(kind, starts=ends.get("starts"), ends=ends.get("ends")) for kind, ends in inline.items())
        if kind == "agreements":
            for row, agreement in zip(rows, self._agreements(said, refuse), strict=True):
                row.agreements.append(agreement)
        return rows

    def _events(self, said: Said, refuse: Refuse) -> list[EventRow]:
        attributes = list(map(or_, said.attributes_of("customer"), said.attributes_of("event")))
        amounts = list(said.column("event.amount"))
        for number, amount in enumerate(amounts):
            if amount is None and {"quantity", "price"} <= attributes[number].keys():
                try:
                    amounts[number] = _product(attributes[number]["quantity"], attributes[number]["price"])
                except Unreadable as error:
                    refuse(number, error)
        moments = [_moment(moment, self.reading.zone) for moment in said.column("event.at")]
        for number, (at, _) in enumerate(moments):
            if at is _NEVER:
                refuse(number, Unreadable("event.no-date", _NO_DATE))
        ats, days = zip(*moments, strict=True) if moments else ((), ())
        kinds, codes, staff = said.words("event.kind", self.reading.event_kind), said.words("event.code"), said.words("event.staff")
        return list(map(EventRow, kinds, ats, days, codes, amounts, staff, attributes))

    def _agreements(self, said: Said, refuse: Refuse) -> list[AgreementRow]:
        made = []
        for number, (told, attributes) in enumerate(zip(said.rows(_AGREEMENT), said.attributes_of("agreement"), strict=True)):
            kind, code, starts, ends, status, amount = told
            kind = kind or self.reading.event_kind
            if not kind:
                refuse(number, Unreadable("agreement.no-kind", _NO_KIND))
            if starts and ends and ends < starts:
                refuse(number, Unreadable("agreement.ends-first", _ENDS_FIRST))
            made.append(AgreementRow(kind, code or "", starts, ends, status or "", amount, attributes))
        return made


def _customers(said: Said, refuse: Refuse) -> list[CustomerRow]:
    for points, address in zip(said.points, said.texts_of("address"), strict=True):
        if address:
            points.append(Point("address", "".join(dict.fromkeys(address))[:1000]))
    codes, names = said.words("customer.code"), said.words("customer.name")
    for number, (code, name) in enumerate(zip(codes, names, strict=True)):
        if not (code or name or any(point.kind == "phone" for point in said.points[number])):
            refuse(number, Unreadable("customer.nobody", _NOBODY))
    return list(
        map(
            CustomerRow, codes, names, said.words("customer.kind"), said.words("branch"), said.words("owner"), said.column("birthday"),
            said.column("birthday_lunar"), said.column("first_seen"), map("\n".join, said.texts_of("notes")),
            said.attributes_of("customer"), said.points, said.words("time_zone"), said.words("language"),
        )
    )  # fmt: skip


def _staff(said: Said, lines: Sequence[int], refuse: Refuse) -> list[Row]:
    made = []
    for number, (line, told) in enumerate(zip(lines, said.rows(_STAFF), strict=True)):
        code, name, branch, department, capacity, hours, skills = told
        if not (code and name):
            refuse(number, Unreadable("staff.incomplete", Words("工号和姓名都要填写。", "Both staff number and name are needed.")))
        parts = tuple(part for part in re.split(r"[,，、;；\s]+", skills or "") if part)
        made.append(Row(line, staff=StaffRow(code, name, branch or "", department or "", capacity, hours or "", parts)))
    return made


def _branches(said: Said, lines: Sequence[int], refuse: Refuse) -> list[Row]:
    made = []
    for number, (line, (code, name, zone)) in enumerate(zip(lines, said.rows(_BRANCH), strict=True)):
        if not (code and name):
            refuse(number, Unreadable("branch.incomplete", Words("门店编号和名称都要填写。", "Both branch number and name are needed.")))
        made.append(Row(line, branch=BranchRow(code, name, zone or "")))
    return made


def _product(quantity: object, price: object) -> Decimal | None:
    return values.money(str(Decimal(str(quantity)) * Decimal(str(price))))


_NEVER = datetime.max.replace(tzinfo=UTC)


@lru_cache(4096)
def _moment(said: date | datetime | None, zone: ZoneInfo) -> tuple[datetime, date]:
    """In UTC, and the business's own day; a day without a time is its noon; `_NEVER` where nothing is said."""
    if said is None:
        return _NEVER, date.max
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
    return Rejection(line.number, "", line.code, BAD_LINES.get(line.code, BAD_LINES["open-quote"]))
