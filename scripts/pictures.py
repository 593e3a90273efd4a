"""The documentation's pictures, taken from the product itself: a generated repair shop on a working morning.

    python scripts/pictures.py [folder]            the five pictures of the README, in both languages
    python scripts/pictures.py [folder] --all      and a sheet of every page: at three widths, light and dark, in both languages

Pictures go to docs/pictures, sheets to its folder pages, unless another folder is named.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Callable
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


def case(page: Page) -> None:
    """A case with its clocks."""
    page.goto("/cases/")
    page.click("tbody tr:nth-child(2) a.row-link")


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
ELSEWHERE = {"case": ("kf01", case)}
"""Pages that are reached by a click."""
ADDRESSES = {
    "": {"sign-in": "/sign-in/"},
    "hf01": {
        "list": "/today/", "scores": "/scores/", "telephone-calendar": "/calendar/", "password": "/password/", "training": "/training/",
        "notice-ways": "/notices/ways/", "knowledge": "/knowledge/", "replies": "/replies/", "not-found": "/nowhere/",
    },
    "kf01": {
        "customers": "/customers/", "nobody-found": "/customers/?q=nobody", "cases": "/cases/", "article": "/knowledge/new/",
        "notices": "/notices/", "closing": "/closing/", "reviews": "/reviews/", "registers": "/registers/", "plan": "/plan/",
        "outbox": "/outbox/", "schedule": "/schedule/", "hand-overs": "/absences/", "overdue": "/day/overdue/",
    },
    "dz01": {
        "feedback": "/feedback/", "feedback-topics": "/feedback/topics/", "surveys": "/surveys/", "causes": "/causes/",
        "topic-tree": "/feedback/tree/", "measures": "/measures/", "coupons": "/coupons/",
        "overview": "/overview/", "indicator": "/overview/coverage/", "effect": "/overview/effect/",
        "reports": "/reports/", "report": "/reports/repair-shop/monthly/", "exports": "/exports/",
        "survey-results": "/surveys/repair-shop/repair-ten/",
    },
    "gl01": {
        "playbooks": "/playbooks/", "playbook": "/playbooks/library/hospital/", "guide": "/playbooks/library/hospital/guide/",
        "playbook-in-force": "/playbooks/1/", "questionnaire": "/playbooks/1/questionnaires/repair-ten/", "new-version": "/playbooks/new/",
        "staff": "/settings/", "person": "/settings/staff/new/", "branches": "/settings/branches/", "absences": "/settings/absences/",
        "calendar": "/settings/calendar/", "channels": "/settings/channels/", "channel": "/settings/channels/sms/",
        "costs": "/settings/channels/costs/", "robots": "/settings/robots/", "language-model": "/feedback/language-model/",
        "interfaces": "/settings/interfaces/", "api": "/api/",
        "audit": "/audit/?check=1", "parts": "/design/",
    },
}  # fmt: skip
EVERY = README | ELSEWHERE | {name: (who, at(path)) for who, pages in ADDRESSES.items() for name, path in pages.items()}
SIZES = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 768, 390)]
SCALE = 0.4
"""Of the pictures on a sheet."""


def signed_in(browser: Browser, address: str, who: str, language: str, morning: Path) -> Page:
    """A page of somebody in a language."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", viewport={"width": 1440, "height": 900}, locale=language)
    context.morning = morning  # type: ignore[attr-defined]  # the file that `bring_in` uploads
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/sign-in/")
    with page.expect_navigation():
        page.click(f'button[name="language"][value="{language}"]')
    if who:
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        with page.expect_navigation():
            page.locator(f'.menu button[name="language"][value="{language}"]').first.dispatch_event("click")
    return page


def sheet(page: Page, path: Path) -> None:
    """One picture with the page at three widths, light and dark."""
    shown = []
    for scheme, width in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
        page.wait_for_timeout(250)  # colours change over a tenth of a second
        data = base64.b64encode(page.screenshot(type="jpeg", quality=80)).decode()
        shown.append(f'<img src="data:image/jpeg;base64,{data}" width="{width * SCALE:.0f}">')
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    board = page.context.new_page()
    columns = " ".join(f"{width * SCALE:.0f}px" for _scheme, width in SIZES[:3])
    board.set_viewport_size({"width": 1072, "height": 744})
    board.set_content(
        f'<body style="margin:8px;display:grid;gap:8px;background:#8b93a1;grid-template-columns:{columns}">{"".join(shown)}</body>'
    )
    board.screenshot(path=path, type="jpeg", quality=55)
    board.close()


def take(browser: Browser, address: str, folder: Path, morning: Path, *, every: bool) -> int:
    """Write the pictures, and the sheets of every page where wanted; how many pages."""
    chosen, number = EVERY if every else README, 0
    for who in dict.fromkeys(each for each, _show in chosen.values()):
        for short, language in LANGUAGES.items():
            page = signed_in(browser, address, who, language, morning)
            for name, show in ((name, show) for name, (owner, show) in chosen.items() if owner == who):
                show(page)
                page.wait_for_load_state("networkidle")
                if name in README:
                    page.screenshot(path=folder / f"{name}.{short}.png")
                if every:
                    sheet(page, folder / "pages" / f"{name}.{short}.jpg")
                number += 1
            page.context.close()
    if every:
        index(folder / "pages")
    return number


def index(folder: Path) -> None:
    """A page that shows all sheets, for reading them one after another."""
    head = "# Every page\n\nTaken by `scripts/pictures.py --all`: each at 1440, 768 and 390 pixels, light above dark, in both languages.\n"
    names = sorted({path.name.partition(".")[0] for path in folder.glob("*.jpg")})
    shown = [f"\n## {name.replace('-', ' ')}\n\n![{name}, Chinese]({name}.zh.jpg)\n![{name}, English]({name}.en.jpg)\n" for name in names]
    (folder / "README.md").write_text(head + "".join(shown), "utf-8")


def main() -> int:
    """Serve, take, tell."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = Path(names[0]) if names else ROOT / "docs" / "pictures"
    (folder / "pages" if "--all" in sys.argv else folder).mkdir(parents=True, exist_ok=True)
    offset = int((datetime(2026, 11, 20, 1, 25, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.picture_seed", DAY.isoformat())
    with tempfile.TemporaryDirectory() as data:
        morning = Path(data) / "回访数据20261120.xlsx"
        write_xlsx(repair_shop(DAY, customers=2500), morning)
        clock = {"HUIFANG_DEMO": "1", "HUIFANG_DEMO_CLOCK": str(offset)}
        with running(Path(data), seed, worker=True, **clock) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
            print(f"{take(browser, address, folder, morning, every='--all' in sys.argv)} pages in {folder}")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
