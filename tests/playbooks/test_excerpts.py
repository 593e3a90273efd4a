"""The lines of one part of a playbook's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.playbooks import library
from huifang.playbooks.excerpts import WHOLE, Around, around
from huifang.playbooks.rewriting import values

TEXTS = st.text(st.sampled_from("ab \n"), max_size=30)


@pytest.mark.parametrize("name", library.names())
def test_every_entry_of_every_plan_has_its_own_lines_and_no_line_is_two_entries(name):
    text = library.text(name)
    for section, entries in values(text).items():
        if not isinstance(entries, dict):
            continue
        seen = set()
        for key in entries:
            found = around(text, (section, key))
            inside = found.inside(text)
            assert found.put(text, inside) == text
            assert key in inside.replace("\n#", "")
            lines = set(range(found.before, len(text.split("\n")) - found.behind))
            if not inside.lstrip().startswith(section):  # a section written in one line
                assert not lines & seen or "{" in inside
            seen |= lines


def test_comments_right_above_belong_to_the_part():
    text = "a:\n  # about b\n  b: 1\n\n  # about c\n  c:\n    - 2 # two\n# end\n"
    assert around(text, ("a", "b")).inside(text) == "  # about b\n  b: 1"
    assert around(text, ("a", "c")).inside(text) == "  # about c\n  c:\n    - 2 # two"


@pytest.mark.parametrize(("text", "part"), [("a: [", ("a",)), ("a: 1\n", ("b",)), ("a: 1\n", ("a", "b")), ("a: {b: 1}\n", ())])
def test_what_has_no_lines_of_its_own_is_the_whole_text(text, part):
    assert around(text, part) == WHOLE
    assert WHOLE.inside(text) == text
    assert WHOLE.put(text, "x") == "x"


@given(TEXTS, TEXTS, st.integers(0, 4), st.integers(0, 4))
def test_what_stands_around_stays_whatever_is_put_between(text, new, before, behind):
    lines, place = text.split("\n"), Around(before, behind)
    found = place.put(text, new)
    if before + behind <= len(lines):
        assert place.inside(found) == new
        assert found.split("\n")[:before] == lines[:before]
        assert behind == 0 or found.split("\n")[-behind:] == lines[-behind:]
    else:
        assert found.split("\n")[: min(before, len(lines))] == lines[:before]
