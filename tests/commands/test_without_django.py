"""The engine's commands run where Django is not installed; the house's walls stand in the contracts that say them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import huifang
from huifang.cli import VERBS
from tests.commands.test_policy import PLAYBOOK, shop

__all__ = ["shop"]
ROOT = Path(__file__).resolve().parents[2]
HOUSE = Path(huifang.__file__).parent
CHILD = """
import json, sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "django" or name.startswith("huifang.app"):
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Refusing())
from huifang.cli import main
said = {}
for asked in json.loads(sys.argv[1]):
    said[asked[0]] = main(asked)
print(json.dumps(said))
"""


def test_no_command_of_the_engine_imports_django(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(f"{PLAYBOOK}value: {{purchases: [order], active for: 60 days}}\n", "utf-8")
    (tmp_path / "slower.yaml").write_text(PLAYBOOK.replace("30 days", "40 days"), "utf-8")
    playbook, slower = str(tmp_path / "shop.yaml"), str(tmp_path / "slower.yaml")
    tables = ["--tables", str(shop), "--day", "2026-10-20"]
    business = [*tables, "--playbook", playbook]
    commands = [
        ["check", playbook], ["policy", *business, "--out", str(shop)], ["plan", *business], ["explain", "1", *business],
        ["forecast", *business, "--days", "2"], ["difference", playbook, slower, *tables, "--days", "2"],
        ["learn", *business, "--out", str(tmp_path)], ["playbooks", "show", "repair-shop"],
    ]  # fmt: skip
    assert {asked[0] for asked in commands} == {name for name, verb in VERBS.items() if not verb.module.startswith("huifang.app")}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(commands)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == dict.fromkeys((each[0] for each in commands), 0), done.stderr


def test_the_domain_imports_nothing_but_the_standard_library_and_itself() -> None:
    allowed = sys.stdlib_module_names | {"huifang.domain"}
    for path in (HOUSE / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in allowed or name.startswith("huifang.domain"), f"{path.name}: {name}"


def test_every_channel_driver_stands_in_the_contract_that_they_know_nothing_of_each_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (independent,) = [each for each in contracts if each["type"] == "independence"]
    folders = {f"huifang.channels.{path.parent.name}" for path in (HOUSE / "channels").glob("*/__init__.py")}
    assert set(independent["modules"]) == folders
