"""How dates, times, money and numbers are shown.

`language` is a Django code; moments must be aware and are shown in the active time zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chinese(language: str) -> bool:
    """Whether a language code is Chinese."""
    return language.lower().startswith("zh")


def day_words(day: date, language: str) -> str:
    """``11月22日 周日`` / ``Sun 22 Nov``.

    >>> day_words(date(2026, 11, 22), "zh-hans"), day_words(date(2026, 11, 22), "en")
    ('11月22日 周日', 'Sun 22 Nov')
    """
    if chinese(language):
        return f"{day.month}月{day.day}日 周{_ZH_DAYS[day.weekday()]}"
    return f"{_EN_DAYS[day.weekday()]} {day.day} {_EN_MONTHS[day.month - 1]}"


def near_day(day: date, today: date, language: str) -> str:
    """Today, tomorrow, yesterday in words; this year's days without the year; other days in full.

    >>> near_day(date(2026, 11, 23), date(2026, 11, 22), "en"), near_day(date(2025, 1, 2), date(2026, 11, 22), "en")
    ('tomorrow', '2025-01-02')
    """
    distance = (day - today).days
    if -1 <= distance <= 1:
        return (("昨天", "今天", "明天") if chinese(language) else ("yesterday", "today", "tomorrow"))[distance + 1]
    if day.year == today.year:
        return f"{day.month}月{day.day}日" if chinese(language) else f"{day.day} {_EN_MONTHS[day.month - 1]}"
    return day.isoformat()


def clock(moment: datetime) -> str:
    """``09:30`` in the active time zone."""
    return timezone.localtime(moment).strftime("%H:%M")


def near_moment(moment: datetime, now: datetime, language: str) -> str:
    """A moment seen from now: the clock alone today, else day and clock."""
    there = timezone.localtime(moment)
    today = timezone.localtime(now).date()
    if there.date() == today:
        return there.strftime("%H:%M")
    return f"{near_day(there.date(), today, language)} {there:%H:%M}"


def span_words(span: timedelta, language: str) -> str:
    """A length of time by its two largest units: ``1 小时 20 分`` / ``1 h 20 min``.

    >>> span_words(timedelta(minutes=80), "en"), span_words(timedelta(days=2, hours=3), "zh-hans")
    ('1 h 20 min', '2 天 3 小时')
    """
    minutes = max(0, int(abs(span).total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = ("天", "小时", "分钟") if chinese(language) else ("d", "h", "min")
    said = [f"{amount} {unit}" for amount, unit in zip((days, hours, rest), units, strict=True) if amount]
    return " ".join(said[:2]) or f"0 {units[2]}"


def money(amount: Decimal | float | None) -> str:
    """``¥1,280.00``; nothing for no amount.

    >>> money(1280), money(-334.91)
    ('¥1,280.00', '−¥334.91')
    """
    if amount is None:
        return ""
    return f"{'−' if amount < 0 else ''}¥{abs(amount):,.2f}"


def phone(number: str) -> str:
    """A Chinese mobile in groups, ``138 0000 2046``; other numbers as they are kept.

    >>> phone("+8613800002046"), phone("+442079460000")
    ('138 0000 2046', '+442079460000')
    """
    bare = number.removeprefix("+86")
    if len(bare) == 11 and bare.isdigit() and bare[0] == "1":
        return f"{bare[:3]} {bare[3:7]} {bare[7:]}"
    return number
