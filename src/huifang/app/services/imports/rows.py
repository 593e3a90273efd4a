"""Lines of a file into plain values by a mapping, or a rejection that names the column and the reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from huifang.app.services.imports import values
from huifang.app.services.imports.columns import ATTRIBUTE_TYPES
from huifang.app.services.imports.phones import phones
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.register.rows import AgreementRow, BranchRow, CustomerRow, EventRow, Point, Rejection, Row, StaffRow, Unreadable
from huifang.domain.words import Words

_REMEMBERED, _SHORT = 4_096, 32
_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@[^@\s,;<>()\"]+\.[^@\s,;<>()\"]{2,}")
_KINDS = {
    "个人": "person", "person": "person", "家庭": "household", "household": "household", "员工": "staff", "staff": "staff",
} | dict.fromkeys(("企业", "公司", "单位", "组织", "organisation", "organization"), "organisation")  # fmt: skip
_STATES = (
    dict.fromkeys(("有效", "生效", "正常", "active"), "active")
    | dict.fromkeys(("终止", "到期", "已到期", "失效", "ended", "expired"), "ended")
    | dict.fromkeys(("取消", "退保", "作废", "cancelled"), "cancelled")
)
_BAD = {
    "open-quote": Words("这一行的引号没有配对，请检查引号。", "A quote in this row is not closed; check its quotes."),
    "encoding": Words("这一行的文字编码与文件其他部分不同。", "This row is in another encoding than the rest of the file."),
    "long-cell": Words("有单元格超过 32,000 字。", "A cell has more than 32,000 characters."),
}


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
class _Said:
    """Values of a row by target, while its cells are read."""

    one: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)
    event: dict[str, Any] = field(default_factory=dict)
    agreement: dict[str, Any] = field(default_factory=dict)
    inline: dict[str, dict[str, date]] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    address: list[str] = field(default_factory=list)


class RowReader:
    """Reads the lines of one file."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._columns = [
            (int(column), reading.names[int(column)], self._setter(target)) for column, target in reading.mapping.items() if target
        ]
        self._width = len(reading.names)
        self._build = {"staff": _staff, "branches": _branch}.get(reading.kind)

    def read(self, line: Line | BadLine) -> Row | Rejection:
        """The values of a line, or why it is not taken."""
        if isinstance(line, BadLine):
            return Rejection(line.number, "", line.code, _BAD.get(line.code, _BAD["open-quote"]))
        said, cells, at = _Said(), line.cells, ""
        try:
            if len(cells) > self._width:
                _check_width(cells, self._width)
            for column, name, put in self._columns:
                if column < len(cells) and (cell := cells[column]) not in ("", None):
                    at = name
                    put(said, cell)
            at = ""
            return self._build(line.number, said) if self._build else self._row(line.number, said)
        except Unreadable as error:
            return Rejection(line.number, at or self._column_of(error.code), error.code, error.words)

    def _column_of(self, code: str) -> str:
        """The header of the column that a missing value belongs to."""
        target = {"event.no-date": "event.at", "customer.nobody": "customer.name", "agreement.no-kind": "agreement.kind"}.get(code, "")
        column = next((column for column, found in self.reading.mapping.items() if found == target), None)
        return self.reading.names[int(column)] if column is not None else ""

    def _row(self, line: int, said: _Said) -> Row:
        row = Row(line, customer=_customer(said))
        for kind, ends in said.inline.items():
            row.agreements.append(AgreementRow(kind, starts=ends.get("starts"), ends=ends.get("ends")))
        if self.reading.kind == "events":
            row.event = self._event(said)
        elif self.reading.kind == "agreements":
            row.agreements.append(self._agreement(said))
        return row

    def _event(self, said: _Said) -> EventRow:
        moment = said.one.get("event.at")
        if moment is None:
            raise Unreadable("event.no-date", Words("没有业务日期，请补上。", "The date of the event is missing; add it."))
        kind = said.one.get("event.kind") or self.reading.event_kind
        attributes = said.customer | said.event
        amount = said.one.get("event.amount")
        if amount is None and {"quantity", "price"} <= attributes.keys():
            amount = values.money(str(Decimal(str(attributes["quantity"])) * Decimal(str(attributes["price"]))))
        at, day = _moment(moment, self.reading.zone)
        return EventRow(kind, at, day, said.one.get("event.code", ""), amount, said.one.get("event.staff", ""), attributes)

    def _agreement(self, said: _Said) -> AgreementRow:
        one = said.one
        kind = one.get("agreement.kind") or self.reading.event_kind
        if not kind:
            raise Unreadable("agreement.no-kind", Words("没有合约类型，请补上。", "The kind of agreement is missing; add it."))
        starts, ends = one.get("agreement.starts"), one.get("agreement.ends")
        if starts and ends and ends < starts:
            raise Unreadable("agreement.ends-first", Words("到期日期早于开始日期，请核对。", "It ends before it starts; check both dates."))
        code, status, amount = one.get("agreement.code", ""), one.get("agreement.status", ""), one.get("agreement.amount")
        return AgreementRow(kind, code, starts, ends, status, amount, said.agreement)

    def _setter(self, target: str) -> Callable[[_Said, Cell], None]:
        """What a cell of a column with this target does."""
        if target in _SPECIAL:
            return _SPECIAL[target](self.reading)
        parts = target.split(".")
        if "attribute" in parts[:2]:
            name = target.split("attribute.", 1)[1]
            return _attribute(parts[0], name, self._typed(name))
        if parts[0] == "agreement" and len(parts) > 2 and parts[-1] in ("starts", "ends"):
            return _inline(".".join(parts[1:-1]), parts[-1], self._typed("", "date"))
        return _put(target, _plain_reader(target, self._typed("", "date")))

    def _typed(self, name: str, kind: str = "") -> Callable[[Cell], Any]:
        kind = kind or self.reading.types.get(name) or ATTRIBUTE_TYPES.get(name, "text")
        today, zone = self.reading.today, self.reading.zone
        if kind == "date":
            return lambda cell: values.day(cell, today, zone)
        if name == "plate":
            return values.plate
        return {"number": values.number, "boolean": values.boolean}.get(kind, values.text)


@lru_cache(4096)
def _moment(said: date | datetime, zone: ZoneInfo) -> tuple[datetime, date]:
    """In UTC, and the business's own day; a day without a time is its noon."""
    local = said if isinstance(said, datetime) else datetime.combine(said, time(12))
    return local.replace(tzinfo=zone).astimezone(UTC), local.date()


def _check_width(cells: Sequence[Cell], width: int) -> None:
    if any(cell not in ("", None) for cell in cells[width:]):
        raise Unreadable(
            "row.too-wide",
            Words(
                f"这一行有 {len(cells)} 列，表头只有 {width} 列，可能有多余的分隔符。",
                f"{len(cells)} cells under {width} headers: a delimiter too many?",
            ),
        )


def _into(owner: str, name: str, read: Callable[[Cell], Any]) -> Callable[[_Said, Cell], None]:
    """Put what `read` makes of a cell under a name. What it says of a text follows from the text: short ones are read once."""
    known: dict[Cell, Any] = {}
    place = attrgetter(owner)

    def put(said: _Said, cell: Cell) -> None:
        value = known.get(cell) if isinstance(cell, str) else None
        if value is None:
            value = read(cell)
            if value is None or value == "":
                return
            if isinstance(cell, str) and len(known) < _REMEMBERED and len(cell) <= _SHORT:
                known[cell] = value
        place(said)[name] = value

    return put


def _put(target: str, read: Callable[[Cell], Any]) -> Callable[[_Said, Cell], None]:
    return _into("one", target, read)


def _attribute(owner: str, name: str, read: Callable[[Cell], Any]) -> Callable[[_Said, Cell], None]:
    def plain(cell: Cell) -> Any:
        value = read(cell)
        return value.isoformat() if isinstance(value, date) else value

    return _into(owner if owner in ("event", "agreement") else "customer", name, plain)


def _inline(kind: str, end: str, read: Callable[[Cell], Any]) -> Callable[[_Said, Cell], None]:
    def put(said: _Said, cell: Cell) -> None:
        found = read(cell)
        if found is not None:
            said.inline.setdefault(kind, {})[end] = found

    return put


def _phones(reading: Reading) -> Callable[[_Said, Cell], None]:
    def put(said: _Said, cell: Cell) -> None:
        for phone in phones(cell, reading.region, reading.area_code):
            said.points.append(Point("phone", phone.value, phone.label, phone.mobile))

    return put


def _emails(_reading: Reading) -> Callable[[_Said, Cell], None]:
    def put(said: _Said, cell: Cell) -> None:
        for part in re.split(r"[,;、\s]+", values.narrow(cell)):
            if not part:
                continue
            if not _EMAIL.fullmatch(part):
                raise Unreadable("email.unreadable", Words(f"“{part[:40]}”不是邮箱地址。", f"“{part[:40]}” is not an e-mail address."))
            said.points.append(Point("email", part.lower()))

    return put


def _wecom(_reading: Reading) -> Callable[[_Said, Cell], None]:
    def put(said: _Said, cell: Cell) -> None:
        if value := values.narrow(cell):
            said.points.append(Point("wecom", value[:200]))

    return put


def _collect(name: str) -> Callable[[Reading], Callable[[_Said, Cell], None]]:
    def build(_reading: Reading) -> Callable[[_Said, Cell], None]:
        def put(said: _Said, cell: Cell) -> None:
            if value := values.text(cell):
                getattr(said, name).append(value)

        return put

    return build


def _event_at(reading: Reading) -> Callable[[_Said, Cell], None]:
    return _put("event.at", lambda cell: values.moment(cell, reading.today, reading.zone))


_SPECIAL = {
    "phone": _phones, "email": _emails, "wecom": _wecom, "notes": _collect("notes"), "address": _collect("address"), "event.at": _event_at,
}  # fmt: skip


def _plain_reader(target: str, day: Callable[[Cell], Any]) -> Callable[[Cell], Any]:
    if target in ("birthday", "first_seen", "agreement.starts", "agreement.ends"):
        return day
    if target in ("event.amount", "agreement.amount"):
        return values.money
    if target == "birthday_lunar":
        return values.boolean
    if target == "staff.capacity":
        return _whole
    words = {"customer.kind": _KINDS, "agreement.status": _STATES}.get(target)
    if words is not None:
        return lambda cell: _one_of(words, cell)
    most = {
        "customer.code": 50,
        "event.kind": 60,
        "agreement.kind": 60,
        "staff.code": 40,
        "branch.code": 40,
        "staff.name": 80,
        "branch.name": 120,
    }
    return lambda cell: _short(cell, most.get(target, 80))


def _short(cell: Cell, most: int) -> str:
    said = values.text(cell)
    if len(said) > most:
        raise Unreadable("text.too-long", Words(f"超过 {most} 个字。", f"More than {most} characters."))
    return said


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


def _customer(said: _Said) -> CustomerRow:
    one = said.one
    if said.address:
        said.points.append(Point("address", "".join(dict.fromkeys(said.address))[:1000]))
    row = CustomerRow(
        one.get("customer.code", ""), one.get("customer.name", ""), one.get("customer.kind", ""), one.get("branch", ""),
        one.get("owner", ""),
        one.get("birthday"), one.get("birthday_lunar"), one.get("first_seen"), "\n".join(said.notes), said.customer, said.points,
    )  # fmt: skip
    if not (row.code or row.name or any(point.kind == "phone" for point in row.points)):
        raise Unreadable(
            "customer.nobody",
            Words("没有客户编号、姓名或电话，不知道是谁。", "No number, name or phone: it is not known who this is."),
        )
    return row


def _staff(line: int, said: _Said) -> Row:
    code, name = said.one.get("staff.code", ""), said.one.get("staff.name", "")
    if not (code and name):
        raise Unreadable("staff.incomplete", Words("工号和姓名都要填写。", "Both staff number and name are needed."))
    skills = tuple(part for part in re.split(r"[,，、;；\s]+", said.one.get("staff.skills", "")) if part)
    return Row(line, staff=StaffRow(code, name, said.one.get("branch", ""), said.one.get("staff.capacity"), skills))


def _branch(line: int, said: _Said) -> Row:
    code, name, zone = said.one.get("branch.code", ""), said.one.get("branch.name", ""), said.one.get("branch.time_zone", "")
    if not (code and name):
        raise Unreadable("branch.incomplete", Words("门店编号和名称都要填写。", "Both branch number and name are needed."))
    if zone and zone not in available_timezones():
        raise Unreadable("zone.unknown", Words("时区请写成 Asia/Shanghai。", "Write the time zone like Asia/Shanghai."))
    return Row(line, branch=BranchRow(code, name, zone))
