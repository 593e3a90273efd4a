"""The two times offered for a callback come from the records: hours, calendar, absence, promises."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from huifang.app import business_clock
from huifang.app.queries.followup import find
from huifang.app.queries.offers import offers
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Absence, CalendarOverride, Promise
from huifang.app.services import followups
from tests.web import scene as scenes

NOW, DAY = scenes.NOW, scenes.DAY


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    return scenes.build(3)


def _offered(scene):
    followup = find(scene.agent, scene.first.pk)
    return offers(scene.agent, followup, followup.customer, playbook_of(followup.playbook_version), NOW, DAY)


def test_two_times_are_offered_and_a_promise_takes_one_away(scene):
    first, second = _offered(scene)
    assert NOW + timedelta(hours=2) <= first < second
    occurrence = scene.first.occurrences.first()
    promise = Promise.objects.create(
        customer=scene.followups[1].customer, occurrence=occurrence, staff=scene.agent, day=DAY, opens_at=first,
        closes_at=first + timedelta(hours=1), made_at=NOW,
    )  # fmt: skip
    assert _offered(scene)[0] > first
    promise.open = False
    promise.save()
    assert _offered(scene) == (first, second)


def test_nothing_is_offered_on_days_of_absence(scene):
    Absence.objects.create(staff=scene.agent, first_day=DAY, last_day=DAY + timedelta(days=4))
    assert timezone.localdate(_offered(scene)[0]) >= DAY + timedelta(days=5)


def test_nothing_is_offered_on_the_days_off_of_the_business(scene):
    off = [DAY + timedelta(days=number) for number in range(5)]
    CalendarOverride.objects.bulk_create(CalendarOverride(calendar="CN", day=day, working=False, label="盘点") for day in off)
    followup = find(scene.agent, scene.first.pk)
    playbook = playbook_of(followup.playbook_version)
    working = playbook.model_copy(update={"calendar": playbook.calendar.model_copy(update={"days": "working"})})
    times = offers(scene.agent, followup, followup.customer, working, NOW, DAY)
    assert len(times) == 2
    assert not {timezone.localdate(one) for one in times} & {*off}


def test_a_customer_whose_zone_is_unknown_is_offered_no_time_but_any_can_be_entered(scene, signed_in):
    type(scene.first.customer).objects.update(time_zone="Mars/Olympus")
    assert _offered(scene) == ()
    followups.claim(scene.agent, scene.first.pk, NOW)
    page = signed_in(scene.agent).get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert 'name="callback_at"' in page
