"""One person at the browser, in one language: what people do on a working day, said once for all walks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, expect
from python_calamine import CalamineWorkbook

from huifang.domain.outcomes import OUTCOMES
from huifang.playbooks.schema import Playbook
from tests.browser.conftest import barriers
from tests.browser.server import PASSWORD
from tests.browser.words import like, said

SHANGHAI = ZoneInfo("Asia/Shanghai")


def workbook(content: bytes) -> list[list[object]]:
    """The rows of a workbook's first sheet."""
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def sign_in(browser: Browser, address: str, name: str, password: str = PASSWORD) -> Page:
    """A window of somebody who has signed in."""
    page = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto("/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


class Person:
    """Somebody signed in, with the product in their language. `page` is their browser's."""

    def __init__(self, browser: Browser, address: str, name: str, language: str, playbook: Playbook) -> None:
        self.language, self.playbook = language, playbook
        self.page = sign_in(browser, address, name)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None)
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

    def say(self, message: str) -> str:
        """A message of the product in this person's language."""
        return said(self.language, message)

    def opens(self, name: str = "", *programmes: str) -> str:
        """Move down the list, then up, to a customer's follow-up, or to one of these programmes without an agreed hour, and open it."""
        titles = {self.playbook.programmes[each].title.say(self.language) for each in programmes}
        line = self.page.locator(
            "[data-line]:focus" if name else "[data-group]:not([data-group=promised], [data-group=done]) [data-line]:focus"
        )
        for key in [*"j" * 60, *"k" * 60]:
            self.page.keyboard.press(key)
            found = line.count() and (line.locator("b").inner_text() if name else line.locator(".queue-programme").inner_text().strip())
            if found and (found == name or (found in titles and self.line(line.locator("b").inner_text()).count() == 1)):
                break  # a name that stands on the list once
        else:
            raise AssertionError(f"{name or titles} is not on the list")
        name = line.locator("b").inner_text()
        if not line.get_attribute("aria-current"):
            self.page.keyboard.press("Enter")
        return self.has_open(name)

    def next(self) -> str:
        """Take what the list puts first; the customer's name."""
        with self.page.expect_response(re.compile(r"/today/\d+/$")):
            self.page.keyboard.press("n")
        self.page.wait_for_load_state("networkidle")
        return self.has_open(self.page.locator(".work-head h2").inner_text())

    def has_open(self, name: str) -> str:
        """Until a customer's follow-up is open and hears its keys; the name."""
        expect(self.page.locator(".work-head h2")).to_have_text(name)
        expect(self.page.locator("[data-save]")).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        return name

    def dials(self) -> None:
        """The call begins: the number stands there, to be dialled."""
        self.page.keyboard.press("c")
        expect(self.page.locator(".call a[href^='tel:']").first).to_be_visible()

    def answers(self, digits: Mapping[str, int]) -> None:
        """Answer every open question by a digit: its own, else that of ``*`` where it has it, else its first."""
        for _question in range(30):
            self.page.keyboard.press("q")
            key, choices = self.page.evaluate(
                "(() => { const q = document.activeElement.closest('[data-question]');"
                " return q && !q.querySelector('input:checked')"
                " ? [q.querySelector('input').name.slice(2), [...q.querySelectorAll('input')].map(i => i.dataset.digit)] : ['', []]; })()"
            )
            if not choices:
                return
            wanted = str(digits.get(key, digits.get("*")))
            self.page.keyboard.press(wanted if wanted in choices else choices[0])
            self.page.wait_for_load_state("networkidle")

    def hears(self, programme: str, *, satisfied: bool) -> None:
        """The script shows what to say to a satisfied customer, or to one who is not, and not the other."""
        script = self.playbook.scripts[self.playbook.programmes[programme].script or ""]
        for branch in (each for step in script.steps for each in step.branches if each.if_ in ("satisfied", "not satisfied")):
            shown = self.page.locator(".branch", has_text=branch.say.say(self.language).partition("{")[0])
            expect(shown).to_have_js_property("open", (branch.if_ == "satisfied") == satisfied)

    def notes(self, words: str) -> None:
        """The customer's own words."""
        self.page.keyboard.press("w")
        self.page.keyboard.insert_text(words)
        self.page.keyboard.press("Escape")

    def saves(self, outcome: str, agreed: datetime | None = None) -> str:
        """The outcome by its number, a time agreed with the customer, saved by keyboard; what the product says to it."""
        name = self.page.locator(".work-head h2").inner_text()
        self.page.keyboard.press("o" if OUTCOMES[outcome].reached else "u")
        self.page.keyboard.press(self.page.locator(f"#outcome-{outcome}").get_attribute("data-digit") or "")
        expect(self.page.locator(f"#outcome-{outcome}")).to_be_checked()
        if agreed is not None:
            self.page.fill(".callback-at", agreed.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
        self.page.evaluate("document.getElementById('toasts').replaceChildren()")
        self.page.keyboard.press("Control+Enter")
        expect(self.page.locator(".toast").first).to_contain_text(like(self.language, "Saved.", "Saved. Case {number} is open."))
        words = self.page.locator(".toast > span").first.inner_text()
        expect(self.page.locator(".work-head h2", has_text=re.compile(f"^{re.escape(name)}$"))).to_have_count(0)
        self.page.wait_for_load_state("networkidle")
        return words

    def line(self, name: str) -> Locator:
        """A customer's line in the list."""
        return self.page.locator("[data-line]", has=self.page.locator("b", has_text=re.compile(f"^{re.escape(name)}$")))

    def register(self, key: str, day: date) -> list[list[object]]:
        """The rows of a register's workbook, the title first."""
        return workbook(self.file(f"/registers/{self.playbook.playbook}/{key}/file.xlsx?day={day.isoformat()}"))

    def file(self, path: str) -> bytes:
        """Take a file."""
        with self.page.expect_download() as download:
            self.page.evaluate("path => { location.href = path; }", path)
        return download.value.path().read_bytes()

    def brings_in(self, file: Path) -> tuple[int, ...]:
        """A file, from the upload to the result: rows, created, updated, unchanged, rejected."""
        self.at("/imports/")
        self.page.set_input_files("#file", file)
        self.page.click(".drop .button-main")
        self.page.locator("button[name=start]").click()
        expect(self.page.locator("#import-live")).not_to_have_attribute("hx-trigger", "every 3s")
        return tuple(int(each) for each in self.page.locator(".sum b").all_inner_texts())

    def case_of(self, customer: str) -> str:
        """Open the customer's newest case; its number."""
        self.at("/cases/?show=all")
        self.page.locator("tbody tr", has_text=customer).first.locator("a.row-link").click()
        expect(self.page.locator("#h-steps")).to_be_visible()
        return self.page.url.rstrip("/").rpartition("/")[2]

    def deed(self, value: str, words: str = "") -> None:
        """A deed on a case or a review: its button."""
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
