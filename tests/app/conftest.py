"""The cast, entered into the test's database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.app.cast import Cast, enter


@pytest.fixture
def cast(db: None) -> Cast:
    return enter()


@pytest.fixture(autouse=True)
def _one_language() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield
