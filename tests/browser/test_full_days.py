"""A full day of a repair shop and of a hospital, walked by agent, supervisor, manager and administrator, in Chinese and in English.

On SQLite; on PostgreSQL where HUIFANG_DATABASE names a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from huifang.demo.morning_file import write_xlsx
from huifang.demo.repair_shop import repair_shop
from huifang.playbooks import library
from tests.browser.server import running
from tests.browser.walking import Person

DAY = date(2026, 11, 20)
LANGUAGES = ("zh-hans", "en")
WORDS = "等了三个小时🚗，𠮷师傅没来解释 — three hours, שלוש שעות, ثلاث ساعات"
PeopleOf = Callable[[str, str], Person]


def people(browser: Browser, folder: Path, business: str, hour: int) -> Iterator[PeopleOf]:
    """The business's server, at `hour`:05 UTC of DAY; gives its people by sign-in name and language."""
    offset = int((datetime(2026, 11, 20, hour, 5, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.day_seed", business, DAY.isoformat())
    playbook = library.read(business).playbook
    with running(folder, seed, worker=True, HUIFANG_DEMO="1", HUIFANG_DEMO_CLOCK=str(offset)) as address:
        yield lambda name, language: Person(browser, address, name, language, playbook)


@pytest.fixture(scope="module")
def shop(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleOf]:
    yield from people(browser, tmp_path_factory.mktemp("shop"), "repair-shop", 1)


@pytest.fixture(scope="module")
def hospital(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleOf]:
    yield from people(browser, tmp_path_factory.mktemp("hospital"), "hospital", 2)


def cells(rows: list[list[object]]) -> str:
    """Everything a register says."""
    return " ".join(str(cell) for row in rows for cell in row)


def reviewed(supervisor: Person) -> None:
    """The first record of the day's sample is looked at and settled."""
    supervisor.looks("/reviews/")
    supervisor.page.locator("a.row-link").first.click()
    for field in supervisor.page.locator("input[name^='points.']").all():
        field.fill(field.get_attribute("max") or "")
    supervisor.deed("settle")


def looked_after(administrator: Person, code: str) -> None:
    """A new colleague has a place, and the trail of the day is whole."""
    administrator.at("/settings/staff/new/")
    for name, value in {"code": code, "name": "新同事", "sign_in_name": code.lower(), "capacity": "20"}.items():
        administrator.page.fill(f"[name={name}]", value)
    administrator.page.select_option("[name=role]", "agent")
    administrator.page.select_option("[name=branch]", index=1)
    administrator.page.click("form.card .button-main")
    administrator.page.wait_for_load_state()
    administrator.looks("/settings/")
    expect(administrator.page.locator("tbody", has_text=code)).to_be_visible()
    administrator.looks("/audit/?check=1")
    expect(administrator.page.locator(".notice-good")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_repair_shops_day(shop: PeopleOf, tmp_path: Path, language: str) -> None:
    supervisor, agent, manager = shop("kf01", language), shop("hf01", language), shop("dz01", language)
    morning = tmp_path / "回访数据20261120.xlsx"
    write_xlsx(repair_shop(DAY, customers=2500), morning)
    rows, created, updated, unchanged, rejected = supervisor.bring_in(morning)
    assert rows == created + updated + unchanged + rejected
    assert created == rejected == 0  # everything on the shop's list is known, to the row
    supervisor.looks("/plan/")

    agent.looks("/today/")
    unhappy = agent.call("day-after", outcome="completed", digit="2", words=WORDS)
    lost = agent.call("six-months", outcome="completed")
    due = agent.call("service-due", outcome="no_answer")

    supervisor.looks("/day/")
    supervisor.case_of(unhappy)
    supervisor.deed("answer", "已致电道歉 / we have apologised")
    supervisor.sign_the_day()
    reviewed(supervisor)
    assert WORDS in cells(supervisor.register("daily-satisfaction", DAY.isoformat()))
    assert lost in cells(supervisor.register("daily-lost", DAY.isoformat()))
    assert due in cells(supervisor.register("daily-due", DAY.isoformat()))

    manager.looks("/overview/")
    manager.at("/imports/")
    manager.page.locator("tbody a.row-link").first.click()
    manager.page.locator("a[href$='/differences/']").click()
    expect(manager.page.locator(".figure").nth(1).locator("b")).to_have_text("0")
    number = manager.case_of(unhappy)
    expect(manager.page.locator("blockquote", has_text="𠮷").first).to_be_visible()
    manager.looks(f"/cases/{number}/")
    manager.looks("/scores/")
    looked_after(shop("gl01", language), f"NEW{LANGUAGES.index(language)}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hospitals_day(hospital: PeopleOf, language: str) -> None:
    agent, supervisor, manager = hospital("sf01", language), hospital("zr01", language), hospital("yz01", language)
    agent.looks("/today/")
    worse = agent.call("inpatient", outcome="completed", digit="3", words=WORDS)
    well = agent.call("basic-first", "special-first", outcome="completed", digit="1")
    agent.call("inpatient", outcome="no_answer")

    supervisor.looks("/notices/")
    supervisor.looks("/day/")
    number = supervisor.case_of(worse)  # at once to the attending doctor, who calls back
    expect(supervisor.page.locator(".page-head")).to_contain_text(supervisor.playbook.cases["medical"].title.say(language))
    supervisor.deed("answer", "主管医生已回电 / the doctor has called back")
    supervisor.sign_the_day()
    reviewed(supervisor)
    cards = cells(supervisor.register("visit-card", DAY.isoformat()))
    assert WORDS in cards
    assert worse in cards
    assert well in cards
    assert cells(supervisor.register("monthly-table", DAY.isoformat()))

    manager.looks(f"/cases/{number}/")
    manager.looks("/overview/")
    manager.looks(f"/reports/{manager.playbook.playbook}/monthly/")
    manager.looks("/closing/")
    looked_after(hospital("gl01", language), f"NEW{LANGUAGES.index(language)}")
