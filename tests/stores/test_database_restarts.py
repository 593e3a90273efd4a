"""PostgreSQL stopped at once under a worker, as by a power cut: nothing is lost or sent twice, and the worker goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import nothing_is_lost, run

KINDS = ["dedupes", "queryable", "blind"]


def survives(kind: str, restarts: int, folder: Path) -> None:
    found = run("restarts", kind, restarts, 20261124, folder, seconds=180 + 60 * restarts)
    nothing_is_lost(found, found["restarts"] if kind == "blind" else 0)
    assert found["caught"] >= restarts // 2, "the server went away in the middle of the work"
    if kind != "queryable":  # what its provider never got is tried again an hour later
        assert not found["left"], "the worker went on by itself"


def test_two_restarts_of_the_database(tmp_path: Path) -> None:
    survives("blind", 2, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_restarts_of_the_database(kind: str, tmp_path: Path) -> None:
    survives(kind, 100, tmp_path)
