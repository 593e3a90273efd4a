"""A manager in a real browser makes a right plan by forms alone; the text beside it follows, and a fault is shown at its line."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers

WHERE = os.environ.get("HUIFANG_SHOTS", "")


def draft_of(open_page, width=1440, **more):
    page = open_page("m01", "/playbooks/1/", width, **more)
    page.click("form[action$='/edit/'] button")
    page.wait_for_url("**/drafts/**")
    return page


def seen(page, name):
    if WHERE:
        page.screenshot(path=f"{WHERE}/{name}.png", full_page=True)


def test_a_plan_is_made_by_forms_only_and_the_text_follows(open_page):
    page = draft_of(open_page)
    page.click(".editor-outline a[href$='programmes/day-after']")
    page.wait_for_selector("#e-within")
    before = page.input_value("#text")
    seen(page, "form")
    with page.expect_response("**/drafts/**"):
        page.fill("#e-within", "2")
        page.press("#e-within", "Tab")
    expect(page.locator("#text")).to_have_value(re.compile("within: 2 working days"))
    after = page.input_value("#text")
    assert sum(a != b for a, b in zip(before.splitlines(), after.splitlines(), strict=True)) == 1
    page.fill("[name='new:programmes']", "Birthday")
    page.click("button[value='new:programmes']")
    page.wait_for_selector("#form-heading:has-text('Birthday')")
    with page.expect_response("**/drafts/**"):
        page.select_option("#e-when-", "before")
    page.wait_for_selector("[name='when/by']")
    expect(page.locator("#problems .badge-bad")).to_have_count(0)
    page.click("button[value='keep']")
    page.wait_for_url(lambda url: "/drafts/" not in url)
    expect(page.get_by_text("Birthday").first).to_be_visible()


def test_a_fault_typed_into_the_text_is_marked_at_its_line(open_page):
    page = draft_of(open_page)
    text = page.input_value("#text")
    line = text.splitlines().index("    purpose: service") + 1
    page.fill("#text", text.replace("    purpose: service", "    purpose: selling", 1))
    page.wait_for_selector(".gutter-error")
    expect(page.locator(".gutter-error")).to_have_text(str(line))
    page.click(f"[data-go='{line}']")
    chosen = page.evaluate(
        "(() => { const t = document.getElementById('text'); return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert chosen == "    purpose: selling"
    seen(page, "fault")
    page.fill("#text", text)
    page.wait_for_selector(".gutter-error", state="detached")


def test_a_part_stands_beside_its_own_lines_and_a_fault_elsewhere_is_shown_in_the_whole_text(open_page):
    page = draft_of(open_page)
    text = page.input_value("#text")
    line = text.splitlines().index("  day-after:") + 1
    page.fill("#text", text.replace("    purpose: service", "    purpose: selling", 1))
    page.wait_for_selector(".gutter-error")
    other = page.locator(".editor-outline a[href*='programmes/']").last
    other.click()
    page.wait_for_selector("#extent a")
    assert page.locator(".gutter span").count() < 80
    fault = page.locator("[data-go]").first
    at = fault.get_attribute("data-go")
    fault.click()
    page.wait_for_url(f"**/#line-{at}")
    expect(page.locator(".gutter-error")).to_have_text(str(at))
    page.fill("#text", text)
    page.wait_for_selector(".gutter-error", state="detached")
    page.click(".editor-outline a[href$='programmes/day-after']")
    expect(page.locator(".gutter span").first).to_have_text(str(line))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Enter")
    page.keyboard.press("Escape")
    page.click("[data-keys]")
    expect(page.locator("#keys")).to_be_visible()


def test_an_item_of_the_score_card_is_asked_for_written_and_there_again(open_page):
    page = draft_of(open_page)
    review = f"{page.url}?part=review"
    page.goto(review)
    expect(page.locator("#form-part .editor-row")).to_have_count(0)
    page.click("button[value='add:items']")
    title = page.locator("[name='items/item_1/title.zh']")
    expect(title).to_be_focused()
    with page.expect_response("**/drafts/**"):
        title.fill("开场问候")
        title.press("Tab")
    expect(page.locator("#text")).to_have_value(re.compile("item_1: {title: {zh: 开场问候"))
    expect(page.locator("#problems .badge-bad")).to_have_count(0)
    page.goto(review)
    expect(page.locator("#form-part .editor-row")).to_have_count(1)
    expect(title).to_have_value("开场问候")
    page.click("button[value='remove:items/item_1']")
    expect(page.locator("#form-part .editor-row")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_the_editor_and_its_pages_have_no_barriers_and_fit(open_page, width, scheme):
    page = draft_of(open_page, width, color_scheme=scheme)
    draft = page.url
    found = {}
    parts = [f"{draft}?part={part}" for part in ("programmes/six-months", "scripts/satisfaction", "classes/loyal")]
    for number, path in enumerate([*parts, "/playbooks/1/compare/", "/playbooks/library/repair-shop/guide/", "/playbooks/1/"]):
        page.goto(path)
        seen(page, f"page-{number}-{width}-{scheme}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if said := [*barriers(page), *([f"{over} px too wide"] if over > 0 else [])]:
            found[path] = said
    assert not found
