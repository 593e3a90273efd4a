"""Every page: usable by everybody, at every width, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import barriers

PAGES = (
    "/today/",
    "/today/1/",
    "/customers/",
    "/customers/?q=nobody",
    "/customers/1/",
    "/cases/",
    "/cases/G20260820-003/",
    "/password/",
    "/nowhere/",
)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_no_page_has_barriers(open_page, width, scheme):
    page = open_page("s01", "/today/", width, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        if said := barriers(page):
            found[path] = said
    assert not found


FAULTS = """() => {
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const heard = (e) => e && (e.getBoundingClientRect().width <= 1 || heard(e.parentElement));  // shown to ears alone
  const spills = (e) => e.clientWidth && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX === "visible"
    && getComputedStyle(e).display !== "inline" && !e.closest("svg, select, .for-ears, .table-box, .sheet-box, .code");
  const spilling = [...document.querySelectorAll("main *, header *, nav *")]
    .filter((e) => spills(e) && !heard(e) && ![...e.children].some(spills));
  const moves = (e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
  const said = (e) => e.tabIndex >= 0 && (e.ariaLabel || e.getAttribute("aria-labelledby"));
  const dumb = [...document.querySelectorAll("main *")].filter((e) => moves(e) && !said(e) && !e.closest("textarea, input"));
  const tiny = (e) => e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a < 11.5;
  const charts = [...document.querySelectorAll("main .chart svg")].filter((e) => [...e.querySelectorAll("text")].some(tiny));
  const named = (e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`;
  return [...(over > 0 ? [`page: ${over} px`] : []), ...spilling.map(named), ...dumb.map((e) => `moves sideways unsaid: ${named(e)}`),
    ...charts.map((e) => `words under 12 px: ${e.ariaLabel}`)];
}"""
"""The page wider than the screen; texts wider than the box they stand in, where no box scrolls by itself; such a box that cannot be
reached by the keyboard or has no name; and charts with words too small to read."""

WEIGHT = """() => {
  const shared = new RegExp("/css/(tokens|base|layout|components|pages-admin|print)[.]|/js/page[.]|/htmx|/icons[.]|/mark[.]");
  const files = performance.getEntriesByType("resource").filter((e) => !["xmlhttprequest", "fetch"].includes(e.initiatorType));
  const own = files.filter((e) => !shared.test(e.name));
  return [...performance.getEntriesByType("navigation"), ...own].reduce((sum, e) => sum + e.decodedBodySize, 0);
}"""
"""Bytes of the page before any compression, with the files that it needs and few other pages do."""
HEAVIEST = 100_000

SHIFTS = """async () => {
  const found = [];
  const kept = new PerformanceObserver((list) => found.push(...list.getEntries()));
  kept.observe({type: "layout-shift", buffered: true});
  await new Promise((done) => setTimeout(done, 150));
  const named = (e) => e && e.nodeType === 1 ? `${e.tagName}.${e.className}` : `${e && e.parentElement && e.parentElement.tagName} text`;
  return found.filter((e) => e.value > 0.01).map((e) => `${e.value.toFixed(3)}: ${e.sources.map((one) => named(one.node)).join(", ")}`);
}"""
"""What moved while the page was loading, as the browser counts it: share of the screen times share of the way, where it is more than a$
tenth of what is called good; with the parts that did."""


def speak(page: Page, language: str) -> None:
    """Change the language, as the menu does."""
    with page.expect_navigation():
        page.locator(f'.side button[value="{language}"]').dispatch_event("click")


def everything(page: Page) -> list[str]:
    """The addresses of all areas in the sidebar."""
    return [str(each) for each in page.locator(".side a.nav-link").evaluate_all("all => all.map(a => a.getAttribute('href'))")]


MORE = {
    "a01": ("today/1", "customers/1", "calendar", "password", "nowhere"),
    "m01": (
        "cases/G20260820-003", "customers/1", "customers/?q=nobody", "overview/effect", "overview/coverage", "exports",
        "registers/repair-shop/daily-satisfaction", "reports/repair-shop/monthly", "surveys/repair-shop/repair-ten", "feedback/topics",
        "feedback/tree", "knowledge/new", "playbooks/library/hospital", "playbooks/library/hospital/guide",
    ),
    "x01": (
        "settings/staff/new", "settings/branches", "settings/absences", "settings/calendar", "settings/channels", "settings/channels/sms",
        "settings/interfaces", "api", "design", "playbooks/1",
    ),
}  # fmt: skip
"""Pages besides the areas in the sidebar."""


@pytest.mark.parametrize(("name", "language"), [("a01", "en"), ("m01", "zh-hans"), ("x01", "en")])
def test_no_page_is_wider_than_the_screen_moves_while_loading_or_is_heavy_and_no_text_wider_than_its_box(open_page, name, language):
    page = open_page(name, "/customers/")
    speak(page, language)
    faults = {}
    for path in (*everything(page), *(f"/{each}" if "?" in each else f"/{each}/" for each in MORE[name])):
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            if shifts := page.evaluate(SHIFTS):
                faults[f"{path} {width} shifts"] = shifts
        if (bytes_ := page.evaluate(WEIGHT)) > HEAVIEST:
            faults[f"{path} weight"] = bytes_
        for width in (1440, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(FAULTS):
                faults[f"{path} {width}"] = found
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/customers/")
    speak(page, "zh-hans")
    assert not faults


def test_signing_in_has_no_barriers(open_page):
    page = open_page("", "/sign-in/", 390)
    assert not barriers(page)


def test_all_parts_have_no_barriers(open_page):
    for scheme in ("light", "dark"):
        page = open_page("x01", "/design/", color_scheme=scheme)
        assert not barriers(page)
