"""An import killed at any moment goes on as if nothing had happened, or is taken back whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import run


@pytest.mark.parametrize(("kills", "rows"), [(14, 400), pytest.param(100, 4_000, marks=pytest.mark.full)])
def test_killed_in_any_phase_an_import_goes_on_or_is_taken_back(kills: int, rows: int, tmp_path: Path) -> None:
    found = run("import_kills", kills, 20261124, rows, tmp_path, seconds=60 + 10 * kills)
    assert found["wrong"] == 0, found
    assert found["struck"] == kills, found
