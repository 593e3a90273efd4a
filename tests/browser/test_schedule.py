"""The week's board in a real browser: contacts move by drag and by keys, nothing bars the way, nothing is too wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers

SEED = "tests.browser.schedule_seed"
PAGES = ("/schedule/1/sheet/", "/absences/", "/training/", "/notices/ways/", "/schedule/")

OTHER_PART = """document.addEventListener("htmx:beforeRequest", (event) => {
  const another = new CustomEvent("htmx:afterSwap", {detail: {requestConfig: {verb: "get"}}});
  if (event.detail.requestConfig.verb === "post") document.dispatchEvent(another);
})"""
"""Another part of the page comes while a contact is on its way."""


def test_a_contact_moves_by_drag_and_back_by_keys(open_page):
    page = open_page("s01", "/schedule/")
    chip = page.locator('.week [draggable="true"]').first
    contact = chip.get_attribute("data-contact")
    box = page.locator(f'.week input[value="{contact}"]')
    begins = box.get_attribute("data-at")
    person, day = begins.split("_")
    target = page.locator(f'.week [data-cell$="_{day}"]:not([data-cell="{begins}"])').first
    to = target.get_attribute("data-cell")
    with page.expect_response(lambda answer: "/move/" in answer.url):
        chip.drag_to(target)
    page.wait_for_selector(f'.week input[value="{contact}"][data-at="{to}"]')
    expect(page.locator(".toast")).to_have_count(1)
    page.locator(f'.week input[value="{contact}"]').focus()
    page.evaluate(OTHER_PART)
    with page.expect_response(lambda answer: "/move/" in answer.url):
        page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector(f'.week input[value="{contact}"][data-at^="{to.split("_")[0]}_"]:not([data-at="{to}"])')
    page.wait_for_selector(f'.week input[value="{contact}"]:focus')
    assert person != to.split("_")[0]
    for ask in (lambda: page.keyboard.press("?"), lambda: page.click("[data-keys]")):
        ask()
        expect(page.locator("#keys")).to_contain_text("Alt")
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_no_page_has_barriers_or_is_wider_than_the_screen(open_page, width, scheme):
    page = open_page("s01", "/schedule/", width, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if said := barriers(page) or (over > 0 and "too wide"):
            found[path] = said
    assert not found
