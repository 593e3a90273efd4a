"""A promised contact that is no longer due is open nowhere: withdrawn, moved to another time, stopped by a reply, left by the plan."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from huifang.app.queries.appointments import feed
from huifang.app.records.models import FollowUp, Occurrence, Promise
from huifang.app.services import message_results, replied
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.followups import claim, withdraw
from huifang.app.services.planning import plan_day
from huifang.app.services.taking_back import take_back
from huifang.domain.words import Words
from tests.app.cast import DAY, NOW, Cast, in_hand

AT = NOW + timedelta(hours=5)
LATER = NOW + timedelta(minutes=10)


def promised(cast: Cast) -> FollowUp:
    followup, fence = in_hand(cast)
    save(cast.chen, followup.pk, fence, RecordForm("callback", callback_at=AT), NOW)
    return FollowUp.objects.get(pk=followup.pk)


def due() -> list[datetime]:
    return list(Promise.objects.filter(open=True).values_list("opens_at", flat=True))


def shown(cast: Cast, now: datetime = LATER) -> list[datetime]:
    return [event["dtstart"].dt for event in Calendar.from_ical(feed(cast.chen, DAY, now)).walk("VEVENT")]


def test_a_withdrawn_follow_up_leaves_no_promise(cast: Cast) -> None:
    followup = promised(cast)
    assert (due(), shown(cast)) == ([AT], [AT])
    withdraw(cast.tao, followup.pk, "不用了", LATER)
    assert (due(), shown(cast)) == ([], [])


def test_another_time_takes_the_place_of_the_first_and_gives_it_back_when_undone(cast: Cast) -> None:
    followup, other = promised(cast), AT + timedelta(hours=1)
    fence = claim(cast.chen, followup.pk, LATER)
    save(cast.chen, followup.pk, fence, RecordForm("callback", callback_at=other), LATER)
    assert (due(), shown(cast)) == ([other], [other])
    take_back(cast.chen, followup.pk, LATER)
    assert (due(), shown(cast)) == ([AT], [AT])


def test_a_promise_that_was_not_reached_before_its_time_stays(cast: Cast) -> None:
    followup = promised(cast)
    fence = claim(cast.chen, followup.pk, LATER)
    save(cast.chen, followup.pk, fence, RecordForm("no_answer"), LATER)
    assert due() == [AT]


def test_what_was_done_before_its_time_is_no_appointment_and_what_has_begun_stays(cast: Cast) -> None:
    followup = promised(cast)
    fence = claim(cast.chen, followup.pk, LATER)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5}), LATER)
    assert (due(), shown(cast), shown(cast, AT)) == ([], [], [AT])


@pytest.mark.parametrize("in_work", [True, False])
def test_a_reply_that_stops_a_programme_ends_its_promise(cast: Cast, monkeypatch: pytest.MonkeyPatch, in_work: bool) -> None:
    followup = promised(cast)
    if not in_work:
        FollowUp.objects.filter(pk=followup.pk).update(state="done")
    monkeypatch.setattr(replied, "_stops", lambda playbook, key: playbook.programmes[key])
    replied.stop([followup.customer], LATER)
    assert (due(), shown(cast)) == ([], [])


def test_what_the_plan_closes_is_promised_no_longer(cast: Cast) -> None:
    followup = promised(cast)
    Occurrence.objects.filter(followup=followup).update(open=False, closed_as="expired")
    assert shown(cast) == []
    plan_day(DAY + timedelta(days=3), NOW + timedelta(days=3))
    assert due() == []


def test_a_message_that_is_stopped_for_good_ends_the_promise_behind_it(cast: Cast) -> None:
    followup = promised(cast)
    message_results.stopped(followup, "batch.stopped", Words("已停止", "Stopped"), LATER)
    assert due() == []
