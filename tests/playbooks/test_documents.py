"""The reference is true: its example loads, and it names every key, function and built-in name."""

from __future__ import annotations

import re
from pathlib import Path

from huifang.playbooks.checks import check_loaded
from huifang.playbooks.expression_tree import FUNCTIONS
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.loader import loads
from huifang.playbooks.placeholders import PLACES
from huifang.playbooks.schema import Playbook, Programme

REFERENCE = (Path(__file__).parents[2] / "docs" / "playbook-format.md").read_text("utf-8")


def test_the_example_of_the_reference_is_a_playbook_without_problem() -> None:
    example = re.search(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)
    assert example
    assert check_loaded(loads(example[1])) == []


def test_the_reference_names_everything() -> None:
    keys = {str(field.alias) for part in (Playbook, Programme) for field in part.model_fields.values()}
    words = keys | set(FUNCTIONS) | set(BUILTINS) | {f"{{{place}}}" for place in PLACES}
    assert {word for word in words if f"`{word}" not in REFERENCE} == set()
