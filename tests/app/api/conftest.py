"""The business's clock stands at ten in the morning; every key may make as many requests as at the start."""

from __future__ import annotations

import pytest

from huifang.app import business_clock
from huifang.app.api import door
from huifang.app.api.limits import Buckets
from tests.app.cast import NOW


@pytest.fixture(autouse=True)
def _morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(door, "buckets", Buckets(100_000))
