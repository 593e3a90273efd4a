"""The record's facts are the database's, whatever the events; and where a record cannot be, the database does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.analytics import customer_record
from huifang.analytics.customer_record import everybody
from huifang.engine.facts import event_facts
from huifang.engine.keeping import fetch, keep, passing
from huifang.engine.needs import needs
from huifang.engine.planner import plan
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.tables import DECISIONS, FOLLOWUPS
from huifang.playbooks.schema import Playbook
from huifang.stores.kept_state import KeptState
from tests.engine.business import CONNECTION, playbook
from tests.engine.business import given as tables_of

DAY = date(2026, 3, 2)
KINDS = {"job": {"title": "t", "attributes": {"km": {"title": "t", "type": "number"}, "plate": {"title": "t"}}}, "visit": {"title": "t"}}
FACTS = {
    "jobs": "count(job)",
    "jobs_30d": "count(job, 30 days)",
    "amounts": "count(job.amount)",
    "plates": "count(job.plate)",
    "spent_year": "sum(job.amount, 12 months)",
    "km": "sum(job.km)",
    "first_job": "first(job)",
    "last_job": "last(job)",
    "last_visit": "last(visit, 60 days)",
    "big": {"value": "count(job)", "where": "amount >= 30"},
}
_ALL = " and ".join(f"{name} is not null" for name in FACTS)


def book(when: str = _ALL, **facts: Any) -> Playbook:
    rules = {"busy": {"when": {"becomes": when}, "for": "first_seen < '2030-01-01'", "within": "3 days", "value": "spent_year"}}
    return playbook(events=KINDS, facts={**FACTS, **facts}, programmes=rules)


def business(events: list[dict[str, Any]], people: range = range(1, 6)) -> Inputs:
    customers = [{"customer_id": number, "birthday": date(2026, 1, 1)} for number in people]
    numbered = [{"event_id": number, **event} for number, event in enumerate(events)]
    return tables_of({"customers": customers, "events": numbered}, {"km": "float64", "plate": "string"})


def grouped(inputs: Inputs, plan_for: Playbook) -> ir.Table:
    found = event_facts(inputs, PlanContext(DAY, None, (plan_for,), CONNECTION), needs((plan_for,)), ("job",))
    assert found is not None
    return found.table


def rows_of(table: ir.Table) -> list[tuple[Any, ...]]:
    """In order; customers of whom nothing was found are left out."""
    return sorted((row for row in fetch(CONNECTION, table) if row[0] is not None and any(row[1:])), key=repr)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(customer_record, "FEWEST", 1)
    with passing(CONNECTION):
        yield


cents = st.none() | st.integers(-10_000, 10_000).map(lambda number: number / 100)
event = st.fixed_dictionaries(
    {
        "customer_id": st.integers(-2, 4),
        "kind": st.sampled_from(["job", "job", "visit", "other"]),
        "day": st.sampled_from([DAY + timedelta(days=away) for away in (-800, -366, -365, -61, -60, -31, -30, -29, -1, 0, 1, 90)]),
        "amount": cents,
        "km": cents,
        "plate": st.sampled_from([None, "A"]),
    }
)


@settings(max_examples=60)
@given(st.lists(event, min_size=7, max_size=40))
def test_a_record_says_what_the_database_says(events: list[dict[str, Any]]) -> None:
    """Ties, the same event twice, days to come, days before birth, windows' edges, nothing known, numbers below zero."""
    with passing(CONNECTION):
        inputs = business([*events, events[0]])
        table = grouped(inputs, book())
        record = everybody(CONNECTION, inputs.events, table)
        assert record.schema() == table.schema()
        assert rows_of(record) == rows_of(table)


def test_the_same_is_planned_and_kept(tmp_path: Any) -> None:
    """With records and without, also for the facts of yesterday and for what a morning keeps."""
    events = [{"customer_id": n % 5 + 1, "kind": "job", "day": DAY - timedelta(days=n % 9), "amount": 1.5 * n} for n in range(60)]
    inputs = business([*events, {"customer_id": 3, "kind": "visit", "day": DAY}])
    plain = PlanContext(DAY, DAY - timedelta(days=3), (book("jobs > 11 and spent_year > 300"),), CONNECTION)
    quick = PlanContext(plain.day, plain.since, plain.playbooks, CONNECTION, everybody)
    state = KeptState(CONNECTION, tmp_path)
    state.take(inputs.events)
    held = Inputs(**{**{name: getattr(inputs, name) for name in Inputs.__slots__}, "events": state.open()})
    try:
        found = [_planned(context, given) for context, given in ((plain, inputs), (quick, inputs), (quick, state.ready(held, quick)))]
    finally:
        CONNECTION.raw_sql("DETACH kept")
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]) > 1


def _planned(context: PlanContext, inputs: Inputs) -> list[list[tuple[Any, ...]]]:
    made = plan(context, inputs)
    pairs = ((made.decisions, DECISIONS), (made.followups, FOLLOWUPS))
    return [sorted(fetch(CONNECTION, table.select(*contract.names)), key=repr) for table, contract in pairs]


@pytest.mark.parametrize("fact", ["mean(job.amount)", "last(job.km)", "max(job.amount)"])
def test_other_aggregates_are_the_databases(fact: str) -> None:
    inputs = business([{"customer_id": 1, "kind": "job", "day": DAY}])
    table = grouped(inputs, book(f"{_ALL} and other > 0", other=fact))
    assert everybody(CONNECTION, inputs.events, table) is table


@pytest.mark.parametrize("missing", ["numpy", "duckdb", "numbers"])
def test_without_numpy_duckdb_or_numbers_nothing_changes(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = business([{"customer_id": 1, "kind": "job", "day": DAY}])
    table, events = grouped(inputs, book()), inputs.events
    if missing == "numpy":
        monkeypatch.setattr(customer_record, "find_spec", lambda name: None)
    if missing == "numbers":
        events = events.mutate(customer_id=events.customer_id.cast("string"))
    assert everybody(SimpleNamespace(name="postgres") if missing == "duckdb" else CONNECTION, events, table) is table


@pytest.mark.parametrize(
    ("fewest", "customers"), [(3, (1, 2)), (0, ()), (1, (1, 4, 2)), (1, (1, 2**60))], ids=["few", "none", "gaps", "far apart"]
)
def test_few_events_and_numbers_far_apart_are_grouped_by_the_database(
    fewest: int, customers: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_record, "FEWEST", fewest)
    monkeypatch.setattr(customer_record, "_finish", lambda *_: pytest.fail("a record was made"))
    inputs = business([{"customer_id": customer, "kind": "job", "day": DAY, "amount": 2.0} for customer in customers])
    table = grouped(inputs, book())
    assert rows_of(everybody(CONNECTION, inputs.events, table)) == rows_of(keep(CONNECTION, "grouped", table))
