"""Messages, batches and coupons in a real browser: no barriers, no page wider than the screen, one button for each decision."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers

SEED = "tests.browser.content_seed"
ENVIRONMENT = {"HUIFANG_MASS_OVER": "5", "HUIFANG_PHONE": "0755-26000000"}
MESSAGE, MANY, COUPONS = "/playbooks/2/messages/service-sms/", "/outbox/many/1/", "/coupons/"
LINK = f"/l/{'a' * 32}/"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_no_page_has_barriers_or_is_wider_than_the_screen(open_page, width, scheme):
    page = open_page("m01", COUPONS, width, color_scheme=scheme)
    found = {}
    for path in (MESSAGE, MANY, COUPONS, "/outbox/", LINK):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if said := barriers(page) or (over > 0 and "too wide"):
            found[path] = said
    assert not found


def test_many_are_let_go_by_one_button(open_page):
    page = open_page("m01", MANY)
    expect(page.locator(".message")).to_have_count(3)
    page.click('button[value="go"]')
    page.wait_for_selector('button[value="stop"]')
    expect(page.locator('button[value="go"]')).to_have_count(0)


def test_a_code_is_taken_in_at_the_counter(open_page):
    page = open_page("m01", COUPONS)
    page.fill("#coupon-code", "wash 0009")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toasts :text('精洗券')")


def test_the_button_behind_a_link_leads_to_the_host_it_names(open_page):
    page = open_page("", LINK, 390)
    expect(page.locator("b")).to_have_text("www.example.com")
    with page.expect_request("https://www.example.com/guide"):
        page.click("button", no_wait_after=True)
