"""All benchmarks, one after the other, each beside its rivals: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "shop_plan",
    "full_plan",
    "next_morning",
    "pages",
    "import_rows",
    "value_models",
    "contact_index",
    "contact_policy",
    "assignment",
    "feedback",
    "sends",
    "rendering",
)


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all; 0 when every one ran to its end."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parent / "src"), str(HERE.parent), str(HERE)])}
    codes = []
    for name in wanted or NAMES:
        print(f"\n{name}", flush=True)
        codes.append(subprocess.run([sys.executable, HERE / f"{name}.py"], env=environment, cwd=HERE.parent, check=False).returncode)
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
