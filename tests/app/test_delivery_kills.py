"""A sender killed at any moment loses nothing and doubles nothing; what a blind provider leaves open goes to a person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def killed(kind: str, kills: int, folder: Path) -> dict[str, int]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.app.kill_run", kind, str(kills), "20261124", str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60 + 2 * kills)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def holds(kind: str, kills: int, folder: Path) -> None:
    found = killed(kind, kills, folder)
    assert (found["doubled"], found["lost"], found["unbalanced"]) == (0, 0, 0), found
    assert (found["planned"], found["pending"], found["failed"], found["blocked"]) == (found["number"], 0, 0, 0), found
    assert found["unknown"] <= (kills if kind == "blind" else 0), found
    assert found["sent"] + found["unknown"] == found["planned"]
    assert found["sent"] <= found["delivered"] <= found["planned"]


@pytest.mark.parametrize("kind", ["dedupes", "blind"])
def test_fifteen_kills(kind: str, tmp_path: Path) -> None:
    holds(kind, 15, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("kind", ["dedupes", "blind"])
def test_a_thousand_kills(kind: str, tmp_path: Path) -> None:
    holds(kind, 1000, tmp_path)
