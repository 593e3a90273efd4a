"""The full plan with a programme that looks at everybody (a customer becomes lost), with a compact record per customer and without.

Who fulfils the condition is asked for two days, the plan's and that of the plan before.

    python benchmarks/everybody.py [CUSTOMERS EVENTS]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import duckdb
from business import DAY, PLAYBOOK, make
from measure import differences, run, table

LOST = """
  lost:
    title: {zh: 流失, en: Lost}
    purpose: relationship
    when: {becomes: "stage = 'lost'"}
    within: 3 days
    through: [phone]
    value: spent_12m
"""


def prepare(folder: str, customers: int, events: int) -> None:
    """The tables and the playbook with one programme more."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    make(connection, folder, customers, events)
    Path(folder, "bench.yaml").write_text(PLAYBOOK.lstrip() + LOST.lstrip("\n"), "utf-8")


def main(customers: int, events: int) -> None:
    """The table of one run each."""
    with tempfile.TemporaryDirectory() as folder:
        making = get_context("spawn").Process(target=prepare, args=(folder, customers, events))
        making.start()
        making.join()
        scripts = {"plan_ours.py": "record per customer", "plan_grouped.py": "grouped by DuckDB"}
        days = (DAY.isoformat(), "", (DAY - timedelta(days=1)).isoformat())
        run("plan_ours.py", folder, *days)  # its modules are compiled once, as when installed
        runs = {script: run(script, folder, *days) for script in scripts}
        said = {scripts[script]: (measured, differences(folder, script)) for script, measured in runs.items()}
        table("everybody", f"{customers:,} customers, {events:,} events, one run", said, "grouped by DuckDB")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3] or ("10000000", "100000000")))
