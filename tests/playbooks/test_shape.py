"""The shape of the format: what a place in the file can hold, and parts made in Python."""

from __future__ import annotations

from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.schema import AfterEvent, Programme
from huifang.playbooks.shape import keys_at
from huifang.playbooks.shape_errors import told


def test_keys_are_known_for_every_part() -> None:
    assert "on answer" in keys_at(("programmes", "day-after"))
    assert keys_at(("programmes", "day-after", "when", "Lapse")) == {"lapse", "exactly"}
    assert "follow up" in keys_at(("programmes", "x", "on answer", 0))


def test_where_there_is_no_part_there_are_no_keys() -> None:
    assert keys_at(("nothing", "here")) == frozenset()
    assert keys_at(("title", "zh")) == frozenset()
    assert keys_at(("version", "x")) == frozenset()


def test_a_part_can_be_made_of_values_too() -> None:
    trigger = AfterEvent(after="job", wait=Span(1, Unit.DAY))
    title = Words("次日", "Day after")
    programme = Programme.model_validate(
        {"title": title, "purpose": "service", "when": trigger, "within": Span(1, Unit.DAY), "through": ["phone"]}
    )
    assert (programme.title, programme.when) == (title, trigger)


def test_an_error_without_words_of_its_own_still_says_what_and_where() -> None:
    (problem,) = told([{"type": "odd", "loc": ("title",), "input": "x" * 50}], {"title": "x" * 50}, {("title",): 3}, "f.yaml")
    assert (problem.code, problem.place.line, problem.place.key) == ("playbook.value", 3, "title")
    assert problem.what.zh == f"“{'x' * 40}…”不能用在这里。"
