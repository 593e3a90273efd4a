"""What the probes find is what tracing every line finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage, CoverageData

from tests.lines_reached import arcs_reached

CODE = '''
"""Every kind of fork, most of them taken one way only."""
import contextlib

def forks(number, words):
    """A docstring is no line to reach."""
    if number > 5:
        found = "many"
    elif number == 3:
        found = "three"
    else:
        found = "few"
    for word in words:
        if word == "stop":
            break
        if word == "skip":
            continue
        found += (
            word
        )
    else:
        found += "."
    while number < 4:
        number += 1
    while True:
        number -= 1
        if number < 0:
            break
    return found

def cases(given):
    match given:
        case {"kind": "a", **rest} if rest:
            said = "a and more"
        case str() | bytes():
            said = "text"
        case [first, *_]:
            said = first
    match given:
        case 1:
            return "one"
        case _:
            return "other"

def ends(given):
    with contextlib.suppress(ValueError):
        if given == 1:
            raise ValueError
        if given == 2:
            return "two"
    try:
        if given == 3:
            raise KeyError
        elif given == 4:
            return "four"
    except KeyError:
        return "none"
    except ValueError:
        return "never"
    finally:
        if given:
            given = None
    if given:
        @contextlib.contextmanager
        def inner():
            yield
    for each in ():
        inner()

'''


@pytest.mark.parametrize(
    "calls",
    [
        "",
        "forks(7, []); forks(3, ['go', 'skip', 'stop']); cases({'kind': 'a', 'b': 1}); cases(2); ends(0); ends(1); ends(3)",
        "forks(1, ['go']); forks(9, ['stop']); cases('text'); cases(1); cases([1]); ends(2); ends(4); ends(5)",
    ],
)
def test_probes_and_tracing_agree_on_lines_and_branches(calls: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(CODE + calls + "\n", "utf-8")
    _run(tmp_path, "slipcover", "--branch", "--source", str(tmp_path), "--json", "--out", "probes.json", str(script))
    _run(tmp_path, "coverage", "run", "--branch", "--data-file=traced", str(script))
    (found,) = json.loads((tmp_path / "probes.json").read_text("utf-8"))["files"].values()
    data = CoverageData(str(tmp_path / "probed"))
    data.add_arcs({str(script): arcs_reached(script, found)})
    data.write()
    assert _reported(tmp_path, "probed") == _reported(tmp_path, "traced")


def _reported(folder: Path, data: str) -> dict[str, Any]:
    report = Coverage(data_file=str(folder / data), config_file=False)
    report.load()
    report.json_report(outfile=str(folder / f"{data}.json"))
    (found,) = json.loads((folder / f"{data}.json").read_text("utf-8"))["files"].values()
    return {name: found[name] for name in ("executed_lines", "missing_lines", "executed_branches", "missing_branches")}


def _run(folder: Path, *command: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    subprocess.run([sys.executable, "-m", *command], cwd=folder, env=bare, check=True, capture_output=True)
