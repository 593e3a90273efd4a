"""What the models are fitted to, by hand."""

from __future__ import annotations

from datetime import date, timedelta

from huifang.analytics.histories import Contracts, buying, contracts
from huifang.domain.spans import Span
from tests.analytics.shop import DAY, contract, order, rows
from tests.engine.business import CONNECTION

YEAR = Span.parse("12 months")


def test_several_orders_of_a_day_are_one_purchase() -> None:
    found = buying(rows([order(1, 10), order(1, 10, 30.0), order(1, 4, 8.0)]).events, ("order",), DAY, YEAR)
    assert found.customers.to_pylist() == [1]
    assert (found.purchases.repeats[0], found.purchases.last[0], found.purchases.age[0]) == (1, 6, 10)
    assert (found.mean[0], found.since[0], found.number[0], found.spent[0]) == (8.0, 4, 2, 48.0)


def test_who_buys_later_is_counted_but_not_known() -> None:
    events = rows([order(1, 100), order(1, 20), order(1, 10), order(2, 20), order(3, 400), order(4, -1)]).events
    found = buying(events, ("order",), DAY - timedelta(days=50), YEAR, until=DAY)
    assert found.customers.to_pylist() == [1, 3]
    assert found.purchases.repeats.tolist() == [0, 0]
    assert found.purchases.age.tolist() == [50, 350]
    assert found.later.tolist() == [2, 0]


def test_the_window_ends_and_other_kinds_do_not_count() -> None:
    events = rows([order(1, 400, 90.0), order(1, 365, 7.0), order(1, 364, 5.0), order(1, 1, None), order(1, 2, kind="refund")]).events
    found = buying(events, ("order",), DAY, YEAR)
    assert (found.purchases.repeats[0], found.number[0], found.spent[0]) == (3, 2, 5.0)
    assert found.mean[0] == 4.0  # 7, 5 and one of unknown amount


def of(*given: dict[str, object]) -> Contracts:
    return contracts(CONNECTION, rows(contracts=given).agreements, ("contract",), DAY)


def term(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def test_contracts_are_chained_by_customer_and_the_running_one_has_its_term() -> None:
    found = of(contract(1, *term(2024)), contract(1, *term(2025)), contract(1, *term(2026)), contract(2, *term(2026)))
    assert (found.ended.left, found.ended.renewed) == ({}, {1: 1, 2: 1})
    assert dict(zip(found.customers.to_pylist(), found.terms.tolist(), strict=True)) == {1: 3, 2: 1}


def test_a_contract_that_ended_without_a_next_one_is_left_after_the_grace() -> None:
    found = of(contract(1, *term(2025)), contract(2, date(2025, 6, 1), DAY - timedelta(days=60)))
    assert (found.ended.left, found.ended.renewed) == ({1: 1}, {})


def test_a_late_next_one_begins_a_new_chain() -> None:
    found = of(contract(1, *term(2024)), contract(1, date(2025, 3, 2), date(2026, 3, 1)), contract(1, date(2026, 4, 1), date(2027, 3, 31)))
    assert (found.ended.left, found.ended.renewed) == ({1: 1}, {1: 1})
    assert found.terms.tolist() == [2]


def test_a_cancelled_contract_is_left_at_once() -> None:
    found = of(contract(1, *term(2026), status="cancelled"), contract(2, *term(2025)), contract(2, *term(2026), status="cancelled"))
    assert (found.ended.left, found.ended.renewed) == ({1: 1, 2: 1}, {1: 1})
    assert found.customers.to_pylist() == []


def test_contracts_without_an_end_of_another_kind_or_not_begun_are_passed_over() -> None:
    found = of(contract(1, date(2025, 1, 1), None), contract(2, *term(2025), kind="policy"), contract(3, *term(2027)))
    assert (found.ended.number, found.customers.to_pylist()) == (0, [])


def test_of_several_running_contracts_the_one_that_ends_first_counts() -> None:
    found = of(contract(1, *term(2025)), contract(1, *term(2026)), contract(1, date(2026, 5, 1), date(2027, 4, 30)))
    assert found.ended.renewed == {1: 1, 2: 1}
    assert found.terms.tolist() == [3]
