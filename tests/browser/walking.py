"""One person at the browser, in one language: what people do on a working day, said once for all walks."""

from __future__ import annotations

import re
from io import BytesIO

from playwright.sync_api import Browser, Locator, Page, expect
from python_calamine import CalamineWorkbook

from huifang.playbooks.schema import Playbook
from tests.browser.conftest import barriers
from tests.browser.server import PASSWORD

SAVED = {"zh-hans": "已保存", "en": "Saved"}


class Person:
    """Somebody signed in, with the product in their language. `page` is their browser's."""

    def __init__(self, browser: Browser, address: str, name: str, language: str, playbook: Playbook) -> None:
        self.language, self.playbook = language, playbook
        self.page: Page = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
        self.page.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None)
        self.page.goto("/sign-in/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        with self.page.expect_navigation():
            self.page.locator(f'.side button[value="{language}"]').dispatch_event("click")
        expect(self.page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-Hans")

    def leaves(self) -> None:
        """The window is closed; no script failed in it and nothing broke the content policy."""
        self.page.context.close()
        assert self.faults == []

    def at(self, path: str) -> Locator:
        """Go to a page; its content."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page.locator("main")

    def looks(self, path: str) -> Locator:
        """Go to a page that must have no barriers and be no wider than the screen."""
        main = self.at(path)
        assert barriers(self.page) == [], path
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        return main

    def _open(self, *programmes: str) -> str:
        """Move down the list to a follow-up of one of the programmes that no hour was agreed for and open it; the customer's name."""
        titles = {self.playbook.programmes[each].title.say(self.language) for each in programmes}
        for _step in range(60):
            self.page.keyboard.press("j")
            line = self.page.locator("[data-group]:not([data-group=promised]) [data-line]:focus")
            if line.count() and line.locator(".queue-programme").inner_text().strip() in titles:
                break
        name = line.locator(".queue-top b").inner_text()
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".work-head h2")).to_have_text(name)
        expect(self.page.locator("[data-save]")).to_be_visible()
        return name

    def _answer(self, wanted: str) -> None:
        """Answer every open question with a digit: `wanted` where the question has it, else its first."""
        for _question in range(30):
            self.page.keyboard.press("q")
            digits = self.page.evaluate(
                "(() => { const q = document.activeElement.closest('[data-question]');"
                " return q && !q.querySelector('input:checked') ? [...q.querySelectorAll('input')].map(i => i.dataset.digit) : []; })()"
            )
            if not digits:
                return
            self.page.keyboard.press(wanted if wanted in digits else digits[0])
            self.page.wait_for_load_state("networkidle")

    def call(self, *programmes: str, outcome: str, digit: str = "5", words: str = "") -> str:
        """One follow-up of one of the programmes, from the list to the saved record, by keyboard alone; the customer's name."""
        name = self._open(*programmes)
        self.page.keyboard.press("c")
        expect(self.page.locator(".call a[href^='tel:']").first).to_be_visible()
        if outcome == "completed":
            self._answer(digit)
        if words:
            self.page.keyboard.press("w")
            self.page.keyboard.insert_text(words)
            self.page.keyboard.press("Escape")
        self.page.keyboard.press("o")
        self.page.keyboard.press(self.page.locator(f"#outcome-{outcome}").get_attribute("data-letter") or "")
        expect(self.page.locator(f"#outcome-{outcome}")).to_be_checked()
        self.page.keyboard.press("Control+Enter")
        expect(self.page.locator(".toast").first).to_contain_text(SAVED[self.language])
        expect(self.page.locator(".work-head h2", has_text=re.compile(f"^{name}$"))).to_have_count(0)
        self.page.wait_for_load_state("networkidle")
        return name

    def register(self, key: str, day: str) -> list[list[object]]:
        """The rows of a register's workbook, the title first."""
        with self.page.expect_download() as download:
            self.page.evaluate(f"location.href = '/registers/{self.playbook.playbook}/{key}/file.xlsx?day={day}'")
        return CalamineWorkbook.from_filelike(BytesIO(download.value.path().read_bytes())).get_sheet_by_index(0).to_python()

    def case_of(self, customer: str) -> str:
        """Open the customer's newest case; its number."""
        self.at("/cases/?show=all")
        self.page.locator("tbody tr", has_text=customer).first.locator("a.row-link").click()
        expect(self.page.locator("#h-steps")).to_be_visible()
        return self.page.url.rstrip("/").rpartition("/")[2]

    def deed(self, value: str, words: str = "") -> None:
        """A deed on a case, a review or a day's page: its button."""
        if words:
            self.page.fill("#f-words", words)
        self.page.locator(f"button[name=deed][value={value}]").click()
        expect(self.page.locator(".toast").first).to_be_visible()

    def sign_the_day(self) -> None:
        """Sign the day, with a reason wherever one is wanted."""
        self.at("/closing/")
        for field in self.page.locator("input[name^='reason.']").all():
            field.fill("今天之内办完 / done before tonight")
        expect(self.page.locator(".card-foot .button-main")).to_be_enabled()
        self.page.locator(".card-foot .button-main").click()
        expect(self.page.locator(".closing-signed")).to_be_visible()
