"""Messages go out by themselves: as soon as something is due, all of it, and nothing is queued where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.conf import settings
from django.test import override_settings

from huifang.app import business_clock
from huifang.app.jobs import handlers, schedule, worker
from huifang.app.records.models import FollowUp, Job
from huifang.app.senders import senders
from huifang.app.services import delivery
from huifang.domain.contact import Channel
from tests.app.messages import NOW, business

pytestmark = pytest.mark.django_db


def test_a_due_message_is_queued_once_and_sent_by_the_worker() -> None:
    followup = business().follow_up()
    for milliseconds in (0, 300, 600):
        schedule.due(NOW + timedelta(milliseconds=milliseconds))
    assert Job.objects.filter(kind="deliver").count() == 1
    Job.objects.filter(kind="plan").delete()
    assert worker.once(NOW)
    followup.refresh_from_db()
    assert followup.outcome == "sent"
    schedule.due(NOW + timedelta(minutes=1))
    assert Job.objects.filter(kind="deliver").count() == 1
    assert FollowUp.objects.get().state == "done"


@pytest.mark.parametrize(("seconds", "sent"), [(1, 5), (30, 4)])
def test_one_job_sends_all_that_is_due_as_long_as_other_work_can_wait(monkeypatch: pytest.MonkeyPatch, seconds: int, sent: int) -> None:
    """Two at a time; each two take so many seconds, and others wait 20 at most."""
    place = business()
    for _each in range(5):
        place.follow_up()
    monkeypatch.setattr(delivery.deliver_due, "__defaults__", (2, None))
    passed = count(0, seconds)
    monkeypatch.setattr(handlers, "monotonic", lambda: next(passed))
    Job.objects.create(kind="deliver", key="old", state="done", run_at=NOW, finished_at=NOW - timedelta(days=2))
    handlers.deliver({}, NOW)
    assert FollowUp.objects.filter(outcome="sent").count() == sent
    assert not Job.objects.filter(key="old").exists(), "what was done is not kept for ever"


def test_a_job_goes_by_the_clock_it_was_given_however_often_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    place, seen = business(), []
    for _each in range(5):
        place.follow_up()
    monkeypatch.setattr(business_clock, "now", lambda: NOW + timedelta(hours=2))

    def two(now: datetime) -> object:
        seen.append(now)
        return deliver_due(now, 2)

    deliver_due = delivery.deliver_due
    monkeypatch.setattr(handlers, "deliver_due", two)
    handlers.deliver({}, NOW)
    assert len(seen) == 4
    assert seen == sorted(seen)
    assert all(now < NOW + handlers.SENDING for now in seen)


def test_a_demo_sends_everything_to_its_folder() -> None:
    address = "smtp://mail.example.com?from=care@example.com"
    with override_settings(HUIFANG=replace(settings.HUIFANG, smtp=address, demo=False)):
        assert (senders()[Channel.EMAIL].name, senders()[Channel.SMS].name) == ("email", "outbox")
    with override_settings(HUIFANG=replace(settings.HUIFANG, smtp=address, demo=True)):
        assert {driver.name for driver in senders().values()} == {"outbox"}
