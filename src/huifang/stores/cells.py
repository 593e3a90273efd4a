"""Cells of text files as values of the engine's column types, read as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from huifang.engine.tables import ColumnType

Value = str | int | float | bool | date | datetime
_DATE = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?")
_SEPARATED = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{8}")
_YES, _NO = frozenset({"true", "yes", "y", "1", "是", "有", "真"}), frozenset({"false", "no", "n", "0", "否", "无", "假"})


def read_date(text: str) -> date:
    """``2026-05-01``, ``2026/5/1``, ``2026.5.1``, ``20260501``, ``2026年5月1日``, each also with a time behind it; raises ValueError.

    >>> read_date("2026年5月1日")
    datetime.date(2026, 5, 1)
    """
    found = _SEPARATED.match(text)
    parts = _DATE.fullmatch(found[0]) if found else None
    rest = text[found.end() :].strip() if found else ""
    if parts is None or (rest and not re.fullmatch(r"T?\d{1,2}[:时].*", rest)):
        raise ValueError(text)
    return date(int(parts[1]), int(parts[2]), int(parts[3]))


def read_moment(text: str) -> datetime:
    """ISO 8601; a zone is converted to UTC, without one it is UTC; ``/`` may stand for ``-``; raises ValueError.

    >>> read_moment("2026-05-01T09:30:00+08:00")
    datetime.datetime(2026, 5, 1, 1, 30)
    """
    day = read_date(text)
    clock = re.search(r"[T\s](\d{1,2}):(\d{2})(.*)$", text)
    if clock is None:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the engine's timestamps are UTC without a zone
    moment = datetime.fromisoformat(f"{day.isoformat()}T{int(clock[1]):02d}:{clock[2]}{clock[3].strip()}")
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def read_boolean(text: str) -> bool:
    """Yes and no in several ways; raises ValueError."""
    lowered = text.lower()
    if lowered in _YES or lowered in _NO:
        return lowered in _YES
    raise ValueError(text)


def read_number(text: str) -> float:
    """``1,234.50``, ``¥12``; raises ValueError."""
    return float(text.replace(",", "").replace("，", "").lstrip("¥￥"))


READ: dict[ColumnType, Callable[[str], Value]] = {
    "key": str,
    "string": str,
    "boolean": read_boolean,
    "int64": lambda text: int(text.replace(",", "")),
    "float64": read_number,
    "date": read_date,
    "timestamp": read_moment,
}
