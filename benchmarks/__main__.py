"""All benchmarks, one after the other, each beside its rivals: ``python -m benchmarks [name ...]``.

What begins with "postgresql" runs on a server of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from goals import KEPT, gathered

HERE = Path(__file__).resolve().parent
SERVED = "postgresql "
NAMES = (
    "shop_plan",
    "full_plan",
    "full_plan 10000000 100000000",
    "next_morning",
    "stores",
    "pages",
    "load",
    "import_rows 1000000",
    "value_models",
    "contact_index",
    "contact_policy",
    "assignment",
    "feedback",
    "sends",
    "rendering",
    "first_start",
    "sends 2000 1 marketing",
    "registers",
    f"{SERVED}load 70 20000",
    f"{SERVED}sends 3000 2",
    f"{SERVED}sends 2000 1 marketing",
    f"{SERVED}registers",
)


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all; 0 when every one ran to its end."""
    paths = os.pathsep.join([str(HERE.parent / "src"), str(HERE.parent), str(HERE)])
    codes = []
    with tempfile.TemporaryDirectory() as folder:
        goals = Path(folder, "goals")
        environment = os.environ | {"PYTHONPATH": paths, KEPT: str(goals)}
        for name in wanted or NAMES:
            print(f"\n{name}", flush=True)
            served, (script, *sizes) = name.startswith(SERVED), name.removeprefix(SERVED).split()
            server = [HERE.parent / "scripts" / "with_postgresql.py", sys.executable] if served else []
            command = [sys.executable, *server, HERE / f"{script}.py", *sizes]
            codes.append(subprocess.run(command, env=environment, cwd=HERE.parent, check=False).returncode)
        print(f"\nall goals\n\n{gathered(goals)}")
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
