"""Many schedulers and workers side by side: every occurrence once, no message twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import run


def once(days: int, schedulers: int, workers: int, folder: Path) -> None:
    found = run("crowd", days, schedulers, workers, folder, seconds=120 + 310 * days)
    assert (found["unfinished"], found["planned_twice"], found["doubled"], found["lost"]) == (0, 0, 0, 0), found
    assert (found["plans"], found["number"], found["occurrences"], found["messages"]) == (days, 20 * days, 40 * days, 40 * days), found


def test_a_day_with_three_processes(tmp_path: Path) -> None:
    once(1, 1, 2, tmp_path)


@pytest.mark.full
def test_a_hundred_days_with_two_schedulers_and_eight_workers(tmp_path: Path) -> None:
    once(100, 2, 8, tmp_path)
