"""What is kept gives the plan that is worked out anew: after late, corrected and deleted events, as windows slide and days go by."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.engine import occurrences
from huifang.engine.keeping import fetch, keep_rows
from huifang.engine.planner import plan
from huifang.engine.stages import Inputs, PlanContext, inputs
from huifang.engine.tables import DECISIONS, EVENT_CHANGES, FOLLOWUPS, INPUTS
from huifang.playbooks.schema import Playbook
from huifang.stores.embedded import connect
from huifang.stores.kept_state import KeptState
from tests.engine.business import CONNECTION, playbook

MONDAY = date(2026, 3, 2)
CONTRACTS = {table.name: table for table in (*INPUTS, EVENT_CHANGES)}
PEOPLE = range(1, 6)
FACTS = {
    "last_job": "last(job)",
    "jobs_30d": "count(job, 30 days)",
    "spent_month": "sum(job.amount, 1 month)",
    "visits": "count(visit)",
    "plate": "last(job.plate)",
    "big": {"value": "count(job)", "where": "amount >= 30"},
}
PROGRAMMES = {
    "thanks": {"when": {"after": "job", "wait": "1 day"}, "for": "jobs_30d <= 2", "value": "spent_month"},
    "back": {"when": {"lapse": "job", "exactly": "10 days"}, "value": "spent_month", "still": "visits < 3"},
    "often": {"when": {"becomes": "jobs_30d >= 3"}, "within": "3 days", "value": "big"},
    "plate": {"when": {"after": "visit", "wait": "2 days"}, "for": "plate = 'A' or first_seen < '2026-02-25'"},
}


def book(**more: Any) -> Playbook:
    kinds = {"job": {"title": "t", "attributes": {"plate": {"title": "t"}}}, "visit": {"title": "t"}}
    return playbook(events=kinds, **{"facts": FACTS, "programmes": PROGRAMMES, "calendar": {"days": "every"}, **more})


BOOK = book()


def table(connection: Any, name: str, rows: list[Mapping[str, Any]]) -> Any:
    kinds = {column.name: "int64" if column.type == "key" else column.type for column in CONTRACTS[name].columns}
    kinds |= {"plate": "string"} if name in ("events", "event_changes") else {}
    return keep_rows(connection, name, kinds, [[row.get(column) for column in kinds] for row in rows])


def others(connection: Any) -> dict[str, Any]:
    days = [{"calendar": "CN", "day": MONDAY + timedelta(days=n), "working": True, "final": True} for n in range(-70, 430)]
    return {
        "customers": table(connection, "customers", [{"customer_id": number} for number in PEOPLE]),
        "contact_points": table(
            connection, "contact_points", [{"customer_id": number, "channel": "phone", "usable": True} for number in PEOPLE]
        ),
        "calendar_days": table(connection, "calendar_days", days),
    }


def rows_of(context: PlanContext, given_tables: Inputs) -> list[list[tuple[Any, ...]]]:
    made = plan(context, given_tables)
    pairs = ((made.decisions, DECISIONS), (made.followups, FOLLOWUPS))
    return [sorted(fetch(context.connection, rows.select(*contract.names)), key=repr) for rows, contract in pairs]


def anew(day: date, events: list[Mapping[str, Any]], books: tuple[Playbook, ...] = (BOOK,)) -> list[list[tuple[Any, ...]]]:
    connection = connect(threads=1)
    try:
        tables = {**others(connection), "events": table(connection, "events", events)}
        return rows_of(PlanContext(day, day - timedelta(days=1), books, connection), inputs(tables))
    finally:
        connection.disconnect()


def kept(
    folder: Path, day: date, changes: list[Mapping[str, Any]] | None, whole: list[Mapping[str, Any]] | None = None,
    books: tuple[Playbook, ...] = (BOOK,),
) -> list[list[tuple[Any, ...]]]:  # fmt: skip
    connection = connect(threads=1)
    try:
        state = KeptState(connection, folder)
        tables = others(connection)
        if whole is not None:
            state.take(inputs({**tables, "events": table(connection, "events", whole)}).events)
        tables["events"] = state.open()
        if changes is not None:
            state.change(table(connection, "event_changes", changes))
        context = PlanContext(day, day - timedelta(days=1), books, connection)
        ready = state.ready(inputs(tables), context)
        return rows_of(context, ready)
    finally:
        connection.disconnect()


def event(number: int, customer: int, kind: str, day: date, amount: int, plate: str | None = None, **more: Any) -> dict[str, Any]:
    return {"event_id": number, "customer_id": customer, "kind": kind, "day": day, "amount": float(amount), "plate": plate, **more}


def collected(connection: Any, whose: Inputs, table: Any) -> list[list[tuple[Any, ...]]]:
    """Facts and events in a fixed order of rows and columns."""
    return [sorted(fetch(connection, each.select(sorted(each.columns))), key=repr) for each in (table, whose.events)]


some_event = st.builds(
    event, st.integers(1, 40), st.sampled_from(PEOPLE), st.sampled_from(["job", "job", "visit"]),
    st.integers(-45, 8).map(lambda ago: MONDAY + timedelta(days=ago)), st.integers(0, 50), st.sampled_from([None, "A", "B"]),
)  # fmt: skip
by_id = st.lists(some_event, max_size=30, unique_by=lambda row: row["event_id"])
some_changes = st.lists(
    st.builds(lambda row, gone: {**row, "deleted": gone}, some_event, st.booleans()), max_size=6, unique_by=lambda row: row["event_id"]
)
mornings = st.lists(st.tuples(st.integers(-1, 12), some_changes, st.booleans()), min_size=1, max_size=4)


class Morning(NamedTuple):
    """A connection of its own over a folder, as a process has it."""

    connection: Any
    state: KeptState

    def facts(self, day: date, changes: list[Any], times: int) -> list[list[tuple[Any, ...]]]:
        tables = {**others(self.connection), "events": self.state.open()}
        for _ in range(times):
            self.state.change(table(self.connection, "event_changes", changes))
        ready = self.state.ready(inputs(tables), PlanContext(day, None, (BOOK,), self.connection))
        return collected(self.connection, ready, ready.event_facts)


@contextmanager
def morning(folder: Path) -> Iterator[Morning]:
    connection = connect(threads=1)
    try:
        yield Morning(connection, KeptState(connection, folder))
    finally:
        connection.disconnect()


@settings(max_examples=20, deadline=None)
@given(first=by_id, then=mornings)
def test_each_morning_knows_what_the_full_plan_would_work_out(tmp_path_factory: pytest.TempPathFactory, first: list[Any], then: list[Any]):
    """Late, corrected and deleted events, sliding windows, days that come, days that are planned again, changes that are given twice."""
    folder = tmp_path_factory.mktemp("kept")
    with morning(folder) as begun:
        begun.state.take(inputs({**others(begun.connection), "events": table(begun.connection, "events", first)}).events)
    events, day = {row["event_id"]: row for row in first}, MONDAY
    for later, changes, again in then:
        day += timedelta(days=later)
        for row in changes:
            events.pop(row["event_id"], None)
            if not row["deleted"]:
                events[row["event_id"]] = row
        with morning(folder) as at_work:
            assert at_work.facts(day, changes, 2 if again else 1) == full_facts(day, list(events.values()))


def full_facts(day: date, events: list[Mapping[str, Any]]) -> list[list[tuple[Any, ...]]]:
    rows = inputs({**others(CONNECTION), "events": table(CONNECTION, "events", events)})
    wanted = occurrences.event_facts(rows, PlanContext(day, None, (BOOK,), CONNECTION))
    assert wanted is not None
    return collected(CONNECTION, rows, wanted.table)


def test_the_plan_is_the_full_plan_after_late_corrected_and_deleted_events(tmp_path: Path):
    ago = [MONDAY - timedelta(days=n) for n in range(60)]
    first = [
        event(1, 1, "job", ago[1], 10, "A"),
        event(2, 1, "job", ago[29], 40),
        event(3, 2, "job", ago[10], 5),
        event(4, 3, "visit", ago[2], 0),
        event(5, 3, "job", ago[30], 20, "A"),
        event(6, 4, "job", ago[28], 1),
        event(7, 4, "job", ago[5], 1),
    ]
    assert kept(tmp_path, MONDAY, None, first) == anew(MONDAY, first)
    changes = [event(8, 4, "job", ago[3], 30), event(3, 2, "job", ago[9], 6), event(4, 3, "visit", ago[2], 0, deleted=True)]
    events = [first[0], first[1], changes[1], *first[4:], changes[0]]
    tuesday = MONDAY + timedelta(days=1)
    decisions, followups = kept(tmp_path, tuesday, changes)
    assert [decisions, followups] == anew(tuesday, events)
    assert {"back", "often"} <= {row[1] for row in decisions}
    assert kept(tmp_path, MONDAY + timedelta(days=8), []) == anew(MONDAY + timedelta(days=8), events)


def test_other_facts_are_worked_out_anew_from_the_kept_events(tmp_path: Path):
    first = [event(number, number % 3 + 1, "job", MONDAY - timedelta(days=number), number) for number in range(1, 20)]
    kept(tmp_path, MONDAY, None, first)
    other = book(facts={**FACTS, "jobs_30d": "count(job, 5 days)"})
    assert kept(tmp_path, MONDAY, None, books=(other,)) == anew(MONDAY, first, (other,))
    plain = book(facts={}, programmes={"thanks": {"when": {"after": "job", "wait": "1 day"}}})
    assert kept(tmp_path, MONDAY, None, books=(plain,)) == anew(MONDAY, first, (plain,))


def test_facts_that_look_at_the_day_are_worked_out_anew_every_morning(tmp_path: Path):
    kinds = {"job": {"title": "t", "attributes": {"plate": {"title": "t"}, "day_of": {"title": "t", "type": "date"}}}}
    looking = playbook(events=kinds, facts={"fresh": {"value": "count(job)", "where": "days_since(day) <= 3"}},
                       programmes={"fresh": {"when": {"becomes": "fresh >= 1"}}}, calendar={"days": "every"})  # fmt: skip
    first = [event(1, 1, "job", MONDAY, 1)]
    for number, whole in enumerate([first, None, None]):
        day = MONDAY + timedelta(days=2 * number)
        assert kept(tmp_path, day, None, whole, (looking,)) == anew(day, first, (looking,))


@pytest.mark.parametrize(("ids", "code"), [([7, 7], "row.twice"), ([None], "row.nameless")])
def test_changes_with_a_wrong_id_are_told_and_change_nothing(tmp_path: Path, ids: list[int | None], code: str):
    first = [event(1, 1, "job", MONDAY, 1)]
    kept(tmp_path, MONDAY, None, first)
    with pytest.raises(Invalid) as error:
        kept(tmp_path, MONDAY, [{**first[0], "event_id": number} for number in ids])
    assert [problem.code for problem in error.value.problems] == [code]
    assert kept(tmp_path, MONDAY, None) == anew(MONDAY, first)


def test_a_state_that_cannot_be_opened_is_told(tmp_path: Path):
    (tmp_path / "kept-000001.duckdb").write_bytes(b"not a database, however long it is" * 500)
    with pytest.raises(Invalid) as error:
        kept(tmp_path, MONDAY, None)
    assert [problem.code for problem in error.value.problems] == ["kept.unusable"]


def test_a_change_that_fails_leaves_everything_as_it_was(tmp_path: Path):
    first = [event(1, 1, "job", MONDAY, 1)]
    kept(tmp_path, MONDAY, None, first)
    with morning(tmp_path) as broken:
        broken.state.open()
        run = broken.state._run

        def failing(statement: str) -> Any:
            return run("SELECT no_such_column" if statement.startswith("INSERT INTO kept.stale") else statement)

        broken.state._run = failing  # type: ignore[method-assign]  # the third statement of the transaction fails
        with pytest.raises(duckdb.Error):
            broken.state.change(table(broken.connection, "event_changes", [event(2, 1, "job", MONDAY, 9)]))
    assert kept(tmp_path, MONDAY, None) == anew(MONDAY, first)


@pytest.mark.parametrize("way", ["changes", "whole"])
def test_killed_before_any_statement_it_goes_on_as_if_nothing_had_been(tmp_path: Path, way: str):
    """The process is killed before its first, its second ... statement; the next one does the same work and knows the same."""
    command = [sys.executable, "-m", "tests.stores.kept_kills", way, str(tmp_path)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    *killed, last = told["ended"]
    assert (set(killed), last) == ({-signal.SIGKILL}, 0)
    assert len(killed) > 10
    assert told["after"] == [0] * len(told["ended"])
