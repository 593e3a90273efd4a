"""What can be done on a case's page: each deed reads its form, calls one service, and gives the case to go on with, or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from huifang.app.business_time import business_zone
from huifang.app.records.models import Staff
from huifang.app.services import case_compensation, case_links, case_promises, cases, measures
from huifang.app.services.measures import Plan
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words


class Form:
    """What was sent: words, numbers, amounts, days and moments of the business's clock."""

    def __init__(self, sent: QueryDict) -> None:
        self._sent = sent

    def text(self, name: str = "words") -> str:
        """Text without the spaces around it."""
        return self._sent.get(name, "").strip()

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none."""
        text = self.text(name)
        return int(text) if text.isdecimal() and len(text) < 12 else 0

    def numbers(self, name: str) -> list[int]:
        """All whole numbers of that name."""
        return [int(text) for text in self._sent.getlist(name) if text.isdecimal() and len(text) < 12]

    def amount(self, name: str) -> Decimal:
        """Money, at most two places; 0 where it cannot be read."""
        try:
            found = Decimal(self.text(name)).quantize(Decimal("0.01"))
        except InvalidOperation:
            return Decimal(0)
        return found if found < Decimal(10) ** 9 else Decimal(0)

    def day(self, name: str) -> date | None:
        """A day, or nothing."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None

    def moment(self, name: str) -> datetime:
        """A moment by the business's clock; raises Invalid."""
        try:
            return datetime.fromisoformat(self.text(name)).replace(tzinfo=business_zone())
        except ValueError:
            what = Words("没有填写日期和时间。", "Date and time are missing.")
            raise Invalid(Problem("form.moment", what, Words("请填写。", "Enter them."))) from None

    def plan(self) -> Plan:
        """A measure as it was entered."""
        return Plan(
            self.text("title"), self.number("owner"), self.day("due"), self.text("indicator"), self.text("cause"), self.text("programme")
        )


Deed = Callable[[Staff, int, Form, datetime], str | None]


def _assign(by: Staff, pk: int, form: Form, now: datetime) -> None:
    cases.assign(by, pk, form.number("to"), now)


def _move(by: Staff, pk: int, form: Form, now: datetime) -> None:
    cases.move(by, pk, form.text("state"), form.text(), now)


def _solve(by: Staff, pk: int, form: Form, now: datetime) -> None:
    cases.solve(by, pk, form.text("cause"), form.text(), now)


def _propose(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_compensation.propose(by, pk, form.text("kind"), form.amount("amount"), form.text(), now)


def _approve(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_compensation.decide(by, pk, form.number("compensation"), form.text(), now, approve=True)


def _refuse(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_compensation.decide(by, pk, form.number("compensation"), form.text(), now, approve=False)


def _promise(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_promises.promise(by, pk, form.text(), form.moment("due_at"), now)


def _keep(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_promises.keep(by, pk, form.number("promise"), now)


def _withdraw(by: Staff, pk: int, form: Form, now: datetime) -> None:
    case_promises.withdraw(by, pk, form.number("promise"), form.text(), now)


def _measure(by: Staff, pk: int, form: Form, now: datetime) -> None:
    measures.begin_in_case(by, pk, form.plan(), now)


def _attach(by: Staff, pk: int, form: Form, now: datetime) -> None:
    measures.attach(by, pk, form.number("measure"), now)


def _merge(by: Staff, pk: int, form: Form, now: datetime) -> str:
    return case_links.merge(by, pk, form.text("into"), now).number


def _split(by: Staff, pk: int, form: Form, now: datetime) -> str:
    return case_links.split(by, pk, form.text("title"), form.numbers("step"), now).number


def _words(verb: Callable[[Staff, int, str, datetime], object]) -> Deed:
    def do(by: Staff, pk: int, form: Form, now: datetime) -> None:
        verb(by, pk, form.text(), now)

    return do


DEEDS: dict[str, Deed] = {
    "comment": _words(cases.comment), "answer": _words(cases.answer), "close": _words(cases.close), "reopen": _words(cases.reopen),
    "assign": _assign, "move": _move, "solve": _solve, "propose": _propose, "approve": _approve, "refuse": _refuse,
    "promise": _promise, "keep": _keep, "withdraw": _withdraw, "measure": _measure, "attach": _attach, "merge": _merge, "split": _split,
}  # fmt: skip
"""What the buttons of a case's page are called."""
