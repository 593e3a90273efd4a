"""What is asked of each figure, said beside it as soon as it is measured, and all of them once more at the end of `make bench`."""

from __future__ import annotations

import json
import os
from pathlib import Path

KEPT = "HUIFANG_BENCH_GOALS"
"""The file in which the goals of one run of all benchmarks are gathered, a line of JSON each; without it they are only said."""
HEAD = "| goal | asked | measured | |\n|---|---|---|---|"


def goal(what: str, measured: float, *, at_most: float | None = None, at_least: float | None = None) -> None:
    """Say whether a figure reaches its goal, and by how much it misses it."""
    asked = f"≤ {at_most:,g}" if at_most is not None else f"≥ {at_least:,g}"
    reached = measured <= at_most if at_most is not None else measured >= float(at_least or 0)
    said = f"{measured:,.0f}" if measured >= 1_000 else f"{measured:.3g}"
    line = f"| {what} | {asked} | {said} | {'met' if reached else _gap(measured, at_most, at_least)} |"
    print(f"\n{HEAD}\n{line}", flush=True)
    if os.environ.get(KEPT):
        with Path(os.environ[KEPT]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _gap(measured: float, at_most: float | None, at_least: float | None) -> str:
    """How far it is, as a part of what is asked; where nothing at all was allowed, the figure says it.

    >>> _gap(1.32, 1.3, None), _gap(12_000, None, 25_000), _gap(3, 0, None)
    ('missed by 2 %', 'missed by 52 %', 'missed')
    """
    asked = at_most if at_most is not None else float(at_least or 0)
    return f"missed by {100 * abs(measured - asked) / asked:.0f} %" if asked else "missed"


def gathered(file: Path) -> str:
    """The table of all goals that were gathered."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return "\n".join([HEAD, *map(json.loads, lines)])
