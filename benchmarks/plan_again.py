"""A contender in a process that stays, as the morning's plan is made by a worker: the three days before first, then the day.

    plan_again.py FOLDER OUT SCRIPT

`SCRIPT` is `plan_ours.py`, `plan_sql.py` or `plan_pandas.py`; its tables go to `FOLDER/SCRIPT`. Only the last plan is measured, from
the playbook and the names of the files to the written tables: modules are loaded and the files were read before, for all of them alike,
and Huifang has seen its questions often enough to know their text.
Its wall and CPU seconds go to `OUT/again`.
"""

import gc
import runpy
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from business import DAY

folder, out, script = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
tables = str(Path(folder, script))


def ours() -> Callable[[date], object]:
    from huifang.commands import plan

    gc.disable()  # as the command does

    def made(day: date) -> object:
        business = ["--tables", folder, "--playbook", f"{folder}/bench.yaml", "--day", day.isoformat()]
        return plan.run([*business, "--out", tables], "en")

    return made


def rival() -> Callable[[date], object]:
    def made(day: date) -> object:
        sys.argv = [script, folder, tables, day.isoformat()]
        return runpy.run_path(str(Path(__file__).with_name(script)), run_name="__main__")

    return made


made = ours() if script == "plan_ours.py" else rival()
for days in (3, 2, 1):
    made(DAY - timedelta(days=days))
wall, cpu = time.perf_counter(), time.process_time()
made(DAY)
(out / "again").write_text(f"{time.perf_counter() - wall} {time.process_time() - cpu}")
