"""PostgreSQL stopped at once under a worker, as by a power cut: nothing is lost or sent twice, and the worker goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import run

KINDS = ["dedupes", "queryable", "blind"]


def survives(kind: str, restarts: int, folder: Path) -> None:
    found = run("restarts", kind, restarts, 20261124, folder, seconds=180 + 30 * restarts)
    assert (found["doubled"], found["lost"], found["unbalanced"]) == (0, 0, 0), found
    assert (found["planned"], found["pending"], found["failed"], found["blocked"]) == (found["number"], 0, 0, 0), found
    assert found["unknown"] <= (restarts if kind == "blind" else 0), found
    assert found["caught"] >= restarts // 2, "the server went away in the middle of the work"
    assert kind == "queryable" or not found["left"], "the worker went on by itself"


def test_two_restarts_of_the_database(tmp_path: Path) -> None:
    survives("blind", 2, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_restarts_of_the_database(kind: str, tmp_path: Path) -> None:
    survives(kind, 100, tmp_path)
