"""Take a picture of every page: three widths, light and dark, Chinese and English, over the repair shop's day of the tests.

    python scripts/pictures.py [folder] [words of a page's name ...]

Pictures go to docs/pictures unless a folder is named; with words, only pages whose name holds one of them are taken.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from tests.browser.server import BROWSER_FLAGS, PASSWORD, browser_path, running  # noqa: E402

PAGES = {
    "sign-in": ("", "/sign-in/"),
    "today": ("a01", "/today/"),
    "follow-up": ("a01", "/today/1/"),
    "customers": ("s01", "/customers/"),
    "nobody-found": ("s01", "/customers/?q=nobody"),
    "customer": ("s01", "/customers/1/"),
    "cases": ("s01", "/cases/"),
    "case": ("s01", "/cases/G20260820-003/"),
    "nothing-planned": ("a09", "/today/"),
    "password": ("s01", "/password/"),
    "not-found": ("s01", "/nowhere/"),
    "parts": ("x01", "/design/"),
}
WIDTHS = (1440, 768, 390)


def take(browser: Browser, address: str, folder: Path, wanted: list[str]) -> int:
    """Write the pictures; how many."""
    number = 0
    for language in ("zh-hans", "en"):
        for name, (who, path) in PAGES.items():
            if wanted and not any(word in name for word in wanted):
                continue
            page = browser.new_page(base_url=address, reduced_motion="reduce")
            page.goto("/sign-in/")
            page.click(f'button[name="language"][value="{language}"]')
            if who:
                page.fill("#id_username", who)
                page.fill("#id_password", PASSWORD)
                page.click("form.stack .button-main")
                page.wait_for_url(lambda url: "sign-in" not in url)
                with page.expect_navigation():
                    page.locator(f'.menu button[name="language"][value="{language}"]').first.dispatch_event("click")
            page.goto(path)
            if name == "follow-up" and page.locator(".notice .button-main").count():
                page.locator(".notice .button-main").click()
                page.wait_for_selector("[data-save]")
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}-{language[:2]}.png")
                    number += 1
            page.close()
    return number


def main() -> int:
    """Serve, take, tell."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        print(f"{take(browser, address, folder, sys.argv[2:])} pictures in {folder}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
