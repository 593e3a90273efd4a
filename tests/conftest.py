"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the repository (or its worktrees); it may be missing, and nothing of it is
    kept in the repository.
    """
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.exists() else ROOT.parent.parent / "shared" / "data"
