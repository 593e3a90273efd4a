"""From the engine's tables to the contact policy: what counts as an observation, as value, as an account, as a class."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from huifang.analytics.contact_history import CELLS, Learning, history
from huifang.analytics.contact_table import policy_table
from huifang.domain.contact_classes import class_title
from huifang.domain.emotional_account import Movement, account
from huifang.engine.keeping import fetch
from huifang.engine.tables import CONTACT_POLICY
from tests.engine.business import CONNECTION, given

DAY = date(2026, 6, 30)
TEN = Learning(period=10, periods=4)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def order(customer: int, days: int, amount: float | None = 10.0) -> dict[str, Any]:
    return {"event_id": 1000 * customer + days, "customer_id": customer, "kind": "order", "day": ago(days), "amount": amount}


def reached(customer: int, days: int, purpose: str = "relationship", **more: Any) -> dict[str, Any]:
    row = {"contact_id": 1000 * customer + days, "customer_id": customer, "channel": "phone", "purpose": purpose, "day": ago(days)}
    return {**row, "reached": True, "counted": True, **more}


def counted(learning: Learning = TEN, **tables: Any) -> dict[int, dict[str, Any]]:
    people = {"customers": [{"customer_id": number, "first_seen": ago(400)} for number in (1, 2, 3)], **tables}
    table = history(CONNECTION, given(people), DAY, learning)
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in fetch(CONNECTION, table)}


def cells(row: dict[str, Any]) -> dict[tuple[int, int], tuple[int, int]]:
    """(contact, state): (begun, engaged afterwards), where there are any."""
    found = {cell: (row[f"begun_{cell[0]}{cell[1]}"], row[f"engaged_{cell[0]}{cell[1]}"]) for cell in CELLS}
    return {cell: seen for cell, seen in found.items() if seen[0]}


def test_a_period_left_alone_begins_with_the_state_before_it():
    """Orders 25 and 12 days ago lie in the periods 2 and 1 back; now is period 0."""
    row = counted(events=[order(1, 25), order(1, 12)])[1]
    assert cells(row) == {(0, 0): (2, 1), (0, 1): (2, 1)}
    assert (row["engaged"], row["alive"], row["amount"]) == (0, 2, 20.0)
    assert cells(counted()[2]) == {(0, 0): (4, 0)}


def test_a_contact_is_an_observation_of_its_own_and_its_period_is_not_left_alone():
    events = [order(1, 24), order(1, 9)]
    rows = counted(events=events, contacts=[reached(1, 18), reached(2, 18), reached(3, 18, reached=False)])
    assert cells(rows[1]) == {(0, 0): (3, 2), (1, 1): (1, 1)}
    assert cells(rows[2]) == {(0, 0): (3, 0), (1, 0): (1, 0)}
    assert cells(rows[3]) == {(0, 0): (4, 0)}


def test_signs_of_the_day_of_contact_count_for_neither_side():
    answers = [{"customer_id": 1, "programme": "p", "question": "q", "day": ago(18), "score": 5.0}]
    assert cells(counted(events=[order(1, 18)], answers=answers, contacts=[reached(1, 18)])[1])[1, 0] == (1, 0)


def test_contacts_close_together_are_one_observation_and_unfinished_ones_none():
    rows = counted(contacts=[reached(1, 28), reached(1, 25), reached(2, 4)])
    assert cells(rows[1])[1, 0] == (1, 0)
    assert (1, 0) not in cells(rows[2])
    assert (rows[1]["contacts"], rows[2]["contacts"]) == (2, 1)


def test_only_whole_periods_since_the_first_day_are_used():
    people = [{"customer_id": 1, "first_seen": ago(25)}, {"customer_id": 2}, {"customer_id": 3, "status": "closed"}]
    rows = counted(customers=people, events=[order(2, 15)])
    assert cells(rows[1]) == {(0, 0): (2, 0)}
    assert cells(rows[2]) == {(0, 1): (1, 0)}
    assert 3 not in rows


def test_complaints_about_contact_and_opt_outs():
    def case(number: int, customer: int, kind: str, days: int = 5) -> dict[str, Any]:
        return {"case_id": number, "customer_id": customer, "kind": kind, "open": True, "opened": ago(days)}

    refused = {"customer_id": 2, "purpose": "marketing", "channel": "any", "allowed": False}
    rows = counted(cases=[case(1, 1, "contact-complaint"), case(2, 1, "repair"), case(3, 2, "contact-complaint", 100)], consents=[refused])
    assert [(rows[n]["complaints"], rows[n]["opted_out"]) for n in (1, 2, 3)] == [(1, 0), (0, 1), (0, 0)]


def test_the_balance_is_that_of_the_emotional_account():
    cases = [
        {"case_id": 1, "customer_id": 1, "kind": "contact-complaint", "open": True, "opened": ago(3)},
        {"case_id": 2, "customer_id": 1, "kind": "repair", "open": False, "opened": ago(50), "closed": ago(40)},
    ]
    rows = counted(
        events=[order(1, 5), order(1, 6, None), order(1, 365), order(1, 364)],
        answers=[{"customer_id": 1, "programme": "p", "question": key, "day": ago(7), "score": 5.0} for key in ("a", "b")],
        contacts=[reached(1, 7), reached(1, 20, "marketing"), reached(1, 30, "service"), reached(1, 31, "marketing", reached=False)],
        cases=cases,
    )  # fmt: skip
    moved = [
        (5, Movement.BOUGHT), (365, Movement.BOUGHT), (364, Movement.BOUGHT), (7, Movement.ANSWERED), (7, Movement.KEPT_IN_TOUCH),
        (20, Movement.ADVERTISED), (30, Movement.SERVED), (3, Movement.ANNOYED), (50, Movement.COMPLAINED), (40, Movement.SOLVED),
    ]  # fmt: skip
    assert rows[1]["balance"] == account([(ago(days), movement) for days, movement in moved], DAY).balance == -7
    assert rows[2]["balance"] == 0


def rows_of(number: int, **changed: Any) -> pa.Table:
    """Counts of so many customers who are alike."""
    columns = {f"{name}_{contact}{state}": 10 for name in ("begun", "engaged") for contact, state in CELLS}
    columns |= {f"engaged_{contact}{state}": 2 + 3 * contact + 4 * state for contact, state in CELLS}
    columns |= {"engaged": 1, "alive": 5, "amount": 50.0, "contacts": 10, "complaints": 0, "opted_out": 0, "balance": 2}
    given_columns = {name: changed.get(name, [value] * number) for name, value in columns.items()}
    return pa.table({"customer_id": list(range(number)), **given_columns})


def test_the_table_keeps_its_contract():
    made = policy_table(rows_of(40), DAY)
    assert made.rows.column_names == list(CONTACT_POLICY.names)
    row = made.rows.to_pylist()[0]
    assert row["expected_effect"] == pytest.approx(0.3, abs=0.02)
    assert (row["engaged"], row["observations"], row["balance"], row["as_of"], row["cluster"]) == (True, 40, 2, DAY, "sometimes-low")
    assert row["index"] > row["at_once"] > 0
    assert [line.customers for line in made.lines] == [40]


def test_a_class_that_complains_is_slowed_then_paused():
    complaints = [0] * 50 + [4] * 10 + [1] * 4
    names = pa.chunked_array([["quiet"] * 50 + ["cross"] * 10 + [None] * 4])
    made = policy_table(rows_of(64, complaints=complaints), DAY, names)
    assert [line.name for line in made.lines] == ["", "cross", "quiet"]
    by_class = {row["cluster"]: row for row in made.rows.to_pylist()}
    assert by_class["cross"]["paused"]
    assert not by_class["quiet"]["paused"]
    assert 1 <= by_class["quiet"]["slowed"] < by_class["cross"]["slowed"] == 4


def test_without_any_money_the_index_counts_periods():
    made = policy_table(rows_of(9, amount=[0.0] * 9, alive=[0, 0, 0, 3, 3, 3, 9, 9, 9]), DAY)
    assert {line.name for line in made.lines} == {"seldom-low", "sometimes-low", "often-low"}
    assert made.rows.to_pylist()[0]["at_once"] < 1


def test_nobody_gives_an_empty_table():
    made = policy_table(rows_of(0), DAY)
    assert (made.rows.num_rows, made.lines) == (0, ())


def test_classes_are_said_in_words():
    assert class_title("often-high").en == "often, high value"
    assert class_title("vip").zh == "vip"
    assert class_title("").en == "no class"
