"""A hospital's whole day in Chinese, and a repair shop's in English, each on a SQLite database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.businesses import HOSPITAL, SHOP, Scene
from tests.browser.full_day import walk


@pytest.mark.parametrize(("scene", "language"), [(HOSPITAL, "zh-hans"), (SHOP, "en")], ids=["hospital-zh", "shop-en"])
def test_a_teams_day(browser: Browser, tmp_path: Path, scene: Scene, language: str) -> None:
    walk(browser, tmp_path, scene, language)
