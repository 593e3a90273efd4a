"""The next morning in a process that stays: modules loaded, the kept state open, the three days before planned in it already.

    plan_resident.py FOLDER OUT DAY KEEP

Only the morning of `DAY` is measured, from the changed events to the written tables; its wall and CPU seconds go to `OUT/morning`.
"""

import sys
import time
from datetime import date, timedelta
from pathlib import Path

from huifang.analytics.customer_record import everybody
from huifang.commands.options import read_playbook
from huifang.engine.keeping import described, passing
from huifang.engine.planner import plan
from huifang.engine.stages import PlanContext, inputs
from huifang.stores.embedded import connect
from huifang.stores.files import read_tables, write_table
from huifang.stores.kept_state import KeptState

folder, out, day, keep = Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), Path(sys.argv[4])
playbook = read_playbook(str(folder / "bench.yaml")).playbook
others = {path.stem: path for path in folder.glob("*.parquet") if path.stem not in ("events", "event_changes")}
connection = connect()
state = KeptState(connection, keep)
state.open()


def morning(today: date) -> None:
    """Plans a day from the kept state, and writes its tables."""
    tables = read_tables(connection, others) | {"events": described(connection, "kept_events")}
    context = PlanContext(today, None, (playbook,), connection, everybody)
    with passing(connection):
        made = plan(context, state.ready(inputs(tables), context))
        write_table(connection, made.decisions, out / "decisions.parquet")
        write_table(connection, made.followups.order_by("followup"), out / "followups.parquet")


for days in (3, 2, 1):
    morning(day - timedelta(days=days))
wall, cpu = time.perf_counter(), time.process_time()
state.change(read_tables(connection, {"event_changes": folder / "event_changes.parquet"})["event_changes"])
morning(day)
(out / "morning").write_text(f"{time.perf_counter() - wall} {time.process_time() - cpu}")
