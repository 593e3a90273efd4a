"""A repair shop's whole day in Chinese, and a hospital's in English, each on a PostgreSQL database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.businesses import HOSPITAL, SHOP, Scene
from tests.browser.full_day import walk


@pytest.mark.parametrize(("scene", "language"), [(SHOP, "zh-hans"), (HOSPITAL, "en")], ids=["shop-zh", "hospital-en"])
def test_a_teams_day(browser: Browser, tmp_path: Path, postgresql: str, scene: Scene, language: str) -> None:
    walk(browser, tmp_path, scene, language, postgresql)
