"""The two businesses, small for most tests and whole for what is promised of their size."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.demo.business import Business
from huifang.demo.hospital import hospital
from huifang.demo.repair_shop import repair_shop

MONDAY = date(2026, 11, 16)


@pytest.fixture(scope="session")
def shop() -> Business:
    """The whole repair shop on a Monday morning."""
    return repair_shop(MONDAY)


@pytest.fixture(scope="session")
def clinic() -> Business:
    """The whole hospital on a Monday morning."""
    return hospital(MONDAY)


@pytest.fixture(scope="session")
def small_shop() -> Business:
    return repair_shop(MONDAY, seed=3, customers=1500)
