"""P02's clocks after a purchase: the guide within 24 real hours on any day, the adviser's first call in 48 where the branch works."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from huifang.app.business_time import business_moment
from huifang.app.indexes import value_index
from huifang.app.records.models import CalendarOverride, ContactPoint, Customer, Event, FollowUp, Message
from huifang.app.services import delivery
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.law import in_force
from huifang.playbooks import library
from tests.app.cast import Cast
from tests.app.messages import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(cast: Cast) -> Event:
    """A customer with a purchase, of which day the test says."""
    cast.version = activate(None, add_version(None, library.text("relationship"), "relationship.yaml", MOMENTS[0]), MOMENTS[0])
    who = Customer.objects.create(code="P1", name="周新", branch=cast.branch, owner=cast.chen)
    for kind, value in (("phone", "+8613800000009"), ("email", "zhou@example.com")):
        ContactPoint.objects.create(customer=who, kind=kind, value=value, value_index=value_index(value), primary=True, mobile=True)
    return Event(customer=who, kind="deal.closed", code="D1", amount=9000, branch=cast.branch, attributes={"product": "云账本"})


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return business_moment(date(2026, month, day), time(hour, minute))


MOMENTS = (on(11, 20, 20, 30), on(11, 21, 23, 50), on(9, 30, 20))
"""Friday evening; Saturday night; the eve of the National Day's week."""


def lived(deal: Event, at: datetime) -> tuple[datetime, date | None]:
    """When the guide left, by the clock of a business that plans when it hears of something and at six, and looks every hour what to send;
    and the day of the first call, where it is in three days.
    """
    deal.at, deal.day = at, here(at).date()
    deal.save()
    provider, left, called = Provider(), None, None
    for day in (here(at).date() + timedelta(days=number) for number in range(4)):
        plan_day(day, max(at, business_moment(day, time(6))))
        for hour in (0, 7, 8, 9, 12, 17, 20, 21, 23):
            clock = business_moment(day, time(hour))
            if clock >= at and left is None and delivery.deliver_due(clock, drivers=provider.drivers).get("sent"):
                left = clock
        if FollowUp.objects.filter(programme="first-call", state="open", channel="phone", day=day).exists():
            called = called or day
        if left and called:
            break
    assert left is not None
    return left, called


def here(moment: datetime) -> datetime:
    """By the clock of Shanghai, without a zone."""
    return (moment + timedelta(hours=8)).replace(tzinfo=None)


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%m-%d %H:%M} UTC")
def test_the_guide_is_with_the_customer_within_24_hours_on_whatever_day_and_never_at_night(deal: Event, at: datetime) -> None:
    left, _called = lived(deal, at)
    assert left - at < timedelta(hours=24)
    (lawful,) = (law.hours for law in in_force("CN") if law.hours)
    assert lawful.hours.start <= here(left).hour * 60 + here(left).minute < lawful.hours.end
    assert Message.objects.filter(attempt__isnull=False).values_list("content", flat=True).get() == "welcome-mail"


@pytest.mark.parametrize(
    ("at", "works", "called"),
    [
        pytest.param(on(11, 20, 20), "", date(2026, 11, 23), id="Friday evening"),
        pytest.param(on(11, 20, 20), "weekend", date(2026, 11, 21), id="Friday evening, open at the weekend"),
        pytest.param(on(10, 9, 19), "", date(2026, 10, 10), id="before a make-up Saturday"),
        pytest.param(on(9, 29, 19), "", date(2026, 9, 30), id="before the last working day"),
    ],
)
def test_the_first_call_is_made_within_48_hours_where_the_branch_works(
    cast: Cast, deal: Event, at: datetime, works: str, called: date
) -> None:
    if works:
        for day in (21, 22):
            CalendarOverride.objects.create(calendar="CN", day=date(2026, 11, day), working=True)
    deal.customer.contact_points.filter(kind="email").delete()
    _left, day = lived(deal, at)
    assert day == called
    if called.weekday() != 0:
        assert business_moment(called, time(18)) - at <= timedelta(hours=48)
