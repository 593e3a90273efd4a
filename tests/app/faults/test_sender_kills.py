"""A sender killed at any moment loses nothing and doubles nothing; what a blind provider leaves open goes to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import nothing_is_lost, run

KINDS = ["dedupes", "queryable", "blind"]


def holds(kind: str, kills: int, folder: Path) -> None:
    found = run("kills", kind, kills, 20261124, folder, seconds=60 + 2 * kills)
    nothing_is_lost(found, kills if kind == "blind" else 0)
    assert found["caught"] >= kills // 10, "the kills came in the middle of the work"


@pytest.mark.parametrize("kind", KINDS)
def test_eight_kills(kind: str, tmp_path: Path) -> None:
    holds(kind, 8, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_kills(kind: str, tmp_path: Path) -> None:
    holds(kind, 1000, tmp_path)
