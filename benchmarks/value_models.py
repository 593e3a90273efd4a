"""BG/NBD for many customers beside rivals in the same run: fit and scores, each contender in a process of its own.

python benchmarks/value_models.py [customers] [rival's customers]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from goals import goal

HERE = Path(__file__).parent
SIZES = ("10_000_000", "3_000_000")
TITLES = {"value_ours.py": "Huifang", "value_scipy.py": "scipy.optimize, row by row", "value_lifetimes.py": "lifetimes"}


def make(path: Path, customers: int) -> None:
    """Customers as BG/NBD has them (parameters of CDNOW, weeks), first seen on some day of 78 weeks, looked at by days."""
    chance = np.random.default_rng(20261122)
    age = chance.integers(0, 78 * 7, customers)
    rate = chance.gamma(0.243, 1 / 4.414, customers) / 7
    stop = chance.beta(0.793, 2.426, customers)
    repeats, last = np.zeros(customers, dtype=np.int32), np.zeros(customers)
    going = np.arange(customers)
    while len(going):
        moment = last[going] + chance.exponential(1 / rate[going])
        inside = moment <= age[going]
        going, moment = going[inside], moment[inside]
        repeats[going] += 1
        last[going] = moment
        going = going[chance.random(len(going)) >= stop[going]]
    np.savez(path, repeats=repeats, last=last.astype(np.int32), age=age.astype(np.int32))


def run(script: str, data: Path, what: str) -> tuple[float, float, str]:
    """CPU seconds and peak megabytes of one contender, and what it printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent / "src"), str(HERE)])}
    with subprocess.Popen(
        [sys.executable, str(HERE / script), str(data), what], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        said, told = (pipe.read() if pipe else "" for pipe in (process.stdout, process.stderr))
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} failed\n{told}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said.strip()


def main(customers: int, fewer: int) -> None:
    """Everybody at the smaller size, Huifang alone at the larger; equal sizes: everybody once."""
    found: dict[tuple[str, int, str], tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size, scripts in {customers: ["value_ours.py"], fewer: list(TITLES)}.items():
            data = Path(folder, f"{size}.npz")
            # in a process of its own: what this one has held would count as the peak of those it starts
            subprocess.run([sys.executable, __file__, str(data), str(size)], check=True)
            print(
                f"\n{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {size:,} customers, load {os.getloadavg()[0]:.1f}\n"
            )
            print("| BG/NBD | work | CPU s | ratio | peak MB | ratio | result |\n|---|---|---|---|---|---|---|")
            for what in ("read", "fit", "score"):
                ours = None
                for script in scripts:
                    used, peak, said = run(script, data, what)
                    ours = ours or (used, peak)
                    found[what, size, script] = used, peak
                    ratios = f"{used:.2f} | {used / ours[0]:.1f} | {peak:.0f} | {peak / ours[1]:.1f}"
                    print(f"| {TITLES[script]} | {what} | {ratios} | {said} |", flush=True)
    asked(found, customers, fewer)


def asked(found: dict[tuple[str, int, str], tuple[float, float]], customers: int, fewer: int) -> None:
    """The goals: what is over reading the file; the rival of the fit is lifetimes with the same customers."""
    work = {script: found["fit", fewer, script][0] - found["read", fewer, script][0] for script in ("value_ours.py", "value_lifetimes.py")}
    goal(f"fit of {fewer:,}: CPU of lifetimes over ours", work["value_lifetimes.py"] / work["value_ours.py"], at_least=50)
    memory = found["fit", fewer, "value_ours.py"][1] / found["fit", fewer, "value_lifetimes.py"][1]
    goal(f"fit of {fewer:,}: memory over that of lifetimes", memory, at_most=0.25)
    score = found["score", customers, "value_ours.py"][0] - found["read", customers, "value_ours.py"][0]
    goal(f"scoring {customers:,}: CPU s", score, at_most=2.5)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].endswith(".npz"):
        make(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main(*(int(one.replace("_", "")) for one in [*sys.argv[1:], *SIZES[len(sys.argv) - 1 :]]))
