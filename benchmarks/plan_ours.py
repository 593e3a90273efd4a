"""The plan by Huifang: prints the number of follow-ups."""

import sys
from pathlib import Path

from business import DAY, PLAYBOOK

from huifang.engine.keeping import fetch
from huifang.engine.planner import plan
from huifang.engine.stages import PlanContext, inputs
from huifang.playbooks.loader import loads
from huifang.stores.embedded import connect

connection = connect()
tables = {path.stem: connection.read_parquet(str(path)) for path in sorted(Path(sys.argv[1]).glob("*.parquet"))}
result = plan(PlanContext(DAY, None, (loads(PLAYBOOK).playbook,), connection), inputs(tables))
print(fetch(connection, result.followups.aggregate(n=result.followups.count()))[0][0])
