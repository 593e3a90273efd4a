"""What a first start takes to make its tables: ``python benchmarks/first_start.py``.

In one step (`records.all_at_once`), and operation by operation as Django makes them by itself; each in a process of its own, into a new
SQLite file, CPU of the migrations alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WAYS = {"in one step": "", "operation by operation": "by-operation"}


def measure(way: str) -> None:
    """In a process of its own: CPU seconds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.migrations import Migration

    from huifang.app.records.all_at_once import AllAtOnce

    if way:
        AllAtOnce.apply = Migration.apply  # type: ignore[method-assign]
    began = time.process_time()
    call_command("migrate", verbosity=0)
    print(time.process_time() - began)


def main() -> None:
    """The table."""
    took = {}
    for name, way in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            own = {"HUIFANG_DATA": folder, "DJANGO_SETTINGS_MODULE": "huifang.app.settings", "PYTHONPATH": str(ROOT / "src")}
            command = [sys.executable, __file__, "--measure", way]
            took[name] = float(subprocess.run(command, env=os.environ | own, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(f"load {os.getloadavg()[0]:.1f}\n\n| tables of a first start | CPU s | ratio |\n|---|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {seconds:.2f} | {seconds / took['operation by operation']:.2f} |")


if __name__ == "__main__":
    measure(sys.argv[2]) if "--measure" in sys.argv else main()
