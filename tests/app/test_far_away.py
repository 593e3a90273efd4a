"""Customers whose day is not the business's: what is planned for a day goes out on it, at hours of contact where they are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from huifang.app.business_time import business_moment
from huifang.app.records.models import Customer
from huifang.app.services import delivery
from huifang.app.services.planning import plan_day
from huifang.channels.driver import Message, Receipt, Ticket
from huifang.domain.contact import Channel
from tests.app.messages import DAY, SENT, Provider, business

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ("Asia/Shanghai", "America/Los_Angeles"), ("Asia/Shanghai", "America/New_York"), ("Asia/Shanghai", "Europe/London"),
        ("America/Los_Angeles", "Asia/Shanghai"), ("America/Los_Angeles", "Pacific/Auckland"), ("Europe/London", "Pacific/Honolulu"),
    ],
)  # fmt: skip
def test_what_is_planned_in_the_morning_goes_out_that_day_in_the_hours_of_whoever_gets_it(settings: Any, own: str, theirs: str) -> None:
    settings.TIME_ZONE = own
    firm = business()
    firm.job(DAY - timedelta(days=2))
    Customer.objects.update(time_zone=theirs)
    morning = business_moment(DAY, time(6))
    sent: dict[Channel, datetime] = {}

    def behaves(ticket: Ticket, _message: Message) -> Receipt:
        sent[ticket.channel] = now
        return SENT

    plan_day(DAY, morning)
    for now in _half_hours(morning):
        delivery.deliver_due(now, drivers=Provider(behaves=behaves).drivers)
    assert Channel.EMAIL in sent  # of text messages the law may forbid every hour that is left, by the clock of the country they come from
    assert all(time(9) <= moment.astimezone(ZoneInfo(theirs)).time() < time(18) for moment in sent.values())


def _half_hours(morning: datetime) -> list[datetime]:
    return [morning + timedelta(minutes=30 * number) for number in range(18 * 2)]
