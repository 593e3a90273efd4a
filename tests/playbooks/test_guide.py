"""Five answers make a playbook of one's own out of every one of the library; new entries begin right; versions are compared."""

from __future__ import annotations

import pytest

from huifang.playbooks import library
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.comparison import changes, lines
from huifang.playbooks.form_fields import SECTIONS
from huifang.playbooks.guide import Answers, channels_of, write
from huifang.playbooks.loader import loads
from huifang.playbooks.new_entries import add, drop, outline
from huifang.playbooks.rewriting import rewrite, values

REPAIR = library.text("repair-shop")


@pytest.mark.parametrize("name", library.names())
def test_one_programme_of_any_playbook_of_the_library_makes_one_without_errors(name):
    text = library.text(name)
    data = values(text)
    for first in list(data["programmes"])[:2]:
        made = loads(write(text, Answers("安达", ("10:00-12:00",), "every", (first,), channels_of(data)[:1])))
        assert list(made.playbook.programmes) == [first]
        assert made.playbook.title.zh.startswith("安达 · ")
        assert not [each for each in check_loaded(made) if each.severity == "error"]


def test_the_answers_stand_in_the_text_and_comments_stay():
    text = write(REPAIR, Answers("安达", ("08:30-12:00",), ("mon", "sat"), ("day-after", "six-months", "after-case"), ("phone",)))
    made = loads(text).playbook
    assert made.calendar.hours == ("08:30-12:00",)
    assert made.calendar.days == ("mon", "sat")
    assert [one.value for one in made.programmes["day-after"].through] == ["phone"]
    assert set(made.registers) == {"daily-satisfaction", "daily-lost"}
    assert text.startswith("# 汽修厂客户回访")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_new_entry_of_every_section_is_right_and_can_be_taken_out_again(section):
    data, key = add(values(REPAIR), section, "一项新的")
    text = rewrite(REPAIR, data)
    assert not [each for each in check_loaded(loads(text)) if each.severity == "error"]
    assert key in [entry for name, _label, entries in outline(data) if name == section for entry, _words in entries]
    assert rewrite(text, drop(values(text), (section, key))) == REPAIR


def test_the_first_of_a_section_makes_the_section_and_the_last_takes_it_along():
    text = "format: huifang/1\nplaybook: mine\ntitle: T\nabout: A\n"
    text += "programmes: {a: {title: A, purpose: service, when: {every: 1 month}, within: 1 day, through: [phone]}}\n"
    data, key = add(values(text), "cases", "Broken promise")
    assert key == "broken_promise"
    new = rewrite(text, data)
    assert loads(new).playbook.cases["broken_promise"].title.en == "Broken promise"
    assert rewrite(new, drop(values(new), ("cases", key))) == text
    assert add(data, "cases", "Broken promise")[1] == "broken_promise_2"
    assert add(data, "facts", "")[1] == "fact"


def test_versions_are_compared_in_words_and_in_lines():
    new = (
        REPAIR.replace("wait: 1 day}", "wait: 2 days}", 1)
        .replace("  insurance-due:\n", "  insurance-soon:\n")
        .replace("insurance-due", "insurance-soon")
    )
    found = changes(loads(REPAIR).playbook, loads(new).playbook)
    said = [(one.of.en, one.rule.en, one.old.en, one.new.en) for one in found]
    assert ("Satisfaction call after the repair", "When", "1 day after: Job settled", "2 days after: Job settled") in said
    assert ("Insurance renewal", "Programme", "There", "none") in said
    assert ("Insurance renewal", "Programme", "none", "There") in said
    kinds = [line.kind for line in lines(REPAIR, new)]
    assert kinds[0] == "gap"
    assert kinds.count("changed") == 3
    assert [line for line in lines("a\nb\n", "b\nc\n") if line.kind in {"added", "removed"}]
    assert changes(loads(REPAIR).playbook, loads(REPAIR).playbook) == []
    assert lines(REPAIR, REPAIR) == []


def test_hours_caps_and_classes_are_compared_too():
    new = (
        REPAIR.replace("days: working}", "days: every}", 1)
        .replace("gap: 5 days\n", "", 1)
        .replace("spent_12m >= 6000", "spent_12m >= 7000", 1)
    )
    assert {one.rule.en for one in changes(loads(REPAIR).playbook, loads(new).playbook)} == {"Hours", "Caps", "Classes"}


def test_a_playbook_with_programmes_alone_needs_no_more_and_keeps_its_title():
    text = "format: huifang/1\nplaybook: mine\ntitle: T\nabout: A\n"
    text += "programmes: {a: {title: A, purpose: service, when: {every: 1 month}, within: 1 day, through: [phone]}}\n"
    made = loads(write(text, Answers("", ("10:00-12:00",), "every", ("a",), ("phone",)))).playbook
    assert (made.title.zh, list(made.programmes), made.calendar.hours) == ("T", ["a"], ("10:00-12:00",))
