"""Setting up a channel, stopping it, and a customer's reply that stands on the page a moment later."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers

ADMINISTRATOR = ("/settings/channels/", "/settings/channels/sms/?driver=sms-aliyun", "/settings/channels/feishu/?driver=feishu")
SUPERVISOR = ("/replies/", "/replies/?show=all", "/outbox/", "/settings/channels/", "/u/not-a-link/")


def test_a_provider_is_set_up_its_call_comes_in_and_the_reply_is_read(open_page) -> None:
    page = open_page("x01", "/settings/channels/sms/?driver=sms-aliyun", 1440)
    for name, value in {"key_id": "LTAI", "key_secret": "geheim", "sign": "安达", "templates": "thanks = SMS_1"}.items():
        page.fill(f"[name={name}]", value)
    page.click("form[method=post] .button-main >> nth=0")
    expect(page.get_by_text(re.compile(r"/hooks/[\w-]+/"))).to_be_visible()
    hook = re.search(r"/hooks/[\w-]+/", page.content())[0]
    page.goto("/settings/channels/")
    said = json.dumps([{"phone_number": "13999990000", "content": "周五下午可以吗？", "sequence_id": 7}])
    answer = page.request.post(hook, data=said, headers={"content-type": "application/json"})
    assert answer.json()["code"] == 0
    reader = open_page("s01", "/replies/", 390)
    expect(reader.get_by_text("周五下午可以吗？")).to_be_visible()
    reader.click("tbody .button")
    expect(reader.get_by_text("周五下午可以吗？")).to_have_count(0)


@pytest.mark.parametrize(("who", "paths"), [("x01", ADMINISTRATOR), ("s01", SUPERVISOR)])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_pages_have_no_barriers_and_fit_the_screen(open_page, who, paths, width, scheme) -> None:
    page = open_page(who, paths[0], width, color_scheme=scheme)
    found = {}
    for path in paths:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if said := [*barriers(page), *([f"{over} px too wide"] if over > 0 else [])]:
            found[path] = said
    assert not found


def test_everything_is_stopped_and_goes_on_by_one_button(open_page) -> None:
    page = open_page("s01", "/settings/channels/", 1440)
    page.click("section >> nth=0 >> button[value=stopped]")
    expect(page.locator(".badge-bad").first).to_be_visible()
    page.goto("/outbox/")
    expect(page.locator(".badge-bad").first).to_be_visible()
    page.goto("/settings/channels/")
    page.click("section >> nth=0 >> button[value=on]")
    expect(page.locator(".badge-bad")).to_have_count(0)
