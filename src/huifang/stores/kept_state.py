"""What one morning keeps for the next: the events, and what facts take from them, in one DuckDB file of a folder.

`events` has every event, `facts` the day's `EventFacts` of everybody, `stale` the customers whose facts must be worked out anew, `morning`
the day and the meaning of `facts`. The next morning needs only the events that are new, corrected or deleted since: their customers, those
for whom an event leaves a sliding window and those for whom the day of an event has come are worked out anew, by the same expression as in
a plan that keeps nothing. Where facts mean something else than before (other playbooks, other columns, an earlier day), all are.

Nothing is lost when the process is killed: a new file gets a name of its own, the next number, when it is complete, and every change is one
transaction that can be repeated. Changes that are given twice change nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.spans import Span, shift
from huifang.domain.words import Words
from huifang.engine.facts import EventFacts
from huifang.engine.keeping import described, passing, text_of
from huifang.engine.occurrences import event_facts
from huifang.engine.stages import Inputs, PlanContext


class KeptState:
    """The kept state in `folder`, opened in `connection` (DuckDB). One process at a time."""

    def __init__(self, connection: Any, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def file(self) -> Path | None:
        """The file of the last complete state; None where no earlier morning kept anything."""
        return max(self.folder.glob("kept-*.duckdb"), default=None)

    def take(self, events: ir.Table) -> None:
        """Keeps all events in place of what was kept: the file is new, complete or not there."""
        before = self.file
        number = 1 if before is None else int(before.stem.removeprefix("kept-")) + 1
        path, part = self.folder / f"kept-{number:06d}.duckdb", self.folder / "part.duckdb"
        _remove(part)
        self._run(f"ATTACH '{_quoted(part)}' AS fresh")
        self._run("SET preserve_insertion_order = true")
        self._run(f"CREATE TABLE fresh.events AS SELECT * FROM ({self._text(events)}) ORDER BY day")  # nosec B608 # compiled by ibis
        self._run("SET preserve_insertion_order = false")
        self._run("CREATE TABLE fresh.stale AS SELECT customer_id FROM fresh.events LIMIT 0")
        self._run("CREATE TABLE fresh.morning (day DATE, meaning VARCHAR)")
        self._run("DETACH fresh")
        part.replace(path)
        for old in self.folder.glob("kept-*.duckdb"):
            if old != path:
                _remove(old)

    def open(self) -> ir.Table:
        """Opens the file; returns all events. Raises `Invalid` where another process has it open, it is not such a file or not there."""
        path = self.file or self.folder
        try:
            self._run(f"ATTACH '{_quoted(path)}' AS kept")
        except duckdb.Error as error:
            raise Invalid(
                Problem(
                    "kept.unusable",
                    Words(
                        "保存的状态无法打开，可能正被另一进程使用。", "The kept state cannot be opened; another process may be using it."
                    ),
                    Words(
                        "请等它结束；若文件已损坏，请删除后重新计算。",
                        "Wait for it to end; if the file is damaged, delete it and start anew.",
                    ),
                    Place(str(path)),
                )
            ) from error
        self._run("CREATE OR REPLACE TEMPORARY VIEW kept_events AS FROM kept.events")
        return described(self.connection, "kept_events")

    def change(self, changes: ir.Table) -> None:
        """Events that are new, corrected or (`deleted`) gone since; each id once. One transaction.

        Raises `Invalid` where an id is empty or there twice.
        """
        self._stage("changed", self._text(changes))
        self._check_ids()
        self._run("CREATE OR REPLACE TEMPORARY VIEW changing AS FROM kept.events SEMI JOIN changed USING (event_id)")
        self._stage("touched", "SELECT customer_id FROM changing UNION SELECT customer_id FROM changed")
        columns = [name for name in described(self.connection, "kept_events").columns if name in changes.columns]
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        alive = "WHERE NOT coalesce(deleted, false)" if "deleted" in changes.columns else ""
        with self._transaction():
            self._run("DELETE FROM kept.events WHERE event_id IN (SELECT event_id FROM changed)")
            self._run(f"INSERT INTO kept.events BY NAME SELECT {names} FROM changed {alive}")  # nosec B608 # names quoted above
            self._run("INSERT INTO kept.stale SELECT customer_id FROM touched EXCEPT SELECT customer_id FROM kept.stale")

    def ready(self, inputs: Inputs, context: PlanContext) -> Inputs:
        """`inputs`, whose events are the kept ones, with the facts of the context's day. One transaction."""
        wanted = event_facts(inputs, context)
        if wanted is None:
            return inputs
        before = self._run("SELECT day, meaning FROM kept.morning").fetchone()
        if before is None or before[1] != wanted.meaning or not wanted.steady or before[0] > context.day:
            self._all(inputs, context, wanted)
        else:
            self._renew(inputs, context, before[0], wanted)
        self._run("CREATE OR REPLACE TEMPORARY VIEW kept_facts AS FROM kept.facts")
        return replace(inputs, event_facts=described(self.connection, "kept_facts"))

    def _all(self, inputs: Inputs, context: PlanContext, wanted: EventFacts) -> None:
        with passing(self.connection):
            table = context.everybody(self.connection, inputs.events, wanted.table) if context.everybody else wanted.table
            with self._transaction():
                self._run(f"CREATE OR REPLACE TABLE kept.facts AS {self._text(table)}")
                self._dated(wanted, context.day)

    def _renew(self, inputs: Inputs, context: PlanContext, since: date, wanted: EventFacts) -> None:
        moved = " OR ".join([_between(since, context.day), *(_between(*_window(span, since, context.day)) for span in wanted.spans)])
        self._stage("renewed", f"SELECT customer_id FROM kept.stale UNION SELECT customer_id FROM kept.events WHERE {moved}")  # nosec B608 # days alone
        theirs = replace(inputs, events=inputs.events.semi_join(described(self.connection, "renewed"), "customer_id"))
        anew = event_facts(theirs, context)
        if anew is not None:
            self._stage("renewed_facts", self._text(anew.table))
        with self._transaction():
            self._run("DELETE FROM kept.facts WHERE customer_id IN (FROM renewed)")
            self._run("INSERT INTO kept.facts BY NAME FROM renewed_facts")
            self._dated(wanted, context.day)

    def _dated(self, wanted: EventFacts, day: date) -> None:
        self._run("DELETE FROM kept.stale")
        self._run("DELETE FROM kept.morning")
        self.connection.con.execute("INSERT INTO kept.morning VALUES (?, ?)", [day, wanted.meaning])

    def _check_ids(self) -> None:
        wrong = self._run("SELECT event_id, count(*) FROM changed GROUP BY ALL HAVING count(*) > 1 OR event_id IS NULL LIMIT 1").fetchone()
        if wrong is not None:
            raise Invalid(
                Problem(
                    "row.twice" if wrong[0] is not None else "row.nameless",
                    Words(
                        f"变动表中 event_id“{wrong[0]}”出现了 {wrong[1]} 次。",
                        f"event_id “{wrong[0]}” occurs {wrong[1]} times in the changes.",
                    ),
                    Words("每个编号只能有一行，且不能为空。", "Each may have one row only, and none may be empty."),
                    Place("event_changes", key="event_id"),
                )
            )

    def _stage(self, name: str, text: str) -> None:
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {text}")

    def _text(self, table: ir.Table) -> str:
        return text_of(self.connection, table)

    def _run(self, statement: str) -> Any:
        return self.connection.con.execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("BEGIN")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")


def _window(span: Span, since: date, day: date) -> tuple[date, date]:
    return shift(since, span, -1), shift(day, span, -1)


def _between(after: date, until: date) -> str:
    return f"(day > DATE '{after}' AND day <= DATE '{until}')"


def _remove(path: Path) -> None:
    """A database with what was not yet written into it."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
