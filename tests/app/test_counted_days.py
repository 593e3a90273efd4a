"""Whom the morning puts on a list the gate lets be called: they count a cap's days by the customer's own calendar, hours by the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Attempt, Branch, Customer, FollowUp
from huifang.app.services import gate
from huifang.app.services.followups import claim
from huifang.app.services.gate import ContactRefused
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.contact import Channel
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, in_hand, settled

MORNING = datetime(2026, 11, 20, 1, tzinfo=UTC)
"""Nine in Shanghai, when the hours of contact begin."""


def limited(cast: Cast, limits: str) -> None:
    text = PLAYBOOK.replace("caps:\n    - {at most: 4, per: 1 day}", limits)
    cast.version = activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)


def called(who: Customer, at: datetime, local_day: date | None = None) -> Attempt:
    """A call that reached, for another programme."""
    return Attempt.objects.create(
        ticket=uuid4(), key=f"{who.pk} {at}", customer=who, channel="phone", purpose="relationship", programme="thanks",
        state=Attempt.State.ENDED, at=at, day=(at + timedelta(hours=8)).date(), local_day=local_day, reached=True,
    )  # fmt: skip


def in_the_morning(cast: Cast, who: Customer) -> tuple[FollowUp, int]:
    """The customer's follow-up of the day's plan, opened by whoever has it."""
    plan_day(DAY, MORNING - timedelta(hours=1))
    followup = FollowUp.objects.get(customer=who)
    assert followup.staff is not None
    return followup, claim(followup.staff, followup.pk, MORNING)


@pytest.mark.parametrize("limits", ["caps: [{at most: 1, per: 1 day}]", "caps: [{at most: 1, per: 1 working day}]", "gap: 1 day"])
def test_called_yesterday_evening_and_on_todays_list_means_may_be_called_at_nine(cast: Cast, limits: str) -> None:
    limited(cast, limits)
    who = cast.customers[0]
    called(who, MORNING - timedelta(hours=15, minutes=10))
    settled(who, "W1", DAY - timedelta(days=1))
    followup, fence = in_the_morning(cast, who)
    assert gate.allow(followup.staff, followup.pk, fence, "phone", None, MORNING)


def test_a_cap_in_hours_opens_the_follow_up_at_its_moment_and_the_gate_says_the_same(cast: Cast) -> None:
    limited(cast, "caps: [{at most: 1, per: 24 h}]")
    who = cast.customers[0]
    free = MORNING + timedelta(hours=1, minutes=30)
    called(who, free - timedelta(hours=24))
    settled(who, "W1", DAY - timedelta(days=1))
    followup, fence = in_the_morning(cast, who)
    assert followup.opens_at == free
    with pytest.raises(ContactRefused) as refused:
        gate.allow(followup.staff, followup.pk, fence, "phone", None, MORNING)
    assert (refused.value.rule, refused.value.next_allowed) == ("cap.full", free)
    assert gate.allow(followup.staff, followup.pk, fence, "phone", None, free)


def test_an_attempt_keeps_the_day_that_the_customers_clock_showed(cast: Cast) -> None:
    """Friday evening in New York is Saturday in Shanghai."""
    limited(cast, "caps: [{at most: 4, per: 1 day}]")
    Branch.objects.filter(pk=cast.branch.pk).update(time_zone="America/New_York")
    followup, fence = in_hand(cast)
    moment = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, moment)
    assert refused.value.rule == "law.hours"
    rows = CustomerRows(Customer.objects.get(pk=followup.customer_id))
    attempt, _ = gate.open_attempt(cast.chen, followup, rows, Channel.PHONE, None, moment)
    assert (attempt.day, attempt.local_day) == (date(2026, 11, 21), date(2026, 11, 20))


def test_the_plan_counts_the_customers_day_and_not_the_businesss(cast: Cast) -> None:
    """Called on Thursday of their own calendar, which the business had as Friday: on Friday there is room."""
    limited(cast, "caps: [{at most: 1, per: 1 day}]")
    first, second = cast.customers[:2]
    for number, who in enumerate((first, second)):
        settled(who, f"W{number}", DAY - timedelta(days=1))
    called(first, MORNING - timedelta(hours=2), local_day=DAY - timedelta(days=1))
    called(second, MORNING - timedelta(hours=2))
    plan_day(DAY, MORNING - timedelta(hours=1))
    assert list(FollowUp.objects.values_list("customer", flat=True)) == [first.pk]
