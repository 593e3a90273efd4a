"""Runs each contender in a process of its own and prints wall seconds, CPU seconds and peak memory beside each other.

Every contender reads the same files and writes its decisions and follow-ups; they are compared row by row with those of Huifang.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
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


def run(script: str, folder: str, *more: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds, peak megabytes; `more` are further arguments of the script."""
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


def table(what: str, size: str, runs: dict[str, tuple[tuple[float, float, float], str]], rival: str) -> None:
    """Print wall and CPU seconds, megabytes and rows of each run by its name, and the ratios to the rival's."""
    wall, cpu = runs[rival][0][:2]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {size}, load {os.getloadavg()[0]:.1f}\n")
    print(f"| {what} | wall s | ratio | CPU s | ratio | peak MB | decisions | follow-ups |\n|---|---|---|---|---|---|---|---|")
    for name, ((seconds, used, peak), rows) in runs.items():
        print(f"| {name} | {seconds:.2f} | {seconds / wall:.2f} | {used:.2f} | {used / cpu:.2f} | {peak:.0f} | {rows} |", flush=True)


def compare(customers: int, events: int, times: int) -> None:
    """The table of the best of so many runs each, taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        make(duckdb.connect(), folder, customers, events)
        run(next(iter(SCRIPTS)), folder)
        scripts = [script for script in SCRIPTS if script != "plan_pandas.py" or events <= IN_MEMORY]
        runs = [{script: run(script, folder) for script in scripts} for _ in range(times)]
        best = {script: min(each[script] for each in runs) for script in scripts}
        said = {SCRIPTS[script]: (measured, differences(folder, script)) for script, measured in best.items()}
        table("plan", f"{customers:,} customers, {events:,} events, best of {times}", said, SCRIPTS["plan_sql.py"])
        ours, sql = best["plan_ours.py"], best["plan_sql.py"]
        if customers < MANY:
            goal(f"a shop of {customers:,}: seconds from command to list", ours[0], at_most=2)
        else:
            goal(f"plan of {customers:,} × {events:,}: CPU over hand-written SQL", ours[1] / sql[1], at_most=1.3)
            goal(f"plan of {customers:,} × {events:,}: wall over hand-written SQL", ours[0] / sql[0], at_most=1.3)
        if customers > MANY:
            goal(f"plan of {customers:,} × {events:,}, then: CPU over hand-written SQL", ours[1] / sql[1], at_most=0.3)
            goal(f"plan of {customers:,} × {events:,}, then: wall over hand-written SQL", ours[0] / sql[0], at_most=0.5)
