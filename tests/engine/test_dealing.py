"""Who gets the work: preference first, balance otherwise, promises always, rank never passed over."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from huifang.engine.dealing import Dealer
from huifang.engine.presence import Presence, at_work
from huifang.engine.work import Work

NONE: frozenset[str] = frozenset()


def people(*rows: tuple[str, str | None, int, str], away: tuple[tuple[str, str | None], ...] = ()) -> Presence:
    staff = [
        {"staff_id": name, "branch_id": branch, "capacity": places, "active": True, "skills": skills}
        for name, branch, places, skills in rows
    ]
    return at_work(staff, [{"staff_id": who, "substitute_id": instead} for who, instead in away], "2026-03-02")


def deal(presence: Presence, works: list[Work]) -> list[tuple[bool, object]]:
    dealer = Dealer(presence, works)
    return [dealer.deal(work) for work in works]


def test_two_for_li_and_the_rest_for_her_colleague():
    firm = people(("li", "b", 2, ""), ("wang", "b", 2, ""))
    works = [Work("li", "b", NONE, promised=False)] * 3 + [Work(None, "b", NONE, promised=False)]
    assert deal(firm, works) == [(True, "li"), (True, "li"), (True, "wang"), (True, "wang")]


def test_work_without_preference_leaves_room_for_those_who_are_preferred():
    firm = people(("li", "b", 1, ""), ("wang", "b", 1, ""))
    works = [Work(None, "b", NONE, promised=False), Work("li", "b", NONE, promised=False)]
    assert deal(firm, works) == [(True, "wang"), (True, "li")]


def test_a_full_day_refuses_all_but_promises():
    firm = people(("li", "b", 1, ""))
    works = [Work(None, "b", NONE, promised=False), Work(None, "b", NONE, promised=False), Work(None, "b", NONE, promised=True)]
    assert deal(firm, [*works, Work("li", "b", NONE, promised=True)]) == [(True, "li"), (False, None), (True, "li"), (True, "li")]


def test_a_promise_of_a_branch_without_people_is_kept_in_sight():
    assert deal(people(), [Work(None, "b", NONE, promised=True)]) == [(True, None)]


def test_skills_are_needed():
    firm = people(("li", "b", 5, "english, claims"), ("wang", "b", 5, ""))
    works = [Work(None, "b", frozenset({"claims"}), promised=False)] * 2
    assert deal(firm, works) == [(True, "li"), (True, "li")]


def test_customers_without_a_branch_are_for_everybody_and_people_without_one_help_all():
    firm = people(("li", "b", 1, ""), ("wang", "c", 1, ""))
    assert deal(firm, [Work(None, "", NONE, promised=False)] * 3)[2] == (False, None)
    assert deal(people(("zhao", None, 1, "")), [Work(None, "b", NONE, promised=False)]) == [(True, "zhao")]


def test_somebody_away_is_replaced_and_a_circle_of_substitutes_ends():
    firm = people(("li", "b", 1, ""), ("wang", "b", 1, "claims"), ("zhao", "b", 1, ""), away=(("li", "wang"), ("zhao", "zhao")))
    assert firm.instead("li", NONE) == firm.people["wang"]
    assert firm.instead("li", frozenset({"english"})) is None
    assert firm.instead("zhao", NONE) is None
    assert firm.instead("nobody", NONE) is None


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 4)), max_size=5),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab"), st.booleans()), max_size=25),
)
def test_nobody_gets_too_much_and_no_rank_is_passed_over(rows: list[tuple[str, int]], wanted: list[tuple[int, str, bool]]):
    firm = people(*((str(number), branch, places, "") for number, (branch, places) in enumerate(rows)))
    works = [Work(str(who) if who < len(rows) and rows[who][0] == desk else None, desk, NONE, promised=sure) for who, desk, sure in wanted]
    dealt = deal(firm, works)
    plain = Counter(staff for work, (_made, staff) in zip(works, dealt, strict=True) if not work.promised and staff is not None)
    assert all(number <= firm.people[staff].capacity for staff, number in plain.items())
    for desk in "ab":
        made = [given for work, (given, _staff) in zip(works, dealt, strict=True) if work.desk == desk and not work.promised]
        assert made == sorted(made, reverse=True)
    assert all(made for work, (made, _staff) in zip(works, dealt, strict=True) if work.promised)
