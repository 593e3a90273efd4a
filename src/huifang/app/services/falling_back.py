"""When people have tried in vain: the message that takes over, and the next channel where it fails or is blocked.

The caller holds the customer's row.
"""

from __future__ import annotations

from datetime import UTC, datetime

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.contact_facts import calendar_name, clock_of, hours_of
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.next_try import ways
from huifang.app.records.models import FollowUp
from huifang.domain.contact import Channel
from huifang.domain.windows import next_opening, window_for
from huifang.playbooks.schema import Playbook


def hand_over(followup: FollowUp, way: Channel, rows: CustomerRows, playbook: Playbook, now: datetime) -> datetime:
    """Give a follow-up to a channel that sends by itself; from when on it may go out (UTC): within the hours of contact, else on the next
    day that has any. The caller saves the row.
    """
    programme, zone = playbook.programmes[followup.programme], clock_of(rows.customer, playbook)
    hours = hours_of(programme, playbook)
    calendar = working_calendar(calendar_name(rows.customer, playbook), business_day(now))
    opens = next_opening(now, hours, programme.days or playbook.calendar.days, calendar, zone) or now.astimezone(UTC)
    window = window_for(opens.astimezone(zone).date(), hours, zone)
    followup.channel, followup.staff = way.value, None
    followup.day = business_day(opens)
    followup.opens_at = min(followup.opens_at, opens)
    followup.closes_at = max(followup.closes_at, window.closes if window else followup.closes_at)
    return opens


def onward(followup: FollowUp, rows: CustomerRows, playbook: Playbook) -> Channel | None:
    """The channel to try after the fallback's message failed or was blocked; None where there is none, or it was no fallback."""
    rule, failed = playbook.programmes[followup.programme].fallback, Channel(followup.channel)
    if rule is None or failed not in rule.then:
        return None
    return rule.rule.way(ways(rows, followup.purpose), after=failed)
