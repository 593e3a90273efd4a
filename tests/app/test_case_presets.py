"""The clocks and levels that the plans of the library promise, at work: P02, P03 and P07."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Case, Event, Notice, PlaybookVersion, Staff
from huifang.app.services import case_watch, cases
from huifang.app.services.playbooks import add_version
from huifang.playbooks import library
from tests.app.cast import DAY, NOW, Cast


def version(name: str) -> PlaybookVersion:
    return add_version(None, library.text(name), f"{name}.yaml", NOW)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """By the wall clock of Shanghai, in November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def told(who: Staff, case: Case) -> int:
    return Notice.objects.filter(to=who, subject=f"case:{case.pk}").count()


def test_a_problem_of_p02_goes_to_the_second_line_after_two_hours_and_to_the_manager_after_four(cast: Cast) -> None:
    who = cast.customers[0]
    who.owner = cast.lin
    case = cases.open_case(cast.chen, who, "problem", "无法登录", NOW, version=version("relationship"))
    assert (case.owner, case.first_answer_due) == (cast.lin, at(25, 15))  # 24 hours of work: 6 on Friday, 7 a day, 4 on Wednesday
    assert case_watch.sweep(at(20, 11, 59)) == (0, 0)
    assert case_watch.sweep(at(20, 12)) == (1, 0)
    assert (told(cast.tao, case), told(cast.wang, case)) == (1, 0)
    assert case_watch.sweep(at(20, 16)) == (1, 0)
    case.refresh_from_db()
    assert (told(cast.wang, case), case.owner, case.level) == (1, cast.wang, 2)


def test_an_answer_within_two_hours_calls_nobody(cast: Cast) -> None:
    case = cases.open_case(cast.chen, cast.customers[0], "problem", "无法登录", NOW, version=version("relationship"))
    cases.answer(cast.chen, case.pk, "已回电", at(20, 11))
    before = told(cast.wang, case), told(cast.tao, case)
    assert case_watch.sweep(at(20, 17)) == (0, 0)
    assert (told(cast.wang, case), told(cast.tao, case)) == before


def test_a_core_customer_of_p02_is_answered_within_two_hours(cast: Cast) -> None:
    kind = playbook_of(version("relationship")).cases["problem"]
    assert kind.fast_lane is not None
    assert (kind.fast_lane.for_, kind.fast_lane.first_answer.in_words().en) == ("tier = 'core'", "2 hours")
    assert kind.compensation is not None
    assert set(kind.compensation.kinds) == {"discount", "upgrade"}
    assert kind.compensation.free == 0  # every compensation is approved


def test_a_key_account_of_p03_goes_first(cast: Cast) -> None:
    for who, amount in ((cast.customers[0], 120_000), (cast.customers[1], 900)):
        Event.objects.create(customer=who, kind="order", code=f"O{who.pk}", at=NOW, day=DAY - timedelta(days=30), amount=amount)
    book = version("key-accounts")
    key, other = (cases.open_case(cast.chen, who, "problem", "x", NOW, version=book) for who in cast.customers[:2])
    assert (key.fast, key.first_answer_due) == (True, at(20, 11))
    assert (other.fast, other.first_answer_due) == (False, at(20, 16))


def test_a_ticket_of_p07_is_traced_within_twelve_hours_of_a_day_from_eight_to_nine(cast: Cast) -> None:
    case = cases.open_case(cast.chen, cast.customers[0], "problem", "漏水", NOW, version=version("tickets"))
    assert (case.first_answer_due, case.solve_due) == (at(20, 14), at(21, 9))  # Saturday counts like every other day
    cases.answer(cast.tao, case.pk, "师傅在路上", at(20, 11))
    assert case_watch.sweep(at(20, 20)) == (0, 0)
    assert case_watch.sweep(at(21, 9)) == (1, 0)
    assert told(cast.wang, case) == 1
