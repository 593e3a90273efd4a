"""A full day of a repair shop and of a hospital, walked by agent, supervisor, manager and administrator, in Chinese and in English.

Every walk has a database of its own: on SQLite, and on PostgreSQL where HUIFANG_DATABASE names a server. In Chinese on the one and in
English on the other; the marker `full` walks the other language, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from huifang.demo.morning_file import write_xlsx
from huifang.demo.repair_shop import repair_shop
from huifang.domain.outcomes import outcome_of
from huifang.playbooks import library
from tests.browser.server import running
from tests.browser.walking import Person

DAY = date(2026, 11, 20)
CUSTOMERS, PATIENTS = 1200, 3000
WORDS = "等了三个小时🚗，𠮷师傅没来解释 — three hours, שלוש שעות, ثلاث ساعات"
HERE = "en" if os.environ.get("HUIFANG_DATABASE") else "zh-hans"
in_both_languages = pytest.mark.parametrize(
    "language", [pytest.param(each, marks=[] if each == HERE else [pytest.mark.full]) for each in ("zh-hans", "en")]
)


@contextmanager
def people(browser: Browser, folder: Path, business: str, size: int, hour: int, language: str) -> Iterator[Callable[[str], Person]]:
    """The business's server, at `hour`:05 UTC of DAY; gives its people by sign-in name, each in a window of their own."""
    offset = int((datetime(2026, 11, 20, hour, 5, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.day_seed", business, DAY.isoformat(), str(size))
    playbook = library.read(business).playbook
    there: list[Person] = []

    def person(name: str) -> Person:
        there.append(Person(browser, address, name, language, playbook))
        return there[-1]

    with running(folder, seed, worker=True, HUIFANG_DEMO="1", HUIFANG_DEMO_CLOCK=str(offset)) as address:
        yield person
        for each in there:
            each.leaves()


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


def brought_in(supervisor: Person, folder: Path) -> None:
    """The morning's list is brought in: everybody on it is known, and only the sum below it is no customer."""
    morning = folder / "回访数据20261120.xlsx"
    write_xlsx(repair_shop(DAY, customers=CUSTOMERS), morning)
    rows, created, updated, unchanged, rejected = supervisor.bring_in(morning)
    assert rows == created + updated + unchanged + rejected
    assert (created, rejected) == (0, 1)
    supervisor.looks("/plan/")


@in_both_languages
def test_a_repair_shops_day(browser: Browser, tmp_path: Path, language: str) -> None:
    with people(browser, tmp_path, "repair-shop", CUSTOMERS, 1, language) as shop:
        supervisor, agent, manager = shop("kf01"), shop("hf01"), shop("dz01")
        brought_in(supervisor, tmp_path)
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
        looked_after(shop("gl01"), "NEW1")


@in_both_languages
def test_a_hospitals_day(browser: Browser, tmp_path: Path, language: str) -> None:
    with people(browser, tmp_path, "hospital", PATIENTS, 2, language) as hospital:
        agent, supervisor, manager = hospital("sf01"), hospital("zr01"), hospital("yz01")
        agent.looks("/today/")
        worse = agent.call("inpatient", outcome="completed", digit="3", words=WORDS)
        well = agent.call("basic-first", "special-first", outcome="completed", digit="1")
        away = agent.call("inpatient", outcome="no_answer")

        supervisor.looks("/notices/")
        supervisor.looks("/day/")
        number = supervisor.case_of(worse)  # at once to the attending doctor, who calls back
        expect(supervisor.page.locator(".page-head")).to_contain_text(supervisor.playbook.cases["medical"].title.say(language))
        supervisor.deed("answer", "主管医生已回电 / the doctor has called back")
        supervisor.sign_the_day()
        reviewed(supervisor)
        cards = supervisor.register("visit-card", DAY.isoformat())
        assert WORDS in cells(cards)
        assert well in cells(cards)
        tried = [row for row in cards if away in map(str, row)]
        assert [outcome_of("no_answer").words.say(language) in map(str, row) for row in tried] == [True]  # the card says what came of it
        assert cells(supervisor.register("monthly-table", DAY.isoformat()))

        manager.looks(f"/cases/{number}/")
        manager.looks("/overview/")
        manager.looks(f"/reports/{manager.playbook.playbook}/monthly/")
        manager.looks("/closing/")
        looked_after(hospital("gl01"), "NEW1")
