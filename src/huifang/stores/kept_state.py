"""What one morning keeps for the next: the events, and what facts take from them, in one DuckDB file of a folder.

`events` has every event, `facts` the day's `EventFacts` of everybody, `added` the events that are new since, `stale` the customers of whom
an event was corrected or deleted, `morning` the day and the meaning of `facts`. The next morning works out the facts of the customers with
such events, of those for whom an event leaves a sliding window and of those for whom the day of an event has come; those of all others
stay. Most follow from the day before and these events alone (`kept_merge`); the rest is read anew from the customer's events, by the same
expression as in a plan that keeps nothing. Where facts mean something else than before (other playbooks, other columns, an earlier day),
all are.

Nothing is lost when the process is killed: a new file gets a name of its own, the next number, when it is complete, and every change is one
transaction that can be repeated. Changes that are given twice change nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import ibis.expr.types as ir

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.engine.facts import EventFacts
from huifang.engine.keeping import described
from huifang.engine.occurrences import event_facts
from huifang.engine.stages import Inputs, PlanContext
from huifang.stores.kept_merge import anew, crossing, merged


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
        self._run("CREATE TABLE fresh.added AS FROM fresh.events LIMIT 0")
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

        Raises `Invalid` where an id is empty or there twice, or an event is nobody's.
        """
        self._stage("changed", self._text(changes))
        alive = "WHERE NOT coalesce(deleted, false)" if "deleted" in changes.columns else ""
        self._check_ids(alive)
        self._stage("gone", "SELECT e.rowid AS place, e.customer_id FROM kept.events AS e SEMI JOIN changed USING (event_id)")
        columns = [name for name in described(self.connection, "kept_events").columns if name in changes.columns]
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        with self._transaction():
            self._run("DELETE FROM kept.events WHERE rowid IN (SELECT place FROM gone)")
            for table in ("events", "added"):
                self._run(f"INSERT INTO kept.{table} BY NAME SELECT {names} FROM changed {alive}")  # nosec B608 # names quoted above
            self._run("INSERT INTO kept.stale SELECT customer_id FROM gone EXCEPT SELECT customer_id FROM kept.stale")

    def ready(self, inputs: Inputs, context: PlanContext) -> Inputs:
        """`inputs`, whose events are the kept ones, with the facts of the context's day. One transaction."""
        wanted = event_facts(inputs, context)
        if wanted is None:
            return inputs
        before = self._run("SELECT day, meaning FROM kept.morning").fetchone()
        if before is None or before[1] != wanted.meaning or not wanted.steady or before[0] > context.day:
            self._all(wanted, context.day)
        else:
            self._renew(inputs, context, before[0], wanted)
        self._run("CREATE OR REPLACE TEMPORARY VIEW kept_facts AS FROM kept.facts")
        return replace(inputs, event_facts=described(self.connection, "kept_facts"))

    def _all(self, wanted: EventFacts, day: date) -> None:
        with self._transaction():
            self._run(f"CREATE OR REPLACE TABLE kept.facts AS {self._text(wanted.table)}")
            self._dated(wanted, day)

    def _renew(self, inputs: Inputs, context: PlanContext, since: date, wanted: EventFacts) -> None:
        crossed = crossing(wanted.parts, since, context.day)
        self._stage("crossed", f"FROM kept.events WHERE {crossed}")
        self._stage("arrived", f"FROM crossed UNION ALL BY NAME FROM kept.added WHERE NOT coalesce({crossed}, false)")
        self._stage("counted", "FROM crossed ANTI JOIN kept.added USING (event_id)")
        self._facts_of("arrived", inputs, context)
        self._facts_of("counted", inputs, replace(context, day=since))
        self._stage("merged", merged(wanted.parts))
        self._stage("renewed", anew(wanted.parts, since, context.day))
        self._stage("theirs", "FROM kept.events SEMI JOIN renewed USING (customer_id)")
        self._facts_of("theirs", inputs, context)
        with self._transaction():
            self._run("DELETE FROM kept.facts WHERE customer_id IN (SELECT customer_id FROM merged UNION ALL FROM renewed)")
            self._run("INSERT INTO kept.facts BY NAME SELECT * EXCLUDE (doubtful) FROM merged ANTI JOIN renewed USING (customer_id)")
            self._run("INSERT INTO kept.facts BY NAME FROM theirs_facts")
            self._dated(wanted, context.day)

    def _facts_of(self, events: str, inputs: Inputs, context: PlanContext) -> None:
        """What facts take from the events of that table alone, in a table named ``…_facts``."""
        alone = replace(inputs, events=described(self.connection, events))
        taken = cast("EventFacts", event_facts(alone, context))  # the same facts as of all events: there are some
        self._stage(f"{events}_facts", self._text(taken.table))

    def _dated(self, wanted: EventFacts, day: date) -> None:
        self._run("DELETE FROM kept.stale")
        self._run("DELETE FROM kept.added")
        self._run("DELETE FROM kept.morning")
        self.connection.con.execute("INSERT INTO kept.morning VALUES (?, ?)", [day, wanted.meaning])

    def _check_ids(self, alive: str) -> None:
        wrong = self._run("SELECT event_id, count(*) FROM changed GROUP BY ALL HAVING count(*) > 1 OR event_id IS NULL LIMIT 1").fetchone()
        if wrong is not None:
            raise _wrong(
                "row.twice" if wrong[0] is not None else "row.nameless",
                "event_id",
                Words(
                    f"变动表中 event_id“{wrong[0]}”出现了 {wrong[1]} 次。", f"event_id “{wrong[0]}” occurs {wrong[1]} times in the changes."
                ),
                Words("每个编号只能有一行，且不能为空。", "Each may have one row only, and none may be empty."),
            )
        (nobodys,) = self._run(f"SELECT count(*) - count(customer_id) FROM changed {alive}").fetchone()  # nosec B608 # a fixed condition
        if nobodys:
            raise _wrong(
                "row.nameless",
                "customer_id",
                Words(f"变动表有 {nobodys} 行没有 customer_id。", f"{nobodys} rows of the changes have no customer_id."),
                Words("请补上编号或删去这些行。", "Fill it in, or leave these rows out."),
            )

    def _stage(self, name: str, text: str) -> None:
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {text}")

    def _text(self, table: ir.Table) -> str:
        return str(self.connection.compile(table))

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


def _wrong(code: str, column: str, what: Words, help_: Words) -> Invalid:
    return Invalid(Problem(code, what, help_, Place("event_changes", key=column)))


def _remove(path: Path) -> None:
    """A database with what was not yet written into it."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
