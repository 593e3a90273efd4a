"""The next morning from what was kept, beside the full plan and a hand-written DuckDB state: 1,000,000 customers, 10,000,000 events.

A day of new events, some of them late, some corrections and some deletions. Every contender starts from its own state of the day before
(the full plan from all events), and ends with the state of the day durably written and the plan's tables.

    python benchmarks/next_morning.py [CUSTOMERS EVENTS]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import duckdb
import state_sql
from business import DAY, make
from goals import goal
from measure import COMPARED, run, table

TOMORROW = DAY + timedelta(days=1)


def changes(customers: int, events: int) -> str:
    """SQL: a day's events (every fifth up to a month late), one corrected for each hundred of them, one deleted for each two hundred."""
    new = events // 730
    number = f"CAST(hash(range * 17) % {events} AS BIGINT)"
    day = f"DATE '{TOMORROW}' - CAST(CASE WHEN range % 5 = 0 THEN hash(range) % 30 ELSE 0 END AS INTEGER)"
    rest = f"CAST(hash(range * 19) % {customers} AS BIGINT) AS customer_id, 'order' AS kind, {day} AS day"
    amount = "CAST(hash(range * 23) % 20000 AS DOUBLE) / 100 AS amount"
    return f"""SELECT {events} + range AS event_id, {rest}, {amount}, false AS deleted FROM range({new})
        UNION ALL SELECT DISTINCT ON (event_id) {number} AS event_id, {rest}, {amount}, range % 3 = 0 AS deleted FROM range({new // 66})"""


def prepare(folder: Path, customers: int, events: int) -> None:
    """The tables of both days, and the states of the first."""
    make(duckdb.connect(), str(folder), customers, events)
    run("plan_ours.py", str(folder), DAY.isoformat(), str(folder / "ours"))
    shutil.copytree(folder / "ours", folder / "resident")
    state_sql.first(duckdb.connect(), str(folder / "state.duckdb"), f"'{folder}/events.parquet'", DAY)
    connection, full = duckdb.connect(), folder / "full"
    connection.execute(f"COPY ({changes(customers, events)}) TO '{folder}/event_changes.parquet' (FORMAT parquet)")
    full.mkdir()
    for path in folder.glob("*.*"):
        if path.suffix in (".parquet", ".yaml") and path.stem not in ("events", "event_changes"):
            shutil.copy(path, full)
    connection.execute(f"""COPY (SELECT * FROM '{folder}/events.parquet' ANTI JOIN '{folder}/event_changes.parquet' USING (event_id)
        UNION ALL BY NAME SELECT * EXCLUDE (deleted) FROM '{folder}/event_changes.parquet' WHERE NOT deleted)
        TO '{full}/events.parquet' (FORMAT parquet)""")
    run("plan_ours.py", str(full), TOMORROW.isoformat())


def differences(one: Path, other: Path) -> str:
    """How many rows of decisions and follow-ups there are, and how many are in one of the two plans only."""
    connection, found = duckdb.connect(), []
    for name, columns in COMPARED.items():
        first, second = (f"SELECT {columns} FROM '{each}/{name}.parquet'" for each in (one, other))
        counted = f"SELECT count(*) FROM (({first} EXCEPT ALL {second}) UNION ALL ({second} EXCEPT ALL {first}))"
        ((number,),) = connection.execute(counted).fetchall()
        ((rows,),) = connection.execute(f"SELECT count(*) FROM ({second})").fetchall()
        found.append(f"{rows:,} ({number} differ)")
    return " | ".join(found)


def resident(folder: Path, day: str) -> tuple[float, float, float]:
    """Wall and CPU seconds of the morning alone, peak megabytes of the process."""
    *_, peak = run("plan_resident.py", str(folder), day, str(folder / "resident"))
    wall, cpu = (folder / "plan_resident.py" / "morning").read_text().split()
    return float(wall), float(cpu), peak


def main(customers: int, events: int) -> None:
    """The table of one run each."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # in a process of its own, whose memory the measured ones do not inherit
        making = get_context("spawn").Process(target=prepare, args=(folder, customers, events))
        making.start()
        making.join()
        day, kept = TOMORROW.isoformat(), folder / "plan_ours.py"
        runs = {
            "full plan": (run("plan_ours.py", str(folder / "full"), day), folder / "full" / "plan_ours.py"),
            "Huifang, kept state": (run("plan_ours.py", str(folder), day, str(folder / "ours")), kept),
            "Huifang, kept state, a process that stays": (resident(folder, day), folder / "plan_resident.py"),
            "hand-written SQL, state table": (run("plan_sql.py", str(folder), day, str(folder / "state.duckdb")), folder / "plan_sql.py"),
        }
        size = f"{customers:,} customers, {events:,} events, {events // 730:,} new, one run"
        said = {name: (measured, differences(kept, out)) for name, (measured, out) in runs.items()}
        table("next morning", size, said, "hand-written SQL, state table")
        stays = runs["Huifang, kept state, a process that stays"][0][0]
        goal(f"next morning of {customers:,} customers: seconds in a process that stays", stays, at_most=0.5)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3] or ("1000000", "10000000")))
