"""A budget forbids the contact that would go beyond it, until the first of the next month and no longer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huifang.domain.budget import Budget
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import ContactFacts, Promise
from huifang.domain.contact_rules import Allowed, Refused, decide
from huifang.domain.windows import Hours

ENDS = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""Midnight in Shanghai."""
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def facts(**more):
    given = {
        "purpose": Purpose.SERVICE, "channel": Channel.PHONE, "usable": True, "zone": "Asia/Shanghai", "days": "every",
        "hours": (Hours.parse("09:00-18:00"),),
    }  # fmt: skip
    return ContactFacts(**{**given, **more})


def test_the_last_money_may_be_spent_to_the_cent_and_no_more():
    assert Budget(10, 6.5, 3.5, ENDS).until(NOON) is None
    assert Budget(10, 6.51, 3.5, ENDS).until(NOON) == ENDS


def test_what_costs_nothing_is_never_forbidden_and_the_next_month_begins_anew():
    assert Budget(10, 50, 0, ENDS).until(NOON) is None
    assert Budget(10, 10, 3.5, ENDS).until(ENDS) is None
    assert Budget(10, 10, 3.5, ENDS).until(ENDS - timedelta(microseconds=1)) == ENDS


def test_the_gate_names_the_rule_and_the_first_opening_of_the_next_month():
    refused = decide(NOON, facts(budget=Budget(2000, 1999.5, 3.5, ENDS)))
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.next_allowed) == ("budget", datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert refused.words.en == "This month's budget of 2,000.00 is used up: 1,999.50 spent."


@pytest.mark.parametrize("more", [{"budget": Budget(2000, 10, 3.5, ENDS)}, {"budget": None}])
def test_with_money_left_or_without_a_budget_it_is_allowed(more):
    assert decide(NOON, facts(**more)) == Allowed()


def test_a_promise_is_kept_whatever_is_left():
    assert decide(NOON, facts(budget=Budget(1, 1, 1, ENDS), promise=Promise())) == Allowed(promised=True)


def test_the_month_ends_where_the_business_is():
    assert ENDS.astimezone(ZoneInfo("Asia/Shanghai")).day == 1
