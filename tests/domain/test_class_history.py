"""Since when, until when, and why a customer has a class."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.class_history import Spell, continued
from huifang.domain.words import Words

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def spell(step: str = "a", since: date = MAY, until: date | None = None, reason: str = "r", by: str = "facts") -> Spell:
    return Spell("shop", "tier", step, since, until, Words(reason, reason), by)


def test_a_class_that_goes_on_keeps_its_beginning_and_its_reason() -> None:
    assert continued([spell(reason="then")], [spell(reason="now")], JUNE) == (spell(reason="then"),)


def test_a_change_ends_one_and_begins_the_other() -> None:
    assert continued([spell("a")], [spell("b")], JUNE) == (spell("a", until=JUNE), spell("b", since=JUNE))


def test_what_ended_long_ago_stays_in_the_history() -> None:
    old = spell("a", until=JUNE)
    assert continued([old], [spell("a")], JULY) == (old, spell("a", since=JULY))


def test_from_a_model_to_the_rule_is_a_change() -> None:
    assert continued([spell(by="model")], [spell(by="rule")], JUNE) == (spell(by="model", until=JUNE), spell(since=JUNE, by="rule"))


def test_learning_twice_on_a_day_leaves_the_last_word() -> None:
    assert continued([spell("a", since=JUNE)], [spell("b")], JUNE) == (spell("b", since=JUNE),)


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, st.sets(st.sampled_from("abc")))))
def test_the_history_always_says_what_holds_today_and_never_overlaps(story: list[tuple[date, set[str]]]) -> None:
    spells: tuple[Spell, ...] = ()
    for day, steps in sorted(story, key=lambda each: each[0]):
        spells = continued(spells, [spell(step) for step in sorted(steps)], day)
        assert {one.step for one in spells if one.until is None} == steps
        for one in spells:
            assert one.until is None or one.since < one.until
            others = [other for other in spells if other.key == one.key and other != one]
            assert not any(_overlap(one, other) for other in others)
        assert len(spells) == len({replace(one, reason=Words("", "")) for one in spells})


def _overlap(one: Spell, other: Spell) -> bool:
    first, second = sorted([one, other], key=lambda each: each.since)
    return first.until is None or first.until > second.since
