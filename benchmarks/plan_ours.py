"""The plan by Huifang, by its own command: both tables written to the folder `out`."""

import sys
from pathlib import Path

from business import DAY

from huifang.cli import main

folder = Path(sys.argv[1])
tables = ["--tables", str(folder), "--playbook", str(folder / "bench.yaml"), "--day", DAY.isoformat()]
sys.exit(main(["plan", *tables, "--out", sys.argv[2], "--language", "en"]))
