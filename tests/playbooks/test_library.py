"""The playbooks that come with the product are right, in both languages, and stand for the 22 plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from huifang.playbooks import json_schema, library
from huifang.playbooks.checks import check_loaded


@pytest.mark.parametrize("name", library.names())
def test_a_playbook_of_the_library_has_no_problem(name: str) -> None:
    loaded = library.read(name)
    assert loaded.playbook.playbook == name
    assert [problem.say("en") for problem in check_loaded(loaded)] == []


def test_every_plan_has_its_playbook() -> None:
    plans = {library.read(name).playbook.plan for name in library.names()} - {None}
    assert plans == {f"P{number:02}" for number in range(1, 23)}


def test_none_is_a_sketch() -> None:
    assert {library.read(name).playbook.status for name in library.names()} == {"ready"}


def test_a_name_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        library.read("../secrets")


def test_the_repair_shop_prints_registers_by_the_names_its_people_know() -> None:
    titles = {register.title.zh for register in library.read("repair-shop").playbook.registers.values()}
    assert titles == {"每日回访明细统计表", "每日流失客户回访明细统计表", "每日定期保养、保险到期等客户回访明细统计表"}


def test_the_published_json_schema_is_current() -> None:
    published = Path(__file__).parents[2] / "docs" / "playbook.schema.json"
    assert published.read_text("utf-8") == json_schema.text()
