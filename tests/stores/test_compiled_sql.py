"""The library that writes SQL leads to the same plan plain and compiled (extra `fast`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLAN = """
import sys
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
plain = sys.argv[2] == "plain"
if plain:  # the source stands beside what was compiled from it
    sys.path_hooks.insert(0, FileFinder.path_hook((SourceFileLoader, SOURCE_SUFFIXES), (ExtensionFileLoader, EXTENSION_SUFFIXES)))
    sys.path_importer_cache.clear()
import sqlglot.generator
from huifang.cli import main
assert sqlglot.generator.__file__.endswith(".py") == plain
sys.exit(main(["plan", "--tables", sys.argv[1], "--playbook", "repair-shop", "--day", "2026-03-02", "--format", "json"]))
"""


def plan(folder: Path, way: str) -> str:
    command = [sys.executable, "-c", PLAN, str(folder), way]
    return subprocess.run(command, check=True, timeout=300, capture_output=True, text=True, encoding="utf-8").stdout


def test_plain_and_compiled_the_plan_is_the_same(tmp_path: Path) -> None:
    people = range(1, 41)
    (tmp_path / "customers.csv").write_text("customer_id,name\n" + "".join(f"{who},Li {who}\n" for who in people), "utf-8")
    (tmp_path / "contact_points.csv").write_text("customer_id,channel,usable\n" + "".join(f"{who},phone,true\n" for who in people), "utf-8")
    days = [f"{who},{who},job.settled,2026-0{1 + who % 3}-01\n" for who in people]
    (tmp_path / "events.csv").write_text("event_id,customer_id,kind,day\n" + "".join(days), "utf-8")
    made = plan(tmp_path, "plain")
    assert made.count("customer_id") == 13
    assert plan(tmp_path, "compiled") == made
