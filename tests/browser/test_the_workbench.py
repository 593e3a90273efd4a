"""The workbench when things go wrong, and by keyboard alone; others act in its database meanwhile."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import barriers
from tests.browser.server import PASSWORD

LOCAL = "JSON.stringify(localStorage)"


@pytest.fixture
def others(served):
    return lambda what, name: served.place.run("tests.browser.deeds", what, name)


def _take(page: Page, name: str) -> None:
    page.click(f".queue-open:has-text('{name}')")
    expect(page.locator(".work-head h2")).to_have_text(name)
    expect(page.locator("[data-save]")).to_be_visible()


def _look_again(page: Page) -> None:
    """As when somebody comes back to the tab."""
    with page.expect_response(re.compile(r"/today/list/")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_whole_follow_up_by_keyboard_with_attitude_preparation_and_an_answer_from_the_knowledge(open_page):
    page = open_page("a01", "/today/")
    page.keyboard.press("n")
    expect(page.locator("[data-save]")).to_be_visible()
    name = page.locator(".work-head h2").inner_text()
    page.keyboard.press("p")
    expect(page.locator("#preparation")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("4")
    expect(page.locator("input[name=attitude][value=busy]")).to_be_checked()
    page.keyboard.press("f")
    page.keyboard.type("保养")
    expect(page.locator("#answers p").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.keyboard.press("1")
    expect(page.locator("#outcome-no_answer")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work-head h2")).not_to_have_text(name)


def test_a_digit_behind_a_key_that_went_nowhere_answers_no_question(open_page):
    """As when keys are pressed faster than the next customer comes: what was meant for the outcome is no score."""
    page = open_page("a01", "/today/")
    page.keyboard.press("n")
    expect(page.locator("[data-save]")).to_be_visible()
    answered = page.locator("[data-question] input:checked")
    page.evaluate("for (const each of document.querySelectorAll('[data-outcomes]')) delete each.dataset.outcomes")
    page.keyboard.press("u")
    page.keyboard.press("1")
    expect(answered).to_have_count(0)
    page.wait_for_timeout(1100)
    page.keyboard.press("1")
    expect(answered).to_have_count(1)


def test_what_waits_on_the_computer_cannot_be_read_and_survives_a_crash(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.context.set_offline(True)
    page.fill("#f-words", "断网时的秘密")
    expect(page.locator("#kept")).to_contain_text("本机")
    kept = page.evaluate(LOCAL)
    assert "huifang.draft." in kept
    assert "秘密" not in kept
    context, url = page.context, page.url
    page.close()  # nothing of it has reached the server
    context.set_offline(False)
    again = context.new_page()
    again.goto(url)
    expect(again.locator("#f-words")).to_have_value("断网时的秘密")


@pytest.mark.parametrize("wrong", [-7200, 7200])
def test_a_computer_whose_clock_is_wrong_loses_nothing_and_tells_the_businesss_time(open_page, wrong):
    page = open_page("a01", "/today/", timezone_id="America/New_York")
    context = page.context
    context.add_init_script(f"const right = Date.now; Date.now = () => right() + {wrong} * 1000;")
    page.goto("/today/")
    _take(page, "徐晓燕")
    page.fill("#f-words", "先说的话")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    there = datetime.fromtimestamp(int(page.locator("html").get_attribute("data-now")) / 1000, ZoneInfo("Asia/Shanghai"))
    told = page.locator("#kept").inner_text()
    assert any(f"{there + timedelta(minutes=late):%H:%M}" in told for late in range(3)), (told, there)
    context.set_offline(True)
    page.fill("#f-words", "先说的话，断网后又说的话")
    expect(page.locator("#kept")).to_contain_text("本机")
    url = page.url
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(url)
    expect(again.locator("#f-words")).to_have_value("先说的话，断网后又说的话")


def test_a_fault_of_the_server_is_said_and_saving_again_saves(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.fill("#f-words", "服务器出错时说的话")
    page.check("#outcome-busy", force=True)
    page.route("**/save/", lambda route: route.fulfill(status=500, body="fault"))
    page.click("[name=stay]")
    expect(page.locator("#broken")).to_be_visible()
    expect(page.locator("#f-words")).to_have_value("服务器出错时说的话")
    page.unroute("**/save/")
    page.click("[name=stay]")
    expect(page.locator(".toast").first).to_contain_text("已保存")
    expect(page.locator("#broken")).to_be_hidden()
    page.keyboard.press("z")
    expect(page.locator("#f-words")).to_have_value("服务器出错时说的话")


def test_a_session_that_expires_in_mid_call_loses_nothing(open_page):
    page = open_page("a01", "/today/")
    _take(page, "林秀英")
    page.context.clear_cookies(name="sessionid")
    page.fill("#f-words", "过期前说的话")
    expect(page.locator("#signed-out")).to_be_visible()
    page.click("#signed-out a")
    assert "过期前" not in page.evaluate(LOCAL)
    page.fill("#id_username", "a01")
    page.fill("#id_password", PASSWORD)
    page.click("form.stack .button-main")
    expect(page.locator(".work-head h2")).to_have_text("林秀英")
    expect(page.locator("#f-words")).to_have_value("过期前说的话")


def test_a_follow_up_withdrawn_while_it_is_open_says_so_and_keeps_the_words(open_page, others):
    page = open_page("a01", "/today/")
    _take(page, "黄国栋")
    page.fill("#f-words", "说到一半")
    others("withdraw", "黄国栋")
    _look_again(page)
    expect(page.locator("#lost")).to_contain_text("已经撤回")
    page.check("#outcome-no_answer", force=True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problems")).to_be_visible()
    assert others("records", "黄国栋") == "0"


def test_two_people_at_one_customer_are_told_of_each_other_and_one_of_them_records(open_page, others):
    name = others("free", "")
    first, second = open_page("a01", "/today/"), open_page("a02", "/today/")
    _take(first, name)
    first.fill("#f-words", "先打开的人写的话")
    expect(first.locator("#kept")).to_contain_text("草稿已保存")
    second.goto(first.url)
    expect(second.locator(".work .notice-warn")).to_contain_text("陈晓")
    expect(second.locator("[data-save]")).to_have_count(0)
    others("lapse", name)
    second.reload()
    second.click(".work .notice .button-main")
    expect(second.locator("[data-save]")).to_be_visible()
    _look_again(first)
    expect(first.locator("#lost")).to_contain_text("刘芳")
    first.check("#outcome-no_answer", force=True)
    first.keyboard.press("Control+Enter")
    expect(first.locator("#problems")).to_contain_text("刘芳")
    assert others("records", name) == "0"
    second.check("#outcome-no_answer", force=True)
    second.keyboard.press("Control+Enter")
    expect(second.locator(".work-head h2", has_text=name)).to_have_count(0)
    assert others("records", name) == "1"


def test_pressing_save_twice_and_going_back_makes_one_record(open_page, others):
    page = open_page("a01", "/today/")
    _take(page, "朱文博")
    page.check("#outcome-no_answer", force=True)
    page.locator("[data-save]").dblclick()
    expect(page.locator(".work-head h2")).not_to_have_text("朱文博")
    assert others("records", "朱文博") == "1"
    page.go_back()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert others("records", "朱文博") == "1"


def test_a_page_from_before_an_upgrade_is_loaded_anew_and_what_was_typed_comes_back(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.evaluate("""() => {
      document.body.setAttribute("hx-headers", document.body.getAttribute("hx-headers").replace(/"[0-9a-f]{12}"/, '"0123456789ab"'));
      window.before = true;
    }""")
    page.fill("#f-words", "升级前说的话")
    _take(page, "林秀英")
    expect(page.locator("body")).not_to_have_attribute("hx-headers", re.compile("0123456789ab"))
    assert page.evaluate("window.before") is None
    _take(page, "徐晓燕")
    expect(page.locator("#f-words")).to_have_value("升级前说的话")


def test_what_is_thrown_away_is_gone_from_the_computer_and_from_the_server(open_page):
    page = open_page("a01", "/today/")
    _take(page, "高俊杰")
    expect(page.locator(".throw-away")).to_be_hidden()
    page.fill("#f-words", "打错人了")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    answers = iter((False, True))  # at first it was not meant
    page.on("dialog", lambda asked: asked.accept() if next(answers) else asked.dismiss())
    page.click(".throw-away")
    expect(page.locator("#f-words")).to_have_value("打错人了")
    page.click(".throw-away")
    expect(page.locator(".toast").first).to_contain_text("已放弃")
    assert "huifang.draft." not in page.evaluate(LOCAL)
    _take(page, "高俊杰")
    expect(page.locator("#f-words")).to_have_value("")


def test_rare_letters_come_back_as_they_were_typed_and_what_is_too_long_is_said_and_kept(open_page):
    page = open_page("a01", "/today/")
    _take(page, "何佳怡")
    words = "🚗👨‍👩‍👧 𠮷野家 é שלום مرحبا \u202eabc\u202c " + "长" * 3000
    page.fill("#f-words", words)
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    page.reload()
    expect(page.locator("#f-words")).to_have_value(words)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("#f-words", "很长的话。" * 200_000)
    expect(page.locator("#too-long")).to_be_visible()
    page.check("#outcome-no_answer", force=True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#too-long")).to_be_visible()
    assert page.locator("#f-words").input_value().startswith("很长的话。")
    page.fill("#f-words", words)
    expect(page.locator("#too-long")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work-head h2")).not_to_have_text("何佳怡")


def test_the_list_reorders_itself_without_losing_the_place(open_page, others):
    page = open_page("a02", "/today/")
    lines = page.locator("[data-line]:visible")
    last = lines.last
    last.focus()
    here, name = last.get_attribute("data-line"), last.locator("b").inner_text()
    first = lines.first.locator("b").inner_text()
    others("hurry", name)
    _look_again(page)
    expect(lines.first.locator("b")).not_to_have_text(first)
    assert page.evaluate("document.activeElement.dataset.line") == here
    moved = page.locator(f"[data-line='{here}']").bounding_box()["y"]
    queue = page.locator("#queue").bounding_box()
    assert queue["y"] <= moved <= queue["y"] + queue["height"]


def test_without_scripts_a_huge_note_with_emoji_and_right_to_left_words_is_saved(open_page, others):
    page = open_page("a01", "/today/", java_script_enabled=False)
    page.locator(".queue-open").nth(3).click()
    name = page.locator(".work-head h2").inner_text()
    words = "🚗👨‍👩‍👧 𠮷野家 שלום مرحبا " + "很长的话。" * 4000
    page.fill("#f-words", words)
    page.check("#outcome-no_answer", force=True)
    page.click("[data-save]")
    expect(page.locator(".work-head h2")).not_to_have_text(name)
    assert others("records", name) == "1"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_new_parts_have_no_barriers_and_fit(open_page, width):
    page = open_page("s01", "/knowledge/new/", width=width)
    assert barriers(page) == []
    page.fill("#a-title", f"多久保养一次？{width}")
    page.fill("#a-words", "每半年一次。")
    page.fill("#a-tags", "保养")
    page.click("form.card .button-main")
    expect(page.locator("h1")).to_contain_text("多久保养一次")
    assert barriers(page) == []
    page.goto("/knowledge/?q=保养")
    assert barriers(page) == []
    agent = open_page("a01", "/today/", width=width)
    agent.locator(".queue-open").nth(1).click()
    expect(agent.locator("[data-save]")).to_be_visible()
    expect(agent.locator("#comments")).to_be_visible()
    agent.locator("[data-key=p]").click()
    expect(agent.locator("#preparation")).to_be_visible()
    assert barriers(agent) == []
    assert agent.evaluate("document.documentElement.scrollWidth <= innerWidth")
