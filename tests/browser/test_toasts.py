"""What the product says in passing never lies over what somebody goes to next."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

SAY = """([lines, undo]) => document.getElementById("toasts").append(...lines.map((words) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  if (undo) toast.dataset.undo = "";
  toast.innerHTML = `<span></span><form><button class="button button-s" type="button">撤销 Z</button></form>
    <button class="icon-button" data-close>x</button>`;
  toast.firstChild.textContent = words;
  return toast;
}))"""

COVERED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const controls = "a, button, summary, input, select, textarea, label.segment, [data-line]";
  const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility === "visible";
  const found = [];
  for (const e of document.querySelectorAll(controls)) {
    if (e.closest("#toasts, dialog, .for-ears, .skip") || !seen(e)) continue;
    e.scrollIntoView({ block: "nearest" });
    document.dispatchEvent(new Event("scroll"));  // at once, not with the next picture
    const one = e.getBoundingClientRect();
    for (const toast of document.querySelectorAll("#toasts .toast")) {
      const other = toast.getBoundingClientRect();
      const left = Math.max(one.left, other.left), right = Math.min(one.right, other.right);
      const top = Math.max(one.top, other.top), bottom = Math.min(one.bottom, other.bottom);
      if (right <= left || bottom <= top + 0.5 || one.width <= 1) continue;
      const there = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2);
      if (there.includes(e)) found.push(`${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 20)}`);
    }
  }
  return found;
}"""
"""Controls that lie under a toast after one has gone to them, as the keyboard or a script does."""

LONG = "现在不在约定的联络时间内；已经保存，但请在下一个工作时段再联系这位客户，并在备注里写明原因，以便同事了解情况。"


def _take(page: Page) -> None:
    page.goto("/today/")
    page.locator(".queue-open").first.click()
    expect(page.locator("[data-save]")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1280, 1024, 768, 390])
def test_no_control_lies_under_a_toast_at_any_width_however_much_it_says(open_page, width):
    page = open_page("a01", "/today/", width)
    for path in ("/today/", "", "/customers/1/", "/cases/G20260820-003/", "/password/"):
        page.goto(path) if path else _take(page)
        for said in (["已保存。"], [LONG, LONG]):
            page.evaluate(SAY, [said, True])
            expect(page.locator(".toast")).to_have_count(len(said))
            box = page.locator(".toast").last.bounding_box()
            assert box, (path, said)
            assert box["x"] >= 0, (path, said)
            assert box["x"] + box["width"] <= width, (path, said)
            assert box["y"] + box["height"] <= 900, (path, said)
            assert page.evaluate(COVERED) == [], (path, said)


def test_what_is_said_last_takes_the_place_of_what_was_said_before_and_its_room_is_given_back(open_page):
    page = open_page("a01", "/today/", 390)
    _take(page)
    save = page.locator("[data-save]")
    before = save.bounding_box()
    for words in ("第一句", "第二句"):
        page.evaluate(SAY, [[words], True])
        expect(page.locator(".toast > span")).to_have_text([words])
        assert save.bounding_box() == before, "the button one is about to press does not move"
    page.locator(".toast [data-close]").click()
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("style", re.compile("--toasts: 0px"))


def test_without_scripts_a_toast_stands_above_the_page(open_page):
    page = open_page("a01", "/today/", 390, java_script_enabled=False)
    page.locator(".queue-open").first.click()
    page.check("#outcome-no_answer", force=True)
    page.click("[data-save]")
    toast = page.locator(".toast").last
    expect(toast).to_be_visible()
    box, head = toast.bounding_box(), page.locator(".shell").bounding_box()
    assert box, head
    assert box["y"] + box["height"] <= head["y"]
