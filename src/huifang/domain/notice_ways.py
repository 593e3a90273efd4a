"""Which way a notice goes: kinds of notices, what a person has chosen for each, and their quiet hours. On plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from huifang.domain.words import Words


class Way(StrEnum):
    """Ways beside the product itself, in which every notice stands."""

    MAIL = "mail"
    ROBOT = "robot"


class Kind(StrEnum):
    """What a notice is about, as people choose by it."""

    CASES = "cases"
    CUSTOMERS = "customers"
    TEAM = "team"
    SYSTEM = "system"


KINDS: Mapping[Kind, Words] = {
    Kind.CASES: Words("工单：转给您、升级、待批补偿", "Cases: handed to you, levels called, compensation that waits"),
    Kind.CUSTOMERS: Words("客户：不满意、来信、被提到", "Customers: dissatisfied, their messages, where you are mentioned"),
    Kind.TEAM: Words("团队：排期、交接、质检、措施", "Team: schedules, hand-over, reviews, measures"),
    Kind.SYSTEM: Words("系统：发送失败、导出、方案、推送", "The system: failed sending, exports, playbooks, webhooks"),
}
_OF = {
    "case": Kind.CASES,
    **dict.fromkeys(("record", "incoming", "feedback", "followup", "customer"), Kind.CUSTOMERS),
    **dict.fromkeys(("schedule", "absence", "review", "measure", "training"), Kind.TEAM),
}
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
"""After a failure for certain it is tried again after so long; then it is given up."""


def kind_of(subject: str) -> Kind:
    """The kind of a notice by its subject.

    >>> kind_of("case:12"), kind_of("webhook:3")
    (<Kind.CASES: 'cases'>, <Kind.SYSTEM: 'system'>)
    """
    return _OF.get(subject.partition(":")[0], Kind.SYSTEM)


def not_before(now: datetime, begins: time | None, ends: time | None) -> datetime:
    """The moment from which a person may be disturbed: `now`, or the end of their quiet hours. All in `now`'s own zone.

    >>> not_before(datetime(2026, 11, 22, 23, 30), time(22), time(7))
    datetime.datetime(2026, 11, 23, 7, 0)
    """
    if begins is None or ends is None or begins == ends:
        return now
    at = now.time().replace(tzinfo=None)
    through_midnight = begins > ends
    quiet = at >= begins or at < ends if through_midnight else begins <= at < ends
    if not quiet:
        return now
    day = now.date() + timedelta(days=1) if through_midnight and at >= begins else now.date()
    return datetime.combine(day, ends, now.tzinfo)
