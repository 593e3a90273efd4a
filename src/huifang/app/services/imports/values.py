"""Cells into values: text, dates, money, numbers, yes and no, plates, as people really write them. Pure; `today` is an argument.

Each function gives None for a blank cell and raises `Unreadable`, said for the person who keeps the file, for what it cannot take.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from huifang.app.services.imports.reading import Cell
from huifang.app.services.register.rows import Unreadable
from huifang.domain.words import Words

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]")
_GUARDED = ("'=", "'+", "'-", "'@")
"""A text that was kept from being a formula when it was written."""
_BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "n/a", "na", "null", "none", "nan", "未知"})
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!"})
SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Of any day that a business says; what lies outside is a slip."""
_SEPARATED = re.compile(r"(\d{4}|\d{2})[-/.年 ](\d{1,2})[-/.月 ](\d{1,2})[日号]?")
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_NO_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_CLOCK = re.compile(
    r"[T ]*(上午|下午|晚上|中午|凌晨|am|pm)? ?(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]? ?(am|pm)?", re.IGNORECASE
)
_MONEY = re.compile(
    r"(?:[¥￥$]|rmb|cny|人民币)?([+-]?)(?:[¥￥$])?(\d[\d,]*(?:\.\d*)?|\.\d+)(万|千)?(?:元整|元|圆|块|rmb|cny|yuan)?", re.IGNORECASE
)
_PLAIN_MONEY = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?")
_CENTS = Decimal("0.00")
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓", "✔", "已", "真", "同意"})
_NO = frozenset({"否", "无", "没有", "不", "不是", "n", "no", "false", "f", "0", "×", "✗", "✘", "x", "未", "假", "不同意"})


def text(cell: Cell) -> str:
    """What a cell says: trimmed, without invisible characters; a whole number without its ``.0``; a formula's error is blank.

    The quote that guards a text against being a formula is taken off.

    >>> text(13500009525.0), text("  张三\u00a0 "), text(True)
    ('13500009525', '张三', '是')
    """
    if isinstance(cell, str):
        if cell.isalnum():
            return cell
        said = cell if cell.isprintable() else _INVISIBLE.sub("", cell.replace("\r\n", "\n").replace("\u00a0", " "))
        said = said.strip(" \t\n\r\u3000")
        if said.startswith(_GUARDED):
            said = said[1:]
        return "" if said in _ERRORS else said
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else str(cell)


def narrow(cell: Cell) -> str:
    """`text` with full-width characters made half width, and blank for what stands for nothing (``-``, ``无``, ``N/A``)."""
    said = text(cell)
    if not said.isascii():
        said = unicodedata.normalize("NFKC", said).strip()
    return "" if said.lower() in _BLANK else said


def day(cell: Cell, today: date, zone: tzinfo = SHANGHAI) -> date | None:
    """A day: see `moment`."""
    found = moment(cell, today, zone)
    return found.date() if isinstance(found, datetime) else found


def moment(cell: Cell, today: date, zone: tzinfo = SHANGHAI) -> date | datetime | None:
    """A day, or a day with time of the business's own clock (`zone`) where one is written; the result carries no zone.

    Understands dates, Excel's serial numbers, ``2025/3/1``, ``2025年3月1日 14:30``, ``25.3.1``, ``20250301``, ``3月1日`` and ``3.1`` (the
    year that lies nearest to `today`). What could be two dates is not guessed.

    >>> moment("2025年3月1日", date(2025, 5, 1)), moment(45717, date(2025, 5, 1))
    (datetime.date(2025, 3, 1), datetime.date(2025, 3, 1))
    """
    if isinstance(cell, datetime):
        local = cell.astimezone(zone).replace(tzinfo=None) if cell.tzinfo else cell
        return _in_range(local if local.time() != time() else local.date(), cell)
    if isinstance(cell, date):
        return _in_range(cell, cell)
    if isinstance(cell, bool | time):
        raise _no_date(cell)
    if isinstance(cell, int | float):
        return _serial(cell)
    said = narrow(cell)
    if not said:
        return None
    found = _written(said, today, zone)
    return found if found is not None else _serial_text(said)


def _written(said: str, today: date, zone: tzinfo) -> date | datetime | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\S+(?:Z|[+-]\d\d:?\d\d)", said):
        return moment(_zoned(said), today, zone)
    whole = re.sub(r"\s*[((]?(?:星期|周)[一二三四五六日天][))]?\s*", " ", said).strip()
    if found := _YEAR_LAST.match(whole):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first <= 12 and second <= 12 and first != second:
            raise Unreadable(
                "date.ambiguous",
                Words(f"“{said}”可能是两个日期，请写成 2025-03-01。", f"“{said}” could be two dates; write 2025-03-01."),
            )
        month, dom = (first, second) if first <= 12 else (second, first)
        return _with_clock(_date(year, month, dom, said), whole[found.end() :], said)
    for pattern in (_SEPARATED, _COMPACT):
        if found := pattern.match(whole):
            year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
            return _with_clock(_date(year, int(found[2]), int(found[3]), said), whole[found.end() :], said)
    if found := _NO_YEAR.fullmatch(whole):
        return _nearest(int(found[1]), int(found[2]), today, said)
    return None


def _zoned(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise _no_date(said) from error


def _with_clock(found: date, rest: str, said: str) -> date | datetime:
    rest = rest.strip(" ,，")
    if not rest:
        return found
    clock = _CLOCK.fullmatch(rest)
    if clock is None:
        raise _no_date(said)
    hour, half = int(clock[2]), (clock[1] or clock[5] or "").lower()
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    if half in ("am", "凌晨") and hour == 12:
        hour = 0
    try:
        return datetime.combine(found, time(hour, int(clock[3] or 0), int(clock[4] or 0)))
    except ValueError as error:
        raise _no_date(said) from error


def _date(year: int, month: int, dom: int, said: object) -> date:
    try:
        found = date(year, month, dom)
    except ValueError as error:
        raise _no_date(said) from error
    return day_in_range(found, said)


def _nearest(month: int, dom: int, today: date, said: str) -> date:
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, dom))
        except ValueError:
            continue
    if not candidates:
        raise _no_date(said)
    return min(candidates, key=lambda one: (abs(one - today), one))


def _serial(number: float) -> date | datetime:
    if isinstance(number, int) or number.is_integer():
        whole = int(number)
        if 19000101 <= whole <= 21001231:
            return _date(whole // 10000, whole // 100 % 100, whole % 100, whole)
    if not 366 <= number < 73_415:
        raise _no_date(text(number))
    found = datetime.combine(_EPOCH, time()) + timedelta(seconds=round(number * 86400))
    return found.date() if found.time() == time() else found


def _serial_text(said: str) -> date | datetime:
    if re.fullmatch(r"\d{5}(\.\d+)?", said):
        return _serial(float(said))
    raise _no_date(said)


def _in_range(found: date | datetime, said: object) -> date | datetime:
    day_in_range(found.date() if isinstance(found, datetime) else found, said)
    return found


def day_in_range(found: date, said: object) -> date:
    """The day as it is; `said` is what was read as it. Raises Unreadable for a year outside `FIRST_YEAR` to `LAST_YEAR`."""
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _no_date(said)
    return found


def _no_date(said: object) -> Unreadable:
    shown = str(said)[:40]
    return Unreadable("date.unreadable", Words(f"“{shown}”不是日期，请写成 2025-03-01。", f"“{shown}” is not a date; write 2025-03-01."))


def money(cell: Cell) -> Decimal | None:
    """An amount in the installation's currency, rounded half up to two places.

    >>> money("￥1,280.00"), money("１，２８０元"), money("1.5万")
    (Decimal('1280.00'), Decimal('1280.00'), Decimal('15000.00'))
    """
    if isinstance(cell, bool | date | time):
        raise _no_money(text(cell))
    written = text(cell)
    if _PLAIN_MONEY.fullmatch(written):
        return Decimal(written) + _CENTS
    said = narrow(written).replace(" ", "")
    if not said:
        return None
    negative = said.startswith("(") and said.endswith(")")
    found = _MONEY.fullmatch(said.strip("()") if negative else said)
    try:
        amount = Decimal(found[2].replace(",", "")) * {"万": 10000, "千": 1000}.get(found[3] or "", 1) if found else Decimal(said)
        amount = amount.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    except InvalidOperation as error:
        raise _no_money(said) from error
    if negative or (found and found[1] == "-"):
        amount = -amount
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise _no_money(said)
    return amount + _CENTS


def _no_money(said: str) -> Unreadable:
    shown = said[:40]
    return Unreadable("amount.unreadable", Words(f"“{shown}”不是金额，请写成 1280.00。", f"“{shown}” is not an amount; write 1280.00."))


def number(cell: Cell) -> float | int | None:
    """A number, with thousands separators or a unit behind it (``12,000 公里``)."""
    if isinstance(cell, bool | date | time):
        raise _no_number(text(cell))
    said = narrow(cell)
    if not said:
        return None
    found = re.fullmatch(r"([+-]?)(\d[\d,]*(?:\.\d+)?(?:e[+-]?\d{1,3})?)\s*(万|%)?\s*[^\d\W]{0,8}", said, re.IGNORECASE)
    if not found:
        raise _no_number(said)
    value = float(found[1] + found[2].replace(",", "")) * {"万": 10000, "%": 0.01}.get(found[3] or "", 1)
    if abs(value) > 1e300:
        raise _no_number(said)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _no_number(said: str) -> Unreadable:
    return Unreadable("number.unreadable", Words(f"“{said[:40]}”不是数字。", f"“{said[:40]}” is not a number."))


def boolean(cell: Cell) -> bool | None:
    """Yes or no: 是/否, 有/无, √/×, Y/N, 1/0."""
    said = unicodedata.normalize("NFKC", text(cell)).strip().lower()
    if said in _YES:
        return True
    if said in _NO:
        return False
    if said in _BLANK:
        return None
    raise Unreadable("boolean.unreadable", Words(f"“{said[:40]}”请写成“是”或“否”。", f"“{said[:40]}”: write yes or no."))


def plate(cell: Cell) -> str:
    """A number plate: upper case, without spaces and dots.

    >>> plate("粤 a·12345")
    '粤A12345'
    """
    said = unicodedata.normalize("NFKC", text(cell))
    return (said if said.isalnum() else re.sub(r"[\s·•.\-]", "", said)).upper()
