"""The documentation's pictures, taken from the product itself: a generated repair shop on a working morning.

    python scripts/pictures.py [folder]            the five pictures of the README, in both languages
    python scripts/pictures.py folder --all        every page at three widths, light and dark, in both languages, to look at

Pictures go to docs/pictures unless a folder is named.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from tests.browser.server import BROWSER_FLAGS, PASSWORD, browser_path, running  # noqa: E402

from huifang.demo.morning_file import write_xlsx  # noqa: E402
from huifang.demo.repair_shop import repair_shop  # noqa: E402

DAY, BEFORE = date(2026, 11, 20), date(2026, 11, 19)
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def work(page: Page) -> None:
    """A follow-up in hand, the call begun, some questions answered."""
    page.goto("/today/")
    if page.locator(".queue-line-here, .queue-marks .badge-accent").count() == 0:
        page.locator(".queue-open").first.click()
    else:
        page.locator(".queue-marks .badge-accent").first.click()
    page.wait_for_selector("[data-save]")
    if page.locator('[data-key="c"]').count():
        page.keyboard.press("c")
        page.wait_for_selector(".call a[href^='tel:']")


def customer(page: Page) -> None:
    """A customer with a long story."""
    page.goto("/customers/")
    page.click("tbody tr:nth-child(3) a")


def bring_in(page: Page) -> None:
    """The shop's morning file before it is taken in."""
    page.goto("/imports/")
    page.set_input_files("#file", page.context.morning)  # type: ignore[attr-defined]  # set where the context is made
    page.click(".drop .button-main")
    page.wait_for_load_state("networkidle")


def at(path: str) -> Callable[[Page], None]:
    """A page by its address."""

    def go(page: Page) -> None:
        page.goto(path)

    return go


REGISTER = f"/registers/repair-shop/daily-satisfaction/?day={BEFORE}"
README = {
    "today": ("hf01", work),
    "day": ("kf01", at(f"/day/?day={BEFORE}")),
    "customer": ("kf01", customer),
    "register": ("kf01", at(REGISTER)),
    "import": ("kf01", bring_in),
}
EVERY = README | {
    "sign-in": ("", at("/sign-in/")),
    "list": ("hf01", at("/today/")),
    "customers": ("kf01", at("/customers/")),
    "nobody-found": ("kf01", at("/customers/?q=nobody")),
    "cases": ("kf01", at("/cases/")),
    "registers": ("kf01", at("/registers/")),
    "plan": ("kf01", at("/plan/")),
    "outbox": ("kf01", at("/outbox/")),
    "playbooks": ("gl01", at("/playbooks/")),
    "playbook": ("gl01", at("/playbooks/library/hospital/")),
    "staff": ("gl01", at("/settings/")),
    "calendar": ("gl01", at("/settings/calendar/")),
    "audit": ("gl01", at("/audit/")),
    "not-found": ("kf01", at("/nowhere/")),
    "parts": ("gl01", at("/design/")),
}


def signed_in(browser: Browser, address: str, who: str, language: str, morning: Path) -> Page:
    """A page of somebody in a language."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", viewport={"width": 1440, "height": 900}, locale=language)
    context.morning = morning  # type: ignore[attr-defined]  # the file that `bring_in` uploads
    page = context.new_page()
    page.goto("/sign-in/")
    page.click(f'button[name="language"][value="{language}"]')
    if who:
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        with page.expect_navigation():
            page.locator(f'.menu button[name="language"][value="{language}"]').first.dispatch_event("click")
    return page


def sizes(every: bool) -> Iterator[tuple[str, int, str]]:
    """Endings of names, widths, colour schemes."""
    if not every:
        yield "", 1440, "light"
        return
    for width in (1440, 768, 390):
        for scheme in ("light", "dark"):
            yield f"-{width}-{scheme}", width, scheme


def take(browser: Browser, address: str, folder: Path, morning: Path, *, every: bool) -> int:
    """Write the pictures; how many."""
    number = 0
    for short, language in LANGUAGES.items():
        for name, (who, show) in (EVERY if every else README).items():
            page = signed_in(browser, address, who, language, morning)
            show(page)
            page.wait_for_load_state("networkidle")
            for ending, width, scheme in sizes(every):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
                page.screenshot(path=folder / f"{name}{ending}.{short}.png")
                number += 1
            page.context.close()
    return number


def main() -> int:
    """Serve, take, tell."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = Path(names[0]) if names else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    offset = int((datetime(2026, 11, 20, 1, 25, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.morning_seed", DAY.isoformat())
    with tempfile.TemporaryDirectory() as data:
        morning = Path(data) / "回访数据20261120.xlsx"
        write_xlsx(repair_shop(DAY, customers=2500), morning)
        with running(Path(data), seed, HUIFANG_DEMO="1", HUIFANG_DEMO_CLOCK=str(offset)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
            print(f"{take(browser, address, folder, morning, every='--all' in sys.argv)} pictures in {folder}")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
