"""What a person has promised to do at a time: the appointments and callbacks of their calendar feed (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db.models import Q
from icalendar import Calendar, Event

from huifang.app.formats import chinese
from huifang.app.records.models import Promise, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.masking import mask_name

BEHIND, AHEAD = timedelta(days=7), timedelta(days=90)


def feed(staff: Staff, today: date, now: datetime) -> bytes:
    """The person's promised contacts from a week ago to three months ahead, as a calendar; names are shortened, there are no numbers.

    What has begun stays in it as it was; what is to come and no longer due (withdrawn, moved, done before its time) is gone.
    What was handed to a colleague is in theirs. Two queries.
    """
    made = Calendar()
    made.add("prodid", "-//Huifang//appointments//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", "慧访预约" if chinese(staff.language) else "Huifang appointments")
    made.add("x-published-ttl", "PT15M")
    mine = Q(staff=staff) & (Q(occurrence__followup__staff=staff) | Q(occurrence__followup__staff=None))
    given = ~Q(staff=staff) & Q(occurrence__followup__staff=staff)
    due = Q(open=True, occurrence__open=True) | Q(opens_at__lte=now)
    rows = Promise.objects.filter(mine | given, due, day__gte=today - BEHIND, day__lte=today + AHEAD)
    for row in rows.select_related("customer", "occurrence__followup").order_by("opens_at", "pk"):
        made.add_component(_event(row, staff.language, now))
    text: bytes = made.to_ical()
    return text


def _event(row: Promise, language: str, now: datetime) -> Event:
    followup = row.occurrence.followup
    channel = CHANNEL_WORDS[Channel(followup.channel)].say(language) if followup else ""
    event = Event()
    event.add("uid", f"promise-{row.pk}@huifang")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", row.opens_at.astimezone(UTC))
    event.add("dtend", row.closes_at.astimezone(UTC))
    event.add("summary", f"{channel} {mask_name(row.customer.name)}".strip())
    event.add("description", row.customer.code)
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    return event
