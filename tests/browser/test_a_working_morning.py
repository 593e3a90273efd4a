"""The main job, end to end, on the real server: a generated shop, the real plan, an agent at the keyboard, the supervisor's registers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from huifang.playbooks import library
from tests.browser.conftest import barriers
from tests.browser.server import PASSWORD, running

DAY = date(2026, 11, 20)
PLAYBOOK = library.read("repair-shop").playbook
UNHAPPY = "等了三个小时才交车，没有人来解释一句。"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the shop's installation, on the morning of DAY at nine o'clock."""
    offset = int((datetime(2026, 11, 20, 1, 5, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    clock = {"HUIFANG_DEMO": "1", "HUIFANG_DEMO_CLOCK": str(offset)}
    with running(tmp_path_factory.mktemp("shop"), ("tests.browser.morning_seed", DAY.isoformat()), **clock) as address:
        yield address


def sign_in(browser: Browser, address: str, name: str, width: int = 1440) -> Page:
    page = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": width, "height": 900}).new_page()
    page.goto("/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def open_by_keyboard(page: Page, programme: str) -> str:
    """Move down the list, then up, to a follow-up of a programme and open it; the customer's name."""
    title = PLAYBOOK.programmes[programme].title.zh
    line = page.locator("[data-line]:focus")
    for key in [*"j" * 30, *"k" * 60]:
        page.keyboard.press(key)
        if line.count() and line.locator(".queue-programme").inner_text().strip() == title:
            break
    else:
        raise AssertionError(f"{title} is not on the list")
    name = line.locator(".queue-top b").inner_text()
    if not line.get_attribute("aria-current"):
        page.keyboard.press("Enter")
    expect(page.locator("[data-line][aria-current] .queue-top b")).to_have_text(name)
    expect(page.locator(".work-head h2")).to_have_text(name)
    expect(page.locator("[data-save]")).to_be_visible()
    page.wait_for_load_state()  # from here on the page hears its keys
    return name


def answer_all(page: Page, wanted: str) -> None:
    """Answer every open question with a digit: `wanted` where the question has it, else its first."""
    for _question in range(30):
        page.keyboard.press("q")
        digits = page.evaluate(
            "[...(document.activeElement.closest('[data-question]')?.querySelectorAll('input') ?? [])]"
            ".filter(i => !document.activeElement.closest('[data-question]').querySelector('input:checked')).map(i => i.dataset.digit)"
        )
        if not digits:
            return
        page.keyboard.press(wanted if wanted in digits else digits[0])
        page.wait_for_load_state("networkidle")


def work(page: Page, programme: str, outcome: str, digit: str = "5", words: str = "") -> str:
    """One follow-up from the list to the saved record, by keyboard alone."""
    name = open_by_keyboard(page, programme)
    page.keyboard.press("c")
    expect(page.locator(".call a[href^='tel:']").first).to_be_visible()
    if outcome == "completed":
        answer_all(page, digit)
    if words:
        page.keyboard.press("w")
        page.keyboard.type(words)
        page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.keyboard.press(page.locator(f"#outcome-{outcome}").get_attribute("data-letter") or "")
    expect(page.locator(f"#outcome-{outcome}")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").first).to_contain_text("已保存")
    expect(page.locator(".work-head h2", has_text=re.compile(f"^{name}$"))).to_have_count(0)
    return name


def register(page: Page, key: str, ending: str) -> bytes:
    with page.expect_download() as download:
        page.evaluate(f"location.href = '/registers/repair-shop/{key}/file.{ending}?day={DAY.isoformat()}'")
    return download.value.path().read_bytes()


def lines(page: Page, key: str) -> list[dict[str, object]]:
    """The rows of a register's workbook by column title."""
    sheet = CalamineWorkbook.from_filelike(BytesIO(register(page, key, "xlsx"))).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == PLAYBOOK.registers[key].title.zh
    heads = [str(column.title.zh) for column in PLAYBOOK.registers[key].columns]
    start = next(number for number, row in enumerate(sheet) if [str(cell) for cell in row[: len(heads)]] == heads)
    rows = []
    for row in sheet[start + 1 :]:
        if not isinstance(row[0], int | float):
            break
        rows.append(dict(zip(heads, row, strict=False)))
    return rows


def done(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The lines that say what was done; they stand before what is still to do, which has neither time nor outcome."""
    worked = [row for row in rows if row["回访结果"]]
    assert rows[: len(worked)] == worked
    assert not any(row["回访时间"] or row.get("客户原话") for row in rows[len(worked) :])
    return worked


def names(rows: list[dict[str, object]]) -> list[str]:
    return [str(row["客户姓名"]) for row in rows]


def test_five_follow_ups_by_keyboard_and_registers_with_exactly_what_was_done(browser: Browser, shop: str) -> None:
    agent = sign_in(browser, shop, "hf01")
    assert barriers(agent) == []
    unhappy = work(agent, "day-after", "completed", digit="2", words=UNHAPPY)
    lost = work(agent, "six-months", "completed")
    service = work(agent, "service-due", "completed")
    insurance = work(agent, "insurance-due", "no_answer")
    inspection = work(agent, "inspection-due", "completed")

    supervisor = sign_in(browser, shop, "kf01")
    supervisor.goto(f"/day/?day={DAY.isoformat()}")
    expect(supervisor.locator("main")).to_contain_text(unhappy)
    assert barriers(supervisor) == []
    satisfaction = done(lines(supervisor, "daily-satisfaction"))
    assert names(satisfaction) == [unhappy]
    told = " ".join(str(cell) for cell in satisfaction[0].values())
    assert UNHAPPY in told
    assert "不满意" in told
    assert names(done(lines(supervisor, "daily-lost"))) == [lost]
    reminded = done(lines(supervisor, "daily-due"))
    assert names(reminded) == [service, insurance, inspection]
    assert [row["回访结果"] for row in reminded] == ["完成", "无人接听", "完成"]
    assert register(supervisor, "daily-satisfaction", "pdf").startswith(b"%PDF")

    supervisor.goto("/cases/")
    expect(supervisor.locator("main")).to_contain_text(unhappy)
    supervisor.goto("/registers/")
    assert barriers(supervisor) == []
