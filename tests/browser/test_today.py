"""An agent's day in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def _take(page: Page, name: str) -> None:
    page.click(f".queue-open:has-text('{name}')")
    expect(page.locator(".work-head h2")).to_have_text(name)
    expect(page.locator("[data-save]")).to_be_visible()


def test_a_contact_is_recorded_with_the_keyboard_alone(open_page):
    page = open_page("a01", "/today/")
    with page.expect_response(re.compile(r"/today/(next|\d+)/$")):
        page.keyboard.press("n")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-save]")).to_be_visible()
    first = page.locator(".work-head h2").inner_text()
    page.keyboard.press("q")
    for digit in "5453555555":
        page.keyboard.press(digit)
    expect(page.locator(".question input:checked")).to_have_count(10)
    page.keyboard.press("w")
    page.keyboard.type("n 师傅不错，j k 都是字")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.keyboard.press("1")
    expect(page.locator("#outcome-completed")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work-head h2")).not_to_have_text(first)
    expect(page.locator(".toast").first).to_contain_text("已保存")


def test_what_was_saved_is_undone_by_one_key_and_its_toast_covers_nothing_one_works_with(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.fill("#f-words", "按错了结果")
    page.check("#outcome-busy", force=True)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    toast = page.locator(".toast[data-undo]")
    expect(toast).to_be_visible()
    expect(page.locator(".work-head h2")).not_to_have_text("徐晓燕")
    page.evaluate("for (const other of document.querySelectorAll('.toast:not([data-undo])')) other.remove()")  # outside the hours it warns
    for width in (1440, 1280, 1024, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        box = toast.bounding_box()
        assert box, width
        assert box["x"] >= 0, width
        assert box["x"] + box["width"] <= width, width
        bar = page.locator(".bar").bounding_box()
        seen = bar["y"] if bar else 900.0  # what lies under the links at the foot is not in sight
        for needed in page.locator(".work-head, .work-foot, .question, .queue-head, [data-key=n]").all():
            other = needed.bounding_box()
            assert not other or other["y"] >= seen or _apart(box, other | {"height": min(other["height"], seen - other["y"])}), width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("z")
    expect(page.locator(".work-head h2")).to_have_text("徐晓燕")
    expect(page.locator("#f-words")).to_have_value("按错了结果")
    expect(page.locator("#outcome-busy")).to_be_checked()


def test_a_wrong_answer_is_corrected_from_the_finished_follow_up(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.fill("#f-words", "记错了一个字")
    page.check("#outcome-partly", force=True)
    page.keyboard.press("Escape")
    address = page.url
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work-head h2")).not_to_have_text("徐晓燕")
    page.goto(address)
    page.click(".recorded .button")
    expect(page.locator("form.correction")).to_be_visible()
    page.fill("#f-words", "说得很对")
    page.fill("#f-why", "听错了")
    page.click("form.correction .button-main")
    expect(page.locator(".recorded")).to_contain_text("说得很对")
    expect(page.locator(".recorded")).to_contain_text("听错了")


def _apart(one: dict[str, float], other: dict[str, float]) -> bool:
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def test_keys_do_nothing_while_an_input_method_composes_or_somebody_types(open_page):
    page = open_page("a01", "/today/")
    before = page.url
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', isComposing: true, bubbles: true}))")
    page.wait_for_timeout(200)
    assert page.url == before
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('[data-line]')")


def test_what_is_typed_without_a_connection_is_kept_and_sent_later(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    page.context.set_offline(True)
    page.fill("#f-words", "断网时说的话")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#kept")).to_contain_text("本机")
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    page.reload()
    expect(page.locator("#f-words")).to_have_value("断网时说的话")


def test_an_ended_session_keeps_the_words(open_page):
    page = open_page("a01", "/today/")
    _take(page, "林秀英")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.fill("#f-words", "会话过期前的话")
    expect(page.locator("#signed-out")).to_be_visible()
    page.context.add_cookies(cookies)
    page.reload()
    expect(page.locator("#f-words")).to_have_value("会话过期前的话")


def test_a_missing_answer_is_shown_and_focused(open_page):
    page = open_page("a01", "/today/")
    _take(page, "黄国栋")
    page.check("#outcome-completed", force=True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#w-quality")).to_be_visible()
    expect(page.locator("#outcome-completed")).to_be_checked()
    page.locator("#outcome").scroll_into_view_if_needed()
    page.locator("#problems a").first.evaluate("link => link.click()")
    expect(page.locator("#ask-quality")).to_be_in_viewport()


def test_the_agreed_time_is_asked_only_for_a_callback(open_page):
    page = open_page("a01", "/today/")
    _take(page, "朱文博")
    expect(page.locator(".callback")).to_be_hidden()
    page.check("#outcome-callback", force=True)
    expect(page.locator(".callback")).to_be_visible()
    page.locator(".callback input[type=radio]").nth(1).check(force=True)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").first).to_contain_text("已保存")


def test_everything_works_without_scripts(open_page):
    page = open_page("a02", "/today/", java_script_enabled=False)
    page.locator(".queue-open").first.click()
    expect(page).to_have_url(re.compile(r"/today/\d+/$"))
    name = page.locator(".work-head h2").inner_text()
    page.check("#outcome-no_answer", force=True)
    page.click("[data-save]")
    expect(page.locator(".work-head h2")).not_to_have_text(name)


def test_the_script_opens_what_fits_while_the_answers_are_given(open_page):
    page = open_page("a01", "/today/")
    _take(page, "徐晓燕")
    good, bad = page.locator(".branch:has-text('谢谢您的认可')"), page.locator(".branch:has-text('非常抱歉给您添麻烦了')")
    page.check("#q-quality-1", force=True)
    expect(bad).to_have_attribute("open", "")
    expect(good).not_to_have_attribute("open", "")
    page.check("#q-quality-5", force=True)
    expect(good).to_have_attribute("open", "")
    expect(bad).not_to_have_attribute("open", "")
    expect(page.locator("#q-quality-5")).to_be_checked()
