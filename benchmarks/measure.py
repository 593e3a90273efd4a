"""Runs each contender in a process of its own and prints wall seconds, CPU seconds and peak memory beside each other.

Every contender reads the same files and writes its decisions and follow-ups; they are compared row by row with those of Huifang.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from business import make
from goals import goal

HERE = Path(__file__).parent
SCRIPTS = {"plan_ours.py": "Huifang", "plan_sql.py": "hand-written SQL", "plan_pandas.py": "pandas"}
MANY = 1_000_000
"""From so many customers on the rival is hand-written SQL; a shop is asked for its seconds."""
IN_MEMORY = 20_000_000
"""So many events at most are given to pandas, which takes some 120 bytes of memory for each."""
COMPARED = {
    "decisions": "programme, customer_id, cause, event_id, CAST(due AS DATE), CAST(expires AS DATE), rule, CAST(until AS DATE), followup",
    "followups": "followup, customer_id, staff_id, position, purpose, CAST(deadline AS DATE), occurrences, programme, cause, opens_at",
}


Measured = tuple[float, float, float]
"""Wall seconds, CPU seconds, peak megabytes."""


def run(script: str, folder: str, *more: str) -> Measured:
    """A script in a process of its own; `more` are further arguments of it."""
    out = Path(folder, script)
    out.mkdir(exist_ok=True)
    paths = os.pathsep.join([str(HERE.parent / "src"), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}  # compiled once, as when installed
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(HERE / script), folder, str(out), *more],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        told = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} failed\n{told}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def again(script: str, folder: str) -> Measured:
    """Wall and CPU seconds of the last plan of one process, peak megabytes of the process."""
    *_, peak = run("plan_again.py", folder, script)
    wall, cpu = Path(folder, "plan_again.py", "again").read_text("utf-8").split()
    return float(wall), float(cpu), peak


def differences(folder: str, script: str) -> str:
    """How many rows of decisions and follow-ups are in one of the two plans only."""
    ours, connection = next(iter(SCRIPTS)), duckdb.connect()
    found = []
    for name, columns in COMPARED.items():
        one, other = (f"SELECT {columns} FROM '{folder}/{each}/{name}.parquet'" for each in (ours, script))
        (number,) = connection.execute(
            f"SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))"
        ).fetchall()[0]
        (rows,) = connection.execute(f"SELECT count(*) FROM ({other})").fetchall()[0]
        found.append(f"{rows:,} ({number} differ)")
    return " | ".join(found)


def table(what: str, size: str, runs: dict[str, tuple[Measured, str]], rival: str) -> None:
    """Print wall and CPU seconds, megabytes and rows of each run by its name, and the ratios to the rival's."""
    wall, cpu = runs[rival][0][:2]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {size}, load {os.getloadavg()[0]:.1f}\n")
    print(f"| {what} | wall s | ratio | CPU s | ratio | peak MB | decisions | follow-ups |\n|---|---|---|---|---|---|---|---|")
    for name, ((seconds, used, peak), rows) in runs.items():
        print(f"| {name} | {seconds:.2f} | {seconds / wall:.2f} | {used:.2f} | {used / cpu:.2f} | {peak:.0f} | {rows} |", flush=True)


def compare(customers: int, events: int, times: int) -> None:
    """The table of the best of so many runs each, taken in turn; of `MANY` customers, also of plans in a process that stays."""
    with tempfile.TemporaryDirectory() as folder:
        make(duckdb.connect(), folder, customers, events)
        run(next(iter(SCRIPTS)), folder)
        scripts = [script for script in SCRIPTS if script != "plan_pandas.py" or events <= IN_MEMORY]
        size = f"{customers:,} customers, {events:,} events, best of {times}"

        def best(how: Callable[[str, str], Measured], what: str) -> tuple[Measured, Measured]:
            runs = [{script: how(script, folder) for script in scripts} for _ in range(times)]
            least = {script: min(each[script] for each in runs) for script in scripts}
            said = {SCRIPTS[script]: (measured, differences(folder, script)) for script, measured in least.items()}
            table(what, size, said, SCRIPTS["plan_sql.py"])
            return least["plan_ours.py"], least["plan_sql.py"]

        ours, sql = best(run, "plan")
        if customers < MANY:
            goal(f"a shop of {customers:,}: seconds from command to list", ours[0], at_most=2)
            return
        of = f"plan of {customers:,} × {events:,}"
        _at_most(of, ours, sql, wall=1.3, cpu=1.3)
        if customers > MANY:
            _at_most(f"{of}, then", ours, sql, wall=0.5, cpu=0.3)
        else:
            _at_most(f"{of}, in a process that stays", *best(again, "plan in a process that stays"), wall=1.3, cpu=1.3)


def _at_most(what: str, ours: Measured, sql: Measured, *, wall: float, cpu: float) -> None:
    goal(f"{what}: CPU over hand-written SQL", ours[1] / sql[1], at_most=cpu)
    goal(f"{what}: wall over hand-written SQL", ours[0] / sql[0], at_most=wall)
