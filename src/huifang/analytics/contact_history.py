"""What the contact policy learns from: the engine's tables as one row of counts for each customer.

An observation begins on a day g. The customer is engaged at its beginning where there is a sign (an event or an answer) in the period up
to g, and engaged at its end where there is one in the period behind g. Two kinds of days begin one:

    left alone    every `period` days back from the plan's day, where nobody reached the customer in the period behind
    contacted     a day on which the customer was reached, where nobody had been so in the period before; that day's own signs count for
                  neither side, because an answer within the contact is not its effect, and a purchase often its cause

Only whole periods within the last `periods` ones are used, and only from the customer's first day on. A few queries over all customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import Purpose
from huifang.domain.emotional_account import COUNTS_FOR, OF_CONTACT, POINTS, Movement
from huifang.engine.keeping import Connection, keep, keep_rows
from huifang.engine.stages import Inputs

CELLS = tuple((contact, state) for contact in (0, 1) for state in (0, 1))
"""(contact or not, state at the beginning)."""


@dataclass(frozen=True, slots=True)
class Learning:
    """What is learned from: days in a period, how many of them back, and the kind of case that complains about being contacted."""

    period: int = 30
    periods: int = 24
    complaint: str = "contact-complaint"


def history(connection: Connection, inputs: Inputs, day: date, learning: Learning) -> ir.Table:
    """One row for each active customer.

    `customer_id`; `begun_<a><s>`, `engaged_<a><s>` for each of `CELLS`; `engaged` (0 or 1, now); `alive` (periods with a sign), `amount`
    (money in them); `contacts`, `complaints` (about contact), `opted_out` (0 or 1); `balance` of the emotional account.
    """
    rows = _Rows(connection, inputs, day, learning)
    seen = rows.alone().union(rows.contacted())
    cells = {}
    for contact, state in CELLS:
        here = (seen.contact == contact) & (seen.state == state)
        cells[f"begun_{contact}{state}"] = here.sum()
        cells[f"engaged_{contact}{state}"] = seen.following.sum(where=here)
    parts = [seen.group_by("customer_id").aggregate(**cells), rows.now(), rows.money(), rows.contacts(), rows.complaints(), rows.balance()]
    table = rows.people.select("customer_id")
    for part in parts:
        table = table.left_join(part.rename(of="customer_id"), [("customer_id", "of")]).drop("of")
    return keep(connection, "history", table.mutate(**{name: table[name].fill_null(0) for name in table.columns if name != "customer_id"}))


class _Rows:
    """The inputs of one day, cut to what is learned from. Periods are numbered back from the day: 0 is the one that ends with it."""

    def __init__(self, connection: Connection, inputs: Inputs, day: date, learning: Learning) -> None:
        self.connection, self.inputs, self.day, self.learning = connection, inputs, day, learning
        customers = inputs.customers.filter(inputs.customers.status.fill_null("active") == "active")
        self.since = day - timedelta(days=learning.period * (learning.periods + 1))
        firsts = inputs.events.group_by(of=inputs.events.customer_id).aggregate(first=inputs.events.day.min())
        people = customers.left_join(firsts, customers.customer_id == firsts.of)
        begins = ibis.coalesce(people.first_seen, people["first"])
        self.people = keep(connection, "people", people.select("customer_id", begins=begins))
        signs = [self._recent(table).select("customer_id", "day") for table in (inputs.events, inputs.answers)]
        self.signs = keep(connection, "signs", signs[0].union(signs[1], distinct=True))
        reached = self._recent(inputs.contacts).filter(ibis._.reached)
        self.reached = keep(connection, "reached", reached.select("customer_id", "day").distinct())

    def _recent(self, table: ir.Table) -> ir.Table:
        return table.filter(table.day > self.since, table.day <= self.day)

    def _period(self, day: ir.DateValue) -> ir.IntegerValue:
        return (ibis.literal(self.day).delta(day, unit="day") // self.learning.period).cast("int64")

    def _numbered(self, table: ir.Table) -> ir.Table:
        return table.select("customer_id", number=self._period(table.day)).distinct()

    def alone(self) -> ir.Table:
        """`customer_id`, `contact` 0, `state`, `following` of periods without a contact."""
        back = [(number,) for number in range(1, self.learning.periods + 1)]
        numbers = keep_rows(self.connection, "periods", {"number": "int64"}, back)
        grid = self.people.cross_join(numbers)
        begun = ibis.literal(self.day).delta(grid.begins, unit="day") >= grid.number * self.learning.period
        grid = grid.filter(begun).select("customer_id", number=grid.number, behind=grid.number - 1)
        signs = self._numbered(self.signs)
        grid = grid.anti_join(self._numbered(self.reached), [("customer_id", "customer_id"), ("behind", "number")])
        before = signs.select(a="customer_id", a_number="number")
        after = signs.select(b="customer_id", b_number="number")
        rows = grid.left_join(before, [("customer_id", "a"), ("number", "a_number")])
        rows = rows.left_join(after, [("customer_id", "b"), ("behind", "b_number")])
        return rows.select(
            "customer_id", contact=ibis.literal(0, "int64"), state=rows.a.notnull().cast("int64"),
            following=rows.b.notnull().cast("int64"),
        )  # fmt: skip

    def contacted(self) -> ir.Table:
        """`customer_id`, `contact` 1, `state`, `following` of contacts that stand alone."""
        earlier = self.reached.day.lag().over(group_by=self.reached.customer_id, order_by=self.reached.day)
        marked = self.reached.mutate(earlier=earlier).semi_join(self.people, "customer_id")
        gap = marked.day.delta(marked.earlier, unit="day")
        whole = marked.day <= self.day - timedelta(days=self.learning.period)
        single = marked.filter(marked.earlier.isnull() | (gap >= self.learning.period), whole).select("customer_id", "day")
        signs = self.signs.select(of="customer_id", sign="day")
        rows = single.left_join(signs, single.customer_id == signs.of)
        ahead = rows.sign.delta(rows.day, unit="day")
        made = rows.group_by("customer_id", "day").aggregate(
            state=ahead.between(-self.learning.period, -1).fill_null(False).any().cast("int64"),
            following=ahead.between(1, self.learning.period).fill_null(False).any().cast("int64"),
        )
        return made.select("customer_id", contact=ibis.literal(1, "int64"), state="state", following="following")

    def now(self) -> ir.Table:
        """Whether there is a sign in the period that ends with the day, and in how many periods there was one."""
        signs = self._numbered(self.signs)
        return signs.group_by("customer_id").aggregate(engaged=(signs.number == 0).any().cast("int64"), alive=signs.count())

    def money(self) -> ir.Table:
        """What came in."""
        events = self._recent(self.inputs.events)
        return events.group_by("customer_id").aggregate(amount=events.amount.sum().cast("float64"))

    def contacts(self) -> ir.Table:
        """How often the customer was reached."""
        contacts = self._recent(self.inputs.contacts)
        return contacts.group_by("customer_id").aggregate(contacts=contacts.reached.sum())

    def complaints(self) -> ir.Table:
        """Cases that complain about contact, and whether the customer has opted out of anything."""
        cases, consents = self.inputs.cases, self.inputs.consents
        about = cases.filter(cases.kind == self.learning.complaint, cases.opened > self.since, cases.opened <= self.day)
        said = about.select("customer_id", complaints=ibis.literal(1, "int64"), out=ibis.literal(0, "int64"))
        refused = consents.filter(~consents.allowed)
        left = refused.select("customer_id", complaints=ibis.literal(0, "int64"), out=ibis.literal(1, "int64"))
        both = said.union(left, distinct=False)
        return both.group_by("customer_id").aggregate(complaints=both.complaints.sum(), opted_out=both.out.max())

    def balance(self) -> ir.Table:
        """The emotional account on the day, by the points of `domain.emotional_account`."""
        inputs, complaint = self.inputs, self.learning.complaint
        about = inputs.cases.kind == complaint
        grouped = inputs.answers.select("customer_id", "day").distinct()
        kinds = [(inputs.contacts.purpose == purpose.value, POINTS[OF_CONTACT[purpose]]) for purpose in Purpose]
        moved = [
            (inputs.events.filter(inputs.events.amount > 0), inputs.events.day, POINTS[Movement.BOUGHT]),
            (grouped, grouped.day, POINTS[Movement.ANSWERED]),
            (inputs.contacts.filter(inputs.contacts.reached), inputs.contacts.day, ibis.cases(*kinds, else_=0)),
            (inputs.cases, inputs.cases.opened, ibis.ifelse(about, POINTS[Movement.ANNOYED], POINTS[Movement.COMPLAINED])),
            (inputs.cases.filter(~about), inputs.cases.closed, POINTS[Movement.SOLVED]),
        ]
        lines = [self._lines(*each) for each in moved]
        every = lines[0].union(*lines[1:], distinct=False)
        return every.group_by("customer_id").aggregate(balance=every.points.sum())

    def _lines(self, table: ir.Table, day: ir.DateValue, points: ir.Value | int) -> ir.Table:
        worth = ibis.literal(points, "int64") if isinstance(points, int) else points.cast("int64")
        made = table.select("customer_id", on=day, points=worth)
        return made.filter(made.on > self.day - COUNTS_FOR, made.on <= self.day).select("customer_id", "points")
