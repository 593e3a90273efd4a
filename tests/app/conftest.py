"""The cast, entered into the test's database."""

from __future__ import annotations

import pytest

from tests.app.cast import Cast, enter


@pytest.fixture
def cast(db: None) -> Cast:
    return enter()
