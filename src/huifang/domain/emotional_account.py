"""The emotional account 情感账户: what a business does for a customer is a deposit, what it asks of the customer a withdrawal.

    balance = points of the deposits − points of the withdrawals of the last year

The points are a rule that everybody can read (`POINTS`), not a measurement. The balance says what may still be sent: from 0 everything,
below 0 nothing that asks for something (relationship and marketing rest), and whatever it is, service and promises go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from huifang.domain.contact import Purpose
from huifang.domain.words import Words

COUNTS_FOR = timedelta(days=365)
"""A movement of day d counts on the days before d + 365."""


class Movement(StrEnum):
    """What moves the balance."""

    PRAISED = "praised"
    SOLVED = "solved"
    BOUGHT = "bought"
    ANSWERED = "answered"
    SERVED = "served"
    KEPT_IN_TOUCH = "kept-in-touch"
    ADVERTISED = "advertised"
    COMPLAINED = "complained"
    ANNOYED = "annoyed"


POINTS = {
    Movement.PRAISED: 3, Movement.SOLVED: 2, Movement.BOUGHT: 1, Movement.ANSWERED: 1, Movement.SERVED: 0, Movement.KEPT_IN_TOUCH: -1,
    Movement.ADVERTISED: -2, Movement.COMPLAINED: -3, Movement.ANNOYED: -6,
}  # fmt: skip
"""Deposits above 0, withdrawals below."""
WORDS = {
    Movement.PRAISED: Words("客户表扬", "praised us"),
    Movement.SOLVED: Words("问题已解决", "a problem was solved"),
    Movement.BOUGHT: Words("再次消费", "bought again"),
    Movement.ANSWERED: Words("愿意作答", "answered us"),
    Movement.SERVED: Words("服务联络", "a service contact"),
    Movement.KEPT_IN_TOUCH: Words("关系维护联络", "a relationship contact"),
    Movement.ADVERTISED: Words("营销联络", "a marketing contact"),
    Movement.COMPLAINED: Words("客户投诉", "complained"),
    Movement.ANNOYED: Words("抱怨被打扰", "complained about being contacted"),
}
OF_CONTACT = {
    Purpose.SERVICE: Movement.SERVED,
    Purpose.RELATIONSHIP: Movement.KEPT_IN_TOUCH,
    Purpose.MARKETING: Movement.ADVERTISED,
}
"""The movement that a contact of each purpose is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the account with its points."""

    day: date
    movement: Movement
    points: int


@dataclass(frozen=True, slots=True)
class Account:
    """The balance, and the lines it is the sum of, latest first."""

    balance: int
    lines: tuple[Line, ...]


def account(movements: Iterable[tuple[date, Movement]], day: date) -> Account:
    """The account on `day` from what happened up to it.

    >>> account([(date(2026, 3, 1), Movement.BOUGHT), (date(2026, 3, 9), Movement.ADVERTISED)], date(2026, 4, 1)).balance
    -1
    """
    lines = [Line(on, what, POINTS[what]) for on, what in movements if on <= day < on + COUNTS_FOR]
    ordered = sorted(lines, key=lambda line: (line.day, line.movement), reverse=True)
    return Account(sum(line.points for line in ordered), tuple(ordered))


def free_on(held: Account, day: date) -> date:
    """The first day after `day` on which the balance is not below 0, if nothing happens until then: movements fall away after a year.

    >>> free_on(account([(date(2026, 3, 1), Movement.ADVERTISED)], date(2026, 4, 1)), date(2026, 4, 1))
    datetime.date(2027, 3, 1)
    """
    days = sorted({day + timedelta(days=1)} | {line.day + COUNTS_FOR for line in held.lines})
    return next(each for each in days if sum(line.points for line in held.lines if each < line.day + COUNTS_FOR) >= 0)


def purposes(balance: int) -> tuple[Purpose, ...]:
    """The purposes a customer with this balance may be contacted for.

    >>> [purpose.value for purpose in purposes(-1)]
    ['service']
    """
    return tuple(Purpose) if balance >= 0 else (Purpose.SERVICE,)
