"""Why a programme that chooses by worth (`adaptive`) contacts a customer now, or not yet: one sentence with its figures, and the day.

The rules are those of `engine.triggers.adaptive`, for one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from huifang.domain.contact import Purpose
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Bounds:
    """A programme's: purpose, the shortest gap in days, and the day from which whoever has waited is due whatever the worth."""

    purpose: Purpose
    shortest: int
    latest: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """Of the customer: day of the last contact, worth of one now (None: nothing learned), balance, how much slower the class, its rest."""

    last: date | None
    index: float | None
    balance: int
    slowed: float
    paused: bool
    place: int
    """By worth among all customers, from 1."""
    of: int


@dataclass(frozen=True, slots=True)
class Turn:
    """`fit`: the customer may be chosen on the day; `day`: the first day on which that can be so, where it is known."""

    fit: bool
    why: Words
    day: date | None


def turn(bounds: Bounds, known: Known, day: date) -> Turn:
    """Whose turn it is on `day`.

    >>> turn(Bounds(Purpose.SERVICE, 30, None), Known(date(2026, 6, 20), 9.0, 0, 1.5, False, 3, 80), date(2026, 6, 30)).day
    datetime.date(2026, 8, 4)
    """
    if known.paused:
        zh, en = "这类客户抱怨被打扰的太多，暂不主动联络", "Too many customers of this class have complained of being contacted"
        return Turn(False, Words(zh, en), None)
    if bounds.purpose is not Purpose.SERVICE and known.balance < 0:
        words = Words(
            f"客户的好感已透支（情感账户 {known.balance:+d}），现在只做服务联络",
            f"The customer's goodwill is used up (emotional account {known.balance:+d}): only service contacts for now",
        )
        return Turn(False, words, None)
    gap = ceil(bounds.shortest * known.slowed)
    rested = known.last + timedelta(days=gap) if known.last else day
    if rested > day:
        return Turn(False, _resting(bounds, known, gap), rested)
    return _worth(bounds, known, day)


def _resting(bounds: Bounds, known: Known, gap: int) -> Words:
    slower = known.slowed > 1
    zh = f"{bounds.shortest} 天 × {known.slowed:.1f}（放慢）= {gap} 天" if slower else f"{gap} 天"
    en = f"{bounds.shortest} days × {known.slowed:.1f} (slowed) = {gap} days" if slower else f"{gap} days"
    return Words(f"上次联络在 {known.last}，间隔至少 {zh}", f"Last contact on {known.last}; the gap is at least {en}")


def _worth(bounds: Bounds, known: Known, day: date) -> Turn:
    if bounds.latest is not None and bounds.latest <= day:
        return Turn(True, Words("已到最长间隔，无论价值都该联络", "The longest gap has passed: due whatever it is worth"), day)
    if known.index is None:
        return Turn(False, Words("还没有学到该客户的联络价值", "What a contact is worth has not been learned yet"), bounds.latest)
    place = Words(f"价值在 {known.of:,} 位客户中排第 {known.place:,}", f"place {known.place:,} of {known.of:,} customers by worth")
    if known.index <= 0:
        zh, en = (
            "此刻联络不值得；只会因抽签探索或到最长间隔而联络",
            "Not worth it now; only the random slice or the longest gap would choose",
        )
        return Turn(False, Words(f"{zh}（{place.zh}）", f"{en} ({place.en})"), bounds.latest)
    return Turn(
        True,
        Words(f"当天可以选中：{place.zh}，名额给价值最高的", f"May be chosen on the day: {place.en}; the day's places go to the highest"),
        day,
    )
