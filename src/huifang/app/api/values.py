"""Values of requests: texts with their limits, numbers of rows, path parameters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Path
from pydantic import AfterValidator, Field, StringConstraints

from huifang.app.api.value_words import wrong
from huifang.app.services.imports.values import FIRST_YEAR, LAST_YEAR
from huifang.domain import language_names, time_zones
from huifang.domain.errors import Invalid
from huifang.domain.words import Words

_NO_NULL = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(max_length=120, pattern=_NO_NULL)]
"""One line of text."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00/?#\s][^\x00/?#]*$")]
"""A number that the business gives: no slash, so that it can stand in an address."""
Kind = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_.-]*$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=_NO_NULL)]
_MOST = 1e300


def _finite(value: Any) -> Any:
    if isinstance(value, int | float) and not -_MOST <= value <= _MOST:
        raise wrong(Words("数字太大，或不是数字。", "The number is too large, or is none."))
    return value


Plain = Annotated[Line | int | float | bool | None, AfterValidator(_finite)]
Attributes = Annotated[dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")], Plain], Field(max_length=60)]
Money = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
_IN_PATH: dict[str, Any] = {"min_length": 1, "max_length": 60, "pattern": r"^[^\x00/?#\s][^\x00/?#]*$"}
CodeInPath = Annotated[str, Path(description="Its number.", **_IN_PATH)]
KeyInPath = Annotated[str, Path(description="The key that was handed over.", **_IN_PATH)]
NumberInPath = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number.")]


def _sensible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise wrong(Words(f"年份不在 {FIRST_YEAR}–{LAST_YEAR} 之内。", f"The year lies outside {FIRST_YEAR}–{LAST_YEAR}."))
    return day


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise wrong(Words("请写明时区，例如 2026-11-22T09:30:00+08:00。", "Give the time zone, for example 2026-11-22T09:30:00+08:00."))
    _sensible(moment.date())
    return moment


Day = Annotated[date, AfterValidator(_sensible)]


def _understood(read: Callable[[str], str]) -> AfterValidator:
    def understand(text: str) -> str:
        try:
            return read(text)
        except Invalid as error:
            what, remedy = error.problems[0].what, error.problems[0].remedy
            raise wrong(Words(f"{what.zh}{remedy.zh}", f"{what.en} {remedy.en}")) from None

    return AfterValidator(understand)


Language = Annotated[str, StringConstraints(max_length=16), _understood(language_names.read)]
Moment = Annotated[datetime, AfterValidator(_aware)]
"""With its time zone."""
Zone = Annotated[Line, _understood(time_zones.read)]
"""An IANA name, or another way of saying a zone that is understood."""
