"""Who may correct a record, and until when: a table over everything that can be so."""

from __future__ import annotations

from itertools import product

import pytest

from huifang.domain.correcting import Standing, moved, no_reason, obstacles

_EVERY = [Standing(*each) for each in product((True, False), repeat=5)]


def expected(one: Standing) -> set[str]:
    """The rule, said another way."""
    if not one.told:
        return {"customers"}
    if one.own:
        return {name for name, holds in {"signed": one.signed, "settled": one.settled}.items() if holds}
    return set() if one.reviews else {"others"}


@pytest.mark.parametrize("one", _EVERY, ids=str)
def test_who_may_until_when(one: Standing) -> None:
    assert {problem.code.removeprefix("correct.") for problem in obstacles(one)} == expected(one)


def test_what_stands_in_the_way_is_said_with_the_way_that_is_open() -> None:
    said = {problem.code: problem for one in _EVERY for problem in obstacles(one)}
    assert len(said) == 4
    for problem in (*said.values(), moved(), no_reason()):
        assert all((problem.what.zh, problem.what.en, problem.remedy.zh, problem.remedy.en))
