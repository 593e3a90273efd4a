"""One plan on each store, from its own command: 1,000,000 customers and 10,000,000 events, or as many as are named.

    python benchmarks/stores.py [CUSTOMERS EVENTS]

The tables lie as Parquet in a folder for the embedded store and for Spark (two cores of this machine), and in a schema of a PostgreSQL
server, brought there before. Seconds are from the command to the written plan; CPU and memory are those of the command and all that it
starts, and of the server's processes. The rows of decisions and follow-ups are compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psycopg
from business import DAY, make
from measure import COMPARED
from processes import below, cpu_of, server_of
from scripts.with_postgresql import running

PLAN = "from huifang.cli import command; command()"
KINDS = {"VARCHAR": "text", "DOUBLE": "double precision", "BIGINT": "bigint", "INTEGER": "integer", "DATE": "date", "BOOLEAN": "boolean"}
Figures = tuple[float, float, float]
"""Wall seconds, CPU seconds, megabytes."""


def plan(folder: Path, *more: str, server: int = 0) -> Figures:
    """The command with these further options. Its memory, and the server's above what it held before, is looked at ten times a second."""
    command = [sys.executable, "-c", PLAN, "plan", "--playbook", str(folder / "bench.yaml"), "--day", DAY.isoformat(), *more]
    before, held, peak = cpu_of(server) if server else 0.0, _held(server), 0.0
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        own = 0.0
        while process.poll() is None:
            own = max(own, cpu_of(process.pid))
            peak = max(peak, _held(process.pid) + max(_held(server) - held, 0))
            time.sleep(0.1)
        if process.returncode:
            raise SystemExit(process.stderr.read() if process.stderr else "")
    return time.perf_counter() - began, own + (cpu_of(server) - before if server else 0.0), peak


def _held(root: int) -> float:
    """Megabytes that a process and those below it hold; what they share is counted in each."""
    return sum(one.memory for one in below(root)) / 2**20 if root else 0.0


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, int]]:
    """A server that has the tables, as a business would keep them; its address and process."""
    with running() as found, psycopg.connect(found.get_uri(), autocommit=True) as session:
        files = duckdb.connect()
        for path in sorted(folder.glob("*.parquet")):
            columns = files.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
            session.execute(f"CREATE TABLE {path.stem} ({', '.join(f'{name} {KINDS[kind]}' for name, kind, *_ in columns)})")
            text = folder / "rows.csv"
            files.execute(f"COPY (SELECT * FROM '{path}') TO '{text}' (HEADER false)")
            with text.open("rb") as rows, session.cursor().copy(f"COPY {path.stem} FROM STDIN (FORMAT csv)") as copy:
                while part := rows.read(2**20):
                    copy.write(part)
            text.unlink()
            if any(name == "customer_id" for name, *_ in columns):
                session.execute(f"CREATE INDEX ON {path.stem} (customer_id)")
            session.execute(f"ANALYZE {path.stem}")
        yield found.get_uri(), server_of(session.info.backend_pid)


def rows_of(session: psycopg.Connection, folder: Path) -> None:
    """The plan that is on the server, as Parquet in the folder."""
    folder.mkdir()
    for name in COMPARED:
        text = folder / f"{name}.csv"
        with text.open("wb") as rows, session.cursor().copy(f"COPY {name} TO STDOUT (FORMAT csv, HEADER)") as copy:
            for part in copy:
                rows.write(part)
        duckdb.execute(f"COPY (SELECT * FROM read_csv('{text}', all_varchar = true)) TO '{folder}/{name}.parquet'")


def differences(one: Path, other: str) -> str:
    """How many rows there are of each table, and how many are in one of the two plans only; texts are compared."""
    found = []
    for name, columns in COMPARED.items():
        as_text = f"COLUMNS(*)::VARCHAR FROM (SELECT {columns} FROM"
        first, second = f"SELECT {as_text} '{one}/{name}.parquet')", f"SELECT {as_text} '{other.format(name)}')"
        sql = f"SELECT count(*) FROM (({first} EXCEPT ALL {second}) UNION ALL ({second} EXCEPT ALL {first}))"
        ((number,),) = duckdb.execute(sql).fetchall()
        ((rows,),) = duckdb.execute(f"SELECT count(*) FROM ({second})").fetchall()
        found.append(f"{rows:,} ({number} differ)")
    return " | ".join(found)


def say(name: str, figures: Figures, least: Figures, rows: str) -> None:
    """A line of the table; ratios are to `least`."""
    wall, cpu, peak = figures
    print(f"| {name} | {wall:.1f} | {wall / least[0]:.1f} | {cpu:.1f} | {cpu / least[1]:.1f} | {peak:.0f} | {rows} |", flush=True)


def main(customers: int = 1_000_000, events: int = 10_000_000) -> None:
    """The table of the three stores."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(duckdb.connect(), made, customers, events)
        tables, ours = ("--tables", made), folder / "ours"
        print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {customers:,} customers, {events:,} events, ", end="")
        print(f"load {os.getloadavg()[0]:.1f}\n\n| store | wall s | ratio | CPU s | ratio | peak MB | decisions | follow-ups |")
        print("|---|---|---|---|---|---|---|---|", flush=True)

        plan(folder, *tables, "--out", str(ours))
        embedded = plan(folder, *tables, "--out", str(ours))
        say("embedded", embedded, embedded, differences(ours, f"{ours}/{{}}.parquet"))
        with postgresql(folder) as (address, server), psycopg.connect(address, autocommit=True) as session:
            figures = plan(folder, "--store", address, server=server)
            rows_of(session, folder / "server")
            say("PostgreSQL", figures, embedded, differences(ours, f"{folder}/server/{{}}.parquet"))
        lake = folder / "lake"
        figures = plan(folder, "--store", "spark:local[2]", *tables, "--out", str(lake))
        say("Spark, local[2]", figures, embedded, differences(ours, f"{lake}/{{}}.parquet/*.parquet"))


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:3]))
