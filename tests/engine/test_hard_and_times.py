"""Through the whole plan: which contacts are hard, and what is said where a part of the day is full."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from huifang.domain.errors import TableError
from huifang.engine.rules import RULES
from tests.engine.planning import MONDAY, fact, occurrence, phone, playbook, run

DAY = timedelta(days=1)
MORNING = playbook({"early": {"hours": ["09:00-12:00"]}, "any": {}}, calendar={"country": "CN", "hours": ["09:00-12:00", "14:00-18:00"]})


def staff(*rows: tuple[str, int, str | None]) -> list[dict[str, Any]]:
    return [{"staff_id": name, "capacity": places, "active": True, "hours": hours} for name, places, hours in rows]


def case(customer: int, opened: int, *, still: bool = False) -> dict[str, Any]:
    return {"case_id": f"{customer}", "customer_id": customer, "kind": "bad", "open": still, "opened": MONDAY - opened * DAY}


def spoken(customer: int, days: int, programme: str = "any", *, reached: bool = True) -> dict[str, Any]:
    given = {"contact_id": f"{customer}-{days}", "customer_id": customer, "channel": "phone", "purpose": "service", "counted": True}
    return {**given, "programme": programme, "day": MONDAY - days * DAY, "reached": reached}


def test_a_contact_is_hard_after_a_case_or_a_refusal_and_only_then() -> None:
    people = range(1, 9)
    tried = {5, 6, 7, 8}
    due = [occurrence("any", number, attempts=int(number in tried)) for number in people]
    _, followups, _ = run(
        [MORNING], due, [fact(number) for number in people], contact_points=phone(*people), staff=staff(("li", 9, None)),
        cases=[case(1, 200, still=True), case(2, 89), case(3, 90), case(4, -1, still=True)],
        contacts=[spoken(5, 2), spoken(6, 2, reached=False), spoken(7, 30), spoken(8, 2, "early"), spoken(3, 1)],
    )  # fmt: skip
    assert {row["customer_id"] for row in followups if row["hard"]} == {1, 2, 5}


def test_messages_and_a_plan_without_staff_have_nothing_hard() -> None:
    _, followups, _ = run([MORNING], [occurrence("any", 1)], [fact(1)], contact_points=phone(1), cases=[case(1, 1, still=True)])
    assert [row["hard"] for row in followups] == [False]


def test_a_full_morning_defers_what_has_only_the_morning_and_says_so() -> None:
    shift = staff(("li", 3, "09:00-12:00, 14:00-18:00"))
    due = [occurrence("early", 1), occurrence("early", 2), occurrence("any", 3)]
    decisions, followups, _ = run([MORNING], due, [fact(n) for n in (1, 2, 3)], contact_points=phone(1, 2, 3), staff=shift)
    assert len(followups) == 2
    waiting = [row for row in decisions if row["followup"] is None]
    assert [(row["programme"], row["rule"], row["until"]) for row in waiting] == [("early", "deferred.full-morning", MONDAY + DAY)]
    assert RULES["deferred.full-morning"].words.zh == "当天上午人手已满，其他时段不便联络"


def test_a_day_that_is_full_altogether_says_that_and_no_more() -> None:
    due = [occurrence("early", number) for number in (1, 2)]
    decisions, _, _ = run([MORNING], due, [fact(1), fact(2)], contact_points=phone(1, 2), staff=staff(("li", 1, "09:00-12:00")))
    assert sorted(row["rule"] for row in decisions) == ["deferred.no-capacity", "planned.first"]


def test_a_colleague_takes_over_where_the_morning_of_the_person_in_charge_is_full() -> None:
    shifts = staff(("li", 2, "09:00-12:00, 14:00-17:00"), ("wang", 1, "09:00-12:00"))
    due = [occurrence("early", number, last_staff_id="li") for number in (1, 2)]
    decisions, followups, _ = run([MORNING], due, [fact(1), fact(2)], contact_points=phone(1, 2), staff=shifts)
    assert sorted(row["staff_id"] for row in followups) == ["li", "wang"]
    assert sorted(row["rule"] for row in decisions) == ["planned.first", "planned.moved-morning"]
    assert RULES["planned.moved-morning"].words.en.startswith("The person in charge has no room in the morning")


@pytest.mark.parametrize(("opens", "made"), [(1, True), (11, False)])
def test_an_appointment_takes_a_place_at_its_own_time(opens: int, made: bool) -> None:
    """At nine somebody works; at seven in the evening nobody does, and the promise is kept all the same, beyond the places."""
    promise = {
        "promised": True, "promise_day": MONDAY, "promise_opens_at": datetime(2026, 3, 2, opens),
        "promise_closes_at": datetime(2026, 3, 2, opens, 30),
    }  # fmt: skip
    due = [occurrence("any", 1, **promise), occurrence("early", 2)]
    _, followups, _ = run([MORNING], due, [fact(1), fact(2)], contact_points=phone(1, 2), staff=staff(("li", 1, "09:00-12:00")))
    assert [row["customer_id"] for row in followups] == ([1] if made else [1, 2])
    assert {row["staff_id"] for row in followups} == {"li"}


def test_a_cap_in_hours_that_ends_at_noon_leaves_the_afternoon_only() -> None:
    """Called yesterday at one; li works in the morning and has room, which is of no use to this customer."""
    book = playbook({"any": {}}, limits={"gap": "24 h", "gap purposes": ["service"]}, calendar={"hours": ["09:00-12:00", "14:00-18:00"]})
    yesterday = {**spoken(1, 1), "at": datetime(2026, 3, 1, 5)}
    for shift, rule in (("09:00-12:00", "deferred.full-afternoon"), ("14:00-18:00", "planned.first")):
        decisions, _, _ = run(
            [book], [occurrence("any", 1)], [fact(1)], contact_points=phone(1), contacts=[yesterday], staff=staff(("li", 3, shift))
        )
        assert [row["rule"] for row in decisions] == [rule]


def test_a_desk_elsewhere_works_by_its_own_clock() -> None:
    """Ten in Shanghai is seven in the evening before in Los Angeles, and no part of that desk's Monday."""
    branch = [{"branch_id": "LA", "time_zone": "America/Los_Angeles", "calendar": "CN"}]
    people = [{**each, "branch_id": "LA"} for each in staff(("li", 4, "09:00-17:00"))]
    decisions, _, _ = run(
        [MORNING], [occurrence("early", 1)], [fact(1, branch_id="LA", time_zone="America/Los_Angeles")], contact_points=phone(1),
        staff=people, branches=branch,
    )  # fmt: skip
    assert [row["rule"] for row in decisions] == ["planned.first"]


def test_nobody_has_places_and_a_shift_all_the_same() -> None:
    decisions, _, _ = run([MORNING], [occurrence("any", 1)], [fact(1)], contact_points=phone(1), staff=staff(("li", 0, "09:00-12:00")))
    assert [row["rule"] for row in decisions] == ["deferred.no-capacity"]


def test_a_shift_that_cannot_be_read_is_told_with_its_column() -> None:
    with pytest.raises(TableError) as error:
        run([MORNING], [], [], staff=staff(("li", 3, "nine to five"), ("wang", 3, "09:00-12:00")))
    (problem,) = error.value.problems
    assert (problem.place.file, problem.place.key) == ("staff", "hours")
    assert "nine to five" in problem.what.en
