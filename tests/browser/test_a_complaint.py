"""One complaint's whole way, over a holiday and a make-up Saturday, on the real server: from the answer to a link to the satisfied closing.

In 2026 the first of May begins five days off, and Saturday 9 May is worked instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.browser.businesses import SHOP
from tests.browser.conftest import barriers
from tests.browser.server import running
from tests.browser.walking import Person, sign_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGES = (
    ("explained", "reception", "quality", "bill", "handover"),
    ("total_time", "listening", "payment", "cleanliness", "waiting_room"),
)
STILL = "又跑了两天，异响还在。"
CAUSE = "维修质量 › 故障未排除"
MEASURE = "刹车作业后必须路试并由主管签字"


def moment(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@contextmanager
def shop(data: Path, *moments: datetime, planned: bool = False) -> Iterator[str]:
    """The shop's server at the last of the moments (its day `planned`); at each of them the worker has looked after the cases."""
    offset = int((moments[-1].astimezone(UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.case_seed", *(each.isoformat() for each in moments[:-1]), f"{'plan:' * planned}{moments[-1].isoformat()}")
    with running(data, seed, HUIFANG_DEMO="1", HUIFANG_DEMO_CLOCK=str(offset)) as address:
        yield address


def answers_the_link(browser: Browser, address: str, data: Path, digit: int) -> None:
    """The customer opens the link on a telephone and gives every question the same digit."""
    context = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"/s/{(data / 'link.txt').read_text()}/")
    for keys in PAGES:
        for key in keys:
            page.check(f"#q-{key}-{digit}")
        page.click(".button.main")
    expect(page.locator("h1")).to_contain_text("谢谢您")
    context.close()


def calls(browser: Browser, address: str, programme: str, digit: int, words: str) -> None:
    """The agent calls, gives every question the same digit, notes the words and saves."""
    agent = Person(browser, address, "hf01", "zh-hans", SHOP.playbook)
    agent.opens("", programme)
    agent.dials()
    agent.answers({"*": digit})
    agent.notes(words)
    agent.saves("completed")
    agent.leaves()


def dues(page: Page) -> list[datetime]:
    """When the first answer and the solution are due, as the page says."""
    found = page.locator(".clock time.due").evaluate_all("each => each.map(one => one.getAttribute('datetime'))")
    return [datetime.fromisoformat(each).astimezone(SHANGHAI) for each in found]


def steps(page: Page) -> list[str]:
    return page.locator(".moment-head b").all_inner_texts()


def step_at(page: Page, title: str) -> datetime:
    """When the last step of that title was made."""
    found = page.locator(".moment-head", has=page.get_by_text(title, exact=True)).last.locator("time").get_attribute("datetime")
    assert found
    return datetime.fromisoformat(found).astimezone(SHANGHAI)


def do(page: Page, button: str, words: str = "") -> None:
    if words:
        page.fill("#f-words", words)
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.locator(".toast").first).to_contain_text("已登记")


def fill_in(page: Page, summary: str, fill: Callable[[], None], button: str) -> None:
    page.locator("summary", has_text=summary).click()
    fill()
    do(page, button)


def first_case(page: Page) -> str:
    page.goto("/cases/?show=all")
    page.locator("tbody a.row-link").first.click()
    expect(page.locator("#h-clocks")).to_be_visible()
    return page.url.rstrip("/").rpartition("/")[2]


def to_the_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_a_complaint_walks_to_its_satisfied_closing(browser: Browser, tmp_path: Path) -> None:
    with shop(tmp_path, moment(30, 16, 50, month=4)) as address:  # Thursday before the holiday
        answers_the_link(browser, address, tmp_path, 2)
        chief = sign_in(browser, address, "kf01")
        number = first_case(chief)
        opened = step_at(chief, "建立")
        rest = timedelta(hours=2) - (moment(30, 18, month=4) - opened)
        assert dues(chief) == [moment(6, 9) + rest, moment(8, 18)]
        assert barriers(chief) == []

    called = moment(6, 9) + rest + timedelta(minutes=10)  # the worker looked on the holiday, at night and early: nobody was called
    with shop(tmp_path, moment(1, 10), moment(5, 23, 30), moment(6, 9, 5), called, called + timedelta(minutes=1)) as address:
        chief = sign_in(browser, address, "kf01")
        chief.goto("/notices/")
        expect(chief.locator(".line", has_text="升级到第 1 级")).to_have_count(1)
        assert barriers(chief) == []
        chief.locator(".line a", has_text="升级到第 1 级").click()
        do(chief, "已答复客户", "已致电道歉，约好返厂检查。")
        answered = step_at(chief, "已答复客户")
        chief.select_option("#f-state", "waiting_parts")
        do(chief, "设定")
        expect(chief.locator("#h-clocks + .push")).to_contain_text("等配件")
        paused = step_at(chief, "暂停计时")
        assert answered <= paused
        assert len(dues(chief)) == 1  # the solution's clock stands still

        def give() -> None:
            chief.select_option("#f-give", "free_work")
            chief.fill("#f-amount", "800")
            chief.fill("#f-why", "免费返修，误工补偿")

        fill_in(chief, "申请补偿", give, "提交审批")
        expect(chief.get_by_role("button", name="批准")).to_have_count(0)  # nobody approves their own

    with shop(tmp_path, moment(7, 9, 30)) as address:
        manager = sign_in(browser, address, "dz01")
        manager.goto("/notices/")
        manager.locator(".line a", has_text="¥800.00").click()
        do(manager, "批准")
        chief = sign_in(browser, address, "kf01")
        chief.goto(f"/cases/{number}/")
        expect(chief.locator("#h-give ~ .push")).to_contain_text("¥800.00")
        chief.select_option("#f-state", "")
        do(chief, "设定")
        resumed = step_at(chief, "继续计时")
        held = (moment(6, 12) - paused) + timedelta(hours=4) + (resumed - moment(7, 9))
        due = moment(9, 9) + held if held <= timedelta(hours=3) else moment(9, 14) + held - timedelta(hours=3)
        assert to_the_minute(dues(chief)[1]) == to_the_minute(due)  # pushed into the make-up Saturday
        chief.select_option("#f-cause", "quality.not_fixed")
        do(chief, "已解决", "重新更换刹车片并路试。")
        expect(chief.locator(".lacking li")).to_have_text(["没有改进措施和责任人。"])

        def plan() -> None:
            chief.fill("#f-title", MEASURE)
            chief.select_option("#f-owner", label="郑国平")
            chief.fill("#f-due", "2026-05-29")

        fill_in(chief, "新建措施", plan, "建立措施")
        do(chief, "办结工单", "客户确认异响消失。")

    with shop(tmp_path, moment(9, 9, 30), planned=True) as address:  # two working days later: the make-up Saturday
        calls(browser, address, "after-case", 2, STILL)
        chief = sign_in(browser, address, "kf01")
        chief.goto(f"/cases/{number}/")
        expect(chief.locator(".page-head")).to_contain_text("第 2 轮")
        expect(chief.locator(".page-head")).to_contain_text("再访仍不满意")
        reopened = step_at(chief, "重新打开")
        assert dues(chief) == [reopened + timedelta(hours=2), moment(13, 18)]

    with shop(tmp_path, moment(9, 20, 50), moment(9, 21, 30), moment(10, 7), moment(11, 9, 30)) as address:
        chief = sign_in(browser, address, "kf01")
        chief.goto("/notices/")
        expect(chief.locator(".line", has_text="升级到第 1 级")).to_have_count(2)  # one for each round
        chief.goto(f"/cases/{number}/")
        do(chief, "已答复客户", "主管登门道歉。")
        chief.select_option("#f-cause", "quality.not_fixed")
        do(chief, "已解决", "更换卡钳导向销，试车 20 公里。")
        do(chief, "办结工单", "请客户再试。")

    with shop(tmp_path, moment(13, 9, 30), planned=True) as address:
        calls(browser, address, "after-case", 5, "这次真的好了，谢谢。")
        manager = sign_in(browser, address, "dz01")
        manager.goto(f"/cases/{number}/")
        expect(manager.locator(".page-head")).to_contain_text("再访满意")
        told = steps(manager)
        assert [told.count(each) for each in ("重新打开", "已解决", "已办结", "客户表示满意", "升级", "补偿已批准")] == [1, 2, 2, 1, 2, 1]
        manager.goto("/causes/")
        expect(manager.locator(".pareto a")).to_have_attribute("aria-label", f"{CAUSE}: 1, 100 %")
        expect(manager.locator("tbody tr", has_text=CAUSE)).to_contain_text(MEASURE)
        assert barriers(manager) == []
        manager.locator(".pareto a").click()
        expect(manager.locator("tbody tr")).to_have_count(1)
        manager.goto("/measures/")
        expect(manager.locator(".board-column").first).to_contain_text(MEASURE)
        assert barriers(manager) == []
