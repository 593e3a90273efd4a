"""Random businesses: no decision breaks consent, window, cap or order of strength, and nothing vanishes.

Several businesses are planned at once, as branches of one that have nothing but the playbook and the day in common.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from huifang.domain.windows import Hours, find_zone, window_for
from huifang.playbooks.schema import Playbook
from tests.engine.planning import playbook, run
from tests.engine.reference import STRENGTH, Reference
from tests.engine.test_plan_reference import firm, ground, limits

Row = dict[str, Any]
FEW, MANY, TOGETHER = 12, 1_000, 10
_ROOM = 100
"""Numbers of customers that each business may use."""


def made(seed: int) -> tuple[Playbook, list[Row], list[Row], date, dict[str, list[Row]]]:
    """A random playbook and day, and the rows of so many random businesses with customers, a branch and people of their own."""
    r = random.Random(seed)
    rules, day = ground(r)
    due: list[Row] = []
    facts: list[Row] = []
    tables: dict[str, list[Row]] = {}
    staffed = r.choice((True, True, False))
    for number in range(TOGETHER):
        one = firm(r, rules, day)
        due += [_moved(row, number) for row in one[0]]
        facts += [_moved(row, number) | {"branch_id": f"b{number}"} for row in one[1]]
        for name, rows in one[2].items():
            tables.setdefault(name, []).extend(rows if name == "calendar_days" and not number else _rows(name, rows, number, staffed))
    return playbook(rules, limits=limits(r), sensitive=r.choice((True, False))), due, facts, day, tables


def _rows(name: str, rows: list[Row], number: int, staffed: bool) -> list[Row]:
    if name == "calendar_days":
        return []
    if name == "staff":
        return [row | {"staff_id": f"{row['staff_id']}-{number}", "branch_id": f"b{number}"} for row in rows if staffed]
    moved = [_moved(row, number) for row in rows]
    return [row | {"contact_id": f"{number}-{row['contact_id']}"} for row in moved] if name == "contacts" else moved


def _moved(row: Row, number: int) -> Row:
    return row | {"customer_id": number * _ROOM + row["customer_id"]}


class Business:
    """Random businesses with their plan, and what people are promised about each of them."""

    def __init__(self, seed: int) -> None:
        self.book, self.due, self.facts, self.day, self.tables = made(seed)
        self.decisions, self.followups, self.result = run([self.book], self.due, self.facts, self.day, **self.tables)
        self.rules = Reference([self.book], self.due, self.facts, self.day, **self.tables)
        self.zones = {row["customer_id"]: row["time_zone"] or self.book.time_zone for row in self.facts}
        self.promised = {_key(row): row for row in self.due if row["promised"]}

    def behind(self, followup: Row) -> list[Row]:
        return [row for row in self.decisions if row["followup"] == followup["followup"]]

    def nothing_vanishes(self) -> None:
        assert sorted(map(_key, self.decisions)) == sorted(map(_key, self.due))
        assert sum(self.result.counts.values()) == len(self.due)
        planned = [row for row in self.decisions if row["decision"] in ("planned", "bundled")]
        assert {row["followup"] for row in planned} == {row["followup"] for row in self.followups}
        assert all(row["followup"] is None for row in self.decisions if row not in planned)
        assert sum(row["occurrences"] for row in self.followups) == len(planned)

    def consent_holds(self) -> None:
        """Whom a contact reaches has said yes to marketing and has not said no to anything that the contact is for."""
        status = {row["customer_id"]: row["status"] for row in self.facts}
        for followup in self.followups:
            customer, channel = followup["customer_id"], followup["channel"]
            assert status[customer] == "active"
            assert self.rules.reaches(customer, channel)
            for row in self.behind(followup):
                assert self.rules.consent(customer, row["purpose"], channel) in ((True,) if row["purpose"] == "marketing" else (True, None))
                assert self.rules.separate(row, channel)
                assert channel in [each.value for each in self.book.ways(self.book.programmes[row["programme"]])]

    def windows_hold(self) -> None:
        """A contact lies on an allowed day within the hours of everything it is for, by the customer's clock, or at the promised time."""
        for followup in self.followups:
            lead = self.promised.get(_key(followup))
            kept = lead is not None and lead["promise_day"] == self.day
            for row in self.behind(followup):
                rule = self.book.programmes[row["programme"]]
                own = self.promised.get(_key(row))
                if not (own is not None and own["promise_day"] == self.day):
                    assert self.rules.allowed(rule, self.book, self.day)
                    opens, closes = self._window(rule, followup["customer_id"])
                    if not (kept and lead["promise_opens_at"] is None and row is not followup and own is not None):
                        assert opens <= followup["opens_at"] < followup["closes_at"] <= closes

    def _window(self, rule: Any, customer: int) -> tuple[Any, Any]:
        hours = [Hours.parse(text) for text in rule.hours or self.book.calendar.hours]
        window = window_for(self.day, hours, find_zone(self.zones[customer]))
        return window.opens.replace(tzinfo=None), window.closes.replace(tzinfo=None)

    def caps_hold(self) -> None:
        """With what was made before and what is planned today, no cap is passed but by promises."""
        for customer in {row["customer_id"] for row in self.followups}:
            mine = [row for row in self.followups if row["customer_id"] == customer]
            for cap in self.rules.caps:
                _, at_most, _, purposes, channels = cap
                counted = [row for row in mine if row["purpose"] in purposes and (channels is None or row["channel"] in channels)]
                free = [row for row in counted if not row["promised"]]
                assert not free or len(self.rules.past(customer, cap)) + len(free) <= at_most

    def strength_holds(self) -> None:
        """The list goes from promises to service to relationship to marketing; a contact is led by the strongest; nobody has too many."""
        ordered = [0 if row["promised"] else STRENGTH[row["purpose"]] for row in self.followups]
        assert ordered == sorted(ordered)
        for followup in self.followups:
            assert all(
                STRENGTH[followup["purpose"]] <= STRENGTH[row["purpose"]] or followup["promised"]
                for row in self.behind(followup) if _key(row) not in self.promised
            )  # fmt: skip
        lists = Counter(row["staff_id"] for row in self.followups if row["staff_id"] and not row["promised"])
        places = {row["staff_id"]: row["capacity"] if row["active"] else 0 for row in self.tables["staff"]}
        assert all(number <= places[person] for person, number in lists.items())
        self._nobody_is_passed_over()

    def _nobody_is_passed_over(self) -> None:
        """Where somebody is not called for want of people, nobody weaker is called by the people there are; nobody works elsewhere."""
        strongest: dict[int, int] = {}
        for row in self.decisions:
            if row["rule"].endswith(".no-capacity"):
                strongest[row["customer_id"]] = min(strongest.get(row["customer_id"], 9), STRENGTH[row["purpose"]])
        left: dict[int, int] = defaultdict(int)
        for customer, strength in strongest.items():
            left[customer // _ROOM] = max(left[customer // _ROOM], strength)
        for row in self.followups:
            if row["staff_id"]:
                firm_of = row["customer_id"] // _ROOM
                assert row["staff_id"].endswith(f"-{firm_of}")
                assert row["promised"] or firm_of not in left or STRENGTH[row["purpose"]] <= left[firm_of]


def _key(row: Row) -> tuple[str, str, int, str]:
    return row["playbook"], row["programme"], row["customer_id"], row["cause"]


def keeps_its_word(seed: int) -> None:
    business = Business(seed)
    business.nothing_vanishes()
    business.consent_holds()
    business.windows_hold()
    business.caps_hold()
    business.strength_holds()


@pytest.mark.parametrize("seed", range(FEW))
def test_a_random_business_is_promised_nothing_that_is_not_kept(seed: int):
    keeps_its_word(seed)


@pytest.mark.full
def test_ten_thousand_random_businesses_are_promised_nothing_that_is_not_kept():
    first, last = map(int, os.environ.get("HUIFANG_SEEDS", f"{FEW}:{FEW + MANY}").split(":"))
    for seed in range(first, last):
        keeps_its_word(seed)


def test_the_businesses_differ():
    days: set[date] = set()
    businesses = [made(seed) for seed in range(FEW)]
    days |= {day for _, _, _, day, _ in businesses}
    assert len(days) == 2
    assert len({len(due) for _, due, _, _, _ in businesses}) > 5
    assert len({book.model_dump_json() for book, *_ in businesses}) == FEW
    assert any(row["promised"] for _, due, _, _, _ in businesses for row in due)
    assert {bool(tables["staff"]) for *_, tables in businesses} == {True, False}
