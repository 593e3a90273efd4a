"""A team's whole day, walked on the real server by agent, supervisor, manager and administrator: the same for every business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, expect

from huifang.demo.morning_file import write_xlsx
from huifang.domain.outcomes import outcome_of
from tests.browser.businesses import DAY, Scene
from tests.browser.registers import done_rows
from tests.browser.server import PASSWORD, Installation
from tests.browser.walking import Person, sign_in
from tests.browser.words import like, said

WORDS = "等了三个小时🚗，𠮷师傅没来解释 — three hours, שלוש שעות, ثلاث ساعات"
COMMENT, ANSWER = "原话要记全。/ Note all of it. ✍️", "已补记。/ Done."


@dataclass
class Day:
    """Who is there, and what happened: customer → outcome, and programme."""

    browser: Browser
    scene: Scene
    language: str
    place: Installation
    person: Callable[[str], Person]
    outcomes: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, programme: str, outcome: str) -> str:
        """What came of a call."""
        self.outcomes[name], self.programmes[name] = outcome, programme
        return name

    def of(self, which: str) -> str:
        """The customer of one of the day's programmes."""
        return next(name for name, programme in self.programmes.items() if programme == which)


@contextmanager
def team(browser: Browser, address: str, scene: Scene, language: str) -> Iterator[Callable[[str], Person]]:
    """Gives the people of a business by sign-in name, each in a window of their own."""
    there: dict[str, Person] = {}

    def person(name: str) -> Person:
        if name not in there:
            there[name] = Person(browser, address, name, language, scene.playbook)
        return there[name]

    yield person
    for each in there.values():
        each.leaves()


def walk(browser: Browser, folder: Path, scene: Scene, language: str, database: str = "") -> None:
    """The whole day, on a database of its own."""
    place = Installation(folder, database, HUIFANG_PLAYBOOK_APPROVAL="always")
    place.run("tests.browser.day_seed", scene.key)
    with team(browser, place.address, scene, language) as person:
        day = Day(browser, scene, language, place, person)
        with place.serving(scene.morning, worker=scene.imports):
            if scene.imports:
                brought_in(day)
            number = morning(day)
        with place.serving(scene.afternoon):
            afternoon(day)
            reviewed(day)
            person(scene.supervisor).sign_the_day()
            said_in_registers(day)
            changed_by_two(day)
            place.run("tests.browser.counted", scene.afternoon.isoformat())
            seen_by_the_manager(day, number)
            looked_after(day)


def brought_in(day: Day) -> None:
    """The morning's list is brought in: everybody on it is known, and the sum below it is left out."""
    supervisor, file = day.person(day.scene.supervisor), day.place.data / "回访数据20261120.xlsx"
    write_xlsx(day.scene.make(), file)
    rows, created, updated, unchanged, rejected = supervisor.brings_in(file)
    assert rows == created + updated + unchanged
    assert (created, rejected) == (0, 0)
    expect(supervisor.page.locator("main")).to_contain_text(supervisor.say("%(count)s sum line is left out").replace("%(count)s", "1"))


def morning(day: Day) -> str:
    """Calls by keyboard, with everything that may come of them, while the supervisor looks on; the number of the case."""
    scene, agent, supervisor = day.scene, day.person(day.scene.agent), day.person(day.scene.supervisor)
    supervisor.at("/day/")
    agent.looks("/today/")
    programme, digits = scene.unhappy
    unhappy = day.note(agent.opens("", programme), programme, "completed")
    agent.dials()
    agent.answers(digits)
    agent.hears(programme, satisfied=False)
    agent.notes(WORDS)
    agent.saves("completed")

    day.note(agent.opens("", scene.happy), scene.happy, "completed")
    agent.dials()
    agent.answers(scene.well)
    agent.hears(scene.happy, satisfied=True)
    agent.saves("completed")

    later = day.note(agent.opens("", scene.later), scene.later, "callback")
    agent.dials()
    agent.saves("callback", scene.afternoon)
    expect(agent.page.locator("[data-group=promised]")).to_contain_text(later)

    away = agent.opens("", scene.away)
    agent.dials()
    again = like(day.language, "To be tried again at %(time)s.", "To be tried again %(day)s.")
    assert again.search(agent.saves("no_answer"))
    day.note(away, scene.away, "no_answer")

    wall = supervisor.page.locator("#day-live")  # nobody has loaded it again
    expect(wall).to_contain_text(WORDS)
    expect(wall).to_contain_text(later)
    return answered(day, unhappy)


def answered(day: Day, unhappy: str) -> str:
    """The case of whoever was not satisfied is answered at once; its number."""
    supervisor = day.person(day.scene.supervisor)
    supervisor.at("/notices/")
    number = supervisor.case_of(unhappy)
    expect(supervisor.page.locator(".page-head")).to_contain_text(day.scene.playbook.cases[day.scene.case].title.say(day.language))
    supervisor.deed("answer", "已致电道歉 / we have apologised")
    return number


def afternoon(day: Day) -> None:
    """The promise comes before everything else; whoever did not answer is tried again where the plan says today."""
    scene, agent = day.scene, day.person(day.scene.agent)
    agent.at("/today/")
    later, away = day.of(scene.later), next(name for name, outcome in day.outcomes.items() if outcome == "no_answer")
    assert agent.next() == later
    agent.dials()
    agent.answers(scene.well)
    agent.saves("completed")
    day.note(later, scene.later, "completed")
    if scene.again_today:
        expect(agent.line(away)).to_contain_text(outcome_of("no_answer").words.say(day.language))
        agent.opens(away)
        agent.dials()
        agent.answers(scene.well)
        agent.saves("completed")
        day.note(away, scene.away, "completed")


def reviewed(day: Day) -> None:
    """The supervisor takes a record for review and returns it with a comment; the agent answers; it is settled."""
    agent, supervisor = day.person(day.scene.agent), day.person(day.scene.supervisor)
    unhappy = day.of(day.scene.unhappy[0])
    supervisor.at("/day/")
    supervisor.page.locator("article.line", has_text=unhappy).locator("form[action*='review'] button").click()
    for item in supervisor.page.locator("input[name^='points.']").all():
        item.fill(item.get_attribute("max") or "")
    supervisor.deed("return", COMMENT)
    agent.at("/today/")
    agent.page.locator(".queue-returned a", has_text=unhappy).click()
    expect(agent.page.locator(".said")).to_have_text(COMMENT)
    agent.page.fill("#f-words", ANSWER)
    agent.page.locator("form.card .button-main").click()
    expect(agent.page.locator("#queue")).to_be_visible()
    expect(agent.page.locator(".queue-returned")).to_have_count(0)
    supervisor.looks("/reviews/?state=answered")
    supervisor.page.locator("a.row-link", has_text=unhappy).click()
    expect(supervisor.page.locator(".said").last).to_have_text(ANSWER)
    supervisor.deed("settle")


def said_in_registers(day: Day) -> None:
    """The registers say exactly what was done, everybody once, with the customer's own words."""
    supervisor, found = day.person(day.scene.supervisor), dict[str, object]()
    for key in day.scene.registers:
        sheet = supervisor.register(key, DAY)
        rows = done_rows(sheet, day.scene.playbook.registers[key], day.language, DAY)
        names = [str(row["customer.name"]) for row in rows]
        assert len(set(names)) == len(names)
        assert set(names) <= set(day.outcomes)
        found |= {name: row["outcome"] for name, row in zip(names, rows, strict=True) if "outcome" in row}
        if key == day.scene.words_in:
            assert [row["words"] for row in rows if row["words"]] == [WORDS]
    assert found == {name: outcome_of(outcome).words.say(day.language) for name, outcome in day.outcomes.items()}


def changed_by_two(day: Day) -> None:
    """The administrator changes the plan by form; it goes into force once the manager has approved it, and not before."""
    administrator, manager = day.person(day.scene.administrator), day.person(day.scene.manager)
    administrator.at("/playbooks/")
    administrator.page.locator("a.tile[href^='/playbooks/']").first.click()
    administrator.page.click("form[action$='/edit/'] button")
    administrator.page.click(f".editor-outline a[href$='programmes/{day.scene.happy}']")
    with administrator.page.expect_response("**/drafts/**"):
        administrator.page.fill("#e-within", "4")
        administrator.page.press("#e-within", "Tab")
    expect(administrator.page.locator("#text")).to_have_value(re.compile("within: 4 working days"))
    administrator.page.click("button[value=keep]")
    force = administrator.page.locator("#activate button")
    expect(force).to_be_disabled()
    administrator.page.fill("#ask-words", "给回访员多两天 / two more days")
    administrator.page.click("#approval .button-main")
    expect(administrator.page.locator(".toast").first).to_contain_text(administrator.say("Asked. Those who may approve it are told."))
    manager.at("/notices/")
    manager.page.locator(f"a[href='{administrator.page.url.removeprefix(day.place.address)}']").click()
    manager.page.click("button[value=approve]")
    expect(manager.page.locator(".toast").first).to_contain_text(manager.say("Approved. It can be put in force."))
    administrator.page.reload()
    force.click()
    expect(administrator.page.locator(".page-head")).to_contain_text(administrator.say("In force"))


def seen_by_the_manager(day: Day, number: str) -> None:
    """Figures that open the records behind them, the case, the signed day, and the report as a file."""
    manager, unhappy = day.person(day.scene.manager), day.of(day.scene.unhappy[0])
    manager.looks("/overview/")
    manager.page.locator("a.gauge[href*='satisfaction']").first.click()
    expect(manager.page.locator("main")).to_contain_text(unhappy)
    manager.looks(f"/cases/{number}/")
    expect(manager.page.locator("blockquote", has_text="𠮷").first).to_be_visible()
    manager.at("/closing/")
    expect(manager.page.locator(".closing-signed")).to_be_visible()
    manager.at(f"/reports/{day.scene.key}/monthly/")
    assert manager.file(f"/reports/{day.scene.key}/monthly/file.pdf").startswith(b"%PDF")
    if day.scene.imports:
        manager.at("/imports/")
        manager.page.locator("tbody a.row-link").first.click()
        manager.page.locator("a[href$='/differences/']").click()
        expect(manager.page.locator(".figure").nth(1).locator("b")).to_have_text("0")


def looked_after(day: Day) -> None:
    """A new colleague has a place and does a first follow-up, and the trail of the day is whole."""
    administrator = day.person(day.scene.administrator)
    administrator.at("/settings/staff/new/")
    for name, value in {"code": "NEW1", "name": "新同事", "sign_in_name": "new1", "capacity": "20"}.items():
        administrator.page.fill(f"[name={name}]", value)
    administrator.page.select_option("[name=role]", "agent")
    administrator.page.select_option("[name=branch]", index=1)
    administrator.page.click("form.card .button-main")
    newcomer(day, administrator.page.locator(".secret").inner_text())
    administrator.at("/settings/")
    expect(administrator.page.locator("tbody", has_text="NEW1")).to_be_visible()
    administrator.looks("/audit/?check=1")
    expect(administrator.page.locator(".notice-good")).to_be_visible()


def newcomer(day: Day, given: str) -> None:
    """Somebody who has never seen the product gets through a first follow-up by what the pages say, without a single key."""
    day.place.run("tests.browser.given", "new1", day.scene.afternoon.isoformat())
    page = sign_in(day.browser, day.place.address, "new1", given)
    page.wait_for_url("**/password/**")  # before anything else: a password of one's own
    for name, value in {"old_password": given, "new_password1": f"{PASSWORD}7", "new_password2": f"{PASSWORD}7"}.items():
        page.fill(f"[name={name}]", value)
    page.click("form.card .button-main")
    page.wait_for_url(lambda url: "password" not in url)
    page.goto("/")
    page.get_by_role("button", name=said("zh-hans", "Start with the first")).click()
    page.locator(".call .button-main").click()
    expect(page.locator(".call a[href^='tel:']").first).to_be_visible()
    page.locator(".segment", has_text=outcome_of("no_answer").words.zh).click()
    page.get_by_role("button", name=said("zh-hans", "Save and next")).click()
    expect(page.locator(".toast").first).to_contain_text(said("zh-hans", "Saved."))
    page.context.close()
