"""The business's clock, to both ends of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.app import business_time
from huifang.app.business_time import business_day, business_moment

ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Apia", "UTC")


@given(st.dates(date(1, 1, 3), date(9999, 12, 29)), st.times(), st.sampled_from(ZONES))
def test_a_moment_of_a_day_lies_on_it(day: date, clock: time, zone: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(business_time, "business_zone", lambda: ZoneInfo(zone))
        found = business_moment(day, clock)
        assert found.tzinfo is UTC
        assert abs(business_day(found) - day) <= timedelta(days=1)  # a zone may have left a day out


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_and_the_last_day_of_the_calendar_have_moments(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setattr(business_time, "business_zone", lambda: ZoneInfo(zone))
    assert business_moment(date.min, time.min) < datetime(1, 1, 3, tzinfo=UTC)
    assert business_moment(date.max, time.max) > datetime(9999, 12, 30, tzinfo=UTC)
