"""A full day of a hospital, walked in Chinese by agent, supervisor, manager and administrator on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect

from huifang.domain.outcomes import outcome_of
from huifang.playbooks import library
from tests.browser.server import running
from tests.browser.walking import Person

DAY = date(2026, 11, 20)
PATIENTS = 3000
LANGUAGE = "zh-hans"
WORDS = "等了三个小时🚗，𠮷师傅没来解释 — three hours, שלוש שעות, ثلاث ساعات"


@contextmanager
def people(browser: Browser, folder: Path) -> Iterator[Callable[[str], Person]]:
    """The hospital's server, at 10:05 of DAY; gives its people by sign-in name, each in a window of their own."""
    offset = int((datetime(2026, 11, 20, 2, 5, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    seed = ("tests.browser.day_seed", DAY.isoformat(), str(PATIENTS))
    playbook = library.read("hospital").playbook
    there: list[Person] = []

    def person(name: str) -> Person:
        there.append(Person(browser, address, name, LANGUAGE, playbook))
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


def test_a_hospitals_day(browser: Browser, tmp_path: Path) -> None:
    with people(browser, tmp_path) as hospital:
        agent, supervisor, manager = hospital("sf01"), hospital("zr01"), hospital("yz01")
        agent.looks("/today/")
        worse = agent.call("inpatient", outcome="completed", digit="3", words=WORDS)
        well = agent.call("basic-first", "special-first", outcome="completed", digit="1")
        away = agent.call("inpatient", outcome="no_answer")

        supervisor.looks("/notices/")
        supervisor.looks("/day/")
        number = supervisor.case_of(worse)  # at once to the attending doctor, who calls back
        expect(supervisor.page.locator(".page-head")).to_contain_text(supervisor.playbook.cases["medical"].title.say(LANGUAGE))
        supervisor.deed("answer", "主管医生已回电 / the doctor has called back")
        supervisor.sign_the_day()
        reviewed(supervisor)
        cards = supervisor.register("visit-card", DAY.isoformat())
        assert WORDS in cells(cards)
        assert well in cells(cards)
        tried = [row for row in cards if away in map(str, row)]
        assert [outcome_of("no_answer").words.say(LANGUAGE) in map(str, row) for row in tried] == [True]  # the card says what came of it
        assert cells(supervisor.register("monthly-table", DAY.isoformat()))

        manager.looks(f"/cases/{number}/")
        manager.looks("/overview/")
        manager.looks(f"/reports/{manager.playbook.playbook}/monthly/")
        manager.looks("/closing/")
        looked_after(hospital("gl01"), "NEW1")
