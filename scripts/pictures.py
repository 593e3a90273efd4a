"""The documentation's pictures, taken from the product itself: generated businesses on a working morning.

    python scripts/pictures.py [folder]                  the five pictures of the README, in both languages
    python scripts/pictures.py [folder] --all            and a sheet of every page and state
    python scripts/pictures.py [folder] --only NAME,...  some of the sheets; HOUSE/WHO/ names all of a person's
    python scripts/pictures.py --check                   no pictures: what axe finds on every page and state, what is too wide or heavy

A sheet shows one page at three widths, light above dark; tests/browser/pictured.py says which. Pictures go to docs/pictures, sheets
to its folder pages, unless another folder is named. --check beside --all or --only tells the same of what is pictured.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright  # noqa: E402
from tests.browser import pictured  # noqa: E402
from tests.browser.pictured import Shot  # noqa: E402
from tests.browser.server import BROWSER_FLAGS, PASSWORD, browser_path, running  # noqa: E402

from huifang.demo.morning_file import write_xlsx  # noqa: E402
from huifang.demo.repair_shop import repair_shop  # noqa: E402

LANGUAGES = {"zh": "zh-hans", "en": "en"}
SIZES = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 768, 390)]
SCALE, QUALITY = 0.4, 24
"""Of the pictures on a sheet, and of the sheet as WebP."""
HEIGHT = 900
_SETTLED = """async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (let tries = 0; tries < 9; tries += 1) {
    await drawn();
    if (document.getAnimations().every(each => each.playState !== "running")) return;
  }
}"""
_QUIET = "() => document.readyState === 'complete' && !document.querySelector('.htmx-request, .htmx-settling')"


@dataclass
class Place:
    """One business that is served: its address, what its seed wrote down, and a file to bring in."""

    address: str
    words: dict[str, object]
    morning: Path


def signed_in(browser: Browser, place: Place, who: str, language: str) -> Page:
    """A page of somebody in a language."""
    size = {"width": 1440, "height": HEIGHT}
    context = browser.new_context(base_url=place.address, reduced_motion="reduce", viewport=size, locale=language)  # type: ignore[arg-type]  # a viewport
    context.morning = place.morning  # type: ignore[attr-defined]  # the file that `bring_in` uploads
    fault = str(place.words.get(f"fault_{language[:2]}", ""))
    context.route("**/server-error/", lambda route: route.fulfill(status=500, content_type="text/html; charset=utf-8", body=fault))
    page = context.new_page()
    page.set_default_timeout(30_000)
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


def seen(page: Page, tool: CDPSession, scheme: str, width: int, scale: float) -> bytes:
    """The page at a width, light or dark, as it is seen on a screen of so many pixels a point."""
    size = {"width": width, "height": HEIGHT, "deviceScaleFactor": scale, "mobile": False}
    tool.send("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    tool.send("Emulation.setEmulatedMedia", {"features": features})
    page.evaluate(_SETTLED)
    return base64.b64decode(tool.send("Page.captureScreenshot", {"format": "webp", "quality": 80})["data"])


def sheet(page: Page, board: Page, path: Path, sizes: Sequence[tuple[str, int]] = SIZES, scale: float = SCALE, form: str = "webp") -> None:
    """One picture with the page at its widths, light and dark."""
    tool = page.context.new_cdp_session(page)
    data = [base64.b64encode(seen(page, tool, scheme, width, scale)).decode() for scheme, width in sizes]
    tool.send("Emulation.clearDeviceMetricsOverride")
    tool.detach()
    widths = [round(width * scale) for _scheme, width in sizes]
    columns = widths[: len(dict.fromkeys(widths))]
    shown = "".join(f'<img src="data:image/webp;base64,{each}" width="{width}">' for each, width in zip(data, widths, strict=True))
    rows = len(sizes) // len(columns)
    board.set_viewport_size({"width": sum(columns) + 8 * (len(columns) + 1), "height": round(HEIGHT * scale) * rows + 8 * (rows + 1)})
    grid = " ".join(f"{width}px" for width in columns)
    board.set_content(f'<body style="margin:8px;display:grid;gap:8px;background:#8b93a1;grid-template-columns:{grid}">{shown}</body>')
    taking = board.context.new_cdp_session(board)
    given = {"format": form} | ({"quality": QUALITY} if form == "webp" else {})
    path.write_bytes(base64.b64decode(taking.send("Page.captureScreenshot", given)["data"]))
    taking.detach()


def faults(page: Page) -> list[str]:
    """What axe finds, and what is wider than its box, at every width, light and dark; and a page that is too heavy."""
    from tests.browser.conftest import barriers
    from tests.browser.test_pages import FAULTS, HEAVIEST, WEIGHT

    weight = page.evaluate(WEIGHT)
    found = [f"{weight:,} bytes"] if weight > HEAVIEST else []
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(_SETTLED)
        found += [f"{width}: {each}" for each in page.evaluate(FAULTS)]
    for scheme, width in (("light", 390), ("dark", 1440)):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
        page.evaluate(_SETTLED)
        found += [f"{width} {scheme}: {each}" for each in barriers(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": HEIGHT})
    return found


def opened(page: Page, place: Place, shot: Shot) -> None:
    """The page of a shot, with its deed done."""
    page.goto(shot.path.format_map(place.words))
    if shot.deed is not None:
        shot.deed(page)
    while not page.evaluate(_QUIET):  # asked from outside: the pages' own policy lets no text be run as a script
        page.wait_for_timeout(50)


def take(browser: Browser, place: Place, wanted: Sequence[Shot], folder: Path | None, *, sheets: bool, check: bool) -> list[str]:
    """Write the pictures of one business into `folder` (None: nowhere). What could not be pictured or has faults, a line each."""
    said: list[str] = []
    board = browser.new_page()
    for who, mine in groupby(wanted, key=lambda shot: shot.who):
        shots = list(mine)
        for short, language in LANGUAGES.items():
            page = signed_in(browser, place, who, language)
            for shot in shots:
                cookies = page.context.cookies()
                try:
                    opened(page, place, shot)
                except Error as error:
                    said.append(f"{shot.name}.{short} not reached: {error}")
                else:
                    if folder and shot.name in pictured.README:
                        page.screenshot(path=folder / f"{shot.name}.{short}.png")
                    if folder and sheets:
                        sheet(page, board, folder / "pages" / f"{shot.name}.{short}.webp")
                    said += [f"{shot.name}.{short} {fault}" for fault in faults(page)] if check else []
                page.context.set_offline(False)
                page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were read
            page.context.close()
    board.close()
    return said


def index(folder: Path) -> None:
    """A page that shows all sheets, for reading them one after another."""
    head = "# Every page\n\nTaken by `scripts/pictures.py --all`: each at 1440, 768 and 390 pixels, light above dark, in both languages.\n"
    names = [shot.name for shot in pictured.shots() if (folder / f"{shot.name}.zh.webp").exists()]
    shown = [f"\n## {name.replace('-', ' ')}\n\n![{name}, Chinese]({name}.zh.webp)\n![{name}, English]({name}.en.webp)\n" for name in names]
    (folder / "README.md").write_text(head + "".join(shown), "utf-8")


@contextmanager
def house(name: str) -> Iterator[Place]:
    """A business, served while it is pictured."""
    seed, more = pictured.HOUSES[name]
    day = date.fromisoformat(pictured.DAY)
    offset = int((datetime(day.year, day.month, day.day, 1, 25, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    environment = more | ({"HUIFANG_DEMO_CLOCK": str(offset)} if "HUIFANG_DEMO" in more else {})
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        morning = data / "回访数据20261120.xlsx"
        write_xlsx(repair_shop(day, customers=2500), morning)
        with running(data, seed, worker=name == "morning", **environment) as address:
            words: dict[str, object] = {}
            for written in (data / "places.json", data / "links.json"):
                words |= json.loads(written.read_text("utf-8")) if written.exists() else {}
            yield Place(address, words, morning)


def chosen(only: str, *, every: bool) -> list[Shot]:
    """The shots that are wanted."""
    names = [name for name in only.split(",") if name]
    if names:
        return [
            shot for shot in pictured.shots() if shot.name in names or f"{shot.house}/{shot.who}/" in names or f"{shot.house}/" in names
        ]
    return [shot for shot in pictured.shots() if every or shot.name in pictured.README]


def main() -> int:
    """Serve, take, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    sheets = given.all or bool(given.only)
    folder = given.folder if sheets or not given.check else None
    if folder:
        (folder / "pages" if sheets else folder).mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    program = browser_path()  # looked for before Playwright runs: it cannot be asked for its own from within
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        for name, wanted in groupby(chosen(given.only, every=given.all or given.check), key=lambda shot: shot.house):
            with house(name) as place:
                said += take(browser, place, list(wanted), folder, sheets=sheets, check=given.check)
        browser.close()
    if folder and sheets:
        index(folder / "pages")
    print("\n".join(said) or (f"all in {folder}" if folder else "nothing found"))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
