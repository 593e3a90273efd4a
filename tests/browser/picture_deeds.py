"""What is done on a page before it is pictured. Each can be done again in another language."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Deed = Callable[[Page], None]
_SEND = """form => {
  form.noValidate = true;
  const typed = form.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), textarea");
  typed.forEach(each => { if (!each.dataset.given) each.value = ""; });
  const main = form.querySelector(".button-main, button:not([type=button])") || document.querySelector(`button[form="${form.id}"]`);
  form.requestSubmit(main && main.type !== "button" ? main : null);
}"""
"""Send a form with nothing in it but what was given on purpose, past the browser's own checks."""


def click(selector: str) -> Deed:
    """Follow a link."""

    def deed(page: Page) -> None:
        with page.expect_navigation():
            page.click(selector)

    return deed


def unfold(selector: str) -> Deed:
    """Open what is folded away."""

    def deed(page: Page) -> None:
        page.locator(selector).evaluate_all("all => all.forEach(each => { each.open = true; })")

    return deed


def send(selector: str) -> Deed:
    """Send a form empty."""
    return fill_and_send(selector)


def fill_and_send(selector: str, **given: str) -> Deed:
    """Send a form with nothing but what is given."""

    def deed(page: Page) -> None:
        form = page.locator(selector).first
        for name, value in given.items():
            form.locator(f"[name={name}]").first.evaluate("(e, value) => { e.value = value; e.dataset.given = '1'; }", value)
        _sent(page, form, _SEND)

    return deed


def _sent(page: Page, form: Locator, script: str) -> None:
    """Run a script that sends a form, and wait for the page that answers it: what is waited for must not be the page that was left."""
    page.locator("html").evaluate("html => { html.dataset.left = '1'; }")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        form.evaluate(script)
    if "hx-request" not in answer.value.request.headers:
        page.locator("html:not([data-left])").wait_for(state="attached")
    page.wait_for_load_state()


def work(page: Page) -> None:
    """A follow-up in hand, the call begun, some questions answered."""
    if page.locator(".queue-line-here, .queue-marks .badge-accent").count() == 0:
        page.locator(".queue-open").first.click()
    else:
        page.locator(".queue-marks .badge-accent").first.click()
    page.wait_for_selector("[data-save]")
    if page.locator('[data-key="c"]').count():
        page.keyboard.press("c")
        page.wait_for_selector(".call a[href^='tel:']")


def sign_in_wrong(page: Page) -> None:
    """A password that is not right."""
    page.fill("#id_username", "hf01")
    page.fill("#id_password", "not-this-one")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def in_hand(page: Page) -> None:
    """The follow-up of the page in hand, where it is not yet."""
    take = page.locator(".work [formaction$='/take/']")
    if take.count():
        take.first.click()
    page.wait_for_selector("[data-save]")


def offline(page: Page) -> None:
    """Words typed while the connection is lost."""
    work(page)
    page.context.set_offline(True)
    page.fill("#f-words", "断网时说的话")
    expect(page.locator("#offline")).to_be_visible()


def signed_out(page: Page) -> None:
    """Words typed after the session has ended."""
    in_hand(page)
    page.context.clear_cookies(name="sessionid")
    page.fill("#f-words", "过期前说的话")
    expect(page.locator("#signed-out")).to_be_visible()


def save_nothing(page: Page) -> None:
    """A call saved with answers missing."""
    in_hand(page)
    if page.locator('[data-key="c"]').count():
        page.keyboard.press("c")
    page.wait_for_selector(".call a[href^='tel:']")
    page.check("#outcome-completed", force=True)
    page.keyboard.press("Control+Enter")
    page.locator(".wrong:visible, .notice-bad:visible").first.wait_for()


def gate_refusal(page: Page) -> None:
    """A number that may not be called now."""
    in_hand(page)
    page.locator('[data-key="c"]').click()
    page.locator(".notice-bad:visible").first.wait_for()


def server_error(page: Page) -> None:
    """The page of a fault on our side, as the product words it."""
    page.goto("/server-error/")
    page.wait_for_selector("h1")


def bring_in(page: Page) -> None:
    """The shop's morning file before it is taken in."""
    page.set_input_files("#file", page.context.morning)  # type: ignore[attr-defined]  # set where the context is made
    with page.expect_navigation():
        page.click(".drop .button-main")
    page.wait_for_load_state("networkidle")


def bring_nonsense(page: Page) -> None:
    """A file that is no table."""
    page.set_input_files("#file", {"name": "照片.xlsx", "mimeType": "application/octet-stream", "buffer": b"\x89PNG\r\n\x1a\n" * 99})
    with page.expect_navigation():
        page.click(".drop .button-main")


def case_closed_too_early(page: Page) -> None:
    """A promise without words and time."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    send("form:has([name=due_at])")(page)


def nonsense_decided(page: Page) -> None:
    """A decision that no button sends."""
    script = """form => {
      form.querySelectorAll("button").forEach(each => { each.value = "perhaps"; });
      form.requestSubmit(form.querySelector("button"));
    }"""
    _sent(page, page.locator("form[action$='/decide/']").first, script)


def dry_run(page: Page) -> None:
    """What a version would plan today."""
    shown = page.locator("#dry-run, [id*=dry]").first
    if shown.count():
        shown.scroll_into_view_if_needed()


def fault_in_the_text(page: Page) -> None:
    """A fault typed into a playbook's text."""
    text = page.input_value("#text")
    page.fill("#text", re.sub(r"    purpose: service", "    purpose: selling", text, count=1))
    page.wait_for_selector(".gutter-error")


def bad_playbook(page: Page) -> None:
    """A playbook that cannot be read."""
    fill_and_send("main form:has(textarea)", text="format: huifang/1\nplaybook: [\n")(page)


def conflict(page: Page) -> None:
    """A schedule for a week that has gone."""
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    page.evaluate(
        """token => {
      const form = Object.assign(document.createElement("form"), {method: "post", action: "/schedule/propose/"});
      for (const [name, value] of [["csrfmiddlewaretoken", token], ["branch", "x"], ["week", "2020-01-01"]])
        form.append(Object.assign(document.createElement("input"), {name, value, type: "hidden"}));
      document.body.append(form); form.submit();
    }""",
        token,
    )
    page.wait_for_url("**/propose/")


def channel_refused(page: Page) -> None:
    """A driver without its settings."""
    click(".main .tabs a:nth-child(2)")(page)
    send("main form:has(input:not([type=hidden]))")(page)


def key_made(page: Page) -> None:
    """A key, shown once."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    form = page.locator("form[action$='/keys/']").first
    form.locator("[name=name]").fill("BI 平台")
    form.locator("[name=scopes]").first.check()
    with page.expect_navigation():
        form.locator("button.button-main, button").last.click()


def low_score(page: Page) -> None:
    """The second page, with the question that a low score asks."""
    if page.locator("#q-quality-1").count():
        page.check("#q-quality-1")
        page.check("#q-recommend-2")
        with page.expect_navigation():
            page.click(".button.main")


def to_the_photo(page: Page) -> None:
    """The page that asks for a picture."""
    if page.locator("#q-photo").count() == 0 and page.locator("#q-quality-5").count():
        page.check("#q-quality-5")
        page.check("#q-recommend-9")
        with page.expect_navigation():
            page.click(".button.main")


def answer_all(page: Page) -> None:
    """Thanks after the last answer."""
    if page.locator("#q-quality-5").count():
        page.check("#q-quality-5")
        page.check("#q-recommend-9")
        with page.expect_navigation():
            page.click(".button.main")
        page.check("#q-again-yes")
        with page.expect_navigation():
            page.click(".button.main")
