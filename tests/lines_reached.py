"""Which lines and branches of the product the tests reach, noted by probes inside its own code: `pytest -p tests.lines_reached`.

`coverage run` traces every line that Python runs, those of the libraries too, and makes the tests two thirds slower; slipcover puts probes
into the product's code alone and takes out those that have been reached. What it notes is written as data of coverage.py, whose parser says
which lines and branches there are, so that `coverage combine` and its reports go on as before. Processes that a test starts are traced by
coverage.py itself.
"""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import CoverageData
from coverage.parser import PythonParser

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "src" / "huifang"
Arc = tuple[int, int]
"""Of a line the way to the next; a negative number is an end of the code that begins there."""
_noted: list[Any] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before anything of the product is imported, where the tests run: in each worker, or here where there are none."""
    if "PYTEST_XDIST_WORKER" in os.environ or not early_config.known_args_namespace.numprocesses:
        import slipcover

        note = slipcover.Slipcover(immediate=True, branch=True, source=[str(PRODUCT)], exclude_lines=[])
        slipcover.ImportManager(note, slipcover.FileMatcher(sources=[PRODUCT])).__enter__()
        _noted.append(note)
        os.environ["COVERAGE_PROCESS_START"] = str(ROOT / "pyproject.toml")
        os.environ["COVERAGE_FILE"] = _data_file()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Write what was reached beside the data of the other processes."""
    if _noted:
        data = CoverageData(_data_file(), suffix=True)
        files = _noted[0].get_coverage()["files"]
        data.add_arcs({str((ROOT / name).resolve()): arcs_reached(ROOT / name, found) for name, found in files.items()})
        data.touch_files(map(str, PRODUCT.rglob("*.py")))
        data.write()


def _data_file() -> str:
    return str(Path(os.environ.get("COVERAGE_FILE", ".coverage")).resolve())


def arcs_reached(path: Path, found: dict[str, list[Any]]) -> set[Arc]:
    """Slipcover's lines and branches of one file as the ways between lines that coverage.py asks for."""
    lines = set(found["executed_lines"])
    reached = {(-1, line) for line in lines}
    if found["executed_branches"]:
        ways = _ways(path)
        for line, inside, into, past in _forks(path, {tuple(branch) for branch in found["executed_branches"]}, lines):
            reached |= {(line, to) for to in ways[line] if (into if to == inside else past)}
    return reached


def _ways(path: Path) -> dict[int, set[int]]:
    """Where coverage.py sees each line go on."""
    parser = PythonParser(filename=str(path))
    parser.parse_source()
    ways = defaultdict(set)
    for line, to in parser.arcs():
        ways[line].add(to)
    return ways


def _forks(path: Path, taken: set[Arc], lines: set[int]) -> Iterator[tuple[int, int, bool, bool]]:
    """Each line that goes into a body or past it: the line, the body's first, and whether each way was taken."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.If | ast.For | ast.While):
            went = {to for line, to in taken if line == node.lineno}
            yield node.lineno, _first(node.body), node.body[0].lineno in went, bool(went - {node.body[0].lineno})
        elif isinstance(node, ast.Match):
            bodies = {case.body[0].lineno for case in node.cases}
            unmatched = any(line == node.lineno and to not in bodies for line, to in taken)
            after = [case.pattern.lineno in lines for case in node.cases[1:]]
            for case, past in zip(node.cases, [*after, unmatched], strict=True):
                yield case.pattern.lineno, _first(case.body), (node.lineno, case.body[0].lineno) in taken, past


def _first(body: list[ast.stmt]) -> int:
    """The line on which a body begins; of what is decorated, the first decorator's."""
    return min([body[0].lineno, *(each.lineno for each in getattr(body[0], "decorator_list", []))])
