"""Messages go out by themselves: once a minute where something is due, and nothing is queued where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from huifang.app.jobs import schedule, worker
from huifang.app.records.models import FollowUp, Job
from huifang.app.senders import senders
from huifang.domain.contact import Channel
from tests.app.messages import NOW, business

pytestmark = pytest.mark.django_db


def test_a_due_message_is_queued_once_a_minute_and_sent_by_the_worker() -> None:
    followup = business().follow_up()
    for seconds in (0, 5, 10):
        schedule.due(NOW + timedelta(seconds=seconds))
    assert Job.objects.filter(kind="deliver").count() == 1
    Job.objects.filter(kind="plan").delete()
    assert worker.once(NOW)
    followup.refresh_from_db()
    assert followup.outcome == "sent"
    schedule.due(NOW + timedelta(minutes=1))
    assert Job.objects.filter(kind="deliver").count() == 1
    assert FollowUp.objects.get().state == "done"


def test_a_demo_sends_everything_to_its_folder() -> None:
    address = "smtp://mail.example.com?from=care@example.com"
    with override_settings(HUIFANG=replace(settings.HUIFANG, smtp=address, demo=False)):
        assert (senders()[Channel.EMAIL].name, senders()[Channel.SMS].name) == ("email", "outbox")
    with override_settings(HUIFANG=replace(settings.HUIFANG, smtp=address, demo=True)):
        assert {driver.name for driver in senders().values()} == {"outbox"}
