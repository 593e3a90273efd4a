"""Forms and text are the same: what a form shows comes from the text, and what is changed in it is written there and nowhere else."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.words import Words
from huifang.playbooks import library
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.condition_rows import Row, Rows, rows_of, text_of
from huifang.playbooks.expressions import parse
from huifang.playbooks.form_fields import SECTIONS, TRIGGER_FIELDS, WHOLE
from huifang.playbooks.forms import Entry, Repeated, act, change, show, words_of
from huifang.playbooks.loader import loads
from huifang.playbooks.rewriting import rewrite, same, values

REPAIR = library.text("repair-shop")


def parts_of(data: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(), *((key,) for key in WHOLE), *((section, key) for section in SECTIONS for key in data.get(section, {}))]


def entries_of(data: Any, part: tuple[str, ...]) -> Iterable[Entry]:
    def inside(repeated: Repeated) -> Iterable[Entry]:
        for item in repeated.items:
            yield from item.entries
            for inner in item.inner:
                yield from inside(inner)

    for section in show(data, part):
        yield from section.entries
        for repeated in section.repeated:
            yield from inside(repeated)


def posted(data: Any, part: tuple[str, ...], **changes: list[str]) -> dict[str, list[str]]:
    """What a browser sends of a form nobody has touched, and the changes."""
    said: dict[str, list[str]] = {}
    for entry in entries_of(data, part):
        said[f"at:{entry.name}"] = ["1"]
        for name, value in entry.values.items():
            said[f"{entry.name}.{name}" if name else entry.name] = value
    return said | {name.replace("__", "/").replace("_dot_", "."): value for name, value in changes.items()} | changes


def lines(old: str, new: str) -> tuple[list[str], list[str]]:
    both = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    return [line[2:].strip() for line in both if line.startswith("- ")], [line[2:].strip() for line in both if line.startswith("+ ")]


def edited(part: tuple[str, ...], changes: dict[str, list[str]], text: str = REPAIR) -> tuple[list[str], list[str]]:
    data = values(text)
    new = rewrite(text, change(data, part, posted(data, part) | changes))
    return lines(text, new)


@pytest.mark.parametrize("name", library.names())
def test_every_form_of_every_playbook_sent_untouched_changes_nothing(name):
    data = values(library.text(name))
    for part in parts_of(data):
        assert change(data, part, posted(data, part)) is data, part


def test_a_span_a_choice_and_a_share_change_their_own_place():
    gone, new = edited(
        ("programmes", "day-after"), {"when/wait": ["2"], "when/wait.unit": ["working day"], "coverage": ["98"], "owner": ["event staff"]}
    )
    assert gone == ["when: {after: job.settled, wait: 1 day}", "coverage: 100 %"]
    assert new == ["when: {after: job.settled, wait: 2 working days}", "coverage: 98 %", "owner: event staff"]


def test_channels_words_and_hours():
    part = ("programmes", "six-months")
    gone, new = edited(part, {"through": ["phone", "sms", ""], "hours": ["10:00-12:00，15:00-17:00"], "title.zh": ["老客户回访"]})
    assert gone == ["title: {zh: 流失客户回访, en: Lost-customer call}", "through: [phone]"]
    assert new == ["title: {zh: 老客户回访, en: Lost-customer call}", "through: [phone, sms]", 'hours: ["10:00-12:00", "15:00-17:00"]']


def test_an_emptied_field_leaves_the_file():
    gone, new = edited(("programmes", "six-months"), {"coverage": [""], "value": [""], "hold out": [""]})
    assert gone == ["coverage: 95 %", "hold out: 5 %", "value: spent_12m"]
    assert new == []


def test_rows_of_a_condition_write_its_text():
    part = ("classes", "loyal")
    row = {"when.name": ["jobs_12m", "spent_12m", "lost"], "when.op": [">=", ">=", "no"], "when.value": ["5", "6000", ""]}
    gone, new = edited(part, row)
    assert gone == ["loyal: {when: jobs_12m >= 4 and spent_12m >= 6000, title: {zh: 忠诚客户, en: Loyal}}"]
    assert new == ["loyal: {when: jobs_12m >= 5 and spent_12m >= 6000 and not lost, title: {zh: 忠诚客户, en: Loyal}}"]


def test_the_text_of_a_condition_can_be_typed_too():
    gone, new = edited(("classes", "sleeping"), {"when": ["days_since(last_job) between 90 and 182"]})
    assert "90 and 182" in new[0]
    assert "120 and 182" in gone[0]


@pytest.mark.parametrize("kind", TRIGGER_FIELDS)
def test_every_kind_of_trigger_can_be_chosen_and_then_has_its_fields(kind):
    data, part = values(REPAIR), ("programmes", "day-after")
    new = change(data, part, posted(data, part) | {"when/": [kind]})
    keys = {entry.name for entry in entries_of(new, part)}
    assert {field.key for field in TRIGGER_FIELDS[kind]} <= keys
    assert same(values(rewrite(REPAIR, new)), new)


def test_a_rule_is_added_filled_moved_and_taken_out():
    part = ("programmes", "day-after")
    text = rewrite(REPAIR, act(values(REPAIR), part, "add:on answer"))
    data = values(text)
    text = rewrite(text, change(data, part, posted(data, part) | {"on answer/1/if": ["satisfied"], "on answer/1/tell": ["manager"]}))
    assert loads(text).playbook.programmes["day-after"].on_answer[1].tell == ("manager",)
    text = rewrite(text, act(values(text), part, "up:on answer/1"))
    assert loads(text).playbook.programmes["day-after"].on_answer[0].tell == ("manager",)
    text = rewrite(text, act(values(text), part, "remove:on answer/0"))
    assert loads(text).playbook == loads(REPAIR).playbook


def test_steps_and_what_customers_do_are_added_below_each_other():
    part = ("scripts", "reminder")
    text = rewrite(REPAIR, act(values(REPAIR), part, "add:steps"))
    text = rewrite(text, act(values(text), part, "add:steps/3/branches"))
    script = loads(text).playbook.scripts["reminder"]
    assert len(script.steps) == 4
    assert len(script.steps[3].branches) == 1
    text = rewrite(text, act(values(text), part, "add:never"))
    assert len(loads(text).playbook.scripts["reminder"].never) == 1


def test_steps_of_a_ladder_have_keys():
    text = rewrite(REPAIR, act(values(REPAIR), ("ladders", "tier"), "add:steps"))
    assert "step_1" in values(text)["ladders"]["tier"]["steps"]
    text = rewrite(text, act(values(text), ("ladders", "tier"), "remove:steps/step_1"))
    assert loads(text).playbook == loads(REPAIR).playbook


@pytest.mark.parametrize("do", ["add:nothing", "remove:on answer/9", "up:on answer/0", "remove:", "x"])
def test_what_cannot_be_done_changes_nothing(do):
    data = values(REPAIR)
    assert same(act(data, ("programmes", "day-after"), do), data)


def test_a_fact_written_short_stays_short():
    text = REPAIR.replace(
        "jobs_ever: {value: count(job.settled), title: {zh: 累计结算次数, en: Jobs ever}}", "jobs_ever: count(job.settled)"
    )
    gone, new = edited(("facts", "jobs_ever"), {"value": ["count(job.received)"]}, text)
    assert (gone, new) == (["jobs_ever: count(job.settled)"], ["jobs_ever: count(job.received)"])


def test_what_is_no_number_stays_as_it_was_typed_for_the_check_to_tell():
    _gone, new = edited(("programmes", "day-after"), {"within": ["soon"], "coverage": ["all"]})
    assert new == ["within: soon", "coverage: all"]


NAMES = st.sampled_from(["jobs_12m", "tier", "lost"])
ROWS = st.builds(
    Row, NAMES, st.sampled_from(["=", "<>", ">=", "<", "since >=", "until <="]), st.sampled_from(["3", "-2", "1.5", "gold", "it's"])
)
ROWS = (
    ROWS | st.builds(Row, NAMES, st.sampled_from(["yes", "no", "empty", "filled"])) | st.builds(Row, NAMES, st.just("in"), st.just("a, b"))
)


@given(st.sampled_from(["and", "or"]), st.lists(ROWS, min_size=1, max_size=4))
def test_rows_and_their_condition_are_the_same(join, rows):
    text = text_of(Rows(join, tuple(rows)))
    found = rows_of(text)
    assert found is not None
    assert parse(text_of(found)) == parse(text)
    assert found.rows == tuple(rows)


@pytest.mark.parametrize("text", ["a + 1 > 2", "a and (b or c)", "a = true", "a > b", "(", "abs(a) > 1"])
def test_what_rows_cannot_say_has_none(text):
    assert rows_of(text) is None


def test_a_step_of_a_ladder_changes_alone():
    gone, new = edited(("ladders", "tier"), {"steps/gold/title.zh": ["贵宾"]})
    assert len(gone) == len(new) == 1
    assert "贵宾" in new[0]


def test_a_new_escalation_begins_with_somebody_to_tell():
    text = rewrite(REPAIR, act(values(REPAIR), ("cases", "dissatisfied"), "add:escalate"))
    added = values(text)["cases"]["dissatisfied"]["escalate"][-1]
    assert {"after", "to"} <= set(added)
    assert not [each for each in check_loaded(loads(text)) if each.severity == "error"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"title": {"zh": "一", "en": "One"}}, Words("一", "One")),
        ({"title": {"zh": "一"}}, Words("一", "key")),
        ({"title": "T"}, Words("T", "T")),
        ({}, Words("key", "key")),
        (None, Words("key", "key")),
    ],
)
def test_an_entry_is_called_by_its_title_or_its_key(value, words):
    assert words_of(value, "key") == words


def test_the_score_card_is_written_in_the_form_too():
    part = ("review",)
    text = rewrite(REPAIR, act(values(REPAIR), part, "add:items"))
    data = values(text)
    said = {
        "items/item_1/title.zh": ["礼貌"],
        "items/item_1/title.en": ["Courtesy"],
        "items/item_1/looks for.zh": ["称呼"],
        "items/item_1/most": ["25"],
    }
    (item,) = loads(rewrite(text, change(data, part, posted(data, part) | said))).playbook.review.card
    assert (item.code, item.words.zh, item.looks_for.zh, item.most) == ("item_1", "礼貌", "称呼", 25)


def test_what_is_normally_so_leaves_the_file_and_what_is_not_is_said():
    assert "risk: false" in edited(("review",), {"risk": []})[1][0]
    without = REPAIR.replace("risk: true, ", "")
    assert edited(("review",), {"risk": []}, without)[1][0].count("risk: false") == 1
    assert edited(("review",), {"risk": ["on"]}, without) == ([], [])
