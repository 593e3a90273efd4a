"""The plan by Huifang, by its own command: both tables written to the folder `out`.

    plan_ours.py FOLDER OUT [DAY [KEEP [SINCE]]]

`KEEP` is a folder with what the morning before has kept (empty: none), `SINCE` the day of the plan before.
"""

import sys
from pathlib import Path

from business import DAY

from huifang.cli import command

folder, day = Path(sys.argv[1]), sys.argv[3] if len(sys.argv) > 3 else DAY.isoformat()
keep = ["--keep", sys.argv[4]] if len(sys.argv) > 4 and sys.argv[4] else []
since = ["--since", sys.argv[5]] if len(sys.argv) > 5 else []
tables = ["--tables", str(folder), "--playbook", str(folder / "bench.yaml"), "--day", day, *keep, *since]
sys.argv[1:] = ["plan", *tables, "--out", sys.argv[2], "--language", "en"]
command()
