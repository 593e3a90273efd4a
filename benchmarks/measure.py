"""Runs each contender in a process of its own and prints wall seconds, CPU seconds and peak memory beside each other."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from business import make

HERE = Path(__file__).parent


def run(script: str, folder: str) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds, peak megabytes, and what was printed."""
    paths = os.pathsep.join([str(HERE.parent / "src"), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}  # compiled once, as when installed
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, str(HERE / script), folder], env=environment, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} failed")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed.strip()


def compare(customers: int, events: int, times: int) -> None:
    """The table of the best of so many runs each, taken in turn."""
    scripts = ["plan_ours.py", "plan_sql.py"]
    with tempfile.TemporaryDirectory() as folder:
        make(duckdb.connect(), folder, customers, events)
        run(scripts[0], folder)
        best = {script: min(run(script, folder) for _ in range(times)) for script in scripts}
    wall, cpu = best["plan_sql.py"][:2]
    cores = len(os.sched_getaffinity(0))
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, {customers:,} customers, {events:,} events, best of {times}, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| plan | wall s | ratio | CPU s | ratio | peak MB | follow-ups |\n|---|---|---|---|---|---|---|")
    for script, (seconds, used, peak, made) in best.items():
        print(f"| {script} | {seconds:.2f} | {seconds / wall:.2f} | {used:.2f} | {used / cpu:.2f} | {peak:.0f} | {made} |")


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
